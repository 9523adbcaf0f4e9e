"""A made-up directory, put straight into its tables: what is published of it is known by heart."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import sqlalchemy as sa

from checkpoint.directory.entities import checked, digest_of
from checkpoint.directory.indexing import index_all
from checkpoint.directory.states import ListingKind, ListingState
from checkpoint.directory.tables import DirectoryCapacity, DirectoryListing
from checkpoint.foundation.database import executed, insert, transaction

SPACE = UUID("6c1f8bd0-1d52-4c0b-9d0a-2f3f5a1c7e11")
CHANGED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def an_id(name):
    """The same id for the same name, each time."""
    return uuid5(SPACE, name)


def known_as(name):
    return str(an_id(name))


async def shelve(session, kind, name, document, **columns):
    """One listing, checked as the room checks whatever comes in."""
    kind = ListingKind(kind)
    document = checked(kind, {"id": known_as(name)} | document)
    state = columns.get("state", ListingState.LISTED)
    values = {
        "id": an_id(name),
        "source": "local",
        "kind": kind,
        "external_id": name,
        "document": document,
        "digest": digest_of(document),
        "state": state,
        "last_modified": CHANGED,
    }
    if kind is ListingKind.SERVICE and "organization_id" in document:
        values["organization_id"] = UUID(document["organization_id"])
    for column in ("taxonomy_id", "parent_id") if kind is ListingKind.TAXONOMY_TERM else ():
        values[column] = UUID(document[column]) if column in document else None
    await insert(session, DirectoryListing(**values | columns))


def classified_by(term):
    return {
        "link_type": "pathway",
        "link_entity": "service",
        "taxonomy_term_id": known_as(term),
    }


def at(*places):
    """Where a service is given; each with an id of its own and its own opening hours."""
    return [
        {
            "id": known_as(f"at {place} of {number}"),
            "location_id": known_as(place),
            "schedules": [
                {"freq": "WEEKLY", "byday": "TU", "opens_at": "10:00", "closes_at": "12:00"}
            ],
        }
        for number, place in places
    ]


PHONES = [{"number": "0191 496 0000", "languages": [{"name": "English", "code": "en"}]}]
ADDRESS = {
    "address_1": "1 Example Street",
    "city": "Durham",
    "state_province": "County Durham",
    "country": "GB",
    "address_type": "physical",
}
RICH = {
    "alternate_name": "The Bridge",
    "description": "Help with alcohol, for anybody over 18.",
    "url": "https://bridge.example/alcohol",
    "email": "alcohol@bridge.example",
    "status": "active",
    "application_process": "Come on a Tuesday.",
    "eligibility_description": "Adults of County Durham.",
    "fees": "None.",
    "accreditations": "None.",
    "minimum_age": 18,
    "maximum_age": 99,
    "assured_date": "2026-02-01",
    "assurer_email": "somebody@bridge.example",
    "alert": "Closed at Easter.",
    "last_modified": "2026-03-01T09:30:00+00:00",
    "x_vendor": {"kept": ["as", "it", "is"]},
    "phones": PHONES,
    "schedules": [
        {
            "valid_from": "2026-01-01",
            "freq": "WEEKLY",
            "byday": "MO,WE",
            "opens_at": "09:00",
            "closes_at": "17:00",
        }
    ],
    "service_areas": [{"name": "DH1, DH7", "uri": "https://areas.example/durham"}],
    "languages": [{"name": "English", "code": "en"}],
    "funding": [{"source": "The partnership"}],
    "cost_options": [{"option": "A session", "amount": 0, "currency": "GBP"}],
    "required_documents": [{"document": "None"}],
    "contacts": [
        {"name": "Testperson Somebody", "email": "somebody@bridge.example"},
        {"title": "The front desk", "phones": PHONES},
    ],
    "metadata": [
        {
            "last_action_date": "2026-02-01",
            "last_action_type": "update",
            "field_name": "name",
            "previous_value": "Bridge",
            "replacement_value": "The Bridge",
            "updated_by": "Testperson Somebody",
        }
    ],
    "program": {
        "id": str(uuid5(SPACE, "program")),
        "name": "Turning",
        "description": "A programme of the provider's own.",
    },
}


async def stock(engine):
    """Two organisations that are published and one that is not, their places, terms and services."""
    async with transaction(engine) as session:
        put = lambda *args, **columns: shelve(session, *args, **columns)  # noqa: E731
        await _taxonomies(put)
        await _organizations(put)
        await _locations(put)
        await _services(put)
        await index_all(session, at=CHANGED)
        await executed(
            session,
            DirectoryCapacity.__table__.insert(),
            {"service_id": an_id("alcohol"), "maximum": 10, "held": 4, "updated_at": CHANGED},
        )


async def _taxonomies(put):
    told = {"description": "For tests.", "uri": "https://terms.example/", "version": "1"}
    await put("taxonomy", "pathways", told | {"name": "Critical pathways"})
    await put("taxonomy", "other", {"name": "Other terms", "description": "For tests."})
    for name, parent, taxonomy in (
        ("drugs-and-alcohol", None, "pathways"),
        ("drink", "drugs-and-alcohol", "pathways"),
        ("housing", None, "pathways"),
        ("shelter", None, "other"),
        ("gone-term", None, "other"),
    ):
        document = {"name": name, "description": "For tests.", "taxonomy_id": known_as(taxonomy)}
        document |= {"parent_id": known_as(parent)} if parent else {}
        state = ListingState.WITHDRAWN if name == "gone-term" else ListingState.LISTED
        await put("taxonomy_term", name, document, state=state)


async def _organizations(put):
    whole = {
        "name": "Bridge",
        "description": "A charity.",
        "email": "office@bridge.example",
        "website": "https://bridge.example/",
        "uri": "https://bridge.example/id",
        "parent_organization_id": known_as("closed"),
        "organization_identifiers": [{"identifier_type": "GB-CHC", "identifier": "0000000"}],
        "attributes": [classified_by("housing")],
        "phones": PHONES,
    }
    await put("organization", "bridge", whole)
    await put("organization", "haven", {"name": "Häven", "description": "Another 100% charity."})
    closed = {"name": "Closed", "description": "It is no more."}
    await put("organization", "closed", closed, state=ListingState.WITHDRAWN)


async def _locations(put):
    for name, postcode, latitude, longitude in (
        ("palace", "DH1 3AF", 54.7761, -1.5754),
        ("station", "DH1 4RB", 54.7793, -1.5816),
        ("far", "DL1 5QB", 54.5257, -1.5530),
    ):
        document = {
            "location_type": "physical",
            "name": name,
            "latitude": latitude,
            "longitude": longitude,
            "addresses": [ADDRESS | {"postal_code": postcode}],
            "accessibility": [{"description": "A ramp", "url": "https://bridge.example/ramp"}],
        }
        await put("location", name, document)
    hidden = {"location_type": "virtual", "name": "hidden"}
    await put("location", "hidden", hidden, state=ListingState.VANISHED)


async def _services(put):
    def a_service(name, provider="bridge", **more):
        document = {"name": name.title(), "status": "active", "organization_id": known_as(provider)}
        return document | more

    whole = RICH | {
        "attributes": [classified_by("drink"), classified_by("gone-term")],
        "service_at_locations": at((1, "palace"), (1, "far"), (1, "hidden")),
    }
    await put("service", "alcohol", a_service("Alcohol support", **whole))
    await put(
        "service",
        "rooms",
        a_service(
            "Rooms",
            "haven",
            description="Somewhere to sleep.",
            attributes=[classified_by("housing"), classified_by("shelter")],
            service_at_locations=at((2, "station")),
            service_areas=[{"name": "DL1 and elsewhere"}],
        ),
        last_modified=datetime(2026, 6, 1, tzinfo=UTC),
    )
    areas = [{"name": "DL1, DL3"}]
    places = at((3, "far"))
    await put(
        "service", "debt", a_service("Debt", service_areas=areas, service_at_locations=places)
    )
    left = at((4, "palace"))
    gone = a_service("Gone", service_at_locations=left)
    await put("service", "gone", gone, state=ListingState.WITHDRAWN)
    await put("service", "vanished", a_service("Vanished"), state=ListingState.VANISHED)
    await put("service", "over", a_service("Over"), valid_until=date(2026, 11, 2))
    await put("service", "early", a_service("Early"), valid_from=date(2026, 11, 4))
    await put("service", "orphan", a_service("Orphan", "closed"))
    last = date(2026, 11, 3)
    await put("service", "last-day", a_service("Last day"), valid_from=last, valid_until=last)


SHOWN = ("alcohol", "rooms", "debt", "last-day")


async def touch(engine):
    """A change of no consequence, which makes another edition."""
    async with transaction(engine) as session:
        await executed(session, sa.text("UPDATE directory_capacity SET held = held"), {})
