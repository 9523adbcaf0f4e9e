"""The offers that fit a case, that there was none, and what came of all of it."""

import re

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.needs.states import Pathway
from checkpoint.referrals.offers import queries
from checkpoint.referrals.offers.fits import Point, Seeker
from conftest import NOON
from keeping import started
from referring import TODAY, answered, listed, provider, stepped
from traces import entries


async def offers(client, desk, **params):
    answer = await client.get(f"{desk.here}/service-offers", params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_offers_for_a_case_are_told_with_their_reasons_the_worst_need_first(
    a_desk, clients, owner
):
    desk = await a_desk()
    plain = {
        "minimum_age": 18.0,
        "sexes": ["female", "male"],
        "is_free": True,
        "languages": ["en", "pl"],
    }
    best = await listed(desk.engine, maximum=5, places=("DL97",), days=(1, 3), **plain)
    young = await listed(desk.engine, places=("DL97",), maximum_age=21.0)
    navigator = desk.navigator.client
    asked = {"district": "dl97", "day": [3, 5], "language": "pl", "pathway": "finance", "most": 20}
    answer = await offers(navigator, desk, **asked)
    (need,) = answer.json()["items"]
    assert (need["pathway"], need["level"]) == ("finance", "high")
    first = need["items"][0]
    assert first["service_id"] == best.service_id
    assert {each["point"] for each in first["why"]} == {
        "age", "sex", "language", "days", "place", "free_places", "cost",
    }  # fmt: skip
    assert [each["point"] for each in first["unknown"]] == ["residence"]
    assert (first["fits"], first["free_places"], first["districts"]) == (True, 5, ["DL97"])
    async with transaction(desk.engine) as session:
        found = await queries.fits(session, Pathway.FINANCE, Seeker(age=30), on=NOON.date())
    (told,) = [each for each in found if str(each.offer.service_id) == young.service_id]
    assert [each.point for each in told.excludes] == [Point.AGE]
    (row,) = await entries(owner, answer)
    assert (row.operation, row.event) == ("consultation", "service_offers.shown")
    again = await offers(navigator, desk, most=1)
    assert again.json()["items"][0]["more"]
    assert {each["step"]: each["allowed"] for each in again.json()["next_steps"]} == {
        "make_referral": True,
        "record_no_provider": True,
    }
    reader = (await offers(clients(), desk, most=1)).json()
    assert not any(each["allowed"] for each in reader["next_steps"])


async def test_where_people_must_live_is_judged_by_districts_and_towns_are_left_open(api):
    where = (["dl94"], ["dl94", "crook"], ["dl93"])
    made = [await listed(api, pathways=["attitudes"], residence=each) for each in where]

    async def told(district):
        async with transaction(api) as session:
            seeker = Seeker(district=district)
            found = await queries.fits(session, Pathway.ATTITUDES, seeker, on=NOON.date())
        sides = {
            (str(each.offer.service_id), point.point): side
            for each in found
            for side in ("why", "unknown", "excludes")
            for point in getattr(each, side)
        }
        return [sides[offer.service_id, Point.RESIDENCE] for offer in made]

    assert await told(None) == ["unknown"] * 3
    assert await told("DL94") == ["why", "why", "excludes"]
    assert await told("DL93") == ["excludes", "unknown", "why"]


async def test_a_case_without_an_assessment_has_no_offers_yet(a_desk, clients):
    record = await started(clients)
    answer = await clients().get(f"/v1/custody-records/{record['id']}/service-offers")
    assert (answer.json()["needs_assessment_id"], answer.json()["items"]) == (None, [])


async def test_that_there_is_no_provider_is_an_answer_that_can_be_taken_back(
    a_desk, clients, owner
):
    desk = await a_desk()
    here, navigator = f"{desk.here}/no-provider-available", desk.navigator.client
    said = {"pathway": "finance", "reason_code": "no_place", "district": "dl1"}
    made = await navigator.post(here, json=said, headers=a_key())
    assert made.status_code == 201, made.text
    (entry,) = made.json()["items"]
    assert (entry["need_level"], entry["district"], entry["happened_on"]) == ("high", "DL1", TODAY)
    (row,) = await entries(owner, made)
    assert (row.operation, row.event) == ("collection", "service_offers.no_provider_available")
    for body in ({"reason_code": "other"}, {"happened_on": "2026-11-04"}, {"district": "DL1 1AA"}):
        refused = await navigator.post(here, json=said | body, headers=a_key())
        assert refused.status_code == 422, body
    twice = await navigator.post(here, json=said | {"district": "DL2"}, headers=a_key())
    assert (twice.status_code, twice.json()["errorCode"]) == (409, "no-provider-recorded")
    assert twice.json()["no_provider_id"] == entry["id"]
    back = f"{here}/{entry['id']}/withdrawal"
    told = await navigator.post(back, json={"reason_code": "found_since"}, headers=a_key())
    assert told.json()["items"][0]["withdrawal_reason"] == "found_since"
    again = await navigator.post(back, json={"reason_code": "found_since"}, headers=a_key())
    assert again.json()["errorCode"] == "no-provider-withdrawn"
    absent = f"{here}/{desk.record['id']}/withdrawal"
    missing = await navigator.post(absent, json={"reason_code": "found_since"}, headers=a_key())
    assert missing.json()["errorCode"] == "no-provider-not-found"
    assert (await clients().get(here)).json()["items"] == told.json()["items"]


@pytest.fixture
def board(clients):
    return clients(Role.EVALUATOR)


async def test_the_loop_is_closed_by_pathway_and_provider(a_desk, clients, board):
    desk = await a_desk()
    offer = await listed(desk.engine, maximum=3, places=("DL98",))
    shown = await offers(desk.navigator.client, desk, district="DL98", most=20)
    assert offer.service_id in shown.text
    made = await desk.referred(offer, district="DL98")
    starts = (await stepped(desk.navigator.client, made, "start")).json()
    theirs = provider(clients, offer)
    came = {"sessions": [{"session_on": TODAY, "attended": True}]}
    address = f"/v1/provider/referrals/{made['id']}/sessions"
    assert (await theirs.post(address, json=came, headers=a_key())).status_code == 201
    ended = {"outcome": "completed", "reason_code": "course_finished"}
    assert (await answered(theirs, starts, "end", **ended)).status_code == 200

    async def row(client, **params):
        found = (await client.get("/v1/referrals/summary", params=params)).json()
        rows = [each for each in found["items"] if each["organization_id"] == offer.organization_id]
        return found, rows

    told, (mine,) = await row(desk.boss)
    assert (told["exact"], told["of_suites"], told["until"]) == (True, ["DURHAMGATE"], TODAY)
    assert told["note"] is None
    counts = ("shown", "chosen", "attended", "completed", "still_open", "mean_waiting_days")
    assert [mine[name] for name in counts] == [1, 1, 1, 1, 0, None]
    assert (await row(desk.boss, until="2026-11-02"))[1] == []
    told, rows = await row(board, since="2026-11-03")
    assert (told["exact"], told["of_suites"], rows) == (False, None, [])
    assert "does not mean no referrals" in told["note"]
    assert (told["since"], told["until"]) == ("2026-10-01", "2026-12-31")
    backwards = await board.get(
        "/v1/referrals/summary", params={"since": TODAY, "until": "2026-01-01"}
    )
    assert backwards.json()["errors"][0]["code"] == "ends-before-it-begins"


async def test_gaps_stand_beside_supply_and_are_drawn_for_the_board(a_desk, clients, board):
    desk = await a_desk()
    offer = await listed(desk.engine, maximum=4, places=("DL96", "DL95"))
    said = {"pathway": "finance", "reason_code": "too_far", "district": "DL96"}
    navigator = desk.navigator.client
    assert (
        await navigator.post(f"{desk.here}/no-provider-available", json=said, headers=a_key())
    ).status_code == 201
    made = await desk.referred(offer, district="DL96")
    ended = {"outcome": "no_place", "reason_code": "list_full"}
    assert (await stepped(navigator, made, "end", **ended)).status_code == 200

    async def finance(client):
        found = (await client.get("/v1/referrals/gaps")).json()["items"]
        (item,) = [each for each in found if each["pathway"] == "finance"]
        return item, {each["district"]: each for each in item["districts"]}

    item, districts = await finance(desk.boss)
    earlier = said | {"happened_on": "2026-11-02", "district": "DL95"}
    place = f"{desk.here}/no-provider-available"
    assert (await navigator.post(place, json=earlier, headers=a_key())).status_code == 201
    again, districts = await finance(desk.boss)
    assert again["whole"]["no_provider"] == item["whole"]["no_provider"]
    mine = districts["DL96"]
    assert [mine[name] for name in ("no_provider", "no_place", "waiting")] == [1, 1, 0]
    assert (mine["offers"], mine["free_places"], districts["DL95"]["offers"]) == (1, 4, 1)
    assert item["words"].startswith("Financial management and income: no provider ")
    mine = (await finance(board))[1]["DL96"]
    assert (mine["no_provider"], mine["no_place"], mine["offers"]) == (None, None, 1)
    page = await board.get("/v1/referrals/gaps.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    named = re.findall('<title id="title-([a-z_]+)">', page.text)
    assert page.text.count("<svg") == page.text.count("<desc") == len({*named}) == len(named)
    assert (named[0], "finance" in named) == ("all", True)
    assert "by postcode district: Financial management and income</title>" in page.text
    assert "fewer than ten" in page.text
    exact = await desk.boss.get("/v1/referrals/gaps.html")
    assert "Cases of DURHAMGATE." in exact.text
