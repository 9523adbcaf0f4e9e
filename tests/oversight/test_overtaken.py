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
CHANGES = ["screening", "offence", "forecast", "birth", "identity"]


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
