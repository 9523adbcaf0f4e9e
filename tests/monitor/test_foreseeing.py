"""Nothing the monitor shows depends on what is sealed and not drawn yet."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Role

TRIAL = "/v1/trials/TEST-TRIAL"
DOORS = ("recruitment", "strata", "balance", "conduct", "unblindings")
NOT_DRAWN = sa.text("""
    SELECT id FROM slot WHERE NOT EXISTS (SELECT FROM allocation WHERE slot_id = slot.id)
     ORDER BY trial_stratum_id, place
""")
DRAWN = sa.text("SELECT slot_id AS id FROM allocation ORDER BY place")
OPENED = sa.text("ALTER TABLE slot DISABLE TRIGGER slot_append_only")
CLOSED = sa.text("ALTER TABLE slot ENABLE TRIGGER slot_append_only")
CHANGED = sa.text("UPDATE slot SET arm = :arm WHERE id = :id")
arms = st.sampled_from(["treatment", "control"])


async def reseal(engine, vault, which, chosen):
    """Put other arms into places, as nobody but the owner of the tables ever could."""
    async with engine.begin() as connection:
        await connection.execute(OPENED)
        places = (await connection.execute(which)).scalars().all()
        for place, arm in zip(places, chosen, strict=False):
            sealed = vault.seal(arm, place=str(place))
            await connection.execute(CHANGED, {"arm": sealed, "id": place})
        await connection.execute(CLOSED)


async def everything(client):
    answers = [await client.get(f"{TRIAL}/{door}") for door in DOORS]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(arms, min_size=1, max_size=40))
async def test_no_answer_changes_when_the_next_sealed_arms_change(
    at_trial, trial_owner, monitored_settings, chosen
):
    client, vault = at_trial(Role.TRIAL_MANAGER), Vault(monitored_settings)
    before = await everything(client)
    await reseal(trial_owner, vault, NOT_DRAWN, chosen)
    assert await everything(client) == before


@pytest.mark.slow
async def test_draws_that_no_blocks_can_make_are_raised_and_told_as_that_alone(
    at_trial, trial_owner, monitored_settings
):
    client, vault = at_trial(Role.TRIAL_MANAGER), Vault(monitored_settings)
    async with trial_owner.connect() as connection:
        query = sa.text(
            "SELECT slot.id, slot.arm FROM slot JOIN allocation ON slot_id = slot.id ORDER BY slot.place"
        )
        drawn = (await connection.execute(query)).all()
    right = [vault.open(place.arm, place=str(place.id)) for place in drawn]
    states = []
    for arm in ("treatment", "control"):
        await reseal(trial_owner, vault, DRAWN, [arm] * 5)
        answer = await client.get(f"{TRIAL}/balance")
        states.append(answer.content)
        found = answer.json()
        assert (found["balance"], found["arms"][0]["arm"]) == ("raised", None)
        assert {each["suite"]: each["state"] for each in found["strata"]} == {
            "DURHAMGATE": "raised",
            "PETERLEE": "within_design",
        }
    await reseal(trial_owner, vault, DRAWN, right)
    assert states[0] == states[1]  # which arm it was is not told
    assert (await client.get(f"{TRIAL}/balance")).json()["balance"] == "within_design"
