"""Nobody speaks on a decision that no longer rests on what its case says."""

import pytest

from builders import (
    DEPARTURE,
    DETERMINATION,
    FORECAST,
    KNOWN,
    REFERRED,
    a_key,
    a_person,
    an_offence,
    booked,
    decided,
)
from checkpoint.foundation.actors import Role

TAG = {"If-Match": '"1"'}
CHANGES = ["screening", "offence", "forecast", "co_accused", "birth", "identity"]


async def changed(client, record, what):
    place = f"/v1/custody-records/{record['id']}"
    if what == "screening":
        body = KNOWN | {"interview_stance": "denied"}
        answer = await client.put(f"{place}/screening", json=body, headers=TAG)
    elif what == "offence":
        answer = await client.post(f"{place}/offences", json=an_offence(), headers=a_key())
    elif what == "forecast":
        await client.post(f"{place}/risk-view", json={"band": "low"}, headers=a_key())
        answer = await client.post(f"{place}/risk-forecast", json=FORECAST, headers=a_key())
    elif what == "co_accused":
        body = {"not_arrested": True}
        answer = await client.post(f"{place}/co-accused", json=body, headers=a_key())
    elif what == "birth":
        right = {"date_of_birth": "1990-01-01", "reason": "document_seen"}
        answer = await client.put(f"{place}/person", json=right, headers=TAG)
    else:
        right = {"person": a_person(date_of_birth="1990-01-01"), "reason": "fingerprint_result"}
        answer = await client.put(f"{place}/identity", json=right, headers=TAG)
    assert answer.status_code in (200, 201), answer.text


def is_overtaken(answer):
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "decision-overtaken")
    assert "decide again" in answer.json()["detail"]


async def determine(supervisor, decision):
    place = f"/v1/eligibility-decisions/{decision['id']}/determination"
    return await supervisor.post(place, json=DETERMINATION, headers=a_key() | TAG)


async def propose(supervisor, decision):
    place = f"/v1/eligibility-decisions/{decision['id']}/overrides"
    return await supervisor.post(place, json=DEPARTURE, headers=a_key() | TAG)


@pytest.mark.parametrize("what", CHANGES)
async def test_a_supervisor_determines_only_what_still_rests_on_the_case(client, clients, what):
    record = await booked(client, screening=KNOWN, offences=[an_offence(code=REFERRED)])
    decision = await decided(client, record)
    await changed(client, record, what)
    is_overtaken(await determine(clients(Role.SUPERVISOR), decision))


@pytest.mark.parametrize("what", CHANGES)
async def test_nobody_proposes_or_answers_an_override_of_what_has_changed(client, clients, what):
    proposed, bare = [await booked(client, screening=KNOWN) for _ in range(2)]
    first, second = clients(Role.SUPERVISOR), clients(Role.SUPERVISOR, name="somebody-else")
    override = (await propose(first, await decided(client, proposed))).json()
    decision = await decided(client, bare)
    for record in (proposed, bare):
        await changed(client, record, what)
    is_overtaken(await propose(first, decision))
    place = f"/v1/overrides/{override['id']}"
    is_overtaken(await second.post(f"{place}/confirmation", headers=a_key()))
    words = {"words": "The rule fits."}
    is_overtaken(await second.post(f"{place}/refusal", json=words, headers=a_key()))


async def test_a_release_overtakes_no_decision(client, clients):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    away = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    place = f"/v1/custody-records/{record['id']}/release"
    assert (await client.post(place, json=away, headers=a_key())).status_code == 200
    assert (await propose(clients(Role.SUPERVISOR), decision)).status_code == 201


KINDS = {
    "screening": "screening",
    "offence": "offences",
    "forecast": "risk_forecast",
    "co_accused": "co_accused",
    "birth": "person",
    "identity": "identity",
}


async def told(client, decision):
    answer = await client.get(f"/v1/eligibility-decisions/{decision['id']}")
    view = answer.json()
    return view["overtaken"], view["overtaken_by"]


def oversight_steps(view):
    return {
        step["step"]: (step["allowed"], step["why_not"])
        for step in view["next_steps"]
        if "override" in step["step"] or step["step"] == "determine"
    }


@pytest.mark.parametrize("what", CHANGES)
async def test_a_decision_says_what_has_changed_since(client, what):
    record = await booked(client, screening=KNOWN)
    first = await decided(client, record)
    assert (first["overtaken"], first["overtaken_by"]) == (False, [])
    assert await told(client, first) == (False, [])
    await changed(client, record, what)
    assert await told(client, first) == (True, [KINDS[what]])
    now = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    second = await decided(client, now)
    assert await told(client, second) == (False, [])
    assert (await told(client, first))[0] is True


async def test_several_kinds_are_told_in_their_order(client):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    for what in ("co_accused", "offence"):
        await changed(client, record, what)
    assert await told(client, decision) == (True, ["offences", "co_accused"])


async def test_a_link_from_the_other_side_and_its_withdrawal_overtake(client):
    one, other = [await booked(client, screening=KNOWN) for _ in range(2)]
    first = await decided(client, one)
    place = f"/v1/custody-records/{other['id']}/co-accused"
    body = {"custody_record_id": one["id"]}
    linked = (await client.post(place, json=body, headers=a_key())).json()
    assert await told(client, first) == (True, ["co_accused"])
    second = await decided(client, (await client.get(f"/v1/custody-records/{one['id']}")).json())
    assert await told(client, second) == (False, [])
    (link,) = linked["circumstances"]["co_accused"]
    gone = await client.post(place, json={"withdraws": link["id"]}, headers=a_key())
    assert gone.status_code == 201, gone.text
    assert await told(client, second) == (True, ["co_accused"])


async def test_the_link_of_another_case_overtakes_nothing(client):
    one, other, third = [await booked(client, screening=KNOWN) for _ in range(3)]
    decision = await decided(client, third)
    place = f"/v1/custody-records/{one['id']}/co-accused"
    body = {"custody_record_id": other["id"]}
    linked = (await client.post(place, json=body, headers=a_key())).json()
    (link,) = linked["circumstances"]["co_accused"]
    await client.post(place, json={"withdraws": link["id"]}, headers=a_key())
    assert await told(client, decision) == (False, [])


@pytest.mark.parametrize("referred", [True, False])
async def test_no_step_is_offered_of_what_has_changed_and_it_says_why(client, clients, referred):
    supervisor = clients(Role.SUPERVISOR)
    code = REFERRED if referred else "TH68010"
    record = await booked(client, screening=KNOWN, offences=[an_offence(code=code)])
    decision = await decided(client, record)
    step = "determine" if referred else "propose_override"
    place = f"/v1/custody-records/{record['id']}"
    places = [
        f"/v1/eligibility-decisions/{decision['id']}",
        f"{place}/eligibility-decisions",
        f"{place}/next-steps",
    ]
    for each in places:
        shown = (await supervisor.get(each)).json()
        assert oversight_steps(shown) == {step: (True, None)}, each
    await changed(client, record, "co_accused")
    for each in places:
        shown = (await supervisor.get(each)).json()
        (allowed, why), *rest = oversight_steps(shown).values()
        assert (allowed, rest) == (False, [])
        assert why == "What this decision rested on has changed since: decide again."
    assert (shown["overtaken"], shown["overtaken_by"]) == (True, ["co_accused"])


async def test_an_override_is_not_offered_to_be_answered_once_overtaken(client, clients):
    first, second = clients(Role.SUPERVISOR), clients(Role.SUPERVISOR, name="somebody-else")
    record = await booked(client, screening=KNOWN)
    override = (await propose(first, await decided(client, record))).json()
    await changed(client, record, "offence")
    shown = (await second.get(f"/v1/overrides/{override['id']}")).json()
    steps = oversight_steps(shown)
    assert steps.keys() == {"confirm_override", "decline_override"}
    assert all(not allowed and "decide again" in why for allowed, why in steps.values())
