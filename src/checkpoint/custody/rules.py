"""Dates that cannot be. Pure; each refusal names the field, the rule and the remedy."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.errors import RuleBroken

# Suites' clocks and ours may differ a little.
SKEW = timedelta(minutes=5)


def check_arrest(arrested_at: datetime, *, now: datetime) -> None:
    """The arrest has happened."""
    if arrested_at > now + SKEW:
        raise RuleBroken(
            "#/arrested_at", "in-the-future", "This time has not come yet: check day and offset."
        )


def check_times(arrested_at: datetime, arrived_at: datetime, *, now: datetime) -> None:
    """Arrest, then arrival, then now."""
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


def check_birth(
    born: date | None,
    *,
    arrested_at: datetime,
    offences: Sequence[Any] = (),
    field: str = "#/person/date_of_birth",
) -> None:
    """Nobody is arrested, or commits an offence, before they are born."""
    if born is None:
        return
    if born > london_day(arrested_at):
        raise RuleBroken(field, "born-after-arrest", "The date of birth is after the arrest.")
    if any(offence.committed_from < born for offence in offences):
        raise RuleBroken(
            field, "offence-before-birth", "An alleged offence is dated before this birth."
        )


def check_replaces(replaced: UUID, offences: Sequence[Any]) -> None:
    """What is put right stands on this record, and was not put right before."""
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


def check_suite(
    available_from: date | None,
    available_until: date | None,
    *,
    on: date,
    field: str = "#/suite",
) -> None:
    """The suite takes people on that day."""
    if available_from and on < available_from:
        raise RuleBroken(
            field,
            "suite-closed",
            f"This suite opened on {available_from}; see /v1/reference/suites for those open then.",
        )
    if available_until and on >= available_until:
        raise RuleBroken(
            field,
            "suite-closed",
            f"This suite closed on {available_until}; see /v1/reference/suites for those open now.",
        )


def check_listed(codes: Sequence[str], listed: Collection[str], *, field: str) -> None:
    """Every offence code stands in some list.

    Args:
        codes: as they were sent, in order.
        listed: the codes that are known.
        field: JSON pointer of the list of offences, or of the one offence where there is no list.
    """
    for place, code in enumerate(codes):
        if code not in listed:
            where = f"{field}/{place}/code" if field.endswith("offences") else f"{field}/code"
            raise RuleBroken(
                where,
                "offence-unknown",
                "No list has this code; search /v1/reference/offences?search= by words.",
            )
