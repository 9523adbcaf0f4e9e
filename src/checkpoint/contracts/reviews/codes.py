"""The alcove's code lists."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.reviews.states import LABELS, Cause, Ground, ReviewOutcome
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "breach-causes": ("Why a contract is reviewed", "This service.", _labels(Cause)),
        "breach-outcomes": (
            "What a review of a contract comes to",
            "This service.",
            _labels(ReviewOutcome),
        ),
        "breach-grounds": ("What a failure rests on", "This service.", _labels(Ground)),
    },
)
