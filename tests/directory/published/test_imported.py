"""What feeds of others said is published as the standards have it, whatever the feeds' defects."""

import asyncio
import json

import pytest
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.directory.imports.cli import origin_of, run
from checkpoint.directory.references import pathway_terms
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from conftest import NOON, SHARED, Clients
from directory.published.test_conformance import FOLDERS, judged, typed
from feeding import a_page, a_service, an_id, imported, items_in, written

REAL = SHARED / "data" / "oruk" / "feeds" / "bristol-services-page1.redacted.json"
(PATHWAY, _), *_ = pathway_terms().items()
PLACE = {"id": an_id("place"), "description": "A place", "location": {
    "id": an_id("location"), "location_type": "virtual"}}  # fmt: skip


def term(word, **more):
    return {"id": f"own/{word}", "name": word, **more}


def feed():
    """Made-up services with the defects of real ones."""
    attributes = [
        {"taxonomy_term": term("bare")},
        {"id": "a1", "taxonomy_term": term("whole", description="W", taxonomy="Own",
            taxonomy_detail={"id": "own", "name": "Own"}, parent_id="own/bare", code="")},
        {"id": "a1", "value": "the same id, something else", "taxonomy_term": term("whole")},
        {"id": "a2", "taxonomy_term": {"name": "no id"}},
        {"id": "a3", "taxonomy_term": "no object"},
        {"id": "a4", "taxonomy_term_id": str(PATHWAY), "link_type": "", "x": None},
        {"id": "a5", "taxonomy_term": {"id": str(PATHWAY), "name": "another name"}},
        "no object",
    ]  # fmt: skip
    return [
        a_service("doubled", attributes=attributes, service_at_locations=[
            PLACE, PLACE | {"description": "Another place"}, PLACE]),
        a_service("also", service_at_locations=[PLACE | {"description": "A third place"}],
            attributes=[{"id": "a1", "taxonomy_term": term("bare", description="The fullest")}]),
        a_service("worn", last_modified="2025-01-01T10:00:00", url="www.council.gov.uk",
            email="x@noemail.invalid", minimum_age=-1, maximum_age="99", assured_date="01/02/2025",
            description="<h1>About</h1><script>alert(1)</script>", pc_metadata={"a": [], "b": 1},
            assurer_email="testperson@council.gov.uk", alternate_name=None, fees="",
            contacts=[{"id": "c", "name": "Testperson"}, {"phones": [{"number": "01"}]}],
            schedules=[{"freq": "weekly", "opens_at": "9:00", "dtstart": "2025-01-01T00:00:00"}],
            service_areas=[{"name": "Durham", "uri": "http://www.example.com"}],
            cost_options=[{"amount": "5.50"}, {"serviceId": "b", "option": "free"}],
            languages=[{"code": "pl"}, {"name": "Polish", "code": "pl", "note": ""}]),
        a_service("nowhere", service_at_locations=[{"id": "s1", "location": {"id": "l1"}},
            {"id": "s2", "location_id": "not there"}, {"id": "s2", "location": {"id": "l2",
                "addresses": [{"postal_code": "DH1 1AA"}, {"address_1": "no postcode"}]}}]),
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["made up", "real"])
async def reader(request, anyio_backend, make_database, tmp_path_factory):
    """Somebody without a token, where only what a feed said is published."""
    if request.param == "real" and not REAL.exists():
        pytest.skip("the published feed is not beside the project")
    url, folder = await asyncio.to_thread(make_database), tmp_path_factory.mktemp("imported")
    made_up = request.param == "made up"
    path = written(folder / "feed.json", a_page(feed())) if made_up else REAL
    settings = Settings(
        environment=Environment.DEVELOPMENT, database_url=SecretStr(url), data_folder=folder,
        requests_per_minute=1_000_000,
    )  # fmt: skip
    app, engine = create_app(settings), engine_for(url, role=OWNER_ROLE, pool_size=2)
    app.state.publishing.clock = lambda: NOON
    told = await run(engine, str(path), origin_of(str(path), "feed"), None,
                     dry_run=False, report=folder / "report.csv")  # fmt: skip
    assert not told.outcomes.get("rejected")
    clients = Clients(app)
    client = clients.bare()
    client.base_url = "http://house/open-referral/v3"
    client.report = (folder / "report.csv").read_text()
    client.made_up = made_up
    yield client
    await client.aclose()
    for each in (engine, app.state.engine, app.state.publishing.engine):
        await each.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("base", FOLDERS, ids=FOLDERS.values())
async def test_what_was_imported_is_valid_by_the_standards(reader, base):
    assert {("services", False), ("organizations", False)} <= await judged(base, reader)


async def test_what_was_imported_is_as_our_own_types_say(reader):
    assert await typed(reader) > 10


async def test_what_a_feed_says_beside_the_standard_is_said_again(reader):
    services = (await reader.get("/services?full=true")).json()["contents"]
    said = [each["pc_metadata"] for each in services if "pc_metadata" in each]
    assert said == [{"b": 1}] if reader.made_up else said
    assert "Testperson" not in json.dumps(services)


async def test_ids_that_stand_twice_are_told_apart_and_told_of(reader):
    places = (await reader.get("/service_at_locations?full=true")).json()["contents"]
    assert len({each["id"] for each in places}) == len(places)
    for place in places:
        one = (await reader.get(f"/service_at_locations/{place['id']}")).json()
        assert one.get("description") == place.get("description")
    if not reader.made_up:
        return
    said = {each["description"] for each in places if "description" in each}
    assert said == {"A place", "Another place", "A third place"}
    notes = reader.report
    assert "/service_at_locations/1/id: stands there twice" in notes
    assert "/service_at_locations/2: stands there twice; left out once" in notes
    assert "/service_at_locations: an id that another service's place has" in notes
    assert "/attributes/2/id: stands there twice" in notes
    whole = (await reader.get(f"/services/{an_id('doubled', 'service')}")).json()
    terms = [each["taxonomy_term"]["name"] for each in whole["attributes"] if
             "taxonomy_term" in each]  # fmt: skip
    assert terms[:3] == ["bare", "whole", "whole"]
    assert "another name" not in terms
    terms = (await reader.get("/taxonomy_terms")).json()["contents"]
    assert {each["name"]: each["description"] for each in terms}["bare"] == "The fullest"


async def test_a_place_of_another_source_keeps_its_id(owner):
    service = a_service("first", service_at_locations=[PLACE])
    await imported(owner, "first", items_in([service]))
    again = a_service("second", service_at_locations=[PLACE])
    told, rows = await imported(owner, "second", items_in([again]))
    (row,) = [row for row in rows if row.kind == "service"]
    assert told.outcomes["repaired"] == 1
    assert any("another service's place" in note for note in row.notes)
    told, _ = await imported(owner, "second", items_in([again]))
    assert not told.changed
    assert json.dumps(told.changes) == json.dumps({"unchanged": 3})
