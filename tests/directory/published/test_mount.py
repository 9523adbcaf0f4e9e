import json
import os
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from checkpoint.access.budgets import TooManyRequests
from checkpoint.directory.published import guarding, lookups, queries
from checkpoint.directory.published.lookups import READER_ROLE
from conftest import NOON, at_server
from shelving import SHOWN, known_as, touch

HIDDEN = ("vanished", "over", "early", "orphan")
NAMES = {known_as(name): name for name in SHOWN}


async def found(stranger, path, **params):
    answer = await stranger.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["contents"]


async def services(stranger, **params):
    return {NAMES[each["id"]] for each in await found(stranger, "/services", **params)}


async def places(stranger, **params):
    listed = await found(stranger, "/service_at_locations", **params)
    names = {
        known_as(f"at {p} of {n}"): f"{p} {n}"
        for p in ("palace", "station", "far")
        for n in (1, 2, 3)
    }
    return {names[each["id"]] for each in listed}


async def test_only_listings_that_stand_today_are_shown(stranger):
    assert await services(stranger) == {*SHOWN}
    for name in HIDDEN:
        answer = await stranger.get(f"/services/{known_as(name)}")
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "listing-not-found")
    for path in (
        f"/services/{known_as('gone')}",
        f"/organizations/{known_as('closed')}",
        f"/taxonomy_terms/{known_as('gone-term')}",
        f"/service_at_locations/{known_as('at palace of 4')}",
    ):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["errorCode"]) == (410, "listing-gone")
    for path in (f"/services/{known_as('bridge')}", f"/service_at_locations/{known_as('alcohol')}"):
        assert (await stranger.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"search": "ALCOHOL help"}, {"alcohol"}),
        ({"search": "alcohol nothing"}, set()),
        ({"search": "%"}, set()),
        ({"search": ""}, {*SHOWN}),
        ({"taxonomy_term_id": known_as("drink")}, {"alcohol"}),
        ({"taxonomy_term_id": known_as("gone-term")}, set()),
        ({"taxonomy_id": known_as("pathways")}, {"alcohol", "rooms"}),
        ({"taxonomy_id": known_as("other")}, {"rooms"}),
        ({"organization_id": known_as("haven")}, {"rooms"}),
        ({"modified_after": "2026-06-01T00:00:00Z"}, {"rooms"}),
        ({"modified_after": "2026-06-02"}, set()),
        ({"taxonomy_id": known_as("pathways"), "organization_id": known_as("bridge")}, {"alcohol"}),
        ({"taxonomy_id": known_as("other"), "organization_id": known_as("bridge")}, set()),
    ],
)
async def test_conditions_add_up(stranger, params, expected):
    assert await services(stranger, **params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, {"palace 1", "far 1", "station 2", "far 3"}),
        ({"postcode": "DH1 3AF"}, {"palace 1", "far 1", "station 2"}),
        ({"postcode": "DL3"}, {"far 3"}),
        ({"postcode": "DL1 5QB"}, {"far 3"}),
        ({"postcode": "DH1 3AF", "proximity": "300"}, {"palace 1"}),
        ({"postcode": "DH1 3XX", "proximity": "1000"}, {"palace 1", "station 2"}),
        ({"postcode": "DH1", "proximity": "400"}, {"palace 1", "station 2"}),
        ({"postcode": "DL1 5QB", "proximity": "50000"}, {"station 2", "far 3"}),
        ({"postcode": "DH1 3AF", "proximity": "1000", "search": "sleep"}, {"station 2"}),
        ({"taxonomy_id": known_as("other")}, {"station 2"}),
        ({"minimal": "true", "organization_id": known_as("haven")}, {"station 2"}),
    ],
)
async def test_places_are_found_by_postcode_and_distance(stranger, params, expected):
    assert await places(stranger, **params) == expected


async def test_terms_are_found_by_their_place_in_a_taxonomy(stranger):
    async def terms(**params):
        return {each["name"] for each in await found(stranger, "/taxonomy_terms", **params)}

    assert await terms(taxonomy_id=known_as("pathways")) >= {
        "drugs-and-alcohol",
        "drink",
        "housing",
    }
    assert await terms(parent_id=known_as("drugs-and-alcohol")) == {"drink"}
    top = {"drugs-and-alcohol", "housing"}
    assert await terms(taxonomy_id=known_as("pathways"), top_only="true") == top
    assert await terms(search="shelter", taxonomy_id=known_as("pathways")) == set()
    (taxonomy,) = await found(stranger, "/taxonomies", search="critical pathways for tests")
    assert taxonomy["id"] == known_as("pathways")
    whole = (await stranger.get(f"/taxonomies/{taxonomy['id']}")).json()
    assert {each["name"] for each in whole["taxonomy_terms"]} == {"drink"} | top


async def test_each_form_holds_what_the_standard_says(stranger):
    (least,) = await found(stranger, "/services", minimal="true", search="alcohol")
    assert least.keys() == {"id", "name", "status", "last_modified"}
    (short,) = await found(stranger, "/services", search="alcohol")
    assert {name for name, value in short.items() if isinstance(value, list | dict)} == {
        "organization"
    }
    (whole,) = await found(stranger, "/services", search="alcohol", full="true")
    assert whole == (await stranger.get(f"/services/{known_as('alcohol')}")).json()
    assert whole["capacities"][0] | {"available": 6, "maximum": 10} == whole["capacities"][0]
    assert "x_vendor" not in whole
    assert [each["location"]["name"] for each in whole["service_at_locations"]] == ["palace", "far"]
    assert "Testperson" not in json.dumps(whole)
    assert "somebody@" not in json.dumps(whole)
    assert whole["eligibility_description"] == "Adults of County Durham."
    assert whole["organization"].get("parent_organization_id") is None


async def test_organisations_come_with_what_they_provide_if_asked(stranger):
    at = f"/organizations/{known_as('bridge')}"
    plain = {each["id"]: each for each in await found(stranger, "/organizations")}
    assert plain.keys() == {known_as("bridge"), known_as("haven")}
    assert "services" not in plain[known_as("bridge")]
    one = (await stranger.get(at)).json()
    assert {each["name"] for each in one["services"]} == {"Alcohol Support", "Debt", "Last Day"}
    assert all("phones" not in each for each in one["services"])
    whole = (await stranger.get(at, params={"full_service": "true"})).json()
    assert any("phones" in each for each in whole["services"])
    lists = [
        await found(stranger, "/organizations", full="true", full_service=text)
        for text in ("false", "true")
    ]
    assert [next(each for each in listed if each["name"] == "Bridge") for listed in lists] == [
        one,
        whole,
    ]
    (haven,) = await found(stranger, "/organizations", search="HAVEN", full_service="true")
    assert haven["services"][0]["service_at_locations"]


async def test_pages_hold_every_listing_once_in_one_order(stranger):
    whole = [each["id"] for each in await found(stranger, "/services")]
    assert whole == sorted(whole)
    seen, links = [], "/services?per_page=3"
    for number in (1, 2):
        answer = await stranger.get(links)
        page = answer.json()
        assert (page["page_number"], page["total_items"], page["total_pages"]) == (number, 4, 2)
        assert (page["first_page"], page["last_page"]) == (number == 1, number == 2)
        seen += [each["id"] for each in page["contents"]]
        links = answer.links.get("next", {}).get("url", "").removeprefix("/open-referral/v3")
    assert seen == whole
    beyond = (await stranger.get("/services?per_page=3&page=3")).json()
    assert (beyond["empty"], beyond["contents"], beyond["size"]) == (True, [], 0)


async def test_a_stream_holds_every_listing_in_a_line(stranger):
    for path in (
        "/services",
        "/service_at_locations",
        "/organizations",
        "/taxonomies",
        "/taxonomy_terms",
    ):
        answer = await stranger.get(path, params={"format": "ndjson", "per_page": 1})
        assert answer.headers["content-type"] == "application/x-ndjson"
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines == await found(stranger, path, per_page=100)
        tag = {"If-None-Match": answer.headers["etag"]}
        again = await stranger.get(path, params={"format": "ndjson", "per_page": 1}, headers=tag)
        assert again.status_code == 304
    head = await stranger.head("/services?format=ndjson")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/services?serach=x", "query:serach"),
        ("/services?page=0", "query:page"),
        ("/services?page=x", "query:page"),
        ("/services?per_page=0", "query:per_page"),
        ("/services?format=xml", "query:format"),
        ("/services?taxonomy_id=seven", "query:taxonomy_id"),
        ("/services?modified_after=yesterday", "query:modified_after"),
        ("/services?modified_after=0001-01-01", "query:modified_after"),
        ("/services?search=a&search=b", "query:search"),
        ("/services?search=" + "+".join("abcdefghijklm"), "query:search"),
        ("/services?minimal=true&full=true", "query:full"),
        ("/services?minimal=perhaps", "query:minimal"),
        ("/services?format=ndjson&page=2", "query:format"),
        ("/service_at_locations?proximity=10", "query:proximity"),
        ("/service_at_locations?postcode=nowhere", "query:postcode"),
        ("/service_at_locations?postcode=DH1&proximity=-1", "query:proximity"),
        ("/service_at_locations?postcode=DH1&proximity=inf", "query:proximity"),
        ("/service_at_locations?postcode=DH1&proximity=near", "query:proximity"),
        ("/service_at_locations?postcode=DH1&proximity=200000", "query:proximity"),
        ("/service_at_locations?postcode=ZE1&proximity=1000", "query:postcode"),
        ("/service_at_locations?postcode=ZE1", "query:postcode"),
        ("/services/not-an-id", "path:id"),
        (f"/services/{known_as('alcohol')}?full=true", "query:full"),
        ("/?a=b", "query:a"),
    ],
)
async def test_what_cannot_be_understood_is_refused_with_its_place(stranger, path, pointer):
    answer = await stranger.get(path)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["errors"][0]
    assert fault["pointer"] == pointer
    assert fault["code"]
    assert fault["detail"].endswith(".")
    assert "agreed form" not in fault["detail"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_distance_from_nowhere_is_refused(stranger):
    answer = await stranger.get("/service_at_locations?postcode=ZE1&proximity=1000")
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "postcode-unknown")


async def test_every_answer_is_open_to_every_origin(stranger):
    origin = {"Origin": "https://anywhere.example", "Access-Control-Request-Method": "GET"}
    answers = [await stranger.request(method, path, headers=origin) for method, path, _ in ANSWERS]
    assert [answer.status_code for answer in answers] == [status for _, _, status in ANSWERS]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert answer.headers["x-request-id"]
    assert answers[0].headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


ANSWERS = [
    ("OPTIONS", "/services", 204),
    ("OPTIONS", "/nowhere", 204),
    ("GET", "", 200),
    ("GET", "/", 200),
    ("HEAD", "/services", 200),
    ("GET", "/docs", 200),
    ("GET", "/docs/static/swagger-ui.css", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/nowhere", 404),
    ("GET", "/services/", 404),
    ("POST", "/services", 405),
    ("DELETE", "/services", 405),
    ("GET", "/services?search=%00", 400),
    ("GET", "/services/%0A", 400),
    ("GET", "/services?search=" + "x" * 2_000, 400),
]


async def test_the_base_address_says_which_standard_this_is(stranger):
    for path in ("", "/"):
        answer = await stranger.get(path)
        assert answer.json()["version"] == "HSDS-UK-3.0"
    document = (await stranger.get(answer.json()["openapi_url"])).json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/open-referral/v3"}]


async def test_an_answer_is_304_until_the_directory_changes_or_the_day_does(stranger, open_app):
    publishing = open_app.state.publishing
    path = f"/services/{known_as('alcohol')}"
    first = await stranger.get(path)
    held = {"If-None-Match": first.headers["etag"]}
    assert first.headers["cache-control"] == "public, max-age=60"
    for method in ("GET", "HEAD"):
        again = await stranger.request(method, path, headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert (await stranger.get(path, headers={"If-None-Match": "*"})).status_code == 304
    gone = f"/services/{known_as('gone')}"
    assert (await stranger.get(gone, headers={"If-None-Match": "*"})).status_code == 410
    assert (await stranger.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
    publishing.clock = lambda: NOON + timedelta(days=1)
    tomorrow = await stranger.get(path, headers=held)
    publishing.clock = lambda: NOON
    assert tomorrow.status_code == 200
    await touch(open_app.state.engine)
    publishing.editions._read_at = float("-inf")
    changed = await stranger.get(path, headers=held)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert changed.content == first.content


async def test_a_conditional_request_reads_no_listing(stranger, open_app):
    said = []
    engine = open_app.state.publishing.engine.sync_engine
    first = await stranger.get("/services")
    sa.event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    open_app.state.publishing.editions._read_at = float("-inf")
    for _ in range(3):
        again = await stranger.get("/services", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
    assert len(said) == 1
    assert "directory_edition" in said[0]
    assert "directory_listing" not in said[0]


async def test_what_changes_today_is_seen_today(stranger, open_app):
    whole = await services(stranger)
    open_app.state.publishing.clock = lambda: NOON + timedelta(days=1)
    tomorrow = {each["name"] for each in await found(stranger, "/services")}
    open_app.state.publishing.clock = lambda: NOON
    assert "last-day" in whole
    assert tomorrow == {"Alcohol Support", "Rooms", "Debt", "Early"}


async def test_a_token_is_neither_read_nor_logged_and_no_entry_is_written(
    stranger, open_app, capsys
):
    count = "SELECT count(*) FROM audit_entry"
    async with open_app.state.engine.connect() as connection:
        before = (await connection.execute(sa.text(count))).scalar_one()
    answer = await stranger.get("/services", headers={"Authorization": "Bearer not-a-token-at-all"})
    assert answer.status_code == 200
    assert "not-a-token-at-all" not in "".join(capsys.readouterr())
    async with open_app.state.engine.connect() as connection:
        assert (await connection.execute(sa.text(count))).scalar_one() == before


async def test_the_mounts_connections_reach_the_published_tables_only(open_app, owner):
    listing = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace"
    async with owner.connect() as connection:
        tables = [row[0] for row in await connection.execute(sa.text(listing))]
    assert len(tables) > 80
    readable, engine = set(), open_app.state.publishing.engine
    async with engine.connect() as connection:
        role = await connection.execute(sa.text("SELECT current_user"))
        assert role.scalar_one() == READER_ROLE
        for table in tables:
            nested = await connection.begin_nested()
            with suppress(sa.exc.DBAPIError):
                await connection.execute(sa.text(f'SELECT count(*) FROM "{table}"'))
                readable.add(table)
            await nested.rollback()
    names = ("capacity", "edition", "listing", "offer", "offer_place")
    assert readable == {f"directory_{name}" for name in names}
    for deed in (
        "UPDATE directory_capacity SET held = 0",
        "DELETE FROM directory_offer",
        "CREATE TABLE x ()",
    ):
        async with engine.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match=r"permission denied|read-only"):
                await connection.execute(sa.text(deed))


async def test_whoever_asks_too_much_waits_but_not_for_what_they_hold(open_app, stranger):
    throttle = open_app.state.publishing.throttle
    first = await stranger.get("/services")
    throttle._per_minute, before = 0, throttle._per_minute
    try:
        refused = await stranger.get("/services")
        held = await stranger.get("/services", headers={"If-None-Match": first.headers["etag"]})
    finally:
        throttle._per_minute = before
    assert (refused.status_code, held.status_code) == (429, 304)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["access-control-allow-origin"] == "*"


async def test_without_a_database_it_says_so_to_every_origin(open_app, stranger, monkeypatch):
    first = await stranger.get("/services")
    away = open_app.state.publishing.engine
    publishing = open_app.state.publishing
    monkeypatch.setattr(publishing.editions, "_read_at", float("-inf"))

    def unreachable(*_):
        raise OSError("no route")

    monkeypatch.setattr(away.sync_engine.pool, "connect", unreachable)
    for headers in ({}, {"If-None-Match": first.headers["etag"]}):
        answer = await stranger.get("/services", headers=headers)
        assert (answer.status_code, answer.json()["errorCode"]) == (503, "database-unavailable")
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_bug_is_told_as_a_problem_to_every_origin(open_app, stranger, monkeypatch):
    def wrong():
        raise ValueError("somebody's name")

    monkeypatch.setattr(open_app.state.publishing, "clock", wrong)
    answer = await stranger.get("/services")
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "internal-error")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "somebody" not in answer.text


async def test_more_services_than_an_answer_holds_are_refused(stranger, monkeypatch):
    monkeypatch.setattr(queries, "MOST_WHOLE", 2)
    answer = await stranger.get("/organizations?full_service=true")
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "answer-too-long")
    assert (await stranger.get("/organizations?full=true")).status_code == 200


def test_a_caller_has_so_much_a_minute_and_is_forgotten_for_newer_ones(monkeypatch):
    now = 0.0
    throttle = guarding.Throttle(2, timer=lambda: now)
    throttle.spend("a")
    throttle.spend("a")
    throttle.spend("b")
    with pytest.raises(TooManyRequests) as refused:
        throttle.spend("a")
    assert refused.value.facts == {"retry_after_seconds": 60}
    now = 60.0
    throttle.spend("a")
    monkeypatch.setattr(guarding, "MOST_CALLERS", 2)
    throttle.spend("c")
    assert {*throttle._spent} == {"a", "c"}


async def test_the_address_of_the_settings_is_told_whatever_a_request_says(open_app, stranger):
    answer = await stranger.get("/", headers={"host": "evil.example"})
    told = answer.json()["openapi_url"]
    assert told == f"{open_app.state.settings.address}/open-referral/v3/openapi.json"


async def test_the_login_that_serves_becomes_the_reader_and_no_other_login_does(shelves):
    names = {name: f"try_{os.getpid()}_{name}" for name in ("serves", "strays")}
    for name in names.values():
        await at_server(f"CREATE ROLE {name} LOGIN PASSWORD 'hunter2'")
    try:
        await at_server(f"GRANT checkpoint_api TO {names['serves']}")
        assert await read_as(shelves, names["serves"]) >= 1
        with pytest.raises(sa.exc.DBAPIError, match="permission denied to set role"):
            await read_as(shelves, names["strays"])
    finally:
        for name in names.values():
            await at_server(f"DROP ROLE {name}")


async def read_as(database, login):
    url = make_url(database).set(username=login, password="hunter2")
    engine = lookups.reader_engine(url.render_as_string(hide_password=False))
    try:
        async with lookups.reading(engine) as session:
            return await lookups.edition(session)
    finally:
        await engine.dispose()
