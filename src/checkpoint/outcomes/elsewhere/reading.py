"""Read files of a programme that ran elsewhere, and say by line what is wrong. No session."""

import csv
import hashlib
import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from checkpoint.outcomes.elsewhere.states import EditionRefused

SHOWN = 20
WIDE = (b"\xff\xfe", b"\xfe\xff")


class Report:
    """What is wrong, by file and line: the first faults in full, and how many there are."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[str] = []

    def add(self, file: str, line: int, what: str) -> None:
        """One fault of one line."""
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(f"{file} line {line:,}: {what}")

    def text(self) -> str:
        """All of it, in lines; it holds nothing of what the files say."""
        more = self.count - len(self.shown)
        lines = [f"Nothing was brought in; faults: {self.count:,}.", *self.shown]
        return "\n".join(lines + ([f"… and {more:,} more."] if more else []))


def sum_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def lines_of(
    file: Path, *, needed: AbstractSet[str], allowed: AbstractSet[str], report: Report
) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a CSV file, as cells by column.

    Args:
        file: CSV as RFC 4180 has it, in UTF-8, the names of its columns in the first line.
        needed: columns it must have.
        allowed: columns it may have.
        report: is told of lines that are no rows.

    Yields:
        Each line's number, counted from 1 for the names, and its cells.

    Raises:
        EditionRefused: it is not such a file at all, or it breaks off.
    """
    _check_ends(file)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(opened, strict=True)
        try:
            columns = _columns(file, next(reader, []), needed=needed, allowed=allowed)
            for cells in reader:
                if len(cells) == len(columns):
                    yield reader.line_num, dict(zip(columns, cells, strict=True))
                elif cells:
                    report.add(
                        file.name,
                        reader.line_num,
                        f"it has {len(cells)} cells, the first line has {len(columns)}",
                    )
        except UnicodeDecodeError as error:
            raise EditionRefused(
                f"{file.name} line {_undecodable(file):,}: it is not UTF-8, whatever it says it "
                "is. Save it as UTF-8; nothing was brought in."
            ) from error
        except csv.Error as error:
            raise EditionRefused(
                f"{file.name} line {reader.line_num:,}: {error}; is the file cut off, or a "
                "quotation mark missing? Nothing was brought in."
            ) from error


def _undecodable(file: Path) -> int:
    """The first line that is not UTF-8."""
    with file.open("rb") as opened:
        return next(number for number, line in enumerate(opened, 1) if not _is_utf8(line))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_ends(file: Path) -> None:
    with file.open("rb") as opened:
        first = opened.read(2)
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(size - 1, 0))
        last = opened.read(1)
    if first in WIDE:
        raise EditionRefused(f"{file.name}: it is UTF-16. Save it as UTF-8.")
    if last not in (b"\n", b"\r"):
        raise EditionRefused(
            f"{file.name}: its last line has no end, so it may be cut off. Nothing was brought in."
        )


def _columns(
    file: Path, columns: list[str], *, needed: AbstractSet[str], allowed: AbstractSet[str]
) -> list[str]:
    columns = [name.strip() for name in columns]
    faults = []
    if missing := sorted(needed - {*columns}):
        faults.append(f"columns are missing: {', '.join(missing)}")
    if len({*columns}) < len(columns):
        faults.append("a column stands there twice")
    unknown = [str(place) for place, name in enumerate(columns, 1) if name not in allowed]
    if unknown:
        faults.append(
            f"columns are unknown, counted from the left: {', '.join(unknown)}; name covariates in "
            "the manifest, leave out the rest"
        )
    if faults:
        raise EditionRefused(f"{file.name} line 1: {'; '.join(faults)}. Nothing was brought in.")
    return columns
