import asyncio
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from builders import a_given_name, a_pnc_id
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody import actions as custody
from checkpoint.custody.schemas import OpenCustodyRecord
from checkpoint.foundation.database import transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.people import queries
from checkpoint.people.actions import PersonAlreadyKnown, correct
from checkpoint.people.identifying import register
from checkpoint.people.schemas import CorrectPerson, RegisterPerson
from checkpoint.people.tables import Person
from conftest import NOON

# Half past midnight on 2 July in England, still 1 July in UTC.
SUMMER_NIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


def somebody(**particulars):
    return RegisterPerson(**({"family_name": "Testperson"} | particulars))


async def how_many(session, **wanted):
    rows = select(sa.func.count()).select_from(Person)
    for name, value in wanted.items():
        rows = rows.where(col(getattr(Person, name)) == value)
    return (await session.exec(rows)).one()


async def test_a_person_is_put_on_record_with_all_that_is_known(session, officer):
    given = a_given_name()
    command = somebody(given_names=given, date_of_birth="1994-02-11", pnc_id=a_pnc_id(7_009_001))
    person = await register(session, command, by=officer, at=NOON)
    stored = await queries.one(session, person.id)
    assert stored.model_dump(exclude_none=True) == {
        "id": person.id,
        "family_name": "Testperson",
        "given_names": given,
        "date_of_birth": date(1994, 2, 11),
        "pnc_id": a_pnc_id(7_009_001),
        "registered_at": NOON,
        "registered_by": officer.id,
        "indexed_at": NOON,
    }


async def test_a_family_name_is_enough_and_makes_a_new_person_each_time(session, officer):
    first = await register(session, somebody(), by=officer, at=NOON)
    second = await register(session, somebody(), by=officer, at=NOON)
    assert first.id != second.id
    assert (first.given_names, first.date_of_birth, first.pnc_id) == (None, None, None)


@pytest.mark.parametrize("written", ["2002/0073319Z", "2002/73319z", "02/73319Z", "0273319Z"])
async def test_a_pnc_id_is_kept_in_its_one_form_however_it_was_written(session, officer, written):
    person = await register(session, somebody(pnc_id=written), by=officer, at=NOON)
    assert (await queries.one(session, person.id)).pnc_id == "2002/0073319Z"
    assert await holder_of(session, "2002/0073319Z") == person.id


async def test_a_known_pnc_id_is_refused_in_every_form_and_says_who_it_is(session, officer):
    known = await register(session, somebody(pnc_id="2002/0073319Z"), by=officer, at=NOON)
    for written in ("2002/0073319Z", "02/73319Z", " 02/73319z "):
        with pytest.raises(PersonAlreadyKnown) as refused:
            await register(session, somebody(pnc_id=written), by=officer, at=NOON)
        assert refused.value.facts == {"person_id": str(known.id)}
    assert await how_many(session, pnc_id="2002/0073319Z") == 1


async def test_a_pnc_id_of_next_year_is_refused(session, officer):
    with pytest.raises(RuleBroken) as refused:
        await register(session, somebody(pnc_id=a_pnc_id(1, 2027)), by=officer, at=NOON)
    (fault,) = refused.value.facts["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/person/pnc_id", "pnc-id-in-the-future")
    assert "2027" not in fault["detail"]


async def test_a_pnc_id_of_this_year_is_taken(session, officer):
    person = await register(session, somebody(pnc_id=a_pnc_id(1, 2026)), by=officer, at=NOON)
    assert person.pnc_id.startswith("2026/")


async def test_two_digits_after_this_year_are_the_last_century(session, officer):
    written = a_pnc_id(1, 1927).removeprefix("19")
    person = await register(session, somebody(pnc_id=written), by=officer, at=NOON)
    assert person.pnc_id.startswith("1927/")


async def test_nobody_is_born_tomorrow_by_the_day_in_england(session, officer):
    today = somebody(date_of_birth="2026-07-02")
    assert (await register(session, today, by=officer, at=SUMMER_NIGHT)).date_of_birth
    with pytest.raises(RuleBroken) as refused:
        await register(session, somebody(date_of_birth="2026-07-03"), by=officer, at=SUMMER_NIGHT)
    (fault,) = refused.value.facts["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/person/date_of_birth", "born-in-the-future")
    assert await how_many(session, registered_by=officer.id) == 1


async def test_two_at_once_with_one_pnc_id_make_one_person(api, officer):
    pnc_id = a_pnc_id(7_000_002)

    async def try_it(written):
        async with transaction(api) as session:
            return await register(session, somebody(pnc_id=written), by=officer, at=NOON)

    attempts = [try_it(pnc_id), try_it(pnc_id.removeprefix("20"))]
    found = await asyncio.gather(*attempts, return_exceptions=True)
    (person,) = (one for one in found if isinstance(one, Person))
    (refused,) = (one for one in found if isinstance(one, PersonAlreadyKnown))
    assert refused.facts in ({}, {"person_id": str(person.id)})
    with pytest.raises(PersonAlreadyKnown) as told:
        await try_it(pnc_id)
    assert told.value.facts == {"person_id": str(person.id)}
    async with transaction(api) as session:
        assert await how_many(session, pnc_id=pnc_id) == 1


async def test_one_waits_for_the_other_whose_pnc_id_is_not_yet_committed(api, officer):
    pnc_id = a_pnc_id(7_000_003)
    command = somebody(pnc_id=pnc_id)
    async with transaction(api) as first:
        person = await register(first, command, by=officer, at=NOON)
        async with transaction(api) as second:
            other = somebody(family_name="Sampleton", pnc_id=pnc_id)
            waiting = asyncio.create_task(register(second, other, by=officer, at=NOON))
            while not await somebody_waits(api):
                assert not waiting.done()
            await first.commit()
            with pytest.raises(PersonAlreadyKnown):
                await waiting
            await second.rollback()
    async with transaction(api) as session:
        assert await holder_of(session, pnc_id) == person.id


async def holder_of(session, pnc_id):
    found = await queries.by_number(session, pnc_id, None)
    return found[0].id if found else None


async def somebody_waits(engine):
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with engine.connect() as connection:
        return (await connection.execute(waiting)).scalar_one()


async def test_a_person_leaves_no_trace_when_the_booking_cannot_be_recorded(
    without_ledger, officer
):
    command = OpenCustodyRecord(
        person={"family_name": "Traceless", "pnc_id": a_pnc_id(7_000_004)},
        suite="DURHAMGATE",
        arrested_at="2026-11-02T21:40:00Z",
        arrived_at="2026-11-02T22:05:00Z",
        offences=[{"code": "TH68010", "committed_from": "2026-11-01"}],
    )
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            person = await register(session, command.person, by=officer, at=NOON)
            assert await how_many(session, family_name="Traceless") == 1
            checked = await custody.check_opening(session, command, by=officer, at=NOON)
            await custody.open(session, checked, person, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        assert await how_many(session, family_name="Traceless") == 0
        assert await holder_of(session, a_pnc_id(7_000_004)) is None


async def test_one_who_is_put_right_waits_for_another_with_the_same_pnc_id(api, officer):
    command = CorrectPerson(
        family_name="Testperson", pnc_id=a_pnc_id(7_000_005), reason="document_seen"
    )
    async with transaction(api) as session:
        people = [await register(session, somebody(), by=officer, at=NOON) for _ in range(2)]

    async def put_right(session, person):
        await correct(session, person.id, command, record_id=uuid4(), by=officer, at=NOON)
        await session.flush()

    async with transaction(api) as first, transaction(api) as second:
        await put_right(first, people[0])
        waiting = asyncio.create_task(put_right(second, people[1]))
        while not await somebody_waits(api):
            assert not waiting.done()
        await first.commit()
        with pytest.raises(PersonAlreadyKnown):
            await waiting
        await second.rollback()
    async with transaction(api) as session:
        assert await holder_of(session, a_pnc_id(7_000_005)) == people[0].id
