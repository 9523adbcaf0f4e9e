"""Referrals stand among the next steps of a started case, and what an end leaves open as well."""

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from delivering import place
from referring import a_desk, listed, provider, stepped

__all__ = ["a_desk"]
MAKING = {"read_service_offers", "make_referral", "record_no_provider"}


async def steps_of(client, record):
    answer = await client.get(place(record, "next-steps"))
    assert answer.status_code == 200, answer.text
    return {step["step"]: step for step in answer.json()["next_steps"]}


@pytest.mark.slow
async def test_referrals_stand_among_the_next_steps_until_each_is_ended(a_desk, clients):
    desk = await a_desk()
    own, boss, officer = desk.navigator.client, desk.boss, clients(Role.CUSTODY_OFFICER)

    async def left_open(client):
        page = (await client.get("/v1/worklist", params={"size": 200})).json()["items"]
        found = [each for each in page if each["kind"] == "referral_left_open"]
        own = [each for each in found if each["custody_record_id"] == desk.record["id"]]
        return [each["next_step"]["href"].split("/")[3] for each in own]

    mine = await steps_of(own, desk.record)
    assert all(mine[each]["allowed"] for each in MAKING)
    assert mine["read_service_offers"]["method"] == "GET"
    assert (await own.get(mine["read_service_offers"]["href"])).status_code == 200
    theirs = await steps_of(officer, desk.record)
    assert theirs["read_service_offers"]["allowed"] is True
    assert theirs["make_referral"]["allowed"] is False
    assert "navigator or a supervisor" in theirs["make_referral"]["why_not"]
    offer = await listed(desk.engine)
    made = await desk.referred(offer)
    desks = provider(clients, offer)
    step = (await steps_of(own, desk.record))["acknowledge_referral"]
    assert step["allowed"] is True
    assert step["href"].endswith(f"/v1/referrals/{made['id']}/acknowledgement")
    known = (await stepped(own, made, "acknowledgement")).json()
    assert (await steps_of(own, desk.record))["start_referral"]["allowed"] is True
    assert "acknowledge_referral" not in await steps_of(own, desk.record)

    seen = await boss.get(f"/v1/contracts/{desk.contract.id}")
    ended = await boss.post(
        f"/v1/contracts/{desk.contract.id}/closure",
        json={"reason_code": "moved_away", "happened_at": "2026-11-03T12:00:00Z"},
        headers=a_key() | {"If-Match": seen.headers["etag"]},
    )
    assert ended.status_code == 200, ended.text
    assert (await left_open(boss)) == [made["id"]]
    assert (await left_open(officer)) == []
    exit_step = (await steps_of(officer, desk.record))["assess_needs_at_exit"]
    assert exit_step["allowed"] is True
    hidden = (await desks.get(f"/v1/provider/referrals/{made['id']}")).json()
    assert (hidden["withheld"], hidden["told"]) == ("contract_ended", None)
    left = await steps_of(boss, desk.record)
    assert not MAKING & left.keys()
    assert left["end_referral"]["allowed"] is True
    assert left["end_referral"]["href"].endswith(f"/v1/referrals/{known['id']}/end")
    away = await stepped(
        boss, known, "end", outcome="withdrawn", reason_code="other", words="Moved."
    )
    assert away.status_code == 200, away.text
    assert (await left_open(boss)) == []
    assert "end_referral" not in await steps_of(boss, desk.record)
