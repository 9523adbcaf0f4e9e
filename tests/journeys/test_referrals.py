"""From a need to an offer of the directory and back with an answer: each story through the front door."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from keeping import on, standing
from listing import DIRECTORY, TERMS, serving
from referring import CONTACT, TODAY, Listed, a_desk, answered, provider

pytestmark = pytest.mark.slow

__all__ = ["a_desk"]
LATER = datetime(2026, 11, 17, 12, tzinfo=UTC)
CAME = {"sessions": [{"session_on": str(LATER.date()), "attended": True}]}


@pytest.fixture
def an_offer(clients):
    """An editor enters a service for money matters; its provider gets a token."""

    async def make(name, *, places=None, **more):
        editor = clients(Role.DIRECTORY_EDITOR)
        pathway = [{"taxonomy_term_id": TERMS["finance"]}]
        service = await serving(editor, name=name, attributes=pathway, **more)
        if places is not None:
            stated = await editor.put(
                f"{DIRECTORY}/services/{service['id']}/capacity",
                json={"maximum": places},
                headers={"If-Match": '"0"'},
            )
            assert stated.status_code == 200, stated.text
        offer = Listed(service["id"], service["document"]["organization_id"], name)
        return offer, provider(clients, offer)

    return make


@pytest.fixture
async def nothing_else(owner):
    """What other tests listed is not offered until this one ends: a full offer comes last of all."""
    pause = sa.text(
        "UPDATE directory_offer SET is_active = false WHERE is_active RETURNING service_id"
    )
    async with owner.begin() as connection:
        paused = [row.service_id for row in await connection.execute(pause)]
    yield
    resume = sa.text("UPDATE directory_offer SET is_active = true WHERE service_id = ANY(:ids)")
    async with owner.begin() as connection:
        await connection.execute(resume, {"ids": paused})


async def shown(desk, **asked):
    """What fits the worst need, by name, as the navigator is shown it."""
    asked = {"pathway": "finance", "most": 20} | asked
    answer = await desk.navigator.client.get(f"{desk.here}/service-offers", params=asked)
    assert answer.status_code == 200, answer.text
    (need,) = answer.json()["items"]
    return {each["service_id"]: each for each in need["items"]}


async def condition(desk):
    answer = await desk.navigator.client.get(desk.contract.door("conditions"))
    return standing(answer, "sessions")


async def test_somebody_waits_comes_and_completes_and_the_wait_is_not_held_against_them(
    a_desk, an_offer, clients
):
    desk = await a_desk()
    offer, theirs = await an_offer("Synthetic debt advice", places=1)
    found = await shown(desk)
    assert (found[offer.service_id]["fits"], found[offer.service_id]["free_places"]) == (True, 1)
    made = await desk.referred(offer, condition_key=desk.condition)
    (own,) = (await theirs.get("/v1/provider/referrals")).json()["items"]
    assert (own["reference"], own["state"]) == (made["reference"], "made")
    known = (await answered(theirs, made, "acknowledgement")).json()
    waits = (await answered(theirs, known, "waiting-list", reason_code="list_full")).json()
    assert (await condition(desk))["state"] == "blocked_external"

    on(clients, LATER)
    starts = await answered(theirs, waits, "start", happened_on=str(LATER.date()))
    kept = await condition(desk)
    assert (kept["state"], kept["excused_days"]) == ("open", 14)
    address = f"/v1/provider/referrals/{made['id']}/sessions"
    assert (await theirs.post(address, json=CAME, headers=a_key())).status_code == 201
    ends = {"outcome": "completed", "reason_code": "goals_reached", "happened_on": str(LATER.date())}  # fmt: skip
    done = await answered(theirs, starts.json(), "end", **ends)
    assert (done.json()["state"], done.json()["told"]) == ("completed", None)

    whole = (await desk.navigator.client.get(f"/v1/referrals/{made['id']}")).json()
    assert (whole["state"], whole["waiting_days"], whole["sessions_attended"]) == (
        "completed",
        14,
        1,
    )
    assert (await condition(desk))["excused_days"] == 14
    assert (await shown(desk))[offer.service_id]["free_places"] == 1
    loops = (await desk.boss.get("/v1/referrals/summary")).json()["items"]
    (mine,) = [each for each in loops if each["organization_id"] == offer.organization_id]
    told = ("shown", "chosen", "attended", "completed", "waited", "mean_waiting_days")
    assert [mine[name] for name in told] == [1, 1, 1, 1, 1, 14.0]


async def test_a_provider_declines_and_the_person_is_referred_to_another(a_desk, an_offer):
    desk = await a_desk()
    first, theirs = await an_offer("Synthetic budgeting", places=1)
    second, others = await an_offer("Synthetic benefits advice", places=1)
    made = await desk.referred(first)
    wrong = await answered(theirs, made, "end", outcome="withdrawn", reason_code="need_changed")
    assert wrong.json()["errors"][0]["code"] == "withdrawn-by-provider"
    said = {"outcome": "declined_by_provider", "reason_code": "need_too_complex"}
    declined = (await answered(theirs, made, "end", **said)).json()
    assert (declined["state"], declined["withheld"], declined["told"]) == (
        "declined_by_provider",
        "ended",
        None,
    )
    work = (await desk.navigator.client.get("/v1/worklist?size=200")).json()["items"]
    mine = [each["kind"] for each in work if each["custody_record_id"] == desk.record["id"]]
    assert "referral_answered" in mine
    found = await shown(desk)
    assert (found[first.service_id]["free_places"], found[second.service_id]["fits"]) == (1, True)
    again = await desk.referred(second)
    assert (await answered(others, again, "start")).json()["state"] == "started"
    listed = (await desk.navigator.client.get(f"{desk.here}/referrals")).json()["items"]
    assert [each["state"] for each in listed] == ["started", "declined_by_provider"]
    assert (await theirs.get(f"/v1/provider/referrals/{again['id']}")).status_code == 404


@pytest.mark.usefixtures("nothing_else")
async def test_where_there_is_nobody_that_is_the_answer_and_the_board_sees_the_gap(
    a_desk, an_offer
):
    desk = await a_desk()
    full, _ = await an_offer("Synthetic money mornings", places=0)
    young, _ = await an_offer("Synthetic first wages", maximum_age=18)
    found = await shown(desk)
    assert found[full.service_id]["free_places"] == 0
    (behind,) = found[full.service_id]["behind"]
    assert behind["words"].startswith("No place is free now.")
    assert [each["point"] for each in found[young.service_id]["excludes"]] == ["age"]
    refused = await desk.refer(full)
    assert (refused.status_code, refused.json()["errorCode"]) == (409, "no-place-free")
    (fault,) = (await desk.refer(young)).json()["errors"]
    assert (fault["code"], "(age)" in fault["detail"]) == ("offer-excludes", True)

    def finance(answer):
        (item,) = [each for each in answer.json()["items"] if each["pathway"] == "finance"]
        districts = {each["district"]: each["no_provider"] for each in item["districts"]}
        return item["whole"]["no_provider"], districts.get("DL93", 0)

    before = finance(await desk.boss.get("/v1/referrals/gaps"))
    said = {"pathway": "finance", "reason_code": "no_place", "district": "DL93"}
    place = f"{desk.here}/no-provider-available"
    kept = await desk.navigator.client.post(place, json=said, headers=a_key())
    assert kept.status_code == 201, kept.text
    after = finance(await desk.boss.get("/v1/referrals/gaps"))
    assert after == (before[0] + 1, before[1] + 1)
    page = await desk.boss.get("/v1/referrals/gaps.html")
    assert page.status_code == 200
    assert "DL93" in page.text
    assert (await desk.navigator.client.get(f"{desk.here}/referrals")).json()["items"] == []


async def test_consent_is_withdrawn_while_the_service_goes_on_and_nothing_more_is_told(
    a_desk, an_offer, clients
):
    desk = await a_desk()
    offer, theirs = await an_offer("Synthetic key work", places=1)
    made = await desk.referred(offer, condition_key=desk.condition, name="full_name")
    starts = (await answered(theirs, made, "start")).json()
    mine = f"/v1/provider/referrals/{made['id']}"
    family = desk.record["person"]["family_name"]
    assert family in (await theirs.get(mine)).text

    steps = (await clients().get(f"{desk.here}/next-steps")).json()["next_steps"]
    (way,) = [each for each in steps if each["step"] == "withdraw_information_sharing"]
    body = {"kind": "information_sharing", "withdrawn_at": "2026-11-03T11:30:00Z",
            "told_by": "person", "reason_code": "no_reason_given"}  # fmt: skip
    taken = await clients().post(way["href"], json=body, headers=a_key())
    assert taken.is_success, taken.text
    after = await theirs.get(mine)
    assert (after.json()["withheld"], after.json()["told"]) == ("consent_not_standing", None)
    assert family not in after.text
    assert CONTACT["value"] not in after.text
    said = {"outcome": "withdrawn", "reason_code": "consent_withdrawn", "happened_on": TODAY}
    headers = a_key() | {"If-Match": f'"{starts["version"]}"'}
    ended = await desk.navigator.client.post(
        f"/v1/referrals/{made['id']}/end", json=said, headers=headers
    )
    assert ended.json()["state"] == "withdrawn", ended.text
    assert (await shown(desk))[offer.service_id]["free_places"] == 1
    assert (await desk.refer(offer)).json()["errorCode"] == "sharing-consent-needed"
    assert (await condition(desk))["state"] == "open"
