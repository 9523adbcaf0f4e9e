"""The five kinds of listing as HSDS 3.0 and Open Referral UK 3.0 define them. Pure.

Keys that the standards do not have are kept where they stand. No text holds HTML, nothing is null
or empty, and every id is a UUID.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID, uuid5

from pydantic import ValidationError

from checkpoint.directory.parts import (
    Accessibility,
    Address,
    Classified,
    Contact,
    CostOption,
    Funding,
    Language,
    OrganizationIdentifier,
    Part,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
)
from checkpoint.directory.rules import day_of
from checkpoint.directory.states import ListingKind
from checkpoint.directory.values import (
    Day,
    Email,
    Id,
    ModifiedAt,
    Number,
    Uri,
    WebAddress,
    Words,
    cleaned,
)
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.faults import plainly


class Location(Classified):
    location_type: Literal["physical", "postal", "virtual"]
    url: WebAddress | None = None
    organization_id: Id | None = None
    name: Words | None = None
    alternate_name: Words | None = None
    description: Words | None = None
    transportation: Words | None = None
    latitude: Number | None = None
    longitude: Number | None = None
    external_identifier: Words | None = None
    external_identifier_type: Words | None = None
    languages: list[Language] | None = None
    addresses: list[Address] | None = None
    contacts: list[Contact] | None = None
    accessibility: list[Accessibility] | None = None
    phones: list[Phone] | None = None
    schedules: list[Schedule] | None = None


class ServiceAtLocation(Classified):
    service_id: Id | None = None
    location_id: Id | None = None
    description: Words | None = None
    contacts: list[Contact] | None = None
    phones: list[Phone] | None = None
    schedules: list[Schedule] | None = None
    location: Location | None = None
    # In a list of its own, as /service_at_locations, it holds the service that it is of.
    service: "Service | None" = None


class Organization(Classified):
    name: Words
    alternate_name: Words | None = None
    description: Words
    email: Email | None = None
    website: WebAddress | None = None
    tax_status: Words | None = None
    tax_id: Words | None = None
    year_incorporated: Number | None = None
    legal_status: Words | None = None
    logo: WebAddress | None = None
    uri: Uri | None = None
    parent_organization_id: Id | None = None
    funding: list[Funding] | None = None
    contacts: list[Contact] | None = None
    phones: list[Phone] | None = None
    locations: list[Location] | None = None
    programs: list[Program] | None = None
    organization_identifiers: list[OrganizationIdentifier] | None = None
    # With ?full_service=true the standard embeds what the organisation provides.
    services: "list[Service] | None" = None


class Service(Classified):
    organization_id: Id | None = None
    program_id: Id | None = None
    name: Words
    alternate_name: Words | None = None
    description: Words | None = None
    url: WebAddress | None = None
    email: Email | None = None
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    interpretation_services: Words | None = None
    application_process: Words | None = None
    fees_description: Words | None = None
    wait_time: Words | None = None
    fees: Words | None = None
    accreditations: Words | None = None
    eligibility_description: Words | None = None
    minimum_age: Number | None = None
    maximum_age: Number | None = None
    assured_date: Day | None = None
    assurer_email: Email | None = None
    licenses: Words | None = None
    alert: Words | None = None
    last_modified: ModifiedAt | None = None
    phones: list[Phone] | None = None
    schedules: list[Schedule] | None = None
    service_areas: list[ServiceArea] | None = None
    service_at_locations: list[ServiceAtLocation] | None = None
    languages: list[Language] | None = None
    organization: Organization | None = None
    funding: list[Funding] | None = None
    cost_options: list[CostOption] | None = None
    program: Program | None = None
    required_documents: list[RequiredDocument] | None = None
    contacts: list[Contact] | None = None
    capacities: list[ServiceCapacity] | None = None


ENTITIES: Mapping[ListingKind, type[Part]] = MappingProxyType(
    {
        ListingKind.ORGANIZATION: Organization,
        ListingKind.SERVICE: Service,
        ListingKind.LOCATION: Location,
        ListingKind.TAXONOMY: Taxonomy,
        ListingKind.TAXONOMY_TERM: TaxonomyTerm,
    }
)


def checked(kind: ListingKind, document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as it may be stored and published: sanitised, with ids, in the standard's form.

    The one way in: whatever enters the directory comes through here.

    Args:
        kind: what it is.
        document: as it was sent, or as a feed had it once its own defects are repaired.

    Returns:
        Plain values of JSON: no HTML in any text, nothing null or empty, and every part with an
        id; the ids that were missing are made of their owner's id and what the part says.

    Raises:
        ValidationError: it breaks a rule of the standard; says where.
        ValueError: it is nested too deep, or holds what JSON cannot.
    """
    entity = ENTITIES[kind].model_validate(with_ids(cleaned(document)))
    return entity.model_dump(mode="json", exclude_none=True, exclude_unset=True)


def readable(kind: ListingKind, document: Mapping[str, Any]) -> dict[str, Any]:
    """The same for what staff enter: everything that is wrong is told, field by field.

    Args:
        kind: what it is.
        document: as it was sent.

    Returns:
        As ``checked`` gives it.

    Raises:
        RuleBroken: it cannot be read, or breaks rules of the standard.
    """
    try:
        return checked(kind, document)
    except ValidationError as error:
        faults = [
            plainly({**each, "loc": ("body", "document", *each["loc"])}) for each in error.errors()
        ]
        refusal = RuleBroken("#/document", "document-invalid", "See errors, field by field.")
        refusal.faults[:] = faults
        raise refusal from None
    except ValueError as error:
        raise RuleBroken("#/document", "document-unreadable", str(error)) from None


def columns_of(document: Mapping[str, Any]) -> dict[str, date | None]:
    """What a listing's columns say of its document: from when, until when, assured when.

    Args:
        document: checked; ``valid_from`` and ``valid_until`` are keys of our own.

    Returns:
        By name of the column; None where the document does not say.
    """
    return {
        "valid_from": day_of(document.get("valid_from")),
        "valid_until": day_of(document.get("valid_until")),
        "assured_on": day_of(document.get("assured_date")),
    }


def with_ids(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, with an id for each part of a list that has none.

    Args:
        document: clean, with its own id.

    Returns:
        A copy. A part's new id is the UUIDv5 of what it says, in the namespace of the id of the
        thing that holds it, so that the same part has the same id each time.
    """
    owner = str(document.get("id", ""))
    return {name: _with_ids(name, value, owner) for name, value in document.items()}


def _with_ids(name: str, value: Any, owner: str) -> Any:
    if name in EMBEDDED and isinstance(value, dict):
        return with_ids(value)
    if name not in LISTS or not isinstance(value, list):
        return value
    return [_named(each, owner) if isinstance(each, dict) else each for each in value]


def _named(part: dict[str, Any], owner: str) -> dict[str, Any]:
    if "id" in part:
        return with_ids(part)
    try:
        namespace = UUID(owner)
    except ValueError:
        return part  # its owner is refused for its own id
    return with_ids({"id": str(uuid5(namespace, canonical(part).decode()))} | part)


HOLDING: tuple[type[Part], ...] = (*ENTITIES.values(), ServiceAtLocation, Contact, Phone)

# The lists whose items have ids by the standards; what else a feed has is left as it is.
LISTS = frozenset(
    name
    for entity in HOLDING
    for name, field in entity.model_fields.items()
    if "list[" in str(field.annotation)
)

EMBEDDED = frozenset({"organization", "service", "location", "program", "taxonomy_term"})


def canonical(document: Mapping[str, Any]) -> bytes:
    """A document's one form in bytes: names in order, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
