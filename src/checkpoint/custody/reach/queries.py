"""Whom a case is open to, in SQL; and read restrictions and broken glass."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.reach.states import (
    Basis,
    BrokenGlassNotFound,
    GlassReadsOnly,
    GlassState,
    TeamReadsOnly,
)
from checkpoint.custody.reach.tables import (
    BrokenGlass,
    BrokenGlassReview,
    CaseRestriction,
    RestrictionName,
)
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import Refusal
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.foundation.statements import Prepared

INSTANT = sa.DateTime(timezone=True)
READER = sa.bindparam("reader", type_=sa.Uuid())
ASKS_AT = sa.bindparam("asks_at", type_=INSTANT)
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
# A view of the database, written by nobody: who reaches a case that is of none of their suites,
# why and until when. What it is made of stands in later rooms, too; see its migration.
CASE_REACH = sa.table(
    "case_reach",
    sa.column("id", sa.Uuid()),
    sa.column("custody_record_id", sa.Uuid()),
    sa.column("actor_id", sa.Uuid()),
    sa.column("basis", sa.String()),
    sa.column("since", INSTANT),
    sa.column("until", INSTANT),
)
TEAM_REACH = sa.table(
    "team_reach",
    sa.column("custody_record_id", sa.Uuid()),
    sa.column("suites", ARRAY(sa.String())),
    sa.column("until", INSTANT),
    sa.column("allocation_id", sa.Uuid()),
    sa.column("read_by", sa.Uuid()),
)


def open_to_reader(record_id: Any) -> Any:
    """In SQL, a case is not restricted, or the reader is named for it.

    ``record_id`` is a column of the statement around it.
    """
    restriction, name = aliased(CaseRestriction), aliased(RestrictionName)
    return ~sa.exists().where(
        col(restriction.custody_record_id) == record_id,
        col(restriction.ended_at).is_(None),
        ~sa.exists().where(
            col(name.case_restriction_id) == col(restriction.id),
            col(name.actor_id) == READER,
            col(name.ended_at).is_(None),
        ),
    )


# Written out, so that the plan leaves out what cannot be.
THROUGH_GLASS: Any = sa.literal_column(f"'{Basis.BROKEN_GLASS}'")
REACHES = sa.and_(
    CASE_REACH.c.custody_record_id == col(CustodyRecord.id),
    CASE_REACH.c.actor_id == READER,
    CASE_REACH.c.until > ASKS_AT,
)
# That a case is worked by the reader's team; and that they may know so, since it tells the arm.
BY_TEAM = sa.and_(
    TEAM_REACH.c.custody_record_id == col(CustodyRecord.id),
    TEAM_REACH.c.suites.op("&&")(sa.bindparam("team", type_=ARRAY(sa.String()))),
    TEAM_REACH.c.until > ASKS_AT,
)
MAY_KNOW = sa.or_(TEAM_REACH.c.allocation_id.is_(None), TEAM_REACH.c.read_by == READER)
OF_TEAM = sa.exists().where(BY_TEAM)
LED = sa.exists().where(BY_TEAM, MAY_KNOW)
READS = sa.or_(sa.exists().where(REACHES), LED)
WORKS = sa.exists().where(REACHES, CASE_REACH.c.basis != THROUGH_GLASS)


OF_SUITE = col(CustodyRecord.suite) == sa.any_(sa.bindparam("suites", type_=ARRAY(sa.String())))
OPEN = open_to_reader(col(CustodyRecord.id))
# Of lists: whatever the reader's suites have, by their index.
IN_SCOPE = sa.and_(OF_SUITE, OPEN)
# Of one case that is read; and of one that something is done with.
IN_REACH = sa.and_(sa.or_(OF_SUITE, READS), OPEN)
IN_HAND = sa.and_(sa.or_(OF_SUITE, WORKS), OPEN)
IN_CASELOAD = sa.and_(WORKS, OPEN)


def suites_of(actor: Actor) -> frozenset[str]:
    """By which suites somebody reaches cases; a navigator by none, whatever their token says."""
    return frozenset() if actor.role is Role.NAVIGATOR else actor.suites


def scope_of(actor: Actor) -> dict[str, Any]:
    """What ``IN_SCOPE`` asks for: the reader, and the suites whose cases they are shown."""
    return {"suites": sorted(suites_of(actor)), "reader": actor.id}


def narrow_scope_of(actor: Actor) -> dict[str, Any]:
    """The same; a single suite by an equality, which keeps to the order of its index."""
    scope = scope_of(actor)
    if len(scope["suites"]) == 1:
        (scope["only_suite"],) = scope.pop("suites")
    return scope


def team_of(actor: Actor) -> dict[str, Any]:
    """What ``OF_TEAM`` and ``LED`` ask for: a supervisor's team is who is based at their suites."""
    leads = actor.role is Role.SUPERVISOR
    team = sorted(actor.suites) if leads else []
    return {"team": team, "reader": actor.id, "asks_at": actor.asks_at}


def reach_of(actor: Actor) -> dict[str, Any]:
    """What ``IN_REACH``, ``IN_HAND`` and ``IN_CASELOAD`` ask for: the same, their team, and when."""
    return scope_of(actor) | team_of(actor)


# One by one: for a list of ids PostgreSQL plans the whole view anew each time, ten times as long.
REACHED = Prepared(
    sa.select(col(CustodyRecord.id)).where(IN_REACH, col(CustodyRecord.id) == RECORD_ID)
)
CASES = Prepared(
    sa.select(col(CustodyRecord.id)).where(
        col(CustodyRecord.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
    )
)
LEADS = Prepared(
    sa.select(col(CustodyRecord.id)).where(LED, OPEN, col(CustodyRecord.id) == RECORD_ID)
)
FOUND = Prepared(
    sa.select(
        col(CustodyRecord.id),
        col(CustodyRecord.person_id),
        sa.or_(OF_SUITE, READS).label("within_reach"),
    ).where(col(CustodyRecord.id) == RECORD_ID, OPEN)
)
RESTRICTIONS = (
    sa.select(*CaseRestriction.__table__.c)
    .where(col(CaseRestriction.custody_record_id) == RECORD_ID)
    .order_by(col(CaseRestriction.number).desc())
)
NAMES = (
    sa.select(*RestrictionName.__table__.c)
    .where(
        col(RestrictionName.case_restriction_id)
        == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
    )
    .order_by(col(RestrictionName.named_at), col(RestrictionName.id))
)
STATE: Any = sa.case(
    (col(BrokenGlassReview.id).is_not(None), GlassState.REVIEWED.value),
    else_=GlassState.UNREVIEWED.value,
)
GLASS = (
    sa.select(
        *BrokenGlass.__table__.c,
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
        col(CustodyRecord.person_id),
        STATE.label("state"),
        col(BrokenGlassReview.outcome),
        col(BrokenGlassReview.words).label("review_words"),
        col(BrokenGlassReview.reviewed_at),
        col(BrokenGlassReview.reviewed_by),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(BrokenGlass.custody_record_id))
    .outerjoin(BrokenGlassReview, col(BrokenGlassReview.broken_glass_id) == col(BrokenGlass.id))
    .where(IN_SCOPE)
)
ONE_GLASS = GLASS.where(col(BrokenGlass.id) == sa.bindparam("glass_id", type_=sa.Uuid()))
LISTING = Listing(
    GLASS,
    at=BrokenGlass.__table__.c.broken_at,
    id=BrokenGlass.__table__.c.id,
    filters={
        "suites": sa.true(),
        "reader": sa.true(),
        "state": sa.bindparam("state", type_=sa.String()) == STATE,
    },
    soonest=True,
)


async def reached(session: AsyncSession, ids: Iterable[UUID], actor: Actor) -> frozenset[UUID]:
    """Which of these are cases that this reader may read."""
    found = set[UUID]()
    for case in await rows_of(session, CASES, ids=[*ids]):
        rows = await rows_of(session, REACHED, **reach_of(actor), record_id=case.id)
        found.update(row.id for row in rows)
    return frozenset(found)


WORKED = Prepared(
    sa.select(col(CustodyRecord.id)).where(IN_HAND, col(CustodyRecord.id) == RECORD_ID)
)


async def may_work(session: AsyncSession, record_id: UUID, *, actor: Actor) -> bool:
    """Whether this reader may do more with a case than read it."""
    return bool(await rows_of(session, WORKED, **reach_of(actor), record_id=record_id))


async def reading_only(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Refusal | None:
    """Why a case that cannot be worked can be read all the same; None where it cannot."""
    if not await reached(session, [record_id], actor=actor):
        return None
    if await rows_of(session, LEADS, **team_of(actor), record_id=record_id):
        return TeamReadsOnly("Ask a colleague in its suite, or its navigator, to do it.")
    return GlassReadsOnly("Ask a colleague in its suite to do it.")


async def found(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Any | None:
    """A case that the glass may be broken for, and whether whoever asks reaches it already."""
    rows = await rows_of(session, FOUND, **reach_of(actor), record_id=record_id)
    return rows[0] if rows else None


async def restrictions(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """Every restriction of a case that was reached, the last one first."""
    return await rows_of(session, RESTRICTIONS, record_id=record_id)


async def names(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Any]:
    """Everybody who was ever named for these restrictions, in order."""
    return await rows_of(session, NAMES, ids=[*ids])


async def glass(session: AsyncSession, glass_id: UUID, *, actor: Actor) -> Any:
    """A break-glass access to a case of the supervisor's suites.

    Raises:
        BrokenGlassNotFound: there is none.
    """
    rows = await rows_of(session, ONE_GLASS, **reach_of(actor), glass_id=glass_id)
    if not rows:
        raise BrokenGlassNotFound("Check the id, or ask a supervisor of that suite.")
    return rows[0]


async def page(
    session: AsyncSession, *, actor: Actor, turn: Turn, state: GlassState | None
) -> tuple[list[Any], str | None]:
    """One page of break-glass access to cases of the supervisor's suites, the first one first."""
    return await LISTING.page(session, turn, **scope_of(actor), state=state)
