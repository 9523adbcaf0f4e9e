"""The code lists of restricted cases and broken glass."""

from fastapi import APIRouter

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.reach.states import (
    LABELS,
    GlassOutcome,
    GlassReason,
    RestrictionReason,
)
from checkpoint.foundation.codelists import list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])

list_doors(
    router,
    holding(Permission.READ_REFERENCE),
    {
        name: (title, "This service.", [(each.value, LABELS[each]) for each in values])
        for name, title, values in (
            ("restriction-reasons", "Why a case is restricted", RestrictionReason),
            ("break-glass-reasons", "Why somebody breaks the glass", GlassReason),
            ("break-glass-outcomes", "What a review of broken glass finds", GlassOutcome),
        )
    },
)
