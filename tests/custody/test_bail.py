"""Bail is extended or varied after the release; what was granted first stays on record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_key, booked, released
from checkpoint.custody.movements import rules
from checkpoint.custody.movements.queries import Bail
from checkpoint.custody.movements.rules import NotOnBail, bail_that_stands, check_variation
from checkpoint.custody.movements.states import MovementKind
from checkpoint.foundation.actors import Role
from checkpoint.foundation.errors import RuleBroken
from traces import entries

BAIL = {
    "released_at": "2026-11-03T04:30:00Z",
    "release_kind": "on_bail",
    "bail": {"return_at": "2026-11-24T10:00:00Z", "suite": "PETERLEE", "conditional": True},
}
VARIED = {
    "return_at": "2026-12-22T10:00:00Z",
    "authorised_at": "2026-11-03T10:00:00Z",
    "authority": "inspector",
    "reason": "investigation_goes_on",
}


def there(record):
    return f"/v1/custody-records/{record['id']}"


async def post(client, record, noun, body):
    return await client.post(f"{there(record)}/{noun}", json=body, headers=a_key())


async def vary(client, record, **overrides):
    body = {name: value for name, value in (VARIED | overrides).items() if value is not None}
    return await post(client, record, "bail-variations", body)


@pytest.fixture
async def bailed(client):
    answer = await post(client, await booked(client), "release", BAIL)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


async def test_bail_is_extended_and_only_the_last_end_counts(client, bailed, owner):
    assert bailed["detention"]["release"]["bail"]["granted_until"] == "2026-11-24T10:00:00Z"
    answer = await vary(client, bailed)
    assert answer.status_code == 201, answer.text
    bail = answer.json()["detention"]["release"]["bail"]
    assert (bail["return_at"], bail["granted_until"]) == (
        "2026-12-22T10:00:00Z",
        "2026-11-24T10:00:00Z",
    )
    assert (bail["suite"], bail["conditional"], bail["overdue"]) == ("PETERLEE", True, False)
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == ("custody.bail_varied", ["bail_return_at"])
    sooner = await vary(
        client,
        bailed,
        return_at="2026-11-03T11:00:00Z",
        authorised_at="2026-11-03T10:30:00Z",
        suite="DURHAMGATE",
        conditional=False,
        reason="other",
        words="The CPS answered.",
        authority="custody_officer",
    )
    bail = sooner.json()["detention"]["release"]["bail"]
    assert (bail["suite"], bail["conditional"], bail["overdue"]) == ("DURHAMGATE", False, True)
    told = [(v["number"], v["return_at"], v["authority"], v["words"]) for v in bail["variations"]]
    assert told == [
        (1, "2026-12-22T10:00:00Z", "inspector", None),
        (2, "2026-11-03T11:00:00Z", "custody_officer", "The CPS answered."),
    ]
    assert [v["after_its_end"] for v in bail["variations"]] == [False, False]
    late = await vary(client, bailed, authorised_at="2026-11-03T11:30:00Z")
    last = late.json()["detention"]["release"]["bail"]["variations"][-1]
    assert last["after_its_end"]
    assert late.json()["version"] == 5
    (movement,) = (await client.get(f"{there(bailed)}/detention")).json()["movements"]
    assert movement["bail_return_at"] == "2026-11-24T10:00:00Z"


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"authorised_at": "2099-01-01T00:00:00Z"}, ("#/authorised_at", "in-the-future")),
        ({"authorised_at": "2026-11-03T04:29:00Z"}, ("#/authorised_at", "authorised-before-release")),
        ({"return_at": "2026-11-03T10:00:00Z"}, ("#/return_at", "bail-before-authorisation")),
        ({"return_at": "2026-11-24T10:00:00Z"}, ("#/return_at", "nothing-changed")),
        ({"suite": "NOWHERE"}, ("#/suite", "suite-unknown")),
        ({"suite": "DARLINGTON"}, ("#/suite", "suite-closed")),
        ({"reason": "other"}, ("#/", "value-error")),
        ({"authority": None}, ("#/authority", "missing")),
    ],
)  # fmt: skip
async def test_a_variation_that_cannot_be_is_refused(client, bailed, overrides, expected):
    assert fault(await vary(client, bailed, **overrides)) == expected


async def test_a_variation_that_was_entered_wrongly_is_put_right_with_when_and_by_whom(
    client, bailed
):
    right = {"reason": "entered_wrongly", "authorised_at": "2026-11-03T06:00:00Z"}
    assert (await vary(client, bailed, authorised_at="2026-11-03T05:00:00Z")).status_code == 201
    later = {"return_at": "2026-12-29T10:00:00Z"}
    assert (await vary(client, bailed, **later)).status_code == 201
    assert fault(await vary(client, bailed, authorised_at=right["authorised_at"]))[1] == (
        "authorised-before-release"
    )
    before = right | {"authorised_at": "2026-11-03T04:59:00Z"}
    assert fault(await vary(client, bailed, **later, **before))[1] == "authorised-before-release"
    answer = await vary(client, bailed, **later, **right, authority="superintendent")
    assert answer.status_code == 201, answer.text
    again = await vary(client, bailed, **later, **right | {"authorised_at": "2026-11-03T05:30:00Z"})
    assert again.status_code == 201, again.text
    told = again.json()["detention"]["release"]["bail"]
    assert told["return_at"] == later["return_at"]
    assert [each["authorised_at"][11:16] for each in told["variations"]] == [
        "05:00",
        "10:00",
        "06:00",
        "05:30",
    ]


async def test_bail_as_it_was_granted_is_not_put_right_by_a_variation(client, bailed):
    same = {"return_at": BAIL["bail"]["return_at"], "reason": "entered_wrongly"}
    assert fault(await vary(client, bailed, **same))[1] == "nothing-changed"


async def test_nobody_is_bailed_longer_who_is_not_on_bail(client, bailed, clients):
    never = await booked(client)
    assert (await vary(client, never)).json()["errorCode"] == "not-on-bail"
    otherwise = await released(client, never)
    assert (await vary(client, otherwise)).json()["errorCode"] == "not-on-bail"
    body = {
        "reference": bailed["reference"],
        "suite": "PETERLEE",
        "arrived_at": "2026-11-03T09:00:00Z",
        "reason": "answering_bail",
    }
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="colleague")
    assert (await peterlee.post("/v1/custody-returns", json=body, headers=a_key())).is_success
    answered = await vary(peterlee, bailed)
    assert (answered.status_code, answered.json()["errorCode"]) == (409, "not-on-bail")
    assert (await vary(client, bailed)).status_code == 404


async def test_bail_of_a_release_that_was_withdrawn_is_forgotten_with_it(client, bailed):
    varied = (await vary(client, bailed)).json()
    headers = a_key() | {"If-Match": f'"{varied["version"]}"'}
    body = {"number": 1, "reason": "wrong_particulars"}
    assert (
        await client.post(f"{there(bailed)}/withdrawals", json=body, headers=headers)
    ).is_success
    again = await post(client, bailed, "release", BAIL)
    bail = again.json()["detention"]["release"]["bail"]
    assert (bail["return_at"], bail["variations"]) == ("2026-11-24T10:00:00Z", [])


async def test_one_bail_is_varied_so_often_and_no_more(client, bailed, monkeypatch):
    monkeypatch.setattr(rules, "MOST_VARIATIONS", 1)
    assert (await vary(client, bailed)).status_code == 201
    full = await vary(client, bailed, return_at="2027-01-02T10:00:00Z")
    assert (full.status_code, full.json()["errorCode"]) == (409, "custody-record-full")


RELEASED = datetime(2026, 11, 3, 4, 30, tzinfo=UTC)
PRESENT = Bail(RELEASED + timedelta(days=21), "PETERLEE", conditional=True)
HOURS = st.integers(-48, 24 * 40)


@given(authorised=HOURS, ends=HOURS, now=HOURS)
def test_bail_is_varied_between_the_release_and_now_and_to_a_later_time(authorised, ends, now):
    at = [RELEASED + timedelta(hours=hours) for hours in (authorised, ends, now)]
    changed = replace(PRESENT, return_at=at[1])
    possible = 0 <= authorised <= now and ends > authorised and changed != PRESENT
    try:
        check_variation(PRESENT, changed, authorised_at=at[0], since=RELEASED, now=at[2])
    except RuleBroken:
        assert not possible
    else:
        assert possible


def test_bail_stands_until_the_person_is_detained_again():
    release = SimpleNamespace(
        kind=MovementKind.RELEASED, return_reason=None, bail_return_at=RELEASED
    )
    attends = SimpleNamespace(kind=MovementKind.RETURNED, return_reason="voluntary_attendance")
    answers = SimpleNamespace(kind=MovementKind.RETURNED, return_reason="answering_bail")
    assert bail_that_stands([release, attends]) is release
    for movements in ([], [release, answers]):
        with pytest.raises(NotOnBail):
            bail_that_stands(movements)
