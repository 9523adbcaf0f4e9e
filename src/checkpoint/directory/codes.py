"""The directory's code lists."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.directory.states import (
    LABELS,
    AccessWay,
    ChaseWay,
    ListingKind,
    ListingState,
    MappingBasis,
    WithdrawalReason,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])
HERE = "This service."


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "listing-kinds": ("Kinds of listing", "HSDS 3.0.", _labels(ListingKind)),
        "listing-states": ("Whether a listing stands", HERE, _labels(ListingState)),
        "listing-withdrawal-reasons": (
            "Why a listing is withdrawn",
            HERE,
            _labels(WithdrawalReason),
        ),
        "listing-chase-ways": ("How a provider is asked", HERE, _labels(ChaseWay)),
        "service-access-ways": ("How people come to a service", HERE, _labels(AccessWay)),
        "term-mapping-bases": ("What a mapping of a term rests on", HERE, _labels(MappingBasis)),
    },
)
