from uuid import uuid4

import pytest

from builders import (
    DEPARTURE,
    DETERMINATION,
    KNOWN,
    REFERRED,
    a_key,
    an_offence,
    booked,
    decided,
    proposed,
)
from checkpoint.foundation.actors import Rank, Role
from checkpoint.foundation.clock import utc_now
from traces import entries

DECISION = "/v1/eligibility-decisions/{}"
OVERRIDE = "/v1/overrides/{}"
TAG = {"If-Match": '"1"'}


@pytest.fixture
def supervisor(clients):
    return clients(Role.SUPERVISOR)


@pytest.fixture
def second(clients):
    return clients(Role.SUPERVISOR, name="somebody-else")


async def settled(client, **known):
    return await decided(client, await booked(client, screening=KNOWN | known))


async def referred(client):
    offences = [an_offence(code=REFERRED)]
    return await decided(client, await booked(client, screening=KNOWN, offences=offences))


def refused(answer, status, slug):
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug), answer.text
    return answer.json()


def steps_of(view):
    return {step["step"]: step for step in view["next_steps"]}


async def determine(client, decision, tag='"1"', **changes):
    return await client.post(
        f"{DECISION.format(decision['id'])}/determination",
        json=DETERMINATION | changes,
        headers=a_key() | ({"If-Match": tag} if tag else {}),
    )


async def propose(client, decision, tag='"1"', **changes):
    return await client.post(
        f"{DECISION.format(decision['id'])}/overrides",
        json=DEPARTURE | changes,
        headers=a_key() | ({"If-Match": tag} if tag else {}),
    )


async def confirm(client, override, key=None):
    place = f"{OVERRIDE.format(override['id'])}/confirmation"
    return await client.post(place, headers=key or a_key())


async def decline(client, override, **sent):
    place = f"{OVERRIDE.format(override['id'])}/refusal"
    return await client.post(place, json=sent, headers=a_key())


async def test_a_determination_answers_with_the_decision_as_it_now_stands(
    client, supervisor, owner
):
    decision = await referred(client)
    step = steps_of((await supervisor.get(DECISION.format(decision["id"]))).json())["determine"]
    assert step["allowed"]
    assert step["href"] == f"{DECISION.format(decision['id'])}/determination"
    answer = await determine(supervisor, decision)
    view = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == DECISION.format(decision["id"])
    assert answer.headers["etag"] == '"1-determined"'
    assert (view["verdict"], view["standing"]["verdict"]) == ("refer", "eligible")
    assert view["standing"]["words"] == DETERMINATION["words"]
    assert steps_of(view).keys() == {"decide_eligibility"}
    read = await supervisor.get(DECISION.format(decision["id"]))
    assert (read.json(), read.headers["etag"]) == (view, '"1-determined"')
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.subject_kind) == ("oversight.determined", "determination")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"verdict": "refer"}, "#/verdict"),
        ({"reason_code": "canary"}, "#/reason_code"),
        ({"words": ""}, "#/words"),
        ({"words": "canary" * 200}, "#/words"),
        ({"words": "canary\u202e"}, "#/words"),
        ({"second_person": "canary"}, "#/second_person"),
    ],
)
async def test_a_malformed_answer_is_refused_without_echo(client, supervisor, changes, pointer):
    for post in (determine, propose):
        answer = await post(supervisor, await referred(client), **changes)
        problem = refused(answer, 422, "request-not-understood")
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
        assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("verdict", "reason", "fitting"),
    [
        ("ineligible", "terms_met", "terms_not_met, does_not_suit, other"),
        ("ineligible", "suits", "terms_not_met, does_not_suit, other"),
        ("eligible", "terms_not_met", "terms_met, suits, other"),
        ("eligible", "does_not_suit", "terms_met, suits, other"),
    ],
)
async def test_a_reason_that_contradicts_its_verdict_is_refused(
    client, supervisor, verdict, reason, fitting
):
    decision = await referred(client)
    answer = await determine(supervisor, decision, verdict=verdict, reason_code=reason)
    (fault,) = refused(answer, 422, "rule-broken")["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/reason_code", "reason-contradicts-verdict")
    assert fitting in fault["detail"]
    again = await determine(supervisor, decision, verdict=verdict, reason_code="other")
    assert again.status_code == 201


async def test_whoever_does_not_say_what_they_saw_is_refused(client, supervisor):
    decision = await referred(client)
    refused(await determine(supervisor, decision, tag=None), 428, "if-match-missing")
    refused(await determine(supervisor, decision, tag="*"), 428, "if-match-missing")
    problem = refused(await determine(supervisor, decision, tag='"2"'), 412, "overtaken")
    assert problem["present_etag"] == '"1"'
    refused(await propose(supervisor, decision, tag='"other"'), 412, "overtaken")


async def test_what_the_rules_settle_nobody_determines(client, supervisor):
    problem = refused(
        await determine(supervisor, await settled(client)), 409, "oversight-step-not-allowed"
    )
    assert (problem["state"], problem["allowed"]) == ("settled", ["oversight.override_proposed"])


async def test_an_override_is_proposed_read_and_confirmed(client, supervisor, second, owner):
    decision = await settled(client)
    answer = await propose(supervisor, decision)
    override = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (
        201,
        OVERRIDE.format(override["id"]),
    )
    assert (override["outcome"], override["holds"]) == (None, False)
    assert (override["verdict_by_rules"], override["verdict"]) == ("eligible", "ineligible")
    assert override["reason"] == "A risk to somebody that the rules do not see"
    own = steps_of(override)
    assert own["confirm_override"]["why_not"] == "You proposed it; somebody else answers."
    seen = (await second.get(OVERRIDE.format(override["id"]))).json()
    assert all(step["allowed"] for step in seen["next_steps"])
    href = steps_of(seen)["confirm_override"]["href"]
    confirmed = await second.post(href, headers=a_key())
    assert (confirmed.status_code, confirmed.json()["holds"]) == (200, True)
    assert confirmed.json()["next_steps"] == []
    view = (await client.get(DECISION.format(decision["id"]))).json()
    assert (view["verdict"], view["standing"]["verdict"]) == ("eligible", "ineligible")
    events = [entry.event for entry in await entries(owner, answer, confirmed)]
    assert sorted(events) == ["oversight.override_confirmed", "oversight.override_proposed"]


async def test_a_retry_confirms_once(client, supervisor, second):
    override, key = await proposed(supervisor, await settled(client)), a_key()
    first, again = [await confirm(second, override, key) for _ in range(2)]
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    refused(await confirm(second, override), 409, "oversight-step-not-allowed")


async def test_nobody_is_their_own_second_person(client, supervisor):
    override = await proposed(supervisor, await settled(client))
    refused(await confirm(supervisor, override), 403, "second-person-needed")
    refused(await decline(supervisor, override, words="No."), 403, "second-person-needed")


async def test_a_custody_officer_may_be_the_second_person(client, supervisor):
    override = await proposed(supervisor, await settled(client))
    assert (await confirm(client, override)).json()["outcome"] == "confirmed"


async def test_declining_says_why_and_the_rules_go_on_standing(client, supervisor, second):
    decision = await settled(client)
    override = await proposed(supervisor, decision)
    refused(await decline(second, override), 422, "request-not-understood")
    declined = (await decline(second, override, words="The rule fits.")).json()
    assert (declined["outcome"], declined["answer_words"]) == ("declined", "The rule fits.")
    assert (declined["holds"], steps_of(declined).keys()) == (False, {"propose_override"})
    view = (await client.get(DECISION.format(decision["id"]))).json()
    assert (view["standing"]["basis"], view["standing"]["override_id"]) == (
        "rules",
        override["id"],
    )
    refused(await propose(supervisor, decision), 412, "overtaken")
    again = await propose(supervisor, decision, tag='"1-declined"')
    assert again.json()["number"] == 2
    earlier = (await second.get(OVERRIDE.format(override["id"]))).json()
    assert earlier["next_steps"] == []


async def test_below_inspector_one_is_told_whom_to_ask(app, client, clients):
    decision = await settled(client)
    issuer = app.state.local_issuer
    token = issuer.token(
        Role.SUPERVISOR, ["DURHAMGATE"], name="low", at=utc_now(), rank=Rank.SERGEANT
    )
    sergeant = clients.bare(Authorization=f"Bearer {token}")
    step = steps_of((await sergeant.get(DECISION.format(decision["id"]))).json())
    assert step["propose_override"]["why_not"] == "This is for an inspector or above; ask one."
    problem = refused(await propose(sergeant, decision), 403, "rank-too-low")
    assert "Your rank: sergeant. Ask an inspector or above" in problem["detail"]


async def test_the_list_of_decisions_says_how_each_stands(client, supervisor, second):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    await confirm(second, await proposed(supervisor, decision))
    await decided(client, record)
    place = f"/v1/custody-records/{record['id']}/eligibility-decisions"
    listed = (await supervisor.get(place)).json()
    assert [item["standing"] for item in listed["items"]] == [
        {"verdict": "eligible", "basis": "rules"},
        {"verdict": "ineligible", "basis": "override"},
    ]
    assert steps_of(listed).keys() == {"decide_eligibility", "propose_override"}


async def test_an_override_elsewhere_is_not_there(client, clients, supervisor):
    override = await proposed(supervisor, await settled(client))
    stranger = clients(Role.SUPERVISOR, "PETERLEE")
    for id in (override["id"], uuid4()):
        refused(await stranger.get(OVERRIDE.format(id)), 404, "override-not-found")


async def test_the_ledger_by_record_tells_of_the_override_too(client, clients, supervisor, second):
    decision = await settled(client)
    override = await proposed(supervisor, decision)
    stranger = clients(Role.SUPERVISOR, "PETERLEE")
    await stranger.get(OVERRIDE.format(override["id"]))
    told = await clients(Role.AUDITOR).get(
        "/v1/ledger-entries", params={"subject": decision["custody_record_id"]}
    )
    events = [entry["event"] for entry in told.json()["items"]]
    assert events[:2] == ["request.refused", "oversight.override_proposed"]
