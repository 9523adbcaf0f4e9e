"""A contract's days: its last one, those that are excused, and the last that the law allows. Pure.

Every day is one in England, so the hour that comes or goes in spring and autumn counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from checkpoint.foundation.calendar import in_force, london_day


@dataclass(frozen=True, kw_only=True)
class TermPolicy:
    """How long a contract runs, and how far it stays from the last day to prosecute.

    ``months`` is what is agreed at first, ``longest_months`` what extensions may make of it, whether
    or not a prosecution limit runs; days that were excused come on top.
    """

    available_from: date
    months: int
    longest_months: int
    margin_days: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    TermPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        months=4,
        longest_months=6,
        margin_days=14,
        source="Four calendar months: the force's page (domain notes 1.5 and 7.1 d). The margin "
        "and the longest term are defaults of this software; no board has approved them.",
    ),
)
WARNINGS = (14, 30)  # days before the last day to prosecute; domain notes 3.5


def policy_on(day: date) -> TermPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def last_day(starts_on: date, *, months: int) -> date:
    """The last day of a contract: the day before the same day so many months on.

    Args:
        starts_on: its first day, in England.
        months: calendar months, 1 or more.

    Returns:
        That day, clipped to the end of a shorter month: four months from 7 April end with
        6 August, from 1 May with 31 August, and from 31 October with 28 (or 29) February.

    Source: domain notes 7.1 d.
    """
    if starts_on.day == 1:
        return starts_on + relativedelta(months=months) - timedelta(days=1)
    return starts_on - timedelta(days=1) + relativedelta(months=months)


def longest_on(starts_on: date, excused: int, policy: TermPolicy) -> date:
    """The last day that extensions may give to a contract, whether or not a prosecution limit runs.

    Args:
        starts_on: its first day, in England.
        excused: days excused so far, 0 or more.
        policy: how long it may run.

    Returns:
        The last day of so many calendar months, and the excused days on top.

    Source: a default of this software; the sources name no longest term (decision record 35).
    """
    return last_day(starts_on, months=policy.longest_months) + timedelta(days=excused)


def excused_days(suspended_at: datetime, resumed_at: datetime) -> int:
    """How many days a contract's clock stood still.

    Args:
        suspended_at: the instant from which on it did; that day counts.
        resumed_at: the instant at which it went on; that day does not count.

    Returns:
        Whole days in England, 0 or more.
    """
    return (london_day(resumed_at) - london_day(suspended_at)).days


def limit_on(deadlines: Iterable[date | None], policy: TermPolicy) -> date | None:
    """The last day that the prosecution clock leaves to a contract.

    Args:
        deadlines: the last day to start proceedings for each alleged offence; None where no
            limit runs.
        policy: how far the contract stays from the first of them.

    Returns:
        A day in England; None where no limit runs for any.

    Source: domain notes 3.5.
    """
    first = min((day for day in deadlines if day is not None), default=None)
    return None if first is None else first - timedelta(days=policy.margin_days)


def moved(ends_on: date, days: int, *, limit: date | None) -> date:
    """A contract's last day once so many days were excused.

    Args:
        ends_on: its last day so far.
        days: how many, 0 or more.
        limit: the last day that the prosecution clock allows; None is none.

    Returns:
        So many days later and never past the limit; where the contract was allowed past that
        already, the day that it has.
    """
    later = ends_on + timedelta(days=days)
    return later if limit is None else min(later, max(limit, ends_on))
