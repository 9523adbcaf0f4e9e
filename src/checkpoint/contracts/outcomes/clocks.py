"""By when victims are told how a contract goes, and their objections answered. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from checkpoint.foundation.calendar import in_force, london_day, working_days_after


@dataclass(frozen=True, kw_only=True)
class VictimPolicy:
    """How long there is to tell a victim, and to answer their objection.

    ``tell_days`` and ``tell_enhanced_days`` (for victims who are vulnerable or intimidated) count
    from what they are told, ``acknowledge_days`` and ``decide_days`` from the objection; all are
    working days. ``object_months`` are calendar months from the end of the contract.
    """

    available_from: date
    tell_days: int
    tell_enhanced_days: int
    object_months: int
    acknowledge_days: int
    decide_days: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    VictimPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        tell_days=5,
        tell_enhanced_days=1,
        object_months=3,
        acknowledge_days=10,
        decide_days=30,
        source="Telling: default of this software, as for out-of-court decisions. Objecting: the "
        "times of the Victims' Right to Review, which need not reach these contracts (domain "
        "notes 3.2). No board has approved either.",
    ),
)


def policy_on(day: date) -> VictimPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def tell_by(happened_at: datetime, *, vulnerable: bool | None) -> date:
    """The last day on which a victim is told of something about the contract.

    Args:
        happened_at: when it happened; its day in England is day 0.
        vulnerable: whether the victim is vulnerable or intimidated; None is not known, and the
            shorter time counts.

    Returns:
        A working day in England.
    """
    day = london_day(happened_at)
    policy = policy_on(day)
    days = policy.tell_days if vulnerable is False else policy.tell_enhanced_days
    return working_days_after(day, days)


def acknowledge_by(objected_on: date) -> date:
    """The last working day on which a victim hears that their objection was received.

    Args:
        objected_on: the day in England on which they objected; it is day 0.

    Returns:
        A working day in England.
    """
    return working_days_after(objected_on, policy_on(objected_on).acknowledge_days)


def decide_by(objected_on: date) -> date:
    """The last working day on which a victim's objection is decided.

    Args:
        objected_on: the day in England on which they objected; it is day 0.

    Returns:
        A working day in England.
    """
    return working_days_after(objected_on, policy_on(objected_on).decide_days)


def is_in_time(objected_on: date, *, ended_on: date | None) -> bool:
    """Whether a victim objected within the months there are; a late objection is told as late.

    Args:
        objected_on: the day in England on which they objected.
        ended_on: the contract's end; None while it runs.

    Returns:
        True while the contract runs; then until so many months after its end, that day included.
    """
    if ended_on is None:
        return True
    return objected_on <= ended_on + relativedelta(months=policy_on(objected_on).object_months)
