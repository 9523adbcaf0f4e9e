"""Several people speak on one decision at once, each on a connection of their own."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from builders import (
    DEPARTURE,
    DETERMINATION,
    KNOWN,
    REFERRED,
    make_offence,
    make_record,
    make_screening,
)
from checkpoint.eligibility import actions as eligibility
from checkpoint.foundation.actors import Actor, Rank, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.oversight import actions, queries
from checkpoint.oversight.schemas import DetermineEligibility, ProposeOverride
from checkpoint.oversight.states import Outcome, OversightNotAllowed
from checkpoint.oversight.tables import EligibilityOverride, OverrideAnswer
from conftest import NOON
from waits import all_there

pytestmark = pytest.mark.slow

ACCEPT, DEPART = DetermineEligibility(**DETERMINATION), ProposeOverride(**DEPARTURE)


def somebody():
    suites = frozenset({"DURHAMGATE"})
    return Actor(id=uuid4(), role=Role.SUPERVISOR, suites=suites, rank=Rank.INSPECTOR)


async def a_decision(api, officer, code="TH68010"):
    async with transaction(api) as session:
        record = await make_record(session)
        await make_offence(session, record, code)
        await make_screening(session, record, **KNOWN)
        decision, _ = await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    return decision


async def an_override(api, decision):
    async with transaction(api) as session:
        return await actions.propose_override(
            session, decision.id, DEPART, seen="1", by=somebody(), at=NOON
        )


async def at_once(api, decision, *deeds):
    """Each deed in its own transaction, by somebody who has read the decision before any is done."""
    everyone_has_read = asyncio.Barrier(len(deeds))

    async def do(deed):
        by = somebody()
        async with transaction(api) as session:
            await queries.one(session, decision.id, actor=by)
            await all_there(everyone_has_read)
            return await deed(session, by)

    return await asyncio.gather(*[do(deed) for deed in deeds], return_exceptions=True)


async def kept(api, kind, column, value):
    async with transaction(api) as session:
        return (await session.exec(select(kind).where(column == value))).all()


async def test_several_second_persons_answer_one_override_once(api, officer):
    decision = await a_decision(api, officer)
    override = await an_override(api, decision)

    def answering(outcome):
        return lambda session, by: actions.answer_override(
            session, override.id, outcome, words="Said.", by=by, at=NOON
        )

    deeds = [answering(outcome) for outcome in [*Outcome] * 3]
    outcome = await at_once(api, decision, *deeds)
    assert [type(one) for one in outcome].count(OverrideAnswer) == 1
    assert [type(one) for one in outcome].count(OversightNotAllowed) == 5
    column = OverrideAnswer.eligibility_override_id
    assert len(await kept(api, OverrideAnswer, column, override.id)) == 1


async def test_several_who_propose_at_once_make_one_proposal(api, officer):
    decision = await a_decision(api, officer)

    def proposing(session, by):
        return actions.propose_override(session, decision.id, DEPART, seen="1", by=by, at=NOON)

    outcome = await at_once(api, decision, *[proposing] * 6)
    assert [type(one) for one in outcome].count(EligibilityOverride) == 1
    assert [type(one) for one in outcome].count(Overtaken) == 5


async def test_two_supervisors_never_both_determine(api, officer):
    decision = await a_decision(api, officer, REFERRED)

    def determining(session, by):
        return actions.determine(session, decision.id, ACCEPT, seen="1", by=by, at=NOON)

    outcome = await at_once(api, decision, *[determining] * 2)
    assert [type(one) for one in outcome].count(Overtaken) == 1


async def test_nobody_confirms_an_override_of_a_decision_that_is_being_superseded(api, officer):
    decision = await a_decision(api, officer)
    override = await an_override(api, decision)

    def confirming(session, by):
        return actions.answer_override(session, override.id, Outcome.CONFIRMED, by=by, at=NOON)

    def deciding(session, by):
        return eligibility.decide_case(session, decision.custody_record_id, seen=1, by=by, at=NOON)

    confirmed, decided = await at_once(api, decision, confirming, deciding)
    assert decided[0].supersedes_id == decision.id
    column = OverrideAnswer.eligibility_override_id
    answers = await kept(api, OverrideAnswer, column, override.id)
    assert len(answers) == (0 if isinstance(confirmed, OversightNotAllowed) else 1)
    async with transaction(api) as session:
        present, _ = await queries.of_case(session, decision.custody_record_id, actor=somebody())
        assert queries.summary(present).basis == "rules"
