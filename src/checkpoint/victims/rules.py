"""What a victim has to be told by when, and what cannot have happened. Pure."""

import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from checkpoint.custody.movements.rules import check_past
from checkpoint.custody.movements.states import MovementKind
from checkpoint.foundation.calendar import london_day, working_days_after
from checkpoint.foundation.errors import Conflict, RuleBroken
from checkpoint.victims.states import OF_CONTRACTS, OF_RELEASE, NotificationKind

# What one record takes, withdrawn entries included, and then one victim.
MOST_VICTIMS = 200
MOST_CONTACTS, MOST_VIEWS, MOST_NOTIFICATIONS = 500, 100, 500


class VictimWithdrawn(Conflict):
    slug = "victim-withdrawn"
    title = "This entry of a victim was withdrawn"


@dataclass(frozen=True)
class Timescales:
    """How many working days there are to tell a victim, from a day on.

    Args:
        in_force_from: the first day.
        source: where this is known from.
        working_days: by what is to be told, for all victims and for those with enhanced rights.
    """

    in_force_from: date
    source: str
    working_days: dict[NotificationKind, tuple[int, int]]


def parse(content: str) -> Timescales:
    """A file of timescales.

    Raises:
        ValueError: a kind is missing or unknown, or enhanced rights take longer than others.
    """
    file = tomllib.loads(content)
    days = {
        NotificationKind(kind): (int(given["all"]), int(given["enhanced"]))
        for kind, given in file["working_days"].items()
    }
    if missing := set(NotificationKind) - OF_CONTRACTS - set(days):
        raise ValueError(f"no time is given for {', '.join(sorted(missing))}")
    if any(not 0 <= enhanced <= ordinary for ordinary, enhanced in days.values()):
        raise ValueError("enhanced rights are told no later than others")
    return Timescales(file["in_force_from"], file["source"], days)


def due_on(
    what: NotificationKind,
    happened_at: datetime,
    *,
    vulnerable: bool | None,
    timescales: Sequence[Timescales],
) -> date | None:
    """The last day on which a victim may be told.

    Args:
        what: what they are to be told.
        happened_at: when it happened; its day in England is day 0.
        vulnerable: whether the victim is vulnerable or intimidated; None is not known, and the
            shorter time counts.
        timescales: in any order; the last that was in force on that day counts.

    Returns:
        A working day; None if no timescale was in force yet, or it says nothing of this.

    Source:
        The timescale's own.
    """
    day = london_day(happened_at)
    in_force = [
        each for each in timescales if each.in_force_from <= day and what in each.working_days
    ]
    if not in_force:
        return None
    ordinary, enhanced = max(in_force, key=lambda each: each.in_force_from).working_days[what]
    return working_days_after(day, ordinary if vulnerable is False else enhanced)


def duties(
    arrested_at: datetime, movements: Sequence[Any]
) -> Iterator[tuple[NotificationKind, datetime]]:
    """What every victim of a record has to be told, from what happened to the suspect.

    Args:
        arrested_at: the suspect's arrest.
        movements: in their order, with kind, release_kind and left_at.

    Returns:
        What is to be told and when it happened, in that order: the arrest, then each release.
    """
    yield NotificationKind.ARRESTED, arrested_at
    for movement in movements:
        if movement.kind == MovementKind.RELEASED:
            yield OF_RELEASE[movement.release_kind], movement.left_at


def check_standing(withdrawn_at: datetime | None) -> None:
    """An entry that was withdrawn takes nothing more.

    Args:
        withdrawn_at: when it was withdrawn; None where it stands.

    Raises:
        VictimWithdrawn: it does not stand.
    """
    if withdrawn_at is not None:
        raise VictimWithdrawn("If they are a victim after all, enter them again.")


def check_suspect(same_person: Collection[UUID], *, suspect_id: UUID, field: str) -> None:
    """Nobody is victim and suspect of one record.

    Args:
        same_person: every record of people that is one person with whoever is named as victim.
        suspect_id: the person whom the record is about.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: suspect-here.
    """
    if suspect_id in same_person:
        raise RuleBroken(
            field,
            "suspect-here",
            "This person is the suspect here; they may be a victim elsewhere.",
        )


def check_victim(
    same_person: Collection[UUID],
    business_name: str | None,
    *,
    suspect_id: UUID,
    victims: Sequence[Any],
    field: str,
) -> None:
    """Nobody is victim and suspect of one record, nor its victim twice.

    Args:
        same_person: every record of people that is one person with whoever is named as victim.
        business_name: the business they speak for; None where they are harmed themselves.
        suspect_id: the person whom the record is about.
        victims: those on the record already.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: suspect-here or victim-already.
    """
    check_suspect(same_person, suspect_id=suspect_id, field=field)
    if any(v.person_id in same_person and v.business_name == business_name for v in victims):
        raise RuleBroken(field, "victim-already", "They are a victim on this record already.")


def check_offences(named: Sequence[UUID], standing: Collection[UUID]) -> None:
    """A victim is the victim of offences that stand on the record.

    Args:
        named: ids of alleged offences, as they were sent.
        standing: ids of those that stand on the record now.

    Raises:
        RuleBroken: offence-not-here, for the first that does not stand.
    """
    for place, offence in enumerate(named):
        if offence not in standing:
            raise RuleBroken(
                f"#/offences/{place}",
                "offence-not-here",
                "Name an alleged offence that stands on this record now, by its id.",
            )


def check_since(moment: datetime, *, since: datetime, now: datetime, field: str) -> None:
    """It happened, and not before what it is about.

    Args:
        moment: an instant.
        since: when what it is about happened.
        now: the present.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: in-the-future or before-the-event.
    """
    check_past(moment, now=now, field=field)
    if moment < since:
        raise RuleBroken(field, "before-the-event", "This lies before what it is about.")
