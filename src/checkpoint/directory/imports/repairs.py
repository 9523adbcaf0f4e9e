"""One item of a feed, mended part by part; and what was mended. Pure.

Source: docs/directory.md, from HSDS 3.0, Open Referral UK 3.0 and feeds that councils publish.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from checkpoint.directory.entities import ENTITIES, canonical
from checkpoint.directory.imports.dialects import modern
from checkpoint.directory.imports.filling import FILLED, personal
from checkpoint.directory.imports.linking import referred
from checkpoint.directory.imports.mending import (
    NO_OFFSET,
    id_of,
    in_range,
    mended_value,
    words,
)
from checkpoint.directory.imports.shapes import LISTED, Kind, Shape, shape_of
from checkpoint.directory.parts import Part
from checkpoint.directory.states import ListingKind
from checkpoint.directory.values import DEEPEST, EMAIL, LONGEST_NAME, MOST_ITEMS, plain

MOST_BYTES = 1_048_576
# What an item embeds stands deeper than it will by itself.
EMBEDDED = 4
MOST_NOTES = 40
HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


class Unusable(ValueError):
    """An item that cannot be mended; says why, and nothing of what it holds."""


@dataclass
class Mended:
    """An item as it may be checked and stored, and how it came to that."""

    document: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    # The feed's own id of each part that has one which may be told: (what it is, our id) to theirs.
    given: dict[tuple[str, str], str] = field(default_factory=dict)
    offset_known: bool = True


def mended(kind: ListingKind, item: Any, *, source: str) -> Mended:
    """One item of a feed in the form of our own types, as far as it can be brought there.

    Args:
        kind: what it is.
        item: as the feed has it: what ``json.loads`` may give.
        source: the feed's code; ids that are no UUIDs are made of it.

    Returns:
        The item with whatever it embeds, and a line for each thing that was mended, beginning
        with its place. What is mended already comes back as it was, without a line.

    Raises:
        Unusable: it is no object, has no id, is larger than 1 MiB, nested deeper than 20
            levels or has more than 2,000 things in one list.
    """
    if not isinstance(item, dict):
        raise Unusable("It is no object.")
    _bounded(item)
    if id_of(source, kind.value, item.get("id")) is None:
        raise Unusable("It has no id.")
    mender = _Mender(source)
    made = mender.part(ENTITIES[kind], item, "", None)
    mender.made.document = made or {}
    return mender.made


def tellable(own: str) -> bool:
    """Whether a feed's own id may be kept and told.

    Args:
        own: as the feed has it.

    Returns:
        False where it holds markup.
    """
    return ("<" not in own and "&" not in own) or plain(own) == own


def _bounded(item: dict[str, Any]) -> None:
    level: list[Any] = [item]
    for _ in range(DEEPEST + EMBEDDED):
        if any(len(each) > MOST_ITEMS for each in level):
            raise Unusable(f"It has more than {MOST_ITEMS} things in one place.")
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            break
    else:
        raise Unusable(f"It is nested deeper than {DEEPEST + EMBEDDED} levels.")
    if len(json.dumps(item)) > MOST_BYTES:
        raise Unusable(f"It is larger than {MOST_BYTES // 1024} KiB.")


class _Mender:
    def __init__(self, source: str) -> None:
        self.source, self.made = source, Mended()

    def tell(self, where: str, what: str) -> None:
        if len(self.made.notes) < MOST_NOTES:
            self.made.notes.append(f"{where or '/'}: {what}")
        elif len(self.made.notes) == MOST_NOTES:
            self.made.notes.append("/: and more of this kind")

    def telling(self, where: str) -> Callable[[str], None]:
        return lambda what: self.tell(where, what)

    def part(
        self, model: type[Part], given: Any, where: str, owner: str | None
    ) -> dict[str, Any] | None:
        """One part and all that it holds; None where nothing of it is left."""
        shape = shape_of(model)
        if not isinstance(given, dict):
            self.tell(where, "no object; left out")
            return None
        if why := personal(shape.word, given):
            self.tell(where, why)
            return None
        raw = self.snaked(shape, modern(given, shape.word), where)
        here = self.identity(shape, raw.get("id"), where)
        raw = self.impersonal(shape, raw, where)
        made = self.fields(shape, raw, where, here or owner)
        if fill := FILLED.get(shape.word, {}).get("rule"):
            fill(made, lambda name, what: self.tell(f"{where}/{name}", what))
        if not made or (where and shape.required - {"id"} - made.keys()):
            self.tell(where, "lacks what the standard requires; left out")
            return None
        if here is None and owner is not None:
            if not where.endswith("/unit"):
                self.tell(where, "no id; one was made of what it says")
            here = str(uuid5(UUID(owner), canonical(made).decode()))
        return {"id": here} | made

    def impersonal(self, shape: Shape, raw: dict[str, Any], where: str) -> dict[str, Any]:
        """Without what tells of one person."""
        told = [name for name in FILLED.get(shape.word, {}).get("personal", ()) if raw.get(name)]
        for name in told:
            self.tell(f"{where}/{name}", "tells of one person; left out")
        return {name: value for name, value in raw.items() if name not in told} if told else raw

    def identity(self, shape: Shape, given: Any, where: str) -> str | None:
        found = id_of(self.source, shape.word, given)
        if found is None:
            return None
        theirs = str(given).strip()
        if not _reads_as(theirs, found):
            self.tell(f"{where}/id", "no UUID; one was made of it")
            if tellable(theirs):
                self.made.given[(shape.word, found)] = theirs
        return found

    def snaked(self, shape: Shape, given: dict[str, Any], where: str) -> dict[str, Any]:
        """Names such as ``serviceId`` where the standard writes ``service_id``."""
        made = {}
        for name, value in given.items():
            snake = HUMP.sub(r"_\1", name).lower()
            if snake != name and snake not in given and snake in shape.model.model_fields:
                self.tell(f"{where}/{snake}", "its name was written another way")
                made[snake] = value
            else:
                made[name] = value
        return made

    def fields(
        self, shape: Shape, given: dict[str, Any], where: str, owner: str | None
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in given.items():
            place = f"{where}/{name}"
            if name == "id" or value is None or value in ("", [], {}):
                continue
            if name == "metadata" and name in shape.lists:
                self.tell(place, "tells who changed what; left out")
                continue
            found = self.known(shape, name, given, place, owner)
            if found is not None and found not in ("", [], {}):
                made[name[:LONGEST_NAME]] = found
        return made

    def known(
        self, shape: Shape, name: str, part: dict[str, Any], place: str, owner: str | None
    ) -> Any:
        value = part[name]
        if shape.values.get(name) is Kind.ID:
            return self.reference(referred(name, part), value, place)
        if kind := shape.values.get(name):
            return self.value(kind, value, place)
        if choices := shape.choices.get(name):
            return self.choice(choices, value, place)
        if model := shape.lists.get(name):
            return self.parts(model, value, place, owner)
        if model := shape.parts.get(name):
            return self.part(model, value, place, owner)
        return self.inner(name, value, place)

    def value(self, kind: Kind, value: Any, place: str) -> Any:
        found = mended_value(kind, value, self.telling(place))
        if kind is Kind.MOMENT and f"{place}: {NO_OFFSET}" in self.made.notes[-1:]:
            self.made.offset_known = False
        return found

    def reference(self, word: str, value: Any, place: str) -> str | None:
        found = id_of(self.source, word, value)
        if found is None or not _reads_as(str(value), found):
            self.tell(place, "no UUID; " + ("one was made of it" if found else "left out"))
        return found

    def choice(self, choices: tuple[str, ...], value: Any, place: str) -> str | None:
        text = " ".join(plain(value).replace("_", " ").split()) if isinstance(value, str) else ""
        found = next((each for each in choices if each.lower() == text.lower()), None)
        if found is None and all(len(each) == 2 for each in choices):
            found = next((each for each in choices if each == text[:2].upper()), None)
        if found != value:
            known = "written another way" if found else "left out"
            self.tell(place, f"not one of the standard's values; {known}")
        return found

    def parts(self, model: type[Part], value: Any, place: str, owner: str | None) -> Any:
        if isinstance(value, dict):
            self.tell(place, "one thing where a list belongs")
            value = [value]
        if not isinstance(value, list):
            self.tell(place, "no list; left out")
            return None
        made: list[dict[str, Any]] = []
        for number, each in enumerate(value):
            found = self.part(model, each, f"{place}/{number}", owner)
            if found in made:
                self.tell(f"{place}/{number}", "stands there twice; left out once")
            elif found is not None:
                taken = model not in LISTED and any(found["id"] == other["id"] for other in made)
                made.append(self.another(found, f"{place}/{number}", owner) if taken else found)
        return made

    def another(self, part: dict[str, Any], where: str, owner: str | None) -> dict[str, Any]:
        """The same with an id of its own, where another thing of the list has that id already."""
        self.tell(f"{where}/id", "stands there twice; one was made of what it says")
        return part | {"id": str(uuid5(UUID(owner or part["id"]), canonical(part).decode()))}

    def extension(self, name: str, value: Any, place: str) -> Any:
        """What the standard does not name: kept, but for what may do harm or names somebody."""
        if isinstance(value, dict):
            parts = {
                str(inner): self.inner(str(inner), each, f"{place}/{inner}")
                for inner, each in value.items()
            }
            return {inner: each for inner, each in parts.items() if each not in (None, "", [], {})}
        if isinstance(value, list):
            items = [self.extension(name, each, f"{place}/{n}") for n, each in enumerate(value)]
            return [each for each in items if each not in (None, "", [], {})]
        if isinstance(value, str):
            text = words(value, self.telling(place))
            if EMAIL.match(text):
                self.tell(place, "an e-mail address where the standard has none; left out")
                return None
            return text
        if isinstance(value, bool) or value is None:
            return value
        found = in_range(value)
        if found is None:
            self.tell(place, "a number out of all range; left out")
        return found

    def inner(self, name: str, value: Any, place: str) -> Any:
        if plain(name) != name or not name or len(name) > LONGEST_NAME:
            self.tell(place.rpartition("/")[0], "a name that is none; left out with its value")
            return None
        if name == "taxonomy_term_id" and not (isinstance(value, str) and _reads_as(value, value)):
            self.tell(place, "no id of a term; left out")
            return None
        return self.extension(name, value, place)


def _reads_as(text: str, id: str) -> bool:
    """Whether a text is this UUID, however it is written."""
    try:
        return str(UUID(text.strip())) == id
    except ValueError:
        return False
