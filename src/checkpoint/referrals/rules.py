"""Where a referral stands from step to step, how long it waited, and what its provider is told. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from checkpoint.contracts.states import WORKED_TO_ITS_END, ContractState
from checkpoint.foundation.errors import RuleBroken
from checkpoint.referrals.states import (
    ENDED,
    HOLDING,
    Ending,
    NameShown,
    NeverOnList,
    ReferralEvent,
    ReferralReason,
    ReferralState,
    StepNotAllowed,
    Withheld,
    step,
)

DAY = timedelta(days=1)
NOT_COMPLETED = WORKED_TO_ITS_END - {ContractState.COMPLETED}
MOST_SESSIONS = 500
ATTENDING = frozenset({ReferralState.STARTED, ReferralState.COMPLETED, ReferralState.DISENGAGED})


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a referral stands after a step; the step and the referral both say so.

    ``waiting_since`` and ``waited_until`` are the first and the last day on the waiting list; both
    None where it was on none, and the last None while it is.
    """

    state: ReferralState
    number: int = 1
    acknowledged_on: date | None = None
    waiting_since: date | None = None
    waited_until: date | None = None

    @property
    def wants_place(self) -> bool:
        """Whether it takes up a place."""
        return self.state in HOLDING

    @property
    def wait(self) -> tuple[date, date | None] | None:
        """The first and the last day on the waiting list; the last None while it waits."""
        return None if self.waiting_since is None else (self.waiting_since, self.waited_until)

    def after(self, event: ReferralEvent, *, on: date) -> "Stand":
        """Where it stands after its next step.

        Args:
            event: what happens; a correction of its wait has ``corrected``.
            on: the day, in England.

        Raises:
            StepNotAllowed: the step does not begin here.
        """
        found = replace(self, state=step(self.state, event), number=self.number + 1)
        if event is ReferralEvent.ACKNOWLEDGED:
            return replace(found, acknowledged_on=on)
        if found.state is ReferralState.WAITING:
            return replace(found, waiting_since=on)
        if self.state is ReferralState.WAITING:
            return _waited(found, self.waiting_since, on - DAY)
        return found


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was said of a step: the day, and why."""

    happened_on: date
    reason_code: ReferralReason | None = None
    words: str | None = None


def began(event: ReferralEvent, *, on: date) -> Stand:
    """Where a referral stands once it is made.

    Args:
        event: that it was made, or made to wait.
        on: the day, in England.

    Returns:
        Its first stand; from that day on the waiting list if it was made to wait.
    """
    state = step(None, event)
    return Stand(state=state, waiting_since=on if state is ReferralState.WAITING else None)


def _waited(found: Stand, since: date | None, until: date) -> Stand:
    """Who starts on the day on which they were put on the list has not waited."""
    if since is None or until < since:
        return replace(found, waiting_since=None, waited_until=None)
    return replace(found, waiting_since=since, waited_until=until)


def corrected(
    stand: Stand, reason: ReferralReason, since: date | None, until: date | None
) -> Stand:
    """Where a referral stands once its wait was put right.

    Args:
        stand: where it stands.
        reason: that its days are wrong, or that it never waited.
        since: the first day that it waited; None where it never did.
        until: the last; None where it still waits, or never did.

    Returns:
        The same state; but one that never waited and was on the list stands as before it.

    Raises:
        NeverOnList: there is no wait to put right.
        RuleBroken: days-of-a-wait or wait-ends-before-it-begins.
    """
    if stand.waiting_since is None:
        raise NeverOnList("There is nothing to put right.")
    never, waits = reason is ReferralReason.NEVER_WAITED, stand.state is ReferralState.WAITING
    if (since is None) is not never or (until is None) is not (never or waits):
        raise RuleBroken(
            "#/waiting_since",
            "days-of-a-wait",
            "Send waiting_since unless it never waited, and waited_until unless it never did or "
            "still does.",
        )
    if since is not None and until is not None and until < since:
        raise RuleBroken(
            "#/waited_until", "wait-ends-before-it-begins", "This lies before waiting_since."
        )
    state = stand.state
    if never and waits:
        known = stand.acknowledged_on is not None
        state = ReferralState.ACKNOWLEDGED if known else ReferralState.MADE
    return replace(
        stand, state=state, number=stand.number + 1, waiting_since=since, waited_until=until
    )


def wait_ended_on(steps: Sequence[Any]) -> date | None:
    """The day of the step that ended a referral's wait; None while it goes on, or where it had none.

    Args:
        steps: with state and happened_on, in their order.
    """
    found = None
    for before, after in pairwise(steps):
        if after.state == ReferralState.WAITING:
            found = None
        elif before.state == ReferralState.WAITING:
            found = after.happened_on
    return found


def check_wait_over(until: date | None, *, ended_on: date | None) -> None:
    """Nobody waits any longer on the day on which they start, or on which it ends.

    Args:
        until: the last day that it waited; None where it still waits, or never did.
        ended_on: the day of the step that ended the wait, if one did.

    Raises:
        RuleBroken: wait-past-the-next-step.
    """
    if until is not None and ended_on is not None and until >= ended_on:
        raise RuleBroken(
            "#/waited_until",
            "wait-past-the-next-step",
            f"The next step was on {ended_on.isoformat()}: name a day before it.",
        )


def waiting_days(since: date | None, until: date | None, *, on: date) -> int:
    """How many days a referral waited, its first and its last day included.

    Args:
        since: its first day on the list; None where it was on none.
        until: its last; None while it waits.
        on: today in England.

    Returns:
        Days, 0 or more.
    """
    return 0 if since is None else max(((until or on) - since).days + 1, 0)


def check_day(happened_on: date, *, since: date, today: date, field: str = "#/happened_on") -> None:
    """A step happened on a day that has come, and no sooner than what it follows.

    Args:
        happened_on: the day, in England.
        since: the day of what it follows.
        today: in England.
        field: the JSON pointer to it.

    Raises:
        RuleBroken: in-the-future or before-the-last-step.
    """
    if happened_on > today:
        raise RuleBroken(field, "in-the-future", "This day has not come yet.")
    if happened_on < since:
        raise RuleBroken(
            field, "before-the-last-step", "This is before what was recorded last: check the day."
        )


def check_provider_ends(outcome: Ending) -> None:
    """A provider says how a referral ended, and never takes it back.

    Args:
        outcome: how it ended, by the provider.

    Raises:
        RuleBroken: withdrawn-by-provider.
    """
    if outcome is Ending.WITHDRAWN:
        raise RuleBroken(
            "#/outcome", "withdrawn-by-provider", "Send declined_by_provider, and say why."
        )


def check_attends(state: ReferralState) -> None:
    """Somebody comes to sessions once they have started, and what was missed is entered afterwards.

    Args:
        state: where the referral stands.

    Raises:
        StepNotAllowed: it has not started.
    """
    if state not in ATTENDING:
        raise StepNotAllowed("Record its start first.", state=state.value)


def named(given_names: str | None, family_name: str, how: NameShown) -> str:
    """A person as the provider is told of them.

    Args:
        given_names: as recorded, if known.
        family_name: as recorded.
        how: in full, or by initials.

    Returns:
        The whole name; or the first letter of each part of it, such as S. T.
    """
    if how is NameShown.FULL_NAME:
        return f"{given_names} {family_name}" if given_names else family_name
    parts = f"{given_names or ''} {family_name}".replace("-", " ").split()
    return " ".join(f"{part[0].upper()}." for part in parts)


def withheld(
    state: ReferralState, *, consent_stands: bool, contracts: Collection[ContractState] = ()
) -> Withheld | None:
    """Why a provider is shown nothing of the person now; None where they are shown what was sent.

    Args:
        state: where the referral stands.
        consent_stands: whether the consent to share does, at this moment.
        contracts: where those of its case stand. A completed one leaves the help that goes on.

    Returns:
        That consent does not stand, before that it or the contract has ended.
    """
    if not consent_stands:
        return Withheld.CONSENT_NOT_STANDING
    if state in ENDED:
        return Withheld.ENDED
    over = contracts and all(each in NOT_COMPLETED for each in contracts)
    return Withheld.CONTRACT_ENDED if over else None


def attendance(entries: Sequence[Any]) -> dict[date, bool]:
    """On which days the person was expected, and whether they came.

    Args:
        entries: with session_on and attended, in the order they were entered.

    Returns:
        One for each day, by day: what was entered last of a day counts.
    """
    found = {each.session_on: each.attended for each in entries}
    return dict(sorted(found.items()))
