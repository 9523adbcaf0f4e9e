"""A case goes to another navigator when both want it, and a cover ends by itself."""

from datetime import UTC, datetime

import pytest

from builders import a_key
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from delivering import problem
from navigating import answered, assigned, here, offered


@pytest.fixture
async def theirs(at_trial, a_case, a_navigator):
    """A case, whose it is, and somebody else."""
    record, holder, other = await a_case("treatment"), await a_navigator(), await a_navigator()
    assert (await assigned(at_trial(), record, holder)).status_code == 201
    return record, holder, other


async def offers(someone):
    return (await someone.client.get("/v1/me/handovers")).json()["items"]


async def test_a_case_is_handed_over_when_it_is_taken(at_trial, theirs):
    record, holder, other = theirs
    offer = await offered(holder.client, record, other, words="Likes to be met early.")
    assert (offer.status_code, offer.json()["state"]) == (201, "open")
    (told,) = await offers(other)
    assert (told["reference"], told["from_navigator"]) == (record["reference"], holder.name)
    assert record["person"]["family_name"] not in str(told)
    assert await other.cases() == {}
    answer = await answered(other.client, offer.json())
    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")
    assert (await holder.cases(), await other.cases()) == ({}, {record["id"]: "assigned"})
    assert await offers(other) == []
    found = (await at_trial().get(here(record, "navigator"))).json()
    assert found["assignment"]["how"] == "handed_over"
    assert [each["end_reason"] for each in found["history"]] == [None, "handed_over"]
    problem(await answered(other.client, offer.json()), 409, "handover-not-open")
    problem(await offered(holder.client, record, other), 404, "custody-record-not-found")


async def test_a_declined_case_stays_where_it_is(at_trial, theirs):
    record, holder, other = theirs
    offer = (await offered(holder.client, record, other)).json()
    assert (await answered(other.client, offer, "refusal")).status_code == 422
    answer = await answered(other.client, offer, "refusal", words="Too far.")
    assert answer.status_code == 200, answer.text
    assert await holder.cases() == {record["id"]: "assigned"}
    found = (await at_trial().get(here(record, "navigator"))).json()["offers"]
    assert [(each["state"], each["answer_words"]) for each in found] == [("declined", "Too far.")]
    problem(await answered(other.client, offer), 409, "handover-not-open")


async def test_a_later_offer_takes_the_place_of_an_open_one(at_trial, theirs, a_navigator):
    record, holder, other = theirs
    third = await a_navigator()
    first = (await offered(holder.client, record, other)).json()
    second = (await offered(holder.client, record, third)).json()
    problem(await answered(other.client, first), 409, "handover-not-open")
    assert (await answered(third.client, second)).status_code == 200
    assert await third.cases() == {record["id"]: "assigned"}


async def test_an_offer_is_answered_by_nobody_else(theirs, a_navigator):
    record, holder, other = theirs
    offer, stranger = (await offered(holder.client, record, other)).json(), await a_navigator()
    for who in (holder, stranger):
        problem(await answered(who.client, offer), 404, "handover-not-found")
    problem(await answered(other.client, {"id": record["id"]}), 404, "handover-not-found")


async def test_nobody_offers_a_case_that_is_not_theirs(theirs, a_navigator):
    record, _, other = theirs
    stranger = await a_navigator()
    for who in (other, stranger):
        problem(await offered(who.client, record, stranger), 404, "custody-record-not-found")


@pytest.mark.slow
async def test_a_supervisor_offers_a_case_beyond_a_capacity(
    at_trial, a_case, theirs, a_navigator, supervisor
):
    record, holder, _ = theirs
    full = await a_navigator(capacity=1)
    await assigned(at_trial(), await a_case("treatment"), full)
    boss = await supervisor(record, "boss")
    problem(await offered(holder.client, record, full), 409, "navigator-full")
    answer = await offered(holder.client, record, full, override_words="I know them.")
    problem(answer, 403, "capacity-override-not-yours")
    offer = (await offered(boss, record, full, override_words="They know the family.")).json()
    assert (await answered(full.client, offer)).status_code == 200
    found = (await boss.get(here(record, "navigator"))).json()["assignment"]
    assert found["override_words"] == "They know the family."


@pytest.mark.slow
async def test_room_is_asked_for_when_a_case_is_taken_and_not_only_when_it_is_offered(
    at_trial, a_case, theirs, a_navigator
):
    record, holder, _ = theirs
    one = await a_navigator(capacity=1)
    offer = (await offered(holder.client, record, one)).json()
    await assigned(at_trial(), await a_case("treatment"), one)
    problem(await answered(one.client, offer), 409, "navigator-full")
    assert await holder.cases() == {record["id"]: "assigned"}


COVER = {"kind": "cover", "cover_last_day": "2026-11-05"}


@pytest.fixture
def at(at_trial):
    """Moves the service's clock."""

    def move(*moment):
        async def then():
            return datetime(*moment, tzinfo=UTC)

        at_trial.app.dependency_overrides[clock.now] = then

    return move


async def test_a_cover_is_seen_by_both_and_ends_by_itself(at_trial, theirs, at):
    record, holder, other = theirs
    offer = (await offered(holder.client, record, other, **COVER)).json()
    assert (await answered(other.client, offer)).status_code == 200
    assert await holder.cases() == {record["id"]: "assigned"}
    assert await other.cases() == {record["id"]: "cover"}
    (item,) = await other.caseload()
    assert item["until"] == "2026-11-06T00:00:00Z"
    found = (await at_trial().get(here(record, "navigator"))).json()
    assert found["cover"]["navigator_id"] == other.id
    at(2026, 11, 5, 23, 59, 59)
    assert await other.cases() == {record["id"]: "cover"}
    at(2026, 11, 6)
    assert await other.cases() == {}
    assert await holder.cases() == {record["id"]: "assigned"}
    assert (await at_trial().get(here(record, "navigator"))).json()["cover"] is None
    problem(await offered(other.client, record, holder), 404, "custody-record-not-found")


async def test_an_offer_of_a_cover_is_over_after_its_last_day(theirs, at):
    record, holder, other = theirs
    offer = (await offered(holder.client, record, other, **COVER)).json()
    at(2026, 11, 6, 9)
    assert await offers(other) == []
    problem(await answered(other.client, offer), 409, "handover-not-open")


@pytest.mark.slow
async def test_whoever_covers_may_take_over_and_hands_nothing_on(theirs, a_navigator):
    record, holder, other = theirs
    offer = (await offered(holder.client, record, other, **COVER)).json()
    await answered(other.client, offer)
    third = await a_navigator()
    problem(await offered(other.client, record, third), 409, "case-only-covered")
    problem(await offered(holder.client, record, third, **COVER), 409, "case-covered-already")
    taken = (await offered(holder.client, record, other)).json()
    assert (await answered(other.client, taken)).status_code == 200
    assert (await holder.cases(), await other.cases()) == ({}, {record["id"]: "assigned"})


@pytest.mark.parametrize("who", ["holder", "coverer", "supervisor"])
async def test_a_cover_may_end_before_its_day(theirs, supervisor, who):
    record, holder, other = theirs
    offer = (await offered(holder.client, record, other, **COVER)).json()
    await answered(other.client, offer)
    boss = await supervisor(record, "boss")
    client = {"holder": holder.client, "coverer": other.client, "supervisor": boss}[who]
    door = here(record, "navigator-cover/end")
    assert (await client.post(door, headers=a_key())).status_code == 200
    assert await other.cases() == {}
    problem(await holder.client.post(door, headers=a_key()), 409, "case-not-covered")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "cover"}, "no-last-day"),
        ({"kind": "cover", "cover_last_day": "2026-11-02"}, "last-day-passed"),
        ({"kind": "cover", "cover_last_day": "2027-02-04"}, "too-long"),
        ({"kind": "hand_over", "cover_last_day": "2026-11-05"}, "not-a-cover"),
    ],
)
async def test_days_that_cannot_be_are_told_by_name(theirs, body, code):
    record, holder, other = theirs
    answer = await offered(holder.client, record, other, **body)
    assert problem(answer, 422, "rule-broken")["errors"][0]["code"] == code


async def test_a_case_without_a_navigator_is_not_offered(a_case, a_navigator, supervisor):
    record, other = await a_case("treatment"), await a_navigator()
    boss = await supervisor(record, "boss")
    problem(await offered(boss, record, other), 409, "no-navigator")


@pytest.mark.slow
async def test_a_case_is_not_offered_to_whose_it_is(theirs):
    record, holder, _ = theirs
    problem(await offered(holder.client, record, holder), 409, "navigator-holds-case")


async def test_colleagues_are_who_may_take_a_case_where_one_is_based(at_trial, a_navigator):
    own, near, away = await a_navigator(), await a_navigator(), await a_navigator(suite="PETERLEE")
    unready = await a_navigator({})
    answer = await own.client.get("/v1/me/colleagues")
    ids = {each["id"] for each in answer.json()["items"]}
    assert near.id in ids
    assert not {own.id, away.id, unready.id} & ids
    nobody = at_trial(Role.NAVIGATOR, name="unregistered")
    for door in ("caseload", "handovers", "colleagues"):
        assert (await nobody.get(f"/v1/me/{door}")).json()["items"] == []
