"""Editions and their tags, pages, and what stands in an address. Pure.

Sources: RFC 9110 (conditional requests), RFC 8288 (links); HSDS 3.0, API reference, "Pagination".
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from checkpoint.directory.meanings import folded
from checkpoint.foundation.calendar import LONDON

PREFIX = "/open-referral/v3"
VERSION = "HSDS-UK-3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
# The form of our answers: raised by whoever changes it, so that no cache keeps the one before.
FORM = 1
# How long a cache may keep an answer without asking, in seconds.
FRESH_SECONDS = 60
USUAL, LONGEST, LONGEST_MINIMAL = 50, 100, 10_000
# A plus sign before an offset is a space once an address is read.
SPACED = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$")
DISTRICT = r"[A-Z]{1,2}\d[A-Z\d]?"
WHOLE = re.compile(rf"({DISTRICT}) ?(\d)([A-Z]{{2}})")
BEGUN = re.compile(rf"({DISTRICT})(?: (\d))?")


def tag_of(*, edition: int, day: date, base: str, path: str, query: bytes, build: str) -> str:
    """The strong entity tag of an answer, without knowing the answer.

    Args:
        edition: the number of the directory's state.
        day: today in London, since listings begin and end to be valid.
        base: scheme and host, since some answers name them.
        path: as it was asked.
        query: what stands after the question mark, byte by byte.
        build: which build of the service answers.

    Returns:
        32 hexadecimal digits in quotes.
    """
    said = f"{FORM}\0{build}\0{edition}\0{day.isoformat()}\0{base}\0{path}\0".encode() + query
    return f'"{hashlib.sha256(said).hexdigest()[:32]}"'


def holds(if_none_match: str, tag: str) -> bool:
    """Whether the caller has this answer already, by weak comparison.

    Args:
        if_none_match: the header's value; a star is nobody's tag here.
        tag: of the answer.

    Returns:
        True where one of the tags in the header is the answer's.
    """
    return any(
        held.strip().removeprefix("W/") == tag.removeprefix("W/")
        for held in if_none_match.split(",")
    )


@dataclass(frozen=True)
class Pages:
    """Where a page lies among all of them."""

    total: int
    page: int
    size: int

    @property
    def count(self) -> int:
        return -(-self.total // self.size)

    def told(self, contents: Sequence[Any]) -> dict[str, Any]:
        """The standard's page object, with every member.

        Args:
            contents: what stands on this page; nothing beyond the last one.
        """
        return {
            "total_items": self.total,
            "total_pages": self.count,
            "page_number": self.page,
            "size": len(contents),
            "first_page": self.page == 1,
            "last_page": self.page >= self.count,
            "empty": not contents,
            "contents": [*contents],
        }

    def links(self, path: str, asked: Iterable[tuple[str, str]]) -> str:
        """The ``Link`` header: the first page, the last, and those beside this one.

        Args:
            path: of the list.
            asked: names and values in the address; ``page`` is replaced.
        """
        rest = [(name, value) for name, value in asked if name != "page"]
        last = max(self.count, 1)
        pages = {"first": 1, "prev": min(self.page - 1, last), "next": self.page + 1, "last": last}
        return ", ".join(
            f'<{path}?{urlencode([*rest, ("page", str(number))])}>; rel="{name}"'
            for name, number in pages.items()
            if 1 <= number <= last
        )


def size_of(asked: int | None, *, minimal: bool) -> int:
    """How many listings stand on a page.

    Args:
        asked: ``per_page``; None for the usual.
        minimal: little of each is asked, and then as many as may be on one page.

    Returns:
        What was asked, capped.
    """
    most = LONGEST_MINIMAL if minimal else LONGEST
    return min(asked or (most if minimal else USUAL), most)


def moment_of(text: str) -> datetime:
    """The instant that ``modified_after`` names.

    Args:
        text: a day, or an instant as RFC 3339 writes it; without an offset it is London's time.

    Raises:
        ValueError: it is neither.
    """
    text = SPACED.sub(r"\1+\2", text.strip())
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), LONDON)
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", text):
        raise ValueError("Write an instant with its offset, such as 2026-03-31T09:30:00Z.")
    found = datetime.fromisoformat(text.upper())
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


def words_of(text: str) -> list[str]:
    """The words that a listing must hold, every one of them, as patterns of LIKE.

    Args:
        text: as it was typed.
    """
    escaped = re.sub(r"([\\%_])", r"\\\1", folded(text))
    return [f"%{word}%" for word in dict.fromkeys(escaped.split())]


@dataclass(frozen=True)
class Postcode:
    """A postcode or the beginning of one; each part as it is written, such as DH1, DH1 3, DH1 3AF."""

    district: str
    sector: str | None = None
    unit: str | None = None

    @property
    def parts(self) -> list[str]:
        """From the widest that holds it to itself."""
        area = re.split(r"\d", self.district, maxsplit=1)[0]
        return [part for part in (area, self.district, self.sector, self.unit) if part]


def postcode_of(text: str) -> Postcode:
    """Read a postcode, whole or begun.

    Args:
        text: in any case, with or without its space.

    Raises:
        ValueError: nothing that begins a postcode of the United Kingdom.
    """
    text = " ".join(text.upper().split())
    if whole := WHOLE.fullmatch(text):
        sector = f"{whole[1]} {whole[2]}"
        return Postcode(whole[1], sector, sector + whole[3])
    if begun := BEGUN.fullmatch(text):
        return Postcode(begun[1], f"{begun[1]} {begun[2]}" if begun[2] else None)
    raise ValueError("Write a postcode, such as DH1 3AF, or its first half, such as DH1.")


def details(base: str) -> Mapping[str, str]:
    """What ``GET /`` says: which standard this is, and where it is described.

    Args:
        base: scheme and host.

    Source: Open Referral UK 3.0, api_details.json.
    """
    return {
        "version": VERSION,
        "profile": PROFILE,
        "openapi_url": f"{base}{PREFIX}/openapi.json",
    }
