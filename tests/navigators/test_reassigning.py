"""A whole caseload goes to others at once, as the plan says that was seen, or none of it does."""

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from delivering import problem
from navigating import answered, assigned, here, make_assigned, offered
from traces import entries

REASON = {"reason_code": "sick"}


@pytest.fixture
def boss(at_trial):
    return at_trial(Role.SUPERVISOR, name="boss")


@pytest.fixture
async def alone(trial_owner):
    """Nobody but those of this test can take a case: the others are away for good."""
    async with transaction(trial_owner) as session:
        await (await session.connection()).execute(
            sa.text("UPDATE navigator SET last_day = '2026-11-02' WHERE last_day IS NULL")
        )


@pytest.fixture
def holding(at_trial, trial_owner):
    """Gives a navigator cases, of any suite."""

    async def give(navigator, many, **record):
        async with transaction(trial_owner) as session:
            return [await make_assigned(session, navigator.id, **record) for _ in range(many)]

    return give


async def planned(boss, navigator, mapping=None):
    address = f"/v1/navigators/{navigator.id}/reassignment-plan"
    answer = await boss.post(address, json={"mapping": mapping})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["tag"]}"'
    return answer.json()


async def reassigned(boss, navigator, tag, mapping=None, key=None):
    return await boss.post(
        f"/v1/navigators/{navigator.id}/reassignments",
        json=REASON | {"mapping": mapping},
        headers=(key or a_key()) | {"If-Match": f'"{tag}"'},
    )


def to(cases, navigator, **more):
    return [
        {"custody_record_id": str(case.id), "navigator_id": navigator.id} | more for case in cases
    ]


async def test_a_sick_navigator_s_cases_go_to_whom_the_plan_suggests(
    alone, at_trial, boss, a_navigator, holding, trial_owner
):
    sick, one, two = (
        await a_navigator(),
        await a_navigator(capacity=2),
        await a_navigator(capacity=4),
    )
    held = await holding(sick, 2) + await holding(sick, 2, suite="PETERLEE")
    plan = await planned(boss, sick)
    assert (plan["holds"], len(plan["items"])) == (True, 4)
    assert await sick.cases() == {str(case.id): "assigned" for case in held}
    answer = await reassigned(boss, sick, plan["tag"])
    assert answer.status_code == 201, answer.text
    assert answer.json()["items"] == plan["items"]
    assert await sick.cases() == {}
    found = {**await one.cases(), **await two.cases()}
    assert found == {str(case.id): "assigned" for case in held}
    assert {each["custody_record_id"]: each["navigator_id"] for each in plan["items"]} == {
        id: who.id for who in (one, two) for id in await who.cases()
    }
    (entry,) = await entries(trial_owner, answer)
    assert entry.event == "navigator.caseload_reassigned"
    assert {case.id for case in held} <= {*entry.subject_ids}
    (case, *_) = held
    told = (await boss.get(here(case, "navigator"))).json()
    assert [(each["how"], each["end_reason"]) for each in told["history"]] == [
        ("reassigned", None),
        ("assigned", "reassigned"),
    ]
    problem(await reassigned(boss, sick, plan["tag"]), 409, "caseload-empty")


async def test_a_plan_that_is_no_longer_what_was_seen_is_not_done(
    alone, boss, a_navigator, holding
):
    sick, other = await a_navigator(), await a_navigator()
    held = await holding(sick, 2)
    tag = (await planned(boss, sick))["tag"]
    more = await holding(sick, 1)
    problem(await reassigned(boss, sick, tag), 412, "overtaken")
    assert len(await sick.cases()) == 3
    tag = (await planned(boss, sick))["tag"]
    mapping = to([*held, *more], other)
    problem(await reassigned(boss, sick, f"{tag[:-1]}x", mapping), 412, "overtaken")
    address = f"/v1/navigators/{sick.id}/reassignments"
    answer = await boss.post(address, json=REASON, headers=a_key())
    problem(answer, 428, "if-match-missing")
    assert (await reassigned(boss, sick, tag)).status_code == 201


async def test_one_case_that_cannot_be_placed_keeps_them_all(alone, boss, a_navigator, holding):
    sick, _ = await a_navigator(), await a_navigator(capacity=2)
    await holding(sick, 3)
    plan = await planned(boss, sick)
    assert (plan["holds"], [each["holds"] for each in plan["items"]]) == (
        False,
        [True, True, False],
    )
    assert plan["items"][2]["why_not"] == ["holds_it", "full"]
    answer = await reassigned(boss, sick, plan["tag"])
    assert problem(answer, 409, "caseload-not-placeable")["cases"] == 1
    assert len(await sick.cases()) == 3


async def test_a_mapping_may_pass_a_capacity_by_a_word_that_is_kept(
    alone, boss, a_navigator, holding
):
    sick, other = await a_navigator(), await a_navigator(capacity=1)
    held = await holding(sick, 2)
    mapping = to(held, other)
    plan = await planned(boss, sick, mapping)
    assert [each["why_not"] for each in plan["items"]] == [[], ["full"]]
    problem(await reassigned(boss, sick, plan["tag"], mapping), 409, "caseload-not-placeable")
    mapping = to(held, other, override_words="For a week.")
    plan = await planned(boss, sick, mapping)
    assert [each["beyond_capacity"] for each in plan["items"]] == [False, True]
    assert (await reassigned(boss, sick, plan["tag"], mapping)).status_code == 201
    told = [(await boss.get(here(case, "navigator"))).json()["assignment"] for case in held]
    assert [each["override_words"] for each in told] == [None, "For a week."]
    assert len(await other.cases()) == 2


async def test_a_mapping_goes_to_nobody_who_knows_the_person(
    alone, at_trial, boss, a_case, a_navigator
):
    record, sick, other = await a_case("treatment"), await a_navigator(), await a_navigator()
    await assigned(at_trial(), record, sick)
    body = {"navigator_id": other.id, "relation": "knows_person"}
    door = here(record, "navigator-conflicts")
    assert (await boss.post(door, json=body, headers=a_key())).status_code == 201
    mapping = [{"custody_record_id": record["id"], "navigator_id": other.id}]
    mapping[0]["override_words"] = "Nobody else."
    plan = await planned(boss, sick, mapping)
    assert plan["items"][0]["why_not"] == ["conflict"]
    problem(await reassigned(boss, sick, plan["tag"], mapping), 409, "caseload-not-placeable")
    assert await sick.cases() == {record["id"]: "assigned"}


@pytest.mark.slow
async def test_covers_end_with_the_caseload_and_offers_with_the_assignment(
    alone, at_trial, boss, a_case, a_navigator
):
    record, own = await a_case("treatment"), await a_case("treatment")
    sick, holder, third = await a_navigator(), await a_navigator(), await a_navigator()
    await assigned(at_trial(), record, holder)
    await assigned(at_trial(), own, sick)
    cover = {"kind": "cover", "cover_last_day": "2026-11-05"}
    await answered(sick.client, (await offered(holder.client, record, sick, **cover)).json())
    open_offer = (await offered(sick.client, own, holder)).json()
    assert len(await sick.cases()) == 2
    plan = await planned(boss, sick)
    assert plan["covers_ended"] == [record["id"]]
    assert (await reassigned(boss, sick, plan["tag"])).status_code == 201
    assert await sick.cases() == {}
    assert record["id"] in await holder.cases()
    problem(await answered(holder.client, open_offer), 409, "handover-not-open")
    assert {own["id"]} <= {*await holder.cases(), *await third.cases()}


async def test_who_only_covers_has_their_covers_ended(at_trial, boss, a_case, a_navigator):
    record, sick, holder = await a_case("treatment"), await a_navigator(), await a_navigator()
    await assigned(at_trial(), record, holder)
    cover = {"kind": "cover", "cover_last_day": "2026-11-05"}
    await answered(sick.client, (await offered(holder.client, record, sick, **cover)).json())
    plan = await planned(boss, sick)
    assert (plan["items"], plan["covers_ended"]) == ([], [record["id"]])
    assert (await reassigned(boss, sick, plan["tag"])).status_code == 201
    assert (await sick.cases(), await holder.cases()) == ({}, {record["id"]: "assigned"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda mapping: mapping[:1], "case-left-out"),
        (lambda mapping: [mapping[0], mapping[0]], "case-twice"),
        (lambda mapping: [{**mapping[0], "custody_record_id": mapping[0]["navigator_id"]}], "case-not-theirs"),
    ],
)  # fmt: skip
async def test_a_mapping_is_of_their_cases_each_once(boss, a_navigator, holding, change, code):
    sick, other = await a_navigator(), await a_navigator()
    mapping = change(to(await holding(sick, 2), other))
    address = f"/v1/navigators/{sick.id}/reassignment-plan"
    answer = await boss.post(address, json={"mapping": mapping})
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == code


async def test_a_retried_reassignment_is_one(alone, boss, a_navigator, holding):
    sick, other, key = await a_navigator(), await a_navigator(), a_key()
    await holding(sick, 2)
    tag = (await planned(boss, sick))["tag"]
    one, two = [await reassigned(boss, sick, tag, key=key) for _ in range(2)]
    assert (one.status_code, one.json()) == (two.status_code, two.json())
    assert len(await other.cases()) == 2


async def test_a_plan_shows_arms_and_says_so(
    alone, at_trial, boss, a_case, a_navigator, trial_owner
):
    record, sick = await a_case("treatment"), await a_navigator()
    await assigned(at_trial(), record, sick)
    reader = at_trial(Role.SUPERVISOR, name=f"planner of {record['id']}")
    problem(await reader.get(here(record, "navigator")), 409, "arm-not-read")
    await planned(reader, sick)
    assert (await reader.get(here(record, "navigator"))).status_code == 200


async def test_somebody_of_another_suite_plans_nothing(at_trial, a_navigator):
    sick, stranger = await a_navigator(), at_trial(Role.SUPERVISOR, "PETERLEE", name="stranger")
    for noun in ("reassignment-plan", "reassignments"):
        answer = await stranger.post(
            f"/v1/navigators/{sick.id}/{noun}",
            json=REASON if noun == "reassignments" else {},
            headers=a_key() | {"If-Match": '"1-x"'},
        )
        problem(answer, 404, "navigator-not-found")


async def test_a_caseload_is_read_page_by_page(a_navigator, holding):
    someone = await a_navigator()
    held = {str(case.id) for case in await holding(someone, 5)}
    seen, after = [], None
    while True:
        query = {"size": 2} | ({"after": after} if after else {})
        page = (await someone.client.get("/v1/me/caseload", params=query)).json()
        seen += [each["custody_record_id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert (len(seen), {*seen}) == (5, held)
