from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from builders import (
    ARREST,
    KNOWN,
    a_booking,
    an_offence,
    make_offence,
    make_person,
    make_record,
    make_screening,
    make_suite,
)
from checkpoint.custody import actions, queries
from checkpoint.custody.movements import actions as movements
from checkpoint.custody.movements.schemas import Release
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import AddOffence, OpenCustodyRecord, SaveScreening
from checkpoint.custody.states import CustodyState, StepNotAllowed
from checkpoint.custody.tables import SCREENING_FACTS, AllegedOffence, CustodyRecord, Screening
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import is_reference
from checkpoint.foundation.preconditions import Overtaken
from conftest import NOON, rolled_back

STRANGER = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"PETERLEE"}))
ALLEGED = AddOffence.model_validate(an_offence(code="TH68036"))
SAVED = SaveScreening.model_validate(KNOWN)
RELEASED = Release(released_at="2026-11-03T04:30:00Z", release_kind="charged")


def booking(**overrides):
    return OpenCustodyRecord.model_validate(a_booking(**overrides))


async def opened_by(by, session, command, person):
    """Both deeds, as the door does them."""
    checked = await actions.check_opening(session, command, by=by, at=NOON)
    return await actions.open(session, checked, person, by=by, at=NOON)


async def rows_of(session, kind, record):
    rows = select(kind).where(col(kind.custody_record_id) == record.id).order_by(col(kind.id))
    return (await session.exec(rows)).all()


def broken(refused):
    (fault,) = refused.value.facts["errors"]
    return fault["pointer"], fault["code"]


async def test_a_record_is_opened_with_its_offences_and_what_is_known(session, officer):
    person = await make_person(session)
    offences = [an_offence(), an_offence(code="TH68036", committed_until="2026-11-02")]
    command = booking(offences=offences, screening={"lives_in_area": True})
    opened = await opened_by(officer, session, command, person)
    record = await queries.one(session, opened.id, actor=officer)
    assert is_reference(record.reference)
    assert record.model_dump(exclude={"id", "reference"}) == {
        "person_id": person.id,
        "suite": "DURHAMGATE",
        "arrested_at": ARREST,
        "arrived_at": ARREST + timedelta(minutes=25),
        "state": CustodyState.DETAINED,
        "released_at": None,
        "released_by": None,
        "opened_at": NOON,
        "opened_by": officer.id,
        "version": 1,
    }
    theft, burglary = await queries.offences_of(session, record.id)
    assert (theft.code, theft.committed_until) == ("TH68010", date(2026, 11, 1))
    assert (burglary.code, burglary.committed_until) == ("TH68036", date(2026, 11, 2))
    (screening,) = await rows_of(session, Screening, record)
    known = {f: getattr(screening, f) for f in SCREENING_FACTS if getattr(screening, f) is not None}
    assert (screening.number, known) == (1, {"lives_in_area": True})


async def test_a_record_opened_without_a_screening_has_none(session, officer):
    person = await make_person(session)
    record = await opened_by(officer, session, booking(), person)
    assert await queries.last_screening(session, record.id) is None


REFUSED_BOOKINGS = [
    ({"suite": "DARLINGTON"}, "#/suite", "suite-closed"),
    ({"suite": "NOWHERE"}, "#/suite", "suite-unknown"),
    ({"arrested_at": "2026-11-04T00:00:00Z"}, "#/arrested_at", "in-the-future"),
    ({"arrived_at": "2026-11-04T00:00:00Z"}, "#/arrived_at", "in-the-future"),
    ({"arrived_at": "2026-11-02T21:39:59Z"}, "#/arrived_at", "arrived-before-arrest"),
    ({"offences": [an_offence(), an_offence(code="ZZ99999")]}, "#/offences/1/code", "offence-unknown"),
    (
        {"offences": [an_offence(committed_until="2026-10-31")]},
        "#/offences/0/committed_until",
        "dates-in-order",
    ),
    (
        {"offences": [an_offence(committed_from="2026-11-03")]},
        "#/offences/0/committed_from",
        "offence-after-arrest",
    ),
    (
        {"offences": [an_offence(committed_from="1994-02-10", committed_until="2026-11-01")]},
        "#/offences/0/committed_from",
        "offence-before-birth",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("overrides", "pointer", "code"), REFUSED_BOOKINGS)
async def test_a_booking_that_cannot_be_is_refused_before_anything_is_written(
    session, overrides, pointer, code
):
    suites = frozenset({"DURHAMGATE", "DARLINGTON", "NOWHERE"})
    wide = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=suites)
    person = await make_person(session)
    with pytest.raises(RuleBroken) as refused:
        await opened_by(wide, session, booking(**overrides), person)
    assert broken(refused) == (pointer, code)
    written = select(CustodyRecord).where(CustodyRecord.person_id == person.id)
    assert (await session.exec(written)).all() == []


async def test_nobody_is_booked_in_who_was_born_after_the_arrest(session, officer):
    person = await make_person(session, date_of_birth=date(2026, 11, 3))
    with pytest.raises(RuleBroken) as refused:
        await opened_by(officer, session, booking(), person)
    assert broken(refused) == ("#/person/date_of_birth", "born-after-arrest")


async def test_nobody_books_in_at_somebody_elses_suite(session):
    person = await make_person(session)
    with pytest.raises(actions.NotYourSuite):
        await opened_by(STRANGER, session, booking(), person)


async def test_a_suite_takes_people_from_its_first_day_to_the_day_before_it_closes(owner):
    async with rolled_back(owner) as session:
        days = {"available_from": date(2026, 11, 2), "available_until": date(2026, 11, 3)}
        suite = await make_suite(session, **days)
        by = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({suite.code}))
        person = await make_person(session)
        taken = booking(suite=suite.code, arrived_at="2026-11-02T23:59:00Z")
        assert (await opened_by(by, session, taken, person)).suite == suite.code
        closed = booking(suite=suite.code, arrived_at="2026-11-03T00:00:00Z")
        with pytest.raises(RuleBroken) as refused:
            await opened_by(by, session, closed, person)
        assert broken(refused) == ("#/suite", "suite-closed")


async def test_another_offence_is_put_on_the_record(session, officer):
    record = await make_record(session)
    await make_offence(session, record)
    changed = await actions.add_offence(session, record.id, ALLEGED, by=officer, at=NOON)
    assert (changed.version, changed.state) == (2, CustodyState.DETAINED)
    first, second = await rows_of(session, AllegedOffence, record)
    assert (first.added_at, second.added_at) == (ARREST, NOON)
    codes = [offence.code for offence in await queries.offences_of(session, record.id)]
    assert codes == ["TH68010", "TH68036"]


@pytest.mark.parametrize(
    ("overrides", "pointer", "code"),
    [
        ({"code": "ZZ99999"}, "#/code", "offence-unknown"),
        ({"committed_until": "2026-10-31"}, "#/committed_until", "dates-in-order"),
        ({"committed_from": "2026-11-03"}, "#/committed_from", "offence-after-arrest"),
        ({"committed_from": "1994-02-10"}, "#/committed_from", "offence-before-birth"),
    ],
)
async def test_an_offence_that_cannot_be_is_refused(session, officer, overrides, pointer, code):
    record = await make_record(session)
    command = AddOffence.model_validate(an_offence(**overrides))
    with pytest.raises(RuleBroken) as refused:
        await actions.add_offence(session, record.id, command, by=officer, at=NOON)
    assert broken(refused) == (pointer, code)
    assert await rows_of(session, AllegedOffence, record) == []


async def test_a_screening_is_saved_whole_and_the_one_before_stays(session, officer):
    record = await make_record(session)
    await make_screening(session, record, interview_stance="denied")
    only = SaveScreening(hate_crime=True)
    changed = await actions.save_screening(session, record.id, only, seen=1, by=officer, at=NOON)
    assert changed.version == 2
    before, after = await rows_of(session, Screening, record)
    assert (before.number, before.interview_stance) == (1, "denied")
    assert (after.number, after.interview_stance, after.hate_crime) == (2, None, True)
    assert (after.saved_at, after.saved_by) == (NOON, officer.id)
    assert (await queries.last_screening(session, record.id)).id == after.id


@pytest.mark.parametrize("seen", [2, 4, -1])
async def test_a_screening_of_another_version_is_refused(session, officer, seen):
    record = await make_record(session, version=3)
    with pytest.raises(Overtaken) as refused:
        await actions.save_screening(session, record.id, SAVED, seen=seen, by=officer, at=NOON)
    assert refused.value.facts["present_etag"] == '"3"'
    assert await rows_of(session, Screening, record) == []


async def test_the_person_is_released_once(session, officer):
    record = await make_record(session)
    changed = await movements.release(session, record.id, RELEASED, by=officer, at=NOON)
    assert (changed.state, changed.version) == (CustodyState.RELEASED, 2)
    assert (changed.released_at, changed.released_by) == (RELEASED.released_at, officer.id)
    with pytest.raises(StepNotAllowed) as refused:
        await movements.release(session, record.id, RELEASED, by=officer, at=NOON)
    assert refused.value.facts["state"] == "released"
    assert "release" not in refused.value.facts["allowed"]


async def test_screening_and_offences_go_on_after_release(session, officer):
    record = await make_record(session)
    await movements.release(session, record.id, RELEASED, by=officer, at=NOON)
    await actions.add_offence(session, record.id, ALLEGED, by=officer, at=NOON)
    last = await actions.save_screening(session, record.id, SAVED, seen=3, by=officer, at=NOON)
    assert (last.state, last.version) == (CustodyState.RELEASED, 4)


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-11-02T22:04:59Z", "released-before-arrival"), ("2026-11-03T12:06:00Z", "in-the-future")],
)  # fmt: skip
async def test_a_release_that_cannot_be_is_refused(session, officer, at, code):
    record = await make_record(session)
    with pytest.raises(RuleBroken) as refused:
        await movements.release(
            session, record.id, Release(released_at=at, release_kind="charged"), by=officer, at=NOON
        )
    assert broken(refused) == ("#/released_at", code)


async def test_another_suites_record_cannot_be_told_from_none(session):
    record = await make_record(session)
    for id in (record.id, uuid4()):
        for deed in (
            actions.add_offence(session, id, ALLEGED, by=STRANGER, at=NOON),
            actions.save_screening(session, id, SAVED, seen=1, by=STRANGER, at=NOON),
            movements.release(session, id, RELEASED, by=STRANGER, at=NOON),
        ):
            with pytest.raises(CustodyRecordNotFound) as refused:
                await deed
            assert refused.value.facts == {}
