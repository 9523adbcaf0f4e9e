"""The room's code list."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.codelists import list_doors
from checkpoint.monitor.states import REASONS

router = APIRouter(prefix="/v1/reference", tags=["reference"])
list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "unblinding-reasons": (
            "Why arms are told",
            "This service.",
            [(reason.value, label) for reason, label in REASONS.items()],
        )
    },
)
