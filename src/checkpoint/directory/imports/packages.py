"""The HSDS tabular data package: tables of CSV, in a folder or a zip file. Read and written.

Source: HSDS 3.0, datapackage.json and examples/csv.
"""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from checkpoint.directory.imports.mending import FIGURES
from checkpoint.directory.imports.reading import (
    LONGEST_ITEM,
    FeedBroken,
    FeedFacts,
    FeedItem,
)
from checkpoint.directory.imports.shapes import Kind, shape_of
from checkpoint.directory.imports.states import Dialect
from checkpoint.directory.imports.tabular import EXTENSION, LINK, LINKS, TABLES, WORDS, Table
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.identifiers import new_id

MOST_BYTES = 1024 * 1024 * 1024
MOST_PARTS, MOST_PARTS_IN_ALL = 10_000, 10_000_000
# Each before whatever refers to it.
ORDER = (
    ListingKind.TAXONOMY,
    ListingKind.TAXONOMY_TERM,
    ListingKind.ORGANIZATION,
    ListingKind.LOCATION,
    ListingKind.SERVICE,
)


@contextmanager
def opened(path: Path) -> Iterator[dict[str, Any]]:
    """The tables of a package: how to open each, by the name of its file without ``.csv``."""
    if path.is_dir():
        yield {each.stem: each.open for each in sorted(path.glob("*.csv"))}
        return
    try:
        package = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise FeedBroken("It is no zip file.") from None
    with closing(package):
        yield {
            Path(each.filename).stem: (lambda _mode, each=each: package.open(each))
            for each in package.infolist()
            if each.filename.endswith(".csv")
        }


def items_of(path: Path, facts: FeedFacts, store: Path) -> Iterator[FeedItem]:
    """The listings of a package, one at a time, with all that belongs to each.

    Args:
        path: a folder or a zip file.
        facts: takes what the package turns out to be.
        store: a folder for a file that holds the rows while they are put together, so that they
            need no memory.

    Raises:
        FeedBroken: it is no package, or a table of it is no CSV.
    """
    facts.dialect = Dialect.TABULAR
    with opened(path) as files, closing(sqlite3.connect(store / f"{new_id()}.sqlite")) as rows:
        known = dict(_tables(files))
        if not any(table.listing for table in known.values()):
            raise FeedBroken("It has no table of HSDS.")
        _prepare(rows)
        left = MOST_BYTES
        for name, table in known.items():
            left = _load(rows, table, files[name], left)
        rows.commit()
        facts.covered = {table.listing for table in known.values() if table.listing}
        facts.total = rows.execute(
            "SELECT count(*) FROM part WHERE word IN ('service', 'organization', 'location', "
            "'taxonomy', 'taxonomy_term')"
        ).fetchone()[0]
        gathering = _Gathering(rows)
        for kind in ORDER:
            yield from _listings(gathering, kind)


def _tables(files: dict[str, Any]) -> Iterator[tuple[str, Table]]:
    for name in files:
        found = next((each for each in TABLES if name in (each.name, each.word)), None)
        if found is not None:
            yield name, found


def _prepare(rows: sqlite3.Connection) -> None:
    rows.executescript("""
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        CREATE TABLE part (number INTEGER PRIMARY KEY, word TEXT, own TEXT, line INTEGER, body TEXT);
        CREATE TABLE link (owner_word TEXT, owner TEXT, number INTEGER);
        CREATE INDEX part_own ON part (word, own);
        CREATE INDEX link_owner ON link (owner, owner_word);
    """)


def _load(rows: sqlite3.Connection, table: Table, opener: Any, left: int) -> int:
    with opener("rb") as raw:
        counted = _Counted(raw, left, table.name)
        text = io.TextIOWrapper(io.BufferedReader(counted), encoding="utf-8-sig", newline="")
        try:
            for line, row in enumerate(csv.DictReader(text, strict=True), 2):
                _keep(rows, table, row, line)
        except UnicodeDecodeError:
            raise FeedBroken(f"{table.name}.csv is not UTF-8.") from None
        except (csv.Error, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
            raise FeedBroken(f"{table.name}.csv is no CSV.") from None
        return counted.left


class _Counted(io.RawIOBase):
    """A file that ends a reading which takes more than is left; a zip file tells what it likes."""

    def __init__(self, raw: IO[bytes], left: int, name: str) -> None:
        self._raw, self.left, self._name = raw, left, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._raw.read(len(buffer))
        self.left -= len(part)
        if self.left < 0:
            raise FeedBroken(
                f"{self._name}.csv makes the package larger than {MOST_BYTES:,} bytes."
            )
        buffer[: len(part)] = part
        return len(part)


def _keep(rows: sqlite3.Connection, table: Table, row: dict[str, Any], line: int) -> None:
    owners = [
        (word if column != LINK else _linked(row), row[column].strip())
        for column, word in table.owners.items()
        if (row.get(column) or "").strip()
    ]
    part = _part(table, row)
    number = rows.execute(
        "INSERT INTO part (word, own, line, body) VALUES (?, ?, ?, ?)",
        (table.word, str(part.get("id", "")), line, json.dumps(part)),
    ).lastrowid
    rows.executemany("INSERT INTO link VALUES (?, ?, ?)", [(*each, number) for each in owners])


def _linked(row: dict[str, Any]) -> str:
    """What an attribute is of, where it says so by a name that is known."""
    told = (row.get("link_entity") or "").strip()
    return told if told in WORDS else ""


def _part(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row of CSV as one part of a document; what it belongs to shows by where it stands."""
    kinds = shape_of(table.model).values
    part: dict[str, Any] = {}
    for name, text in row.items():
        if name is None or not isinstance(text, str) or not text.strip():
            continue
        if name == EXTENSION:
            part = _extended(text) | part
        elif name not in table.owners or name == LINK:
            part[name] = _number(text) if kinds.get(name) is Kind.NUMBER else text
    return part


def _number(text: str) -> Any:
    if not FIGURES.match(text.strip()):
        return text
    return float(text) if "." in text else int(text)


def _extended(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _listings(gathering: "_Gathering", kind: ListingKind) -> Iterator[FeedItem]:
    table = next(each for each in TABLES if each.listing is kind)
    found = gathering.rows.execute(
        "SELECT own, line, body FROM part WHERE word = ? ORDER BY number", (table.word,)
    )
    for own, line, body in found:
        place = f"{table.name}.csv, line {line}"
        try:
            yield FeedItem(kind, gathering.whole(table.word, own, body), place)
        except _TooManyParts as fault:
            yield FeedItem(kind, None, place, fault=str(fault))


class _TooManyParts(Exception):
    """More belongs to a listing than is put together; says so."""


class _Gathering:
    """Puts listings together from the rows that name them.

    Rows that share an id each get whatever names it, so that few rows can make very many parts;
    hence as many are taken, of one listing and in all, and no more.
    """

    def __init__(self, rows: sqlite3.Connection) -> None:
        self.rows = rows
        self._all = self._own = self._long = 0

    def whole(self, word: str, own: str, body: str) -> dict[str, Any]:
        """A listing with all that belongs to it.

        Raises:
            _TooManyParts: that is too much; the next listing may do.
            FeedBroken: in all it is too much.
        """
        self._own = self._long = 0
        document: dict[str, Any] = json.loads(body)
        self._gather(word, own, document)
        return document

    def _gather(self, word: str, own: str, part: dict[str, Any]) -> None:
        """Put below a part whatever names it as its owner."""
        put = set[tuple[str, str]]()
        for inner_word, inner_own, body in self._below(word, own):
            field = LINKS.get((word, inner_word))
            if field is None or (field, body) in put:
                continue
            put.add((field, body))
            inner = json.loads(body)
            self._gather(inner_word, inner_own, inner)
            part.setdefault(field, []).append(inner)
        if word == "service" and (program := part.get("program_id")):
            found = self.rows.execute(
                "SELECT body FROM part WHERE word = 'program' AND own = ? LIMIT 1", (program,)
            ).fetchone()
            if found:
                self._count(found[0])
                part["program"] = json.loads(found[0])

    def _below(self, word: str, own: str) -> Iterator[tuple[str, str, str]]:
        for found in self.rows.execute(
            "SELECT part.word, part.own, part.body FROM link JOIN part USING (number) "
            "WHERE owner = ? AND owner_word IN (?, '') ORDER BY number",
            (own, word),
        ):
            self._count(found[2])
            yield found

    def _count(self, body: str) -> None:
        self._all, self._own, self._long = self._all + 1, self._own + 1, self._long + len(body)
        if self._all > MOST_PARTS_IN_ALL:
            raise FeedBroken(
                f"Its rows belong to each other so often that there are more than "
                f"{MOST_PARTS_IN_ALL:,} parts."
            )
        if self._own > MOST_PARTS or self._long > LONGEST_ITEM:
            raise _TooManyParts(f"More than {MOST_PARTS:,} rows, or 2 MiB of them, belong to it.")
