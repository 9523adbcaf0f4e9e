"""Arms drawn over two processes by clients who hang up, while the processes are killed."""

import random
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from checkpoint.allocation.sequence import label_of, sequence
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from crowd import crowd
from drawing import SUITES, drawn, killed, killed_in_a_draw
from drawn import faults, found_in, harmed
from storms import Service
from trialling import SEED, open_trial

# Chooses who hangs up and who is hit when; how the processes are scheduled is the machine's affair.
SEED_OF_CHANCE = 20261103
SERVE = ("-m", "checkpoint", "serve")
ISSUER = "http://127.0.0.1/local-issuer"  # the same for both, so that a token opens either
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]
EVEN, SIZES = {"treatment": 1, "control": 1}, (4, 6, 8)

WITHOUT_LOCK = (
    "ALTER TABLE allocation DROP CONSTRAINT uq_allocation_slot_id",
    "ALTER TABLE allocation DROP CONSTRAINT uq_allocation_trial_stratum_id_place",
    """
    CREATE OR REPLACE FUNCTION draw_slot(stratum uuid, protocol uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
    DECLARE last integer; found uuid;
    BEGIN
        SELECT coalesce(max(allocation.place), 0) INTO last
          FROM public.allocation WHERE allocation.trial_stratum_id = stratum;
        SELECT slot.id INTO found
          FROM public.slot JOIN public.sealed_list ON sealed_list.id = slot.sealed_list_id
         WHERE slot.trial_stratum_id = stratum AND slot.place > last
           AND sealed_list.trial_protocol_id = public.listed_protocol(stratum, protocol)
         ORDER BY slot.place LIMIT 1;
        RETURN found;
    END $$
    """,
)
# A place is taken from a counter that no rollback turns back, once in each transaction.
BURNING = (
    "CREATE TABLE counter (stratum uuid PRIMARY KEY, name text NOT NULL)",
    """
    DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT id, row_number() OVER () AS number FROM trial_stratum LOOP
            EXECUTE format('CREATE SEQUENCE counter_%s', each.number);
            INSERT INTO counter VALUES (each.id, format('public.counter_%s', each.number));
        END LOOP;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION draw_slot(stratum uuid, protocol uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
    DECLARE found uuid := nullif(current_setting('counter.drawn', true), '')::uuid;
    BEGIN
        IF found IS NULL THEN
            SELECT slot.id INTO found FROM public.slot
             WHERE slot.trial_stratum_id = stratum
               AND slot.place = (SELECT nextval(counter.name) FROM public.counter
                                  WHERE counter.stratum = draw_slot.stratum);
            PERFORM set_config('counter.drawn', found::text, true);
        END IF;
        RETURN found;
    END $$
    """,
)


class Scene:
    """A database with a trial and a crowd, and two processes that serve it."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.settings = Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(url),
            data_folder=folder,
        )
        self.owner = engine_for(url, role=OWNER_ROLE, pool_size=4)

    async def prepare(self, many, *changes):
        at = datetime.now(UTC) - timedelta(minutes=1)
        first, share = at.date() - timedelta(days=30), -(-many // len(SUITES))
        days = {"in_effect_from": first, "opens_on": first}
        vault = Vault(self.settings)
        await open_trial(
            self.owner, vault, SEED, places=share + 64, at=at, strata=[*SUITES], **days
        )
        self.cases = await crowd(self.url, SUITES, many, at=at)
        async with self.owner.begin() as connection:
            for change in changes:
                await connection.execute(sa.text(change))
        self.sealed = {
            suite: sequence(SEED, label_of("TEST-TRIAL", 1, suite), EVEN, SIZES, places=share + 64)
            for suite in SUITES
        }

    def service(self):
        more = {"CHECKPOINT_DATABASE_URL": self.url, "CHECKPOINT_ISSUER": ISSUER}
        return Service(self.folder, SERVE, **more)

    async def faults(self, told):
        rows, entries = await found_in(self.owner, self.settings)
        return faults(told, self.cases, rows, entries, self.sealed)

    async def unseen(self, told):
        """The harms, one at a time, that the checker does not see."""
        rows, entries = await found_in(self.owner, self.settings)
        return [
            harm
            for harm, told, rows, entries in harmed(told, rows, entries)
            if not faults(told, self.cases, rows, entries, self.sealed)
        ]


async def storm(scene, many, *changes, kills=2, again=1):
    """So many draws over two processes, which are killed that often; faults, and what was told."""
    rng = random.Random(SEED_OF_CHANCE)
    await scene.prepare(many, *changes)
    async with AsyncExitStack() as stack:
        services = [await stack.enter_async_context(scene.service()) for _ in range(2)]
        strikes = [killed(rng.choice(services)) for _ in range(kills)]
        strikes[:1] = [killed_in_a_draw(services[0], scene.owner)]
        told = await drawn(services, scene.cases, rng, *strikes, again=again)
        return await scene.faults(told), told


@pytest.fixture
def apart(make_database):
    """A database in which nobody else draws."""
    return make_database()


@pytest.fixture
async def scene(tmp_path, apart):
    scene = Scene(tmp_path, apart)
    yield scene
    await scene.owner.dispose()


async def test_draws_over_two_processes_equal_the_sealed_list(scene):
    found, told = await storm(scene, 200)
    assert found == []
    assert told.seen["hung up"] > 5, told.seen
    assert told.seen["cut off"] > 0, told.seen
    assert await scene.unseen(told) == []


@pytest.mark.long
async def test_ten_thousand_draws_equal_the_sealed_list_whatever_is_killed(scene):
    found, told = await storm(scene, 10_000, kills=20)
    assert found == []
    report(told, 10_000)
    assert told.seen["hung up"] > 900, told.seen
    assert told.seen["cut off"] > 50, told.seen


@pytest.mark.long
async def test_without_the_lock_the_same_draws_are_found_out(scene):
    found, told = await storm(scene, 400, *WITHOUT_LOCK)
    report(told, 400)
    assert "a place was drawn twice" in found, found


@pytest.mark.long
async def test_a_counter_that_no_rollback_turns_back_is_found_out(scene):
    found, told = await storm(scene, 400, *BURNING)
    report(told, 400)
    assert "a place was passed over" in found, found


def report(told, many):
    """The counts, for whoever runs this with ``-s``."""
    sys.stdout.write(
        f"\n{many:,} cases in {told.seconds:.1f} s with {dict(told.seen)}: "
        f"{many / told.seconds:,.0f} draws a second"
    )
