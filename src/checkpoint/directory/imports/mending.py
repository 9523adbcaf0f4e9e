"""One value of a feed, mended where what it means is plain, and left out where it is not. Pure.

Source: docs/directory.md names every defect; they were found in feeds that councils publish.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from checkpoint.directory.imports.shapes import Kind
from checkpoint.directory.values import (
    CLOCK,
    EMAIL,
    LARGEST,
    LONGEST_TEXT,
    MOMENT,
    RUN,
    URI,
    WEB,
    plain,
)
from checkpoint.foundation.schemas import FIRST_YEAR, LAST_YEAR

LONDON = ZoneInfo("Europe/London")
# RFC 2606 and RFC 6761 keep these for examples: nobody can be reached there.
NOWHERE = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|invalid|test|localhost|local)\.?$", re.IGNORECASE
)
BARE_HOST = re.compile(r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]\S*)?$", re.IGNORECASE)
BRITISH_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", re.ASCII)
SHORT_CLOCK = re.compile(r"^(\d{1,2})[:.](\d\d)$", re.ASCII)
FIGURES = re.compile(r"^[+-]?\d{1,15}(?:\.\d{1,15})?$", re.ASCII)
LONGEST_ID = 255

Told = Callable[[str], None]


def id_of(source: str, word: str, given: Any) -> str | None:
    """The UUID under which a feed's own id stands here.

    Args:
        source: the feed's code.
        word: what it is the id of, such as ``service``.
        given: as the feed has it.

    Returns:
        The same UUID where it is one; else one that is always the same for the three; None where
        it can be no id.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return None
    text = given.strip()
    if not text or len(text) > LONGEST_ID or not text.isprintable():
        return None
    try:
        return str(UUID(text))
    except ValueError:
        return made_id(source, word, text)


def made_id(source: str, word: str, given: str) -> str:
    """The UUID that is always the same for a source, a kind of thing and the source's own id.

    Args:
        source: the source's code.
        word: what it is the id of, such as ``service``.
        given: the source's own id.

    Returns:
        A UUIDv5.
    """
    return str(uuid5(NAMESPACE_URL, f"checkpoint:{source}/{word}/{given}"))


def mended_value(kind: Kind, value: Any, told: Told) -> Any:
    """One value in the form that its field asks for.

    Args:
        kind: what the field holds; never an id, for which see ``id_of``.
        value: as the feed has it.
        told: takes what was mended, in words that hold nothing of the value.

    Returns:
        The value; None where it says nothing.
    """
    if value is None or value in ("", [], {}):
        return None
    if kind is Kind.NUMBER:
        return _number(value, told)
    if isinstance(value, int | float):
        value = _written(value, told)
    if not isinstance(value, str):
        told("not text; left out")
        return None
    text = words(value, told)
    return MENDERS[kind](text, told) if text else None


def words(value: str, told: Told) -> str:
    """Plain text of no more than 20,000 characters.

    Args:
        value: as the feed has it.
        told: takes what was mended.

    Returns:
        The text, which may be empty.
    """
    text = plain(value)
    if text != value and text != value.strip():
        told("freed of markup and of characters that nobody sees")
    if len(text) > LONGEST_TEXT:
        told(f"cut off after {LONGEST_TEXT} characters")
        text = text[:LONGEST_TEXT].rstrip()
    return text


def _written(value: float, told: Told) -> str | None:
    number = value if isinstance(value, bool) else in_range(value)
    told("a number or truth value where text belongs")
    return None if number is None else str(number).lower()


def in_range(value: float) -> int | float | None:
    """A number that every reader of JSON keeps, whole ones without a decimal point; else None."""
    if abs(value) > LARGEST or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value


def _number(value: Any, told: Told) -> int | float | None:
    if isinstance(value, bool):
        told("a truth value where a number belongs; left out")
        return None
    if isinstance(value, str) and FIGURES.match(value.strip()):
        told("a number written as text")
        value = float(value) if "." in value else int(value)
    if not isinstance(value, int | float):
        told("no number; left out")
        return None
    found = in_range(value)
    if found is None:
        told("a number out of all range; left out")
    return found


def _uri(text: str, told: Told) -> str | None:
    scheme = text.partition(":")[0].lower()
    if scheme in RUN or not URI.match(text):
        return _web(text, told)
    return None if _nowhere(text, told) else text


def _web(text: str, told: Told) -> str | None:
    if not WEB.match(text):
        if not BARE_HOST.match(text):
            told("no web address; left out")
            return None
        told("a web address without http://")
        text = f"http://{text}"
    if not URI.match(text):
        told("no web address; left out")
        return None
    return None if _nowhere(text, told) else text


def _nowhere(text: str, told: Told) -> bool:
    if not WEB.match(text):
        return False
    host = re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0]
    if not NOWHERE.search(re.sub(r":\d+$", "", host.rpartition("@")[2])):
        return False
    told("an address that stands for none; left out")
    return True


def _email(text: str, told: Told) -> str | None:
    text = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE)
    if not EMAIL.match(text):
        told("no e-mail address; left out")
        return None
    if NOWHERE.search(text.rpartition("@")[2]):
        told("a mailbox that stands for none; left out")
        return None
    return text


def _day(text: str, told: Told) -> str | None:
    if british := BRITISH_DAY.match(text):
        day, month, year = british.groups()
        told("a day written the British way")
        text = f"{year}-{int(month):02d}-{int(day):02d}"
    elif len(text) > 10 and text[10] in "Tt ":
        told("an instant where a day belongs; its time left out")
        text = text[:10]
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        told(f"no day of the years {FIRST_YEAR} to {LAST_YEAR}; left out")
        return None
    return found.isoformat()


def _clock(text: str, told: Told) -> str | None:
    if short := SHORT_CLOCK.match(text):
        padded = f"{int(short[1]):02d}:{short[2]}"
        if padded != text:
            told("a time of day in another form")
        text = padded
    if text == "24:00":
        told("a time of day in another form")
        text = "23:59"
    if not CLOCK.match(text):
        told("no time of day; left out")
        return None
    return text


def _moment(text: str, told: Told) -> str | None:
    """RFC 3339 with an offset; without one it is the time in the United Kingdom."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        told(f"no instant of the years {FIRST_YEAR} to {LAST_YEAR}; left out")
        return None
    if moment.tzinfo is None:
        told(NO_OFFSET)
        return moment.replace(tzinfo=LONDON).isoformat()
    if MOMENT.match(text):
        return text
    written = moment.isoformat()
    told("an instant in another form" if MOMENT.match(written) else "no instant; left out")
    return written if MOMENT.match(written) else None


NO_OFFSET = "no offset; taken as the time in the United Kingdom"
MENDERS: dict[Kind, Callable[[str, Told], str | None]] = {
    Kind.WORDS: lambda text, _: text,
    Kind.URI: _uri,
    Kind.WEB: _web,
    Kind.EMAIL: _email,
    Kind.DAY: _day,
    Kind.CLOCK: _clock,
    Kind.MOMENT: _moment,
}
