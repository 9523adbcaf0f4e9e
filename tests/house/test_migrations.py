import ast
import asyncio
import os
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from checkpoint.foundation.database import with_driver
from conftest import ROOT, alembic_config

FILES = sorted((ROOT / "migrations" / "versions").glob("*.py"))


async def test_the_schema_is_the_sum_of_the_migrations(owner):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, SQLModel.metadata)

    async with owner.connect() as connection:
        assert await connection.run_sync(differences) == []


CATALOGUE = """
SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
   AND contype <> 't'
UNION ALL
SELECT tablename, indexname, regexp_replace(indexdef, ' ON \\w+\\.', ' ON ')
  FROM pg_indexes WHERE schemaname = current_schema()
"""


@pytest.mark.slow
async def test_constraints_and_indexes_match_the_tables(make_database):
    url = await asyncio.to_thread(make_database)
    engine = create_async_engine(with_driver(url), poolclass=sa.NullPool)

    async def catalogue(connection):
        rows = await connection.execute(sa.text(CATALOGUE))
        return {tuple(row) for row in rows if row.owner != "alembic_version"}

    async with engine.connect() as connection:
        migrated = await catalogue(connection)
        assert len(migrated) > 60
        await connection.execute(sa.text("CREATE SCHEMA parity"))
        await connection.execute(sa.text("SET LOCAL search_path = parity"))
        await connection.run_sync(SQLModel.metadata.create_all)
        assert migrated == await catalogue(connection)
    await engine.dispose()


@pytest.mark.slow
def test_every_migration_goes_up_down_and_up_again(make_database):
    config = alembic_config(make_database(empty=True))
    for script in reversed([*ScriptDirectory.from_config(config).walk_revisions()]):
        command.upgrade(config, script.revision)
        command.downgrade(config, "-1")
        command.upgrade(config, script.revision)
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


@pytest.mark.slow
def test_three_migrators_at_once_all_end_well(make_database):
    url = make_database(empty=True)
    command_line = [sys.executable, "-m", "alembic", "upgrade", "head"]
    environment = os.environ | {"CHECKPOINT_DATABASE_URL": url}
    running = [
        subprocess.Popen(command_line, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [migrator.communicate(timeout=60)[1].decode() for migrator in running]
    assert [migrator.returncode for migrator in running] == [0, 0, 0], told
    command.check(alembic_config(url))


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(alembic_config("")).get_heads()) == 1


def test_file_names_read_as_history():
    assert len(FILES) >= 9
    assert all(re.fullmatch(r"\d{8}_\d{4}_[a-z_]+_\d{4}\.py", file.name) for file in FILES)


def test_each_migration_says_what_it_does_and_in_which_phase():
    for file in FILES:
        said = ast.get_docstring(ast.parse(file.read_text())) or ""
        assert re.search(r"^Phase: (expand|backfill|contract)", said, re.MULTILINE), file.name


def test_a_migration_is_a_letter_from_the_past():
    assert [f.name for f in FILES if re.search(r"(from|import) checkpoint", f.read_text())] == []


def test_one_statement_goes_to_the_database_at_a_time():
    statements = [
        (file.name, ast.unparse(node.args[0]))
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "op.execute"
    ]
    assert len(statements) > 30
    for name, statement in statements:
        assert ";" not in re.sub(r"\$\$.*?\$\$", "", statement, flags=re.DOTALL), name
