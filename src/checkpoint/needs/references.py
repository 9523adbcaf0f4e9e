"""Instruments, and how other lists of pathways read beside the seven; dated files. Pure."""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from checkpoint.foundation.tomlfiles import parsed
from checkpoint.needs.questions import VERSION, Code, Instrument, Part, Words, refuse_doubles
from checkpoint.needs.states import Pathway

SUMS = "SHA256SUMS"
Dated = TypeVar("Dated", bound=BaseModel)


class InstrumentUnreadable(ValueError):
    """A file is not what an instrument or a crosswalk must be; says where."""


class OtherPathway(Part):
    """One pathway of another list, and those of the seven that it is read as."""

    code: Code
    label: Words
    pathways: tuple[Pathway, ...]
    note: Words


class Crosswalk(Part):
    """How another list of pathways reads beside the seven."""

    version: Annotated[str, Field(pattern=VERSION)]
    title: Words
    valid_from: date
    source: Words
    note: Words
    entries: tuple[OtherPathway, ...]

    @model_validator(mode="after")
    def entries_told_apart(self) -> Self:
        refuse_doubles([entry.code for entry in self.entries], "an entry")
        return self


def digest(text: str) -> str:
    """SHA-256 of a dated file, as it is written down beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> Instrument:
    """The instrument that ``text`` (TOML) describes.

    Raises:
        InstrumentUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is
            told with its place.
    """
    return _parsed(Instrument, text)


def parse_crosswalk(text: str) -> Crosswalk:
    """The crosswalk that ``text`` (TOML) describes.

    Raises:
        InstrumentUnreadable: not TOML, or a part is missing, unknown or wrong.
    """
    return _parsed(Crosswalk, text)


def _parsed(kind: type[Dated], text: str) -> Dated:
    try:
        return kind.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise InstrumentUnreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise InstrumentUnreadable("; ".join(faults)) from error


def opened(text: str, expected: str) -> Instrument:
    """A published instrument, if it still is what was published.

    Args:
        text: its file, word for word.
        expected: the digest that it was published with.

    Returns:
        The instrument.

    Raises:
        InstrumentUnreadable: the bytes are others.
    """
    if digest(text) != expected:
        raise InstrumentUnreadable("it is not what was published: the digest differs")
    return _opened(text)


@lru_cache(maxsize=32)
def _opened(text: str) -> Instrument:
    return parse(text)


def dated_files(
    texts: Mapping[str, str], read: Callable[[str], Instrument | Crosswalk]
) -> dict[str, str]:
    """The dated files of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the others' digests.
        read: how one of them is parsed.

    Returns:
        Each file's text by version.

    Raises:
        InstrumentUnreadable: a file cannot be read, is not named after its version, or has another
            digest than is written down. Every fault is told, with its file.
    """
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    named = {name: text for name, text in texts.items() if name.endswith(".toml")}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - named]
    found: dict[str, tuple[date, str]] = {}
    for name, text in named.items():
        try:
            dated = read(text)
        except InstrumentUnreadable as error:
            faults.append(f"{name}: {error}")
            continue
        if name != f"{dated.version}.toml":
            faults.append(f"{name}: it is not named after its version, {dated.version}")
        if digest(text) != sums.get(name):
            faults.append(f"{name}: {SUMS} does not have its digest, {digest(text)}")
        found[dated.version] = (dated.valid_from, text)
    if faults:
        raise InstrumentUnreadable("; ".join(sorted(faults)))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return {version: text for version, (_, text) in ordered}


def _folder(name: str) -> dict[str, str]:
    folder = files("checkpoint.needs") / name
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The instruments that ship with the package, by version, in the order of their first days."""
    return dated_files(_folder("instruments"), parse)


@lru_cache(maxsize=1)
def crosswalk() -> Crosswalk:
    """The crosswalk that ships with the package; the one that began last."""
    texts = dated_files(_folder("crosswalks"), parse_crosswalk)
    return parse_crosswalk([*texts.values()][-1])


def in_use(instruments: Iterable[Instrument], *, on: date) -> Instrument | None:
    """The instrument that is used on a day.

    Args:
        instruments: all that are published.
        on: a day in England.

    Returns:
        The last to have begun, until its own last day; None where there is none.
    """
    begun = [each for each in instruments if each.valid_from <= on]
    last = max(begun, key=lambda each: each.valid_from, default=None)
    if last is None or (last.valid_until is not None and last.valid_until <= on):
        return None
    return last
