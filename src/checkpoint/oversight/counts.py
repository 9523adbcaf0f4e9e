"""How often each suite departs from the rules: numbers only, and nobody's case."""

from datetime import MAXYEAR, UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.tables import CustodyRecord, Suite
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import LONDON
from checkpoint.foundation.database import rows_of
from checkpoint.oversight import rules
from checkpoint.oversight.schemas import OverrideRatesView, SuiteRateView
from checkpoint.oversight.states import Outcome
from checkpoint.oversight.tables import EligibilityOverride, OverrideAnswer

DECISIONS_COUNTED = (
    "Decisions taken in the suite on these days that came to eligible, ineligible or refer, "
    "superseded ones too. A pending decision is not counted: nobody can depart from it."
)
OVERRIDES_COUNTED = "Those of these decisions that a second person's confirmation has overridden."
INSTANT = sa.DateTime(timezone=True)
CONFIRMED = (
    sa.select(col(EligibilityOverride.eligibility_decision_id).label("decision_id"))
    .join(
        OverrideAnswer,
        col(OverrideAnswer.eligibility_override_id) == col(EligibilityOverride.id),
    )
    .where(col(OverrideAnswer.outcome) == Outcome.CONFIRMED)
    .subquery("confirmed")
)
ANSWERED = (
    sa.select(col(CustodyRecord.suite), col(EligibilityDecision.id))
    .join(CustodyRecord, col(CustodyRecord.id) == col(EligibilityDecision.custody_record_id))
    .where(col(EligibilityDecision.verdict) != Verdict.PENDING)
    .where(col(EligibilityDecision.decided_at) >= sa.bindparam("since", type_=INSTANT))
    .where(col(EligibilityDecision.decided_at) < sa.bindparam("until", type_=INSTANT))
    .subquery("answered")
)
SUITES = sa.bindparam("suites", type_=ARRAY(sa.String()))
RATES = (
    sa.select(
        col(Suite.code),
        sa.func.count(ANSWERED.c.id).label("decisions"),
        sa.func.count(CONFIRMED.c.decision_id).label("overrides"),
    )
    .outerjoin(ANSWERED, ANSWERED.c.suite == col(Suite.code))
    .outerjoin(CONFIRMED, CONFIRMED.c.decision_id == ANSWERED.c.id)
    .where(sa.or_(SUITES.is_(None), col(Suite.code) == sa.any_(SUITES)))
    .group_by(col(Suite.code))
    .order_by(col(Suite.code))
)


async def rates(
    session: AsyncSession,
    *,
    actor: Actor,
    decided_from: date | None,
    decided_until: date | None,
    on: date,
) -> OverrideRatesView:
    """Each suite's overrides: the reader's own suites, and every suite for an auditor.

    Args:
        session: the caller's.
        actor: the reader.
        decided_from: first day in England on which decisions count; None is from the beginning.
        decided_until: first day on which they count no longer; None is open.
        on: the day whose policy says what is flagged.
    """
    everywhere = actor.role is Role.AUDITOR
    rows = await rows_of(
        session,
        RATES,
        suites=None if everywhere else sorted(actor.suites),
        since=_midnight(decided_from) if decided_from else datetime(1, 1, 2, tzinfo=UTC),
        until=_midnight(decided_until) if decided_until else datetime(MAXYEAR, 1, 1, tzinfo=UTC),
    )
    policy = rules.policy_on(on)
    return OverrideRatesView(
        decided_from=decided_from,
        decided_until=decided_until,
        decisions_counted=DECISIONS_COUNTED,
        overrides_counted=OVERRIDES_COUNTED,
        flag_above_percent=policy.flag_above_percent,
        source=policy.source,
        items=[_rate(row, above_percent=policy.flag_above_percent) for row in rows],
    )


def _midnight(day: date) -> datetime:
    """When the day begins in England."""
    return datetime.combine(day, time(), LONDON)


def _rate(row: Any, *, above_percent: int) -> SuiteRateView:
    return SuiteRateView(
        suite=row.code,
        decisions=row.decisions,
        overrides=row.overrides,
        rate=rules.rate_of(row.overrides, row.decisions),
        flagged=rules.is_flagged(row.overrides, row.decisions, above_percent=above_percent),
    )
