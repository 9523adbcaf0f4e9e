"""The code lists of merging and parting."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.codelists import list_doors
from checkpoint.people.merges.states import MERGE_LABELS, PARTING_LABELS

router = APIRouter(prefix="/v1/reference", tags=["reference"])

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "merge-reasons": (
            "How it is known that two records are about one person",
            "This programme.",
            [(reason.value, label) for reason, label in MERGE_LABELS.items()],
        ),
        "parting-reasons": (
            "How it is known that one person was two after all",
            "This programme.",
            [(reason.value, label) for reason, label in PARTING_LABELS.items()],
        ),
    },
)
