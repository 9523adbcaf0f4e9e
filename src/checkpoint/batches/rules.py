"""What an item of a batch takes over from those before it, and when the rest waits. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from checkpoint.batches.states import RestsOnFailed
from checkpoint.foundation.errors import RuleBroken

PATH = "/v1/batch"
MOST_ITEMS = 100
LIMIT_BYTES = 400_000
# Too much asked, or nothing to be had just now: whatever comes next would be answered the same.
ENDING = frozenset({429, 503})

NAME = r"[A-Za-z0-9_-]{1,40}"
PLACE = rf"{NAME}#(?:etag|(?:/[A-Za-z0-9_-]{{1,40}}){{1,10}})"
REFERENCE = re.compile(rf"^{PLACE}$")
HELD = re.compile(rf"\{{({PLACE})\}}")
# Nothing that could leave a segment of an address, or a header.
SEGMENT = re.compile(r"^[A-Za-z0-9_-]{1,100}$")
SECTION = rf"(?:[A-Za-z0-9_-]{{1,100}}|\{{{PLACE}\}})"
ADDRESS = rf"^/v1(?:/{SECTION}){{1,10}}$"
VERSION = rf'^(?:"[A-Za-z0-9_-]{{1,60}}"|[A-Za-z0-9_-]{{1,60}}|\{{{NAME}#etag\}})$'

# An item's answer, as those that rest on it see it: its status, ETag and body.
Answered = Mapping[str, Any]


def ends(status: int) -> bool:
    """Whether the rest of a batch is left for later.

    Args:
        status: what an item was answered with.

    Returns:
        True where the next would be answered the same: too many requests, or no service.
    """
    return status in ENDING


def check_id(id: str, answered: Mapping[str, Answered]) -> None:
    """Two items of one name could not be told apart.

    Args:
        id: the item's.
        answered: the answers so far, by id.

    Raises:
        RuleBroken: an item before it has the same.
    """
    if id in answered:
        raise RuleBroken("#/id", "id-used-twice", "Give each item of a batch an id of its own.")


def in_text(text: str, answered: Mapping[str, Answered], *, field: str) -> str:
    """An address or a version, with what it takes from earlier items put in.

    Args:
        text: as it was sent, with places such as ``{item-1#/id}``.
        answered: the answers so far, by id.
        field: the JSON pointer to the text.

    Returns:
        The whole; unchanged where it takes nothing.

    Raises:
        RuleBroken: no earlier item has that name, its answer no such field, or what stands there
            cannot be part of an address.
        RestsOnFailed: that item was not done.
    """

    def found(place: re.Match[str]) -> str:
        value = value_of(place[1], answered, field=field)
        if field == "#/if_match":
            return str(value)
        if isinstance(value, bool) or not SEGMENT.fullmatch(str(value)):
            raise RuleBroken(
                field, "reference-not-a-segment", "What stands there cannot be part of an address."
            )
        return str(value)

    return HELD.sub(found, text)


def check_address(path: str) -> None:
    """A batch holds no other batch, however its address came about.

    Args:
        path: the item's whole address.

    Raises:
        RuleBroken: it is the batch's own.
    """
    if path == PATH:
        raise RuleBroken("#/path", "batch-in-a-batch", "A batch holds no other: send its items.")


def in_body(body: Any, answered: Mapping[str, Answered], *, field: str = "#/body") -> Any:
    """A body, with what it takes from earlier items put in.

    Args:
        body: as it was sent; ``{"$ref": "item-1#/id"}`` stands for a value.
        answered: the answers so far, by id.
        field: the JSON pointer to it.

    Returns:
        The whole; the same values where it takes nothing.

    Raises:
        RuleBroken: the reference is not in the agreed form, no earlier item has that name, or its
            answer no such value.
        RestsOnFailed: that item was not done.
    """
    if isinstance(body, list):
        return [
            in_body(part, answered, field=f"{field}/{place}") for place, part in enumerate(body)
        ]
    if not isinstance(body, dict):
        return body
    if body.keys() != {"$ref"}:
        return {
            name: in_body(part, answered, field=f"{field}/{_plain(name)}")
            for name, part in body.items()
        }
    reference = body["$ref"]
    if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
        raise RuleBroken(
            field,
            "reference-form",
            "Write a reference as item-1#/id, a field of its answer's body.",
        )
    return value_of(reference, answered, field=field)


def value_of(reference: str, answered: Mapping[str, Answered], *, field: str) -> JsonValue:
    """What a reference stands for.

    Args:
        reference: an item's id, then ``#etag`` or ``#`` and a JSON pointer into its answer's body.
        answered: the answers so far, by id: ``status``, ``etag`` and ``body``.
        field: the JSON pointer to the reference, to say where it is wrong.

    Returns:
        A text, a number, true or false; never an object, so that a batch cannot grow by itself.

    Raises:
        RuleBroken: no earlier item has that name, or its answer no such value.
        RestsOnFailed: that item was not done.
    """
    name, _, place = reference.partition("#")
    if name not in answered:
        raise RuleBroken(
            field, "reference-not-earlier", "Name an item that stands before this one in the batch."
        )
    answer = answered[name]
    if not 200 <= answer["status"] < 300:
        raise RestsOnFailed("See the answer of the item that it names; then send both again.")
    value = answer["etag"] if place == "etag" else answer["body"]
    for part in place.split("/")[1:]:
        value = _part(value, part)
    if not isinstance(value, str | int | float):
        raise RuleBroken(
            field, "reference-finds-nothing", "The answer that it names has no such value."
        )
    return value


def _part(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return None


def _plain(name: str) -> str:
    """A field's name where it may be told: what is no name of ours might be somebody's."""
    return name if re.fullmatch(r"[a-z][a-z_]{0,39}", name) else "-"
