"""Transfer, release, take back: through the front door."""

from uuid import UUID

import pytest

from builders import a_key, booked
from checkpoint.custody import queries
from checkpoint.custody.movements.queries import suite_of_case
from checkpoint.foundation.actors import Actor, Role
from traces import entries

RELEASE = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
BAIL = {
    "released_at": "2026-11-03T04:30:00Z",
    "release_kind": "on_bail",
    "bail": {"return_at": "2026-11-24T10:00:00Z", "suite": "PETERLEE", "conditional": True},
}
TRANSFER = {
    "suite": "PETERLEE",
    "left_at": "2026-11-03T00:10:00Z",
    "arrived_at": "2026-11-03T00:50:00Z",
}
BACK = {
    "suite": "PETERLEE",
    "arrived_at": "2026-11-03T09:00:00Z",
    "reason": "answering_bail",
    "authorised_at": "2026-11-03T09:10:00Z",
}


def there(record):
    return f"/v1/custody-records/{record['id']}"


async def post(client, record, noun, body):
    return await client.post(f"{there(record)}/{noun}", json=body, headers=a_key())


async def take_back(client, record, **overrides):
    body = BACK | {"reference": record["reference"]} | overrides
    body = {name: value for name, value in body.items() if value is not None}
    return await client.post("/v1/custody-returns", json=body, headers=a_key())


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


@pytest.fixture
def peterlee(clients):
    return clients(Role.CUSTODY_OFFICER, "PETERLEE", name="colleague")


async def test_a_transferred_person_belongs_to_the_other_suite_and_their_record_too(
    client, peterlee, owner
):
    record = await booked(client, screening={"lives_in_area": True})
    answer = await post(client, record, "transfer", TRANSFER)
    assert (answer.status_code, answer.json()["suite"]) == (200, "PETERLEE")
    steps = {step["step"]: step["why_not"] for step in answer.json()["next_steps"]}
    assert steps.pop("withdraw_movement") is None  # the one thing that who sent it may still do
    assert set(steps.values()) == {"The record is at another suite now; ask a colleague there."}
    assert (await client.get(there(record))).status_code == 404
    read = (await peterlee.get(there(record))).json()
    assert read["screening"] == record["screening"]
    assert read["detention"]["clock"]["ends_at"] == record["detention"]["clock"]["ends_at"]
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == ("custody.transferred", ["suite"])


async def test_history_keeps_where_a_person_was(client, peterlee, session):
    record = await booked(client)
    await post(client, record, "transfer", TRANSFER)
    told = (await peterlee.get(f"{there(record)}/detention")).json()
    (movement,) = told["movements"]
    assert (movement["from_suite"], movement["to_suite"]) == ("DURHAMGATE", "PETERLEE")
    assert movement["entered_late"]
    by = Actor(id=UUID(int=1), role=Role.CUSTODY_OFFICER, suites=frozenset({"PETERLEE"}))
    kept = await queries.one(session, UUID(record["id"]), actor=by)
    assert await suite_of_case(session, kept, kept.arrived_at) == "DURHAMGATE"
    assert await suite_of_case(session, kept, kept.opened_at) == "PETERLEE"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"suite": "DURHAMGATE"}, ("#/suite", "same-suite")),
        ({"suite": "NOWHERE"}, ("#/suite", "suite-unknown")),
        ({"suite": "DARLINGTON"}, ("#/suite", "suite-closed")),
        ({"left_at": "2026-11-02T22:04:00Z"}, ("#/left_at", "left-before-arrival")),
        ({"left_at": "2099-01-01T00:00:00Z"}, ("#/left_at", "in-the-future")),
        ({"arrived_at": "2026-11-03T00:09:00Z"}, ("#/arrived_at", "arrived-before-leaving")),
        ({"arrived_at": "2099-01-01T00:00:00Z"}, ("#/arrived_at", "in-the-future")),
    ],
)
async def test_a_transfer_that_cannot_be_is_refused(client, overrides, expected):
    record = await booked(client)
    assert fault(await post(client, record, "transfer", TRANSFER | overrides)) == expected


async def test_bail_says_when_and_where_and_is_overdue_when_the_time_has_come(client):
    record = await booked(client)
    released = (await post(client, record, "release", BAIL)).json()["detention"]["release"]
    assert (released["kind"], released["suite"]) == ("on_bail", "DURHAMGATE")
    assert released["bail"] == {
        "return_at": "2026-11-24T10:00:00Z",
        "suite": "PETERLEE",
        "conditional": True,
        "overdue": False,
        "granted_until": "2026-11-24T10:00:00Z",
        "variations": [],
    }
    other = await booked(client)
    soon = {"return_at": "2026-11-03T11:00:00Z", "conditional": False}
    answer = await post(client, other, "release", BAIL | {"bail": soon})
    bail = answer.json()["detention"]["release"]["bail"]
    assert (bail["suite"], bail["overdue"]) == ("DURHAMGATE", True)


@pytest.mark.parametrize(
    ("bail", "expected"),
    [
        ({"return_at": "2026-11-03T04:30:00Z"}, ("#/bail/return_at", "bail-before-release")),
        ({"suite": "NOWHERE"}, ("#/bail/suite", "suite-unknown")),
        ({"suite": "DARLINGTON"}, ("#/bail/suite", "suite-closed")),
    ],
)
async def test_bail_that_cannot_be_is_refused(client, bail, expected):
    record = await booked(client)
    body = BAIL | {"bail": BAIL["bail"] | bail}
    assert fault(await post(client, record, "release", body)) == expected


@pytest.mark.parametrize("body", [BAIL | {"bail": None}, RELEASE | {"bail": BAIL["bail"]}])
async def test_bail_goes_with_release_on_bail_and_with_no_other(client, body):
    record = await booked(client)
    assert fault(await post(client, record, "release", body)) == ("#/", "value-error")


async def test_how_somebody_was_released_has_to_be_said(client):
    record = await booked(client)
    body = {"released_at": "2026-11-03T04:30:00Z"}
    assert fault(await post(client, record, "release", body)) == ("#/release_kind", "missing")


async def test_whoever_answers_bail_in_another_suite_is_detained_there_and_the_clock_goes_on(
    client, peterlee, owner
):
    record = await booked(client)
    await post(client, record, "release", BAIL)
    answer = await take_back(peterlee, record)
    assert answer.status_code == 200, answer.text
    back = answer.json()
    assert (back["state"], back["suite"], back["released_at"]) == ("detained", "PETERLEE", None)
    clock = back["detention"]["clock"]
    assert back["detention"]["release"] is None
    assert clock["counted_minutes"] == 6 * 60 + 25 + 3 * 60
    assert clock["review_due_at"] == "2026-11-03T15:10:00Z"
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == (
        "custody.returned",
        ["released_at", "state", "suite"],
    )
    assert (await client.get(there(record))).status_code == 404
    again = await post(
        peterlee, record, "release", RELEASE | {"released_at": "2026-11-03T10:00:00Z"}
    )
    assert again.json()["state"] == "released"


async def test_whoever_comes_voluntarily_is_not_detained_and_can_be_screened_there(
    client, peterlee
):
    record = await booked(client)
    await post(client, record, "release", RELEASE)
    answer = await take_back(peterlee, record, reason="voluntary_attendance", authorised_at=None)
    came = answer.json()
    assert (came["state"], came["suite"]) == ("released", "PETERLEE")
    assert came["detention"]["release"]["kind"] == "under_investigation"
    saved = await peterlee.put(
        f"{there(record)}/screening", json={"hate_crime": False}, headers={"If-Match": '"3"'}
    )
    assert saved.status_code == 200


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"arrived_at": "2026-11-03T04:00:00Z"}, ("#/arrived_at", "arrived-before-leaving")),
        ({"arrived_at": "2099-01-01T00:00:00Z"}, ("#/arrived_at", "in-the-future")),
        ({"authorised_at": "2026-11-03T08:00:00Z"}, ("#/authorised_at", "authorised-before-arrival")),
        ({"authorised_at": "2099-01-01T00:00:00Z"}, ("#/authorised_at", "in-the-future")),
        ({"reason": "voluntary_attendance"}, ("#/", "value-error")),
        ({"reference": "CP-7K3M-2QXH-M"}, ("#/reference", "value-error")),
    ],
)  # fmt: skip
async def test_a_return_that_cannot_be_is_refused(client, peterlee, overrides, expected):
    record = await booked(client)
    await post(client, record, "release", RELEASE)
    assert fault(await take_back(peterlee, record, **overrides)) == expected


async def test_a_reference_nobody_bears_and_a_person_held_elsewhere_get_the_same_answer(
    client, peterlee
):
    record = await booked(client)
    held = await take_back(peterlee, record)
    nobody = await take_back(peterlee, {"reference": "CP-0000-0000-0"})
    assert held.status_code == nobody.status_code == 404
    assert held.json()["detail"] == nobody.json()["detail"]


async def test_nobody_is_taken_back_who_is_here_already_or_into_somebody_elses_suite(
    client, peterlee
):
    record = await booked(client)
    here = await take_back(client, record, suite="DURHAMGATE")
    assert (here.status_code, here.json()["errorCode"]) == (409, "custody-step-not-allowed")
    answer = await take_back(client, record)
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "not-your-suite")
