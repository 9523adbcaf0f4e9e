"""From a draft to a contract that runs."""

from builders import safeguarded
from checkpoint.contracts.agreements.schemas import FINANCE, OFFENDING
from checkpoint.foundation.actors import Role
from contracting import CONTRACT, TAG, VICTIM, WORK, Bench, enrolled
from delivering import problem
from harm import VIEWS, added, post
from navigating import assigned, registered
from traces import entries


async def test_a_contract_runs_for_four_months_from_the_day_on_which_its_person_signed(
    a_bench, owner
):
    bench = await a_bench()
    drafted = await bench.draft()
    assert drafted.status_code == 201, drafted.text
    assert (bench.contract["state"], drafted.headers["etag"]) == ("draft", '"1"')
    assert bench.contract["terms"]["reckoned"] == "4 calendar months"
    steps = {step["step"]: step["allowed"] for step in bench.contract["next_steps"]}
    assert steps["offer_contract"]
    offered = await bench.post("offer")
    assert bench.contract["terms"]["unsigned"] == ["person", "navigator", "supervisor"]
    bench.clock_to("2026-11-09T10:00:00Z")
    signed = await bench.sign("person", "2026-11-05T23:30:00Z")
    assert bench.contract["state"] == "offered"
    own = await bench.sign("navigator", "2026-11-09T09:00:00Z")
    last = await bench.sign("supervisor", "2026-11-09T09:30:00Z")
    assert last.status_code == 201, last.text
    contract = await bench.read(bench.officer)
    assert (contract["state"], contract["starts_on"], contract["ends_on"]) == (
        "active",
        "2026-11-05",
        "2027-03-04",
    )
    assert contract["clock"]["days_left"] == 115
    told = [step["event"] for step in contract["steps"]]
    answers = (drafted, offered, signed, own, last)
    assert told == [row.event for row in await in_order(owner, *answers)]
    allowed = [step["step"] for step in contract["next_steps"] if step["allowed"]]
    assert allowed == ["raise_review"]
    assert bench.contract["fallback"] == "charge"


async def in_order(owner, *answers):
    """The one entry of each of these requests."""
    rows = {str(row.request_id): row for row in await entries(owner, *answers)}
    assert len(rows) == len(answers)
    return [rows[answer.headers["x-request-id"]] for answer in answers]


async def test_each_of_the_three_signs_once_and_for_themselves(a_bench):
    bench = await a_bench()
    problem(await bench.draft(bench.officer), 403, "not-permitted")
    elsewhere = bench.clients(Role.SUPERVISOR, "PETERLEE")
    problem(await bench.draft(elsewhere), 404, "custody-record-not-found")
    assert (await bench.draft(bench.boss)).status_code == 201
    problem(await bench.sign("person"), 409, "contract-step-not-allowed")
    await bench.post("offer")
    problem(await bench.sign("navigator", by=bench.boss), 403, "signature-not-yours")
    problem(await bench.sign("supervisor", by=bench.navigator.client), 403, "signature-not-yours")
    early = await bench.sign("person", "2026-11-03T11:00:00Z")
    assert problem(early, 422, "rule-broken")["errors"][0]["code"] == "signed-too-early"
    for role in ("person", "navigator"):
        problem(await bench.sign("supervisor"), 409, "approval-comes-last")
        steps = {each["step"]: each for each in (await bench.read(bench.boss))["next_steps"]}
        assert steps["sign_as_supervisor"]["why_not"] == "The person and the navigator sign first."
        assert (await bench.sign(role)).status_code == 201
        problem(await bench.sign(role), 409, "signed-already")
    steps = {each["step"]: each for each in (await bench.read(bench.boss))["next_steps"]}
    assert steps["sign_as_supervisor"]["allowed"]
    stale = problem(await bench.post("offer", seen=1), 412, "overtaken")
    assert stale["present"] == {
        "state": "offered",
        "terms_number": 1,
        "starts_on": None,
        "ends_on": None,
    }
    assert "fields" not in stale
    debts = {"objective": "To owe nobody"}
    body = CONTRACT | {"conditions": [OFFENDING, FINANCE | debts], "reason_code": "needs_changed"}
    body.pop("fallback")
    stale = problem(await bench.post("terms", body, seen=1), 412, "overtaken")
    assert [(each["pointer"], each["yours"], each["present"]) for each in stale["fields"]] == [
        ("#/reason_code", "needs_changed", "agreed_at_start"),
        ("#/conditions/1/objective", debts["objective"], FINANCE["objective"]),
    ]
    assert (await bench.draft()).json()["type"] == "/problems/contract-there"


async def test_saving_the_draft_again_keeps_what_was_saved_and_takes_it_back_from_the_table(
    a_bench,
):
    bench = await a_bench()
    await bench.draft()
    await bench.post("offer")
    await bench.sign("person")
    key = bench.contract["terms"]["conditions"][1]["key"]
    more = {"reason_code": "needs_changed", "ends_on": "2027-01-31"}
    wanted = [CONTRACT["conditions"][0], CONTRACT["conditions"][1] | {"key": key}, WORK, TAG]
    saved = await bench.post("terms", more | {"conditions": wanted})
    assert saved.status_code == 201, saved.text
    assert (bench.contract["state"], bench.contract["terms"]["number"]) == ("draft", 2)
    assert [each["kind"] for each in bench.contract["terms"]["conditions"]] == [
        "offending",
        "pathway",
        "community",
        "tag",
    ]
    assert bench.contract["terms"]["conditions"][1]["key"] == key
    assert len(bench.contract["earlier"][0]["signatures"]) == 1
    await bench.post("offer")
    contract = await bench.sign_all()
    assert (contract["ends_on"], contract["terms"]["ends_on"]) == ("2027-01-31", "2027-01-31")
    other = {"reason_code": "other", "conditions": wanted}
    broken = problem(await bench.post("terms", other), 422, "rule-broken")
    assert broken["errors"][0]["code"] == "words-missing"


async def test_a_restorative_condition_is_for_a_victim_who_asked(a_bench):

    bench = await a_bench()
    wanted = [*CONTRACT["conditions"], VICTIM]
    refused = await bench.draft(conditions=wanted)
    assert problem(refused, 422, "rule-broken")["errors"][0]["code"] == "no-victim-asked"
    victim = await added(bench.officer, bench.record)
    await added(bench.officer, bench.record)
    asked = await post(
        bench.officer, f"victims/{victim['id']}/views", VIEWS | {"restorative_wish": "wishes"}
    )
    assert asked.status_code == 201, asked.text
    other = [*CONTRACT["conditions"], VICTIM | {"victim_id": bench.record["id"]}]
    refused = await bench.draft(conditions=other)
    assert problem(refused, 422, "rule-broken")["errors"][0]["code"] == "victim-did-not-ask"
    drafted = await bench.draft(conditions=wanted)
    assert drafted.status_code == 201, drafted.text
    assert drafted.json()["terms"]["conditions"][2]["victim_id"] == victim["id"]


async def test_nobody_has_a_contract_who_was_not_started_or_does_not_consent(a_bench, clients):

    bench = await a_bench()
    record = await enrolled(clients())
    navigator = await registered(clients)
    assert (await assigned(bench.boss, record, navigator)).status_code == 201
    other = Bench(clients, record, navigator)
    problem(await other.draft(), 409, "programme-not-started")
    problem(await bench.draft(navigator.client), 404, "custody-record-not-found")
    await bench.draft()
    answer = await navigator.client.get(f"/v1/contracts/{bench.contract['id']}")
    problem(answer, 404, "contract-not-found")
    listed = await bench.officer.get(f"/v1/custody-records/{bench.record['id']}/contracts")
    assert [each["id"] for each in listed.json()["items"]] == [bench.contract["id"]]
    theirs = await bench.navigator.client.get(f"/v1/custody-records/{bench.record['id']}/contracts")
    assert theirs.json() == listed.json()
    unread = f"/v1/custody-records/{bench.record['id']}/contracts"
    problem(await navigator.client.get(unread), 404, "custody-record-not-found")


async def test_who_is_needed_beside_the_person_is_there_when_they_sign(a_bench):

    bench = await a_bench()
    await bench.draft()
    await bench.post("offer")
    record = (await bench.officer.get(f"/v1/custody-records/{bench.record['id']}")).json()
    await safeguarded(bench.officer, record, interpreter_needed=True, interpreter_language="pl")
    missing = problem(await bench.sign("person"), 409, "safeguards-not-there")
    assert missing["missing"] == ["interpreter"]
    assert (await bench.sign("person", interpreter=True)).status_code == 201


async def test_terms_typed_on_a_stale_version_are_shown_beside_those_that_stand(a_bench, owner):
    bench = await a_bench()
    await bench.draft()
    mine = {"reason_code": "needs_changed", "conditions": [OFFENDING, FINANCE | {"amount": 6}]}
    theirs = mine | {"conditions": [OFFENDING, FINANCE | {"amount": 5}], "words": "Fewer."}
    assert (await bench.post("terms", theirs, by=bench.boss, seen=1)).status_code == 201
    answer = await bench.post("terms", mine, seen=1)
    assert (answer.status_code, answer.json()["present_etag"]) == (412, '"2"')
    before = FINANCE["amount"]
    assert answer.json()["fields"] == [
        {"pointer": "#/words", "yours": None, "present": "Fewer.", "seen": None},
        {"pointer": "#/conditions/1/amount", "yours": 6, "present": 5, "seen": before},
    ]
    assert answer.json()["present"]["state"] == "draft"
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.operation) == ("request.conflict_shown", "consultation")
    never = (await bench.post("terms", mine, seen=0)).json()["fields"]
    assert never[0] == {"pointer": "#/words", "yours": None, "present": "Fewer."}
