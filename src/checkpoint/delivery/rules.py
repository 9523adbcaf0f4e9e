"""Who may be started, who may cross over, and when a missing disposal is chased. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from checkpoint.custody.movements.rules import check_past
from checkpoint.delivery.states import (
    ArmNotRead,
    ControlNotStartable,
    CrossoverState,
    DeviationNotPossible,
    DisposalStands,
    NotAControlCase,
    StartedAlready,
)
from checkpoint.foundation.calendar import in_force, london_day
from checkpoint.foundation.errors import RuleBroken
from checkpoint.trials.states import CONTROL


@dataclass(frozen=True, kw_only=True)
class ChasePolicy:
    """How long after allocation or enrolment a missing disposal is chased."""

    available_from: date
    after_days: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    ChasePolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        after_days=28,
        source="Default of this software; no board has approved it.",
    ),
)


def policy_on(day: date) -> ChasePolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def due_on(entered_at: datetime, policy: ChasePolicy) -> date:
    """The day from which a missing disposal is chased.

    Args:
        entered_at: when the case was allocated or enrolled; its day in England is day 0.
        policy: how many days there are.

    Returns:
        A day in England.
    """
    return london_day(entered_at) + timedelta(days=policy.after_days)


def check_has_read(*, has_read: bool) -> None:
    """Whoever acts on a case's arm has been shown it; so no refusal tells it to anybody new.

    Args:
        has_read: whether they have, or there is no arm to read.

    Raises:
        ArmNotRead: they have not.
    """
    if not has_read:
        raise ArmNotRead("Read the case's allocation first: GET its allocation.")


def check_startable(arm: str | None, *, crossover: CrossoverState, started: bool) -> None:
    """A case may be started on the programme.

    Args:
        arm: what it was allocated; None where it was enrolled directly.
        crossover: where it stands with crossing over.
        started: whether it was started before.

    Raises:
        StartedAlready: it was.
        ControlNotStartable: a control case without a confirmed crossover.
    """
    if started:
        raise StartedAlready("Once is enough; what was recorded stands.")
    if arm == CONTROL and crossover is not CrossoverState.CONFIRMED:
        raise ControlNotStartable(
            "The case goes on as it would have without the programme. Where it must not, somebody "
            "of rank proposes a crossover and a second person confirms it.",
            crossover=crossover.value,
        )


def check_start(started_at: datetime, *, since: datetime, now: datetime) -> None:
    """The start has happened, and not before it was allowed.

    Args:
        started_at: the instant of the start.
        since: the allocation or enrolment, the consent to the programme, or the crossover's
            confirmation, whichever was last.
        now: the present.

    Raises:
        RuleBroken: in-the-future or started-before-allowed.
    """
    check_past(started_at, now=now, field="#/started_at")
    if started_at < since:
        raise RuleBroken(
            "#/started_at",
            "started-before-allowed",
            "This lies before the allocation or enrolment, the consent or the crossover that "
            "allows it. Send when it began after that.",
        )


def check_may_cross(arm: str | None, *, started: bool) -> None:
    """A case may be proposed for crossing over to the programme.

    Args:
        arm: what it was allocated.
        started: whether the person was started on the programme.

    Raises:
        NotAControlCase: it may be started as it is.
        StartedAlready: it was.
    """
    if arm != CONTROL:
        raise NotAControlCase("The case may be started on the programme as it is.")
    if started:
        raise StartedAlready("The person is on the programme already.")


def check_may_deviate(arm: str | None, *, started: bool, deviated: bool) -> None:
    """A treatment case may be recorded as having gone the control's way.

    Args:
        arm: what it was allocated.
        started: whether the person was started on the programme.
        deviated: whether that is on record already.

    Raises:
        DeviationNotPossible: it is no treatment case, was started, or deviated before.
    """
    if arm == CONTROL:
        raise DeviationNotPossible("It is a control case: that is its own way.")
    if started:
        raise DeviationNotPossible("It was started: how it ends is told of its contract.")
    if deviated:
        raise DeviationNotPossible("That is on record; nothing is recorded twice.")


def check_deviation(happened_at: datetime, *, since: datetime, now: datetime) -> None:
    """A deviation has happened, and not before the arm was known.

    Args:
        happened_at: an instant.
        since: the allocation.
        now: the present.

    Raises:
        RuleBroken: in-the-future or deviated-before-allocation.
    """
    check_past(happened_at, now=now, field="#/happened_at")
    if happened_at < since:
        raise RuleBroken(
            "#/happened_at", "deviated-before-allocation", "This lies before the allocation."
        )


def first_entries(offences: Sequence[Any]) -> Mapping[UUID, UUID]:
    """For every entry of an alleged offence, the first one of it, however often it was put right.

    Args:
        offences: a record's entries in any order, with id and replaces_id.

    Returns:
        The first entry's id by each entry's.
    """
    before = {offence.id: offence.replaces_id for offence in offences}

    def first(entry: UUID) -> UUID:
        earlier = before[entry]
        return entry if earlier is None else first(earlier)

    return {entry: first(entry) for entry in before}


def check_disposal_day(disposed_on: date, *, arrested_at: datetime, now: datetime) -> None:
    """An offence was disposed of by today, and not before the arrest.

    Args:
        disposed_on: a day in England.
        arrested_at: the instant of the arrest; its day in England counts.
        now: the present; its day in England counts.

    Raises:
        RuleBroken: in-the-future or disposed-before-arrest.
    """
    if disposed_on > london_day(now):
        raise RuleBroken("#/disposed_on", "in-the-future", "This day has not come yet.")
    if disposed_on < london_day(arrested_at):
        raise RuleBroken("#/disposed_on", "disposed-before-arrest", "This lies before the arrest.")


def check_replaces(named: UUID | None, *, standing: UUID | None) -> None:
    """Whoever records a disposal names the one that stands, if there is one.

    Args:
        named: which disposal theirs takes the place of; None is none.
        standing: the offence's last disposal; None where it has none.

    Raises:
        DisposalStands: another one stands, which may be one more than they have seen.
        RuleBroken: nothing-to-replace.
    """
    if named == standing:
        return
    if standing is None:
        raise RuleBroken(
            "#/replaces_id", "nothing-to-replace", "Nothing is on record of this offence yet."
        )
    raise DisposalStands(
        "Read it. To put another in its place, name it in replaces_id and say why.",
        disposal_id=str(standing),
    )
