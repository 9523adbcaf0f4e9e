"""Documents taken apart into listings, and put together again. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from checkpoint.directory.states import ListingKind
from checkpoint.foundation.errors import RuleBroken

Document = dict[str, Any]
Parted = tuple[Document, list[tuple[ListingKind, Document]]]


def parted(kind: ListingKind, document: Mapping[str, Any]) -> Parted:
    """A checked document without the other listings that are embedded in it.

    Args:
        kind: what it is.
        document: as ``entities.checked`` gives it.

    Returns:
        The document with ids in their place, and each of the others, parted itself, in the order
        in which they have to be there first. One that stands there twice is told twice.
    """
    others: list[tuple[ListingKind, Document]] = []
    own: Document = _without_terms(dict(document), others)
    if kind is ListingKind.SERVICE:
        own = _service(own, others)
    elif kind is ListingKind.ORGANIZATION:
        for name, each in (("locations", ListingKind.LOCATION), ("services", ListingKind.SERVICE)):
            for part in own.pop(name, ()):
                _split(each, {"organization_id": own["id"]} | part, others)
    elif kind is ListingKind.TAXONOMY:
        for part in own.pop("taxonomy_terms", ()):
            _split(ListingKind.TAXONOMY_TERM, {"taxonomy_id": own["id"]} | part, others)
    elif kind is ListingKind.TAXONOMY_TERM:
        own = _replaced(own, "taxonomy_detail", "taxonomy_id", ListingKind.TAXONOMY, others)
    return own, others


def _service(own: Document, others: list[tuple[ListingKind, Document]]) -> Document:
    own = _replaced(own, "organization", "organization_id", ListingKind.ORGANIZATION, others)
    places = own.get("service_at_locations", ())
    if places:
        own["service_at_locations"] = [
            _replaced(dict(place), "location", "location_id", ListingKind.LOCATION, others)
            for place in places
        ]
    return own


def _without_terms(value: Any, others: list[tuple[ListingKind, Document]]) -> Any:
    """The same with the ids of terms in place of terms, however deep an attribute stands."""
    if isinstance(value, list):
        return [_without_terms(each, others) for each in value]
    if not isinstance(value, dict):
        return value
    found = {
        name: each if name in APART else _without_terms(each, others)
        for name, each in value.items()
    }
    for attribute in _attributes(found):
        term = attribute.get("taxonomy_term")
        if isinstance(term, dict) and _readable(term.get("id")):
            del attribute["taxonomy_term"]
            attribute.setdefault("taxonomy_term_id", term["id"])
            _split(ListingKind.TAXONOMY_TERM, term, others)
    return found


def _attributes(value: Mapping[str, Any]) -> list[Document]:
    """The attributes of a part; below a key that no standard has, that name may hold anything."""
    said = value.get("attributes")
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _readable(id: Any) -> UUID | None:
    try:
        return UUID(id) if isinstance(id, str) else None
    except ValueError:
        return None


# Taken out whole, and parted by themselves.
APART = frozenset({"organization", "location", "locations", "services", "taxonomy_terms"})


def _replaced(
    own: Document,
    name: str,
    id_name: str,
    kind: ListingKind,
    others: list[tuple[ListingKind, Document]],
) -> Document:
    part = own.pop(name, None)
    if part is not None:
        own.setdefault(id_name, part["id"])
        _split(kind, part, others)
    return own


def _split(
    kind: ListingKind, part: Mapping[str, Any], others: list[tuple[ListingKind, Document]]
) -> None:
    own, more = parted(kind, part)
    others += [*more, (kind, own)]


def joined(
    kind: ListingKind, document: Mapping[str, Any], held: Mapping[UUID, Mapping[str, Any]]
) -> Document:
    """A document with the listings that it names put back.

    Args:
        kind: what it is.
        document: as it is stored.
        held: by id, the stored documents that may be put in; what is not there stays an id.

    Returns:
        A document that ``parted`` takes apart into the same ones.
    """
    own: Document = _with_terms(dict(document), held)
    if kind is ListingKind.SERVICE:
        own = _put_back(own, "organization_id", "organization", held)
        if "service_at_locations" in own:
            own["service_at_locations"] = [
                _put_back(place, "location_id", "location", held)
                for place in own["service_at_locations"]
            ]
    return own


def _put_back(
    own: Document, id_name: str, name: str, held: Mapping[UUID, Mapping[str, Any]]
) -> Document:
    found = held.get(UUID(own[id_name])) if id_name in own else None
    return own if found is None else own | {name: _with_terms(dict(found), held)}


def _with_terms(value: Any, held: Mapping[UUID, Mapping[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_with_terms(each, held) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _with_terms(each, held) for name, each in value.items()}
    for attribute in _attributes(found):
        id = _readable(attribute.get("taxonomy_term_id"))
        if id is not None and id in held:
            attribute["taxonomy_term"] = dict(held[id])
    return found


def named_in(kind: ListingKind, document: Mapping[str, Any]) -> dict[ListingKind, set[UUID]]:
    """The other listings that a stored document names, terms of attributes apart.

    Args:
        kind: what it is.
        document: as it is stored.

    Returns:
        By kind, the ids that it names.
    """
    found: dict[ListingKind, set[UUID]] = {}
    if kind in (ListingKind.SERVICE, ListingKind.LOCATION) and "organization_id" in document:
        found[ListingKind.ORGANIZATION] = {UUID(document["organization_id"])}
    if kind is ListingKind.SERVICE:
        places = document.get("service_at_locations", ())
        ids = {UUID(place["location_id"]) for place in places if "location_id" in place}
        found[ListingKind.LOCATION] = ids
    if kind is ListingKind.TAXONOMY_TERM:
        for name, other in (
            ("taxonomy_id", ListingKind.TAXONOMY),
            ("parent_id", ListingKind.TAXONOMY_TERM),
        ):
            if name in document:
                found[other] = {UUID(document[name])}
    return found


def terms_in(value: Any) -> Iterator[UUID]:
    """The ids of all terms by which a document, or a part of it, is classified."""
    if isinstance(value, list):
        for each in value:
            yield from terms_in(each)
    elif isinstance(value, dict):
        named = (_readable(each.get("taxonomy_term_id")) for each in _attributes(value))
        yield from (id for id in named if id is not None)
        for each in value.values():
            yield from terms_in(each)


def check_alone(kind: ListingKind, document: Mapping[str, Any]) -> None:
    """Other listings are named and not embedded, so that each is kept in one place.

    Args:
        kind: what it is.
        document: checked.

    Raises:
        RuleBroken: one is embedded.
    """
    own, others = parted(kind, document)
    if others:
        places = sorted(name for name in document if name not in own) or ["attributes"]
        raise RuleBroken(
            f"#/document/{places[0]}",
            "listing-embedded",
            "Give the other listing's id instead, and change that listing by its own door.",
        )
