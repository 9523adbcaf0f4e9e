"""Weeks and lines of recruitment, when a stratum runs low, masks of arms, and who unblinds. Pure."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, timedelta
from string import ascii_uppercase
from uuid import UUID

from checkpoint.foundation.errors import RuleBroken
from checkpoint.monitor.states import (
    UnblindingAnswered,
    UnblindingOutcome,
    UnblindingScope,
    UnblindingsFull,
    UnblindingStands,
    UnblindingTooEarly,
)
from checkpoint.oversight.rules import SecondPersonNeeded
from checkpoint.trials.states import TrialState

WEEK = timedelta(days=7)
MOST_UNBLINDINGS = 500
MASKED = "checkpoint masked arms v1"


def monday_of(day: date) -> date:
    """The first day of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def weeks(first: date, last: date) -> list[date]:
    """The ISO weeks that these days fall in.

    Args:
        first: the first day.
        last: the last day; before the first there is no week.

    Returns:
        Their Mondays, in order and without a gap.
    """
    found, monday = [], monday_of(first)
    while first <= last and monday <= last:
        found.append(monday)
        monday += WEEK
    return found


def line_at(target: int, *, opens_on: date, closes_on: date | None, end: date) -> int | None:
    """How many should be allocated by a day, if recruitment were even from opening to closing.

    Args:
        target: of the whole trial.
        opens_on: first day of allocation.
        closes_on: first day without; None where the protocol names none.
        end: first day that is no longer counted.

    Returns:
        Rounded up to a whole person; None where no closing is named.
    """
    if closes_on is None:
        return None
    days, whole = (min(end, closes_on) - opens_on).days, (closes_on - opens_on).days
    return -(-target * max(days, 0) // whole)


def needed_a_week(
    target: int, *, allocated: int, closes_on: date | None, today: date
) -> float | None:
    """How many have to be allocated each week from now on to reach the target by closing.

    Args:
        target: of the whole trial.
        allocated: so far.
        closes_on: first day without allocation; None where the protocol names none.
        today: in England; it still counts as a day of allocation.

    Returns:
        To one decimal, rounded up; 0 once the target is reached; None where no day is left or no
        closing is named.
    """
    missing = max(target - allocated, 0)
    if closes_on is None or (missing and closes_on <= today):
        return None
    return -(-missing * 70 // max((closes_on - today).days, 1)) / 10


def masks(arms: Iterable[str], *, key: bytes, trial: str) -> dict[str, str]:
    """The letter that stands for each arm until a trial is unblinded.

    Args:
        arms: of the protocol.
        key: secret; without it nobody can tell which letter an arm has.
        trial: the trial's name, so that letters mean something else in another.

    Returns:
        Letters by arm, from A; their order says nothing of the arms'.
    """

    def drawn(arm: str) -> bytes:
        return hmac.digest(key, f"{MASKED}\n{trial}\n{arm}".encode(), hashlib.sha256)

    return dict(zip(sorted({*arms}, key=drawn), ascii_uppercase, strict=False))


def check_scope(scope: UnblindingScope, record_id: UUID | None) -> None:
    """A case is named where one case is to be unblinded, and only there.

    Args:
        scope: of the proposal.
        record_id: the custody record that was sent.

    Raises:
        RuleBroken: case-not-named, case-not-needed.
    """
    if scope is UnblindingScope.CASE and record_id is None:
        raise RuleBroken("#/custody_record_id", "case-not-named", "Name the case's record.")
    if scope is UnblindingScope.TRIAL and record_id is not None:
        raise RuleBroken(
            "#/custody_record_id", "case-not-needed", "Leave the case out, or choose scope case."
        )


def check_proposal(
    scope: UnblindingScope,
    state: TrialState,
    earlier: Iterable[UnblindingOutcome | None],
    *,
    there: int,
) -> None:
    """An unblinding may be proposed.

    Args:
        scope: of the proposal.
        state: where the trial stands.
        earlier: what became of each earlier proposal about the same; None while it is open.
        there: how many proposals the trial has.

    Raises:
        UnblindingTooEarly: the whole of a trial that is not closed: arms by number would help
            whoever guesses the next.
        UnblindingStands: one is open or was confirmed.
        UnblindingsFull: it has as many as it can.
    """
    if scope is UnblindingScope.TRIAL and state is not TrialState.CLOSED:
        raise UnblindingTooEarly(
            "Close the trial first. In an emergency one case may be unblinded: scope case."
        )
    if any(outcome is not UnblindingOutcome.DECLINED for outcome in earlier):
        raise UnblindingStands("Look at the trial's unblindings; nothing was added.")
    if there >= MOST_UNBLINDINGS:
        raise UnblindingsFull(f"It has {MOST_UNBLINDINGS}.", limit=MOST_UNBLINDINGS)


def check_answer(outcome: UnblindingOutcome | None, second: UUID, *, first: UUID) -> None:
    """A proposal may be answered, and by this person.

    Args:
        outcome: what was answered before; None while it is open.
        second: who answers.
        first: who proposed.

    Raises:
        UnblindingAnswered: somebody did already.
        SecondPersonNeeded: they are the same.
    """
    if outcome is not None:
        raise UnblindingAnswered("It stays as it was answered.", outcome=outcome.value)
    if second == first:
        raise SecondPersonNeeded(
            "Ask the trial's statistician to answer with a login of their own."
        )
