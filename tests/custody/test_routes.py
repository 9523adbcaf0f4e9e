from uuid import uuid4

import pytest

from builders import KNOWN, a_booking, a_key, a_person, a_pnc_id, an_offence, booked, released
from checkpoint.foundation.actors import Role
from checkpoint.foundation.identifiers import is_reference

ROLE = "Your role does not allow this; ask a custody officer."
ALLOWED = [
    "add_offence",
    "attend_voluntarily",
    "change_co_accused",
    "correct_person",
    "extend_detention",
    "note_not_screened",
    "pause_detention",
    "record_review",
    "reidentify",
    "save_safeguards",
    "save_screening",
    "set_detention_times",
    "take_back",
]
GONE = "The person is released already."
HERE = "The person is detained already."
NO_BAIL = "The person is not on bail in this case."
UNMOVED = "Nobody has moved them since they were booked in."
RELEASE = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
RECORD = "/v1/custody-records/{}"


def steps_of(record):
    return {step["step"]: step["why_not"] for step in record["next_steps"]}


def refused(answer, status, slug, *faults):
    problem = answer.json()
    assert (answer.status_code, problem["errorCode"]) == (status, slug), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = [(fault["pointer"], fault["code"]) for fault in problem.get("errors", [])]
    assert found == [*faults]
    return problem


async def book_in(client, **overrides):
    return await client.post("/v1/custody-records", json=a_booking(**overrides), headers=a_key())


async def screen(client, record, body=KNOWN, **headers):
    return await client.put(RECORD.format(record["id"]) + "/screening", json=body, headers=headers)


async def post(client, record, noun, body):
    address = f"{RECORD.format(record['id'])}/{noun}"
    return await client.post(address, json=body, headers=a_key())


async def test_booking_in_answers_with_the_record_its_place_and_its_version(client):
    offence = an_offence(committed_until="2026-11-02", committed_in_area=None)
    somebody = a_person(pnc_id=a_pnc_id(7_100_001))
    answer = await book_in(client, offences=[offence], person=somebody)
    record = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == RECORD.format(record["id"])
    assert answer.headers["etag"] == '"1"'
    assert is_reference(record["reference"])
    person, (alleged,) = record["person"], record["offences"]
    assert {field: value for field, value in person.items() if value is not None} == somebody | {
        "id": person["id"]
    }
    assert alleged == {
        "id": alleged["id"],
        "code": "TH68010",
        "title": "Theft from a shop",
        "mode_of_trial": "either_way",
        "offence_class": "theft",
        "committed_from": "2026-11-01",
        "committed_until": "2026-11-02",
        "committed_in_area": None,
        "category": "either_way",
        "schedules": [],
        "in_force_on_its_date": "not_dated",
        "crime_reference": None,
        "domestic_abuse_grade": None,
        "hate_crime": None,
        "formally_reported_on": None,
    }
    assert record["arrested_at"] == "2026-11-02T21:40:00Z"
    again = await client.get(answer.headers["location"])
    assert (again.json(), again.headers["etag"]) == (record, '"1"')


async def test_somebody_on_record_is_booked_in_by_their_id(client):
    first = await released(client, await booked(client))
    answer = await book_in(client, person=..., person_id=first["person"]["id"])
    assert answer.status_code == 201
    assert answer.json()["person"] == first["person"]
    assert answer.json()["id"] != first["id"]


async def test_an_officer_is_told_all_that_they_may_do_and_where(client):
    record = await booked(client)
    place = RECORD.format(record["id"])
    assert {(s["step"], s["method"], s["href"]) for s in record["next_steps"]} == {
        ("save_screening", "PUT", f"{place}/screening"),
        ("add_offence", "POST", f"{place}/offences"),
        ("correct_person", "PUT", f"{place}/person"),
        ("reidentify", "PUT", f"{place}/identity"),
        ("release", "POST", f"{place}/release"),
        ("transfer", "POST", f"{place}/transfer"),
        ("take_back", "POST", "/v1/custody-returns"),
        ("attend_voluntarily", "POST", "/v1/custody-returns"),
        ("set_detention_times", "PUT", f"{place}/detention-times"),
        ("record_review", "POST", f"{place}/reviews"),
        ("extend_detention", "POST", f"{place}/extensions"),
        ("pause_detention", "POST", f"{place}/pauses"),
        ("save_safeguards", "PUT", f"{place}/safeguards"),
        ("note_not_screened", "PUT", f"{place}/not-screened"),
        ("change_co_accused", "POST", f"{place}/co-accused"),
        ("vary_bail", "POST", f"{place}/bail-variations"),
        ("withdraw_movement", "POST", f"{place}/withdrawals"),
    }
    may = dict.fromkeys(steps_of(record)) | {"vary_bail": NO_BAIL}
    here = {"take_back": HERE, "attend_voluntarily": HERE, "withdraw_movement": UNMOVED}
    assert steps_of(record) == may | here
    assert [s["step"] for s in record["next_steps"] if s["allowed"] == bool(s["why_not"])] == []
    released = (await post(client, record, "release", RELEASE)).json()
    assert steps_of(released) == may | {"release": GONE, "transfer": GONE}


async def test_a_supervisor_reads_and_is_told_why_they_may_do_nothing(client, clients):
    record = await booked(client)
    await post(client, record, "release", RELEASE)
    answer = await clients(Role.SUPERVISOR).get(RECORD.format(record["id"]))
    assert answer.status_code == 200
    assert answer.json()["person"] == record["person"]
    assert steps_of(answer.json()) == dict.fromkeys(steps_of(record), ROLE)
    assert not any(step["allowed"] for step in answer.json()["next_steps"])


async def test_a_screening_is_saved_whole(client):
    record = await booked(client, screening=KNOWN)
    part = {"interview_stance": "no_reply", "hate_crime": False}
    answer = await screen(client, record, part, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    screening = answer.json()["screening"]
    assert {k: v for k, v in screening.items() if k in KNOWN and v is not None} == part
    assert screening["number"] == 2
    read = await client.get(RECORD.format(record["id"]))
    assert read.json() == answer.json()


async def test_a_version_without_its_quotes_is_understood(client):
    record = await booked(client)
    assert (await screen(client, record, **{"If-Match": "1"})).status_code == 200


async def test_an_offence_is_added(client):
    record = await booked(client)
    answer = await post(client, record, "offences", an_offence(code="th68036"))
    assert answer.status_code == 201
    assert answer.headers["location"] == RECORD.format(record["id"])
    assert answer.headers["etag"] == '"2"'
    assert [o["code"] for o in answer.json()["offences"]] == ["TH68010", "TH68036"]


async def test_a_person_is_released(client):
    record = await booked(client)
    answer = await post(client, record, "release", RELEASE)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["state"], answer.json()["released_at"]) == (
        "released",
        "2026-11-03T04:30:00Z",
    )


@pytest.mark.parametrize(
    ("overrides", "pointer", "code"),
    [
        ({"offences": [an_offence(code="ZZ99999")]}, "#/offences/0/code", "offence-unknown"),
        ({"arrived_at": "2026-11-02T21:00:00Z"}, "#/arrived_at", "arrived-before-arrest"),
        ({"person": a_person(date_of_birth="2026-11-03")}, "#/person/date_of_birth", "born-after-arrest"),
    ],
)  # fmt: skip
async def test_a_booking_that_breaks_a_rule_says_where_and_which(client, overrides, pointer, code):
    refused(await book_in(client, **overrides), 422, "rule-broken", (pointer, code))


async def test_who_was_arrested_is_sent_once_and_not_twice(client):
    for overrides in ({"person": ...}, {"person_id": str(uuid4())}):
        problem = (await book_in(client, **overrides)).json()
        assert problem["errors"] == [
            {
                "pointer": "#/",
                "code": "value-error",
                "detail": "Send person or person_id, one of the two.",
            }
        ]


async def test_somebody_elses_suite_takes_no_booking_of_mine(client):
    refused(await book_in(client, suite="PETERLEE"), 403, "not-your-suite")


async def test_a_known_pnc_id_says_whose_it_is(client):
    person = a_person(pnc_id=a_pnc_id(7_100_002))
    first = await booked(client, person=person)
    problem = refused(await book_in(client, person=person), 409, "person-already-known")
    assert problem["person_id"] == first["person"]["id"]
    await released(client, first)
    answer = await book_in(client, person=..., person_id=problem["person_id"])
    assert answer.status_code == 201


async def test_an_unknown_person_cannot_be_booked_in_by_id(client):
    answer = await book_in(client, person=..., person_id=str(uuid4()))
    refused(answer, 404, "person-not-found")


async def test_another_suites_record_and_none_get_the_same_answer(client, clients):
    record = await booked(client)
    elsewhere = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    answers = []
    for id in (record["id"], str(uuid4())):
        there = {"id": id}
        for answer in (
            await elsewhere.get(RECORD.format(id)),
            await screen(elsewhere, there, **{"If-Match": '"1"'}),
            await post(elsewhere, there, "offences", an_offence()),
            await post(elsewhere, there, "release", RELEASE),
        ):
            problem = refused(answer, 404, "custody-record-not-found")
            answers.append({k: v for k, v in problem.items() if k != "instance"})
    assert [answer for answer in answers if answer != answers[0]] == []


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
async def test_a_screening_says_which_version_it_changes(client, headers):
    record = await booked(client)
    refused(await screen(client, record, **headers), 428, "if-match-missing")


@pytest.mark.parametrize("tag", ['"2"', '"0"', "2", 'W/"1"', '"1", "2"', "nonsense", ""])
async def test_a_screening_of_another_version_learns_the_present_one(client, tag):
    record = await booked(client)
    problem = refused(await screen(client, record, **{"If-Match": tag}), 412, "overtaken")
    assert problem["present_etag"] == '"1"'
    mended = await screen(client, record, **{"If-Match": problem["present_etag"]})
    assert mended.status_code == 200


async def test_an_offence_that_breaks_a_rule_says_where_and_which(client):
    record = await booked(client)
    answer = await post(client, record, "offences", an_offence(committed_from="2026-11-03"))
    refused(answer, 422, "rule-broken", ("#/committed_from", "offence-after-arrest"))


async def test_a_release_that_breaks_a_rule_says_where_and_which(client):
    record = await booked(client)
    answer = await post(
        client, record, "release", RELEASE | {"released_at": "2026-11-02T22:00:00Z"}
    )
    refused(answer, 422, "rule-broken", ("#/released_at", "released-before-arrival"))


async def test_a_second_release_is_told_how_it_stands(client):
    record = await booked(client)
    await post(client, record, "release", RELEASE)
    problem = refused(await post(client, record, "release", RELEASE), 409, "custody-step-not-allowed")  # fmt: skip
    assert (problem["state"], problem["detail"]) == ("released", GONE)
    assert problem["allowed"] == ALLOWED
