"""Front door of what came of referrals, and of where offers are missing."""

from datetime import date, datetime
from typing import Annotated

from dateutil.relativedelta import relativedelta
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission, holds
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody.reach.queries import suites_of
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Day
from checkpoint.referrals.gaps import counts, facts, views
from checkpoint.referrals.gaps.counts import Counted
from checkpoint.referrals.gaps.pages import POLICY, page
from checkpoint.referrals.gaps.schemas import GapsView, SummaryView
from checkpoint.referrals.gaps.states import GapsEvent

router = APIRouter(prefix="/v1/referrals", tags=["referrals"])
Reader = Annotated[Actor, holding(Permission.READ_OFFER_GAPS)]
Since = Annotated[
    Day | None,
    Query(
        description="First day; left out, a year before the last. Of every suite a quarter or a "
        "year of the calendar is counted: the one that holds both days."
    ),
]
Until = Annotated[Day | None, Query(description="Last day; left out, today.")]


@router.get("/summary", response_model=SummaryView, responses=problems(RuleBroken))
async def read_referral_summary(
    by: Reader, session: Transaction, now: Now, since: Since = None, until: Until = None
) -> Response:
    """Offers shown, chosen, attended, and what came of them, by pathway and provider: exact for cases
    of your suites, else of every suite without small numbers.
    """
    counted = _counted(since, until, by=by, at=now)
    await _tell(session, GapsEvent.SUMMARISED, by=by, at=now)
    found, names = await counts.loops(session, counted)
    return shown(views.summary_view(counted, found, names))


@router.get("/gaps", response_model=GapsView, responses=problems(RuleBroken))
async def read_offer_gaps(
    by: Reader, session: Transaction, now: Now, since: Since = None, until: Until = None
) -> Response:
    """Where offers are missing, by pathway and postcode district: what was not had, beside offers and
    free places.
    """
    await _tell(session, GapsEvent.GAPS_READ, by=by, at=now)
    return shown(await _gaps(session, _counted(since, until, by=by, at=now)))


@router.get("/gaps.html", response_class=HTMLResponse, responses=problems(RuleBroken))
async def print_offer_gaps(
    by: Reader, session: Transaction, now: Now, since: Since = None, until: Until = None
) -> Response:
    """The same for the board: a page with a picture, told in words for whoever cannot see it."""
    await _tell(session, GapsEvent.GAPS_PRINTED, by=by, at=now)
    found = await _gaps(session, _counted(since, until, by=by, at=now))
    headers = {"Content-Security-Policy": POLICY, "Content-Language": "en-GB"}
    return HTMLResponse(page(found, printed_at=now), headers=headers)


async def _gaps(session: AsyncSession, counted: Counted) -> GapsView:
    demand = await counts.demand(session, counted)
    supply = await counts.supply(session, today=counted.today)
    return views.gaps_view(counted, facts.gaps(demand, supply, exact=not counted.everybody))


def _counted(since: date | None, until: date | None, *, by: Actor, at: datetime) -> Counted:
    """Whoever reads cases of suites counts those; everybody else all, by a quarter or a year of
    the calendar and without small numbers.
    """
    last = until or london_day(at)
    first = since or last - relativedelta(years=1)
    facts.check_period(first, last)
    sees = holds(by.role, Permission.READ_REFERRALS) and bool(suites_of(by))
    if not sees:
        first, last = facts.told_period(since, last)
    return Counted(since=first, until=last, today=london_day(at), everybody=not sees, by=by)


async def _tell(session: AsyncSession, event: GapsEvent, *, by: Actor, at: datetime) -> None:
    kind = "referral"
    await ledger.record(session, Operation.CONSULTATION, event, kind=kind, by=by, at=at)
