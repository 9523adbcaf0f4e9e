"""Providers at the shell; what ships is loaded once, and what is written never changes."""

import pytest
import sqlalchemy as sa

from checkpoint.navigators import cli
from conftest import rolled_back
from navigating import make_assigned, make_navigator
from shell import Shell

PROVIDERS = "SELECT code FROM navigator_provider ORDER BY code"
ADD = ("navigators", "add-provider", "SYNTH", "Synthetic Provider", "--from", "2026-11-01")


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


def test_a_provider_is_added_at_the_shell_once(shell):
    told = shell(*ADD, "--source", "A test.")
    assert (told.code, told.err) == (0, "")
    assert told.out == "Added SYNTH, from 01 November 2026 on.\n"
    assert [row.code for row in shell.found(PROVIDERS)] == ["LIFELINE", "NECA", "NPS", "SYNTH"]
    assert shell(*ADD, "--source", "A test.").code == 19


def test_a_code_that_is_none_is_a_wrong_use_of_the_command(shell):
    told = shell(
        "navigators", "add-provider", "no code", "X", "--from", "2026-11-01", "--source", "A"
    )
    assert (told.code, told.out) == (2, "")
    assert "code is not in the agreed form" in told.err


async def test_what_ships_is_loaded_once(owner):
    async with rolled_back(owner) as session:
        await cli.load_starter(session)
        rows = await session.exec(sa.text(PROVIDERS))
        assert {"LIFELINE", "NECA", "NPS"} <= {row.code for row in rows}


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE navigator_assignment SET navigator_id = gen_random_uuid()",
        "UPDATE navigator_assignment SET ended_at = NULL, ended_by = NULL, end_reason = NULL",
        "UPDATE navigator_assignment SET ended_at = ended_at",
        "DELETE FROM navigator_assignment",
        "TRUNCATE navigator_assignment CASCADE",
        "UPDATE navigator_clearance SET last_day = '2099-01-01'",
        "DELETE FROM navigator",
    ],
)
async def test_not_even_the_owner_changes_whose_case_it_was(owner, deed):
    async with rolled_back(owner) as session:
        navigator = await make_navigator(session)
        await make_assigned(session, navigator.id)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await session.exec(sa.text(deed))


async def test_the_database_itself_keeps_two_assignments_of_one_case_from_standing(owner):
    async with rolled_back(owner) as session:
        navigator = await make_navigator(session)
        case = await make_assigned(session, navigator.id)
        again = """
            INSERT INTO navigator_assignment (id, custody_record_id, navigator_id, number, how,
                                              assigned_at, assigned_by)
            SELECT gen_random_uuid(), custody_record_id, navigator_id, 2, how, now(),
                   gen_random_uuid() FROM navigator_assignment WHERE custody_record_id = :case
        """
        with pytest.raises(sa.exc.IntegrityError, match="uq_navigator_assignment_standing"):
            await session.exec(sa.text(again), params={"case": case.id})
