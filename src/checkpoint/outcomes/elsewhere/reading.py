"""Read files of a programme that ran elsewhere, and say by line what is wrong. No session."""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from checkpoint.foundation.counting import so_many
from checkpoint.foundation.csvfiles import Table, unknown_columns
from checkpoint.foundation.tomlfiles import parsed
from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.outcomes.elsewhere.states import EditionRefused
from checkpoint.outcomes.elsewhere.wording import faults_of

SHOWN = 20
KEPT = 10_000
OF_MANIFEST = "manifest: "
NO_MANIFEST = (
    "The manifest cannot be read: {why}. Write it as docs/trials-elsewhere.md shows: text in quotes, "
    "days as 2016-08-31, each name once."
)


Found = tuple[str, int, str]  # the file's name, the line (0 for all of it), words


class Report:
    """What is wrong, by file and line, and how much of it there is.

    ``notes`` holds what is no fault.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._kept: list[Found] = []
        self._more: list[tuple[str, int, str]] = []
        self.notes: list[str] = []

    @property
    def count(self) -> int:
        """How many faults there are in all files."""
        return sum(self.counts.values())

    @property
    def found(self) -> list[Found]:
        """Each file's first faults, and of the others how many there are."""
        more = [(file, 0, f"{so_many(n, 'more line')}: {what}") for file, n, what in self._more]
        told = Counter(file for file, *_ in self._kept)
        for file, count, _ in self._more:
            told[file] += count
        others = [
            (file, 0, f"{so_many(count - told[file], 'more fault')}, not told one by one.")
            for file, count in self.counts.items()
            if count > told[file]
        ]
        return [*self._kept, *more, *others]

    def add(self, file: str, line: int, what: str) -> None:
        """One fault of one line, counted from 1; the line of what is wrong with a whole file is 0."""
        self.counts[file] = self.counts.get(file, 0) + 1
        if self.counts[file] <= KEPT:
            self._kept.append((file, line, what))

    def add_more(self, file: str, count: int, what: str) -> None:
        """So many lines more that are wrong in one way, and are not told one by one."""
        self.counts[file] = self.counts.get(file, 0) + count
        self._more.append((file, count, what))

    def text(self) -> str:
        """The first of it, in lines; it holds nothing of what the files say."""
        lines = [f"Nothing was brought in; faults: {self.count:,}."]
        for name, count in self.counts.items():
            mine = [told for told in self._kept if told[0] == name][:SHOWN]
            lines += [
                f"{name}{f' line {line:,}' if line else ''}: {what}" for _, line, what in mine
            ]
            more = count - len(mine)
            lines += [f"{name}: … and {more:,} more."] if more else []
        return "\n".join([*lines, *self.notes])


def sum_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def table_of(
    opened: BinaryIO,
    name: str,
    *,
    needed: AbstractSet[str],
    allowed: AbstractSet[str],
    report: Report,
) -> Table:
    """A CSV file as rows of cells by column.

    Args:
        opened: CSV as RFC 4180 has it, in UTF-8, the names of its columns in the first line.
        name: of the file, for the report.
        needed: columns it must have.
        allowed: columns it may have.
        report: is told of everything that is wrong with it.

    Returns:
        The table; what is wrong with its rows as cells is told while it is iterated.
    """

    def columns(names: Sequence[str]) -> Sequence[str] | None:
        faults = [*_columns_at_fault(names, needed=needed, allowed=allowed)]
        for fault in faults:
            report.add(name, 1, fault)
        return None if faults else names

    def told(line: int, _: str, detail: str) -> None:
        report.add(name, line, detail)

    return Table(opened, columns=columns, told=told)


def _columns_at_fault(
    names: Sequence[str], *, needed: AbstractSet[str], allowed: AbstractSet[str]
) -> Iterable[str]:
    if missing := sorted(needed - {*names}):
        yield f"Columns are missing: {', '.join(missing)}. Add them."
    if twice := sorted(name for name, n in Counter(names).items() if n > 1 and name in allowed):
        yield f"Columns stand there twice: {', '.join(twice)}. Name each once."
    if unknown := unknown_columns(names, allowed, most=SHOWN):
        yield f"{' '.join(unknown)} Name covariates in the manifest; leave out what is none."


def manifest_of(file: Path) -> Manifest:
    """The manifest in a file.

    Raises:
        EditionRefused: it is not UTF-8, or not a manifest; every fault.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        told = "It is not UTF-8. Save it as UTF-8."
        refusal = EditionRefused(f"{file.name} line {line:,}: {told}")
        refusal.found = [(file.name, line, told)]
        raise refusal from error
    try:
        return read_manifest(text, is_json=file.suffix == ".json")
    except EditionRefused as refusal:
        lines = str(refusal).splitlines()
        refusal.found = [(file.name, 0, each.removeprefix(OF_MANIFEST)) for each in lines]
        raise


def read_manifest(text: str, *, is_json: bool = False) -> Manifest:
    """The manifest that a text describes.

    Args:
        text: TOML; or JSON, which it is taken for as well where it begins with a brace.
        is_json: whether it says that it is JSON.

    Returns:
        The manifest.

    Raises:
        EditionRefused: it cannot be read, or a part is missing, unknown or wrong; every fault.
    """
    given = _given(text, is_json=is_json or text.lstrip().startswith("{"))
    try:
        return Manifest.model_validate(given)
    except ValidationError as error:
        raise EditionRefused(
            "\n".join(f"{OF_MANIFEST}{each}" for each in faults_of(error))
        ) from error


def _given(text: str, *, is_json: bool) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once) if is_json else parsed(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise EditionRefused(NO_MANIFEST.format(why=error)) from error
    except RecursionError as error:
        raise EditionRefused(NO_MANIFEST.format(why="brackets stand too deep")) from error
    except _NameTwice as error:
        raise EditionRefused(NO_MANIFEST.format(why="a name stands there twice")) from error
    except ValueError as error:  # of reading alone: Python takes no number of thousands of digits
        raise EditionRefused(NO_MANIFEST.format(why="a number has too many digits")) from error


class _NameTwice(ValueError):
    """JSON would take the last of two values, and say nothing."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NameTwice
    return found
