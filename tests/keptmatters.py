"""What the database keeps as open of cases is what follows from all else on record."""

import pytest
import sqlalchemy as sa

from checkpoint.journey.worklist.facts import MATTERS

COLUMNS = """matter, custody_record_id, suite, since, source_id, thing_id, words, allocation_id,
             set_off_by, last_day"""
OF_TEAM = """team_matter.matter, custody_record_id, team_matter.suite, team_matter.since,
             open_matter_id, NULL::uuid, team_matter.until::text, NULL::uuid, NULL::uuid, NULL::date"""
OF_TEAM_NOW = OF_TEAM.replace("team_matter.", "")
UNLIKE = f"""
    (SELECT 'kept' AS side, {COLUMNS} FROM open_matter
     EXCEPT SELECT 'kept', {COLUMNS} FROM open_matter_now)
    UNION ALL
    (SELECT 'missing', {COLUMNS} FROM open_matter_now
     EXCEPT SELECT 'missing', {COLUMNS} FROM open_matter)
    UNION ALL
    (SELECT 'kept of a team', {OF_TEAM} FROM team_matter
       JOIN open_matter ON open_matter.id = team_matter.open_matter_id
     EXCEPT SELECT 'kept of a team', {OF_TEAM_NOW} FROM team_matter_now)
    UNION ALL
    (SELECT 'missing of a team', {OF_TEAM_NOW} FROM team_matter_now
     EXCEPT SELECT 'missing of a team', {OF_TEAM} FROM team_matter
       JOIN open_matter ON open_matter.id = team_matter.open_matter_id)
"""


async def unlike(engine):
    """Matters that are kept and should not be, or should be and are not; of all cases there are."""
    async with engine.connect() as connection:
        await connection.execute(sa.text("SET jit = off"))
        return [tuple(row) for row in await connection.execute(sa.text(UNLIKE))]


@pytest.fixture
async def agreeing(owner, trial_owner):
    """After the test, in both databases: what is kept agrees, and has words that are known."""
    yield
    for engine in (owner, trial_owner):
        assert await unlike(engine) == []
        async with engine.connect() as connection:
            found = await connection.execute(sa.text("SELECT DISTINCT matter FROM open_matter"))
        assert {word for (word,) in found} <= {matter.word for matter in MATTERS}
