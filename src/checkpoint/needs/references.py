"""Instruments, and how other lists of pathways read beside the seven; dated files. Pure."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Self

from pydantic import model_validator

from checkpoint.foundation.datedfiles import Part, Words, digest, in_order, read
from checkpoint.foundation.schemas import Version
from checkpoint.needs.questions import Code, Instrument, refuse_doubles
from checkpoint.needs.states import Pathway


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

    version: Version
    title: Words
    valid_from: date
    source: Words
    note: Words
    entries: tuple[OtherPathway, ...]

    @model_validator(mode="after")
    def entries_told_apart(self) -> Self:
        refuse_doubles([entry.code for entry in self.entries], "an entry")
        return self


def parse(text: str) -> Instrument:
    """The instrument that ``text`` (TOML) describes.

    Raises:
        InstrumentUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is
            told with its place.
    """
    return read(Instrument, text, InstrumentUnreadable)


def parse_crosswalk(text: str) -> Crosswalk:
    """The crosswalk that ``text`` (TOML) describes.

    Raises:
        InstrumentUnreadable: not TOML, or a part is missing, unknown or wrong.
    """
    return read(Crosswalk, text, InstrumentUnreadable)


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


def _folder(name: str) -> dict[str, str]:
    folder = files("checkpoint.needs") / name
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The instruments that ship with the package, by version, in the order of their first days."""
    return in_order(_folder("instruments"), parse, InstrumentUnreadable)


@lru_cache(maxsize=1)
def crosswalk() -> Crosswalk:
    """The crosswalk that ships with the package; the one that began last."""
    texts = in_order(_folder("crosswalks"), parse_crosswalk, InstrumentUnreadable)
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
