"""Appointments are planned, moved, cancelled and held; whoever has the case has them."""

import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from delivering import problem
from meeting import CANCEL, MOVE, PAST, PLAN, TOMORROW, became, on_record, planned
from navigating import answered as answered_offer
from navigating import here, offered
from traces import counts, entries


async def day(someone, on="2026-11-04"):
    answer = await someone.client.get("/v1/me/appointments", params={"on": on})
    assert answer.status_code == 200, answer.text
    return answer


async def test_an_appointment_is_planned_read_and_on_its_day(worked, a_navigator, trial_owner):
    record, navigator = await worked()
    key = a_key()
    door = here(record, "appointments")
    answer = await navigator.client.post(door, json=PLAN, headers=key)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"'), answer.text
    told = answer.json()
    assert (told["state"], told["navigator"], told["clashes"]) == ("planned", navigator.name, [])
    assert (told["ends_at"], told["contract_id"]) == ("2026-11-04T10:50:00Z", None)
    assert [(each["step"], each["allowed"]) for each in told["next_steps"]] == [
        ("move_appointment", True),
        ("cancel_appointment", True),
        ("record_attendance", False),
    ]
    assert told["next_steps"][2]["why_not"].startswith("It has not begun")
    again = await navigator.client.post(door, json=PLAN, headers=key)
    assert again.json() == told
    read = await navigator.client.get(answer.headers["location"])
    assert (read.json(), read.headers["etag"]) == (told, '"1"')
    listed = await on_record(navigator.client, record)
    assert [each["id"] for each in listed["appointments"]] == [told["id"]]
    seen = await day(navigator)
    (item,) = seen.json()["items"]
    assert (item["id"], item["yours"], item["state"]) == (told["id"], True, "planned")
    assert (item["reference"], item["family_name"]) == (
        record["reference"],
        record["person"]["family_name"],
    )
    for one, event in (
        (answer, "appointment.planned"),
        (read, "appointment.read"),
        (seen, "appointment.day_read"),
    ):
        (entry,) = await entries(trial_owner, one)
        assert entry.event == event
        assert record["id"] in [str(each) for each in entry.subject_ids]
    stranger = await a_navigator()
    problem(await stranger.client.get(f"/v1/appointments/{told['id']}"), 404, NOT_FOUND)
    problem(await stranger.client.get(here(record, "sessions")), 404, "custody-record-not-found")
    assert (await day(stranger)).json()["items"] == []
    assert (await navigator.client.get("/v1/me/appointments")).json()["on"] == "2026-11-03"


NOT_FOUND = "appointment-not-found"


@pytest.mark.slow
async def test_what_cannot_be_planned_is_told_and_changes_nothing(worked, trial_owner, a_navigator):
    record, navigator = await worked()
    other = await a_navigator()
    assert (await planned(navigator.client, record)).status_code == 201
    before = await counts(trial_owner, "appointment")
    problem(await planned(navigator.client, record), 409, "double-booked")
    for body, code in (
        ({"starts_at": "2026-11-02T21:39:59Z"}, "before-the-arrest"),
        ({"starts_at": "2027-11-05T12:00:00Z"}, "too-far-ahead"),
        ({"navigator_id": other.id}, "navigator-not-of-case"),
    ):
        answer = await planned(navigator.client, record, **body)
        assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == code
    for body in ({"minutes": 4}, {"minutes": 481}, {"kind": "party"}, {"starts_at": 1}):
        assert (await planned(navigator.client, record, **body)).status_code == 422
    assert await counts(trial_owner, "appointment") == before


async def test_staff_of_the_suite_plan_once_they_were_shown_the_arm(
    at_trial, a_case, worked, supervisor
):
    record, navigator = await worked()
    officer = at_trial()
    answer = await planned(officer, record, kind="first_contact")
    assert answer.status_code == 201, answer.text
    assert answer.json()["navigator_id"] == navigator.id
    assert [each["allowed"] for each in answer.json()["next_steps"]] == [True, True, False]
    found = await became(officer, answer.json(), "attendance", outcome="missed")
    problem(found, 403, "not-permitted")
    boss, blind = await supervisor(record, "boss"), at_trial(Role.SUPERVISOR, name="blind one")
    assert (await on_record(boss, record))["first_contact"]["overdue"] is False
    for reading in (
        await blind.get(here(record, "sessions")),
        await blind.get(f"/v1/appointments/{answer.json()['id']}"),
        await planned(blind, record),
    ):
        problem(reading, 409, "arm-not-read")
    nobodys = await a_case("treatment")
    problem(await planned(officer, nobodys), 409, "no-navigator")
    assert (await on_record(officer, nobodys))["first_contact"] is None


async def test_an_appointment_is_moved_and_says_who_asked_and_why(worked):
    record, navigator = await worked()
    client = navigator.client
    first = (await planned(client, record)).json()
    taken = (await planned(client, record, starts_at="2026-11-06T09:00:00Z")).json()
    stale = problem(await became(client, first, "move", seen=2, **MOVE), 412, "overtaken")
    assert stale["fields"] == [
        {"pointer": "#/starts_at", "yours": MOVE["starts_at"], "present": TOMORROW}
    ]
    stale = problem(await became(client, first, "cancellation", seen=2, **CANCEL), 412, "overtaken")
    assert stale["present"] == {"state": "planned", "starts_at": TOMORROW}
    at_taken = MOVE | {"starts_at": taken["starts_at"]}
    problem(await became(client, first, "move", **at_taken), 409, "double-booked")
    answer = await became(client, first, "move", **MOVE | {"place": "telephone"})
    assert answer.status_code == 201, answer.text
    second = answer.json()
    assert (second["moved_from_id"], second["starts_at"]) == (first["id"], MOVE["starts_at"])
    assert (second["minutes"], second["place"], second["kind"]) == (50, "telephone", "session")
    old = (await client.get(f"/v1/appointments/{first['id']}")).json()
    assert (old["state"], old["moved_to_id"], old["version"]) == ("moved", second["id"], 2)
    assert (old["change"]["asked_by"], old["change"]["reason"]) == ("person", "work")
    assert [each["allowed"] for each in old["next_steps"]] == [False, False, False]
    problem(await became(client, first, "move", seen=2, **MOVE), 409, "appointment-not-open")
    # Back to where it was: the one that was moved away is not in the way.
    back = MOVE | {"starts_at": TOMORROW, "minutes": 30}
    third = await became(client, second, "move", **back)
    assert (third.status_code, third.json()["minutes"]) == (201, 30)
    assert len((await on_record(client, record))["doses"]) == 1
    assert (await on_record(client, record))["doses"][0]["planned"] == 2


async def test_an_appointment_is_cancelled_before_it_begins_or_where_it_was_a_mistake(worked):
    record, navigator = await worked()
    client = navigator.client
    ahead, begun = (await planned(client, record)).json(), (await planned(client, record, **PAST))
    answer = await became(client, ahead, "cancellation", **CANCEL)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled"), answer.text
    assert answer.json()["change"]["reason"] == "ill"
    problem(
        await became(client, ahead, "cancellation", seen=2, **CANCEL), 409, "appointment-not-open"
    )
    missed = {"seen": 2, "outcome": "missed"}
    problem(await became(client, ahead, "attendance", **missed), 409, "appointment-not-open")
    late = await became(client, begun.json(), "cancellation", **CANCEL)
    assert problem(late, 422, "rule-broken")["errors"][0]["code"] == "has-begun"
    wrong = CANCEL | {"reason": "entered_wrongly"}
    assert (await became(client, begun.json(), "cancellation", **wrong)).status_code == 200
    (dose,) = (await on_record(client, record))["doses"]
    assert (dose["planned"], dose["cancelled"]) == (0, 2)
    assert (await planned(client, record)).status_code == 201  # its time is free again


async def test_attended_and_complied_are_two_facts_and_both_can_be_put_right(worked):
    record, navigator = await worked()
    client = navigator.client
    held = (await planned(client, record, **PAST)).json()
    ahead = (await planned(client, record)).json()
    early = await became(client, ahead, "attendance", outcome="missed")
    assert problem(early, 422, "rule-broken")["errors"][0]["code"] == "not-begun"
    odd = await became(client, held, "attendance", outcome="missed", minutes=5, excused=True)
    codes = [each["code"] for each in problem(odd, 422, "rule-broken")["errors"]]
    assert codes == ["minutes-of-nobody", "excuse-missing"]
    came = {"outcome": "attended", "minutes": 50, "complied": False, "words": "Would not talk."}
    answer = await became(client, held, "attendance", **came)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    assert (answer.json()["state"], answer.json()["attendance"]["complied"]) == ("attended", False)
    assert answer.json()["attendance"]["entered_late"] is False
    stale = problem(await became(client, held, "attendance", **came), 412, "overtaken")
    assert (stale["fields"], stale["present"]["state"]) == ([], "attended")
    short = problem(
        await became(client, held, "attendance", **came | {"minutes": 20}), 412, "overtaken"
    )
    assert short["fields"] == [{"pointer": "#/minutes", "yours": 20, "present": 50}]
    right = {"outcome": "missed", "excused": True, "excuse_reason": "ill", "complied": None}
    answer = await became(client, held, "attendance", seen=2, **right)
    told = answer.json()
    assert (told["state"], told["version"]) == ("missed", 3)
    assert [each["number"] for each in told["entries"]] == [2, 1]
    assert told["entries"][1]["words"] == "Would not talk."
    problem(await became(client, held, "move", seen=3, **MOVE), 409, "appointment-not-open")
    found = await on_record(client, record)
    (dose,) = found["doses"]
    assert (dose["planned"], dose["delivered"], dose["excused"], dose["open"]) == (2, 0, 1, 1)
    last = found["appointments"][1]["attendance"]
    assert (last["number"], last["minutes"], last["excuse_reason"]) == (2, None, "ill")


async def test_whoever_is_to_be_elsewhere_is_said_and_refuses_nothing(
    at_trial, worked, a_navigator
):
    navigator = await a_navigator()
    (one, _), (two, _) = await worked(navigator), await worked(navigator)
    client, boss = navigator.client, at_trial(Role.SUPERVISOR, name="boss")
    assert (await planned(client, one)).json()["clashes"] == []
    soon = "2026-11-04T10:30:00Z"
    told = (await planned(client, two, starts_at=soon)).json()["clashes"]
    assert [(each["of"], each["why"], each["starts_at"]) for each in told] == [
        ("navigator", "appointment", TOMORROW)
    ]
    own = (await planned(client, two, starts_at="2026-11-04T11:00:00Z")).json()
    assert [(each["of"], each["starts_at"]) for each in own["clashes"]] == [
        ("person", soon),
        ("navigator", soon),
    ]
    away = {"absent_from": "2026-11-04", "last_day": None}
    door = f"/v1/navigators/{navigator.id}/absences"
    assert (await boss.post(door, json=away, headers=a_key())).status_code == 201
    found = (await client.get(f"/v1/appointments/{own['id']}")).json()["clashes"]
    assert [(each["of"], each["why"]) for each in found[-1:]] == [("navigator", "absence")]
    assert (await became(client, own, "cancellation", **CANCEL)).json()["clashes"] == []


async def test_appointments_go_with_the_case_and_are_seen_by_who_covers_it(
    at_trial, worked, a_navigator
):
    (record, holder), other = await worked(), await a_navigator()
    mine = (await planned(holder.client, record)).json()
    cover = await offered(holder.client, record, other, "cover", cover_last_day="2026-11-20")
    assert (await answered_offer(other.client, cover.json())).status_code == 200
    noon = {"starts_at": "2026-11-04T12:00:00Z", "navigator_id": other.id}
    theirs = (await planned(holder.client, record, **noon)).json()
    assert theirs["navigator"] == other.name
    for someone, yours in ((holder, [True, False]), (other, [False, True])):
        items = (await day(someone)).json()["items"]
        assert [each["id"] for each in items] == [mine["id"], theirs["id"]]
        assert [each["yours"] for each in items] == yours
    taken = (await offered(holder.client, record, other)).json()
    assert (await answered_offer(other.client, taken)).status_code == 200
    assert [each["yours"] for each in (await day(other)).json()["items"]] == [True, True]
    assert (await day(holder)).json()["items"] == []
    problem(await became(holder.client, mine, "move", **MOVE), 404, NOT_FOUND)
    assert (await became(other.client, mine, "move", **MOVE)).status_code == 201
    end = {"reason": "case_ended"}
    boss = at_trial(Role.SUPERVISOR, name="boss")
    assert (await boss.get(here(record, "allocation"))).status_code == 200
    done = await boss.post(here(record, "navigator/end"), json=end, headers=a_key())
    assert done.status_code == 200
    found = (await boss.get(f"/v1/appointments/{theirs['id']}")).json()
    assert (found["state"], found["clashes"]) == ("planned", [])
