"""A harm index: days by offence, from the operator's own file. Pure."""

import csv
import hashlib
import io
import math
import re
from collections.abc import Mapping

MOST_BYTES = 2_000_000
MOST_DAYS = 100_000
OFFENCE = re.compile(r"^[A-Z0-9][A-Z0-9./]{0,19}$", re.ASCII)
COLUMNS = ["offence_code", "days"]


class HarmIndexUnreadable(ValueError):
    """A file is no harm index; says every fault by line."""


def digest(content: bytes) -> str:
    """SHA-256 of a harm index's file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def parse(content: bytes) -> dict[str, float]:
    """The weights of a harm index.

    Args:
        content: CSV in UTF-8 with the columns ``offence_code`` and ``days``; a code may be that of
            a class, where the index knows no more.

    Returns:
        Days of sentence, 0 or more, by offence code.

    Raises:
        HarmIndexUnreadable: it is too large, no such CSV, or a line is wrong or stands twice.

    Source: domain notes 2.2: a harm index counts days of a starting-point sentence.
    """
    if len(content) > MOST_BYTES:
        raise HarmIndexUnreadable(f"it has more than {MOST_BYTES:,} bytes")
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip().lower() for name in next(rows, [])]
        if header != COLUMNS:
            raise HarmIndexUnreadable(f"line 1: name two columns: {', '.join(COLUMNS)}")
        return _weights(rows)
    except UnicodeDecodeError as error:
        raise HarmIndexUnreadable(f"it is not UTF-8: look at byte {error.start}") from error
    except csv.Error as error:
        raise HarmIndexUnreadable("its quotes cannot be told apart") from error


def _weights(rows: "csv._reader") -> dict[str, float]:  # type: ignore[name-defined]
    found: dict[str, float] = {}
    faults = []
    for cells in rows:
        if not any(cells):
            continue
        code, days = (cells[0].strip().upper(), _days(cells[1])) if len(cells) == 2 else ("", None)
        if not OFFENCE.match(code) or days is None:
            faults.append(f"line {rows.line_num}: an offence code, and days from 0")
        elif code in found:
            faults.append(f"line {rows.line_num}: the code stands twice")
        else:
            found[code] = days
    if faults or not found:
        raise HarmIndexUnreadable("; ".join(faults[:20]) or "there is no line in it")
    return found


def _days(text: str) -> float | None:
    try:
        days = float(text)
    except ValueError:
        return None
    return days if math.isfinite(days) and 0 <= days <= MOST_DAYS else None


def harm_of(offence_code: str | None, weights: Mapping[str, float]) -> float | None:
    """How many days an offence counts.

    Args:
        offence_code: as follow-up tells it; None is not told.
        weights: of the index, by code.

    Returns:
        Those of the code itself, else those of its class (``049/10`` is of class ``049``); None
        where the index has neither, which is not no harm.
    """
    if offence_code is None:
        return None
    of_class = weights.get(offence_code.partition("/")[0])
    return weights.get(offence_code, of_class)
