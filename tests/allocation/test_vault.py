"""Every process looks at the sealed lists when it starts, and before its first draw."""

import sqlalchemy as sa

from checkpoint.allocation.vault import Vault
from checkpoint.api import create_app
from checkpoint.foundation.settings import Environment
from conftest import rolled_back


async def test_a_process_looks_at_every_list_when_it_starts(trial_owner, trial_settings):
    app = create_app(trial_settings)
    async with app.router.lifespan_context(app):
        assert len(app.state.vault._checked) == 1


async def test_a_service_starts_though_the_database_does_not_answer(trial_settings):
    nowhere = trial_settings.model_copy(
        update={
            "database_url": type(trial_settings.database_url)(
                "postgresql://nobody@127.0.0.1:9/none"
            )
        }
    )
    app = create_app(nowhere)
    async with app.router.lifespan_context(app):
        assert app.state.vault._checked == set()


async def test_lists_that_were_altered_or_are_of_the_other_kind_are_named(
    trial_owner, trial_settings
):
    async with rolled_back(trial_owner) as session:
        assert await Vault(trial_settings).check_every(session) == []
        live = trial_settings.model_copy(update={"environment": Environment.PRODUCTION})
        assert len(await Vault(live).check_every(session)) == 1
        connection = await session.connection()
        await connection.execute(sa.text("ALTER TABLE slot DISABLE TRIGGER USER"))
        await connection.execute(sa.text("UPDATE slot SET arm = arm || '\\x00'"))
        assert len(await Vault(trial_settings).check_every(session)) == 1
