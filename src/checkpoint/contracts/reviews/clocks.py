"""By when a contract that is questioned is reviewed, and the review decided. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from checkpoint.foundation.calendar import in_force, london_day, working_days_after


@dataclass(frozen=True, kw_only=True)
class ReviewPolicy:
    """How many working days there are: from an arrest to its review, and from there to a decision."""

    available_from: date
    raise_days: int
    decide_days: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    ReviewPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        raise_days=2,
        decide_days=5,
        source="Default of this software; no board has approved it.",
    ),
)


def policy_on(day: date) -> ReviewPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def raise_by(arrested_at: datetime) -> date:
    """The last day on which a new arrest is answered by a review.

    Args:
        arrested_at: the instant of the arrest; its day in England is day 0.

    Returns:
        A working day in England.
    """
    day = london_day(arrested_at)
    return working_days_after(day, policy_on(day).raise_days)


def decide_by(raised_at: datetime) -> date:
    """The last day on which a review is decided.

    Args:
        raised_at: when it was raised; its day in England is day 0.

    Returns:
        A working day in England.
    """
    day = london_day(raised_at)
    return working_days_after(day, policy_on(day).decide_days)
