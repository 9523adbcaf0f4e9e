"""The room's code lists, and the published definitions of outcomes."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Version
from checkpoint.outcomes import lookups
from checkpoint.outcomes.followup.states import LABELS as ROW_LABELS
from checkpoint.outcomes.followup.states import RowOutcome
from checkpoint.outcomes.lookups import DefinitionsChanged, DefinitionsNotFound
from checkpoint.outcomes.measuring.states import LABELS as CASE_LABELS
from checkpoint.outcomes.measuring.states import CaseMeasureKind, CostKind
from checkpoint.outcomes.schemas import (
    DefinitionsListView,
    DefinitionsView,
    HarmIndexesView,
    HarmIndexView,
)
from checkpoint.outcomes.states import LABELS, Disposed, FollowUpKind

router = APIRouter(prefix="/v1/reference", tags=["reference"])
READER = holding(Permission.READ_REFERENCE)
HERE = "This service."


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    known = {**LABELS, **ROW_LABELS, **CASE_LABELS}
    return [(value.value, known[value]) for value in values]


list_doors(
    router,
    READER,
    {
        "follow-up-events": ("What a row of follow-up tells", HERE, _labels(FollowUpKind)),
        "follow-up-disposals": ("How an offence was disposed of", HERE, _labels(Disposed)),
        "case-measure-kinds": ("What is measured of a case", HERE, _labels(CaseMeasureKind)),
        "cost-kinds": ("What a cost was for", HERE, _labels(CostKind)),
        "follow-up-row-outcomes": ("What becomes of a row", HERE, _labels(RowOutcome)),
    },
)


@router.get(
    "/outcome-definitions",
    response_model=DefinitionsListView,
    dependencies=[READER],
    responses=problems(DefinitionsChanged),
)
async def list_outcome_definitions(request: Request, session: Transaction) -> Response:
    """Published definitions of outcomes, the first to begin first."""
    rows = await lookups.every(session)
    views = [DefinitionsView.of(lookups.definitions_of(row), row.digest) for row in rows]
    return public(request, DefinitionsListView(items=views))


@router.get(
    "/outcome-definitions/{version}",
    response_model=DefinitionsView,
    dependencies=[READER],
    responses=problems(DefinitionsChanged, DefinitionsNotFound),
)
async def read_outcome_definitions(
    request: Request,
    session: Transaction,
    version: Annotated[Version, Path(description="Their name.")],
) -> Response:
    """What counts as an outcome by one version: events, days, horizons and lags."""
    row = await lookups.one(session, version)
    return public(request, DefinitionsView.of(lookups.definitions_of(row), row.digest))


@router.get("/harm-indexes", response_model=HarmIndexesView, dependencies=[READER])
async def list_harm_indexes(request: Request, session: Transaction) -> Response:
    """Indexes of harm that were loaded, the one in use first; their weights are the operator's."""
    rows = await lookups.harm_indexes(session)
    return public(
        request, HarmIndexesView(items=[HarmIndexView.model_validate(row) for row in rows])
    )
