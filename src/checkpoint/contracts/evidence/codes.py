"""The alcove's code lists."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.evidence.states import (
    LABELS,
    ConditionState,
    EntryKind,
    EvidenceWithdrawalReason,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "condition-entry-kinds": (
            "What is entered of a condition",
            "This service.",
            _labels(EntryKind),
        ),
        "condition-states": ("Where a condition stands", "This service.", _labels(ConditionState)),
        "condition-entry-withdrawal-reasons": (
            "Why an entry of a condition is withdrawn",
            "This service.",
            _labels(EvidenceWithdrawalReason),
        ),
    },
)
