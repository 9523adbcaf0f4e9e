"""Listings put together as they are published. Pure.

Sources: HSDS 3.0 and Open Referral UK 3.0. Nothing is null or empty. Nobody is named: who assured a
listing, contacts with a name, and who changed what are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from checkpoint.directory.entities import ENTITIES
from checkpoint.directory.parts import Part
from checkpoint.directory.published.states import Form
from checkpoint.directory.states import ListingKind

Document = Mapping[str, Any]
PERSONAL = frozenset({"assurer_email", "metadata"})
# Names that HSDS and Open Referral UK do not have, and docs/directory.md has.
OWN_WORDS = frozenset({"valid_from", "valid_until"})
OWN_WORDS_OF_SERVICES = frozenset({"eligible_sexes", "eligible_residence", "access_way"})
# Names that the schemas of Open Referral UK 3.0 have beside those of HSDS 3.0.
UK_WORDS = frozenset({"term", "accessibility", "service_area"})


@dataclass(frozen=True)
class Shelf:
    """What listings point to, by id, so far as it is published; and how many places are free."""

    organizations: Mapping[str, Document] = field(default_factory=dict)
    locations: Mapping[str, Document] = field(default_factory=dict)
    terms: Mapping[str, Document] = field(default_factory=dict)
    taxonomies: Mapping[str, Document] = field(default_factory=dict)
    capacities: Mapping[str, list[Document]] = field(default_factory=dict)


def published(document: Document) -> dict[str, Any]:
    """A document without anybody's name, and without what is null or empty.

    Args:
        document: as it is kept.
    """
    kept = {
        name: _clean(_unnamed(value) if name == "contacts" else value)
        for name, value in document.items()
        if name not in PERSONAL
    }
    return {name: value for name, value in kept.items() if not _is_empty(value)}


def defined(kind: ListingKind, document: Document) -> dict[str, Any]:
    """A document of our own staff as far as it is for everybody: what else they write is theirs.

    Args:
        kind: what it is.
        document: as it is kept.

    Returns:
        What HSDS, Open Referral UK and docs/directory.md name; of lists of things, however deep.
    """
    more = OWN_WORDS_OF_SERVICES if kind is ListingKind.SERVICE else frozenset()
    return _defined(ENTITIES[kind], document, OWN_WORDS | more)


def _defined(model: type[Part], document: Document, more: frozenset[str]) -> dict[str, Any]:
    inner = _inner(model)
    return {
        name: _each_defined(inner.get(name), value)
        for name, value in document.items()
        if name in inner or name in more or (name in UK_WORDS and isinstance(value, str))
    }


def _each_defined(model: type[Part] | None, value: Any) -> Any:
    if model is None:
        return value
    if isinstance(value, list):
        return [_each_defined(model, each) for each in value]
    return _defined(model, value, frozenset()) if isinstance(value, Mapping) else value


@cache
def _inner(model: type[Part]) -> Mapping[str, type[Part] | None]:
    """Each field of a type, with the type of the parts that it holds, if any."""
    return {
        name: next(_parts_in(field.annotation), None) for name, field in model.model_fields.items()
    }


def _parts_in(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for each in get_args(annotation):
        yield from _parts_in(each)


def _unnamed(contacts: Any) -> Any:
    if not isinstance(contacts, list):
        return contacts
    return [each for each in contacts if isinstance(each, Mapping) and not each.get("name")]


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return published(value)
    if isinstance(value, list):
        return [each for each in map(_clean, value) if not _is_empty(each)]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def short(document: Document) -> dict[str, Any]:
    """Only what a document says once: no list, and nothing that stands by itself.

    Args:
        document: published.
    """
    return {
        name: value for name, value in document.items() if not isinstance(value, list | Mapping)
    }


def least_place(row: Mapping[str, Any], service: Document) -> dict[str, Any]:
    """A service at a location in its least form: whose it is, where, and when that changed.

    Args:
        row: with ``service_at_location_id``, ``service_id`` and ``location_id``.
        service: in its own least form.
    """
    where = {} if row["location_id"] is None else {"location_id": str(row["location_id"])}
    whose = {"id": str(row["service_at_location_id"]), "service_id": service["id"]}
    return whose | where | {"last_modified": service["last_modified"]}


def ids_in(document: Document, name: str) -> Iterator[str]:
    """Every value of one name, however deep it stands.

    Args:
        document: anything of JSON's objects.
        name: such as ``taxonomy_term_id``.
    """
    for key, value in document.items():
        if key == name and isinstance(value, str):
            yield value
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield from ids_in(each, name)


def classified(document: Document, shelf: Shelf) -> dict[str, Any]:
    """The same with each attribute's term put into it; attributes of terms that are not published
    are left out.
    """
    found = {name: _classified(name, value, shelf) for name, value in document.items()}
    return {name: value for name, value in found.items() if value != []}


def _classified(name: str, value: Any, shelf: Shelf) -> Any:
    if isinstance(value, Mapping):
        return classified(value, shelf)
    if not isinstance(value, list):
        return value
    parts = [classified(each, shelf) if isinstance(each, Mapping) else each for each in value]
    if name != "attributes":
        return parts
    return [each for each in (_attribute(one, shelf) for one in parts) if each]


def _attribute(attribute: Document, shelf: Shelf) -> dict[str, Any] | None:
    id = attribute.get("taxonomy_term_id")
    if id is None:
        return dict(attribute)
    known = shelf.terms.get(id)
    return None if known is None else {**attribute, "taxonomy_term": term(known, shelf)}


def organization(document: Document, shelf: Shelf, form: Form) -> dict[str, Any]:
    """An organisation in a form; what it provides is put in by whoever asks for it."""
    found = published(document)
    if found.get("parent_organization_id") not in shelf.organizations:
        found.pop("parent_organization_id", None)
    return classified(found, shelf) if form is Form.FULL else short(found)


def location(document: Document, shelf: Shelf, form: Form) -> dict[str, Any]:
    found = published(document)
    if found.get("organization_id") not in shelf.organizations:
        found.pop("organization_id", None)
    return classified(found, shelf) if form is Form.FULL else short(found)


def service(document: Document, shelf: Shelf, form: Form) -> dict[str, Any]:
    """A service in a form, with the organisation that provides it."""
    found = published(document)
    provider = shelf.organizations.get(found.get("organization_id", ""))
    nested = {} if provider is None else {"organization": organization(provider, shelf, form)}
    if form is Form.BRIEF:
        return short(found) | nested
    found = classified(found, shelf) | nested
    places = [place(each, shelf, form) for each in found.pop("service_at_locations", ())]
    if shown := [each for each in places if each is not None]:
        found["service_at_locations"] = shown
    if free := shelf.capacities.get(found["id"]):
        found["capacities"] = [*free]
    return found


def place(document: Document, shelf: Shelf, form: Form) -> dict[str, Any] | None:
    """A service at a location, with the location; None where that is not published."""
    found = (
        classified(published(document), shelf) if form is Form.FULL else short(published(document))
    )
    if "location_id" not in found:
        return found
    where = shelf.locations.get(found["location_id"])
    return None if where is None else found | {"location": location(where, shelf, form)}


def at_place(
    service_document: Document, document: Document, shelf: Shelf, form: Form
) -> dict[str, Any]:
    """The same as a listing of its own, with its service in it."""
    whole = service(service_document, shelf, form)
    whole.pop("service_at_locations", None)
    found = place(document, shelf, form) or {}
    return {"service_id": whole["id"]} | found | {"service": whole}


def taxonomy(document: Document, terms: list[Document] | None = None) -> dict[str, Any]:
    """A taxonomy, with its terms where they are given."""
    found = short(published(document))
    shown = [short(published(each)) | {"taxonomy": found["name"]} for each in terms or ()]
    return found | ({"taxonomy_terms": shown} if shown else {})


def term(document: Document, shelf: Shelf) -> dict[str, Any]:
    """A term, with the taxonomy it is of; a parent that is not published is left out."""
    found = published(document)
    if "parent_id" in found and found["parent_id"] not in shelf.terms:
        del found["parent_id"]
    known = shelf.taxonomies.get(found.get("taxonomy_id", ""))
    if known is None:
        return found
    return {"taxonomy": known["name"]} | found | {"taxonomy_detail": taxonomy(known)}
