"""The room's code lists."""

from enum import StrEnum

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.extracts.states import (
    LABELS,
    BuildFault,
    BuildStage,
    BuildState,
    EndingKind,
    Label,
    Product,
    RequestState,
    Verdict,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])


def _labels(codes: type[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, LABELS[code]) for code in codes]


list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "extract-products": ("What an extract is of", "This service.", _labels(Product)),
        "extract-states": ("Where an extract stands", "This service.", _labels(RequestState)),
        "extract-build-states": ("How a build goes", "This service.", _labels(BuildState)),
        "extract-build-stages": ("What a build is at", "This service.", _labels(BuildStage)),
        "extract-build-faults": ("Why a build gave nothing", "This service.", _labels(BuildFault)),
        "extract-endings": ("Why nothing more is given out", "This service.", _labels(EndingKind)),
        "extract-labels": (
            "What a package calls itself",
            "ICO, anonymisation guidance (2025).",
            _labels(Label),
        ),
        "intruder-verdicts": (
            "What a motivated intruder came to",
            "ICO, anonymisation guidance (2025).",
            _labels(Verdict),
        ),
    },
)
