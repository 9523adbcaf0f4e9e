"""Who decides a review, and what a failure may rest on. Pure."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from checkpoint.contracts.reviews.states import (
    OF_AN_OFFENCE,
    ArrestAlone,
    Cause,
    Ground,
    NothingBroken,
    OffenceBefore,
    ReviewOpen,
    ReviewOutcome,
    UninvolvedNeeded,
)
from checkpoint.foundation.errors import RuleBroken

# What says that somebody did wrong on the contract; the rest lets it go on, or ends it blamelessly.
BLAMING = (ReviewOutcome.WARN, ReviewOutcome.FAIL)


def check_uninvolved(actor: UUID, *, involved: Collection[UUID]) -> None:
    """Whoever decides had no part in what is decided.

    Args:
        actor: who decides.
        involved: who works the case, and whoever brought the matter up.

    Raises:
        UninvolvedNeeded: they are among them.
    """
    if actor in involved:
        raise UninvolvedNeeded("Ask another supervisor to decide it with their own login.")


def check_days(last_days: Iterable[date], outcome: ReviewOutcome, *, starts_on: date) -> None:
    """Nobody is blamed under a contract for what they did before it.

    Args:
        last_days: of each offence that the review is about, the last day on which it can have been
            committed; none where it is about no offence.
        outcome: what the review is to come to.
        starts_on: the contract's first day.

    Raises:
        OffenceBefore: the outcome blames, and every offence is from before the contract.

    Source: domain notes 4.5: compare the day of the offence, not of the arrest.
    """
    days = [*last_days]
    if outcome in BLAMING and days and all(day < starts_on for day in days):
        raise OffenceBefore(
            "Let the contract continue, vary or close. The new arrest has its own screening.",
            contract_starts_on=starts_on.isoformat(),
        )


def check_failing(
    cause: Cause,
    ground: Ground | None,
    offence_on: date | None,
    *,
    starts_on: date,
    today: date,
    broken: bool,
) -> None:
    """A failure rests on more than an arrest.

    Args:
        cause: what the review was raised for.
        ground: what the failure rests on.
        offence_on: the day of the offence it rests on, if it does.
        starts_on: the contract's first day.
        today: in England.
        broken: whether a condition is on record as not met.

    Raises:
        ArrestAlone: no ground is told, and the review was raised for an arrest.
        RuleBroken: ground-missing, offence-day-missing, offence-day-unwanted or in-the-future.
        OffenceBefore: the offence is from before the contract.
        NothingBroken: no condition is.

    Source: domain notes 7.1 i and 4.5.
    """
    if ground is None:
        if cause is Cause.NEW_ARREST:
            raise ArrestAlone("Say in ground what it rests on: a charge, an admission, evidence.")
        raise RuleBroken("#/ground", "ground-missing", "Say what the failure rests on.")
    if ground in OF_AN_OFFENCE:
        _check_offence(offence_on, starts_on=starts_on, today=today)
        return
    if offence_on is not None:
        raise RuleBroken(
            "#/offence_on", "offence-day-unwanted", "Leave it out: no offence is the ground."
        )
    if not broken:
        raise NothingBroken("Enter of the condition that it was not met, and why, first.")


def _check_offence(offence_on: date | None, *, starts_on: date, today: date) -> None:
    if offence_on is None:
        raise RuleBroken(
            "#/offence_on", "offence-day-missing", "Say on which day the offence was committed."
        )
    if offence_on > today:
        raise RuleBroken("#/offence_on", "in-the-future", "This day has not come yet.")
    check_days([offence_on], ReviewOutcome.FAIL, starts_on=starts_on)


def check_none_open(about: tuple[Cause, UUID | None, UUID | None], before: Iterable[Any]) -> None:
    """One thing is reviewed once at a time.

    Args:
        about: the cause, the arrest's record and the condition's key of a review to be raised.
        before: the contract's reviews, each with these, ``id`` and ``decided_at``.

    Raises:
        ReviewOpen: one of the same is undecided; names it.
    """
    for each in before:
        asked = (each.cause, each.other_record_id, each.condition_key)
        if each.decided_at is None and asked == about:
            raise ReviewOpen("Have it decided first.", review_id=str(each.id))
