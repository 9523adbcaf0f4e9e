"""A supervisor reads what their team works in other suites, once they were told that it does."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.journey.worklist.facts import MATTERS, OF_TEAM
from contracting import CONTRACT, enrolled
from delivering import STARTED, a_disposal, problem, said
from navigating import answered, assigned, offered, particulars, registered
from traces import entries
from working import worklist

pytestmark = pytest.mark.usefixtures("agreeing")
HOME, FAR = "PETERLEE", "DARLINGTON"


async def team_of(client):
    answer = await client.get("/v1/cases", params={"whose": "team", "size": 200})
    assert answer.status_code == 200, answer.text
    return answer, [each["record_id"] for each in answer.json()["items"]]


async def due_for(client, record):
    items, after = [], None
    while True:
        page = await client.get(
            "/v1/worklist", params={"size": 200} | ({"after": after} if after else {})
        )
        items += page.json()["items"]
        after = page.json()["next"]
        if after is None:
            return {one["kind"]: one for one in items if one["custody_record_id"] == record["id"]}


@pytest.mark.slow
async def test_a_supervisor_reads_what_their_team_works_elsewhere_and_does_nothing_there(
    at_trial, a_case, trial_owner
):
    record, control = await a_case("treatment"), await a_case("control")
    assert (await said(at_trial(), record, "programme-start", STARTED)).status_code == 201
    team = await registered(at_trial, suite=HOME, provider="NECA")
    colleague = await registered(at_trial, suite=HOME, provider="NPS")
    assert (await assigned(at_trial(), record, team)).status_code == 201
    leader, officer = [
        at_trial(role, HOME, name=f"leader {uuid4()}")
        for role in (Role.SUPERVISOR, Role.CUSTODY_OFFICER)
    ]
    here = f"/v1/custody-records/{record['id']}"
    absent = await leader.get(f"/v1/custody-records/{control['id']}")
    hidden = await leader.get(here)  # that it is worked tells its arm, so it is as absent
    assert {k: v for k, v in hidden.json().items() if k != "instance"} == {
        k: v for k, v in absent.json().items() if k != "instance"
    }
    assert await due_for(leader, record) == {}
    answer, listed = await team_of(leader)
    assert record["id"] in listed
    assert control["id"] not in listed
    (entry,) = await entries(trial_owner, answer)
    assert entry.event == "journey.cases_listed"
    for noun in ("", "/contracts", "/sessions", "/timeline", "/next-steps", "/victims"):
        assert (await leader.get(here + noun)).status_code == 200, noun
    steps = (await leader.get(f"{here}/next-steps")).json()["next_steps"]
    assert not any(step["allowed"] for step in steps)
    for noun, body in (
        ("contracts", CONTRACT),
        ("disposals", a_disposal(record)),
        ("restrictions", {"reason_code": "staff", "words": "Made up."}),
    ):
        problem(await said(leader, record, noun, body), 403, "team-reads-only")
    due = await due_for(leader, record)
    assert due["first_contact"]["next_step"]["allowed"] is False
    assert "Your team works it" in due["first_contact"]["next_step"]["why_not"]
    assert (await leader.get("/v1/custody-records")).status_code == 200
    assert record["id"] not in str((await leader.get("/v1/cases")).json())
    # Nobody else does: not their officers, and no other navigator, of whatever employer.
    assert (await team_of(officer))[1] == []
    for who in (
        officer,
        colleague.client,
        at_trial(Role.SUPERVISOR, "DARLINGTON", name="stranger"),
    ):
        problem(await who.get(here), 404, "custody-record-not-found")
    glass = {"reason_code": "other", "words": "The person is at the counter here."}
    problem(await leader.post(f"{here}/break-glass", json=glass, headers=a_key()), 409, "glass-not-needed")  # fmt: skip
    named = {"reason_code": "staff", "words": "Works at this suite."}
    closed = await said(at_trial(Role.SUPERVISOR, name="boss"), record, "restrictions", named)
    assert closed.status_code == 201, closed.text
    problem(await leader.get(here), 404, "custody-record-not-found")
    problem(await said(leader, record, "contracts", CONTRACT), 404, "custody-record-not-found")
    assert record["id"] not in (await team_of(leader))[1]
    assert await due_for(leader, record) == {}


@pytest.mark.slow
async def test_what_a_team_has_no_more_its_supervisor_reads_no_more(clients):

    record = await enrolled(clients())
    team = await registered(clients, suite=HOME)
    leader = clients(Role.SUPERVISOR, HOME, name="leader")
    await said(clients(), record, "programme-start", STARTED)
    boss = clients(Role.SUPERVISOR, name="boss")
    assert (await assigned(boss, record, team)).status_code == 201
    here = f"/v1/custody-records/{record['id']}"
    assert (await leader.get(here)).status_code == 200  # it was enrolled, so there is no arm
    assert record["id"] in (await team_of(leader))[1]
    ended = {"reason": "case_ended"}
    problem(await said(leader, record, "navigator/end", ended), 403, "team-reads-only")
    drafted = await said(team.client, record, "contracts", CONTRACT)
    assert drafted.status_code == 201, drafted.text
    contract = f"/v1/contracts/{drafted.json()['id']}"
    stranger = clients(Role.SUPERVISOR, FAR, name="stranger")
    signing = {"role": "supervisor", "how": "paper", "signed_at": "2026-11-03T12:00:00Z"}
    for noun, body in (("offer", {}), ("signatures", signing)):
        seen = a_key() | {"If-Match": drafted.headers["etag"]}
        told = await leader.post(f"{contract}/{noun}", json=body, headers=seen)
        problem(told, 403, "team-reads-only")
        told = await stranger.post(f"{contract}/{noun}", json=body, headers=seen)
        problem(told, 404, "contract-not-found")
    listed = (await leader.get("/v1/worklist")).json()
    assert "read the case's allocation" in listed["not_shown"]
    assert (await team.client.get("/v1/worklist")).json()["not_shown"] is None
    assert (await said(boss, record, "navigator/end", ended)).status_code == 200
    problem(await leader.get(here), 404, "custody-record-not-found")
    assert record["id"] not in (await team_of(leader))[1]


@pytest.mark.slow
async def test_what_a_team_works_elsewhere_goes_with_whoever_works_it(clients):
    record = await enrolled(clients())
    own, other = await registered(clients, suite=HOME), await registered(clients, suite=FAR)
    boss = clients(Role.SUPERVISOR, name="boss")
    home = clients(Role.SUPERVISOR, HOME, name="home")
    far, both, whole = [
        clients(Role.SUPERVISOR, *suites, name="boss")
        for suites in ((FAR,), (HOME, FAR), ("DURHAMGATE", HOME, FAR))
    ]
    assert (await said(clients(), record, "programme-start", STARTED)).status_code == 201
    assert (await assigned(boss, record, own)).status_code == 201
    for reader, lines in ((home, 1), (far, 0), (both, 1), (whole, 1)):
        assert await lines_of(reader, record, "first_contact") == lines
    last = {"cover_last_day": "2026-11-20"}
    assert (await offered(own.client, record, other, "cover", **last)).status_code == 201
    (offer,) = (await other.client.get("/v1/me/handovers")).json()["items"]
    assert (await answered(other.client, offer)).status_code == 200
    # Two of two suites work one case: whoever leads both is told once.
    for reader in (home, far, both, whole):
        assert await lines_of(reader, record, "first_contact") == 1
    moved = particulars(name=own.name, base_suites=[FAR, "DURHAMGATE"])
    seen = {"If-Match": '"1"'}
    changed = await both.put(f"/v1/navigators/{own.id}", json=moved, headers=seen)
    assert changed.status_code == 200, changed.text
    for reader, lines in ((home, 0), (far, 1), (both, 1), (boss, 1)):
        assert await lines_of(reader, record, "first_contact") == lines
    leaving, seen = moved | {"last_day": "2026-11-02"}, {"If-Match": '"2"'}
    assert (
        await far.put(f"/v1/navigators/{own.id}", json=leaving, headers=seen)
    ).status_code == 200
    assert await lines_of(far, record, "first_contact") == 1  # whoever covers it is of theirs
    ended = f"/v1/custody-records/{record['id']}/navigator-cover/end"
    assert (await boss.post(ended, headers=a_key())).status_code == 200
    assert await lines_of(far, record, "first_contact") == 0
    assert await lines_of(boss, record, "first_contact") == 1


async def lines_of(client, record, kind):
    found = await worklist(client)
    return sum((one["custody_record_id"], one["kind"]) == (record["id"], kind) for one in found)


async def test_the_database_keeps_for_teams_what_they_are_told_of(owner):
    async with owner.connect() as connection:
        text = await connection.scalar(sa.text("SELECT pg_get_viewdef('team_matter_now')"))
    kept = {matter.word for matter in MATTERS if f"'{matter.word}'" in text}
    assert kept == {matter.word for matter in MATTERS if matter.kind in OF_TEAM}
