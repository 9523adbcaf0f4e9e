"""Offences are disposed of, whatever their case was assigned; nothing recorded is lost."""

import pytest

from builders import a_key, an_offence, booked
from checkpoint.foundation.actors import Role
from delivering import a_disposal, place, problem, said

OFFENCES = [an_offence(), an_offence(committed_from="2026-10-30")]


async def test_every_offence_of_a_control_case_is_disposed_of(at_trial, a_case):
    record, officer = await a_case("control", offences=OFFENCES), at_trial()
    first, second = record["offences"]
    answer = await said(officer, record, "disposals", a_disposal(record, offence_id=first["id"]))
    assert answer.status_code == 201, answer.text
    assert [item["disposed"] for item in answer.json()["items"]] == [True, False]
    assert answer.json()["complete"] is False
    body = a_disposal(
        record,
        offence_id=second["id"],
        outcome_code="3",
        conditions=["reparation"],
        words="Pays for the window.",
    )
    told = (await said(officer, record, "disposals", body)).json()
    assert told["complete"] is True
    shown = told["items"][1]["disposals"][0]
    assert (shown["outcome"], shown["conditions"]) == ("Caution: adult", ["reparation"])
    assert (await officer.get(place(record, "disposals"))).json() == told
    delivered = (await officer.get(place(record, "delivery"))).json()
    assert delivered["delivered"] == "control"


@pytest.mark.slow
async def test_a_disposal_is_recorded_the_same_for_either_arm_and_by_the_blind(at_trial, a_case):
    told = []
    for arm in ("treatment", "control"):
        record = await a_case(arm)
        blind = at_trial(Role.SUPERVISOR, name=f"blind recorder {arm}")
        answer = await said(blind, record, "disposals", a_disposal(record))
        assert answer.status_code == 201
        assert "control" not in answer.text
        assert "treatment" not in answer.text
        told.append(answer.json()["items"][0].keys())
    assert told[0] == told[1]


@pytest.mark.slow
async def test_the_blind_are_told_that_and_not_how_whatever_the_arm(at_trial, a_case):
    told, blind = [], at_trial(Role.SUPERVISOR, name="blind reader")
    bodies = {"control": {}, "treatment": {"outcome_code": "3", "words": "Pays.", "conditions": ["reparation"]}}  # fmt: skip
    for arm, body in bodies.items():
        record, officer = await a_case(arm), at_trial()
        answer = await said(officer, record, "disposals", a_disposal(record, **body))
        (shown,) = answer.json()["items"][0]["disposals"]
        assert (shown["withheld"], shown["outcome_code"]) == (False, body.get("outcome_code", "1"))
        hidden = (await blind.get(place(record, "disposals"))).json()
        (one,) = hidden["items"][0]["disposals"]
        assert hidden["complete"] is hidden["items"][0]["disposed"] is one["withheld"] is True
        told.append({name: one[name] for name in one.keys() - {"id", "recorded_at"}})
        again = a_disposal(record, outcome_code="10") | {"replaces_id": one["id"]}
        mine = await said(blind, record, "disposals", again | {"reason_code": "entered_wrongly"})
        rows = mine.json()["items"][0]["disposals"]
        assert [(row["outcome_code"], row["withheld"]) for row in rows] == [("10", False), (None, True)]  # fmt: skip
        assert (await blind.get(place(record, "allocation"))).json()["arm"] == arm
        seen = (await blind.get(place(record, "disposals"))).json()["items"][0]["disposals"]
        assert [row["outcome_code"] for row in seen] == ["10", body.get("outcome_code", "1")]
    assert told[0] == told[1]
    assert [name for name, value in sorted(told[0].items()) if value in (None, [])] == [
        "conditions",
        "court",
        "decided_by",
        "outcome",
        "outcome_code",
        "reason_code",
        "words",
    ]


async def test_a_disposal_is_put_right_by_another_that_names_it(client):
    record = await booked(client)
    first = (await said(client, record, "disposals", a_disposal(record))).json()
    stands = first["items"][0]["disposals"][0]["id"]
    again = a_disposal(record, outcome_code="10")
    refused = problem(await said(client, record, "disposals", again), 409, "disposal-stands")
    assert refused["disposal_id"] == stands
    replacing = again | {"replaces_id": stands, "reason_code": "entered_wrongly"}
    answer = await said(client, record, "disposals", replacing)
    assert answer.status_code == 201, answer.text
    history = answer.json()["items"][0]["disposals"]
    assert [(each["number"], each["outcome_code"]) for each in history] == [(2, "10"), (1, "1")]
    problem(await said(client, record, "disposals", replacing), 409, "disposal-stands")


async def test_a_disposal_follows_its_offence_when_that_is_put_right(client):
    record = await booked(client)
    offence = record["offences"][0]["id"]
    await said(client, record, "disposals", a_disposal(record))
    right = await client.post(
        place(record, "offences"),
        json=an_offence(committed_from="2026-10-31", replaces=offence, reason="mistyped"),
        headers=a_key() | {"If-Match": f'"{record["version"]}"'},
    )
    assert right.status_code == 201, right.text
    (item,) = (await client.get(place(record, "disposals"))).json()["items"]
    assert item["offence_id"] != offence
    assert (item["disposed"], len(item["disposals"])) == (True, 1)
    old = a_disposal(record)
    answer = await said(client, record, "disposals", old)
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "offence-not-here"
    new = a_disposal(record, offence_id=item["offence_id"])
    problem(await said(client, record, "disposals", new), 409, "disposal-stands")


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"outcome_code": "18"}, "#/outcome_code", "outcome-never-here"),
        ({"outcome_code": "22"}, "#/outcome_code", "no-completed-contract"),
        ({"outcome_code": "17"}, "#/outcome_code", "time-limit-not-passed"),
        ({"outcome_code": "99"}, "#/outcome_code", "outcome-not-listed"),
        ({"disposed_on": "2026-11-04"}, "#/disposed_on", "in-the-future"),
        ({"disposed_on": "2026-11-01"}, "#/disposed_on", "disposed-before-arrest"),
        (
            {"offence_id": "0190b3a0-0000-7000-8000-000000000000"},
            "#/offence_id",
            "offence-not-here",
        ),
        (
            {
                "replaces_id": "0190b3a0-0000-7000-8000-000000000000",
                "reason_code": "entered_wrongly",
            },
            "#/replaces_id",
            "nothing-to-replace",
        ),
    ],
)
async def test_a_disposal_against_a_rule_changes_nothing(client, wrong, pointer, code):
    record = await booked(client)
    answer = await said(client, record, "disposals", a_disposal(record) | wrong)
    (fault,) = problem(answer, 422, "rule-broken")["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    told = (await client.get(place(record, "disposals"))).json()
    assert told["items"][0]["disposals"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome_code": "one"},
        {"court": "Synthetic Magistrates' Court"},
        {"conditions": ["reparation", "reparation"]},
        {"conditions": ["revenge"]},
        {"replaces_id": "0190b3a0-0000-7000-8000-000000000000"},
        {"reason_code": "other"},
        {"arm": "control"},
    ],
)
async def test_a_disposal_that_says_something_else_is_refused(client, wrong):
    record = await booked(client)
    answer = await said(client, record, "disposals", a_disposal(record) | wrong)
    assert answer.status_code == 422


async def test_disposals_of_somebody_else_s_case_are_not_there(client, clients):
    record = await booked(client)
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    for answer in (
        await said(stranger, record, "disposals", a_disposal(record)),
        await stranger.get(place(record, "disposals")),
    ):
        problem(answer, 404, "custody-record-not-found")


async def test_outcomes_are_listed_with_their_days_and_guards(client):
    listed = (await client.get("/v1/reference/disposal-outcomes")).json()["items"]
    found = {item["code"]: item for item in listed}
    assert found["22"]["available_from"] == "2019-04-01"
    assert found["18"]["source"].startswith("Never recorded here")
