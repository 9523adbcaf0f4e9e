"""The alcove's code lists."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.contracts.outcomes.states import LABELS, ChallengeOutcome
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])
OUTCOMES = [(value.value, LABELS[value]) for value in ChallengeOutcome]

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        "victim-challenge-outcomes": (
            "What is said to a victim's objection",
            "This service.",
            OUTCOMES,
        ),
    },
)
