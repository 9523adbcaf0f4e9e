import pytest

from checkpoint.directory.lookups import counts as supply_counts
from checkpoint.directory.lookups import queries
from checkpoint.foundation.actors import Role
from conftest import NOON
from listing import DIRECTORY, a_location, a_service, an_organization, entered
from traces import entries

HERE = "/v1/service-offers"
WEEKLY = {
    "freq": "WEEKLY",
    "interval": 1,
    "byday": "TU,TH",
    "opens_at": "09:30",
    "closes_at": "12:30",
}
SAYS = {
    "name": "Zymurgy Tenancy Advice",
    "assured_date": "2026-10-30",
    "minimum_age": 18,
    "maximum_age": 30,
    "eligible_sexes": ["female"],
    "eligible_residence": ["Bishop Auckland"],
    "languages": [{"code": "pl"}],
    "cost_options": [{"amount": 0, "currency": "GBP"}],
    "access_way": "both",
    "schedules": [WEEKLY],
}
ALL = {
    "pathway": "accommodation",
    "text": "zymurgy tenancies",
    "place": "Bishop Auckland",
    "within_km": 10,
    "day": 2,
    "time": "10:30",
    "age": 24,
    "sex": "female",
    "residence": "Bishop Auckland",
    "language": "PL",
    "free": True,
    "free_places": True,
    "access": "walk_in",
}


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR)


async def offered(editor, *services, **location):
    """Services of one provider at one place."""
    provider = await entered(editor, "organizations", an_organization(name="Quixotic Trust"))
    place = await entered(editor, "locations", a_location(**location))
    found = []
    for each in services:
        at = [{"location_id": place["id"]}]
        document = a_service(provider["id"], service_at_locations=at) | each
        found.append(await entered(editor, "services", document))
    return found


async def looked_up(client, **asked):
    answer = await client.get(HERE, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def points(told):
    return {each["point"] for each in told}


async def test_an_offer_that_says_all_that_is_asked_comes_first_and_says_why(editor, client, owner):
    whole, silent = await offered(editor, SAYS, {"name": "Zymurgy Tenancy Aid"})
    full = {"maximum": 2, "description": "Chairs."}
    await editor.put(
        f"{DIRECTORY}/services/{whole['id']}/capacity", json=full, headers={"If-Match": '"0"'}
    )
    answer = await client.get(HERE, params=ALL)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["items"]
    assert (first["service_id"], second["service_id"]) == (whole["id"], silent["id"])
    assert (first["rank"], second["rank"], answer.json()["compared"]) == (1, 2, 2)
    asked = {"pathway", "words", "place", "open", "age", "sex", "residence", "language", "cost"}
    assert points(first["why"]) == asked | {"free_places", "access"}
    assert (first["unknown"], first["behind"], first["stale"]) == ([], [], False)
    assert points(second["unknown"]) == points(first["why"]) - {"pathway", "words", "place"}
    assert (points(second["behind"]), second["stale"]) == ({"assured"}, True)
    assert (first["distance_km"], first["distance_is_rough"]) == (0.0, False)
    assert first["hours"][0] == {"weekday": 2, "opens": "09:30", "closes": "12:30"}
    assert (first["free_places"], first["maximum_places"]) == (2, 2)
    (row,) = await entries(owner, answer)
    assert (row.event, row.subject_kind) == ("directory.looked_up", "directory_service")


async def test_what_an_offer_says_against_it_excludes_it_and_nothing_else_does(editor, client):
    await offered(editor, SAYS | {"name": "Xenophile Tenancy Advice"})
    said = {"text": "xenophile"}
    assert len((await looked_up(client, **said))["items"]) == 1
    for against in (
        {"pathway": "finance"},
        {"pathway": ["accommodation", "finance"], "match": "all"},
        {"place": "Darlington", "within_km": 5},
        {"day": 3},
        {"day": 2, "time": "12:30"},
        {"age": 31},
        {"age": 17},
        {"sex": "male"},
        {"residence": "Darlington"},
        {"language": "ro"},
    ):
        assert (await looked_up(client, **said, **against))["items"] == [], against
    for fitting in (
        {"pathway": ["accommodation", "finance"]},
        {"place": "Darlington"},
        {"day": 4},
        {"residence": "DL14"},
        {"access": "referral"},
    ):
        assert len((await looked_up(client, **said, **fitting))["items"]) == 1, fitting


async def test_slips_are_forgiven_and_what_is_spelt_so_comes_first(editor, client):
    await offered(editor, {"name": "Wherryman Kitchen"}, {"name": "Wherrymen Kitchan"})
    for text in ("wherryman", "wheryman", "wherrymna", "kitchen wherrymann"):
        found = await looked_up(client, text=text)
        assert {"Wherryman Kitchen", "Wherrymen Kitchan"} & {
            each["name"] for each in found["items"]
        }, text
    plain = await looked_up(client, text="kitchan")
    assert [each["name"] for each in plain["items"]][:2] == [
        "Wherrymen Kitchan",
        "Wherryman Kitchen",
    ]
    assert "spelt nearly so" in plain["items"][1]["why"][0]["words"]


async def test_an_offer_of_many_places_leaves_room_for_others(editor, client, monkeypatch):
    monkeypatch.setattr(queries, "MOST_NEAR", 2)
    monkeypatch.setattr(queries, "MOST_COMPARED", 4)
    speaks = {"languages": [{"code": "gv"}]}
    provider = await entered(editor, "organizations", an_organization(name="Quixotic Trust"))
    at = [
        (await entered(editor, "locations", a_location(latitude=latitude)))["id"]
        for latitude in (54.661, 54.662, 54.663, 54.7, None, None, None)
    ]
    given = [at[:3], at[3:4], at[4:5], at[5:6], at[6:]]
    made = [
        await entered(
            editor,
            "services",
            a_service(provider["id"], service_at_locations=[{"location_id": i} for i in ids])
            | speaks,
        )
        for ids in given
    ]
    found = await looked_up(client, language="gv", place="Bishop Auckland")
    near, unplaced = {each["id"] for each in made[:2]}, {each["id"] for each in made[2:]}
    compared = {each["service_id"] for each in found["items"]}
    assert near < compared
    assert len(compared & unplaced) == 2
    assert (found["compared"], found["more"]) == (4, True)
    monkeypatch.setattr(queries, "MOST_COMPARED", 60)
    found = await looked_up(client, language="gv", place="Bishop Auckland")
    assert found["compared"] == 5
    close = await looked_up(client, language="gv", place="Bishop Auckland", within_km=1)
    there = {each["service_id"] for each in close["items"]} & {each["id"] for each in made}
    assert there == {each["id"] for each in made} - {made[1]["id"]}


async def test_pages_go_on_from_the_last_rank(editor, client):
    names = [f"Vexillology Club {number}" for number in range(5)]
    await offered(editor, *({"name": name} for name in names))
    whole = await looked_up(client, text="vexillology")
    first = await looked_up(client, text="vexillology", size=2)
    second = await looked_up(client, text="vexillology", size=2, after=first["next"])
    third = await looked_up(client, text="vexillology", size=2, after=second["next"])
    pages = [*first["items"], *second["items"], *third["items"]]
    assert pages == whole["items"]
    assert [each["rank"] for each in pages] == [1, 2, 3, 4, 5]
    assert third["next"] is None
    bad = await client.get(HERE, params={"text": "umbrella", "after": first["next"]})
    assert bad.json()["errorCode"] == "malformed-cursor"


async def test_an_offer_known_by_its_town_alone_is_roughly_so_far(editor, client):
    far = {"latitude": None, "longitude": None}
    location = {key: value for key, value in a_location().items() if key not in far}
    provider = await entered(editor, "organizations", an_organization())
    place = await entered(editor, "locations", location)
    at = [{"location_id": place["id"]}]
    service = a_service(provider["id"], name="Umbrella Menders", service_at_locations=at)
    await entered(editor, "services", service)
    await entered(editor, "services", a_service(provider["id"], name="Umbrella Lenders"))
    asked = {"text": "umbrella", "place": "Bishop Auckland", "within_km": 1}
    found = (await looked_up(client, **asked, size=200))["items"]
    (rough,) = [each for each in found if each["name"] == "Umbrella Menders"]
    (nowhere,) = [each for each in found if each["name"] == "Umbrella Lenders"]
    assert (rough["distance_is_rough"], nowhere["distance_km"]) == (True, None)
    assert rough["rank"] < nowhere["rank"]
    away = await looked_up(client, text="umbrella", place="Stanhope", within_km=1)
    assert [each["name"] for each in away["items"]] == ["Umbrella Lenders"]


async def test_bad_questions_are_told_field_by_field_with_places_near_in_spelling(client):
    for asked, told in (
        ({"place": "Darlingtn"}, {"query:place": "place-unknown"}),
        ({"residence": "xyzzy"}, {"query:residence": "place-unknown"}),
        (
            {"within_km": 5, "time": "10:00"},
            {"query:within_km": "place-missing", "query:time": "day-missing"},
        ),
        ({"text": "of the"}, {"query:text": "words-missing"}),
        ({"text": "one two three four five"}, {"query:text": "words-too-many"}),
        (
            {"day": 8, "time": "25:00"},
            {"query:day": "less-than-equal", "query:time": "string-pattern-mismatch"},
        ),
        ({"pathway": "gardening"}, {"query:pathway/0": "enum"}),
    ):
        answer = await client.get(HERE, params=asked)
        assert answer.status_code == 422, answer.text
        assert {each["pointer"]: each["code"] for each in answer.json()["errors"]} == told
    answer = await client.get(HERE, params={"place": "Darlingtn"})
    assert "Near in spelling: Darlington" in answer.json()["errors"][0]["detail"]
    assert "Darlingtn" not in answer.text


async def test_the_supply_counts_offers_and_free_places_by_pathway_and_district(editor, session):
    services = [{"name": "One"}, {"name": "Two"}]
    made = await offered(editor, *services, addresses=[])
    await editor.put(
        f"{DIRECTORY}/services/{made[0]['id']}/capacity",
        json={"maximum": 7},
        headers={"If-Match": '"0"'},
    )
    rows = await supply_counts.supply(session, on=NOON.date())
    (row,) = [each for each in rows if (each.pathway, each.district) == ("accommodation", None)]
    assert row.offers >= 2
    assert row.stated >= 1
    assert row.free >= 7
    assert row.maximum >= row.free
