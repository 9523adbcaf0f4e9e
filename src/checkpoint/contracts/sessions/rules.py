"""What cannot be of appointments, attendance, contacts and warnings; and the dose. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from checkpoint.contracts.sessions.states import (
    AppointmentKind,
    AppointmentState,
    ChangeReason,
    DoubleBooked,
    ExcuseReason,
    Outcome,
)
from checkpoint.custody.movements.rules import check_past
from checkpoint.custody.rules import SKEW
from checkpoint.foundation.errors import RuleBroken, check_all
from checkpoint.victims.states import ContactResult

# What one case takes, whatever became of it.
MOST_APPOINTMENTS, MOST_CONTACTS, MOST_WARNINGS, MOST_CORRECTIONS = 500, 1000, 100, 50
FURTHEST = timedelta(days=366)
CAME = (AppointmentState.ATTENDED, AppointmentState.LATE)


@dataclass(frozen=True, kw_only=True)
class Dose:
    """What one kind of appointment came to, in appointments and in minutes.

    ``planned`` is what stands or stood: delivered, missed, excused and open. What was moved counts
    where it was moved to, and what was cancelled counts as cancelled alone.
    """

    kind: AppointmentKind
    planned: int = 0
    delivered: int = 0
    missed: int = 0
    excused: int = 0
    open: int = 0
    cancelled: int = 0
    planned_minutes: int = 0
    delivered_minutes: int = 0
    excused_minutes: int = 0


def check_when(starts_at: datetime, *, since: datetime, now: datetime) -> None:
    """An appointment lies after the arrest and within a year.

    Args:
        starts_at: when it begins; what has happened already may be entered afterwards.
        since: the person's arrest.
        now: the present.

    Raises:
        RuleBroken: before-the-arrest or too-far-ahead.
    """
    field = "#/starts_at"
    if starts_at < since:
        raise RuleBroken(field, "before-the-arrest", "This lies before the person's arrest.")
    if starts_at > now + FURTHEST:
        raise RuleBroken(field, "too-far-ahead", "Plan no more than a year ahead.")


def check_entered_since(moment: datetime, *, since: datetime, now: datetime, field: str) -> None:
    """A contact or a warning has happened, and not before the arrest.

    Args:
        moment: when it was.
        since: the person's arrest.
        now: the present.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: in-the-future or before-the-arrest.
    """
    check_past(moment, now=now, field=field)
    if moment < since:
        raise RuleBroken(field, "before-the-arrest", "This lies before the person's arrest.")


def check_begun(starts_at: datetime, *, now: datetime) -> None:
    """Whether somebody came is entered once the appointment has begun.

    Args:
        starts_at: when it begins.
        now: the present; five minutes ahead of it are forgiven.

    Raises:
        RuleBroken: not-begun.
    """
    if starts_at > now + SKEW:
        raise RuleBroken(
            "#/outcome",
            "not-begun",
            "It has not begun; cancel or move it, or enter this once it has.",
        )


def check_attendance(
    outcome: Outcome, minutes: int | None, excuse: ExcuseReason | None, *, excused: bool
) -> None:
    """What is entered of somebody's coming fits together.

    Args:
        outcome: whether they came.
        minutes: how long they were there; None where they were not.
        excuse: why they are excused.
        excused: whether they are.

    Raises:
        RuleBroken: minutes-missing, minutes-of-nobody, nothing-to-excuse, excuse-missing or
            not-excused; every one that is broken at once.
    """

    def fits_minutes() -> None:
        if outcome is Outcome.MISSED and minutes is not None:
            raise RuleBroken("#/minutes", "minutes-of-nobody", "They did not come: leave it out.")
        if outcome is not Outcome.MISSED and minutes is None:
            raise RuleBroken("#/minutes", "minutes-missing", "Say how long they were there.")

    def fits_excuse() -> None:
        if excused and outcome is Outcome.ATTENDED:
            raise RuleBroken("#/excused", "nothing-to-excuse", "They came: send false.")
        if excused and excuse is None:
            raise RuleBroken("#/excuse_reason", "excuse-missing", "Say why they are excused.")
        if not excused and excuse is not None:
            raise RuleBroken("#/excuse_reason", "not-excused", "Leave it out, or excuse them.")

    check_all(fits_minutes, fits_excuse)


def check_navigator(named: UUID | None, *, holder: UUID, coverer: UUID | None) -> UUID:
    """An appointment is with whoever has the case or covers it.

    Args:
        named: who was named; None is whoever has the case.
        holder: the navigator who has it.
        coverer: who covers it, if anybody.

    Returns:
        With whom it is.

    Raises:
        RuleBroken: navigator-not-of-case.
    """
    if named not in (None, holder, coverer):
        raise RuleBroken(
            "#/navigator_id",
            "navigator-not-of-case",
            "Name the case's navigator or who covers it, or leave it out.",
        )
    return named or holder


def check_single(starts_at: datetime, standing: Iterable[datetime]) -> None:
    """A case has one appointment at a time; what merely overlaps is said and not refused.

    Args:
        starts_at: when the new one begins.
        standing: when the case's other appointments begin that stand.

    Raises:
        DoubleBooked: one of them begins at that instant.
    """
    if starts_at in {*standing}:
        raise DoubleBooked("It is there already. To change it, move it.")


def check_grounds(named: Sequence[UUID], found: Collection[Any]) -> None:
    """A warning names appointments of the case that somebody missed, or did not comply at.

    Args:
        named: ids of appointments, as they were sent.
        found: the case's appointments, with id, state, excused and complied.

    Raises:
        RuleBroken: appointment-not-here or nothing-to-warn-of, for the first that is.
    """
    known = {each.id: each for each in found}
    for place, id in enumerate(named):
        field = f"#/appointments/{place}"
        if id not in known:
            raise RuleBroken(
                field, "appointment-not-here", "Name an appointment of this case by its id."
            )
        each = known[id]
        missed = each.state is AppointmentState.MISSED and not each.excused
        if not missed and each.complied is not False:
            raise RuleBroken(
                field,
                "nothing-to-warn-of",
                "They came and complied, or are excused, or it is not entered yet.",
            )


def check_conditions(named: Sequence[UUID], standing: Collection[UUID]) -> None:
    """A warning names conditions that count now.

    Args:
        named: ids of conditions, as they were sent.
        standing: ids of those of the terms that count.

    Raises:
        RuleBroken: condition-not-here, for the first that is not.
    """
    for place, id in enumerate(named):
        if id not in standing:
            raise RuleBroken(
                f"#/conditions/{place}",
                "condition-not-here",
                "Name a condition of the signed terms that count now, by its id.",
            )


def doses(appointments: Iterable[Any]) -> list[Dose]:
    """What was planned, delivered and excused, by kind of appointment.

    Args:
        appointments: with kind, state, minutes as planned, delivered minutes and excused.

    Returns:
        One for each kind there is, in the order of the kinds. A late one that is excused is
        delivered.
    """
    sums: dict[AppointmentKind, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in appointments:
        if each.state is AppointmentState.MOVED:
            continue
        entry = sums[each.kind]
        if each.state is AppointmentState.CANCELLED:
            entry["cancelled"] += 1
            continue
        entry["planned"] += 1
        entry["planned_minutes"] += each.minutes
        entry[_came_to(each)] += 1
        entry["delivered_minutes"] += each.delivered_minutes or 0
        if _came_to(each) == "excused":
            entry["excused_minutes"] += each.minutes
    return [Dose(kind=kind, **sums[kind]) for kind in AppointmentKind if kind in sums]


def contacts_made(appointments: Iterable[Any], contacts: Iterable[Any]) -> list[datetime]:
    """When somebody was reached.

    Args:
        appointments: with state and starts_at.
        contacts: with result and attempted_at.

    Returns:
        The beginnings of the appointments they came to, then the contacts that reached them.
    """
    came = [each.starts_at for each in appointments if each.state in CAME]
    return came + [each.attempted_at for each in contacts if each.result == ContactResult.REACHED]


def _came_to(each: Any) -> str:
    if each.state is AppointmentState.PLANNED:
        return "open"
    if each.state in CAME:
        return "delivered"
    return "excused" if each.excused else "missed"


def check_cancelling(reason: ChangeReason, *, starts_at: datetime, now: datetime) -> None:
    """An appointment that has begun is cancelled only where it was entered by mistake.

    Args:
        reason: why it is cancelled.
        starts_at: when it begins.
        now: the present.

    Raises:
        RuleBroken: has-begun.
    """
    if starts_at <= now and reason is not ChangeReason.ENTERED_WRONGLY:
        raise RuleBroken(
            "#/reason",
            "has-begun",
            "It has begun: enter that they missed it, excused where they are; or move it.",
        )
