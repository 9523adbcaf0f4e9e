"""The code lists of what surrounds a case."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.circumstances.states import (
    AdultKind,
    AdultReason,
    InterpreterPresence,
    OmissionReason,
)
from checkpoint.custody.codes import labels
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "appropriate-adult-reasons": (
            "Why an appropriate adult is needed",
            "PACE Code C.",
            labels(AdultReason),
        ),
        "appropriate-adult-kinds": ("Appropriate adults", "PACE Code C.", labels(AdultKind)),
        "interpreter-presences": (
            "How an interpreter is there",
            "This service.",
            labels(InterpreterPresence),
        ),
        "omission-reasons": (
            "Why somebody was not screened",
            "This programme.",
            labels(OmissionReason),
        ),
    },
)
