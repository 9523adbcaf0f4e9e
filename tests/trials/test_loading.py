"""Protocols are adopted by version, trials closed once, phases added and never edited."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import loading, queries
from checkpoint.trials.loading import PhasesRefused, ProtocolRefused, TrialClosedAlready
from checkpoint.trials.queries import TrialNotFound
from checkpoint.trials.rules import Phase
from checkpoint.trials.states import TrialState
from conftest import NOON
from trialling import a_protocol

MANAGER = Actor(id=uuid4(), role=Role.OPERATOR)
TOLD = "SELECT * FROM audit_entry WHERE subject_kind LIKE 'trial%' ORDER BY recorded_at"


async def adopt(stage, at=NOON, **protocol):
    async with transaction(stage.owner) as session:
        return await loading.adopt(session, a_protocol(**protocol), by=MANAGER, at=at)


async def close(stage, code="TEST-TRIAL", at=NOON):
    async with transaction(stage.owner) as session:
        return await loading.close(session, code, words="Synthetic.", by=MANAGER, at=at)


async def standing(stage, at=NOON, code="TEST-TRIAL"):
    async with transaction(stage.owner) as session:
        return await queries.one(session, code, at=at)


async def test_a_first_protocol_founds_its_trial(stage):
    adopted = await adopt(stage)
    found = await standing(stage)
    assert (found.state, found.protocol_id) == (TrialState.OPEN, adopted.id)
    assert {*found.strata} == {"DURHAMGATE", "PETERLEE"}
    (entry,) = await stage.found(TOLD)
    assert (entry.event, entry.subject_ids) == (
        "trial.protocol_adopted",
        [adopted.id, found.id],
    )


async def test_an_amendment_acts_from_its_first_day_and_adds_strata(stage):
    first = await adopt(stage)
    later = NOON.date() + timedelta(days=7)
    second = await adopt(
        stage,
        number=2,
        version="2.0",
        in_effect_from=later,
        strata=["DURHAMGATE", "PETERLEE", "DARLINGTON"],
    )
    before, after = await standing(stage), await standing(stage, NOON + timedelta(days=7))
    assert (before.protocol_id, after.protocol_id) == (first.id, second.id)
    assert {*after.strata} - {*before.strata} == {"DARLINGTON"}
    assert {suite: after.strata[suite] for suite in before.strata} == before.strata


@pytest.mark.parametrize(
    ("protocol", "fault"),
    [
        ({"strata": ["NOWHERE"]}, "NOWHERE is no suite that is known"),
        ({"number": 2}, "the first version has the number 1"),
        ({"target": 1}, "target"),
    ],
)
async def test_a_protocol_with_a_fault_changes_nothing(stage, protocol, fault):
    with pytest.raises(ProtocolRefused, match=fault):
        await adopt(stage, **protocol)
    assert await stage.found("SELECT id FROM trial") == []


async def test_a_suite_is_in_one_trial_at_a_time(stage):
    await adopt(stage)
    other = {"trial": "TEST-OTHER", "strata": ["PETERLEE", "DARLINGTON"]}
    with pytest.raises(ProtocolRefused, match="PETERLEE is in TEST-TRIAL, which is not closed"):
        await adopt(stage, **other)
    await close(stage)
    await adopt(stage, NOON + timedelta(minutes=1), **other)
    assert (await standing(stage, NOON + timedelta(days=1), "TEST-OTHER")).state == "open"


async def test_a_closed_trial_takes_no_amendment_and_is_not_closed_again(stage):
    await adopt(stage)
    closing = await close(stage)
    assert (await standing(stage)).state is TrialState.CLOSED
    assert (await standing(stage, NOON - timedelta(hours=1))).state is TrialState.OPEN
    with pytest.raises(TrialClosedAlready):
        await close(stage)
    with pytest.raises(ProtocolRefused, match="closed"):
        await adopt(stage, number=2, in_effect_from=NOON.date())
    assert [row.event for row in await stage.found(TOLD)] == [
        "trial.protocol_adopted",
        "trial.closed",
    ]
    assert closing.closed_by == MANAGER.id


async def test_a_trial_that_is_not_there_is_not_closed(stage):
    with pytest.raises(TrialNotFound):
        await close(stage, "NONE")


async def add(stage, *phases):
    async with transaction(stage.owner) as session:
        return await loading.add_phases(session, phases, by=MANAGER, at=NOON)


async def test_phases_are_added_once_and_what_is_there_is_never_edited(stage):
    new = Phase("PETERLEE", date(2026, 12, 1), None, "Made up for tests")
    assert await add(stage, new) == 1
    assert await add(stage, new, Phase("PETERLEE", new.live_from, date(2027, 1, 1), "Other")) == 0
    async with transaction(stage.owner) as session:
        found = [each for each in await queries.phases(session) if each.suite == "PETERLEE"]
    assert found == [new]


async def test_phases_that_overlap_are_refused(stage):
    with pytest.raises(PhasesRefused, match="DURHAMGATE: 2030-01-01: overlaps"):
        await add(stage, Phase("DURHAMGATE", date(2030, 1, 1), None, "Made up for tests"))
