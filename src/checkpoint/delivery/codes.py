"""The room's code lists."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.delivery import references
from checkpoint.delivery.states import (
    LABELS,
    ConditionKind,
    CrossoverReason,
    DeviationReason,
    DisposingAuthority,
    ReplacingReason,
)
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors

router = APIRouter(prefix="/v1/reference", tags=["reference"])
READER = holding(Permission.READ_REFERENCE)


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    READER,
    {
        "crossover-reasons": (
            "Why a control case was given the programme",
            "This service.",
            _labels(CrossoverReason),
        ),
        "deviation-reasons": (
            "Why a treatment case went the control's way",
            "This service.",
            _labels(DeviationReason),
        ),
        "disposing-authorities": (
            "Who decided how an offence was disposed of",
            "This service.",
            _labels(DisposingAuthority),
        ),
        "disposal-conditions": (
            "What a condition of a disposal is for",
            "Criminal Justice Act 2003 s.22(3).",
            _labels(ConditionKind),
        ),
        "disposal-replacing-reasons": (
            "Why another disposal takes the place of one on record",
            "This service.",
            _labels(ReplacingReason),
        ),
    },
)


@router.get("/disposal-outcomes", response_model=CodeListView, dependencies=[READER])
async def list_disposal_outcomes(request: Request) -> Response:
    """How an offence may be disposed of, by code; those that are never recorded here say why."""
    listed = references.known()
    items = [
        CodeView(
            code=each.code,
            label=each.label,
            available_from=each.available_from,
            available_until=each.available_until,
            source=each.never and f"Never recorded here: {each.never}",
        )
        for each in listed.outcomes
    ]
    title = "How an offence was disposed of"
    view = CodeListView(name="disposal-outcomes", title=title, source=listed.source, items=items)
    return public(request, view)
