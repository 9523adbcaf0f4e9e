"""Whose case it is: who may be assigned, who is next, and who is told."""

import pytest

from builders import a_key, booked, eligible
from checkpoint.foundation.actors import Role
from delivering import PROPOSED, STARTED, problem, said
from navigating import INDUCTION, VETTING, assigned, here
from traces import entries
from trialling import consenting

EXPIRED = {"given_on": "2025-10-01", "last_day": "2026-11-02"}


async def test_a_treatment_case_is_assigned_and_stands_in_its_navigator_s_caseload(
    at_trial, a_case, a_navigator, trial_owner
):
    record, officer, navigator = await a_case("treatment"), at_trial(), await a_navigator()
    answer = await assigned(officer, record, navigator)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["assignment"]["navigator_id"] == navigator.id
    assert (told["assignment"]["how"], told["assignment"]["override_words"]) == ("assigned", None)
    assert (told["cover"], told["offers"], len(told["history"])) == (None, [], 1)
    assert (await officer.get(here(record, "navigator"))).json() == told
    listed = await navigator.client.get("/v1/me/caseload")
    (item,) = listed.json()["items"]
    assert item == {
        "custody_record_id": record["id"],
        "reference": record["reference"],
        "family_name": record["person"]["family_name"],
        "given_names": record["person"]["given_names"],
        "suite": "DURHAMGATE",
        "place": "assigned",
        "since": "2026-11-03T12:00:00Z",
        "until": None,
    }
    for one, event in ((answer, "navigator.assigned"), (listed, "navigator.caseload_read")):
        (entry,) = await entries(trial_owner, one)
        assert entry.event == event
        assert record["id"] in [str(each) for each in entry.subject_ids]


async def test_a_case_has_one_navigator(at_trial, a_case, a_navigator):
    record, officer = await a_case("treatment"), at_trial()
    first, second = await a_navigator(), await a_navigator()
    await assigned(officer, record, first)
    problem(await assigned(officer, record, second), 409, "navigator-there")
    assert await second.caseload() == []


async def test_a_control_case_is_nobody_s_before_a_crossover(
    at_trial, a_case, a_navigator, supervisor
):
    record, officer, navigator = await a_case("control"), at_trial(), await a_navigator()
    problem(await assigned(officer, record, navigator), 409, "control-not-startable")
    answer = await officer.get(here(record, "navigator-suggestions"))
    problem(answer, 409, "control-not-startable")
    first, second = await supervisor(record, "first"), await supervisor(record, "second")
    crossover = (await said(first, record, "crossovers", PROPOSED)).json()["crossovers"][0]
    door = f"/v1/crossovers/{crossover['id']}/confirmation"
    assert (await second.post(door, headers=a_key())).status_code == 200
    assert (await assigned(officer, record, navigator)).status_code == 201


async def test_a_started_case_may_still_be_assigned(at_trial, a_case, a_navigator):
    record, officer, navigator = await a_case("treatment"), at_trial(), await a_navigator()
    assert (await said(officer, record, "programme-start", STARTED)).status_code == 201
    assert (await assigned(officer, record, navigator)).status_code == 201


async def test_a_case_that_is_not_in_the_programme_is_nobody_s(at_trial, a_navigator):
    officer, navigator = at_trial(), await a_navigator()
    consented, _ = await consenting(officer)
    for record in (await booked(officer), await eligible(officer), consented):
        problem(await assigned(officer, record, navigator), 409, "not-in-programme")


async def test_whoever_is_blind_to_the_arm_hears_the_same_of_every_arm(
    at_trial, a_case, a_navigator
):
    navigator, told = await a_navigator(), []
    for arm in ("treatment", "control"):
        record = await a_case(arm)
        blind = at_trial(Role.SUPERVISOR, name=f"blind to {arm}")
        offer = {"navigator_id": navigator.id, "kind": "hand_over"}
        answers = [
            await blind.get(here(record, "navigator")),
            await blind.get(here(record, "navigator-suggestions")),
            await assigned(blind, record, navigator),
            await blind.post(
                here(record, "navigator/end"), json={"reason": "case_ended"}, headers=a_key()
            ),
            await blind.post(here(record, "navigator-handovers"), json=offer, headers=a_key()),
            await blind.post(here(record, "navigator-cover/end"), headers=a_key()),
        ]
        for answer in answers:
            problem(answer, 409, "arm-not-read")
        told.append([(a.status_code, a.json()["detail"]) for a in answers])
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("clearances", "block", "slug"),
    [
        ([VETTING], "not_inducted", "navigator-not-cleared"),
        ([INDUCTION], "not_vetted", "navigator-not-cleared"),
        ([INDUCTION | EXPIRED, VETTING], "induction_expired", "navigator-not-cleared"),
        ([INDUCTION, VETTING | EXPIRED], "vetting_expired", "navigator-not-cleared"),
    ],
)
async def test_nobody_is_assigned_without_induction_and_vetting(
    at_trial, a_case, a_navigator, clearances, block, slug
):
    record, officer = await a_case("treatment"), at_trial()
    navigator = await a_navigator(*clearances)
    problem(await assigned(officer, record, navigator), 409, slug)
    assert (await suggested(officer, record))[navigator.id]["why_not"] == [block]


async def suggested(client, record, **query):
    answer = await client.get(here(record, "navigator-suggestions"), params=query)
    assert answer.status_code == 200, answer.text
    return {each["navigator_id"]: each for each in answer.json()["items"]}


async def test_an_absent_navigator_is_offered_and_assigned_nothing(at_trial, a_case, a_navigator):
    record, officer, navigator = await a_case("treatment"), at_trial(), await a_navigator()
    boss = at_trial(Role.SUPERVISOR, name="boss")
    address = f"/v1/navigators/{navigator.id}/absences"
    away = await boss.post(address, json={"absent_from": "2026-11-03"}, headers=a_key())
    assert (away.status_code, away.json()["absent"]) == (201, True)
    problem(await assigned(officer, record, navigator), 409, "navigator-absent")
    assert (await suggested(officer, record))[navigator.id]["rank"] is None
    entry = away.json()["absences"][0]["id"]
    back = {"absent_from": "2026-11-03", "replaces_id": entry, "taken_away": True}
    told = await boss.post(address, json=back, headers=a_key())
    assert (told.json()["absent"], told.json()["absences"]) == (False, [])
    assert (await assigned(officer, record, navigator)).status_code == 201


@pytest.mark.slow
async def test_a_navigator_who_has_left_is_given_nothing_and_sees_nothing(
    at_trial, a_case, a_navigator
):
    first, officer, navigator = await a_case("treatment"), at_trial(), await a_navigator()
    await assigned(officer, first, navigator)
    boss = at_trial(Role.SUPERVISOR, name="boss")
    seen = await boss.get(f"/v1/navigators/{navigator.id}")
    body = {k: seen.json()[k] for k in ("name", "provider", "base_suites", "capacity")}
    left = await boss.put(
        f"/v1/navigators/{navigator.id}",
        json=body | {"last_day": "2026-11-02"},
        headers={"If-Match": seen.headers["etag"]},
    )
    assert left.status_code == 200, left.text
    assert await navigator.caseload() == []
    other = await a_case("treatment")
    problem(await assigned(officer, other, navigator), 409, "navigator-left")
    assert navigator.id not in await suggested(officer, other)


async def test_a_full_navigator_takes_more_only_by_a_supervisor_s_word(
    at_trial, a_case, a_navigator, supervisor
):
    officer, navigator = at_trial(), await a_navigator(capacity=1)
    assert (await assigned(officer, await a_case("treatment"), navigator)).status_code == 201
    record = await a_case("treatment")
    problem(await assigned(officer, record, navigator), 409, "navigator-full")
    answer = await assigned(officer, record, navigator, override_words="Nobody else is near.")
    problem(answer, 403, "capacity-override-not-yours")
    boss = await supervisor(record, "boss")
    assert (await assigned(boss, record, navigator)).status_code == 409
    answer = await assigned(boss, record, navigator, override_words="Nobody else is near.")
    assert answer.json()["assignment"]["override_words"] == "Nobody else is near."
    assert len(await navigator.caseload()) == 2


async def test_a_word_that_was_not_needed_is_not_kept(at_trial, a_case, a_navigator, supervisor):
    record, navigator = await a_case("treatment"), await a_navigator()
    boss = await supervisor(record, "boss")
    answer = await assigned(boss, record, navigator, override_words="To be sure.")
    assert answer.json()["assignment"]["override_words"] is None


@pytest.mark.slow
async def test_who_is_next_is_based_there_able_and_least_busy(at_trial, a_case, a_navigator):
    officer = at_trial()
    busy, free = await a_navigator(capacity=2), await a_navigator(capacity=2)
    able = await a_navigator(specialisms=["drugs"])
    away = await a_navigator(suite="PETERLEE")
    await assigned(officer, await a_case("treatment"), busy)
    found = await suggested(officer, await a_case("treatment"), specialism="drugs")
    ranks = [found[each.id]["rank"] for each in (able, free, busy, away)]
    assert ranks == sorted(ranks)
    assert found[able.id]["rank"] == 1
    assert found[able.id]["merits"] == ["base_suite", "specialism", "room"]
    assert found[busy.id]["reasons"][-1] == "1 of 2 cases"
    assert "base_suite" not in found[away.id]["merits"]


async def test_an_assignment_ends_without_another_and_access_with_it(
    at_trial, a_case, a_navigator, supervisor
):
    record, officer = await a_case("treatment"), at_trial()
    first, second = await a_navigator(), await a_navigator()
    await assigned(officer, record, first)
    boss, door = await supervisor(record, "boss"), here(record, "navigator/end")
    for reason in ("reassigned", "other"):
        answer = await boss.post(door, json={"reason": reason}, headers=a_key())
        assert answer.status_code == 422
    ended = await boss.post(door, json={"reason": "assigned_wrongly"}, headers=a_key())
    assert ended.status_code == 200, ended.text
    assert (ended.json()["assignment"], await first.caseload()) == (None, [])
    again = await boss.post(door, json={"reason": "case_ended"}, headers=a_key())
    problem(again, 409, "no-navigator")
    told = (await assigned(officer, record, second)).json()
    assert [each["end_reason"] for each in told["history"]] == [None, "assigned_wrongly"]


@pytest.mark.parametrize("body", [{}, {"navigator_id": "x"}, {"navigator_id": None}])
async def test_what_cannot_be_read_assigns_nobody(at_trial, a_case, body):
    record, officer = await a_case("treatment"), at_trial()
    answer = await officer.post(here(record, "navigator"), json=body, headers=a_key())
    assert answer.status_code == 422
    assert (await officer.get(here(record, "navigator"))).json()["history"] == []


async def test_a_navigator_nobody_knows_is_not_assigned(at_trial, a_case):
    record, officer = await a_case("treatment"), at_trial()
    body = {"navigator_id": record["id"]}
    answer = await officer.post(here(record, "navigator"), json=body, headers=a_key())
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == "navigator-unknown"


async def test_a_retried_assignment_is_one(at_trial, a_case, a_navigator):
    record, officer, navigator = await a_case("treatment"), at_trial(), await a_navigator()
    key, body = a_key(), {"navigator_id": navigator.id}
    one, other = [
        await officer.post(here(record, "navigator"), json=body, headers=key) for _ in range(2)
    ]
    assert (one.status_code, one.json()) == (other.status_code, other.json())
    assert len(await navigator.caseload()) == 1
