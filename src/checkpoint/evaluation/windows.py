"""Horizons: until which day after allocation something counts, and for whom that day has passed. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from checkpoint.contracts.clocks import last_day
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure

# No run of days for which months come to the same number is longer.
LONGEST_THE_SAME = 366


def horizons_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Horizon, ...]:
    """A cut's horizons, as it keeps them."""
    return tuple(
        Horizon(name=str(each["name"]), months=each.get("months"), days=each.get("days"))
        for each in stored
    )


@lru_cache(maxsize=100_000)
def window(horizon: Horizon, allocated_on: date) -> int:
    """The last day that counts.

    Args:
        horizon: in calendar months where these are named, else in days.
        allocated_on: day 0, in England.

    Returns:
        Days from allocation: with months, to the day before the same day so many months on, clipped
        to the end of a shorter month.

    Source: domain notes 7.1 d.
    """
    if horizon.months is None:
        return horizon.days or 0
    return (last_day(allocated_on, months=horizon.months) - allocated_on).days


def calendar(first: date, last: date, horizon: Horizon, *, until: date) -> list[int | None]:
    """Until when a horizon counts, for each day of allocation.

    Args:
        first: the first day of allocation.
        last: the last one.
        horizon: in calendar months or in days.
        until: the last day that is complete.

    Returns:
        Days from allocation for each day, in order and without a gap; None where the horizon had
        not passed by ``until``.
    """
    found: list[int | None] = []
    for day in days_between(first, last):
        width = window(horizon, day)
        found.append(width if day + timedelta(days=width) <= until else None)
    return found


def days_between(first: date, last: date) -> list[date]:
    """Every day of a span.

    Args:
        first: its first day.
        last: its last day.

    Returns:
        Both and all between them, in order.
    """
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def words(horizon: Horizon) -> str:
    """A horizon's length: 6 months, or 364 days."""
    count, unit = (horizon.days, "day") if horizon.months is None else (horizon.months, "month")
    return so_many(count or 0, unit)


def so_many(count: int, unit: str) -> str:
    """So many of something: 1 month, 6 months.

    Args:
        count: how many.
        unit: what one of them is called.

    Returns:
        Both, the unit in the plural where it is not one.
    """
    return f"{count} {unit}{'' if count == 1 else 's'}"


def denominator(horizon: Horizon, measure: Measure, until: date) -> str:
    """Whom a horizon's figures are of.

    Args:
        horizon: how long after allocation is looked at.
        measure: what is counted.
        until: the last day that is complete for it.

    Returns:
        A sentence.
    """
    lag = " and what was proven since" if measure is Measure.PROVEN else ""
    return (
        f"People whose {words(horizon)} from allocation had passed by {until:%-d %B %Y}, the last "
        f"day that is complete{lag}. Who died, emigrated or was lost before counts as seen; who was "
        "followed for less, and no such end is told, does not count."
    )


def common(horizon: Horizon, first: date, last: date) -> int:
    """A horizon's last day on a curve, of people allocated from one day to another.

    Args:
        horizon: in calendar months or in days.
        first: the first day of allocation.
        last: the last one.

    Returns:
        Days from allocation: of people of one day, or of days for which it is the same, the day
        that counts for each of them; else the nominal one.
    """
    if (last - first).days > LONGEST_THE_SAME:
        return nominal(horizon)
    widths = {window(horizon, day) for day in days_between(first, last)}
    return widths.pop() if len(widths) == 1 else nominal(horizon)


def nominal(horizon: Horizon) -> int:
    """A horizon's last day where people of all days of allocation are taken together.

    Args:
        horizon: in calendar months or in days.

    Returns:
        Days from allocation; a month is a twelfth of 365.25 days, so twelve end with day 364.
    """
    if horizon.months is None:
        return horizon.days or 0
    return int(horizon.months * 365.25 / 12) - 1
