"""Which listing an id names, ids that change, and terms that are wider than themselves. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from checkpoint.directory.entities import ENTITIES
from checkpoint.directory.imports.shapes import Kind, shape_of
from checkpoint.directory.parts import Part
from checkpoint.directory.states import ListingKind

Id = TypeVar("Id")
# Whose id stands in a field, where its name does not say.
REFERENCES = {
    "parent_id": "taxonomy_term",
    "parent_organization_id": "organization",
    "resource_id": "service",
}


def referred(name: str, part: Mapping[str, Any]) -> str:
    """What a field names by its id.

    Args:
        name: the field's.
        part: what it stands in; a link says itself what it links.

    Returns:
        The word for it, such as ``service``.
    """
    if name == "link_id":
        told = part.get("link_entity")
        return told if isinstance(told, str) and told in {*ListingKind} else "service"
    return REFERENCES.get(name, name.removesuffix("_id"))


def relinked(
    kind: ListingKind, document: Mapping[str, Any], renamed: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """A document with other ids in place of some.

    Args:
        kind: what it is.
        document: as it is stored.
        renamed: (what it is the id of, the id) to the new one.

    Returns:
        A copy, in which its own id and whatever names another listing are renamed.
    """
    return _relinked(ENTITIES[kind], document, renamed)


def _relinked(
    model: type[Part], part: Mapping[str, Any], renamed: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    shape = shape_of(model)
    made = dict(part)
    for name, value in part.items():
        if shape.values.get(name) is Kind.ID:
            word = shape.word if name == "id" else referred(name, part)
            made[name] = renamed.get((word, value), value)
        elif name in shape.lists:
            made[name] = [_relinked(shape.lists[name], each, renamed) for each in value]
        elif name in shape.parts:
            made[name] = _relinked(shape.parts[name], value, renamed)
    return made


def circular(wider: Mapping[Id, Id]) -> AbstractSet[Id]:
    """Those that come back to themselves when one goes from each to what it points at.

    Args:
        wider: from each to the one that is wider.

    Returns:
        All that stand on a circle; not those that only lead into one.
    """
    found: set[Id] = set()
    done: set[Id] = set()
    for start in wider:
        path: dict[Id, None] = {}
        at = start
        while at in wider and at not in done and at not in path:
            path[at] = None
            at = wider[at]
        if at in path:
            order = [*path]
            found.update(order[order.index(at) :])
        done.update(path)
    return found
