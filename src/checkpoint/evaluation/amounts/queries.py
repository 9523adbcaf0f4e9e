"""Sum up what happened to people of a data cut within each horizon, each event counted."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation.queries import (
    CUT_ID,
    GROUPS,
    Opened,
    days_of_allocation,
    windows_table,
)
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant

OBSERVED = col(CutParticipant.observed_days)
ENDED_EARLY = col(CutParticipant.ended_by) != EndOfObservation.DATA_CUT
HARM = sa.case(
    (col(CutEvent.proactively_detected), 0.0),
    else_=sa.func.coalesce(col(CutEvent.harm_days), 0.0),
)


def _whole(column: Any, name: str) -> Any:
    """What a column comes to over those who have it, by what they were allocated to and given."""
    number = sa.cast(column, sa.Numeric)
    return (
        sa.select(
            *GROUPS,
            sa.func.count(column).label("people"),
            sa.func.sum(number).label("total"),
            sa.func.sum(number * number).label("squares"),
            sa.literal(name).label("name"),
        )
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(*GROUPS)
    )


DISTANCE = _whole(col(CutParticipant.distance_travelled), "distance_travelled")
COST = _whole(col(CutParticipant.cost_pence), "cost_pence")


def column(number: int, what: str) -> str:
    """The name of a sum: ``people``, ``days``; ``had``, ``events``, ``events2``, ``harm``, ``harm2``."""
    return f"{what}{number}"


async def observed(
    session: AsyncSession, opened: Opened, measure: Measure, horizons: Sequence[Horizon]
) -> Sequence[Any]:
    """How many people's horizons had passed, and for how many days these were seen within each."""
    windows = await _windows(session, opened, measure, horizons)
    sums = []
    for number in range(len(horizons)):
        last, passed = _passed(windows, number)
        days = sa.func.sum(sa.func.least(OBSERVED, last)).filter(passed)
        sums.append(sa.func.count().filter(passed).label(column(number, "people")))
        sums.append(sa.cast(sa.func.coalesce(days, 0), sa.BigInteger).label(column(number, "days")))
    asked = (
        sa.select(*GROUPS, *sums)
        .join(windows, windows.c.day == col(CutParticipant.allocated_on))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .group_by(*GROUPS)
    )
    return await rows_of(session, asked, cut_id=opened.cut.id)


async def happened(
    session: AsyncSession, opened: Opened, measure: Measure, horizons: Sequence[Horizon]
) -> Sequence[Any]:
    """How many events there were within each horizon, their harm, and the squares of a person's."""
    windows = await _windows(session, opened, measure, horizons)
    each: list[Any] = []
    for number in range(len(horizons)):
        last, passed = _passed(windows, number)
        inside = sa.and_(passed, col(CutEvent.day) <= last)
        each.append(sa.func.count().filter(inside).label(column(number, "n")))
        harm = sa.func.coalesce(sa.func.sum(HARM).filter(inside), 0.0)
        each.append(harm.label(column(number, "h")))
    person = (
        sa.select(*GROUPS, *each)
        .join(
            CutEvent,
            sa.and_(
                col(CutEvent.cut_id) == col(CutParticipant.cut_id),
                col(CutEvent.participant_id) == col(CutParticipant.participant_id),
            ),
        )
        .join(windows, windows.c.day == col(CutParticipant.allocated_on))
        .where(
            col(CutParticipant.cut_id) == CUT_ID,
            col(CutEvent.cut_id) == CUT_ID,
            col(CutEvent.measure) == measure,
        )
        .group_by(*GROUPS, col(CutParticipant.participant_id))
        .subquery("person")
    )
    return await rows_of(session, _summed(person, len(horizons)), cut_id=opened.cut.id)


def _summed(person: Any, horizons: int) -> Any:
    sums: list[Any] = []
    for number in range(horizons):
        n, h = person.c[column(number, "n")], person.c[column(number, "h")]
        sums += [
            sa.func.count().filter(n > 0).label(column(number, "had")),
            sa.cast(sa.func.sum(n), sa.BigInteger).label(column(number, "events")),
            sa.cast(sa.func.sum(n * n), sa.BigInteger).label(column(number, "events2")),
            sa.func.sum(h).label(column(number, "harm")),
            sa.func.sum(h * h).label(column(number, "harm2")),
        ]
    groups = [person.c[name] for name in ("mask", "delivered_mask", "per_protocol")]
    return sa.select(*groups, *sums).group_by(*groups)


async def of_cases(session: AsyncSession, opened: Opened) -> dict[str, Sequence[Any]]:
    """What cases cost and how far people came, over the whole of the cut."""
    return {
        name: await rows_of(session, asked, cut_id=opened.cut.id)
        for name, asked in {"distance_travelled": DISTANCE, "cost_pence": COST}.items()
    }


async def _windows(
    session: AsyncSession, opened: Opened, measure: Measure, horizons: Sequence[Horizon]
) -> Any:
    days = await days_of_allocation(session, opened)
    return windows_table("until", days, horizons, until=opened.until(measure))


def _passed(windows: Any, number: int) -> tuple[Any, Any]:
    """A horizon's last day, and whether it had passed."""
    last = windows.c[f"w{number}"]
    return last, sa.and_(last.is_not(None), sa.or_(last <= OBSERVED, ENDED_EARLY))
