"""Who a person is, and what rests on that, put down by several people at once."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa

from builders import a_booking, a_key, a_person, an_offence, booked, released
from checkpoint.foundation.actors import Role
from waits import until_waiting

pytestmark = pytest.mark.slow

RECORDS = "/v1/custody-records"
ROUNDS, AT_ONCE = 8, 4  # pairs at once take no more connections than the pool has
# An offence, and a birth after it that everything else on record allows.
COMMITTED, BORN_LATER = "2011-06-01", "2012-01-01"
BEFORE_BIRTH = sa.text("""
    SELECT custody_record_id FROM alleged_offence
      JOIN custody_record ON custody_record.id = custody_record_id
      JOIN person ON person.id = person_id
     WHERE committed_from < date_of_birth
""")


@pytest.fixture(autouse=True)
async def nobody_acted_before_their_birth(owner):
    before = set(await all_of(owner, BEFORE_BIRTH))  # other tests put down what they like
    yield
    assert set(await all_of(owner, BEFORE_BIRTH)) <= before


async def all_of(engine, query, **values):
    async with engine.connect() as connection:
        return (await connection.execute(query, values)).all()


@pytest.fixture
def ours(clients):
    return clients(Role.CUSTODY_OFFICER, name="ours")


@pytest.fixture
def theirs(clients):
    return clients(Role.CUSTODY_OFFICER, "PETERLEE", name="theirs")


def book(client, person, **overrides):
    """A detention of somebody known."""
    offences = [an_offence(committed_from=COMMITTED, committed_until=COMMITTED)]
    body = a_booking(person=..., person_id=person, offences=offences)
    return client.post(RECORDS, json=body | overrides, headers=a_key())


def correct(client, record, **particulars):
    body = a_person(**{"date_of_birth": BORN_LATER, "reason": "document_seen"} | particulars)
    headers = {"If-Match": f'"{record["version"]}"'}
    return client.put(f"{RECORDS}/{record['id']}/person", json=body, headers=headers)


def allege(client, record, **overrides):
    body = an_offence(code="TH68036", **overrides)
    return client.post(f"{RECORDS}/{record['id']}/offences", json=body, headers=a_key())


def release(client, record):
    body = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
    return client.post(f"{RECORDS}/{record['id']}/release", json=body, headers=a_key())


def rule_of(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["code"]


async def in_pairs(first, second, prepare):
    """Many pairs, several pairs at once, each request on a connection of its own."""
    for number in range(ROUNDS):
        things = [await prepare() for _ in range(AT_ONCE)]
        pairs = [[first(thing), second(thing)] for thing in things]
        for pair in pairs[number % 2 :: 2]:
            pair.reverse()  # so that neither always starts first
        answers = await asyncio.gather(*(asked for pair in pairs for asked in pair))
        for place, thing in enumerate(things):
            one, other = answers[2 * place : 2 * place + 2]
            swapped = place % 2 == number % 2
            yield thing, *((other, one) if swapped else (one, other))


@asynccontextmanager
async def held(owner, person):
    """The person is held, so that whoever wants them stands in a queue."""
    async with owner.connect() as connection:
        hold = sa.text("SELECT FROM person WHERE id = :id FOR UPDATE")
        await connection.execute(hold, {"id": person})
        yield


def exactly_one(booking, correction):
    """One of the two was first; the other was told why it cannot be."""
    if booking.status_code == 201:
        assert rule_of(correction) in ("offence-before-birth", "contradicts-another-record")
    else:
        assert rule_of(booking) == "offence-before-birth"
        assert correction.status_code == 200, correction.text


async def test_nobody_is_booked_in_for_what_was_before_their_corrected_birth(ours, theirs):
    async for _, booking, correction in in_pairs(
        lambda record: book(theirs, record["person"]["id"], suite="PETERLEE"),
        lambda record: correct(ours, record),
        lambda: booked(ours),
    ):
        exactly_one(booking, correction)


@pytest.mark.parametrize("first", ["booking", "correction"])
async def test_whoever_comes_first_to_a_person_wins_and_the_other_is_told_why(ours, owner, first):
    record = await released(ours, await booked(ours))
    deeds = {
        "booking": lambda: book(ours, record["person"]["id"]),
        "correction": lambda: correct(ours, record),
    }
    waiting = {}
    async with held(owner, record["person"]["id"]):
        for many, name in enumerate(sorted(deeds, key=lambda name: name != first), start=1):
            waiting[name] = asyncio.create_task(deeds[name]())
            await until_waiting(owner, many=many)
    answers = {name: await task for name, task in waiting.items()}
    exactly_one(answers["booking"], answers["correction"])
    assert answers[first].is_success


async def test_no_offence_is_alleged_from_before_the_corrected_birth(ours):
    committed = {"committed_from": COMMITTED, "committed_until": COMMITTED}
    async for record, alleging, correction in in_pairs(
        lambda record: allege(ours, record, **committed),
        lambda record: correct(ours, record),
        lambda: booked(ours),
    ):
        if alleging.status_code == 201:
            assert correction.status_code in (412, 422), correction.text
        else:
            assert rule_of(alleging) == "offence-before-birth"
            assert correction.status_code == 200, correction.text
        found = (await ours.get(f"{RECORDS}/{record['id']}")).json()
        assert found["version"] == 2


async def test_of_two_corrections_from_two_suites_one_is_heard_and_reaches_both(ours, theirs):
    async def in_two_suites():
        here = await booked(ours)
        elsewhere = await booked(
            theirs, person=..., person_id=here["person"]["id"], suite="PETERLEE"
        )
        return here, elsewhere

    async for (here, elsewhere), first, second in in_pairs(
        lambda records: correct(ours, records[0], given_names="Ours", date_of_birth="1990-01-01"),
        lambda records: correct(theirs, records[1], given_names="Theirs", date_of_birth=None),
        in_two_suites,
    ):
        assert sorted([first.status_code, second.status_code]) == [200, 412]
        done = first if first.is_success else second
        for client, record in ((ours, here), (theirs, elsewhere)):
            found = (await client.get(f"{RECORDS}/{record['id']}")).json()
            assert (found["version"], found["person"]) == (2, done.json()["person"])


async def test_a_release_and_an_offence_at_once_are_both_kept(ours, owner):
    async for record, left, alleged in in_pairs(
        lambda record: release(ours, record),
        lambda record: allege(ours, record),
        lambda: booked(ours),
    ):
        assert (left.status_code, alleged.status_code) == (200, 201)
        assert sorted([left.headers["etag"], alleged.headers["etag"]]) == ['"2"', '"3"']
        found = (await ours.get(f"{RECORDS}/{record['id']}")).json()
        assert (found["state"], found["version"], len(found["offences"])) == ("released", 3, 2)
        told = await all_of(owner, TOLD, id=record["id"])
        assert sorted(row.event for row in told) == ["custody.offence_added", "custody.released"]


TOLD = sa.text("""
    SELECT event FROM audit_entry
     WHERE subject_ids[1] = :id AND event IN ('custody.offence_added', 'custody.released')
""")
