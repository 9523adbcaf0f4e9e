"""How long broken glass stands, who may be named, who may review. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from checkpoint.custody.reach.states import (
    GlassReviewedAlready,
    NamedAlready,
    NamesFull,
    NotNamed,
    OwnGlass,
    OwnName,
)
from checkpoint.foundation.calendar import in_force, london_day

MOST_NAMED = 50


@dataclass(frozen=True, kw_only=True)
class GlassPolicy:
    """How long a case is open to whoever broke the glass."""

    available_from: date
    hours: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    GlassPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        hours=4,
        source="Default of this software; no board has approved it.",
    ),
)


def policy_on(day: date) -> GlassPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def stands_until(broken_at: datetime) -> datetime:
    """The instant from which a case is closed again to whoever broke the glass.

    Args:
        broken_at: when they did; its day in England says which policy holds.

    Returns:
        An instant; hours are counted as they pass, whatever the clocks do.
    """
    return broken_at + timedelta(hours=policy_on(london_day(broken_at)).hours)


def check_add(actor_id: UUID, named: Collection[UUID]) -> None:
    """Somebody may be named for a restricted case.

    Args:
        actor_id: whom.
        named: who is named now.

    Raises:
        NamedAlready, NamesFull: they cannot be.
    """
    if actor_id in named:
        raise NamedAlready("There is nothing to do.")
    if len(named) >= MOST_NAMED:
        raise NamesFull(f"{MOST_NAMED} is the most. Remove whoever needs it no longer.")


def check_remove(actor_id: UUID, named: Collection[UUID], *, by: UUID) -> None:
    """Somebody may be taken off a restricted case, and a supervisor stays who can lift it.

    Args:
        actor_id: whom.
        named: who is named now.
        by: the named supervisor who does it.

    Raises:
        OwnName, NotNamed: they cannot be.
    """
    if actor_id == by:
        raise OwnName("Ask another named supervisor, or lift the restriction.")
    if actor_id not in named:
        raise NotNamed("Read the case's restrictions again.")


def check_review(*, broken_by: UUID, reviewed_at: datetime | None, by: UUID) -> None:
    """A supervisor may say what they found, once, and never of themselves.

    Args:
        broken_by: who broke the glass.
        reviewed_at: when it was reviewed; None if it was not.
        by: the supervisor.

    Raises:
        OwnGlass, GlassReviewedAlready: they may not.
    """
    if broken_by == by:
        raise OwnGlass("Ask another supervisor of that suite.")
    if reviewed_at is not None:
        raise GlassReviewedAlready("Read the list again.")
