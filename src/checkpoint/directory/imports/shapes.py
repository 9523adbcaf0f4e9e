"""What each part of a listing is made of, read off our own types. Pure."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from checkpoint.directory import values
from checkpoint.directory.entities import Location, Organization, Service
from checkpoint.directory.parts import Part, Taxonomy, TaxonomyTerm
from checkpoint.directory.states import ListingKind


class Kind(Enum):
    """What one value is."""

    WORDS = "words"
    ID = "id"
    URI = "uri"
    WEB = "web"
    EMAIL = "email"
    DAY = "day"
    CLOCK = "clock"
    MOMENT = "moment"
    NUMBER = "number"


KINDS = {
    values.Words: Kind.WORDS,
    values.Id: Kind.ID,
    values.Uri: Kind.URI,
    values.WebAddress: Kind.WEB,
    values.Email: Kind.EMAIL,
    values.Day: Kind.DAY,
    values.ClockTime: Kind.CLOCK,
    values.ModifiedAt: Kind.MOMENT,
}
# What is kept as a listing of its own, wherever a feed embeds it.
LISTED: dict[type[Part], ListingKind] = {
    Service: ListingKind.SERVICE,
    Organization: ListingKind.ORGANIZATION,
    Location: ListingKind.LOCATION,
    Taxonomy: ListingKind.TAXONOMY,
    TaxonomyTerm: ListingKind.TAXONOMY_TERM,
}


@dataclass(frozen=True)
class Shape:
    """The fields of one type of part."""

    word: str
    model: type[Part]
    values: dict[str, Kind]
    choices: dict[str, tuple[str, ...]]
    parts: dict[str, type[Part]]
    lists: dict[str, type[Part]]
    required: frozenset[str]


@cache
def shape_of(model: type[Part]) -> Shape:
    """The fields of a type, by what they hold.

    Args:
        model: one of the directory's own types.

    Returns:
        Its name as the standard writes it, and its fields.
    """
    shape = Shape(
        word="".join(f"_{c.lower()}" if c.isupper() else c for c in model.__name__).lstrip("_"),
        model=model,
        values={},
        choices={},
        parts={},
        lists={},
        required=frozenset(name for name, f in model.model_fields.items() if f.is_required()),
    )
    told = get_type_hints(model, include_extras=True)
    for name in model.model_fields:
        _sort(shape, name, _of(told[name]))
    return shape


def _of(annotation: Any) -> Any:
    """What a field holds where it holds something; a number is one of two types."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    found = [each for each in get_args(annotation) if each is not type(None)]
    return found[0] if len(found) == 1 else values.Number


def _sort(shape: Shape, name: str, found: Any) -> None:
    if get_origin(found) is Literal:
        shape.choices[name] = get_args(found)
    elif get_origin(found) is list:
        shape.lists[name] = get_args(found)[0]
    elif isinstance(found, type) and issubclass(found, Part):
        shape.parts[name] = found
    else:
        shape.values[name] = Kind.NUMBER if found == values.Number else KINDS[found]
