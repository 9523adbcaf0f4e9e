"""Somebody is referred, waits, starts and ends; the contract excuses the wait, the ledger tells it."""

from datetime import UTC, datetime

import pytest

from builders import WITHDRAWAL, a_key
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from keeping import standing
from referring import CONTACT, TODAY, answered, listed, places, provider, stepped
from traces import entries
from trialling import consenting

LATER = "2026-11-10"


def at(clients, moment):
    async def now():
        return datetime.fromisoformat(moment)

    clients.app.dependency_overrides[clock.now] = now


@pytest.mark.slow
async def test_a_referral_for_a_condition_goes_its_whole_way(a_desk, clients, owner):
    desk = await a_desk()
    offer = await listed(desk.engine, maximum=1)
    answer = await desk.refer(offer, condition_key=desk.condition, risks=["not_alone"])
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/referrals/{made['id']}"
    assert (made["state"], made["basis"], made["pathway"]) == ("made", "condition", "finance")
    assert (made["need_level"], made["holds_place"], made["excused"]) == ("high", True, False)
    assert made["told"]["contact"] == CONTACT
    assert made["told"]["condition"]["sessions"] == 2
    assert await places(desk.engine, offer) == (1, 1)
    (row,) = await entries(owner, answer)
    assert (row.operation, row.event) == ("disclosure", "referral.made")
    assert row.recipient == f"organization:{offer.organization_id}"
    assert str(row.subject_ids[0]) == made["id"]

    theirs = provider(clients, offer)
    listing = await theirs.get("/v1/provider/referrals", params={"state": "made"})
    assert [each["reference"] for each in listing.json()["items"]] == [made["reference"]]
    assert desk.record["person"]["family_name"] not in listing.text
    read = await theirs.get(f"/v1/provider/referrals/{made['id']}")
    assert read.json()["told"] == made["told"]
    assert read.headers["etag"] == '"1"'
    (row,) = await entries(owner, read)
    assert (row.operation, row.event) == ("disclosure", "referral.disclosed")
    assert (row.actor_role, row.recipient) == ("provider", f"organization:{offer.organization_id}")

    known = await answered(theirs, made, "acknowledgement")
    (row,) = await entries(owner, known)
    assert row.recipient == f"organization:{offer.organization_id}"
    known = known.json()
    assert (known["state"], known["acknowledged_on"]) == ("acknowledged", TODAY)
    waits = await answered(theirs, known, "waiting-list", reason_code="list_full")
    assert waits.json()["waiting_since"] == TODAY
    assert await places(desk.engine, offer) == (1, 0)
    conditions = await desk.navigator.client.get(desk.contract.door("conditions"))
    held_up = standing(conditions, "sessions")
    assert (held_up["state"], held_up["excused_days"]) == ("blocked_external", 1)

    at(clients, f"{LATER}T12:00:00+00:00")
    starts = (await answered(theirs, waits.json(), "start", happened_on=LATER)).json()
    assert (starts["state"], starts["waited_until"]) == ("started", "2026-11-09")
    longer = {"reason_code": "wrong_dates", "waiting_since": TODAY, "waited_until": LATER}
    late = await stepped(desk.navigator.client, starts, "wait-correction", **longer)
    assert late.json()["errors"][0]["code"] == "wait-past-the-next-step"
    assert await places(desk.engine, offer) == (1, 1)
    conditions = await desk.navigator.client.get(desk.contract.door("conditions"))
    held_up = standing(conditions, "sessions")
    assert (held_up["state"], held_up["excused_days"]) == ("open", 7)
    blocks = [each for each in held_up["entries"] if each["kind"] == "blocked_external"]
    assert [each["withdrawal_reason"] for each in blocks] == ["put_right", None]

    came = {
        "sessions": [
            {"session_on": LATER, "attended": True},
            {"session_on": TODAY, "attended": False},
        ]
    }
    address = f"/v1/provider/referrals/{made['id']}/sessions"
    told = await theirs.post(address, json=came, headers=a_key())
    assert told.status_code == 201, told.text
    ends = {"outcome": "completed", "reason_code": "goals_reached", "happened_on": LATER}
    assert (
        await answered(theirs, starts, "end", **ends | {"outcome": "withdrawn"})
    ).status_code == 422
    done = (await answered(theirs, starts, "end", **ends)).json()
    assert (done["state"], done["withheld"], done["told"], done["sessions"]) == (
        "completed",
        "ended",
        None,
        [],
    )
    assert await places(desk.engine, offer) == (1, 0)
    whole = (await desk.navigator.client.get(f"/v1/referrals/{made['id']}")).json()
    assert [each["event"] for each in whole["steps"]] == [
        "referral.made",
        "referral.acknowledged",
        "referral.put_on_waiting_list",
        "referral.started",
        "referral.completed",
    ]
    assert [each["party"] for each in whole["steps"]] == ["navigator", *["provider"] * 4]
    assert "count for no condition by themselves" in whole["sessions_words"]
    assert (whole["sessions_attended"], whole["sessions_missed"], whole["waiting_days"]) == (
        1,
        1,
        7,
    )
    assert not any(
        each["allowed"]
        for each in whole["next_steps"]
        if each["step"] != "record_referral_sessions"
    )
    told = await desk.navigator.client.get(f"{desk.here}/timeline", params={"size": 200})
    heard = [each["event"] for each in told.json()["items"]]
    steps = [each["event"] for each in whole["steps"]]
    assert [each for each in heard if each in steps] == steps
    assert {"referral.disclosed", "referral.sessions_recorded"} <= {*heard}


async def test_nothing_is_told_without_consent_and_no_more_once_it_is_withdrawn(
    a_desk, clients, owner
):
    desk = await a_desk()
    offer = await listed(desk.engine)
    made = await desk.referred(offer, name="full_name")
    assert not made["holds_place"]
    given = desk.record["person"]["given_names"]
    theirs = provider(clients, offer)
    read = await theirs.get(f"/v1/provider/referrals/{made['id']}")
    assert given in read.text
    consents = (await clients().get(f"{desk.here}/consents")).json()["items"]
    body = WITHDRAWAL | {"kind": "information_sharing"}
    address = f"/v1/consents/{consents[0]['id']}/withdrawals"
    taken = await clients().post(address, json=body, headers=a_key())
    assert taken.status_code < 300, taken.text
    read = await theirs.get(f"/v1/provider/referrals/{made['id']}")
    shown = read.json()
    assert (shown["withheld"], shown["told"]) == ("consent_not_standing", None)
    assert given not in read.text
    (row,) = await entries(owner, read)
    assert row.operation == "consultation"
    refused = await desk.refer(await listed(desk.engine))
    assert refused.status_code == 409
    assert refused.json()["errorCode"] == "sharing-consent-needed"
    assert refused.json()["remedy"] == f"{desk.here}/consents"
    declined = {"outcome": "declined_by_provider", "reason_code": "not_eligible"}
    assert (await answered(theirs, made, "end", **declined)).json()[
        "state"
    ] == "declined_by_provider"


@pytest.mark.slow
async def test_where_no_place_is_free_somebody_waits_or_is_told_of_other_offers(a_desk, clients):
    first, second = await a_desk(), await a_desk()
    offer = await listed(first.engine, maximum=1, pathways=["finance", "health"])
    other = await listed(first.engine, maximum=5, name="Another offer with places")
    held = await first.referred(offer)
    again = await first.refer(offer)
    assert again.json()["errorCode"] == "referral-open"
    refused = await second.refer(offer, condition_key=second.condition)
    assert (refused.status_code, refused.json()["errorCode"]) == (409, "no-place-free")
    assert refused.json()["free_places"] == 0
    assert other.service_id in [each["service_id"] for each in refused.json()["others"]]
    waits = await second.referred(offer, condition_key=second.condition, wait=True)
    assert (waits["state"], waits["excused"], waits["waiting_days"]) == ("waiting", True, 1)
    # What has happened is recorded, and no place is taken that is not there.
    started = (await stepped(second.navigator.client, waits, "start")).json()
    assert (started["state"], started["holds_place"], started["excused"]) == (
        "started",
        False,
        False,
    )
    assert await places(first.engine, offer) == (1, 1)
    ended = {"outcome": "withdrawn", "reason_code": "made_in_error"}
    done = await stepped(first.boss, held, "end", **ended)
    assert done.json()["state"] == "withdrawn"
    assert await places(first.engine, offer) == (1, 0)
    assert (await first.referred(offer))["holds_place"]


async def test_a_wait_is_put_right_and_what_it_excused_goes_with_it(a_desk, clients):
    desk = await a_desk()
    offer = await listed(desk.engine, maximum=1)
    navigator = desk.navigator.client
    made = await desk.referred(offer, condition_key=desk.condition)
    early = await stepped(navigator, made, "wait-correction", reason_code="never_waited")
    assert early.json()["errorCode"] == "referral-never-on-waiting-list"
    at(clients, f"{LATER}T12:00:00+00:00")
    waits = (await stepped(navigator, made, "waiting-list", reason_code="staff_short")).json()

    async def excused():
        found = await navigator.get(desk.contract.door("conditions"))
        return standing(found, "sessions")["excused_days"]

    assert await excused() == 8
    days = {"reason_code": "wrong_dates", "waiting_since": "2026-11-06"}
    right = (await stepped(navigator, waits, "wait-correction", **days)).json()
    assert (right["waiting_since"], await excused()) == ("2026-11-06", 5)
    future = days | {"waiting_since": "2026-11-11"}
    refused = await stepped(navigator, right, "wait-correction", **future)
    assert refused.json()["errors"][0]["pointer"] == "#/waiting_since"
    never = (await stepped(navigator, right, "wait-correction", reason_code="never_waited")).json()
    assert (never["state"], never["holds_place"], await excused()) == ("made", True, 0)
    assert await places(desk.engine, offer) == (1, 1)


async def test_what_a_referral_needs_before_it_is_made(a_desk, clients):
    desk = await a_desk()
    offer = await listed(desk.engine)
    young = await listed(desk.engine, maximum_age=20.0)
    other = await listed(desk.engine, pathways=["health"])
    gone = await listed(desk.engine, is_active=False)
    for where, body, pointer, code in (
        (gone, {}, "#/service_id", "offer-not-listed"),
        (other, {}, "#/service_id", "offer-of-another-pathway"),
        (young, {}, "#/excluded_words", "offer-excludes"),
        (offer, {"pathway": "health"}, "#/pathway", "need-not-assessed"),
        (offer, {"condition_key": offer.service_id}, "#/condition_key", "condition-not-here"),
        (offer, {"condition_key": desk.contract.keys["no_offending"]}, "#/condition_key", "condition-not-here"),
        (offer, {"made_on": "2026-11-04"}, "#/made_on", "in-the-future"),
        (offer, {"made_on": "2026-11-02"}, "#/made_on", "before-the-last-step"),
        (offer, {"contact": {"way": "telephone"}}, "#/contact", "value-error"),
        (offer, {"risks": ["not_alone", "not_alone"]}, "#/risks/1", "risk-told-twice"),
    ):  # fmt: skip
        refused = await desk.refer(where, **body)
        assert refused.status_code == 422, refused.text
        (fault,) = refused.json()["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert (await desk.referred(young, excluded_words="They take him all the same."))[
        "excluded_words"
    ]
    nobody = await clients(Role.SUPERVISOR, "PETERLEE").post(
        f"{desk.here}/referrals",
        json={
            "service_id": offer.service_id,
            "pathway": "finance",
            "name": "initials",
            "contact": CONTACT,
        },
        headers=a_key(),
    )
    assert nobody.status_code == 404


async def test_a_provider_sees_its_own_referrals_and_nothing_else(a_desk, clients, owner):
    desk = await a_desk()
    offer, other = await listed(desk.engine), await listed(desk.engine)
    made = await desk.referred(offer)
    theirs, stranger = provider(clients, offer), provider(clients, other)
    assert (await stranger.get("/v1/provider/referrals")).json()["items"] == []
    mine = f"/v1/provider/referrals/{made['id']}"
    absent = f"/v1/provider/referrals/{other.service_id}"
    hidden, nothing = [await stranger.get(address) for address in (mine, absent)]
    assert (hidden.status_code, hidden.json()["errorCode"]) == (404, "referral-not-found")
    assert hidden.json()["detail"] == nothing.json()["detail"]
    for noun in ("acknowledgement", "start"):
        assert (await answered(stranger, made, noun)).status_code == 404
    came = {"sessions": [{"session_on": TODAY, "attended": True}]}
    assert (await stranger.post(f"{mine}/sessions", json=came, headers=a_key())).status_code == 404
    early = await theirs.post(f"{mine}/sessions", json=came, headers=a_key())
    assert early.json()["errorCode"] == "referral-step-not-allowed"
    for closed in (f"{desk.here}/referrals", f"/v1/referrals/{made['id']}", desk.here, "/v1/worklist",
                   "/v1/reference/referral-states", "/v1/referrals/summary"):  # fmt: skip
        assert (await theirs.get(closed)).status_code == 403, closed
    stale = await answered(theirs, made, "start", seen=7)
    assert (stale.status_code, stale.json()["present"]["state"]) == (412, "made")


async def test_nobody_is_referred_outside_the_programme_and_a_case_lists_its_referrals(
    a_desk, clients
):
    desk = await a_desk()
    offer = await listed(desk.engine)
    made = await desk.referred(offer)
    told = (await clients().get(f"{desk.here}/referrals")).json()
    assert [each["id"] for each in told["items"]] == [made["id"]]
    assert [each["allowed"] for each in told["next_steps"]] == [False]
    absent = await clients().get(f"/v1/referrals/{offer.service_id}")
    assert (absent.status_code, absent.json()["errorCode"]) == (404, "referral-not-found")
    record, _ = await consenting(clients())
    body = {"service_id": offer.service_id, "pathway": "finance", "name": "initials"}
    refused = await desk.boss.post(
        f"/v1/custody-records/{record['id']}/referrals",
        json=body | {"contact": CONTACT},
        headers=a_key(),
    )
    assert refused.json()["errorCode"] == "referral-outside-programme"


async def test_a_token_that_names_no_organization_is_no_providers(clients):
    issuer = clients.app.state.local_issuer
    token = issuer.token(Role.PROVIDER, [], name="nobody", at=datetime.now(UTC))
    for_nobody = clients.bare(Authorization=f"Bearer {token}")
    refused = await for_nobody.get("/v1/provider/referrals")
    assert (refused.status_code, refused.json()["errorCode"]) == (401, "not-authenticated")


@pytest.mark.slow
async def test_what_waits_for_an_answer_stands_on_the_worklist(a_desk, clients):
    desk = await a_desk()
    offer = await listed(desk.engine)
    made = await desk.referred(offer)
    navigator = desk.navigator.client

    async def kinds(client=navigator):
        found = (await client.get("/v1/worklist", params={"size": 200})).json()["items"]
        return {each["kind"] for each in found if each["custody_record_id"] == desk.record["id"]}

    at(clients, "2026-11-08T12:00:00+00:00")
    assert "referral_unacknowledged" in await kinds()
    assert "referral_unacknowledged" in await kinds(desk.boss)
    theirs = provider(clients, offer)
    had = (await answered(theirs, made, "acknowledgement")).json()
    assert {"referral_answered"} == {kind for kind in await kinds() if kind.startswith("referral")}
    await navigator.get(f"/v1/referrals/{made['id']}")
    assert not {kind for kind in await kinds() if kind.startswith("referral")}
    waits = (await answered(theirs, had, "waiting-list", reason_code="list_full")).json()
    at(clients, "2026-12-01T12:00:00+00:00")
    both = {"referral_answered", "referral_waiting"}
    assert both == {kind for kind in await kinds() if kind.startswith("referral")}
    ended = {"outcome": "declined_by_person", "reason_code": "too_far", "happened_on": "2026-12-01"}
    assert (await stepped(navigator, waits, "end", **ended)).status_code == 200
    # Whoever ends it knows what the provider answered.
    assert not {kind for kind in await kinds() if kind.startswith("referral")}
