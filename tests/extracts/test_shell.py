"""The shell's side: builds with a bar, how far they are, and what waits."""

from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from builders import a_key
from checkpoint.extracts import cli, rules
from checkpoint.extracts.builds import actions, queries, working
from checkpoint.extracts.queries import any_one
from checkpoint.extracts.states import BuildOver, ExtractNotFound, ExtractNotReleased
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.errors import RuleBroken
from conftest import NOON
from extracting import another_trial, approved, cut, refusal, workshop


@pytest.fixture
async def extract(at_trial, trial_owner, monkeypatch):
    """An approved extract of a trial of its own, at a shell beside its service."""
    trial = await another_trial(trial_owner)
    await cut(trial_owner, trial, people=60)
    made = await approved(at_trial, 1, trial=trial, fields=["sex", "arrest_day"])

    @asynccontextmanager
    async def beside():
        yield workshop(at_trial.app)

    monkeypatch.setattr(cli, "workshop", beside)
    return made


async def test_a_build_at_the_shell_tells_the_digest_and_status_tells_builds(
    extract, at_trial, capsys
):
    await cli.build.__wrapped__(extract["id"])
    told = capsys.readouterr().out
    view = await at_trial(Role.AUDITOR).get(f"/v1/extracts/{extract['id']}")
    assert view.json()["release"]["digest"] in told
    assert "60 of 60 people" in told
    client = at_trial(Role.STATISTICIAN)
    asked = await client.post(f"/v1/extracts/{extract['id']}/builds", headers=a_key())
    assert asked.status_code == 202
    await cli.status.__wrapped__(extract["id"])
    assert "Build 2: Waits for a worker." in capsys.readouterr().out
    await cli.work.__wrapped__()
    assert "done." in capsys.readouterr().out
    await cli.status.__wrapped__(extract["id"], follow_it=True)
    assert "Build 2: Stands in the register of releases." in capsys.readouterr().out


async def test_a_build_that_gives_nothing_is_refused_at_the_shell(extract, at_trial):
    shop = workshop(at_trial.app)
    async with transaction(shop.engine) as session:
        asked = await actions.ask(session, extract["id"], by=shop.by, at=NOON)
    async with transaction(shop.engine) as session:
        await actions.cancel(session, extract["id"], 1, by=shop.by, at=NOON)
        assert await actions.begin(session, asked.id, by=shop.by, at=NOON) is None
        with pytest.raises(BuildOver):
            await actions.cancel(session, extract["id"], 1, by=shop.by, at=NOON)
        with pytest.raises(ExtractNotFound):
            await any_one(session, uuid4(), at=NOON)
        assert asked.id not in await queries.waiting(session)
    manager = at_trial(Role.TRIAL_MANAGER)
    await manager.post(f"/v1/extracts/{extract['id']}/key-destruction", headers=a_key())
    gone = await at_trial(Role.STATISTICIAN).post(
        f"/v1/extracts/{extract['id']}/builds", headers=a_key()
    )
    assert refusal(gone) == (409, "extract-key-destroyed")


async def test_a_build_that_is_cancelled_meanwhile_is_told_as_that_at_the_shell(
    extract, at_trial, monkeypatch
):
    shop, one = workshop(at_trial.app), working.one

    async def cancelled(shop, build_id, *, going):
        async with transaction(shop.engine) as session:
            await actions.cancel(session, extract["id"], 1, by=shop.by, at=NOON)
        return await one(shop, build_id, going=going)

    monkeypatch.setattr(working, "one", cancelled)
    with pytest.raises(ExtractNotReleased, match="Cancelled"):
        await cli.build.__wrapped__(extract["id"])
    async with transaction(shop.engine) as session:
        assert not await queries.releases_of(session, extract["id"])


async def test_builds_are_counted_and_not_without_end(extract, at_trial, monkeypatch):
    monkeypatch.setattr(rules, "MOST_BUILDS", 0)
    shop = workshop(at_trial.app)
    with pytest.raises(RuleBroken, match="built 0 times"):
        async with transaction(shop.engine) as session:
            await actions.ask(session, extract["id"], by=shop.by, at=NOON + timedelta(days=1))


def test_what_failed_is_told_with_why_and_what_runs_with_how_far():
    class Row:
        state, fault, done, total = "running", None, 5, 10

    assert cli.told(Row) == "A worker builds it (5 of 10 rows)."
    Row.state, Row.fault = "failed", "broken"
    assert "It broke off" in cli.told(Row)
    assert ExtractNotReleased.slug == "extract-not-released"
