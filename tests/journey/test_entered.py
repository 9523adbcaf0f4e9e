"""From eligible to allocated or enrolled: one stage for every case, and none that tells an arm."""

from datetime import date
from uuid import uuid4

import pytest

from builders import KNOWN, WITHDRAWAL, a_key, asked_for_consent, decided, eligible, make_suite
from checkpoint.consent.states import ConsentState
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.journey.stages import Entered, stage_of
from checkpoint.trials.tables import ProgrammePhase
from delivering import place
from trialling import SEED, open_trial

DECLINED = {"answer": "declined", "reason_code": "prefers_court"}
NO = {"programme": DECLINED, "research": DECLINED}
# How a case goes after it is eligible, each with where consent then stands.
WAYS = {
    "not asked": ConsentState.NOT_ASKED,
    "declined": ConsentState.DECLINED,
    "consented": ConsentState.GIVEN,
    "withdrawn": ConsentState.WITHDRAWN,
    "entered": ConsentState.GIVEN,
    "entered, then withdrawn": ConsentState.WITHDRAWN,
}
ALREADY = {"ended": "eligible", "refused since": "ineligible"}


@pytest.fixture
async def suite(trial_owner, trial_app):
    """A suite that nobody works in but this test, where the programme runs and no trial does."""
    async with transaction(trial_owner) as session:
        code = (await make_suite(session)).code
        phase = ProgrammePhase(suite=code, live_from=date(2026, 1, 1), source="Made up for tests")
        await insert(session, phase)
    return code


@pytest.fixture
async def recruiting(trial_owner, trial_app, suite):
    """The same suite once a trial is open there."""
    code = f"TEST-{uuid4().hex[:8].upper()}"
    await open_trial(
        trial_owner, trial_app.state.vault, SEED, places=20, trial=code, strata=[suite]
    )
    return suite


async def withdrawn(client, asking, kind="programme"):
    answer = await client.post(
        f"/v1/consents/{asking['id']}/withdrawals",
        json=WITHDRAWAL | {"kind": kind, "withdrawn_at": "2026-11-03T11:30:00Z"},
        headers=a_key(),
    )
    assert answer.status_code == 201, answer.text


async def refused(client, record):
    """The case decided anew, and refused."""
    record = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/screening",
        json=KNOWN | {"hate_crime": True},
        headers={"If-Match": f'"{record["version"]}"'},
    )
    return await decided(client, answer.json())


async def came_in(client, record, noun):
    listed = await client.get(place(record, "eligibility-decisions"))
    body = {"eligibility_decision_id": listed.json()["items"][0]["id"]}
    answer = await client.put(place(record, noun), json=body)
    assert answer.status_code == 201, answer.text


async def gone(client, suite, way, noun):
    """A case that went this way."""
    record = await eligible(client, booking={"suite": suite})
    if way == "not asked":
        return record
    asking = await asked_for_consent(client, record, **(NO if way == "declined" else {}))
    if way == "withdrawn":
        await withdrawn(client, asking)
    if way.startswith("entered"):
        await came_in(client, record, noun)
    if way.endswith("then withdrawn"):
        await withdrawn(client, asking)
    return record


async def lines(client, **query):
    answer = await client.get("/v1/cases", params=query | {"size": 200})
    assert answer.status_code == 200, answer.text
    return {line["record_id"]: line for line in answer.json()["items"]}


async def everybody(client, suite, noun):
    """Cases that went every way, each also once refused afterwards, with the stage by the rule."""
    entered, found = {"enrolment": Entered.ENROLLED, "allocation": Entered.ALLOCATED}[noun], {}
    for way, consent in WAYS.items():
        for later, verdict in ALREADY.items():
            record = await gone(client, suite, way, noun)
            if later == "refused since":
                await refused(client, record)
            found[record["id"]] = stage_of(
                screened=True,
                verdict=Verdict(verdict),
                consent=consent,
                entered=entered if way.startswith("entered") else None,
            )
    return found


async def check_all(client, suite, noun):
    expected = await everybody(client, suite, noun)
    listed = await lines(client)
    assert {id: line["stage"] for id, line in listed.items()} == expected
    counts = (await client.get("/v1/cases/counts")).json()
    by_stage = {row["stage"]: row["records"] for row in counts["stages"]}
    assert sum(by_stage.values()) == counts["arrested"] == len(expected) == 12
    for stage, number in by_stage.items():
        assert number == [*expected.values()].count(stage)
        assert len(await lines(client, stage=stage)) == number
    came = {name: counts[name] for name in ("eligible", "asked", "consented", "entered")}
    assert came == {"eligible": 8, "asked": 7, "consented": 6, "entered": 4}
    assert counts["declined"] == [
        {"reason_code": "prefers_court", "reason": "Prefers to go to court", "records": 1}
    ]
    assert sum(row["records"] for row in counts["ineligible"]) == by_stage["ineligible"] == 4
    return listed


@pytest.mark.slow
async def test_sql_and_stages_agree_from_eligible_to_enrolled(at_trial, suite):
    client = at_trial(Role.CUSTODY_OFFICER, suite)
    listed = await check_all(client, suite, "enrolment")
    withdrew = [line for line in listed.values() if line["consent"] == "withdrawn"]
    assert any("withdrew" in line["next"] for line in withdrew if line["stage"] == "enrolled")


@pytest.mark.slow
async def test_sql_and_stages_agree_from_eligible_to_allocated(at_trial, recruiting):
    client = at_trial(Role.CUSTODY_OFFICER, recruiting)
    await check_all(client, recruiting, "allocation")


@pytest.mark.slow
async def test_the_blind_are_told_the_same_of_either_arm(at_trial, recruiting):
    client = at_trial(Role.CUSTODY_OFFICER, recruiting)
    for _ in range(6):
        await gone(client, recruiting, "entered", "allocation")
    reader = at_trial(Role.SUPERVISOR, recruiting, name="blind")
    own = {"record_id", "reference", "family_name", "given_names", "decision_id"}
    told = [
        {name: value for name, value in line.items() if name not in own}
        for line in (await lines(reader)).values()
    ]
    assert len(told) == 6
    assert all(line == told[0] for line in told)
    assert told[0]["stage"] == "allocated"


async def test_only_the_last_answer_counts(at_trial, suite):
    client = at_trial(Role.CUSTODY_OFFICER, suite)
    record = await gone(client, suite, "declined", "enrolment")
    await asked_for_consent(client, record, research=None, information_sharing=None)
    (line,) = (await lines(client)).values()
    assert (line["stage"], line["consent"]) == ("consented", "given")
    assert line["next"] == "Allocate where a trial is open, or else enrol."
    assert (await client.get("/v1/cases/counts")).json()["declined"] == []
