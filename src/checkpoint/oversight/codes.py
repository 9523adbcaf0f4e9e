"""The room's code lists."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.codelists import list_doors
from checkpoint.oversight.states import LABELS, DeterminationReason, OverrideReason

router = APIRouter(prefix="/v1/reference", tags=["reference"])


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "determination-reasons": (
            "Why a supervisor took a referred case or did not",
            "This service.",
            _labels(DeterminationReason),
        ),
        "override-reasons": (
            "Why two people departed from the rules",
            "This service.",
            _labels(OverrideReason),
        ),
        "ranks": (
            "Police ranks, the lowest first",
            "Police Act 1996 s.13 and the regulations under s.50.",
            [(rank.value, rank.value.replace("_", " ").capitalize()) for rank in Rank],
        ),
    },
)
