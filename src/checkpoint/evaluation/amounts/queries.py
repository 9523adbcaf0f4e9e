"""Sum up what happened to people of a data cut within each horizon, each event counted."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import (
    CUT_ID,
    GROUPS,
    NAMES,
    Allocated,
    Opened,
    limit,
    limited,
    seen,
)
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant

THOUSANDTHS = 1000
# In whole thousandths of a day: sums of fractions would come out by the order of their parts.
HARM = sa.case(
    (col(CutEvent.proactively_detected).is_(True), 0),
    else_=sa.cast(sa.func.coalesce(THOUSANDTHS * col(CutEvent.harm_days), 0), sa.BigInteger),
)


def _whole(amount: Any, name: str) -> list[Any]:
    number = sa.cast(amount, sa.BigInteger)
    return [
        sa.func.count(amount).label(f"{name}_people"),
        sa.func.sum(number).label(f"{name}_total"),
        sa.func.sum(number * number).label(f"{name}_squares"),
    ]


OF_CASES = (
    sa.select(
        *GROUPS,
        *_whole(col(CutParticipant.distance_travelled), "distance_travelled"),
        *_whole(col(CutParticipant.cost_pence), "cost_pence"),
        *_whole(col(CutParticipant.custody_days), "custody_days"),
        *_whole(col(CutParticipant.wellbeing), "wellbeing"),
        *_whole(THOUSANDTHS * col(CutParticipant.victim_satisfaction), "victim_satisfaction"),
    )
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(*GROUPS)
)


def column(number: int, what: str) -> str:
    """The name of a sum: ``people``, ``days``; ``had``, ``events``, ``events2``, ``harm``, ``harm2``."""
    return f"{what}{number}"


async def observed(
    session: AsyncSession,
    opened: Opened,
    allocated: Allocated,
    measure: Measure,
    horizons: Sequence[Horizon],
) -> Sequence[Any]:
    """How many people's horizons had passed, and for how many days these were seen within each."""
    until = opened.until(measure)
    days_seen = seen(measure, lag_months=opened.cut.conviction_lag_months).label("seen")
    person = limited(allocated, horizons, [until], [days_seen])
    sums = []
    for number in range(len(horizons)):
        last = person.c[limit(until, number)]
        days = sa.func.sum(sa.func.least(person.c.seen, last)).filter(last.is_not(None))
        sums.append(sa.func.count(last).label(column(number, "people")))
        sums.append(sa.func.coalesce(days, 0).label(column(number, "days")))
    groups = [person.c[name] for name in NAMES]
    asked = sa.select(*groups, *sums).group_by(*groups)
    return await rows_of(session, asked, cut_id=opened.cut.id)


async def happened(
    session: AsyncSession,
    opened: Opened,
    allocated: Allocated,
    measure: Measure,
    horizons: Sequence[Horizon],
) -> Sequence[Any]:
    """How many events there were within each horizon, their harm, and the squares of a person's."""
    until = opened.until(measure)
    person = limited(allocated, horizons, [until], [col(CutParticipant.participant_id)])
    each: list[Any] = []
    for number in range(len(horizons)):
        inside = col(CutEvent.day) <= person.c[limit(until, number)]
        each.append(sa.func.count().filter(inside).label(column(number, "n")))
        harm = sa.cast(sa.func.sum(HARM).filter(inside), sa.BigInteger)
        each.append(sa.func.coalesce(harm, 0).label(column(number, "h")))
    groups = [person.c[name] for name in NAMES]
    summed = (
        sa.select(*groups, *each)
        .join(CutEvent, col(CutEvent.participant_id) == person.c.participant_id)
        .where(col(CutEvent.cut_id) == CUT_ID, col(CutEvent.measure) == measure)
        .group_by(*groups, person.c.participant_id)
        .subquery("summed")
    )
    return await rows_of(session, _summed(summed, len(horizons)), cut_id=opened.cut.id)


def _summed(person: Any, horizons: int) -> Any:
    sums: list[Any] = []
    for number in range(horizons):
        n, h = person.c[column(number, "n")], person.c[column(number, "h")]
        sums += [
            sa.func.count().filter(n > 0).label(column(number, "had")),
            sa.func.sum(n).label(column(number, "events")),
            sa.func.sum(n * n).label(column(number, "events2")),
            sa.func.sum(h).label(column(number, "harm")),
            sa.func.sum(h * h).label(column(number, "harm2")),
        ]
    groups = [person.c[name] for name in NAMES]
    return sa.select(*groups, *sums).group_by(*groups)


async def of_cases(session: AsyncSession, opened: Opened) -> Sequence[Any]:
    """What is known of whole cases, over the whole of the cut; satisfaction in thousandths."""
    return await rows_of(session, OF_CASES, cut_id=opened.cut.id)
