"""The room's code lists, its instruments, and how another list of pathways reads beside the seven."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Version
from checkpoint.needs import lookups, references
from checkpoint.needs.lookups import InstrumentChanged, InstrumentNotFound
from checkpoint.needs.references import Crosswalk
from checkpoint.needs.schemas import InstrumentView
from checkpoint.needs.states import (
    LABELS,
    CorrectionReason,
    NeedLevel,
    NotAssessedReason,
    OffendingLink,
    Pathway,
    StatementBasis,
    Timepoint,
)

router = APIRouter(prefix="/v1/reference", tags=["reference"])
READER = holding(Permission.READ_REFERENCE)
HERE = "This service."


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    READER,
    {
        "pathways": (
            "The seven critical pathways",
            "The programme's Service Offer of 2015.",
            _labels(Pathway),
        ),
        "needs-timepoints": ("When needs are assessed", HERE, _labels(Timepoint)),
        "needs-levels": ("How great a need is", HERE, _labels(NeedLevel)),
        "offending-links": (
            "Whether a need is linked to the offending",
            HERE,
            _labels(OffendingLink),
        ),
        "statement-bases": (
            "What a statement rests on",
            "Data Protection Act 2018 s.38(2).",
            _labels(StatementBasis),
        ),
        "not-assessed-reasons": (
            "Why a pathway is not assessed",
            HERE,
            _labels(NotAssessedReason),
        ),
        "needs-correction-reasons": (
            "Why a completed assessment is put right",
            HERE,
            _labels(CorrectionReason),
        ),
    },
)


@router.get("/pathway-crosswalk", response_model=Crosswalk, dependencies=[READER])
async def read_pathway_crosswalk(request: Request) -> Response:
    """How the nine pathways of the trial register read beside the seven."""
    return public(request, references.crosswalk())


@router.get(
    "/needs-instruments",
    response_model=CodeListView,
    responses=problems(InstrumentChanged),
    dependencies=[READER],
)
async def list_needs_instruments(request: Request, session: Transaction) -> Response:
    """Published instruments, from when to when each is used."""
    items = [
        CodeView(
            code=row.version,
            label=lookups.instrument_of(row).title,
            available_from=row.valid_from,
            available_until=row.valid_until,
            source=f"SHA-256 {row.digest}",
        )
        for row in await lookups.instruments(session)
    ]
    view = CodeListView(
        name="needs-instruments", title="Instruments", source="Published here.", items=items
    )
    return public(request, view)


@router.get(
    "/needs-instruments/{version}",
    response_model=InstrumentView,
    responses=problems(InstrumentNotFound, InstrumentChanged),
    dependencies=[READER],
)
async def read_needs_instrument(
    version: Version,
    request: Request,
    session: Transaction,
) -> Response:
    """Every question of an instrument, with the answers to choose from and what they count."""
    row = await lookups.instrument(session, version)
    view = InstrumentView(
        instrument=lookups.instrument_of(row), digest=row.digest, published_at=row.published_at
    )
    return public(request, view)
