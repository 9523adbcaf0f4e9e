"""What the front door cannot show: the ledger's part, the database's own refusals, later rooms."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from builders import (
    KNOWN,
    NOBODY_NEEDED,
    WHOLE_CONSENT,
    make_offence,
    make_record,
    make_screening,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.consent import actions, lookups, queries
from checkpoint.consent.queries import ConsentNotFound
from checkpoint.consent.schemas import AskForConsent, WithdrawConsent
from checkpoint.consent.states import ConsentKind, ConsentState, may_be_allocated
from checkpoint.consent.tables import Consent, ConsentAsking, ConsentDraft, ConsentWithdrawal
from checkpoint.custody.circumstances.tables import Safeguard
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.eligibility import actions as eligibility
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert, transaction
from conftest import NOON, rolled_back

WHOLE = AskForConsent.model_validate(WHOLE_CONSENT)
BACK = WithdrawConsent(
    kind="research",
    withdrawn_at=NOON.isoformat(),
    told_by="legal_adviser",
    reason_code="legal_advice",
)
DAY = timedelta(days=1)


async def a_case(session, officer, **safeguards):
    record = await make_record(session)
    await make_offence(session, record)
    await make_screening(session, record, **KNOWN)
    fields = {"custody_record_id": record.id, "number": 1, "saved_at": NOON, "saved_by": uuid4()}
    await insert(session, Safeguard(**(fields | NOBODY_NEEDED | safeguards)))
    await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    return record


async def asked(session, officer, record, command=WHOLE, at=NOON):
    return await actions.ask(session, record.id, command, by=officer, at=at)


async def test_where_the_three_stand_is_told_with_ids_and_when_it_was_entered(session, officer):
    record = await a_case(session, officer)
    assert await queries.standing(session, record.id, actor=officer) == {}
    asking = await asked(session, officer, record)
    found = await queries.standing(session, record.id, actor=officer)
    assert found.keys() == {*ConsentKind}
    research = found[ConsentKind.RESEARCH]
    assert (research.state, research.asking_id) == (ConsentState.GIVEN, asking)
    assert (research.taken_at, research.last_at) == (NOON, WHOLE.answered_at)
    assert research.sheet.version == "2016-08-01-en"
    assert may_be_allocated(queries.states_of(found))
    await actions.withdraw(session, asking, BACK, by=officer, at=NOON)
    found = await queries.standing(session, record.id, actor=officer)
    assert found[ConsentKind.RESEARCH].last_at == NOON
    assert not may_be_allocated(queries.states_of(found))


async def test_where_they_stand_elsewhere_is_not_told(session, officer):
    record = await a_case(session, officer)
    stranger = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({"PETERLEE"}))
    with pytest.raises(CustodyRecordNotFound):
        await queries.standing(session, record.id, actor=stranger)
    with pytest.raises(ConsentNotFound):
        await queries.draft(session, uuid4(), actor=stranger)


async def test_the_last_answers_of_many_cases_are_found_at_once(session, officer):
    first, second = [await a_case(session, officer) for _ in range(2)]
    asking = await asked(session, officer, first)
    await actions.withdraw(session, asking, BACK, by=officer, at=NOON)
    last = queries.LAST_ANSWERS.subquery()
    ids = [first.id, second.id]
    rows = await session.exec(sa.select(last).where(last.c.custody_record_id.in_(ids)))
    found = {(row.custody_record_id, row.kind): row.withdrawn_at for row in rows}
    assert found == {
        (first.id, ConsentKind.PROGRAMME): None,
        (first.id, ConsentKind.RESEARCH): NOON,
        (first.id, ConsentKind.INFORMATION_SHARING): None,
    }


async def test_nothing_is_erased_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        draft = ConsentDraft(
            custody_record_id=record.id,
            content=WHOLE.model_dump(mode="json"),
            begun_at=NOON,
            begun_by=officer.id,
            saved_at=NOON,
            expires_at=NOON + DAY,
        )
        await insert(session, draft)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.erase_expired(session, by=officer, at=NOON + DAY)
    async with transaction(without_ledger) as session:
        kept = select(ConsentDraft.content).where(ConsentDraft.id == draft.id)
        assert (await session.exec(kept)).one() is not None


async def refusal(session, *rows):
    with pytest.raises(sa.exc.IntegrityError) as refused:
        async with session.begin_nested():
            for row in rows:
                await insert(session, row)
    return str(refused.value.orig)


async def an_asking(session, record, **changes):
    safeguard = Safeguard.__table__
    rows = sa.select(safeguard.c.id).where(safeguard.c.custody_record_id == record.id)
    (saved,) = (await session.exec(rows)).scalars()
    decision = (
        await session.exec(
            sa.text("SELECT id FROM eligibility_decision WHERE custody_record_id = :id"),
            params={"id": record.id},
        )
    ).scalar_one()
    sheet = await lookups.sheet(session, "2016-08-01-en")
    fields = {
        "custody_record_id": record.id,
        "number": 7,
        "eligibility_decision_id": decision,
        "safeguard_id": saved,
        "information_sheet_id": sheet.id,
        "sheet_given_at": NOON,
        "legal_advice": "had",
        "understanding_checked": "own_words",
        "answered_at": NOON,
        "answered_by": record.person_id,
        "taken_at": NOON,
        "taken_by": uuid4(),
    }
    return ConsentAsking(**(fields | changes))


@pytest.mark.parametrize(
    "safeguards",
    [
        {"appropriate_adult_needed": None},
        {"interpreter_needed": None, "interpreter_came_at": NOON - DAY},
        {"appropriate_adult_needed": True},
        {"interpreter_needed": True, "interpreter_came_at": NOON + timedelta(minutes=1)},
        {
            "appropriate_adult_needed": True,
            "appropriate_adult_came_at": NOON - DAY,
            "appropriate_adult_left_at": NOON - timedelta(minutes=1),
        },
    ],
)
async def test_the_database_itself_keeps_no_asking_without_whom_is_needed(
    session, officer, safeguards
):
    record = await a_case(session, officer, **safeguards)
    told = await refusal(session, await an_asking(session, record))
    assert "somebody who is needed was not there, or it is not known" in told


async def test_the_database_itself_keeps_an_asking_with_whom_is_needed(session, officer):
    there = {"appropriate_adult_needed": True, "appropriate_adult_came_at": NOON - DAY}
    record = await a_case(session, officer, **there)
    await insert(session, await an_asking(session, record))


async def test_the_database_itself_knows_whose_decision_and_safeguards_they_are(session, officer):
    record, other = [await a_case(session, officer) for _ in range(2)]
    theirs = await an_asking(session, other)
    decision = await an_asking(
        session, record, eligibility_decision_id=theirs.eligibility_decision_id
    )
    assert "the decision is of another case" in await refusal(session, decision)
    safeguard = await an_asking(session, record, safeguard_id=theirs.safeguard_id)
    assert "somebody who is needed" in await refusal(session, safeguard)
    waiting = await an_asking(session, record, legal_advice="awaited")
    assert "ck_consent_asking_advice_first" in await refusal(session, waiting)


async def test_the_database_itself_asks_for_nothing_that_stands(session, officer):
    record = await a_case(session, officer)
    await asked(session, officer, record)
    again = await an_asking(session, record)
    for answer, reason in (("given", None), ("declined", "no_reason_given")):
        consent = Consent(
            consent_asking_id=again.id, kind="programme", answer=answer, reason_code=reason
        )
        assert "this consent stands" in await refusal(session, again, consent)


async def test_the_database_itself_takes_back_only_what_was_given_before(session, officer):
    record = await a_case(session, officer)
    no = {"answer": "declined", "reason_code": "prefers_court"}
    command = AskForConsent.model_validate(WHOLE_CONSENT | {"research": no})
    await asked(session, officer, record, command)
    found = await queries.standing(session, record.id, actor=officer)

    def back(kind, at):
        return ConsentWithdrawal(
            consent_id=found[kind].consent_id,
            withdrawn_at=at,
            told_by="person",
            reason_code="no_reason_given",
            recorded_at=NOON,
            recorded_by=uuid4(),
        )

    for row in (back(ConsentKind.RESEARCH, NOON), back(ConsentKind.PROGRAMME, NOON - DAY)):
        assert "only what was given before is taken back" in await refusal(session, row)
    await insert(session, back(ConsentKind.PROGRAMME, NOON))
    told = await refusal(session, back(ConsentKind.PROGRAMME, NOON))
    assert "uq_consent_withdrawal_consent_id" in told


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ("content = '{}', erased_at = NULL", "this draft has ended"),
        ("version = version + 1", "this draft has ended"),
    ],
)
async def test_what_a_draft_said_never_comes_back(owner, officer, changes, says):
    async with rolled_back(owner) as session:
        record = await a_case(session, officer)
        id = await actions.begin(session, record.id, WHOLE, by=officer, at=NOON)
        assert await actions.erase_expired(session, by=officer, at=NOON + DAY) >= 1
        with pytest.raises(sa.exc.IntegrityError, match=says):
            await session.exec(
                sa.text(f"UPDATE consent_draft SET {changes} WHERE id = :id"), params={"id": id}
            )


async def test_where_a_draft_was_begun_never_changes(session, officer):
    record = await a_case(session, officer)
    await actions.begin(session, record.id, WHOLE, by=officer, at=NOON)
    with pytest.raises(sa.exc.IntegrityError, match="where a draft was begun never changes"):
        await session.exec(sa.text("UPDATE consent_draft SET begun_by = gen_random_uuid()"))


@pytest.mark.parametrize("table", ["consent_asking", "consent", "consent_withdrawal"])
async def test_even_the_owner_edits_no_answer(owner, officer, table):
    async with rolled_back(owner) as session:
        record = await a_case(session, officer)
        asking = await asked(session, officer, record)
        await actions.withdraw(session, asking, BACK, by=officer, at=NOON)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await session.exec(sa.text(f"UPDATE {table} SET id = id"))
