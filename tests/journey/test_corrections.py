"""Corrections are read back, with the decisions that had rested on what stood before."""

from builders import KNOWN, a_key, an_offence, booked, decided
from checkpoint.foundation.actors import Role
from traces import entries

RECORD = "/v1/custody-records/{}"


async def move(client, record, person_id):
    return await client.put(
        f"{RECORD.format(record['id'])}/identity",
        json={"reason": "fingerprint_result", "person_id": person_id},
        headers={"If-Match": '"1"'},
    )


async def corrections(client, record):
    answer = await client.get(f"{RECORD.format(record['id'])}/corrections")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def put_right(client, record, version, **particulars):
    return await client.put(
        f"{RECORD.format(record['id'])}/person",
        json={"family_name": "Testperson", "reason": "document_seen"} | particulars,
        headers={"If-Match": f'"{version}"'},
    )


async def test_a_correction_tells_which_decisions_had_rested_on_what_stood_before(
    client, clients, owner
):
    record = await booked(client, screening=KNOWN)
    first = await decided(client, record)
    answer = await put_right(client, record, 1, date_of_birth="2010-01-01", words="Passport")
    second = await decided(client, answer.json())
    await put_right(client, record, 2, family_name="Testperson-Other")
    told = await corrections(clients(Role.SUPERVISOR), record)
    born, name = told
    assert (born["field"], born["before"], born["after"]) == (
        "date_of_birth",
        "1994-02-11",
        "2010-01-01",
    )
    assert (born["reason"], born["words"]) == ("document_seen", "Passport")
    assert (born["custody_record_id"], born["corrected_at"]) == (
        record["id"],
        "2026-11-03T12:00:00Z",
    )
    assert born["decisions"] == [
        {
            "id": first["id"],
            "custody_record_id": record["id"],
            "number": 1,
            "verdict": "eligible",
            "decided_at": first["decided_at"],
            "superseded_by_id": second["id"],
        }
    ]
    assert (name["field"], name["decisions"]) == ("family_name", [])


async def test_a_move_tells_every_decision_of_the_record_before_it(client):
    record, other = await booked(client, screening=KNOWN), await booked(client, screening=KNOWN)
    first = await decided(client, record)
    theirs = await decided(client, other)
    moved = (await move(client, record, other["person"]["id"])).json()
    (told,) = await corrections(client, record)
    assert (told["field"], told["before"], told["after"]) == (
        "person_id",
        record["person"]["id"],
        other["person"]["id"],
    )
    assert [decision["id"] for decision in told["decisions"]] == [first["id"]]
    await put_right(client, moved, 2, date_of_birth="1990-01-01")
    _, born = await corrections(client, record)
    assert [decision["id"] for decision in born["decisions"]] == [theirs["id"]]


async def test_decisions_of_other_suites_are_not_shown(client, clients):
    record = await booked(client, screening=KNOWN)
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")
    theirs = await booked(
        peterlee, person=..., person_id=record["person"]["id"], suite="PETERLEE", screening=KNOWN
    )
    await decided(peterlee, theirs)
    await put_right(client, record, 1, date_of_birth="1990-01-01")
    (ours,), (elsewhere,) = await corrections(client, record), await corrections(peterlee, theirs)
    assert (len(ours["decisions"]), len(elsewhere["decisions"])) == (0, 1)


async def test_a_reading_of_corrections_is_one_row_and_a_case_elsewhere_has_none(
    client, clients, owner
):
    record = await booked(client)
    answer = await client.get(f"{RECORD.format(record['id'])}/corrections")
    (row,) = await entries(owner, answer)
    assert (row.event, answer.json()) == (
        "journey.corrections_read",
        {"items": [], "offences": []},
    )
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    assert (await stranger.get(f"{RECORD.format(record['id'])}/corrections")).status_code == 404


async def test_words_said_in_another_suite_stay_there(client, clients):
    record = await booked(client, screening=KNOWN)
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")
    theirs = await booked(
        peterlee, person=..., person_id=record["person"]["id"], suite="PETERLEE", screening=KNOWN
    )
    await put_right(peterlee, theirs, 1, date_of_birth="1990-01-01", words="Said by her sister")
    (there,) = await corrections(peterlee, theirs)
    assert (there["words"], there["custody_record_id"]) == ("Said by her sister", theirs["id"])
    (here,) = await corrections(client, record)
    assert here == there | {"words": None, "custody_record_id": None, "decisions": []}


async def replaced(client, record, wrong, **offence):
    body = an_offence(replaces=wrong, **offence)
    answer = await client.post(
        f"{RECORD.format(record['id'])}/offences", json=body, headers=a_key()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_offence_put_right_is_told_with_the_decisions_that_had_rested_on_it(
    client, clients, owner
):
    record = await booked(client, screening=KNOWN)
    nothing = await client.get(f"{RECORD.format(record['id'])}/corrections")
    assert nothing.json() == {"items": [], "offences": []}
    theft = record["offences"][0]["id"]
    first = await decided(client, record)
    reason = {"code": "TH68036", "reason": "other", "words": "CCTV was seen."}
    once = await replaced(client, record, theft, **reason)
    burglary = once["offences"][0]["id"]
    second = await decided(client, once)
    twice = await replaced(client, record, burglary, reason="evidence_seen")
    supervisor = clients(Role.SUPERVISOR)
    answer = await supervisor.get(f"{RECORD.format(record['id'])}/corrections")
    one, other = answer.json()["offences"]
    assert (one["before"], one["before_code"]) == (theft, "TH68010")
    assert (one["after"], one["after_code"]) == (burglary, "TH68036")
    assert (one["reason"], one["words"]) == ("other", "CCTV was seen.")
    assert one["corrected_by"] == first["decided_by"]
    assert [decision["id"] for decision in one["decisions"]] == [first["id"]]
    assert (other["before"], other["after"]) == (burglary, twice["offences"][0]["id"])
    assert (other["reason"], other["words"]) == ("evidence_seen", None)
    assert [decision["id"] for decision in other["decisions"]] == [second["id"]]
    (entry,) = await entries(owner, answer)
    assert {first["id"], second["id"]} <= {str(id) for id in entry.subject_ids}
