"""Write the HSDS tabular data package: one table of CSV for each type of part, in a zip file."""

import csv
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from checkpoint.directory.entities import ENTITIES
from checkpoint.directory.imports.shapes import Shape, shape_of
from checkpoint.directory.imports.tabular import EXTENSION, LINK, TABLES, WORDS, Table
from checkpoint.directory.states import ListingKind

# Of no importance, and always the same, so that the same directory gives the same file.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PART = 65_536


def columns_of(table: Table) -> list[str]:
    """The columns of a table: its type's plain values, what it belongs to, and the rest."""
    shape = shape_of(table.model)
    plain = [name for name in shape.model.model_fields if name in {**shape.values, **shape.choices}]
    return [*dict.fromkeys(["id", *plain, *table.owners]), EXTENSION]


class Package:
    """A package while it is written; its tables stand in a folder that goes with it."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="checkpoint-package-")
        self._files: dict[str, TextIO] = {}
        self._writers: dict[str, Any] = {}
        for table in TABLES:
            path = Path(self._folder.name) / f"{table.name}.csv"
            file = path.open("w", newline="", encoding="utf-8")
            self._files[table.word] = file
            self._writers[table.word] = csv.writer(file, lineterminator="\n")
            self._writers[table.word].writerow(columns_of(table))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()
        self._folder.cleanup()

    def add(self, kind: ListingKind, document: dict[str, Any]) -> None:
        """Write a listing as it is stored, with all that belongs to it."""
        self._row(WORDS[shape_of(ENTITIES[kind]).word], document, {})

    def _row(self, table: Table, part: dict[str, Any], owner: dict[str, str]) -> None:
        shape = shape_of(table.model)
        named = {name: part[name] for name in (*shape.values, *shape.choices) if name in part}
        # Another owner's column would bring the row under that one, too, when it is read again.
        kept = {name: value for name, value in named.items() if name not in table.owners}
        rest = {name: value for name, value in part.items() if self._is_rest(shape, name)}
        rest |= {name: value for name, value in named.items() if name not in kept and name != LINK}
        if "program" in part and table.word == "service":
            kept["program_id"] = part["program"]["id"]
            self._row(WORDS["program"], part["program"], {})
        row = {name: _cell(value) for name, value in kept.items()} | owner
        if rest:
            row[EXTENSION] = json.dumps(rest, sort_keys=True, ensure_ascii=False)
        self._writers[table.word].writerow([row.get(name, "") for name in columns_of(table)])
        for name in shape.lists.keys() & part.keys():
            inner = WORDS[shape_of(shape.lists[name]).word]
            for each in part[name]:
                self._row(inner, each, _owned(inner, table, part))

    def _is_rest(self, shape: Shape, name: str) -> bool:
        """Whether a name has neither column nor table."""
        known = {*shape.values, *shape.choices, *shape.lists}
        return name not in known and not (name == "program" and shape.word == "service")

    def write_to(self, write: Callable[[bytes], Any]) -> None:
        """The whole package as a zip file."""
        for file in self._files.values():
            file.flush()
        made = Path(self._folder.name) / "package.zip"
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
            for table in TABLES:
                name = f"{table.name}.csv"
                member = zipfile.ZipInfo(name, LONG_AGO)
                member.compress_type = zipfile.ZIP_DEFLATED
                with (
                    (Path(self._folder.name) / name).open("rb") as raw,
                    package.open(member, "w", force_zip64=True) as into,
                ):
                    shutil.copyfileobj(raw, into)
        with made.open("rb") as whole:
            while part := whole.read(PART):
                write(part)


def _owned(inner: Table, outer: Table, part: dict[str, Any]) -> dict[str, str]:
    if LINK in inner.owners:
        return {LINK: part["id"], "link_entity": outer.word}
    return {f"{outer.word}_id": part["id"]}


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
