"""What listings are made of, in the words of HSDS 3.0 and Open Referral UK 3.0. Pure.

Terms stand here and not beside the other entities, since an attribute may hold one.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from checkpoint.directory.values import (
    ClockTime,
    Day,
    Email,
    Id,
    ModifiedAt,
    Number,
    Uri,
    WebAddress,
    Words,
)


class Part(BaseModel):
    """Anything with an id of its own. What the standards do not name is kept."""

    model_config = ConfigDict(
        extra="allow", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    id: Id


class Change(Part):
    """HSDS ``metadata``: what was changed, as the publisher tells it."""

    resource_id: Id | None = None
    resource_type: Words | None = None
    last_action_date: Words
    last_action_type: Words
    field_name: Words
    previous_value: Words
    replacement_value: Words
    updated_by: Words


class Described(Part):
    """What may tell of its own changes."""

    metadata: list[Change] | None = None


class Taxonomy(Described):
    name: Words
    description: Words
    uri: Uri | None = None
    version: Words | None = None
    taxonomy_terms: "list[TaxonomyTerm] | None" = None


class TaxonomyTerm(Described):
    code: Words | None = None
    name: Words
    description: Words
    parent_id: Id | None = None
    taxonomy: Words | None = None
    taxonomy_detail: Taxonomy | None = None
    language: Words | None = None
    taxonomy_id: Id | None = None
    term_uri: Uri | None = None


class Attribute(Described):
    link_id: Id | None = None
    taxonomy_term_id: Id | None = None
    link_type: Words | None = None
    link_entity: Words | None = None
    value: Words | None = None
    taxonomy_term: TaxonomyTerm | None = None


class Classified(Described):
    """What may be classified by terms of a taxonomy."""

    attributes: list[Attribute] | None = None


class Language(Classified):
    service_id: Id | None = None
    location_id: Id | None = None
    phone_id: Id | None = None
    name: Words | None = None
    code: Words | None = None
    note: Words | None = None


class Phone(Classified):
    location_id: Id | None = None
    service_id: Id | None = None
    organization_id: Id | None = None
    contact_id: Id | None = None
    service_at_location_id: Id | None = None
    number: Words
    extension: Number | None = None
    type: Words | None = None
    description: Words | None = None
    languages: list[Language] | None = None


class Contact(Classified):
    organization_id: Id | None = None
    service_id: Id | None = None
    service_at_location_id: Id | None = None
    location_id: Id | None = None
    name: Words | None = None
    title: Words | None = None
    department: Words | None = None
    email: Email | None = None
    phones: list[Phone] | None = None


class Schedule(Classified):
    service_id: Id | None = None
    location_id: Id | None = None
    service_at_location_id: Id | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    dtstart: Day | None = None
    timezone: Number | None = None
    until: Day | None = None
    count: Number | None = None
    wkst: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] | None = None
    freq: Literal["WEEKLY", "MONTHLY"] | None = None
    interval: Number | None = None
    byday: Words | None = None
    byweekno: Words | None = None
    bymonthday: Words | None = None
    byyearday: Words | None = None
    description: Words | None = None
    opens_at: ClockTime | None = None
    closes_at: ClockTime | None = None
    schedule_link: WebAddress | None = None
    attending_type: Words | None = None
    notes: Words | None = None


class Funding(Classified):
    organization_id: Id | None = None
    service_id: Id | None = None
    source: Words | None = None


class CostOption(Classified):
    service_id: Id | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    option: Words | None = None
    currency: Words | None = None
    amount: Number | None = None
    amount_description: Words | None = None


class ServiceArea(Classified):
    service_id: Id | None = None
    name: Words | None = None
    description: Words | None = None
    extent: Words | None = None
    extent_type: Words | None = None
    uri: Uri | None = None


class RequiredDocument(Classified):
    service_id: Id | None = None
    document: Words | None = None
    uri: Uri | None = None


class Unit(Classified):
    name: Words
    scheme: Words | None = None
    identifier: Words | None = None
    uri: Uri | None = None


class ServiceCapacity(Classified):
    """How many places are free; from HSDS 3.1."""

    service_id: Id | None = None
    unit: Unit
    unit_id: Id | None = None
    available: Number
    maximum: Number | None = None
    description: Words | None = None
    updated: ModifiedAt


class Program(Classified):
    organization_id: Id | None = None
    name: Words
    alternate_name: Words | None = None
    description: Words


class OrganizationIdentifier(Classified):
    organization_id: Id | None = None
    identifier_scheme: Words | None = None
    identifier_type: Words
    identifier: Words


class Accessibility(Classified):
    location_id: Id | None = None
    description: Words | None = None
    details: Words | None = None
    url: WebAddress | None = None


class Address(Classified):
    location_id: Id | None = None
    attention: Words | None = None
    address_1: Words
    address_2: Words | None = None
    city: Words
    region: Words | None = None
    state_province: Words
    postal_code: Words
    country: Words
    address_type: Literal["physical", "postal", "virtual"]
