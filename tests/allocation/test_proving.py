"""A closed trial is proved: its lists are made again, and every draw is compared with them."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from checkpoint.allocation import loading, proving
from checkpoint.allocation.proving import SeedWrong, StillOpen
from checkpoint.allocation.sequence import Place
from checkpoint.allocation.states import SealedListChanged
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import loading as trials
from conftest import NOON
from crowd import crowd
from trialling import SEED, a_protocol

SOMEBODY = Actor(id=uuid4(), role=Role.OPERATOR)
OTHER_SEED = bytes(reversed(range(32)))


async def a_drawn_trial(stage, many=9):
    """A trial of two strata, drawn from and closed."""
    strata = ["DURHAMGATE", "PETERLEE"]
    await stage.trial(strata=strata, places=12)
    client = stage.at()(Role.CUSTODY_OFFICER, *strata)
    for case in await crowd(stage.url, strata, many, at=NOON):
        answer = await client.put(
            f"/v1/custody-records/{case.record_id}/allocation",
            json={"eligibility_decision_id": str(case.decision_id)},
        )
        assert answer.status_code == 201, answer.text


async def close(stage):
    async with transaction(stage.owner) as session:
        await trials.close(session, "TEST-TRIAL", words="Synthetic.", by=SOMEBODY, at=NOON)


async def prove(stage, seed=SEED):
    async with transaction(stage.owner) as session:
        return await proving.prove(
            session, "TEST-TRIAL", seed, vault=Vault(stage.settings()), by=SOMEBODY, at=NOON
        )


async def tampered(stage, statement):
    """What no trigger stops, proved afterwards."""
    async with stage.login.begin() as connection:
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        assert (await connection.execute(sa.text(statement))).rowcount >= 1
    (proof,) = await prove(stage)
    return " ".join(proof.faults)


@pytest.mark.slow
async def test_a_trial_s_draws_equal_the_list_that_its_seed_gives(stage):
    await a_drawn_trial(stage)
    await close(stage)
    (proof,) = await prove(stage)
    assert proof.faults == ()
    assert (proof.number, proof.method) == (1, "permuted_blocks")
    assert proof.drawn == {"DURHAMGATE": 5, "PETERLEE": 4}
    assert proof.places >= 24
    (entry,) = await stage.found("SELECT * FROM audit_entry WHERE event = 'allocation.list_opened'")
    assert entry.actor_id == SOMEBODY.id


async def test_a_trial_that_is_open_is_not_proved(stage):
    await stage.trial(places=4)
    with pytest.raises(StillOpen):
        await prove(stage)
    assert (
        await stage.found("SELECT id FROM audit_entry WHERE event = 'allocation.list_opened'") == []
    )


@pytest.mark.parametrize("seed", [OTHER_SEED, None])
async def test_another_seed_or_none_proves_nothing(stage, seed):
    await stage.trial(places=4)
    await close(stage)
    with pytest.raises(SeedWrong, match="List 1"):
        await prove(stage, seed)


@pytest.mark.parametrize("seed", [SEED, None])
async def test_a_statistician_s_own_list_is_proved_without_a_seed(stage, seed):
    places = [Place("DURHAMGATE", n, arm) for n, arm in enumerate(("control", "treatment"), 1)]
    vault = Vault(stage.settings())
    async with transaction(stage.owner) as session:
        protocol = a_protocol(strata=["DURHAMGATE"])
        await trials.adopt(session, protocol, by=SOMEBODY, at=NOON)
        await loading.seal_own(
            session, "TEST-TRIAL", places, bytes(32), vault=vault, by=SOMEBODY, at=NOON
        )
    await close(stage)
    (own,) = await prove(stage, seed)
    assert (own.method, own.places, own.drawn, own.faults) == (
        "own_list",
        2,
        {"DURHAMGATE": 0},
        (),
    )


@pytest.mark.slow
async def test_a_draw_that_passed_a_place_over_is_found(stage):
    await a_drawn_trial(stage)
    await close(stage)
    last = "SELECT id FROM allocation WHERE place = 1 LIMIT 1"
    found = await tampered(stage, f"DELETE FROM allocation WHERE id = ({last})")
    assert "a place was passed over" in found


@pytest.mark.slow
async def test_a_place_that_was_taken_away_is_found_in_every_way(stage):
    await a_drawn_trial(stage)
    await close(stage)
    found = await tampered(stage, "DELETE FROM slot WHERE place = 2")
    assert "not the list that was sealed" in found
    assert "not those that were lodged" in found
    assert "another list" in found


@pytest.mark.slow
async def test_a_place_that_was_altered_does_not_open(stage):
    await a_drawn_trial(stage)
    await close(stage)
    with pytest.raises(SealedListChanged):
        await tampered(
            stage, "UPDATE slot SET arm = set_byte(arm, 40, (get_byte(arm, 40) + 1) % 256)"
        )


async def test_places_that_changed_their_order_are_found(stage):
    await a_drawn_trial(stage, many=0)
    await close(stage)
    moved = "position = 1000 - position, place = 1000 - place"
    found = await tampered(stage, f"UPDATE slot SET {moved} WHERE place <= 4")
    assert "not the list that was sealed" in found
    assert "not those that were lodged" in found
