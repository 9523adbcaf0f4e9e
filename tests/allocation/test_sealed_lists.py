"""What stands between a service and a list: its kind, its key, its digest, and what was lodged."""

import secrets
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from structlog.testing import capture_logs

from checkpoint.allocation import loading as sealing
from checkpoint.allocation.vault import Vault, lodge, lodged
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.settings import Environment
from checkpoint.trials import loading as adopting
from conftest import NOON
from traces import entries
from trialling import SEED, a_protocol, consenting

OWNERLESS = "SET LOCAL session_replication_role = replica"
KEY = secrets.token_hex(32)
PRODUCTION = {
    "environment": Environment.PRODUCTION,
    "local_issuer": False,
    "issuer": "https://idp.example/realm",
    "jwks_url": "https://idp.example/keys",
    "public_url": "https://checkpoint.example",
    "cursor_key": SecretStr("c" * 32),
    "sealing_key": SecretStr(KEY),
}


async def draw(client):
    record, decision = await consenting(client)
    return await client.put(
        f"/v1/custody-records/{record['id']}/allocation",
        json={"eligibility_decision_id": decision["id"]},
    )


async def undrawn(stage, answer, slug):
    assert (answer.status_code, answer.json()["type"]) == (503, f"/problems/{slug}"), answer.text
    assert await stage.found("SELECT id FROM allocation") == []


async def tamper(stage, statement):
    """What no trigger stops: somebody who may put them out of force."""
    async with stage.login.begin() as connection:
        await connection.execute(sa.text(OWNERLESS))
        changed = await connection.execute(sa.text(statement))
        assert changed.rowcount >= 1


async def live_trial(stage, vault):
    """A live trial, sealed as in production."""
    manager, statistician = (Actor(id=uuid4(), role=Role.OPERATOR) for _ in range(2))
    text = a_protocol(trial="TRIAL", kind="live", strata=["DURHAMGATE"])
    async with transaction(stage.owner) as session:
        await adopting.adopt(session, text, by=manager, at=NOON)
    async with transaction(stage.owner) as session:
        sealed, _ = await sealing.seal_blocks(
            session, "TRIAL", SEED, sizes=(4,), places=8, vault=vault, by=statistician, at=NOON
        )
    return sealed


def in_production(stage, **changes):
    """Clients of a service whose vault is set up as in production."""
    clients = stage.at()
    clients.app.state.vault = Vault(stage.settings(**PRODUCTION | changes))
    return clients()


async def test_a_trial_without_a_list_draws_nothing(stage):
    by = Actor(id=uuid4(), role=Role.OPERATOR)
    async with transaction(stage.owner) as session:
        await adopting.adopt(session, a_protocol(), by=by, at=NOON)
    await undrawn(stage, await draw(stage.at()()), "list-not-sealed")


async def test_a_live_list_is_not_drawn_from_in_development(stage):
    await live_trial(stage, Vault(stage.settings(**PRODUCTION)))
    await undrawn(stage, await draw(stage.at(sealing_key=SecretStr(KEY))()), "list-not-sealed")


@pytest.mark.slow
async def test_a_test_list_is_not_drawn_from_in_production(stage):
    await stage.trial()
    await undrawn(stage, await draw(in_production(stage)), "list-not-sealed")


@pytest.mark.slow
async def test_a_live_list_is_drawn_from_where_it_is_lodged_and_nowhere_else(stage, tmp_path):
    file = tmp_path / "trial.json"
    sealed = await live_trial(stage, Vault(stage.settings(**PRODUCTION)))
    await undrawn(stage, await draw(in_production(stage)), "sealed-list-changed")
    somewhere = in_production(stage, trial_file=file)
    await undrawn(stage, await draw(somewhere), "sealed-list-changed")
    lodge(file, sealed, trial="TRIAL")
    answer = await draw(in_production(stage, trial_file=file))
    assert (answer.status_code, answer.json()["kind"]) == (201, "live"), answer.text


@pytest.mark.slow
@pytest.mark.parametrize("member", ["digest", "sealed_digest", "seed_commitment"])
async def test_a_lodged_digest_that_was_altered_draws_nothing(stage, tmp_path, member):
    file = tmp_path / "trial.json"
    sealed = await stage.trial()
    lodge(file, sealed, trial="TEST-TRIAL")
    text = file.read_text()
    file.write_text(text.replace(getattr(sealed, member), "0" * 64))
    await undrawn(stage, await draw(stage.at(trial_file=file)()), "sealed-list-changed")
    file.write_text(text)
    assert (await draw(stage.at(trial_file=file)())).status_code == 201


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", "[" * 100_000, "{}", '{"lists": []}', '{"lists": {"id": "digest"}}'],
)
def test_a_trial_file_that_cannot_be_read_lodges_nothing(tmp_path, content):
    file = tmp_path / "trial.json"
    assert lodged(file) == {}
    file.write_text(content)
    assert lodged(file) == {}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE slot SET arm = set_byte(arm, 40, (get_byte(arm, 40) + 1) % 256) WHERE place = 3",
        "UPDATE slot SET arm = other.arm FROM slot AS other WHERE slot.place = 1 AND other.place = 2",
        "UPDATE slot SET id = gen_random_uuid() WHERE place = 5",
        "DELETE FROM slot WHERE place = 4",
        "DELETE FROM slot WHERE place = (SELECT max(place) FROM slot)",
        "UPDATE sealed_list SET sealed_digest = repeat('0', 64)",
    ],
    ids=["arm", "swapped", "id", "hole", "end", "digest"],
)
async def test_a_list_that_was_changed_in_the_database_draws_nothing(stage, change):
    await stage.trial()
    await tamper(stage, change)
    with capture_logs():
        await undrawn(stage, await draw(stage.at()()), "sealed-list-changed")


@pytest.mark.slow
async def test_a_place_that_does_not_open_with_this_key_tells_no_arm(stage):
    await stage.trial()
    first = stage.at()()
    record, decision = await consenting(first)
    here = f"/v1/custody-records/{record['id']}/allocation"
    told = await first.put(here, json={"eligibility_decision_id": decision["id"]})
    assert told.status_code == 201
    other = stage.at(sealing_key=SecretStr(KEY))()
    answer = await other.get(here)
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "sealed-list-changed")
    assert [entry.event for entry in await entries(stage.owner, answer)] == ["allocation.read"]
    assert (await first.get(here)).json() == told.json()


@pytest.mark.slow
async def test_another_key_draws_nothing(stage):
    await stage.trial()
    other = stage.at(sealing_key=SecretStr(KEY))()
    await undrawn(stage, await draw(other), "sealed-list-changed")
    assert (await draw(stage.at()())).status_code == 201


async def test_in_production_there_is_no_list_without_a_key(stage, tmp_path):
    file = tmp_path / "trial.json"
    lodge(file, await live_trial(stage, Vault(stage.settings(**PRODUCTION))), trial="TRIAL")
    keyless = in_production(stage, trial_file=file, sealing_key=None)
    answer = await draw(keyless)
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "list-not-sealed")
    assert await stage.found("SELECT id FROM allocation") == []
