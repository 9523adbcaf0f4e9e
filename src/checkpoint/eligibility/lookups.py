"""Look up published rule sets, by name and by the case they decide; and what came after decisions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.circumstances.tables import CoAccused
from checkpoint.custody.tables import AllegedOffence, Screening
from checkpoint.eligibility.rules import MOVED, RESTED_ON, RuleSet, RulesUnreadable, opened
from checkpoint.eligibility.states import PUT_RIGHT, AppliesTo, Changed
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


# From tables of records and of decisions, the condition that something was changed after a decision.
Change = Callable[[Any, Any], Any]
LINK = CoAccused.__table__
RIGHT = PersonCorrection.__table__


def _entered(table: Any) -> Change:
    def since(record: Any, decision: Any) -> Any:
        rows = table.__table__
        return sa.exists().where(rows.c.custody_record_id == record.c.id, rows.c.id > decision.c.id)

    return since


def _linked(record: Any, decision: Any) -> Any:
    """A link made or withdrawn, from whichever side; a withdrawal names only the link."""
    link, ended, withdrawal = LINK.alias(), LINK.alias(), LINK.alias()

    def of_record(row: Any) -> Any:
        here = (row.c.custody_record_id == record.c.id, row.c.other_record_id == record.c.id)
        return sa.or_(*here)

    return sa.or_(
        sa.exists().where(of_record(link), link.c.id > decision.c.id),
        sa.exists().where(
            of_record(ended),
            withdrawal.c.withdraws_id == ended.c.id,
            withdrawal.c.id > decision.c.id,
        ),
    )


def _person(record: Any, decision: Any) -> Any:
    return sa.exists().where(
        RIGHT.c.person_id == record.c.person_id,
        sa.or_(*(RIGHT.c.field == field for field in sorted(RESTED_ON))),
        RIGHT.c.id > decision.c.id,
    )


def _identity(record: Any, decision: Any) -> Any:
    return sa.exists().where(
        RIGHT.c.custody_record_id == record.c.id,
        RIGHT.c.field == MOVED,
        RIGHT.c.id > decision.c.id,
    )


# That something a decision rests on was entered or put right after it; ids are made in the order
# of time. Not whatever raises the record's version, as a transfer or a release does. After a move
# the record is about somebody else, and the move says so by itself.
SINCE: Mapping[Changed, Change] = {
    Changed.SCREENING: _entered(Screening),
    Changed.OFFENCES: _entered(AllegedOffence),
    Changed.RISK_FORECAST: _entered(RiskForecast),
    Changed.CO_ACCUSED: _linked,
    Changed.PERSON: _person,
    Changed.IDENTITY: _identity,
}


def entered_since(record: Any, decision: Any) -> Any:
    """That something a decision rests on was entered after it."""
    entered = [since for what, since in SINCE.items() if what not in PUT_RIGHT]
    return sa.or_(*(since(record, decision) for since in entered))


def put_right_since(record: Any, decision: Any) -> Any:
    """That something a decision rests on was put right after it."""
    return sa.or_(*(SINCE[what](record, decision) for what in PUT_RIGHT))


def overtaken_by(record: Any, decision: Any) -> Any:
    """What a decision rests on that was entered or put right after it: codes, in their order."""
    told: Sequence[Any] = [
        sa.case((since(record, decision), sa.literal(what.value, sa.String())))
        for what, since in SINCE.items()
    ]
    kinds: Any = postgresql.array(told, type_=sa.String())
    return sa.func.array_remove(kinds, sa.null(), type_=postgresql.ARRAY(sa.String()))
