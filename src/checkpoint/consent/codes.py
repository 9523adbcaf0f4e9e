"""The room's code lists, and the information sheets."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.consent import lookups, references
from checkpoint.consent.lookups import SheetChanged, SheetNotFound
from checkpoint.consent.references import Reason
from checkpoint.consent.schemas import AskedView, SheetView
from checkpoint.consent.states import (
    LABELS,
    ConsentKind,
    LegalAdvice,
    Teller,
    UnderstandingCheck,
)
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Version

router = APIRouter(prefix="/v1/reference", tags=["reference"])
READER = holding(Permission.READ_REFERENCE)


def _labels(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, LABELS[value]) for value in values]


list_doors(
    router,
    READER,
    {
        "consent-kinds": ("What consent is asked for", "This service.", _labels(ConsentKind)),
        "legal-advice-answers": (
            "Answers to the offer of legal advice",
            "This service.",
            _labels(LegalAdvice),
        ),
        "understanding-checks": (
            "How it is seen that somebody understood",
            "This service.",
            _labels(UnderstandingCheck),
        ),
        "consent-tellers": (
            "Who tells that a consent is withdrawn",
            "This service.",
            _labels(Teller),
        ),
    },
)


def _dated(name: str, title: str, reasons: Iterable[Reason]) -> CodeListView:
    items = [CodeView.model_validate(reason) for reason in reasons]
    return CodeListView(name=name, title=title, source=references.known().source, items=items)


@router.get("/consent-declining-reasons", response_model=CodeListView, dependencies=[READER])
async def list_consent_declining_reasons(request: Request) -> Response:
    """Why somebody declines, and from when to when each reason is in use."""
    reasons = references.known().declining
    title = "Why somebody declines consent"
    return public(request, _dated("consent-declining-reasons", title, reasons))


@router.get("/consent-withdrawing-reasons", response_model=CodeListView, dependencies=[READER])
async def list_consent_withdrawing_reasons(request: Request) -> Response:
    """Why somebody withdraws, and from when to when each reason is in use."""
    reasons = references.known().withdrawing
    title = "Why somebody withdraws consent"
    return public(request, _dated("consent-withdrawing-reasons", title, reasons))


@router.get(
    "/information-sheets",
    response_model=CodeListView,
    responses=problems(SheetChanged),
    dependencies=[READER],
)
async def list_information_sheets(request: Request, session: Transaction) -> Response:
    """Published information sheets, from when to when each is given."""
    items = [
        CodeView(
            code=row.sheet_version,
            label=lookups.sheet_of(row).title,
            available_from=row.valid_from,
            available_until=row.valid_until,
            source=f"SHA-256 {row.sheet_digest}",
        )
        for row in await lookups.sheets(session)
    ]
    view = CodeListView(
        name="information-sheets", title="Information sheets", source="Published here.", items=items
    )
    return public(request, view)


@router.get(
    "/information-sheets/{version}",
    response_model=SheetView,
    responses=problems(SheetNotFound, SheetChanged),
    dependencies=[READER],
)
async def read_information_sheet(
    version: Version,
    request: Request,
    session: Transaction,
) -> Response:
    """What people are told, what each consent covers, and what withdrawing each means."""
    row = await lookups.sheet(session, version)
    sheet = lookups.sheet_of(row)
    told = set(SheetView.model_fields) - {"consents", "digest", "published_at"}
    view = SheetView(
        **sheet.model_dump(include=told),
        consents=[
            AskedView(kind=kind, label=LABELS[kind], **sheet.of(kind).model_dump())
            for kind in ConsentKind
        ],
        digest=row.sheet_digest,
        published_at=row.published_at,
    )
    return public(request, view)
