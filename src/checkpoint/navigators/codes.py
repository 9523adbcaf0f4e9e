"""The room's code lists."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.navigators.caseload import LABELS as REASONS
from checkpoint.navigators.caseload import Block, Merit
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.states import LABELS as STAFF
from checkpoint.navigators.staff.states import ClearanceKind, Relation, Specialism
from checkpoint.navigators.states import LABELS, EndReason, OfferKind, ReassigningReason

router = APIRouter(prefix="/v1/reference", tags=["reference"])
READER = holding(Permission.READ_REFERENCE)
SURREY = "After the specialist navigators of a sister programme in Surrey."


def _labels(values: Iterable[StrEnum], labels: Mapping[StrEnum, str]) -> list[tuple[str, str]]:
    return [(value.value, labels[value]) for value in values]


list_doors(
    router,
    READER,
    {
        "navigator-specialisms": (
            "Whom a navigator is particularly able to work with",
            SURREY,
            _labels(Specialism, STAFF),
        ),
        "navigator-clearances": (
            "What a navigator needs before they are given a case",
            "This service.",
            _labels(ClearanceKind, STAFF),
        ),
        "navigator-conflict-relations": (
            "Why a navigator has a conflict of interest",
            "This service.",
            _labels(Relation, STAFF),
        ),
        "navigator-blocks": (
            "Why a navigator is not offered for a case",
            "This service.",
            _labels(Block, REASONS),
        ),
        "navigator-merits": (
            "What speaks for a navigator",
            "This service.",
            _labels(Merit, REASONS),
        ),
        "navigator-end-reasons": (
            "Why a case is a navigator's no longer",
            "This service.",
            _labels(EndReason, LABELS),
        ),
        "navigator-handover-kinds": (
            "What is offered to another navigator",
            "This service.",
            _labels(OfferKind, LABELS),
        ),
        "navigator-reassigning-reasons": (
            "Why a whole caseload goes to others",
            "This service.",
            _labels(ReassigningReason, LABELS),
        ),
    },
)


@router.get("/navigator-providers", response_model=CodeListView, dependencies=[READER])
async def list_navigator_providers(request: Request, session: Transaction) -> Response:
    """Who employs navigators, from which day on each may be chosen."""
    items = [
        CodeView(
            code=row.code, label=row.name, available_from=row.available_from, source=row.source
        )
        for row in await staff.providers(session)
    ]
    view = CodeListView(
        name="navigator-providers",
        title="Who employs navigators",
        source="Each entry names its own.",
        items=items,
    )
    return public(request, view)
