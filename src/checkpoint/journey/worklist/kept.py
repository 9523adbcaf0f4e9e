"""What is kept as open of cases: where the first of it stand within reach, and what is shown of it.

By suite and by team each matter walks an index in the order of its time, so that a page costs what
it shows and not what there is.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.journey.worklist.cases import READER, RECORD, Reach, has_read, of_case
from checkpoint.journey.worklist.facts import OF_STARTED
from checkpoint.journey.worklist.tables import OpenMatter, TeamMatter
from checkpoint.navigators.queries import IN_CASELOAD

INSTANT = sa.DateTime(timezone=True)
OPEN_MATTER, TEAM_MATTER = OpenMatter.__table__, TeamMatter.__table__
ASKED: Any = (
    sa.func.unnest(
        sa.bindparam("matters", type_=ARRAY(sa.String())),
        sa.bindparam("after", type_=ARRAY(INSTANT)),
        sa.bindparam("after_id", type_=ARRAY(sa.Uuid())),
        sa.bindparam("until", type_=ARRAY(INSTANT)),
    )
    .table_valued(
        sa.column("matter", sa.String()),
        sa.column("after", INSTANT),
        sa.column("after_id", sa.Uuid()),
        sa.column("until", INSTANT),
        with_ordinality="turn",
    )
    .render_derived(name="asked")
)


def _asked(matter: Any, since: Any, id: Any) -> tuple[Any, ...]:
    """What was asked for, by the columns that an index has."""
    return (
        matter == ASKED.c.matter,
        sa.tuple_(since, id) > sa.tuple_(ASKED.c.after, ASKED.c.after_id),
        since <= ASKED.c.until,
    )


WANTED = _asked(OPEN_MATTER.c.matter, OPEN_MATTER.c.since, OPEN_MATTER.c.id)
# What a reader is told of: neither what they set off themselves or is over by now, nor what
# another restricted case is about.
TELLABLE = (
    sa.or_(OPEN_MATTER.c.set_off_by.is_(None), OPEN_MATTER.c.set_off_by != READER),
    sa.or_(
        OPEN_MATTER.c.last_day.is_(None),
        OPEN_MATTER.c.last_day >= sa.bindparam("today", type_=sa.Date()),
    ),
    custody.open_to_reader(OPEN_MATTER.c.source_id),
)
# A case that was started is told as one without an outcome to the blind alone, and everything else
# that tells an arm to nobody who is.
IS_OF_STARTED = OPEN_MATTER.c.matter == sa.literal_column(f"'{OF_STARTED}'")
SHOWN = has_read(OPEN_MATTER.c.allocation_id)
KNOWN = sa.or_(
    OPEN_MATTER.c.allocation_id.is_(None),
    sa.and_(~IS_OF_STARTED, SHOWN),
    sa.and_(IS_OF_STARTED, ~SHOWN),
)


def _turns(found: Any, turn: Any = ASKED.c.turn) -> tuple[Any, ...]:
    """Of each turn no more than where its matters stand: most are counted, and few are shown."""
    order = (found.c.since, found.c.id)
    return (
        turn.label("turn"),
        sa.func.array_agg(aggregate_order_by(found.c.since, *order)).label("sinces"),
        sa.func.array_agg(aggregate_order_by(found.c.id, *order)).label("ids"),
    )


def _each(suites: str) -> Any:
    return (
        sa.func.unnest(sa.bindparam(suites, type_=ARRAY(sa.String())))
        .table_valued(sa.column("code", sa.String()))
        .render_derived(name="suite")
    )


@cache
def _of_suites(most: int) -> Prepared:
    """Of each matter and suite the first ones, each by its own walk along the index."""
    suite = _each("suites")
    # Written out: of a number that is given, PostgreSQL plans for a tenth of everything.
    found = (
        sa.select(OPEN_MATTER.c.since, OPEN_MATTER.c.id)
        .where(*WANTED, *TELLABLE, KNOWN, OPEN_MATTER.c.suite == suite.c.code)
        .where(custody.open_to_reader(OPEN_MATTER.c.custody_record_id))
        .order_by(OPEN_MATTER.c.since, OPEN_MATTER.c.id)
        .limit(sa.literal_column(str(most)))
        .correlate(ASKED, suite)
        .lateral("found")
    )
    return Prepared(
        sa.select(*_turns(found))
        .select_from(ASKED)
        .join(suite, sa.true())
        .join(found, sa.true())
        .group_by(ASKED.c.turn)
    )


@cache
def _of_team(most: int) -> Prepared:
    """The same by the suites of a team, of what it works elsewhere.

    Of two who have and cover a case, each may be of another suite of the reader's: it is one.
    """
    suite, case_id = _each("team"), OPEN_MATTER.c.custody_record_id
    found = (
        sa.select(TEAM_MATTER.c.since, OPEN_MATTER.c.id)
        .join_from(TEAM_MATTER, OPEN_MATTER, OPEN_MATTER.c.id == TEAM_MATTER.c.open_matter_id)
        .where(*_asked(*(TEAM_MATTER.c[name] for name in ("matter", "since", "open_matter_id"))))
        .where(TEAM_MATTER.c.suite == suite.c.code, *TELLABLE, KNOWN)
        .where(TEAM_MATTER.c.until > sa.bindparam("asks_at", type_=INSTANT))
        .where(OPEN_MATTER.c.suite != sa.all_(sa.bindparam("suites", type_=ARRAY(sa.String()))))
        .where(custody.open_to_reader(case_id))
        .order_by(TEAM_MATTER.c.since, TEAM_MATTER.c.open_matter_id)
        .limit(sa.literal_column(str(most)))
        .correlate(ASKED, suite)
        .lateral("found")
    )
    once = (
        sa.select(ASKED.c.turn.label("turn"), found.c.since, found.c.id)
        .distinct()
        .select_from(ASKED)
        .join(suite, sa.true())
        .join(found, sa.true())
        .subquery("once")
    )
    return Prepared(sa.select(*_turns(once, once.c.turn)).group_by(once.c.turn))


# All that is open of a caseload, which is thirty cases.
OF_CASELOAD = Prepared(
    sa.select(*_turns(OPEN_MATTER))
    .select_from(RECORD)
    .join(OPEN_MATTER, OPEN_MATTER.c.custody_record_id == RECORD.c.id)
    .join(ASKED, sa.and_(*WANTED))
    .where(IN_CASELOAD, ~IS_OF_STARTED, *TELLABLE)
    .group_by(ASKED.c.turn)
)
READ: Mapping[Reach, Callable[[int], Prepared]] = {
    Reach.SUITES: _of_suites,
    Reach.TEAM: _of_team,
    Reach.CASELOAD: lambda _: OF_CASELOAD,
}
LINES = Prepared(
    sa.select(
        *of_case(OPEN_MATTER.c.since, OPEN_MATTER.c.id, OPEN_MATTER.c.thing_id, OPEN_MATTER.c.words)
    )
    .join_from(OPEN_MATTER, RECORD, RECORD.c.id == OPEN_MATTER.c.custody_record_id)
    .where(OPEN_MATTER.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
)


async def matters(session: AsyncSession, reach: Reach, *, most: int, **given: Any) -> Sequence[Any]:
    """Where the first of what is open within reach stand, by their turn in what was asked for."""
    return await rows_of(session, READ[reach](most), **given)


async def lines(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What is shown of matters that were found within reach."""
    return {row.id: row for row in await rows_of(session, LINES, ids=ids)}
