"""Which table of the HSDS tabular package holds what, and whose it is. Pure.

Source: HSDS 3.0, datapackage.json; HSDS 3.1 for capacities.
"""

from dataclasses import dataclass

from checkpoint.directory.entities import (
    Location,
    Organization,
    Service,
    ServiceAtLocation,
)
from checkpoint.directory.imports.shapes import LISTED, shape_of
from checkpoint.directory.parts import (
    Accessibility,
    Address,
    Attribute,
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
from checkpoint.directory.states import ListingKind

# Holds, as JSON, what the standard has no column for.
EXTENSION = "extension"
# By which an attribute names what it is of, whatever that is.
LINK = "link_id"


@dataclass(frozen=True)
class Table:
    """One table: its file, what a row is, and which columns name what a row belongs to."""

    name: str
    word: str
    model: type[Part]
    owners: dict[str, str]

    @property
    def listing(self) -> ListingKind | None:
        return LISTED.get(self.model)


def _table(name: str, word: str, model: type[Part], *owners: str) -> Table:
    return Table(name, word, model, {f"{owner}_id": owner for owner in owners})


TABLES = (
    _table("organizations", "organization", Organization),
    _table("programs", "program", Program, "organization"),
    _table("services", "service", Service),
    _table("locations", "location", Location),
    _table("service_at_location", "service_at_location", ServiceAtLocation, "service"),
    _table("addresses", "address", Address, "location"),
    _table("contacts", "contact", Contact,
           "organization", "service", "service_at_location", "location"),
    _table("phones", "phone", Phone,
           "location", "service", "organization", "contact", "service_at_location"),
    _table("schedules", "schedule", Schedule, "service", "location", "service_at_location"),
    _table("service_areas", "service_area", ServiceArea, "service"),
    _table("funding", "funding", Funding, "organization", "service"),
    _table("accessibility", "accessibility", Accessibility, "location"),
    _table("cost_options", "cost_option", CostOption, "service"),
    _table("languages", "language", Language, "service", "location", "phone"),
    _table("required_documents", "required_document", RequiredDocument, "service"),
    _table("organization_identifiers", "organization_identifier", OrganizationIdentifier,
           "organization"),
    _table("service_capacities", "service_capacity", ServiceCapacity, "service"),
    Table("attributes", "attribute", Attribute, {LINK: ""}),
    _table("taxonomies", "taxonomy", Taxonomy),
    _table("taxonomy_terms", "taxonomy_term", TaxonomyTerm),
)  # fmt: skip
WORDS = {table.word: table for table in TABLES}
# In which list of a part stand the rows of a table that name it: (part, row) to list.
LINKS = {
    (table.word, shape_of(inner).word): name
    for table in TABLES
    for name, inner in shape_of(table.model).lists.items()
    if inner not in LISTED and shape_of(inner).word in WORDS
}
