"""Twenty people press the button at once."""

import asyncio
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import a_booking, a_key, a_person
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction

pytestmark = pytest.mark.slow

RECORDS = """
    SELECT custody_record.id FROM custody_record JOIN person ON person.id = person_id
     WHERE family_name = :name
"""
OPENED = "SELECT subject_ids[1], at FROM audit_entry WHERE event = 'custody.opened' AND subject_ids[1] = ANY(:ids)"


async def rows(api, query, **values):
    async with transaction(api) as session:
        return (await session.exec(sa.text(query), params=values)).all()


async def served(client, body, key):
    """The answer; of a service that is busy it is asked for again with the same key, as it says."""
    answer = await client.post("/v1/custody-records", json=body, headers=key)
    for _ in range(4):
        if answer.status_code != 503:
            break
        await asyncio.sleep(int(answer.headers["retry-after"]))
        answer = await client.post("/v1/custody-records", json=body, headers=key)
    return answer


async def book_in(client, name, keys):
    """One booking of one person, with each of these keys."""
    body = a_booking(person=a_person(family_name=name, given_names="Synthetic"))
    return await asyncio.gather(*[served(client, body, key) for key in keys])


async def book_in_others(client, name, count):
    """Bookings of as many people, who share a family name and a date of birth."""
    bodies = [a_booking(person=a_person(family_name=name)) for _ in range(count)]
    return await asyncio.gather(*[served(client, body, a_key()) for body in bodies])


async def booked_and_told(api, name):
    booked = [row.id for row in await rows(api, RECORDS, name=name)]
    return booked, [row[0] for row in await rows(api, OPENED, ids=booked)]


async def test_twenty_at_once_with_one_key_make_one_record(api, clients):
    name, key = f"Onekey{uuid4().hex}", a_key()
    client = clients(Role.CUSTODY_OFFICER, name=name)
    answers = await book_in(client, name, [key] * 20)
    assert {answer.status_code for answer in answers} <= {201, 409}
    slugs = {answer.json()["errorCode"] for answer in answers if answer.status_code == 409}
    assert slugs <= {"still-in-flight"}
    (booked,), told = await booked_and_told(api, name)
    assert told == [booked]
    (again,) = await book_in(client, name, [key])
    bodies = {answer.text for answer in [*answers, again] if answer.status_code == 201}
    assert (again.status_code, again.json()["id"], len(bodies)) == (201, str(booked), 1)


async def test_twenty_at_once_make_one_person_whatever_their_keys(api, clients):
    name = f"Newcomer{uuid4().hex}"
    client = clients(Role.CUSTODY_OFFICER, name=name)
    answers = await book_in(client, name, [a_key() for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    (booked,), told = await booked_and_told(api, name)
    assert told == [booked]
    (person,) = {a.json()["person"]["id"] for a in answers if a.status_code == 201}
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["errorCode"] == "person-probably-known"
            assert [c["person_id"] for c in answer.json()["candidates"]] == [person]


async def test_twenty_people_at_once_with_their_own_keys_make_twenty_records(api, clients):
    name = f"Ownkeys{uuid4().hex}"
    client = clients(Role.CUSTODY_OFFICER, name=name)
    answers = await book_in_others(client, name, 20)
    assert [answer.status_code for answer in answers] == [201] * 20
    booked, told = await booked_and_told(api, name)
    ids = {answer.json()["id"] for answer in answers}
    assert {str(id) for id in booked} == ids
    assert len({answer.json()["reference"] for answer in answers}) == len(ids) == 20
    assert sorted(told) == sorted(booked)


async def test_twenty_officers_at_once_are_all_served(api, clients):
    name = f"Officers{uuid4().hex}"
    officers = [clients(Role.CUSTODY_OFFICER, name=f"{name}-{place}") for place in range(20)]
    answers = await asyncio.gather(*[book_in_others(client, name, 1) for client in officers])
    assert [answer.status_code for (answer,) in answers] == [201] * 20
    booked, told = await booked_and_told(api, name)
    assert sorted(told) == sorted(booked)
    assert len(booked) == 20
