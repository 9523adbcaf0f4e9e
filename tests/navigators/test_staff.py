"""Who navigators are: registered, changed, cleared, absent; and who may see them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.foundation.errors import RuleBroken
from checkpoint.navigators.staff.rules import MOST_ENTRIES, check_clearance, check_space
from checkpoint.navigators.staff.states import (
    Cleared,
    NavigatorFullOfEntries,
    cleared_on,
    is_absent,
)
from delivering import problem
from navigating import INDUCTION, particulars
from traces import entries

DAY = date(2026, 11, 3)


def a_registration(**overrides):
    return particulars(**overrides) | {"actor_id": str(uuid4())}


@pytest.fixture
async def boss(clients):
    return clients(Role.SUPERVISOR)


async def test_a_navigator_is_registered_once(boss):
    body = a_registration(specialisms=["women", "drugs"])
    answer = await boss.post("/v1/navigators", json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["induction"], told["vetting"], told["absent"]) == ("never", "never", False)
    assert (told["version"], answer.headers["etag"]) == (1, '"1"')
    again = await boss.post("/v1/navigators", json=body, headers=a_key())
    problem(again, 409, "navigator-registered-already")
    read = await boss.get(f"/v1/navigators/{told['id']}")
    assert read.json() == told


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"provider": "NOBODY"}, "provider-unknown"),
        ({"base_suites": ["NOWHERE"]}, "suite-unknown"),
        ({"base_suites": ["DURHAMGATE", "DURHAMGATE"]}, "suite-twice"),
        ({"base_suites": ["PETERLEE"]}, "suite-not-yours"),
    ],
)
async def test_what_cannot_be_is_told_by_name(boss, wrong, code):
    body = a_registration(**wrong)
    answer = await boss.post("/v1/navigators", json=body, headers=a_key())
    assert code in [each["code"] for each in problem(answer, 422, "rule-broken")["errors"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 0},
        {"capacity": 101},
        {"capacity": "30"},
        {"capacity": 1.5},
        {"specialisms": ["women", "women"]},
        {"specialisms": ["dragons"]},
        {"base_suites": []},
        {"actor_id": "me"},
        {"rank": "inspector"},
    ],
)
async def test_what_cannot_be_read_registers_nobody(boss, wrong):
    body = a_registration() | wrong
    assert (await boss.post("/v1/navigators", json=body, headers=a_key())).status_code == 422


async def test_a_change_needs_the_version_that_was_seen_and_is_kept(boss, owner):
    body = a_registration()
    made = (await boss.post("/v1/navigators", json=body, headers=a_key())).json()
    address, change = f"/v1/navigators/{made['id']}", particulars(capacity=12, provider="NPS")
    assert (await boss.put(address, json=change)).status_code == 428
    answer = await boss.put(address, json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["capacity"], answer.headers["etag"]) == (12, '"2"')
    (entry,) = await entries(owner, answer)
    assert sorted(entry.changed_fields) == ["capacity", "provider"]
    problem(await boss.put(address, json=change, headers={"If-Match": '"1"'}), 412, "overtaken")


async def test_of_each_kind_the_last_clearance_counts(boss):
    made = (await boss.post("/v1/navigators", json=a_registration(), headers=a_key())).json()
    address = f"/v1/navigators/{made['id']}/clearances"
    told = await boss.post(address, json=INDUCTION, headers=a_key())
    assert told.json()["induction"] == "stands"
    taken = INDUCTION | {"last_day": "2026-11-02"}
    told = await boss.post(address, json=taken, headers=a_key())
    assert told.json()["induction"] == "expired"
    assert [each["number"] for each in told.json()["clearances"]] == [2, 1]
    answer = await boss.post(address, json=INDUCTION | {"given_on": "2026-11-04"}, headers=a_key())
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "in-the-future"


async def test_an_absence_is_put_right_once(boss):
    made = (await boss.post("/v1/navigators", json=a_registration(), headers=a_key())).json()
    address = f"/v1/navigators/{made['id']}/absences"
    away = {"absent_from": "2026-11-01", "last_day": "2026-11-03"}
    told = (await boss.post(address, json=away, headers=a_key())).json()
    assert told["absent"] is True
    first = told["absences"][0]["id"]
    right = {"absent_from": "2026-11-01", "last_day": "2026-11-02", "replaces_id": first}
    told = (await boss.post(address, json=right, headers=a_key())).json()
    assert (told["absent"], len(told["absences"])) == (False, 1)
    answer = await boss.post(address, json=right, headers=a_key())
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "nothing-to-replace"
    backwards = {"absent_from": "2026-11-03", "last_day": "2026-11-02"}
    answer = await boss.post(address, json=backwards, headers=a_key())
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "ends-before-it-begins"
    nothing = {"absent_from": "2026-11-03", "taken_away": True}
    assert (await boss.post(address, json=nothing, headers=a_key())).status_code == 422


async def test_a_supervisor_reaches_who_is_based_at_their_suites(boss, clients):
    made = (await boss.post("/v1/navigators", json=a_registration(), headers=a_key())).json()
    elsewhere = clients(Role.SUPERVISOR, "PETERLEE", name="elsewhere")
    address = f"/v1/navigators/{made['id']}"
    problem(await elsewhere.get(address), 404, "navigator-not-found")
    listed = await elsewhere.get("/v1/navigators", params={"size": 200})
    assert made["id"] not in listed.text
    assert made["id"] in (await boss.get("/v1/navigators", params={"size": 200})).text


async def test_navigators_are_listed_page_by_page(boss):
    for _ in range(3):
        await boss.post("/v1/navigators", json=a_registration(), headers=a_key())
    seen, after = [], None
    while True:
        query = {"size": 2} | ({"after": after} if after else {})
        page = (await boss.get("/v1/navigators", params=query)).json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len({*seen}) >= 3


async def test_another_provider_may_be_added_and_is_listed(boss):
    body = {
        "code": f"P{uuid4().hex[:8].upper()}",
        "name": "Synthetic Provider",
        "available_from": "2026-11-01",
        "source": "A test.",
    }
    assert (
        await boss.post("/v1/navigator-providers", json=body, headers=a_key())
    ).status_code == 201
    again = await boss.post("/v1/navigator-providers", json=body, headers=a_key())
    problem(again, 409, "navigator-provider-there")
    listed = (await boss.get("/v1/reference/navigator-providers")).json()["items"]
    assert {"NECA", "NPS", "LIFELINE", body["code"]} <= {each["code"] for each in listed}
    assert all(each["source"] and each["available_from"] for each in listed)


def test_a_clearance_stands_from_its_first_day_to_its_last():
    first, last = DAY, DAY + timedelta(days=2)
    days = [DAY + timedelta(days=n) for n in (-1, 0, 2, 3)]
    found = [cleared_on(first, last, on=on) for on in days]
    assert found == [Cleared.NEVER, Cleared.STANDS, Cleared.STANDS, Cleared.EXPIRED]
    assert cleared_on(None, None, on=DAY) is Cleared.NEVER


def test_an_absence_takes_in_both_its_days():
    last = DAY + timedelta(days=1)
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [is_absent(DAY, last, on=on) for on in days] == [False, True, True, False]
    assert is_absent(DAY, None, on=days[-1])


@pytest.mark.parametrize(
    ("given_on", "last_day", "code"),
    [
        (DAY, DAY - timedelta(days=1), "ends-before-it-begins"),
        (DAY, DAY + timedelta(days=3654), "too-long"),
        (DAY + timedelta(days=1), DAY + timedelta(days=2), "in-the-future"),
    ],
)
def test_a_clearance_that_cannot_be_is_told_by_name(given_on, last_day, code):
    with pytest.raises(RuleBroken) as refused:
        check_clearance(given_on, last_day, today=DAY)
    assert refused.value.faults[0]["code"] == code


def test_entries_of_a_navigator_have_an_end():
    check_space(MOST_ENTRIES - 1)
    with pytest.raises(NavigatorFullOfEntries):
        check_space(MOST_ENTRIES)
