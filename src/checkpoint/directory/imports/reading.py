"""Read JSON that strangers wrote: pages, lines, and files of any size a piece at a time."""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from checkpoint.directory.imports.dialects import COLLECTIONS, kind_of
from checkpoint.directory.imports.states import Dialect
from checkpoint.directory.states import ListingKind

# An item is refused above 1 MiB of JSON; as it is written it may be somewhat longer.
LONGEST_ITEM = 2 * 1_048_576
LONGEST_FIGURE = 20
MOST_MEMBERS = 200
CHUNK = 65_536
WRONG_CHARSET = "/: not in the character set that it names; read as Windows-1252"


class FeedBroken(Exception):
    """A feed cannot be read on from here; says why, in words without what was sent."""


@dataclass(frozen=True)
class FeedItem:
    """One item as it was read, or why it could not be."""

    kind: ListingKind
    item: Any
    place: str
    notes: tuple[str, ...] = ()
    fault: str | None = None


@dataclass
class FeedFacts:
    """What a feed turns out to be while it is read."""

    dialect: Dialect = Dialect.HSDS_3
    total: int | None = None
    pages: int = 0
    covered: set[ListingKind] = field(default_factory=set)
    # Why what is not in it may stand all the same.
    incomplete: list[str] = field(default_factory=list)


def _whole(figures: str) -> float:
    return int(figures) if len(figures) <= LONGEST_FIGURE else math.nan


# Numbers without end become none, so that one of them costs its own field and not the page.
DECODER = json.JSONDecoder(parse_int=_whole)


def text_of(body: bytes, charset: str = "") -> tuple[str, tuple[str, ...]]:
    """A body as text.

    Args:
        body: as it came.
        charset: what it says it is in; silence means UTF-8.

    Returns:
        The text, and a note if it is not in that character set.
    """
    try:
        return body.decode(charset if charset not in ("", "utf-8", "utf8") else "utf-8-sig"), ()
    except (UnicodeDecodeError, LookupError):
        return body.decode("cp1252", errors="replace"), (WRONG_CHARSET,)


def parsed(text: str) -> Any:
    """A whole document of JSON.

    Raises:
        FeedBroken: it is none, or is nested too deep to be read.
    """
    try:
        value, end = DECODER.raw_decode(text.lstrip(" \t\r\n\ufeff"))
    except RecursionError:
        raise FeedBroken("It is nested too deep to be read.") from None
    except ValueError:
        raise FeedBroken("It is no JSON.") from None
    if text.lstrip(" \t\r\n\ufeff")[end:].strip():
        raise FeedBroken("It goes on after its end.")
    return value


class Lines:
    """Parts of a body put together to lines; one that is too long is told of, not kept."""

    def __init__(self) -> None:
        self._kept, self._skipping = b"", False

    def add(self, part: bytes) -> Iterator[bytes | None]:
        """The lines that end in this part; None for one longer than 2 MiB."""
        *ended, rest = (self._kept + part).split(b"\n")
        for line in ended:
            skipped, self._skipping = self._skipping or len(line) > LONGEST_ITEM, False
            yield None if skipped else line
        self._skipping = self._skipping or len(rest) > LONGEST_ITEM
        self._kept = b"" if self._skipping else rest

    def end(self) -> Iterator[bytes | None]:
        """The last line, where no line end follows it."""
        if self._skipping or self._kept:
            yield None if self._skipping else self._kept


def line_item(line: bytes | None, number: int) -> FeedItem | None:
    """What one line of NDJSON holds; nothing where it is empty."""
    place = f"line {number}"
    if line is None:
        return FeedItem(ListingKind.SERVICE, None, place, fault="It is longer than 2 MiB.")
    text, notes = text_of(line)
    if not text.strip():
        return None
    try:
        item = parsed(text)
    except FeedBroken as fault:
        return FeedItem(ListingKind.SERVICE, None, place, notes, str(fault))
    return FeedItem(kind_of(item, otherwise=ListingKind.SERVICE), item, place, notes)


def lines_of(parts: Iterable[bytes], facts: FeedFacts) -> Iterator[FeedItem]:
    """The items of NDJSON."""
    facts.dialect = Dialect.NDJSON
    lines, number = Lines(), 0

    def every() -> Iterator[bytes | None]:
        for part in parts:
            yield from lines.add(part)
        yield from lines.end()

    for number, line in enumerate(every(), 1):
        if found := line_item(line, number):
            facts.covered.add(found.kind)
            yield found


class Document:
    """A document of JSON of any size: a page, a list, or one thing.

    Args:
        read: gives the next part of its text, and nothing at its end.
    """

    def __init__(self, read: Callable[[], str], facts: FeedFacts) -> None:
        self._read, self._facts = read, facts
        self._text, self._at, self._ended = "", 0, False

    def items(self) -> Iterator[FeedItem]:
        """Its items, one at a time.

        Raises:
            FeedBroken: it is no JSON, breaks off, or one thing in it is larger than 2 MiB.
        """
        head: dict[str, Any] = {}
        if self._next() == "[":
            self._facts.covered.add(ListingKind.SERVICE)
            yield from self._list(None)
        else:
            yield from self._members(head)
        if "id" in head:
            kind = kind_of(head, otherwise=ListingKind.SERVICE)
            self._facts.incomplete.append("it is one listing alone")
            yield FeedItem(kind, head, "the only one")
        elif not self._facts.covered:
            raise FeedBroken("It is no page: it has neither `contents` nor `content`.")
        if self._next():
            raise FeedBroken("It goes on after its end.")

    def _members(self, head: dict[str, Any]) -> Iterator[FeedItem]:
        self._expect("{")
        while self._next() != "}":
            name = self._value()
            self._expect(":")
            listed = name in ("contents", "content") or (name in COLLECTIONS and "id" not in head)
            if listed and self._next() == "[":
                self._facts.covered.add(COLLECTIONS.get(str(name), ListingKind.SERVICE))
                self._facts.dialect = Dialect.ORUK_1 if name == "content" else Dialect.HSDS_3
                yield from self._list(COLLECTIONS.get(str(name)))
            elif len(head) < MOST_MEMBERS and isinstance(name, str):
                head[name] = self._value()
            else:
                raise FeedBroken("It has too many members.")
            if self._next() == ",":
                self._at += 1
        self._expect("}")
        self._count(head)

    def _count(self, head: dict[str, Any]) -> None:
        """A file of one page tells how many there are, too."""
        for name in ("total_pages", "totalPages"):
            if isinstance(head.get(name), int) and head[name] > 1:
                self._facts.incomplete.append(f"it is one page of {head[name]}")

    def _list(self, kind: ListingKind | None) -> Iterator[FeedItem]:
        self._expect("[")
        number = 0
        if kind:
            self._facts.covered.add(kind)
        while self._next() != "]":
            number += 1
            item = self._value()
            found = kind or kind_of(item, otherwise=ListingKind.SERVICE)
            self._facts.covered.add(found)
            place = f"{kind.value} {number}" if kind else f"item {number}"
            yield FeedItem(found, item, place)
            if self._next() == ",":
                self._at += 1
        self._expect("]")

    def _next(self) -> str:
        """The next character that is no space, which stays; nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n\ufeff":
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _expect(self, symbol: str) -> None:
        if self._next() != symbol:
            raise FeedBroken("It is no JSON, or breaks off.")
        self._at += 1

    def _more(self) -> bool:
        if self._ended:
            return False
        part = self._read()
        if not part:
            self._ended = True
            return False
        self._text, self._at = self._text[self._at :] + part, 0
        return True

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise FeedBroken("It is nested too deep to be read.") from None
            except ValueError:
                end = None
            # A number that ends where the text does may go on in the next part.
            if end is not None and (end < len(self._text) or not self._more()):
                self._at = end
                return value
            if end is None and len(self._text) - self._at > LONGEST_ITEM:
                raise FeedBroken("One thing in it is larger than 2 MiB, or is no JSON.")
            if end is None and not self._more():
                raise FeedBroken("It is no JSON, or breaks off.")
