"""Merges, partings and bookings of the same people by several at once."""

import asyncio

import pytest
import sqlalchemy as sa

from builders import a_booking, a_key, booked, released
from checkpoint.foundation.actors import Role
from waits import until_waiting

pytestmark = pytest.mark.slow

PEOPLE, RECORDS = "/v1/people/{}", "/v1/custody-records"
BECAUSE = {"reason": "other", "words": "Synthetic words."}
ROUNDS = 8
STANDING = sa.text("""
    SELECT kept_id, other_id FROM person_merge
      LEFT JOIN person_parting ON person_merge_id = person_merge.id
     WHERE person_merge_id IS NULL AND other_id = ANY(CAST(:people AS uuid[]))
""")


@pytest.fixture
def supervisors(clients):
    return [clients(Role.SUPERVISOR, name=name) for name in ("ours", "theirs", "third", "fourth")]


async def people_of(client, many):
    return [(await booked(client))["person"]["id"] for _ in range(many)]


def merge(client, kept, other, tag='"1"'):
    body, headers = BECAUSE | {"other_id": other}, a_key() | {"If-Match": tag}
    return client.post(f"{PEOPLE.format(kept)}/merges", json=body, headers=headers)


async def standing(owner, people):
    async with owner.connect() as connection:
        rows = await connection.execute(STANDING, {"people": people})
        return [(str(row.kept_id), str(row.other_id)) for row in rows]


def told(answers):
    return sorted((a.status_code, a.json().get("errorCode")) for a in answers)


async def test_of_two_who_merge_two_people_crosswise_one_is_told_who_survives(
    client, supervisors, owner
):
    ours, theirs = supervisors[:2]
    for _ in range(ROUNDS):
        a, b = await people_of(client, 2)
        answers = await asyncio.gather(merge(ours, a, b), merge(theirs, b, a))
        assert [a.status_code for a in answers].count(201) == 1
        refused = next(a for a in answers if a.status_code != 201)
        assert refused.json()["errorCode"] in ("person-merged-away", "overtaken")
        assert len(await standing(owner, [a, b])) == 1


async def test_a_ring_of_merges_at_once_never_closes(client, supervisors, owner):
    for _ in range(ROUNDS):
        people = await people_of(client, 4)
        pairs = zip(people, [*people[1:], people[0]], strict=True)
        done = await asyncio.gather(
            *(merge(who, *pair) for who, pair in zip(supervisors, pairs, strict=True))
        )
        assert {a.status_code for a in done} <= {201, 409, 412}, told(done)
        edges = {other: kept for kept, other in await standing(owner, people)}
        assert len(edges) == [a.status_code for a in done].count(201) >= 1
        ends = set(people)
        for _ in people:
            ends = {edges.get(person, person) for person in ends}
        assert not ends & edges.keys()


async def test_nobody_is_merged_away_into_two_survivors(client, supervisors, owner):
    for _ in range(ROUNDS):
        a, b, other = await people_of(client, 3)
        done = await asyncio.gather(
            *(merge(s, k, other) for s, k in zip(supervisors, (a, b), strict=False))
        )
        assert told(done) == [(201, None), (409, "person-merged-away")]
        ((kept, _),) = await standing(owner, [a, b, other])
        refused = next(a for a in done if a.status_code == 409)
        assert refused.json()["person_id"] == kept


async def test_of_two_partings_at_once_one_is_told_that_it_is_done(client, supervisors, owner):
    ours, theirs = supervisors[:2]
    for _ in range(ROUNDS):
        a, b = await people_of(client, 2)
        done = (await merge(ours, a, b)).json()
        address = f"{PEOPLE.format(a)}/merges/{done['id']}/parting"
        answers = await asyncio.gather(
            *(
                who.post(address, json=BECAUSE, headers=a_key() | {"If-Match": '"2"'})
                for who in (ours, theirs)
            )
        )
        assert told(answers) == [(201, None), (409, "parted-already")]
        assert await standing(owner, [a, b]) == []


@pytest.mark.parametrize("first", ["booking", "merge"])
async def test_a_booking_and_a_merge_of_one_person_come_one_after_the_other(
    client, supervisors, owner, first
):
    a, b = [(await released(client, await booked(client)))["person"]["id"] for _ in range(2)]
    booking = a_booking(person=..., person_id=b)
    deeds = {
        "booking": lambda: client.post(RECORDS, json=booking, headers=a_key()),
        "merge": lambda: merge(supervisors[0], a, b),
    }
    waiting = {}
    async with owner.connect() as connection:
        hold = sa.text("SELECT FROM person WHERE id = :id FOR UPDATE")
        await connection.execute(hold, {"id": b})
        for many, name in enumerate(sorted(deeds, key=lambda name: name != first), start=1):
            waiting[name] = asyncio.create_task(deeds[name]())
            await until_waiting(owner, many=many)
    answers = {name: await task for name, task in waiting.items()}
    assert answers["merge"].status_code == 201, answers["merge"].text
    if first == "booking":
        assert answers["booking"].status_code == 201, answers["booking"].text
    else:
        assert told([answers["booking"]]) == [(409, "person-merged-away")]


RAW = sa.text("""
    INSERT INTO person_merge (id, kept_id, other_id, reason, words, merged_at, merged_by)
    VALUES (gen_random_uuid(), :kept, :other, 'other', 'Synthetic.', now(), gen_random_uuid())
""")


async def test_the_database_alone_stops_a_circle_of_two_at_once(client, owner):
    a, b = await people_of(client, 2)
    async with owner.connect() as first, owner.connect() as second:
        await first.execute(RAW, {"kept": a, "other": b})
        crosswise = asyncio.create_task(second.execute(RAW, {"kept": b, "other": a}))
        await until_waiting(owner)
        await first.commit()
        with pytest.raises(sa.exc.IntegrityError, match="merged away already"):
            await crosswise
        await second.rollback()
    assert await standing(owner, [a, b]) == [(a, b)]
