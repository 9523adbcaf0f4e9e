from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from builders import (
    DEPARTURE,
    DETERMINATION,
    KNOWN,
    REFERRED,
    make_offence,
    make_record,
    make_screening,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.tables import AuditEntry, ChangedValue
from checkpoint.eligibility import actions as eligibility
from checkpoint.eligibility.queries import DecisionNotFound
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetVersion
from checkpoint.foundation.actors import Actor, Rank, Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.oversight import actions, queries
from checkpoint.oversight.queries import OverrideNotFound
from checkpoint.oversight.rules import RankTooLow, SecondPersonNeeded
from checkpoint.oversight.schemas import DetermineEligibility, ProposeOverride
from checkpoint.oversight.states import Outcome, OversightNotAllowed
from checkpoint.oversight.tables import Determination, EligibilityOverride, OverrideAnswer
from conftest import NOON

SUITE = frozenset({"DURHAMGATE"})
ACCEPT, DEPART = DetermineEligibility(**DETERMINATION), ProposeOverride(**DEPARTURE)


def a_supervisor(rank=Rank.INSPECTOR, suites=SUITE):
    return Actor(id=uuid4(), role=Role.SUPERVISOR, suites=suites, rank=rank)


FIRST, SECOND = a_supervisor(), a_supervisor(Rank.SERGEANT)
STRANGER = a_supervisor(suites=frozenset({"PETERLEE"}))


async def a_decision(session, officer, code="TH68010", **known):
    record = await make_record(session)
    await make_offence(session, record, code)
    await make_screening(session, record, **(KNOWN | known))
    decision, _ = await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    return decision


async def standing(session, decision):
    return queries.standing(await queries.one(session, decision.id, actor=FIRST))


async def propose(session, decision, *, seen="1", command=DEPART, by=FIRST):
    return await actions.propose_override(session, decision.id, command, seen=seen, by=by, at=NOON)


async def answer(session, override, outcome=Outcome.CONFIRMED, *, by=SECOND, words=None):
    at = NOON + timedelta(minutes=5)
    return await actions.answer_override(session, override.id, outcome, words=words, by=by, at=at)


async def test_a_supervisor_answers_a_referred_case_and_the_decision_stays_locked(session, officer):
    decision = await a_decision(session, officer, REFERRED)
    assert (await standing(session, decision)).verdict == "refer"
    made = await actions.determine(session, decision.id, ACCEPT, seen="1", by=FIRST, at=NOON)
    held = await queries.one(session, decision.id, actor=FIRST)
    assert (held.verdict, held.findings) == ("refer", decision.findings)
    view = queries.standing(held)
    assert (view.verdict, view.basis) == ("eligible", "determination")
    assert (view.reason_code, view.words) == ("terms_met", DETERMINATION["words"])
    assert (view.by, view.at, view.second_person) == (FIRST.id, NOON, None)
    entries = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([made.id]))
    (entry,) = (await session.exec(entries)).all()
    assert entry.event == "oversight.determined"
    assert entry.subject_ids == [made.id, decision.id, held.custody_record_id, held.person_id]


async def test_the_words_go_to_no_ledger_and_to_no_changed_value(session, officer):
    secret = "Wordcanary was here"
    decision = await a_decision(session, officer)
    override = await propose(
        session, decision, command=ProposeOverride(**DEPARTURE | {"words": secret})
    )
    await answer(session, override, Outcome.DECLINED, words=secret)
    for table in (AuditEntry.__table__, ChangedValue.__table__):
        rows = (await session.exec(sa.select(sa.cast(table.table_valued(), sa.Text)))).all()
        assert "Wordcanary" not in str(rows)


async def test_a_referred_case_is_determined_once(session, officer):
    decision = await a_decision(session, officer, REFERRED)
    await actions.determine(session, decision.id, ACCEPT, seen="1", by=FIRST, at=NOON)
    with pytest.raises(Overtaken) as refused:
        await actions.determine(session, decision.id, ACCEPT, seen="1", by=SECOND, at=NOON)
    assert refused.value.facts["present_etag"] == '"1-determined"'
    with pytest.raises(OversightNotAllowed):
        await actions.determine(
            session, decision.id, ACCEPT, seen="1-determined", by=SECOND, at=NOON
        )


@pytest.mark.parametrize("known", [{}, {"hate_crime": True}, {"hate_crime": None}])
async def test_what_the_rules_do_not_refer_nobody_determines(session, officer, known):
    decision = await a_decision(session, officer, **known)
    with pytest.raises(OversightNotAllowed):
        await actions.determine(session, decision.id, ACCEPT, seen="1", by=FIRST, at=NOON)


async def test_what_is_pending_or_referred_nobody_overrides(session, officer):
    for decision in (
        await a_decision(session, officer, REFERRED),
        await a_decision(session, officer, hate_crime=None),
    ):
        with pytest.raises(OversightNotAllowed):
            await propose(session, decision)


async def test_an_override_holds_only_once_a_second_person_confirms(session, officer):
    decision = await a_decision(session, officer)
    override = await propose(session, decision)
    before = await standing(session, decision)
    assert (before.verdict, before.basis, before.override_id) == ("eligible", "rules", override.id)
    await answer(session, override)
    after = await standing(session, decision)
    assert (after.verdict, after.basis) == ("ineligible", "override")
    assert (after.by, after.rank, after.second_person) == (FIRST.id, "inspector", SECOND.id)
    assert after.at == NOON + timedelta(minutes=5)
    held = await queries.one(session, decision.id, actor=FIRST)
    assert held.verdict == "eligible"


async def test_the_other_way_round_too(session, officer):
    decision = await a_decision(session, officer, hate_crime=True)
    accept = ProposeOverride(**DEPARTURE | {"verdict": "eligible"})
    await answer(session, await propose(session, decision, command=accept), by=officer)
    assert (await standing(session, decision)).verdict == "eligible"


async def test_to_depart_to_where_the_rules_are_is_no_override(session, officer):
    decision = await a_decision(session, officer)
    same = ProposeOverride(**DEPARTURE | {"verdict": "eligible"})
    with pytest.raises(RuleBroken):
        await propose(session, decision, command=same)


@pytest.mark.parametrize("rank", [None, Rank.CONSTABLE, Rank.SERGEANT])
async def test_below_inspector_nobody_proposes(session, officer, rank):
    decision = await a_decision(session, officer)
    with pytest.raises(RankTooLow):
        await propose(session, decision, by=a_supervisor(rank))


async def test_nobody_confirms_their_own(session, officer):
    override = await propose(session, await a_decision(session, officer))
    for outcome in Outcome:
        with pytest.raises(SecondPersonNeeded):
            await answer(session, override, outcome, by=FIRST, words="Mine.")


async def test_what_was_declined_may_be_proposed_again_and_what_was_confirmed_may_not(
    session, officer
):
    decision = await a_decision(session, officer)
    first = await propose(session, decision)
    with pytest.raises(OversightNotAllowed):
        await propose(session, decision, seen="1-proposed")
    await answer(session, first, Outcome.DECLINED, words="The rule fits.")
    again = await propose(session, decision, seen="1-declined")
    assert again.number == 2
    with pytest.raises(OversightNotAllowed):
        await answer(session, first)
    await answer(session, again)
    with pytest.raises(OversightNotAllowed):
        await propose(session, decision, seen="1-overridden")


async def test_a_later_decision_ends_the_proposal_and_the_override(session, officer):
    decision = await a_decision(session, officer)
    override = await propose(session, decision)
    record = decision.custody_record_id
    later, _ = await eligibility.decide_case(session, record, seen=1, by=officer, at=NOON)
    with pytest.raises(OversightNotAllowed, match="fell with it"):
        await answer(session, override)
    with pytest.raises(Overtaken):
        await propose(session, decision)
    with pytest.raises(OversightNotAllowed):
        await propose(session, decision, seen="1-superseded")
    present, _ = await queries.of_case(session, record, actor=FIRST)
    assert present.id == later.id
    assert queries.summary(present).basis == "rules"


async def test_another_suites_cannot_be_told_from_none(session, officer):
    decision = await a_decision(session, officer)
    override = await propose(session, decision)
    for id in (decision.id, uuid4()):
        with pytest.raises(DecisionNotFound):
            await actions.determine(session, id, ACCEPT, seen="1", by=STRANGER, at=NOON)
        with pytest.raises(DecisionNotFound):
            await actions.propose_override(session, id, DEPART, seen="1", by=STRANGER, at=NOON)
    for id in (override.id, uuid4()):
        with pytest.raises(OverrideNotFound):
            await actions.answer_override(session, id, Outcome.CONFIRMED, by=STRANGER, at=NOON)


async def test_nothing_is_said_that_cannot_be_recorded(without_ledger, owner, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        await make_offence(session, record)
    rules = select(RuleSetVersion.id)
    async with transaction(without_ledger) as session:
        decision = EligibilityDecision(
            custody_record_id=record.id,
            number=1,
            record_version=1,
            rule_set_version_id=(await session.exec(rules)).first(),
            verdict="eligible",
            facts={},
            findings=[],
            prosecution_clock={},
            decided_at=NOON,
            decided_by=officer.id,
        )
        await insert(session, decision)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await propose(session, decision)
    async with transaction(without_ledger) as session:
        rows = select(EligibilityOverride.id).where(
            EligibilityOverride.eligibility_decision_id == decision.id
        )
        assert (await session.exec(rows)).all() == []


async def test_the_database_refuses_what_the_rules_refuse(session, officer):
    settled = await a_decision(session, officer)
    referred = await a_decision(session, officer, REFERRED)
    override = await propose(session, settled)
    told = {"words": "x", "determined_at": NOON, "determined_by": uuid4()}
    ruled = {"verdict": "ineligible", "reason_code": "risk", "words": "x", "number": 2}
    ruled |= {"proposed_rank": "inspector", "proposed_at": NOON, "proposed_by": uuid4()}
    answered = {"eligibility_override_id": override.id, "answered_at": NOON}
    answered |= {"proposed_by": FIRST.id, "outcome": "confirmed", "answered_by": SECOND.id}
    wrong = [
        Determination(
            eligibility_decision_id=settled.id, verdict="eligible", reason_code="suits", **told
        ),
        Determination(
            eligibility_decision_id=referred.id, verdict="refer", reason_code="suits", **told
        ),
        EligibilityOverride(eligibility_decision_id=referred.id, **ruled),
        EligibilityOverride(eligibility_decision_id=settled.id, **ruled),
        EligibilityOverride(eligibility_decision_id=settled.id, **ruled | {"verdict": "eligible"}),
        OverrideAnswer(**answered | {"answered_by": FIRST.id}),
        OverrideAnswer(**answered | {"proposed_by": uuid4()}),
        OverrideAnswer(**answered | {"outcome": "declined"}),
    ]
    for row in wrong:
        with pytest.raises(sa.exc.IntegrityError):
            async with session.begin_nested():
                await actions.insert(session, row)
