"""What one value of a listing may be, and how text is freed of what may do harm. Pure.

Source: Open Referral UK 3.0, which asks for strict formats; RFC 3339, RFC 3986.
"""

import html
import math
import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import nh3
from pydantic import AfterValidator, Field, StrictFloat, StrictInt, StrictStr

from checkpoint.foundation.schemas import FIRST_YEAR, HARMFUL, LAST_YEAR

LONGEST_TEXT = 20_000
LONGEST_NAME = 100
MOST_ITEMS = 2_000
DEEPEST = 16
# The largest whole number that every reader of JSON keeps.
LARGEST = 2**53
LINE_ENDS = re.compile(r"<\s*(?:br\s*/?|/(?:p|div|h[1-6]|li|tr|ul|ol))\s*>", re.IGNORECASE)
ROUNDS = 8

UNRESERVED = r"A-Za-z0-9._~!$&'()*+,;=:@/?\[\]#-"
URI = re.compile(rf"^[A-Za-z][A-Za-z0-9+.-]*:(?:[{UNRESERVED}]|%[0-9A-Fa-f]{{2}})+$")
WEB = re.compile(r"^https?://[^/?#\[\]@]", re.IGNORECASE)
# What a browser would run or read from its own disk.
RUN = frozenset({"javascript", "vbscript", "data", "file", "blob", "filesystem", "about"})
EMAIL = re.compile(r"^[^@\s<>()\[\]\\,;:\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")
MOMENT = re.compile(
    r"^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$", re.ASCII
)
CLOCK = re.compile(
    r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$", re.ASCII
)


def plain(text: str) -> str:
    """``text`` without HTML, scripts and characters that nobody sees.

    Args:
        text: as somebody sent it, with or without HTML, encoded once or several times.

    Returns:
        Plain text. Paragraphs, items and line breaks end lines. It holds no tag, neither as it
        stands nor once its entities are decoded, so that no reader can be made to run it.
    """
    text = _seen(text)
    for _ in range(ROUNDS):
        if "<" not in text and "&" not in text:
            break
        # The tags that end a line leave one behind; the others leave nothing.
        ended = LINE_ENDS.sub("\n", text)
        clean = nh3.clean(ended, tags=set(), clean_content_tags={"script", "style"})
        bare = _seen(html.unescape(clean))
        if bare == text:
            break
        text = bare
    else:
        text = _seen(text.replace("<", " ").replace("&", " "))
    return text


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = "".join(
        symbol
        for symbol in unicodedata.normalize("NFC", lines)
        if symbol in "\n\t" or unicodedata.category(symbol) not in HARMFUL
    )
    return re.sub(r"\n\s*\n\s*", "\n\n", kept).strip()


def cleaned(value: Any, *, depth: int = 0) -> Any:
    """Values of JSON without HTML in any text or name, and without what is null or empty.

    Args:
        value: what ``json.loads`` may give.
        depth: how deep it stands.

    Returns:
        A copy; names that come to nothing are left out with what they name.

    Raises:
        ValueError: nested deeper, longer or larger than is taken, or no number of JSON.
    """
    if depth > DEEPEST:
        raise ValueError(f"It must not be nested deeper than {DEEPEST} levels.")
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        parts = {_name(name): cleaned(each, depth=depth + 1) for name, each in value.items()}
        return {name: each for name, each in parts.items() if name and not _empty(each)}
    if isinstance(value, list):
        if len(value) > MOST_ITEMS:
            raise ValueError(f"A list must not have more than {MOST_ITEMS} items.")
        items = [cleaned(each, depth=depth + 1) for each in value]
        return [each for each in items if not _empty(each)]
    return _number(value)


def _name(name: Any) -> str:
    return plain(str(name))[:LONGEST_NAME]


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def _number(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("A number must be finite.")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError(f"A whole number must be from {-LARGEST} to {LARGEST}.")
    return value


def _id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("An id is a UUID, e.g. 2a3483ea-8966-4f50-9dc3-7bafa1e5c623.") from None


def _uri(value: str) -> str:
    if not URI.match(value) or value.partition(":")[0].lower() in RUN:
        raise ValueError("Write a whole URI, e.g. https://example.org/; no script, no file.")
    return value


def _web(value: str) -> str:
    if not WEB.match(value):
        raise ValueError("Write a whole address of the web, e.g. https://example.org/.")
    return _uri(value)


def _email(value: str) -> str:
    if not EMAIL.match(value):
        raise ValueError("Write an e-mail address, e.g. team@example.org.")
    return value


def _day(value: str) -> str:
    try:
        found = date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"Write a day as 2026-03-31, from the years {FIRST_YEAR} to {LAST_YEAR}.")
    return value


def _moment(value: str) -> str:
    found = MOMENT.match(value)
    try:
        moment = datetime.fromisoformat(value.upper()) if found else None
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(
            "Write an instant with its offset, e.g. 2026-03-31T09:30:00Z, "
            f"from the years {FIRST_YEAR} to {LAST_YEAR}."
        )
    return value


def _clock(value: str) -> str:
    if not CLOCK.match(value):
        raise ValueError("Write a time of day as 09:30, with seconds and an offset if you like.")
    return value


Words = Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_TEXT)]
Id = Annotated[StrictStr, AfterValidator(_id), Field(json_schema_extra={"format": "uuid"})]
Uri = Annotated[Words, AfterValidator(_uri), Field(json_schema_extra={"format": "uri"})]
WebAddress = Annotated[Words, AfterValidator(_web), Field(json_schema_extra={"format": "uri"})]
Email = Annotated[Words, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
Day = Annotated[StrictStr, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]
ClockTime = Annotated[StrictStr, AfterValidator(_clock)]
ModifiedAt = Annotated[
    StrictStr, AfterValidator(_moment), Field(json_schema_extra={"format": "date-time"})
]
Number = StrictInt | StrictFloat
