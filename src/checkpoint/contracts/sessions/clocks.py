"""When somebody has to be reached first, and how long nobody may hear of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checkpoint.foundation.calendar import in_force, london_day


@dataclass(frozen=True, kw_only=True)
class ContactPolicy:
    """How soon the first contact is, and how many days may pass without one."""

    available_from: date
    first_hours: int
    silent_days: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    ContactPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        first_hours=72,
        silent_days=14,
        source=(
            "72 hours: Operation Turning Point's first meeting, whatworks.college.police.uk "
            "project 307. 14 days: default of this software; no board has approved it."
        ),
    ),
)


def policy_on(day: date) -> ContactPolicy:
    """The policy of a day.

    Args:
        day: in England.

    Returns:
        The last one that had begun; before them all, the first.
    """
    return in_force(POLICIES, day)


@dataclass(frozen=True, kw_only=True)
class FirstContact:
    """Until when somebody has to be reached first, and when they were."""

    due_at: datetime
    made_at: datetime | None
    overdue: bool


def first_contact(
    started_at: datetime, contacts: Iterable[datetime], *, now: datetime
) -> FirstContact:
    """How the first contact stands.

    Args:
        started_at: when the person was started on the programme; hours run from there, whatever
            the clocks on the wall do.
        contacts: the instants of every contact, before the start too: appointments that somebody
            came to, and attempts that reached them.
        now: the present.

    Returns:
        The first instant that is too late, when the first contact was, and whether it was or is
        too late.

    Source:
        The policy's own.
    """
    due = started_at + timedelta(hours=policy_on(london_day(started_at)).first_hours)
    made = min(contacts, default=None)
    return FirstContact(due_at=due, made_at=made, overdue=(made or now) >= due)


@dataclass(frozen=True, kw_only=True)
class Silence:
    """When somebody was last heard of, and from which day on that is too long ago."""

    last_on: date
    worrying_from: date
    worrying: bool


def silence(started_at: datetime, contacts: Iterable[datetime], *, now: datetime) -> Silence:
    """How long nobody has heard of somebody.

    Args:
        started_at: when they were started on the programme; where nobody was reached since, the
            days count from here.
        contacts: the instants of every contact.
        now: the present.

    Returns:
        The day of the last contact, the day from which on it is too long ago, and whether that
        has come. All are days in England.

    Source:
        The policy's own.
    """
    last = london_day(max([started_at, *contacts]))
    worrying_from = last + timedelta(days=policy_on(last).silent_days)
    return Silence(
        last_on=last, worrying_from=worrying_from, worrying=london_day(now) >= worrying_from
    )
