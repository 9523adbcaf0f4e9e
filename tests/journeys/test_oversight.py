"""What the rules leave to people, and what people put above the rules, through the front door."""

import pytest

from builders import DEPARTURE, DETERMINATION, KNOWN, REFERRED, a_key, an_offence, booked, decided
from checkpoint.foundation.actors import Rank, Role
from checkpoint.foundation.clock import utc_now

pytestmark = pytest.mark.slow


async def next_steps(client, record):
    answer = await client.get(f"/v1/custody-records/{record['id']}/next-steps")
    return answer.json(), {step["step"]: step for step in answer.json()["next_steps"]}


async def test_a_referred_case_gets_the_supervisors_answer(client, clients):
    burglary = [an_offence(code=REFERRED)]
    record = await booked(client, screening=KNOWN, offences=burglary)
    assert (await next_steps(client, record))[0]["standing"] is None
    decision = await decided(client, record)
    assert decision["standing"]["verdict"] == "refer"
    told, steps = await next_steps(client, record)
    assert steps["determine"]["why_not"] == "Your role does not allow this; ask a supervisor."

    supervisor = clients(Role.SUPERVISOR)
    told, steps = await next_steps(supervisor, record)
    assert told["standing"] == {"verdict": "refer", "basis": "rules"}
    answer = await supervisor.post(
        steps["determine"]["href"], json=DETERMINATION, headers=a_key() | {"If-Match": '"1"'}
    )
    assert answer.status_code == 201, answer.text

    told, steps = await next_steps(client, record)
    assert told["standing"] == {"verdict": "eligible", "basis": "determination"}
    assert "determine" not in steps

    # More becomes known, the case is decided again, and the answer falls with the old decision.
    hate = await client.put(
        f"/v1/custody-records/{record['id']}/screening",
        json=KNOWN | {"hate_crime": True},
        headers={"If-Match": '"1"'},
    )
    await decided(client, hate.json())
    told, _ = await next_steps(client, record)
    assert told["standing"] == {"verdict": "ineligible", "basis": "rules"}


async def test_an_override_needs_an_inspector_and_a_second_person(app, client, clients):
    record = await booked(client, screening=KNOWN | {"co_accused": True})
    decision = await decided(client, record)
    assert decision["verdict"] == "ineligible"
    token = app.state.local_issuer.token(
        Role.SUPERVISOR, ["DURHAMGATE"], name="sergeant", at=utc_now(), rank=Rank.SERGEANT
    )
    sergeant, inspector = (
        clients.bare(Authorization=f"Bearer {token}"),
        clients(Role.SUPERVISOR, name="inspector"),
    )
    accept = DEPARTURE | {"verdict": "eligible", "reason_code": "rule_does_not_fit"}
    place = f"/v1/eligibility-decisions/{decision['id']}/overrides"

    async def propose(client):
        return await client.post(place, json=accept, headers=a_key() | {"If-Match": '"1"'})

    assert (await propose(client)).json()["errorCode"] == "not-permitted"
    assert (await propose(sergeant)).json()["errorCode"] == "rank-too-low"
    override = (await propose(inspector)).json()
    told, _ = await next_steps(client, record)
    assert told["standing"] == {"verdict": "ineligible", "basis": "rules"}

    confirmation = f"/v1/overrides/{override['id']}/confirmation"
    alone = await inspector.post(confirmation, headers=a_key())
    assert alone.json()["errorCode"] == "second-person-needed"
    together = await sergeant.post(confirmation, headers=a_key())
    assert together.json()["holds"] is True
    told, steps = await next_steps(client, record)
    assert told["standing"] == {"verdict": "eligible", "basis": "override"}
    assert "propose_override" not in steps

    rates = (await clients(Role.SUPERVISOR).get("/v1/overrides/rates")).json()
    (suite,) = rates["items"]
    assert suite["suite"] == "DURHAMGATE"
    assert suite["overrides"] >= 1
