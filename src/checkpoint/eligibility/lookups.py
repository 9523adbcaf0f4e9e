"""Look up published rule sets, by name and by the case they decide; and what came after decisions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.tables import AllegedOffence, Screening
from checkpoint.eligibility.rules import MOVED, RESTED_ON, RuleSet, RulesUnreadable, opened
from checkpoint.eligibility.states import AppliesTo
from checkpoint.eligibility.tables import RuleSetProposal, RuleSetVersion
from checkpoint.forecast.tables import RiskForecast
from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of
from checkpoint.people.tables import PersonCorrection


class NoRulesInForce(errors.Conflict):
    slug = "no-rules-in-force"
    title = "No rule set is in force on that day"


class RulesChanged(errors.Unavailable):
    slug = "rules-changed"
    title = "A published rule set is no longer what was published"


class RuleSetNotFound(errors.NotFound):
    slug = "rule-set-not-found"
    title = "There is no such rule set"


first_day = col(RuleSetVersion.in_force_from)
# The rules of the day of the arrest, unless a set has begun since that takes every decision.
APPLYING = (
    select(RuleSetVersion)
    .where(first_day <= sa.bindparam("day", type_=sa.Date()))
    .where(
        sa.or_(
            first_day <= sa.bindparam("arrested_on", type_=sa.Date()),
            col(RuleSetVersion.applies_to) == AppliesTo.DECISIONS,
        )
    )
    .order_by(first_day.desc())
    .limit(1)
)
NONE_COVERS = "No rule set covers the day of the arrest; ask for one to be published."


async def applying(session: AsyncSession, *, arrested_on: date, decided_on: date) -> Any:
    """The rules that decide a case; which they are is docs/decisions/0010-which-rules-apply.md.

    Raises:
        NoRulesInForce: the arrest was before the first rule set.
    """
    found = await rows_of(session, APPLYING, arrested_on=arrested_on, day=decided_on)
    if not found:
        raise NoRulesInForce(NONE_COVERS)
    return found[0]


async def in_force(session: AsyncSession, on: date) -> Any:
    """The rules in force on a day: the last ones to have begun."""
    return await applying(session, arrested_on=on, decided_on=on)


def rules_of(row: Any) -> RuleSet:
    """The rule set of a row, if it still is what was published.

    Raises:
        RulesChanged: it is not.
    """
    try:
        return opened(row.content, row.digest)
    except RulesUnreadable as error:
        raise RulesChanged(f"{row.version}: {error}") from error


async def rule_set(session: AsyncSession, version: str) -> RuleSetVersion:
    rows = select(RuleSetVersion).where(RuleSetVersion.version == version)
    found = (await session.exec(rows)).one_or_none()
    if found is None:
        raise RuleSetNotFound("See /v1/reference/rule-sets for the published ones.")
    return found


async def rule_sets(session: AsyncSession) -> Sequence[RuleSetVersion]:
    rows = select(RuleSetVersion).order_by(col(RuleSetVersion.in_force_from))
    return (await session.exec(rows)).all()


async def proposal(session: AsyncSession, digest: str) -> RuleSetProposal | None:
    rows = select(RuleSetProposal).where(RuleSetProposal.digest == digest)
    return (await session.exec(rows)).one_or_none()


async def collides(session: AsyncSession, version: str, first: date) -> bool:
    """Whether a published rule set has that name or that first day."""
    same = sa.or_(
        col(RuleSetVersion.version) == version, col(RuleSetVersion.in_force_from) == first
    )
    return (await session.exec(select(sa.exists().where(same)))).one()


ENTERED = tuple(table.__table__ for table in (Screening, AllegedOffence, RiskForecast))
RIGHT = PersonCorrection.__table__


def entered_since(record: Any, decision: Any) -> Any:
    """That something a decision rests on was entered after it; ids are made in the order of time.

    Not whatever raises the record's version, as a transfer or a release does.
    """
    return sa.or_(
        *(
            sa.exists().where(table.c.custody_record_id == record.c.id, table.c.id > decision.c.id)
            for table in ENTERED
        )
    )


def put_right_since(record: Any, decision: Any) -> Any:
    """That something a decision rests on was put right after it.

    After a move the record is about somebody else, and the move says so by itself.
    """
    return sa.or_(
        sa.exists().where(
            RIGHT.c.custody_record_id == record.c.id,
            RIGHT.c.field == MOVED,
            RIGHT.c.id > decision.c.id,
        ),
        sa.exists().where(
            RIGHT.c.person_id == record.c.person_id,
            sa.or_(*(RIGHT.c.field == field for field in sorted(RESTED_ON))),
            RIGHT.c.id > decision.c.id,
        ),
    )
