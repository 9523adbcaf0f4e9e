"""The code lists of the suite, from which clients build their forms."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody import lookups, queries
from checkpoint.custody.states import (
    CustodyState,
    DomesticAbuseGrade,
    InterviewStance,
    ModeOfTrial,
    OffenceCategory,
    OffenceClass,
    OffenceCorrection,
    OffenceSchedule,
    label,
)
from checkpoint.custody.suites import queries as opening_hours
from checkpoint.custody.suites.schemas import HoursView, SuitesView, SuiteView
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.paging import links
from checkpoint.foundation.schemas import Code, Text, View

router = APIRouter(prefix="/v1/reference", tags=["reference"])

READER = holding(Permission.READ_REFERENCE)


class OffenceView(View):
    """An offence in the newest list that has it."""

    code: str
    title: str
    mode_of_trial: ModeOfTrial
    offence_class: OffenceClass | None
    category: OffenceCategory | None
    valid_from: date | None
    valid_until: date | None
    schedules: list[OffenceSchedule]
    source: Annotated[str | None, Field(description="Act and section, where classified.")]
    list_name: Annotated[str, Field(description="The list it was read from.")]


class OffencesView(View):
    """Offences in the order of their codes."""

    items: list[OffenceView]
    next: Annotated[str | None, Field(description="Send as `after` for more; null at the end.")]


@router.get("/suites", response_model=SuitesView, dependencies=[READER])
async def list_suites(request: Request, session: Transaction) -> Response:
    """Custody suites, from when to when, and the hours they keep."""
    openings = await opening_hours.hours(session)
    items = [
        SuiteView(
            code=suite.code,
            label=suite.name,
            available_from=suite.available_from,
            available_until=suite.available_until,
            source=suite.source,
            hours=[HoursView.model_validate(row) for row in openings if row.suite == suite.code],
        )
        for suite in await queries.suites(session)
    ]
    view = SuitesView(name="suites", title="Custody suites", source="See each.", items=items)
    return public(request, view)


@router.get("/offences", response_model=OffencesView, dependencies=[READER])
async def list_offences(
    request: Request,
    session: Transaction,
    search: Annotated[
        Text | None,
        Query(max_length=100, description="Words of the title or the code, in any order."),
    ] = None,
    offence_class: Annotated[OffenceClass | None, Query(description="One class only.")] = None,
    after: Annotated[Code | None, Query(description="`next` of the page before.")] = None,
    size: Annotated[int, Query(ge=1, le=200, description="Rows on a page.")] = 50,
) -> Response:
    """Offences by CJS code: mode of trial, and the programme's class where it has one."""
    found = await lookups.offences(
        session, after=after, size=size, search=search, offence_class=offence_class
    )
    rows, more = found[:size], len(found) > size
    items = [OffenceView.model_validate(row) for row in rows]
    following = rows[-1].code if more else None
    view = OffencesView(items=items, next=following)
    return public(request, view, headers=links(request, following))


def labels(values: type[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, label(value)) for value in values]


list_doors(
    router,
    READER,
    {
        "offence-classes": (
            "Offence classes",
            "This programme's own grouping.",
            labels(OffenceClass),
        ),
        "modes-of-trial": ("Modes of trial", "Magistrates' Courts Act 1980.", labels(ModeOfTrial)),
        "offence-categories": (
            "Categories of offence",
            "CJS offence index.",
            labels(OffenceCategory),
        ),
        "offence-schedules": (
            "Schedules that offences stand in",
            "The Acts named.",
            labels(OffenceSchedule),
        ),
        "offence-corrections": (
            "Why an alleged offence is put right",
            "This service.",
            labels(OffenceCorrection),
        ),
        "interview-stances": (
            "What was said in interview",
            "This programme; a rule set says which of them it takes.",
            labels(InterviewStance),
        ),
        "domestic-abuse-grades": (
            "Domestic-abuse risk grades",
            "DASH risk assessment.",
            labels(DomesticAbuseGrade),
        ),
        "custody-states": (
            "States of a custody record",
            "This service.",
            labels(CustodyState),
        ),
    },
)
