"""Dates that cannot be. Pure; each refusal names the field, the rule and the remedy."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from checkpoint.custody.states import ENDS
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.errors import Conflict, RuleBroken, check_all

# Suites' clocks and ours may differ a little.
SKEW = timedelta(minutes=5)


def check_arrest(arrested_at: datetime, *, now: datetime) -> None:
    """The arrest has happened.

    Args:
        arrested_at: the arrest.
        now: the present; suites' clocks may be five minutes ahead of it.

    Raises:
        RuleBroken: it lies in the future.
    """
    if arrested_at > now + SKEW:
        raise RuleBroken(
            "#/arrested_at", "in-the-future", "This time has not come yet: check day and offset."
        )


def check_times(arrested_at: datetime, arrived_at: datetime, *, now: datetime) -> None:
    """Arrest, then arrival, then now.

    Args:
        arrested_at: the arrest.
        arrived_at: the arrival at the suite; it may be at the same instant.
        now: the present, give or take five minutes.

    Raises:
        RuleBroken: either lies in the future, or they are in the wrong order.
    """
    check_arrest(arrested_at, now=now)
    if arrived_at > now + SKEW:
        raise RuleBroken(
            "#/arrived_at", "in-the-future", "This time has not come yet: check day and offset."
        )
    if arrived_at < arrested_at:
        raise RuleBroken(
            "#/arrived_at",
            "arrived-before-arrest",
            "Arrival at the suite cannot be before the arrest.",
        )


def check_booking(
    *,
    arrested_at: datetime,
    arrived_at: datetime,
    offences: Sequence[tuple[date, date]],
    born: date | None,
    suite_open: tuple[date | None, date | None],
    now: datetime,
) -> None:
    """Everything about a booking that the request by itself can break, told at once.

    Args:
        arrested_at: the arrest.
        arrived_at: the arrival at the suite.
        offences: first and last possible day of each.
        born: date of birth, where somebody new is booked in and it is known.
        suite_open: the day the suite opened and the first it was closed, where there are such.
        now: the present, give or take five minutes.

    Raises:
        RuleBroken: one for all rules that are broken. A birth after the arrest is told once, and
            not again for each offence; one in the future is left to ``people``.
    """
    if born and born > london_day(now):
        born = None  # whoever registers people says so
    likely = None if born is None or born > london_day(arrested_at) else born
    check_all(
        partial(check_suite, *suite_open, on=london_day(arrived_at)),
        partial(check_times, arrested_at, arrived_at, now=now),
        partial(check_birth, born, arrested_at=arrested_at),
        *(
            partial(
                check_offence_dates,
                [days],
                arrested_at=arrested_at,
                born=likely,
                field=f"#/offences/{place}",
            )
            for place, days in enumerate(offences)
        ),
    )


def check_birth(
    born: date | None,
    *,
    arrested_at: datetime,
    offences: Sequence[Any] = (),
    field: str = "#/person/date_of_birth",
) -> None:
    """Nobody is arrested, or commits an offence, before they are born.

    Args:
        born: date of birth, if it is known; else nothing is wrong.
        arrested_at: the arrest; its day in England counts.
        offences: what stands on a record, if the birth is to be put right there.
        field: JSON pointer of the date of birth.

    Raises:
        RuleBroken: the birth is after the arrest, or after the first day of an offence.
    """
    if born is None:
        return
    if born > london_day(arrested_at):
        raise RuleBroken(field, "born-after-arrest", "The date of birth is after the arrest.")
    if any(offence.committed_from < born for offence in offences):
        raise RuleBroken(
            field, "offence-before-birth", "An alleged offence is dated before this birth."
        )


def check_replaces(replaced: UUID, offences: Sequence[Any]) -> None:
    """What is put right stands on this record, and was not put right before.

    Args:
        replaced: the id of the alleged offence that is to be put right.
        offences: those that stand on the record now.

    Raises:
        RuleBroken: it is not among them.
    """
    if replaced not in {offence.id for offence in offences}:
        raise RuleBroken(
            "#/replaces",
            "offence-not-here",
            "Name an alleged offence that stands on this record now, by its id.",
        )


def check_offence_dates(
    days: Sequence[tuple[date, date]], *, arrested_at: datetime, born: date | None, field: str
) -> None:
    """Birth, then the offence from its first day to its last, then the arrest.

    Args:
        days: first and last possible day of each offence.
        arrested_at: the arrest; its day in England counts.
        born: the person's date of birth, if known.
        field: JSON pointer of the list, or of the one offence where there is no list.

    Raises:
        RuleBroken: an offence ends before it begins, ends after the day of the arrest, or begins
            before the birth; names the first one that does.
    """
    arrested_on = london_day(arrested_at)
    for place, (first, last) in enumerate(days):
        where = f"{field}/{place}" if field.endswith("offences") else field
        if last < first:
            raise RuleBroken(
                f"{where}/committed_until", "dates-in-order", "The last day is before the first."
            )
        if last > arrested_on:
            raise RuleBroken(
                f"{where}/committed_until" if last != first else f"{where}/committed_from",
                "offence-after-arrest",
                "The offence must not be dated after the arrest.",
            )
        if born is not None and first < born:
            raise RuleBroken(
                f"{where}/committed_from", "offence-before-birth", "The person was not born yet."
            )


def check_ends(screening: Any, *, field: str = "#") -> None:
    """An order, bail or supervision ends only where there is one.

    Args:
        screening: what is to be saved.
        field: JSON pointer of the screening.

    Raises:
        RuleBroken: a last day is given of what there is none of.
    """
    for what, ends in ENDS.items():
        if getattr(screening, ends) is not None and getattr(screening, what) is not True:
            remedy = f"Answer {what} with true, or leave this day out."
            raise RuleBroken(f"{field}/{ends}", "nothing-to-end", remedy)


def check_reports(offences: Sequence[Any], *, now: datetime, field: str) -> None:
    """The offence, then the victim's formal report, then today.

    Args:
        offences: each with ``committed_from`` and ``formally_reported_on``.
        now: the present; its day in England counts.
        field: JSON pointer of the list, or of the one offence where there is no list.

    Raises:
        RuleBroken: a report is before its offence, or in the future; names the first one.
    """
    for place, offence in enumerate(offences):
        reported = offence.formally_reported_on
        if reported is None or offence.committed_from <= reported <= london_day(now):
            continue
        early = reported < offence.committed_from
        where = f"{field}/{place}" if field.endswith("offences") else field
        raise RuleBroken(
            f"{where}/formally_reported_on",
            "reported-before-offence" if early else "in-the-future",
            "It cannot be reported before it happens." if early else "This day has not come yet.",
        )


def check_suite(
    available_from: date | None,
    available_until: date | None,
    *,
    on: date,
    field: str = "#/suite",
) -> None:
    """The suite takes people on that day.

    Args:
        available_from: the day it opened, if it is known.
        available_until: the first day it was closed, if it was.
        on: the day of the arrival in England.
        field: JSON pointer of the suite.

    Raises:
        RuleBroken: it was not open yet, or was closed already.
    """
    see = "see /v1/reference/suites for those open"
    if available_from and on < available_from:
        remedy = f"This suite opened on {available_from}; {see} then."
        raise RuleBroken(field, "suite-closed", remedy)
    if available_until and on >= available_until:
        remedy = f"This suite closed on {available_until}; {see} now."
        raise RuleBroken(field, "suite-closed", remedy)


def check_listed(codes: Sequence[str], listed: Collection[str], *, field: str) -> None:
    """Every offence code stands in some list.

    Args:
        codes: as they were sent, in order.
        listed: the codes that are known.
        field: JSON pointer of the list of offences, or of the one offence where there is no list.

    Raises:
        RuleBroken: a code is in no list; names the first one.
    """
    for place, code in enumerate(codes):
        if code not in listed:
            where = f"{field}/{place}/code" if field.endswith("offences") else f"{field}/code"
            raise RuleBroken(
                where,
                "offence-unknown",
                "No list has this code; search /v1/reference/offences?search= by words.",
            )


# What one record takes. No honest case comes near; a client that repeats itself is stopped.
MOST_OFFENCES, MOST_SAVINGS = 100, 500
NEVER_NEEDED = "No case needs more: find out what enters them again and again."


class RecordFull(Conflict):
    slug = "custody-record-full"
    title = "The custody record takes no more of these"


def check_space(held: int, *, most: int, what: str, remedy: str) -> None:
    """One more may be put on a record.

    Args:
        held: how many stand there now, 0 or more.
        most: how many one record takes.
        what: what they are called, in the plural.
        remedy: what to do instead, as a sentence.

    Raises:
        RecordFull: that many stand there already; names the limit and the remedy.
    """
    if held >= most:
        raise RecordFull(
            f"It holds {held} {what}, and {most} is the most. {remedy}", what=what, limit=most
        )
