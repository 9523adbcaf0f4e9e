"""Several people at one record at once, each on a connection of their own."""

import asyncio

import pytest
from sqlmodel import col, select

from builders import KNOWN, make_offence, make_record, make_screening
from checkpoint.audit.tables import AuditEntry
from checkpoint.custody import actions, queries
from checkpoint.custody.movements import actions as movements
from checkpoint.custody.movements.schemas import Release
from checkpoint.custody.schemas import AddOffence, SaveScreening
from checkpoint.custody.states import StepNotAllowed
from checkpoint.custody.tables import CustodyRecord, Screening
from checkpoint.eligibility import actions as eligibility
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import transaction
from checkpoint.foundation.preconditions import Overtaken
from conftest import NOON
from waits import all_there

pytestmark = pytest.mark.slow

RELEASED = Release(released_at="2026-11-03T04:30:00Z", release_kind="charged")
HERE, AWAY = SaveScreening(lives_in_area=True), SaveScreening(lives_in_area=False)
BURGLARY = AddOffence(code="TH68036", committed_from="2026-11-01")


async def a_record(api):
    async with transaction(api) as session:
        record = await make_record(session)
        await make_offence(session, record)
        await make_screening(session, record, **KNOWN)
    return record


async def at_once(api, officer, record, *deeds):
    """Each deed in its own transaction, by somebody who has read the record before any is done."""
    everyone_has_read = asyncio.Barrier(len(deeds))

    async def do(deed):
        async with transaction(api) as session:
            held = await queries.one(session, record.id, actor=officer)
            assert held.version == 1
            await all_there(everyone_has_read)
            return await deed(session)

    return await asyncio.gather(*[do(deed) for deed in deeds], return_exceptions=True)


async def found(api, kind, column, value):
    async with transaction(api) as session:
        return (await session.exec(select(kind).where(column == value))).all()


async def told(api, record):
    told = await found(api, AuditEntry, col(AuditEntry.subject_ids).contains([record.id]), True)
    return [entry.event for entry in sorted(told, key=lambda entry: entry.sequence)]


async def test_two_who_save_the_same_version_are_not_both_heard(api, officer):
    record = await a_record(api)

    def saving(command):
        return lambda session: actions.save_screening(
            session, record.id, command, seen=1, by=officer, at=NOON
        )

    outcome = await at_once(api, officer, record, saving(HERE), saving(AWAY))
    (refused,) = (one for one in outcome if isinstance(one, Overtaken))
    (done,) = (one for one in outcome if isinstance(one, CustodyRecord))
    assert refused.facts["present_etag"] == '"2"'
    assert done.version == 2
    saved = await found(api, Screening, col(Screening.custody_record_id), record.id)
    assert sorted(screening.number for screening in saved) == [1, 2]
    assert await told(api, record) == ["custody.screened"]


async def test_several_who_release_one_person_release_them_once(api, officer):
    record = await a_record(api)

    def releasing(session):
        return movements.release(session, record.id, RELEASED, by=officer, at=NOON)

    outcome = await at_once(api, officer, record, *[releasing] * 6)
    assert [type(one) for one in outcome].count(CustodyRecord) == 1
    assert [type(one) for one in outcome].count(StepNotAllowed) == 5
    assert await told(api, record) == ["custody.released"]


async def test_offences_alleged_at_once_are_all_kept_and_counted(api, officer):
    record = await a_record(api)

    def alleging(session):
        return actions.add_offence(session, record.id, BURGLARY, by=officer, at=NOON)

    outcome = await at_once(api, officer, record, *[alleging] * 6)
    assert sorted(one.version for one in outcome) == [2, 3, 4, 5, 6, 7]
    async with transaction(api) as session:
        assert len(await queries.offences_of(session, record.id)) == 7
    assert await told(api, record) == ["custody.offence_added"] * 6


async def test_two_decisions_on_one_record_never_are_two_first_ones(api, officer):
    record = await a_record(api)

    def deciding(session):
        return eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)

    outcome = await at_once(api, officer, record, *[deciding] * 6)
    decisions = sorted((decision for decision, _ in outcome), key=lambda one: one.number)
    assert [decision.number for decision in decisions] == [1, 2, 3, 4, 5, 6]
    chain = [None, *[decision.id for decision in decisions[:-1]]]
    assert [decision.supersedes_id for decision in decisions] == chain
    stored = await found(
        api, EligibilityDecision, col(EligibilityDecision.custody_record_id), record.id
    )
    assert {one.id for one in stored} == {one.id for one in decisions}


async def test_nobody_decides_on_a_screening_that_is_being_changed(api, officer):
    record = await a_record(api)

    def saving(session):
        return actions.save_screening(session, record.id, AWAY, seen=1, by=officer, at=NOON)

    def deciding(session):
        return eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)

    saved, decided = await at_once(api, officer, record, saving, deciding)
    assert saved.version == 2
    if isinstance(decided, Overtaken):
        assert await told(api, record) == ["custody.screened"]
    else:
        assert decided[0].facts["lives_in_area"] is True
        assert await told(api, record) == ["eligibility.decided", "custody.screened"]
