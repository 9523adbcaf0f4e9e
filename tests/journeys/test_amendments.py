"""A trial's protocol is amended while it runs, and never once its list may be known."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from pydantic import SecretStr

from checkpoint.allocation import loading as sealing
from checkpoint.allocation.vault import Vault
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.trials import loading as adopting
from checkpoint.trials.rules import Adopted, amendment_faults, parse, state_on
from checkpoint.trials.states import TrialState
from conftest import NOON, Clients, noon
from serving import service
from trialling import SEED, a_protocol, consenting, open_trial

pytestmark = pytest.mark.slow

TODAY, CLOSES = date(2026, 11, 20), date(2026, 12, 1)
LATER = {"number": 2, "version": "2.0", "closes_on": date(2027, 6, 1)}


def versions(*protocols):
    return [Adopted(p.number, p.in_effect_from, p.opens_on, p.closes_on) for p in protocols]


@pytest.mark.parametrize(
    ("acts_from", "faults"),
    [
        (date(2026, 11, 25), []),
        (CLOSES, []),
        (
            date(2026, 12, 2),
            ["in_effect_from: by the day the trial closes; then its list may be proved"],
        ),
    ],
)
def test_an_amendment_acts_before_the_trial_closes_or_not_at_all(acts_from, faults):
    first = parse(a_protocol(closes_on=CLOSES))
    second = parse(a_protocol(in_effect_from=acts_from, **LATER))
    assert amendment_faults(second, first, state=TrialState.OPEN, on=TODAY) == faults
    between = state_on(versions(first, second), CLOSES, closed=False)
    assert (between is TrialState.CLOSED) == bool(faults)


OTHER_RATIO = {"number": 2, "version": "2.0", "in_effect_from": date(2026, 11, 3)}


@pytest.fixture
async def running(make_database, tmp_path):
    """A service where a trial runs at 1:1, the owner's connections, and what seals its lists."""
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(await asyncio.to_thread(make_database)),
        local_issuer=True,
        data_folder=tmp_path,
        pool_size=2,
    )
    owner = engine_for(str(settings.database_url.get_secret_value()), role=OWNER_ROLE)
    vault, app = Vault(settings), service(settings)
    await open_trial(owner, vault, SEED, places=8, strata=["DURHAMGATE"])
    app.dependency_overrides[clock.now] = noon
    clients = Clients(app)
    yield clients(), owner, vault
    await clients.opened[0].aclose()
    await app.state.engine.dispose()
    await owner.dispose()


async def test_after_a_new_ratio_nobody_is_drawn_until_a_list_keeps_it(running):
    officer, owner, vault = running
    record, decision = await consenting(officer)

    async def drawn():
        return await officer.put(
            f"/v1/custody-records/{record['id']}/allocation",
            json={"eligibility_decision_id": decision["id"]},
        )

    by = Actor(id=uuid4(), role=Role.OPERATOR)
    amended = a_protocol(arms={"treatment": 2, "control": 1}, strata=["DURHAMGATE"], **OTHER_RATIO)
    async with transaction(owner) as session:
        await adopting.adopt(session, amended, by=by, at=NOON)
    refused = await drawn()
    assert (refused.status_code, refused.json()["errorCode"]) == (503, "list-not-sealed")
    async with transaction(owner) as session:
        await sealing.seal_blocks(
            session, "TEST-TRIAL", SEED, sizes=(6,), places=6, vault=vault, by=by, at=NOON
        )
    assert (await drawn()).status_code == 201
