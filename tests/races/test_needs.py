"""Several officers go on with one draft, or begin one, at once, each on a connection."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from assessing import WHOLE_NEEDS
from builders import KNOWN, make_offence, make_record, make_screening
from checkpoint.eligibility import actions as eligibility
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.needs import actions, queries
from checkpoint.needs.schemas import AssessNeeds, CompleteNeedsDraft, SaveNeedsDraft
from checkpoint.needs.states import AlreadyCompleted, BaselineTaken, DraftOpen
from checkpoint.needs.tables import NeedsAssessment, NeedsDraft
from conftest import NOON
from waits import all_there

pytestmark = pytest.mark.slow

WHOLE = AssessNeeds.model_validate(WHOLE_NEEDS)


def somebody():
    return Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"DURHAMGATE"}))


async def a_case(api):
    async with transaction(api) as session:
        record = await make_record(session)
        await make_offence(session, record)
        await make_screening(session, record, **KNOWN)
        await eligibility.decide_case(session, record.id, seen=1, by=somebody(), at=NOON)
    return record


async def a_draft(api):
    record = await a_case(api)
    async with transaction(api) as session:
        return record, await actions.begin(session, record.id, WHOLE, by=somebody(), at=NOON)


async def at_once(api, record, *deeds):
    """Each deed in its own transaction, by somebody who has read the case before any is done."""
    everyone_has_read = asyncio.Barrier(len(deeds))

    async def do(deed):
        by = somebody()
        async with transaction(api) as session:
            await queries.open_draft(session, record.id, actor=by)
            await all_there(everyone_has_read)
            return await deed(session, by)

    outcome = await asyncio.gather(*[do(deed) for deed in deeds], return_exceptions=True)
    return [type(one) for one in outcome]


async def rows(api, kind, record):
    async with transaction(api) as session:
        return (await session.exec(select(kind).where(kind.custody_record_id == record.id))).all()


async def test_two_who_save_one_draft_at_once_do_not_overwrite_each_other(api):
    record, draft = await a_draft(api)

    def save(timepoint):
        command = SaveNeedsDraft(timepoint=timepoint)
        return lambda session, by: actions.save(session, draft, command, seen="1", by=by, at=NOON)

    outcome = await at_once(api, record, save("review"), save("exit"))
    assert sorted(outcome, key=str) == sorted([type(None), Overtaken], key=str)
    (row,) = await rows(api, NeedsDraft, record)
    assert row.version == 2


async def test_two_who_complete_one_draft_at_once_complete_it_once(api):
    record, draft = await a_draft(api)

    def complete(session, by):
        return actions.complete(session, draft, CompleteNeedsDraft(), seen="1", by=by, at=NOON)

    outcome = await at_once(api, record, complete, complete)
    assert sorted(outcome, key=str) == sorted([type(None), AlreadyCompleted], key=str)
    assert len(await rows(api, NeedsAssessment, record)) == 1


async def test_two_who_begin_at_once_begin_one_draft(api):
    record = await a_case(api)

    def begin(session, by):
        return actions.begin(session, record.id, WHOLE, by=by, at=NOON)

    outcome = await at_once(api, record, begin, begin)
    assert DraftOpen in outcome
    assert len(await rows(api, NeedsDraft, record)) == 1


async def test_two_who_take_the_baseline_at_once_take_one(api):
    record = await a_case(api)

    def assess(session, by):
        return actions.assess(session, record.id, WHOLE, by=by, at=NOON)

    outcome = await at_once(api, record, assess, assess)
    assert BaselineTaken in outcome
    assert len(await rows(api, NeedsAssessment, record)) == 1
