"""How often each suite departs from the rules: numbers only, and nobody's case."""

from datetime import MAXYEAR, UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.lists import Suite
from checkpoint.custody.movements.tables import Movement
from checkpoint.custody.tables import CustodyRecord
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_midnight
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
BEGINNING, END = datetime(1, 1, 2, tzinfo=UTC), datetime(MAXYEAR, 1, 1, tzinfo=UTC)
CONFIRMED = (
    sa.select(col(EligibilityOverride.eligibility_decision_id).label("decision_id"))
    .join(
        OverrideAnswer,
        col(OverrideAnswer.eligibility_override_id) == col(EligibilityOverride.id),
    )
    .where(col(OverrideAnswer.outcome) == Outcome.CONFIRMED)
    .subquery("confirmed")
)
# Where the record belonged when it was decided: whence the next movement took it, if there is one.
# Ids tell the order: they are made in the order of time, and whoever moves or decides holds the
# record.
DECIDED_IN = sa.func.coalesce(
    sa.select(col(Movement.from_suite))
    .where(col(Movement.custody_record_id) == col(EligibilityDecision.custody_record_id))
    .where(col(Movement.id) > col(EligibilityDecision.id))
    .order_by(col(Movement.number))
    .limit(1)
    .scalar_subquery(),
    col(CustodyRecord.suite),
)
ANSWERED = (
    sa.select(DECIDED_IN.label("suite"), col(EligibilityDecision.id))
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
        since=london_midnight(decided_from) if decided_from else BEGINNING,
        until=london_midnight(decided_until) if decided_until else END,
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


def _rate(row: Any, *, above_percent: int) -> SuiteRateView:
    return SuiteRateView(
        suite=row.code,
        decisions=row.decisions,
        overrides=row.overrides,
        rate_percent=rules.percent_of(row.overrides, row.decisions),
        flagged=rules.is_flagged(row.overrides, row.decisions, above_percent=above_percent),
    )
