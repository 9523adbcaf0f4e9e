"""Several officers take, or take back, the answers of one case at once, each on a connection."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from builders import KNOWN, NOBODY_NEEDED, WHOLE_CONSENT, make_offence, make_record, make_screening
from checkpoint.consent import actions, queries
from checkpoint.consent.rules import AlreadyTaken
from checkpoint.consent.schemas import AskForConsent, SaveDraft, WithdrawConsent
from checkpoint.consent.states import ConsentKind, ConsentNotStanding, ConsentStands
from checkpoint.consent.tables import ConsentAsking, ConsentDraft
from checkpoint.custody.circumstances.tables import Safeguard
from checkpoint.eligibility import actions as eligibility
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.preconditions import Overtaken
from conftest import NOON
from waits import all_there

pytestmark = pytest.mark.slow

WHOLE = AskForConsent.model_validate(WHOLE_CONSENT)
BACK = WithdrawConsent(
    kind="research", withdrawn_at=NOON.isoformat(), told_by="person", reason_code="health"
)


def somebody():
    return Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"DURHAMGATE"}))


async def a_case(api, officer):
    async with transaction(api) as session:
        record = await make_record(session)
        await make_offence(session, record)
        await make_screening(session, record, **KNOWN)
        fields = {"custody_record_id": record.id, "number": 1, "saved_at": NOON}
        await insert(session, Safeguard(**fields, saved_by=uuid4(), **NOBODY_NEEDED))
        await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    return record


async def a_draft(api, officer):
    record = await a_case(api, officer)
    async with transaction(api) as session:
        return record, await actions.begin(session, record.id, WHOLE, by=officer, at=NOON)


async def at_once(api, record, *deeds):
    """Each deed in its own transaction, by somebody who has read the case before any is done."""
    everyone_has_read = asyncio.Barrier(len(deeds))

    async def do(deed):
        by = somebody()
        async with transaction(api) as session:
            await queries.standing(session, record.id, actor=by)
            await all_there(everyone_has_read)
            return await deed(session, by)

    outcome = await asyncio.gather(*[do(deed) for deed in deeds], return_exceptions=True)
    return [type(one) for one in outcome]


async def askings(api, record):
    async with transaction(api) as session:
        rows = select(ConsentAsking).where(ConsentAsking.custody_record_id == record.id)
        return (await session.exec(rows)).all()


async def test_several_officers_complete_one_draft_once(api, officer):
    record, draft = await a_draft(api, officer)

    def completing(session, by):
        return actions.complete(session, draft, seen="1", by=by, at=NOON)

    outcome = await at_once(api, record, *[completing] * 6)
    assert outcome.count(type(None)) == 1
    assert outcome.count(AlreadyTaken) == 5
    (asking,) = await askings(api, record)
    assert asking.id == draft
    async with transaction(api) as session:
        kept = (await session.exec(select(ConsentDraft).where(ConsentDraft.id == draft))).one()
    assert (kept.content, kept.completed_by) == (None, asking.taken_by)


async def test_nobody_completes_what_somebody_else_is_changing(api, officer):
    record, draft = await a_draft(api, officer)

    def completing(session, by):
        return actions.complete(session, draft, seen="1", by=by, at=NOON)

    def saving(session, by):
        return actions.save(session, draft, SaveDraft(understood=False), seen="1", by=by, at=NOON)

    completed, saved = await at_once(api, record, completing, saving)
    assert {completed, saved} in ({type(None), AlreadyTaken}, {type(None), Overtaken})
    assert len(await askings(api, record)) == (1 if completed is type(None) else 0)


async def test_several_who_ask_at_once_are_answered_once(api, officer):
    record = await a_case(api, officer)

    def asking(session, by):
        return actions.ask(session, record.id, WHOLE, by=by, at=NOON)

    outcome = await at_once(api, record, *[asking] * 6)
    assert outcome.count(ConsentStands) == 5
    assert [row.number for row in await askings(api, record)] == [1]


async def test_one_consent_is_taken_back_once(api, officer):
    record = await a_case(api, officer)
    async with transaction(api) as session:
        asking = await actions.ask(session, record.id, WHOLE, by=officer, at=NOON)

    def withdrawing(session, by):
        return actions.withdraw(session, asking, BACK, by=by, at=NOON)

    outcome = await at_once(api, record, *[withdrawing] * 6)
    assert outcome.count(type(None)) == 1
    assert outcome.count(ConsentNotStanding) == 5
    async with transaction(api) as session:
        found = await queries.standing(session, record.id, actor=officer)
    assert [found[kind].state.value for kind in ConsentKind] == ["given", "withdrawn", "given"]
