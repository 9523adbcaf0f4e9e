"""Opening hours of a suite, as a timetable, and whether it was open. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from checkpoint.foundation.calendar import LONDON

COLUMNS = ("suite", "weekday", "opens", "closes", "available_from", "available_until", "source")
MIDNIGHT = time()


@dataclass(frozen=True)
class Hours:
    """One opening of one suite on one day of the week, from a day on.

    Args:
        suite: its code.
        weekday: 1 is Monday, 7 is Sunday.
        opens: in England.
        closes: later on that day; midnight is its end. A night goes over two lines.
        available_from: the first day of this timetable.
        available_until: the first day no longer; None is open.
        source: where this is known from.
    """

    suite: str
    weekday: int
    opens: time
    closes: time
    available_from: date
    available_until: date | None
    source: str


def parse(rows: Iterable[dict[str, str | None]]) -> Iterator[Hours]:
    """Opening hours from the lines of a file, by the names of its columns.

    Raises:
        ValueError: a line is not what it should be; says which and what.
    """
    for number, row in enumerate(rows, start=2):
        try:
            yield _hours({name: (row[name] or "").strip() for name in COLUMNS})
        except KeyError as error:
            raise ValueError(f"the header lacks {error.args[0]}") from error
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error


def _hours(row: dict[str, str]) -> Hours:
    hours = Hours(
        suite=row["suite"],
        weekday=int(row["weekday"]),
        opens=time.fromisoformat(row["opens"]),
        closes=time.fromisoformat(row["closes"]),
        available_from=date.fromisoformat(row["available_from"]),
        available_until=date.fromisoformat(row["available_until"])
        if row["available_until"]
        else None,
        source=row["source"],
    )
    if not 1 <= hours.weekday <= 7:
        raise ValueError("the weekday is a number from 1, Monday, to 7, Sunday")
    if hours.closes <= hours.opens and hours.closes != MIDNIGHT:
        raise ValueError("it closes before it opens; a night goes over two lines")
    if hours.available_until is not None and hours.available_until <= hours.available_from:
        raise ValueError("its last day comes before its first")
    if not hours.source:
        raise ValueError("it names no source")
    return hours


def is_open(timetables: Sequence[Any], at: datetime) -> bool:
    """Whether a suite was open.

    Args:
        timetables: the openings of this suite, of all times; where none is in force its hours are
            not known, and it counts as open always.
        at: the instant; its day and time in England count.

    Returns:
        True from the opening on, and until just before the closing. Where several timetables
        are in force, the one that began last counts.
    """
    local = at.astimezone(LONDON)
    day, spoken = local.date(), local.time()
    in_force = [
        row
        for row in timetables
        if row.available_from <= day and (row.available_until is None or day < row.available_until)
    ]
    if not in_force:
        return True
    latest = max(row.available_from for row in in_force)
    return any(
        row.opens <= spoken and (spoken < row.closes or row.closes == MIDNIGHT)
        for row in in_force
        if row.available_from == latest and row.weekday == day.isoweekday()
    )
