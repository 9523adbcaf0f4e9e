"""How long a draft is kept, and where it stands meanwhile. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checkpoint.consent.states import AskingState
from checkpoint.foundation import errors
from checkpoint.foundation.calendar import in_force


class DraftExpired(errors.NotFound):
    slug = "consent-draft-expired"
    title = "This draft was left alone and has expired"


@dataclass(frozen=True, kw_only=True)
class DraftPolicy:
    """How long a draft is kept after it was last saved."""

    available_from: date
    keep_hours: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    DraftPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        keep_hours=24,
        source="Default of this software; no board has approved it.",
    ),
)


def expiry_of(saved_at: datetime, *, on: date) -> datetime:
    """When a draft expires if it is left alone.

    Args:
        saved_at: when it was last saved.
        on: the day in England on which that was, whose policy counts.

    Returns:
        The first instant at which it can be read no longer.
    """
    return saved_at + timedelta(hours=in_force(POLICIES, on).keep_hours)


def state_of_draft(expires_at: datetime, *, taken: bool, now: datetime) -> AskingState:
    """Where an asking that began as a draft stands.

    Args:
        expires_at: when it expires if it is left alone.
        taken: whether the answers were taken.
        now: the present.

    Returns:
        Expired from the very instant on, whether or not its words are erased yet.
    """
    if taken:
        return AskingState.TAKEN
    return AskingState.EXPIRED if now >= expires_at else AskingState.DRAFT
