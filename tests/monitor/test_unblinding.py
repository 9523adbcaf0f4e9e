"""Two people unblind a case or a closed trial; until both have, nothing is told."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from builders import a_key, booked
from checkpoint.allocation.states import AllocationNotFound
from checkpoint.allocation.vault import Vault
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.monitor import actions, queries
from checkpoint.monitor.schemas import ProposeUnblinding
from checkpoint.trials import loading
from checkpoint.trials import queries as trials
from conftest import NOON, Clients, rolled_back
from serving import service
from trialling import SEED, open_trial

PLACE = "/v1/trials/TEST-TRIAL/unblindings"
WHOLE = {"scope": "trial", "reason_code": "follow_up_complete", "words": "All are followed up."}
ONE = {"scope": "case", "reason_code": "safety", "words": "Somebody has to know."}
MANAGER, STATISTICIAN = Role.TRIAL_MANAGER, Role.STATISTICIAN
ENTRY = sa.text(
    "SELECT event, cardinality(subject_ids) FROM audit_entry WHERE event LIKE 'unblinding.%' "
    "ORDER BY recorded_at DESC LIMIT 1"
)


async def proposed(client, body):
    answer = await client.post(PLACE, json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def answered(client, number, how="confirmation", body=None):
    return await client.post(f"{PLACE}/{number}/{how}", json=body or {}, headers=a_key())


async def listed(client, number):
    items = (await client.get(PLACE)).json()["items"]
    return next(item for item in items if item["number"] == number)


async def last_entry(engine):
    async with engine.connect() as connection:
        return tuple((await connection.execute(ENTRY)).one())


def refusal(answer):
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def test_one_case_is_told_to_the_two_who_unblinded_it_and_to_nobody_else(
    at_trial, trial_owner
):
    record = at_trial.app.state.test_records[0]
    manager, other = at_trial(MANAGER), at_trial(MANAGER, name="other")
    statistician = at_trial(STATISTICIAN, name="statistician")
    made = await proposed(manager, ONE | {"custody_record_id": record})
    assert await last_entry(trial_owner) == ("unblinding.proposed", 5)
    assert (made["outcome"], made["arm"], made["custody_record_id"]) == (None, None, record)
    assert [step["allowed"] for step in made["next_steps"]] == [False, False]
    steps = (await listed(other, made["number"]))["next_steps"]
    assert "Your role" in steps[0]["why_not"]
    steps = (await listed(statistician, made["number"]))["next_steps"]
    assert [step["allowed"] for step in steps] == [True, True]
    again = await manager.post(PLACE, json=ONE | {"custody_record_id": record}, headers=a_key())
    assert refusal(again) == (409, "unblinding-stands-already")
    told = await answered(statistician, made["number"])
    assert (told.status_code, told.json()["outcome"]) == (200, "confirmed")
    assert await last_entry(trial_owner) == ("unblinding.confirmed", 4)
    arm = (await at_trial().get(f"/v1/custody-records/{record}/allocation")).json()["arm"]
    for client in (manager, statistician):
        assert (await listed(client, made["number"]))["arm"] == arm
    assert (await listed(other, made["number"]))["arm"] is None
    twice = await answered(statistician, made["number"])
    assert refusal(twice) == (409, "unblinding-answered-already")
    found = (await manager.get("/v1/trials/TEST-TRIAL/balance")).json()
    assert (found["unblinded"], found["arms"][0]["arm"]) == (False, None)


async def test_whoever_unblinded_a_case_annotates_it_no_more(at_trial):
    record = at_trial.app.state.test_records[1]
    manager = at_trial(MANAGER)
    made = await proposed(manager, ONE | {"custody_record_id": record})
    note = {"kind": "other", "words": "Something."}
    place = f"/v1/custody-records/{record}/allocation/annotations"
    assert (await manager.post(place, json=note, headers=a_key())).status_code == 201
    await answered(at_trial(STATISTICIAN, name="statistician"), made["number"])
    refused = await manager.post(place, json=note, headers=a_key())
    assert refusal(refused) == (403, "not-blind-to-arm")


async def test_a_declined_proposal_tells_nothing_and_may_be_made_again(at_trial):
    record = at_trial.app.state.test_records[2]
    manager, statistician = at_trial(MANAGER), at_trial(STATISTICIAN, name="statistician")
    made = await proposed(manager, ONE | {"custody_record_id": record})
    declined = await answered(statistician, made["number"], "refusal", {"words": "No emergency."})
    assert (declined.status_code, declined.json()["outcome"]) == (200, "declined")
    found = await listed(manager, made["number"])
    assert (found["arm"], found["answer_words"]) == (None, "No emergency.")
    await proposed(manager, ONE | {"custody_record_id": record})


async def test_only_the_trial_manager_proposes_and_only_the_statistician_answers(at_trial):
    record = at_trial.app.state.test_records[3]
    body = ONE | {"custody_record_id": record}
    statistician, auditor = at_trial(STATISTICIAN), at_trial(Role.AUDITOR)
    for client in (statistician, auditor):
        refused = await client.post(PLACE, json=body, headers=a_key())
        assert refusal(refused) == (403, "not-permitted")
    made = await proposed(at_trial(MANAGER), body)
    for client in (at_trial(MANAGER, name="other"), auditor):
        assert refusal(await answered(client, made["number"])) == (403, "not-permitted")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (WHOLE, 409, "unblinding-too-early"),
        (ONE, 422, "rule-broken"),
        (WHOLE | {"custody_record_id": str(uuid4())}, 422, "rule-broken"),
        (ONE | {"custody_record_id": str(uuid4())}, 404, "custody-record-not-found"),
        (ONE | {"arm": "treatment"}, 422, "request-not-understood"),
    ],
)
async def test_what_cannot_be_proposed_changes_nothing(at_trial, body, status, slug):
    manager = at_trial(MANAGER)
    before = (await manager.get(PLACE)).json()
    answer = await manager.post(PLACE, json=body, headers=a_key())
    assert answer.status_code == status, answer.text
    assert (await manager.get(PLACE)).json() == before


async def test_a_case_that_was_not_allocated_is_not_unblinded(at_trial):
    record = await booked(at_trial())
    body = ONE | {"custody_record_id": record["id"]}
    answer = await at_trial(MANAGER).post(PLACE, json=body, headers=a_key())
    assert refusal(answer) == (404, "allocation-not-found")
    absent = await answered(at_trial(STATISTICIAN), 9999)
    assert refusal(absent) == (404, "unblinding-not-found")


async def test_a_case_of_another_trial_is_not_unblinded_in_this_one(at_trial):
    manager = Actor(id=uuid4(), role=MANAGER, suites=frozenset({"DURHAMGATE"}))
    command = ProposeUnblinding(**ONE, custody_record_id=at_trial.app.state.test_records[0])
    async with rolled_back(at_trial.app.state.engine) as session:
        trial = replace(await trials.one(session, "TEST-TRIAL", at=NOON), id=uuid4())
        with pytest.raises(AllocationNotFound):
            await actions.propose(session, trial, command, by=manager, at=NOON)


async def test_the_database_refuses_what_the_rules_refuse(at_trial, trial_owner):
    record = at_trial.app.state.test_records[5]
    made = await proposed(at_trial(MANAGER), ONE | {"custody_record_id": record})
    again = """
        INSERT INTO unblinding (id, trial_id, number, scope, allocation_id, reason_code, words,
                                proposed_at, proposed_by)
        SELECT gen_random_uuid(), trial_id, number + 1000, scope, allocation_id, reason_code, words,
               proposed_at, proposed_by FROM unblinding WHERE number = :number
    """
    own = """
        INSERT INTO unblinding_answer (id, unblinding_id, proposed_by, outcome, answered_at,
                                       answered_by)
        SELECT gen_random_uuid(), id, proposed_by, 'confirmed', now(), proposed_by
          FROM unblinding WHERE number = :number
    """
    for statement in (again, own):
        async with trial_owner.connect() as connection:
            with pytest.raises(sa.exc.IntegrityError):
                await connection.execute(sa.text(statement), {"number": made["number"]})
    for statement in ("UPDATE unblinding SET words = ''", "DELETE FROM unblinding_answer"):
        async with trial_owner.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                await connection.execute(sa.text(statement))


@pytest.fixture
def another_database(make_database):
    return make_database()


@pytest.fixture
async def closed(another_database, tmp_path):
    """A service whose trial was closed before anybody was allocated."""
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(another_database),
        local_issuer=True,
        data_folder=tmp_path,
    )
    owner = engine_for(another_database, role=OWNER_ROLE, pool_size=2)
    await open_trial(owner, Vault(settings), SEED, places=8)
    by = Actor(id=uuid4(), role=Role.OPERATOR)
    async with transaction(owner) as session:
        await loading.close(session, "TEST-TRIAL", words="Enough.", by=by, at=NOON)
    app = service(settings)

    async def later():
        return NOON + timedelta(hours=1)

    app.dependency_overrides[clock.now] = later
    clients = Clients(app)
    yield clients
    for client in clients.opened:
        await client.aclose()
    await app.state.engine.dispose()
    await owner.dispose()


async def test_a_closed_trial_is_unblinded_by_two_and_only_then_are_arms_named(closed):
    manager, statistician = closed(MANAGER), closed(STATISTICIAN, name="statistician")
    made = await proposed(manager, WHOLE)
    before = (await manager.get("/v1/trials/TEST-TRIAL/balance")).json()
    assert (before["unblinded"], {arm["arm"] for arm in before["arms"]}) == (False, {None})
    async with transaction(closed.app.state.engine) as session:
        trial_id = await _trial_id(session)
        assert not await queries.is_unblinded(session, trial_id)
    assert (await answered(statistician, made["number"])).status_code == 200
    after = (await manager.get("/v1/trials/TEST-TRIAL/balance")).json()
    assert (after["unblinded"], after["withheld"], after["state"]) == (True, None, "closed")
    assert {arm["arm"] for arm in after["arms"]} == {"treatment", "control"}
    assert [arm["mask"] for arm in after["arms"]] == [arm["mask"] for arm in before["arms"]]
    assert {arm["allocated"] for arm in after["arms"]} == {0}
    async with transaction(closed.app.state.engine) as session:
        assert await queries.is_unblinded(session, trial_id)


async def _trial_id(session):
    return (await session.exec(sa.text("SELECT id FROM trial"))).scalar_one()
