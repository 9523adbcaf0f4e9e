"""Reach decisions through the cases the reader may see; and the rules in force."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody import queries as custody
from checkpoint.custody.circumstances import queries as circumstances
from checkpoint.custody.tables import SCREENING_FACTS, CustodyRecord
from checkpoint.eligibility import lookups
from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.rules import chosen_because, missing_of, parse, until_of
from checkpoint.eligibility.schemas import (
    AppliedRuleSetView,
    DecisionView,
    MissingView,
    RuleSetView,
    StandingView,
)
from checkpoint.eligibility.states import MEANING, Basis, Verdict
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetVersion
from checkpoint.forecast import queries as forecast
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.foundation.statements import Prepared
from checkpoint.people.tables import Person


class DecisionNotFound(errors.NotFound):
    slug = "decision-not-found"
    title = "There is no such decision that you may see"


LATER = aliased(EligibilityDecision)
RULES = ("version", "in_force_from", "digest", "content")
# The only way to reach a decision: by a case of the reader's suites.
VISIBLE = (
    sa.select(
        *EligibilityDecision.__table__.c,
        *(col(getattr(RuleSetVersion, name)) for name in RULES),
        col(LATER.id).label("superseded_by_id"),
        col(CustodyRecord.person_id),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(EligibilityDecision.custody_record_id))
    .join(RuleSetVersion, col(RuleSetVersion.id) == col(EligibilityDecision.rule_set_version_id))
    .outerjoin(LATER, col(LATER.supersedes_id) == col(EligibilityDecision.id))
    .where(custody.IN_REACH)
)
ONE = VISIBLE.where(col(EligibilityDecision.id) == sa.bindparam("decision_id", type_=sa.Uuid()))
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
OF_CASE = VISIBLE.where(col(EligibilityDecision.custody_record_id) == RECORD_ID).order_by(
    col(EligibilityDecision.number).desc()
)


async def of_case(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """A case's decisions with their rules, the present one first."""
    return await rows_of(session, OF_CASE, **custody.reach_of(actor), record_id=record_id)


LAST = (
    sa.select(col(EligibilityDecision.id), col(EligibilityDecision.number))
    .where(col(EligibilityDecision.custody_record_id) == RECORD_ID)
    .order_by(col(EligibilityDecision.number).desc())
    .limit(1)
)


SCREENED, PRESENT = custody.SCREENING.subquery("screened"), LAST.subquery("present")
CURRENT, FORECAST = lookups.APPLYING.subquery("current"), forecast.LAST.subquery("forecast")
# Everything a decision rests on but the offences, in one row: the last saving of the screening,
# the last forecast, the present decision and the rules that apply need no joining, since each is
# one row at most.
CASE = Prepared(
    sa.select(
        col(Person.date_of_birth),
        col(Person.estimated_age_years),
        *(SCREENED.c[name] for name in SCREENING_FACTS),
        circumstances.LINKED.label("co_accused_linked"),
        PRESENT.c.id.label("present_id"),
        PRESENT.c.number.label("present_number"),
        CURRENT.c.id.label("rules_id"),
        *(CURRENT.c[name] for name in RULES),
        FORECAST.c.band.label("risk_band"),
    )
    .select_from(Person)
    .join(CustodyRecord, col(CustodyRecord.person_id) == col(Person.id))
    .outerjoin(SCREENED, sa.true())
    .outerjoin(PRESENT, sa.true())
    .outerjoin(CURRENT, sa.true())
    .outerjoin(FORECAST, sa.true())
    .where(col(CustodyRecord.id) == RECORD_ID)
)


async def case(
    session: AsyncSession, record_id: UUID, *, arrested_on: date, decided_on: date
) -> Any:
    """What a decision rests on, for whoever holds the case's lock.

    Raises:
        NoRulesInForce: the arrest was before the first rule set.
    """
    days = {"arrested_on": arrested_on, "day": decided_on}
    (found,) = await rows_of(session, CASE, record_id=record_id, **days)
    if found.rules_id is None:
        raise lookups.NoRulesInForce(lookups.NONE_COVERS)
    return found


async def stored(session: AsyncSession, *, after: UUID | None, size: int) -> Sequence[Any]:
    """Decisions with their rules, in the order of their ids; for replaying them all."""
    rows = sa.select(
        *EligibilityDecision.__table__.c, col(RuleSetVersion.content), col(RuleSetVersion.digest)
    ).join(RuleSetVersion, col(RuleSetVersion.id) == col(EligibilityDecision.rule_set_version_id))
    if after is not None:
        rows = rows.where(col(EligibilityDecision.id) > after)
    return await rows_of(session, rows.order_by(col(EligibilityDecision.id)).limit(size))


async def count(session: AsyncSession) -> int:
    return (await session.exec(select(sa.func.count()).select_from(EligibilityDecision))).one()


LOCKED = {
    "id",
    "custody_record_id",
    "number",
    "record_version",
    "supersedes_id",
    "decided_at",
    "decided_by",
}
SUMMARY = {"id", "number", "verdict", "record_version", "decided_at", "decided_by"}
DECISIONS = "/v1/custody-records/{record_id}/eligibility-decisions"


def view(
    decision: Any,
    rules: Any,
    *,
    by: Actor,
    later: UUID | None = None,
    standing: StandingView | None = None,
) -> DecisionView:
    """A decision as it was locked, explained to this reader; it stands by the rules unless a later
    room says otherwise.
    """
    missing = _missing(decision.findings)
    wanted = list(dict.fromkeys(view.given_as for view in missing))
    return DecisionView(
        **explained(
            decision.verdict,
            decision.findings,
            decision.facts,
            rules,
            clock=decision.prosecution_clock,
        ),
        **{name: getattr(decision, name) for name in LOCKED},
        superseded_by_id=later,
        standing=standing or by_rules(decision.verdict),
        next_steps=[decide_step(decision.custody_record_id, by, missing=wanted)],
    )


def by_rules(verdict: Verdict) -> StandingView:
    """How a decision stands that nobody has spoken on."""
    return StandingView(verdict=verdict, basis=Basis.RULES, meaning=MEANING[verdict])


def explained(
    verdict: Verdict,
    findings: Sequence[Mapping[str, Any]],
    facts: Mapping[str, JsonValue],
    rules: Any,
    *,
    clock: Any,
) -> dict[str, Any]:
    """A verdict with its meaning, rules, findings (as stored), what is missing, and the clock."""
    because = chosen_because(parse(rules.content), facts)
    return {
        "verdict": verdict,
        "meaning": MEANING[verdict],
        "ineligible_until": until_of(findings),
        "rule_set": AppliedRuleSetView(**shown_rules(rules).model_dump(), chosen_because=because),
        "findings": findings,
        "missing": _missing(findings),
        "prosecution_clock": clock,
        "facts": facts,
    }


def _missing(findings: Sequence[Mapping[str, Any]]) -> list[MissingView]:
    """The facts still wanted, each once, in the order of the criteria."""
    return [
        MissingView(fact=name, question=FACTS[name].question, given_as=FACTS[name].given_as)
        for name in missing_of(findings)
    ]


def shown_rules(rules: Any) -> RuleSetView:
    parsed = parse(rules.content)
    return RuleSetView(
        version=rules.version,
        title=parsed.title,
        in_force_from=rules.in_force_from,
        digest=rules.digest,
        approved_by=parsed.approved_by,
        applies_to=parsed.applies_to,
    )


def next_decision(record_id: UUID, present: Any | None, by: Actor) -> NextStep:
    """Deciding, with what the present decision was still waiting for."""
    waiting = _missing(present.findings) if present else []
    wanted = list(dict.fromkeys(view.given_as for view in waiting))
    return decide_step(record_id, by, missing=wanted)


def decide_step(record_id: UUID, by: Actor, *, missing: list[str] | None = None) -> NextStep:
    """Whether this reader may decide the case, and what is still wanted for that."""
    allowed = holds(by.role, Permission.DECIDE_ELIGIBILITY)
    return NextStep(
        step="decide_eligibility",
        method="POST",
        href=DECISIONS.format(record_id=record_id),
        allowed=allowed,
        why_not=None if allowed else "Your role does not allow this; ask a custody officer.",
        missing=missing or [],
    )
