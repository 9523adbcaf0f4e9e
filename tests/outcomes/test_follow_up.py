"""Follow-up comes in whole or not at all, once, and without a look at any arm."""

import pytest

from builders import WITHDRAWAL, a_key, a_pnc_id
from checkpoint.foundation.actors import Role
from conftest import NOON
from following import LATER, NUMBERS, PLACE, a_row, nothing, sent

EVERYTHING = "SELECT count(*) AS n FROM follow_up_entry"
LAST = "SELECT event, operation, purpose FROM audit_entry ORDER BY xid DESC LIMIT 1"
THREE = (a_row(1), a_row(2, 1, event="charge", arrest_date=..., charge_date="2027-06-01"))


def counts(batch):
    return {name: number for name, number in batch["outcomes"].items() if number}


def gone(number, day, person=1):
    return nothing(number, person) | {"event": "death", "from_date": day}


async def entries(trial, source):
    return await trial.stage.found(
        "SELECT row_key, version, kind, allocation_id FROM follow_up_entry "
        "WHERE source = :source ORDER BY row_key, version",
        source=source,
    )


@pytest.mark.slow
async def test_follow_up_of_everybody_is_taken_in_and_told(shared_trial):
    client = shared_trial.client()
    answer = await sent(client, *THREE, nothing(3, 2), source="FIRST")
    assert answer.status_code == 201, answer.text
    batch = answer.json()
    assert answer.headers["location"] == f"{PLACE}/{batch['id']}"
    assert counts(batch) == {"new": 3}
    assert (batch["trial"], batch["rows"], batch["covered"], batch["lacking"]) == (
        "TEST-TRIAL",
        3,
        3,
        1,
    )
    assert "arm" not in answer.text
    assert [
        (row.row_key, row.version, row.kind) for row in await entries(shared_trial, "FIRST")
    ] == [
        ("R1", 1, "arrest"),
        ("R2", 1, "charge"),
        ("R3", 1, "nothing"),
    ]
    assert (await client.get(answer.headers["location"])).json() == batch
    listed = (await client.get(PLACE, params={"trial": "TEST-TRIAL", "size": 1})).json()
    assert len(listed["items"]) == 1
    rows = await client.get(f"{PLACE}/{batch['id']}/rows", params={"size": 2})
    assert [row["number"] for row in rows.json()["items"]] == [1, 2]
    assert set(rows.json()["items"][0]) == {"number", "outcome", "meaning"}
    more = await client.get(
        f"{PLACE}/{batch['id']}/rows", params={"size": 2, "after": rows.json()["next"]}
    )
    assert [row["number"] for row in more.json()["items"]] == [3]
    lacking = (await client.get(f"{PLACE}/{batch['id']}/lacking")).json()["items"]
    assert [(each["allocation_id"], each["has_pnc_id"]) for each in lacking] == [
        (shared_trial.allocations[3], False)
    ]


async def test_outcome_22_of_a_later_offence_is_taken_in_alike_of_either_arm(shared_trial):
    arms = set()
    for number, record in enumerate(shared_trial.records[:3]):
        officer = shared_trial.stage.at()(name=f"officer {number}")
        told = await officer.get(f"/v1/custody-records/{record['id']}/allocation")
        arms.add(told.json()["arm"])
    assert len(arms) == 2
    assert await shared_trial.stage.found("SELECT * FROM contract") == []
    diverted = {
        "event": "disposal",
        "disposal": "out_of_court",
        "disposal_date": "2028-01-10",
        "outcome_code": "22",
    }
    rows = [a_row(n, n, arrest_date=..., **diverted) for n in range(3)]
    answer = await sent(shared_trial.client(), *rows, source="DIVERTED")
    assert answer.status_code == 201, answer.text
    assert counts(answer.json()) == {"new": 3}
    assert "arm" not in answer.text


@pytest.mark.slow
async def test_the_same_rows_are_the_same_batch_and_a_row_is_never_there_twice(shared_trial):
    client = shared_trial.client()
    first = await sent(client, *THREE, source="AGAIN")
    again = await sent(client, *reversed(THREE), source="AGAIN")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    more = (await sent(client, *THREE, nothing(9, 2), source="AGAIN")).json()
    assert counts(more) == {"new": 1, "repeated": 2}
    assert len(await entries(shared_trial, "AGAIN")) == 3
    later = (await sent(client, *THREE, source="AGAIN", followed_until="2029-06-01")).json()
    assert counts(later) == {"repeated": 2}
    told = await client.get(f"{PLACE}/{more['id']}/rows", params={"outcome": "repeated"})
    assert [row["number"] for row in told.json()["items"]] == [1, 2]


async def test_a_later_row_of_the_same_key_takes_its_place_and_the_first_stays_on_record(
    shared_trial,
):
    client = shared_trial.client()
    await sent(client, *THREE, source="MENDED")
    mended = a_row(1, arrest_date="2027-05-09")
    withdrawn = {"row_key": "R2", "pnc_id": NUMBERS[1], "event": "withdrawn"}
    batch = (await sent(client, mended, withdrawn, source="MENDED")).json()
    assert counts(batch) == {"corrects": 2}
    assert [
        (row.row_key, row.version, row.kind) for row in await entries(shared_trial, "MENDED")
    ] == [
        ("R1", 1, "arrest"),
        ("R1", 2, "arrest"),
        ("R2", 1, "charge"),
        ("R2", 2, "withdrawn"),
    ]


async def test_rows_about_nobody_refuse_the_whole_unless_as_many_are_allowed(shared_trial):
    client = shared_trial.client()
    stranger = a_row(2, pnc_id=a_pnc_id(6_900_000))
    rows = [a_row(1), stranger, *(nothing(each, 2) for each in range(3, 35))]
    refused = await sent(client, *rows, source="LOST", allow_unmatched_percent=2)
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["errorCode"] == "follow-up-unmatched"
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("#/rows/1/pnc_id", "nobody-allocated")
    ]
    assert "Rows about nobody who was allocated in the trial: 1 of 34" in problem["detail"]
    assert stranger["pnc_id"] not in refused.text
    assert await entries(shared_trial, "LOST") == []
    batch = (await sent(client, *rows, source="LOST", allow_unmatched_percent=3)).json()
    assert counts(batch) == {"new": 33, "unmatched": 1}
    assert batch["allowed_unmatched_percent"] == 3
    told = await client.get(f"{PLACE}/{batch['id']}/rows", params={"outcome": "unmatched"})
    assert [row["number"] for row in told.json()["items"]] == [2]


async def test_a_number_that_two_people_may_have_is_about_neither(shared_trial):
    client = shared_trial.client()
    short = NUMBERS[0][2:]
    found = await sent(client, a_row(1, pnc_id=short), source="CENTURY")
    assert counts(found.json()) == {"new": 1}
    await shared_trial.stage.found(
        "INSERT INTO person (id, family_name, pnc_id, registered_at, registered_by) VALUES "
        "(gen_random_uuid(), 'Testperson', :pnc_id, now(), gen_random_uuid())",
        pnc_id=f"19{short}",
    )
    refused = await sent(client, a_row(2, pnc_id=short), source="CENTURY")
    assert [each["code"] for each in refused.json()["errors"]] == ["two-people"]
    assert "rows that may be about two people: 1" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"followed_until": "2029-06-02"}, "#/followed_until", "in-the-future"),
        ({"rows": [a_row(1), a_row(1, 1)]}, "#/rows/1/row_key", "row-twice"),
        ({"rows": [a_row(1, pnc_id="2001/1234567A")]}, "#/rows/0/pnc_id", "not-a-pnc-id"),
        (
            {"rows": [a_row(1, arrest_date="2029-06-01")]},
            "#/rows/0/arrest_date",
            "after-followed-until",
        ),
        ({"rows": [a_row(1, outcome_code="18")]}, "#/rows/0/outcome_code", "outcome-never-here"),
        ({"rows": []}, "#/rows", "too-short"),
        ({"source": "=cmd()"}, "#/source", "string-pattern-mismatch"),
        (
            {"rows": [nothing(1, 0), gone(2, "2026-11-02")]},
            "#/rows/1/from_date",
            "before-allocation",
        ),
        ({"rows": [a_row(1, arrest_date="02/05/2027")]}, "#/rows/0/arrest_date", None),
    ],
)
async def test_what_is_wrong_is_told_by_row_and_changes_nothing(shared_trial, body, pointer, code):
    client = shared_trial.client()
    before = await shared_trial.stage.found(EVERYTHING)
    answer = await sent(client, a_row(1), **({"source": "WRONG"} | body))
    assert answer.status_code == 422, answer.text
    faults = {each["pointer"]: each["code"] for each in answer.json()["errors"]}
    assert pointer in faults
    assert code in (None, faults[pointer])
    assert await shared_trial.stage.found(EVERYTHING) == before


async def test_somebody_may_be_gone_on_the_day_of_allocation_itself(shared_trial):
    found = await sent(shared_trial.client(), gone(1, "2026-11-03"), source="THAT-DAY")
    assert counts(found.json()) == {"new": 1}


async def test_there_is_no_follow_up_of_a_trial_or_a_batch_that_is_not_there(shared_trial):
    client = shared_trial.client()
    assert (await sent(client, a_row(1), trial="NO-TRIAL")).status_code == 404
    for place in ("", "/rows", "/lacking"):
        answer = await client.get(f"{PLACE}/{shared_trial.records[0]['id']}{place}")
        assert answer.json()["errorCode"] == "follow-up-batch-not-found"


async def test_every_step_of_follow_up_leaves_one_entry(shared_trial):
    client = shared_trial.client(Role.STATISTICIAN)
    batch = (await sent(client, *THREE, source="ENTRIES")).json()
    await sent(client, *THREE, source="ENTRIES")
    for place in ("", f"/{batch['id']}", f"/{batch['id']}/rows", f"/{batch['id']}/lacking"):
        assert (await client.get(PLACE + place)).status_code == 200
    events = await shared_trial.stage.found(
        "SELECT event FROM audit_entry WHERE CAST(:id AS uuid) = ANY(subject_ids) "
        "ORDER BY recorded_at",
        id=batch["id"],
    )
    assert sorted(row.event.removeprefix("outcomes.follow_up_") for row in events) == [
        "lacking_read",
        "listed",
        "read",
        "read",
        "rows_read",
        "taken_in",
    ]


@pytest.mark.slow
async def test_somebody_merged_is_followed_up_under_either_number(followed_trial):
    first, second = (record["person"]["id"] for record in followed_trial.records[:2])
    supervisor = followed_trial.client(Role.SUPERVISOR, NOON)
    version = (await supervisor.get(f"/v1/people/{first}")).headers["etag"]
    answer = await supervisor.post(
        f"/v1/people/{first}/merges",
        json={"other_id": second, "reason": "fingerprint_result", "words": "One person."},
        headers=a_key() | {"If-Match": version},
    )
    assert answer.status_code == 201, answer.text
    client = followed_trial.client(moment=LATER)
    batch = (await sent(client, a_row(1, 0), a_row(2, 1), nothing(3, 2))).json()
    assert (batch["covered"], batch["lacking"]) == (2, 1)
    found = await entries(followed_trial, "PNC")
    assert {str(row.allocation_id) for row in found} == {
        followed_trial.allocations[0],
        followed_trial.allocations[2],
    }


async def test_definitions_are_there_for_everybody_to_read(client):
    listed = (await client.get("/v1/reference/outcome-definitions")).json()["items"]
    assert [each["version"] for each in listed] == [
        "2015-04-07-starter",
        "2016-04-01-primary",
    ]
    assert [each["primary"] for each in listed] == [None, {"measure": "proven", "months": 24}]
    one = await client.get("/v1/reference/outcome-definitions/2015-04-07-starter")
    assert one.json() == listed[0]
    assert [each["measure"] for each in one.json()["measures"]] == ["arrest", "charge", "proven"]
    absent = await client.get("/v1/reference/outcome-definitions/none-such")
    assert absent.json()["errorCode"] == "outcome-definitions-not-found"
    for name, count in (("events", 9), ("disposals", 5), ("row-outcomes", 6)):
        codes = (await client.get(f"/v1/reference/follow-up-{name}")).json()["items"]
        assert len(codes) == count


async def test_definitions_that_are_no_longer_what_was_published_are_not_shown(client, owner):
    async def do(*statements):
        async with owner.begin() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)

    await do(
        "ALTER TABLE outcome_definitions DISABLE TRIGGER outcome_definitions_append_only",
        "UPDATE outcome_definitions SET content = content || '#'",
    )
    answer = await client.get("/v1/reference/outcome-definitions")
    await do(
        "UPDATE outcome_definitions SET content = rtrim(content, '#')",
        "ALTER TABLE outcome_definitions ENABLE TRIGGER outcome_definitions_append_only",
    )
    assert answer.status_code == 503
    assert answer.json()["errorCode"] == "outcome-definitions-changed"


@pytest.mark.slow
async def test_whoever_took_back_their_agreement_is_left_out_and_nothing_of_them_is_kept(
    followed_trial,
):
    trial, record = followed_trial, followed_trial.records[0]
    client = trial.client()
    first = (await sent(client, a_row(1), a_row(2, 1))).json()
    assert counts(first) == {"new": 2}
    officer = trial.stage.at()(name="officer 0")
    asked = (await officer.get(f"/v1/custody-records/{record['id']}/consents")).json()
    asking = asked["items"][0]["id"]
    answer = await officer.post(
        f"/v1/consents/{asking}/withdrawals", json=WITHDRAWAL, headers=a_key()
    )
    assert answer.status_code in (200, 201), answer.text
    batch = (await sent(client, a_row(3), nothing(4, 1), nothing(5, 2))).json()
    assert counts(batch) == {"new": 2, "left_out": 1}
    assert (batch["covered"], batch["lacking"]) == (2, 1)
    lacking = (await client.get(f"{PLACE}/{batch['id']}/lacking")).json()["items"]
    assert [each["allocation_id"] for each in lacking] == [trial.allocations[3]]
    assert [row.row_key for row in await entries(trial, "PNC")] == ["R1", "R2", "R4", "R5"]
    cut = await trial.client(Role.STATISTICIAN).post(
        "/v1/trials/TEST-TRIAL/data-cuts", json={}, headers=a_key()
    )
    assert (cut.json()["participants"], cut.json()["events"]) == (3, 1), cut.text
    (flow,) = (await trial.stage.found("SELECT flow FROM data_cut"))[0]
    assert flow["gates"]["allocated"] == 4
    assert sum(flow["left_out"].values()) == 1
