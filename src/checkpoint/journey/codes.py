"""The room's code lists: where a case may stand, and to whom a decision may be disclosed."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.codelists import list_doors
from checkpoint.journey.stages import MEANING, Stage
from checkpoint.journey.states import RECIPIENTS, Recipient

router = APIRouter(prefix="/v1/reference", tags=["reference"])
list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "stages": (
            "Stages of a case",
            "This service.",
            [(stage.value, MEANING[stage]) for stage in Stage],
        ),
        "recipients": (
            "Those to whom a decision may be disclosed",
            "This service.",
            [(recipient.value, RECIPIENTS[recipient].capitalize()) for recipient in Recipient],
        ),
    },
)
