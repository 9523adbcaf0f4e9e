"""What the ledger tells of a record's life, and what is left when it cannot be told."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from builders import (
    KNOWN,
    a_booking,
    a_person,
    make_offence,
    make_person,
    make_record,
    make_screening,
)
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry, ChangedValue
from checkpoint.custody import actions, queries
from checkpoint.custody.movements import actions as movements
from checkpoint.custody.movements.schemas import Release
from checkpoint.custody.schemas import AddOffence, OpenCustodyRecord, SaveScreening
from checkpoint.custody.states import StepNotAllowed
from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Screening
from checkpoint.foundation.database import transaction
from checkpoint.people.tables import Person
from conftest import NOON

BURGLARY = AddOffence(code="TH68036", committed_from="2026-11-01")
RELEASED = Release(released_at="2026-11-03T04:30:00Z", release_kind="charged")
SAVED = SaveScreening.model_validate(KNOWN)
COLUMNS = [column.key for column in AuditEntry.__table__.c]


async def entries_of(session, subject):
    rows = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([subject]))
    return (await session.exec(rows.order_by(col(AuditEntry.sequence)))).all()


async def changes_of(session, entry):
    rows = select(ChangedValue).where(col(ChangedValue.entry_id) == entry.id)
    return {v.field: (v.before, v.after) for v in (await session.exec(rows)).all()}


# Each deed as (session, record id, version, who, when), and the entry it must leave.
DEEDS = {
    "add_offence": (
        lambda session, record, seen, by, at: actions.add_offence(
            session, record, BURGLARY, by=by, at=at
        ),
        ("custody.offence_added", Operation.COLLECTION, []),
    ),
    "save_screening": (
        lambda session, record, seen, by, at: actions.save_screening(
            session, record, SaveScreening(), seen=seen, by=by, at=at
        ),
        ("custody.screened", Operation.ALTERATION, []),
    ),
    "release": (
        lambda session, record, seen, by, at: movements.release(
            session, record, RELEASED, by=by, at=at
        ),
        ("custody.released", Operation.ALTERATION, ["release_kind", "released_at", "state"]),
    ),
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(sorted(DEEDS)), max_size=7))
async def test_the_ledger_tells_the_same_story_as_the_record(session, officer, deeds):
    record, told = await make_record(session), []
    for minute, name in enumerate(deeds):
        deed, entry = DEEDS[name]
        at = NOON + timedelta(minutes=minute)
        try:
            await deed(session, record.id, len(told) + 1, officer, at)
        except StepNotAllowed:
            assert (name, deeds.index("release") < minute) == ("release", True)
        else:
            told.append((*entry, at))
    story = await entries_of(session, record.id)
    assert [(e.event, e.operation, e.changed_fields, e.at) for e in story] == told
    assert (await queries.one(session, record.id, actor=officer)).version == len(told) + 1
    assert {(e.outcome, e.subject_kind, e.actor_id, e.actor_role) for e in story} <= {
        ("done", "custody_record", officer.id, officer.role)
    }
    assert {tuple(e.subject_ids[:2]) for e in story} <= {(record.id, record.person_id)}


async def test_opening_a_record_tells_of_record_and_person(session, officer):
    person = await make_person(session)
    command = OpenCustodyRecord.model_validate(a_booking(screening=KNOWN))
    checked = await actions.check_opening(session, command, by=officer, at=NOON)
    record = await actions.open(session, checked, person, by=officer, at=NOON)
    (entry,) = await entries_of(session, person.id)
    assert (entry.event, entry.operation) == ("custody.opened", Operation.COLLECTION)
    assert entry.subject_ids == [record.id, person.id]
    assert entry.purpose == "custody_officer:DURHAMGATE"
    assert await changes_of(session, entry) == {}


async def test_an_offence_added_is_named_beside_its_record(session, officer):
    record = await make_record(session)
    await actions.add_offence(session, record.id, BURGLARY, by=officer, at=NOON)
    (alleged,) = await queries.offences_of(session, record.id)
    (entry,) = await entries_of(session, alleged.id)
    assert entry.subject_ids == [record.id, record.person_id, alleged.id]


async def test_a_screening_tells_which_facts_changed_and_keeps_both_values_aside(session, officer):
    record = await make_record(session)
    await make_screening(session, record, co_accused=None)
    after = SaveScreening.model_validate(
        KNOWN | {"co_accused": False, "interview_stance": "denied", "hate_crime": None}
    )
    await actions.save_screening(session, record.id, after, seen=1, by=officer, at=NOON)
    (entry,) = await entries_of(session, record.id)
    assert entry.changed_fields == ["co_accused", "hate_crime", "interview_stance"]
    assert await changes_of(session, entry) == {
        "co_accused": (None, False),
        "hate_crime": (False, None),
        "interview_stance": ("admitted", "denied"),
    }


async def test_the_first_screening_tells_every_fact_that_is_known(session, officer):
    record = await make_record(session)
    known = SaveScreening(lives_in_area=False, domestic_abuse_grade="high")
    await actions.save_screening(session, record.id, known, seen=1, by=officer, at=NOON)
    (entry,) = await entries_of(session, record.id)
    assert await changes_of(session, entry) == {
        "lives_in_area": (None, False),
        "domestic_abuse_grade": (None, "high"),
    }


async def test_a_release_tells_state_and_time(session, officer):
    record = await make_record(session)
    await movements.release(session, record.id, RELEASED, by=officer, at=NOON)
    (entry,) = await entries_of(session, record.id)
    told = await changes_of(session, entry)
    assert told.pop("state") == ("detained", "released")
    assert told.pop("release_kind") == (None, "charged")
    ((before, after),) = told.values()
    assert (before, datetime.fromisoformat(after)) == (None, RELEASED.released_at)


async def test_values_can_be_erased_and_the_ledger_stays_as_it_was(api, owner, officer):
    async with transaction(api) as session:
        record = await make_record(session)
        await actions.save_screening(session, record.id, SAVED, seen=1, by=officer, at=NOON)
    async with transaction(api) as session:
        (before,) = await entries_of(session, record.id)
        assert len(await changes_of(session, before)) == len(KNOWN)
    erased = sa.delete(ChangedValue).where(col(ChangedValue.subject_id) == record.id)
    async with transaction(owner) as session:
        assert (await session.exec(erased)).rowcount == len(KNOWN)
    async with transaction(api) as session:
        (after,) = await entries_of(session, record.id)
        assert {c: getattr(after, c) for c in COLUMNS} == {c: getattr(before, c) for c in COLUMNS}
        assert after.changed_fields == sorted(KNOWN)
        assert await changes_of(session, after) == {}


async def test_the_api_itself_cannot_erase_a_value(api):
    async with transaction(api) as session:
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            await session.exec(sa.delete(ChangedValue))
        await session.rollback()


async def standing(engine, record_id):
    """Everything that stands of one record."""
    async with transaction(engine) as session:
        record = await session.get(CustodyRecord, record_id)
        counts = [
            (
                await session.exec(select(sa.func.count()).select_from(kind).where(column == id))
            ).one()
            for kind, column, id in (
                (AllegedOffence, AllegedOffence.custody_record_id, record_id),
                (Screening, Screening.custody_record_id, record_id),
                (ChangedValue, ChangedValue.subject_id, record_id),
            )
        ]
        return record.model_dump(), counts, len(await entries_of(session, record_id))


@pytest.mark.parametrize("name", DEEDS)
async def test_nothing_is_done_that_cannot_be_recorded(without_ledger, officer, name):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        await make_offence(session, record)
        await make_screening(session, record)
    before = await standing(without_ledger, record.id)
    deed, _ = DEEDS[name]
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await deed(session, record.id, 1, officer, NOON)
    assert before[1:] == ([1, 1, 0], 0)
    assert await standing(without_ledger, record.id) == before


async def test_nobody_is_booked_in_who_cannot_be_recorded(without_ledger, officer):
    name = f"Untold{uuid4().hex}"
    command = OpenCustodyRecord.model_validate(
        a_booking(person=a_person(family_name=name), screening=KNOWN)
    )
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            person = await make_person(session, family_name=name)
            checked = await actions.check_opening(session, command, by=officer, at=NOON)
            await actions.open(session, checked, person, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        assert (await session.exec(select(Person).where(Person.family_name == name))).all() == []
        opened = select(CustodyRecord).where(CustodyRecord.opened_by == officer.id)
        assert (await session.exec(opened)).all() == []
