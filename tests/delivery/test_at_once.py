"""Several people act on one case at once: one of them does, and the others are told."""

import asyncio
from collections import Counter

import pytest

from builders import WITHDRAWAL, a_key, booked
from checkpoint.foundation.actors import Role
from delivering import PROPOSED, STARTED, a_disposal, place, said


def told(answers):
    return Counter((a.status_code, a.json().get("errorCode")) for a in answers)


async def test_several_starts_at_once_are_one_start(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    answers = await asyncio.gather(
        *[said(officer, record, "programme-start", STARTED) for _ in range(6)]
    )
    assert told(answers) == {(201, None): 1, (409, "programme-started-already"): 5}


async def test_several_proposals_at_once_are_one_proposal(a_case, supervisor):
    record = await a_case("control")
    people = [await supervisor(record, f"proposer {n}") for n in range(4)]
    answers = await asyncio.gather(*[said(who, record, "crossovers", PROPOSED) for who in people])
    assert told(answers) == {(201, None): 1, (409, "crossover-step-not-allowed"): 3}


async def test_several_answers_at_once_are_one_answer(a_case, supervisor):
    record = await a_case("control")
    first = await supervisor(record, "first")
    crossover = (await said(first, record, "crossovers", PROPOSED)).json()["crossovers"][0]
    others = [await supervisor(record, f"second {n}") for n in range(4)]
    doors = [
        (who, f"/v1/crossovers/{crossover['id']}/{noun}", body)
        for who, (noun, body) in zip(
            others, [("confirmation", {}), ("refusal", {"words": "It will wait."})] * 2, strict=True
        )
    ]
    answers = await asyncio.gather(
        *[who.post(door, json=body, headers=a_key()) for who, door, body in doors]
    )
    assert told(answers) == {(200, None): 1, (409, "crossover-step-not-allowed"): 3}


async def test_several_disposals_of_one_offence_at_once_are_one(client, clients):
    record = await booked(client)
    people = [client, clients(Role.SUPERVISOR), client, client]
    answers = await asyncio.gather(
        *[said(who, record, "disposals", a_disposal(record)) for who in people]
    )
    assert told(answers) == {(201, None): 1, (409, "disposal-stands"): 3}


@pytest.mark.slow
async def test_nobody_is_started_while_consent_is_taken_back(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    asking = (await officer.get(place(record, "consents"))).json()["items"][0]["id"]
    started, withdrawn = await asyncio.gather(
        said(officer, record, "programme-start", STARTED),
        officer.post(
            f"/v1/consents/{asking}/withdrawals",
            json=WITHDRAWAL | {"kind": "programme", "withdrawn_at": "2026-11-03T11:30:00Z"},
            headers=a_key(),
        ),
    )
    assert withdrawn.status_code in (200, 201), withdrawn.text
    assert started.status_code in (201, 409)
    shown = (await officer.get(place(record, "delivery"))).json()
    assert (shown["start"] is not None) == (started.status_code == 201)
