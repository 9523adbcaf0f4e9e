"""Nobody is put on record twice without being asked, and nobody is merged without being told."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from builders import (
    a_booking,
    a_cro_number,
    a_key,
    a_person,
    a_pnc_id,
    booked,
    make_person,
    released,
)
from checkpoint.foundation.database import insert, transaction
from checkpoint.people.actions import PersonAlreadyKnown, write_index, write_keys
from checkpoint.people.cli import index_everybody
from checkpoint.people.identifying import PersonProbablyKnown, identify, register
from checkpoint.people.queries import named, unindexed
from checkpoint.people.schemas import RegisterPerson, Who
from checkpoint.people.tables import (
    IdentityChoice,
    Person,
    PersonAlias,
    PersonCorrection,
    PersonNameKey,
)
from conftest import NOON, rolled_back
from traces import counts, entries

RECORDS = "/v1/custody-records"


def somebody(**particulars):
    return RegisterPerson.model_validate(a_person(**particulars))


async def book_in(client, **overrides):
    return await client.post(RECORDS, json=a_booking(**overrides), headers=a_key())


async def test_whoever_is_probably_known_is_offered_and_not_doubled(client, owner):
    person = a_person()
    known = (await booked(client, person=person))["person"]["id"]
    before = await counts(owner)
    answer = await book_in(client, person=person | {"family_name": "Testpersonn"})
    problem = answer.json()
    assert (answer.status_code, problem["errorCode"]) == (409, "person-probably-known")
    (candidate,) = problem["candidates"]
    assert (candidate["person_id"], candidate["score"]) == (known, 96)
    assert candidate["reasons"] == [
        "Same date of birth",
        "Family name: sounds alike",
        "Given names: the same",
    ]
    assert person["given_names"] not in answer.text
    after = await counts(owner)
    assert {name for name in after if after[name] != before[name]} <= {"audit_entry"}
    (row,) = await entries(owner, answer)
    assert [str(id) for id in row.subject_ids] == [known]


async def test_the_officer_says_which_candidate_it_is(client):
    person = a_person()
    record = await booked(client, person=person)
    offered = (await book_in(client, person=person)).json()["candidates"][0]["person_id"]
    await released(client, record)
    again = await book_in(client, person=..., person_id=offered)
    assert again.json()["person"] == record["person"]


async def test_the_officer_says_that_it_is_none_of_them_and_that_is_kept(client, owner):
    person = a_person()
    known = (await booked(client, person=person))["person"]["id"]
    body = {"person": person, "none_of": [known]}
    answer = await book_in(client, **body)
    assert answer.status_code == 201, answer.text
    other = answer.json()["person"]["id"]
    async with transaction(owner) as session:
        rows = select(IdentityChoice).where(col(IdentityChoice.person_id) == UUID(other))
        (choice,) = (await session.exec(rows)).all()
    assert (str(choice.candidate_id), choice.score, choice.decided_at) == (known, 100, NOON)
    third = await book_in(client, **body)
    assert {c["person_id"] for c in third.json()["candidates"]} == {known, other}
    last = await book_in(client, person=person, none_of=[known, other])
    assert last.status_code == 201


async def test_a_replay_of_a_booking_is_not_asked_again(client):
    body, key = a_booking(), a_key()
    first = await client.post(RECORDS, json=body, headers=key)
    again = await client.post(RECORDS, json=body, headers=key)
    assert (again.status_code, again.content) == (201, first.content)


@pytest.mark.parametrize(
    ("kept", "sent"),
    [("pnc_id", "pnc_id"), ("cro_number", "cro_number")],
)
async def test_the_same_number_is_certain_whatever_the_name(session, officer, kept, sent):
    numbers = {"pnc_id": a_pnc_id(7_020_001), "cro_number": a_cro_number(702_001)}
    known = await register(session, somebody(**{kept: numbers[kept]}), by=officer, at=NOON)
    with pytest.raises(PersonAlreadyKnown) as refused:
        await register(
            session,
            somebody(family_name="Sampleton", **{sent: numbers[sent]}),
            none_of=[known.id],
            by=officer,
            at=NOON,
        )
    assert refused.value.facts == {"person_id": str(known.id)}


@pytest.mark.parametrize(
    "change",
    [
        {"date_of_birth": "1994-11-02"},
        {"date_of_birth": "1984-02-11"},
        {"date_of_birth": None},
        {"given_names": None},
        {"date_of_birth": None, "estimated_age_years": 33},
    ],
)
async def test_a_slip_or_something_missing_is_asked_about(session, officer, change):
    person = a_person(family_name="Slipworthy")
    known = await register(session, RegisterPerson.model_validate(person), by=officer, at=NOON)
    with pytest.raises(PersonProbablyKnown) as refused:
        await register(session, RegisterPerson.model_validate(person | change), by=officer, at=NOON)
    assert [one["person_id"] for one in refused.value.facts["candidates"]] == [str(known.id)]


@pytest.mark.parametrize(
    "change",
    [
        {"given_names": "Isambard"},
        {"family_name": "Sampleton"},
        {"date_of_birth": "1961-08-25"},
        {"given_names": None, "date_of_birth": None},
        {"date_of_birth": None, "estimated_age_years": 60},
    ],
)
async def test_a_twin_and_a_namesake_are_not(session, officer, change):
    person = a_person(family_name="Twinworthy", given_names="Peregrine")
    known = await register(session, RegisterPerson.model_validate(person), by=officer, at=NOON)
    other = await register(
        session, RegisterPerson.model_validate(person | change), by=officer, at=NOON
    )
    assert other.id != known.id


async def test_somebody_whose_given_name_cannot_be_read_is_put_on_record(session, officer):
    unread = RegisterPerson(family_name="Unreadableson", given_names="--")
    person = await register(session, unread, by=officer, at=NOON)
    assert (await named(session, "--", None, None, actor=officer))[0] == []
    assert person.given_names == "--"


async def test_somebody_of_old_whose_name_cannot_be_read_has_no_keys(session):
    person = await make_person(session, family_name="--", given_names=None)
    await write_index(session, person)
    kept = select(PersonNameKey.key).where(PersonNameKey.person_id == person.id)
    assert (await session.exec(kept)).all() == []


async def test_a_person_on_record_is_named_by_id(session, officer):
    known = await register(session, somebody(), by=officer, at=NOON)
    found = await identify(session, Who(person_id=known.id), by=officer, at=NOON)
    assert found.id == known.id
    with pytest.raises(ValueError, match="no newcomer"):
        _ = Who(person_id=known.id).newcomer


async def test_whoever_was_on_record_before_there_were_keys_gets_them(api, officer):
    async with transaction(api) as session:
        person = await make_person(session, family_name="Unindexedson")
        assert (await named(session, "Unindexedson", None, None, actor=officer))[0] == []
    assert await index_everybody(api) >= 1
    assert await index_everybody(api) == 0
    async with transaction(api) as session:
        (found,), _ = await named(session, "Unindexedson", None, None, actor=officer)
        assert found.person.id == person.id
        assert await unindexed(session) == []
        stored = (await session.exec(select(Person).where(Person.id == person.id))).one()
        assert stored.indexed_at is not None
        await write_keys(session, [stored], by=officer, at=NOON)  # twice does no harm


@pytest.mark.parametrize(
    ("row", "table"),
    [
        ({"family_name": "Testperson", "kind": "known_as", "added_at": NOON}, PersonAlias),
        ({"key": "=TSTPRSN"}, PersonNameKey),
        ({"score": 80, "decided_at": NOON}, IdentityChoice),
        ({"field": "sex", "reason": "misheard", "corrected_at": NOON}, PersonCorrection),
    ],
)
async def test_what_was_said_of_somebody_is_never_edited_even_by_the_owner(owner, row, table):
    async with rolled_back(owner) as session:
        person, other = await make_person(session), await make_person(session)
        who = {"added_by": other.id, "decided_by": other.id, "corrected_by": other.id}
        about = {"person_id": person.id, "candidate_id": other.id, "custody_record_id": other.id}
        given = {n: v for n, v in (row | who | about).items() if n in table.model_fields}
        await insert(session, table(**given))
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await session.exec(sa.text(f"UPDATE {table.__tablename__} SET person_id = person_id"))
