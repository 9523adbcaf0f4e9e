"""Two records of one person become one, and are parted again, through the front door."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from builders import a_booking, a_cro_number, a_key, a_person, a_pnc_id, booked, released
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.people import queries
from checkpoint.people.identifying import register
from checkpoint.people.merges import actions
from checkpoint.people.merges.schemas import MergePeople
from checkpoint.people.schemas import RegisterPerson
from checkpoint.people.tables import Person
from conftest import NOON
from traces import counts, entries

PEOPLE, RECORDS = "/v1/people/{}", "/v1/custody-records"
SEARCHES = "/v1/person-searches"
ABSENT = "0190b3a0-0000-7000-8000-000000000000"
MERGED = {"reason": "fingerprint_result", "words": "Synthetic words of a merge."}
PARTED = {"reason": "document_seen", "words": "Synthetic words of a parting."}


@pytest.fixture
def supervisor(clients):
    return clients(Role.SUPERVISOR, name="merges")


async def on_record(client, **particulars):
    """Somebody who was booked in once and has left."""
    record = await booked(client, person=a_person(**particulars))
    await released(client, record)
    return record["person"]["id"]


async def seen(client, person):
    return {"If-Match": (await client.get(PEOPLE.format(person))).headers["etag"]}


async def merge(client, kept, other, **overrides):
    headers = a_key() | await seen(client, kept)
    body = MERGED | {"other_id": other} | overrides
    return await client.post(f"{PEOPLE.format(kept)}/merges", json=body, headers=headers)


async def merged(client, kept, other):
    answer = await merge(client, kept, other)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def part(client, person, merge, **overrides):
    headers = a_key() | await seen(client, person)
    address = f"{PEOPLE.format(person)}/merges/{merge}/parting"
    return await client.post(address, json=PARTED | overrides, headers=headers)


async def whole(client, person):
    answer = await client.get(PEOPLE.format(person))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def merges_of(client, person):
    return (await client.get(f"{PEOPLE.format(person)}/merges")).json()["items"]


async def found(client, **asked):
    return (await client.post(SEARCHES, json=asked)).json()["items"]


def code(answer):
    return answer.status_code, answer.json()["errorCode"]


async def test_a_merge_shows_both_and_what_differs_and_changes_neither(client, supervisor):
    kept = await on_record(client, self_defined_ethnicity="B2", sex="not_known")
    other = await on_record(
        client,
        date_of_birth="1994-11-02",
        self_defined_ethnicity="NS",
        ethnicity_missing_reason="refused",
        sex="female",
        pnc_id=a_pnc_id(7_350_001),
    )
    before = {id: await whole(client, id) for id in (kept, other)}
    answer = await merge(supervisor, kept, other)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["kept"]["id"], told["other"]["id"], told["parting"]) == (kept, other, None)
    assert {k: told[k] for k in MERGED} == MERGED
    assert told["merged_at"] == "2026-11-03T12:00:00Z"
    assert "Nothing was overwritten" in told["meaning"]
    differences = {each["field"]: (each["kept"], each["other"]) for each in told["differences"]}
    names = (before[kept]["given_names"], before[other]["given_names"])
    assert differences == {
        "given_names": names,
        "date_of_birth": ("1994-02-11", "1994-11-02"),
        "pnc_id": (None, a_pnc_id(7_350_001)),
        "sex": ("not_known", "female"),
        "self_defined_ethnicity": ("B2", "NS"),
        "ethnicity_missing_reason": (None, "refused"),
    }
    after = await whole(client, kept)
    own = set(before[kept]) - {"merged_here", "read_through"}
    assert {k: after[k] for k in own} == {k: before[kept][k] for k in own}
    assert [each["id"] for each in after["merged_here"]] == [other]
    assert after["read_through"] == [
        {"field": "pnc_id", "value": a_pnc_id(7_350_001), "person_id": other},
        {"field": "sex", "value": "female", "person_id": other},
    ]
    assert await whole(client, other) == before[other] | {"merged_into": kept}


async def test_a_parting_restores_both_exactly_and_stays_on_record(client, supervisor):
    kept = await on_record(client)
    other = await on_record(client, cro_number=a_cro_number(7_351))
    before = {id: await whole(client, id) for id in (kept, other)}
    done = await merged(supervisor, kept, other)
    answer = await part(supervisor, other, done["id"])
    assert answer.status_code == 201, answer.text
    assert {id: await whole(client, id) for id in (kept, other)} == before
    assert "stayed with the kept person" in answer.json()["meaning"]
    for person in (kept, other):
        (item,) = await merges_of(client, person)
        assert item == answer.json()
        assert {k: item["parting"][k] for k in PARTED} == PARTED
        assert item["parting"]["parted_at"] == "2026-11-03T12:00:00Z"
    again = await merged(supervisor, other, kept)
    assert [each["id"] for each in await merges_of(client, kept)] == [done["id"], again["id"]]


async def test_what_was_recorded_of_the_survivor_since_stays_with_the_survivor(client, supervisor):
    kept, other = await on_record(client), await on_record(client)
    done = await merged(supervisor, kept, other)
    later = await booked(client, person=..., person_id=kept)
    alias = {"family_name": "Laterknown"}
    named = await client.post(f"{PEOPLE.format(kept)}/aliases", json=alias, headers=a_key())
    assert named.json()["merged_here"][0]["id"] == other
    assert (await part(supervisor, kept, done["id"])).status_code == 201
    assert (await client.get(f"{RECORDS}/{later['id']}")).json()["person"]["id"] == kept
    assert [each["family_name"] for each in (await whole(client, kept))["aliases"]] == [
        "Laterknown"
    ]
    assert (await whole(client, other))["aliases"] == []


async def test_one_who_is_merged_away_is_found_under_the_survivor_who_says_so(client, supervisor):
    number = a_pnc_id(7_350_002)
    kept = await on_record(client, family_name="Survivorley")
    other = await on_record(client, family_name="Mergedington", pnc_id=number)
    done = await merged(supervisor, kept, other)
    for asked in ({"family_name": "Mergedington"}, {"identifier": number}):
        (item,) = await found(client, **asked)
        assert item["person"]["id"] == kept
        assert [each["id"] for each in item["found_as"]] == [other]
        assert item["reasons"][0] == "By a record that was merged into this one"
    (item,) = await found(client, family_name="Survivorley")
    assert (item["person"]["id"], item["found_as"]) == (kept, [])
    await part(supervisor, kept, done["id"])
    (item,) = await found(client, family_name="Mergedington")
    assert (item["person"]["id"], item["found_as"]) == (other, [])


async def test_whoever_is_found_twice_is_told_once(client, supervisor, owner):
    alike = {"family_name": "Twicefoundly", "date_of_birth": "1969-12-30"}
    kept = await on_record(client, **alike, given_names="Peregrine")
    other = await on_record(client, **alike, given_names="Isambard")
    third = await on_record(client, **alike, given_names="Ottoline")
    await merged(supervisor, kept, other)
    await merged(supervisor, kept, third)
    answer = await client.post(SEARCHES, json=alike | {"given_names": "Isambard"})
    (item,) = answer.json()["items"]
    assert (item["person"]["id"], item["score"]) == (kept, 100)
    assert {each["id"] for each in item["found_as"]} == {other, third}
    (row,) = await entries(owner, answer)
    assert {str(id) for id in row.subject_ids} == {kept, other, third}


async def test_nobody_is_booked_in_under_a_record_that_was_merged_away(client, supervisor, owner):
    kept, other = await on_record(client), await on_record(client)
    done, record = await merged(supervisor, kept, other), await booked(client)
    before = await counts(owner)
    here = f"{RECORDS}/{record['id']}"
    booking = a_booking(person=..., person_id=other)
    moving = {"person_id": other, "reason": "wrong_person_selected"}
    alias = {"family_name": "Neveradded"}
    refused = [
        await client.post(RECORDS, json=booking, headers=a_key()),
        await client.put(f"{here}/identity", json=moving, headers={"If-Match": '"1"'}),
        await client.post(f"{here}/victims", json={"person_id": other}, headers=a_key()),
        await client.post(f"{PEOPLE.format(other)}/aliases", json=alias, headers=a_key()),
    ]
    for answer in refused:
        assert code(answer) == (409, "person-merged-away")
        assert answer.json()["person_id"] == kept
        (row,) = await entries(owner, answer)
        assert kept in [str(id) for id in row.subject_ids]
    assert await counts(owner) == before
    await released(client, await booked(client, person=..., person_id=kept))
    await part(supervisor, kept, done["id"])
    await booked(client, person=..., person_id=other)


async def test_a_newcomer_like_one_merged_away_is_asked_about_under_the_survivor(
    client, supervisor
):
    kept = await on_record(client)
    known = a_person(pnc_id=a_pnc_id(7_350_003))
    other = (await booked(client, person=known))["person"]["id"]
    await merged(supervisor, kept, other)
    nameless = known | {"pnc_id": None}
    asked = await client.post(RECORDS, json=a_booking(person=nameless), headers=a_key())
    assert code(asked) == (409, "person-probably-known")
    assert [each["person_id"] for each in asked.json()["candidates"]] == [kept]
    ruled_out = a_booking(person=nameless, none_of=[kept])
    assert (await client.post(RECORDS, json=ruled_out, headers=a_key())).status_code == 201
    numbered = a_booking(person=a_person(pnc_id=known["pnc_id"]))
    held = await client.post(RECORDS, json=numbered, headers=a_key())
    assert code(held) == (409, "person-already-known")
    assert held.json()["person_id"] == kept


async def test_a_number_of_a_merged_record_is_read_from_there_and_not_copied(client, supervisor):
    record = await booked(client)
    kept, number = record["person"]["id"], a_pnc_id(7_350_004)
    await merged(supervisor, kept, await on_record(client, pnc_id=number))
    answer = await client.put(
        f"{RECORDS}/{record['id']}/person",
        json={"pnc_id": number, "reason": "document_seen"},
        headers={"If-Match": '"1"'},
    )
    assert code(answer) == (409, "person-already-known")
    assert answer.json()["person_id"] == kept
    assert "read from there" in answer.json()["detail"]


async def test_chains_are_followed_to_their_end_and_parted_anywhere(client, supervisor):
    a, b, c = [await on_record(client, family_name=f"Chainlink{n}") for n in "ABC"]
    first = await merged(supervisor, b, c)
    second = await merged(supervisor, a, b)
    assert [(await whole(client, id))["merged_into"] for id in (a, b, c)] == [None, a, a]
    assert {each["id"] for each in (await whole(client, a))["merged_here"]} == {b, c}
    (item,) = await found(client, family_name="ChainlinkC")
    assert item["person"]["id"] == a
    for person in (a, b, c):
        assert [each["id"] for each in await merges_of(client, person)] == [
            first["id"],
            second["id"],
        ]
    assert (await part(supervisor, a, second["id"])).status_code == 201
    assert [(await whole(client, id))["merged_into"] for id in (a, b, c)] == [None, None, b]
    third = await merged(supervisor, a, b)
    assert (await part(supervisor, c, first["id"])).status_code == 201
    assert [(await whole(client, id))["merged_into"] for id in (a, b, c)] == [None, a, None]
    assert (await part(supervisor, b, third["id"])).status_code == 201


async def test_a_merge_that_cannot_be_is_refused_and_says_what_to_do(client, supervisor, owner):
    kept, other, third = [await on_record(client) for _ in range(3)]
    done = await merged(supervisor, kept, other)
    before = await counts(owner)
    for pair in ((other, third), (third, other), (kept, other), (other, kept)):
        answer = await merge(supervisor, *pair)
        assert code(answer) == (409, "person-merged-away"), pair
        assert answer.json()["person_id"] == kept
        (row,) = await entries(owner, answer)
        assert set(pair) <= {str(id) for id in row.subject_ids}
    alone = await merge(supervisor, kept, kept)
    assert (alone.status_code, alone.json()["errors"][0]["code"]) == (422, "same-person")
    assert code(await merge(supervisor, kept, ABSENT)) == (404, "person-not-found")
    assert code(await part(supervisor, kept, ABSENT)) == (404, "merge-not-found")
    assert code(await part(supervisor, third, done["id"])) == (404, "merge-not-found")
    for wrong in ({"reason": "canary"}, {"words": ""}, {"words": None}, {"other_id": "canary"}):
        answer = await merge(supervisor, kept, third, **wrong)
        assert (answer.status_code, "canary" in answer.text) == (422, False), wrong
    assert await counts(owner) == before
    assert (await part(supervisor, kept, done["id"])).status_code == 201
    assert code(await part(supervisor, kept, done["id"])) == (409, "parted-already")


async def test_whoever_merges_has_seen_what_stands_there(client, supervisor):
    record = await booked(client)
    kept, other = record["person"]["id"], await on_record(client)
    tag, address = await seen(client, kept), f"{PEOPLE.format(kept)}/merges"
    body = MERGED | {"other_id": other}
    assert code(await supervisor.post(address, json=body, headers=a_key())) == (
        428,
        "if-match-missing",
    )
    right = {"given_names": "Otherwise", "reason": "misheard"}
    put = await client.put(
        f"{RECORDS}/{record['id']}/person", json=right, headers={"If-Match": '"1"'}
    )
    assert put.status_code == 200, put.text
    late = await supervisor.post(address, json=body, headers=a_key() | tag)
    assert code(late) == (412, "overtaken")
    answer = await merge(supervisor, kept, other)
    stale = a_key() | await seen(client, kept)
    assert answer.headers["etag"] == stale["If-Match"]
    alias = {"family_name": "Meanwhileley"}
    await client.post(f"{PEOPLE.format(kept)}/aliases", json=alias, headers=a_key())
    parting = f"{address}/{answer.json()['id']}/parting"
    assert code(await supervisor.post(parting, json=PARTED, headers=stale)) == (412, "overtaken")
    assert (await part(supervisor, kept, answer.json()["id"])).status_code == 201


async def test_a_retry_merges_once_and_parts_once(client, supervisor, owner):
    kept, other = await on_record(client), await on_record(client)
    address, body = f"{PEOPLE.format(kept)}/merges", MERGED | {"other_id": other}
    headers = a_key() | await seen(client, kept)
    answers = [await supervisor.post(address, json=body, headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    headers = a_key() | await seen(client, kept)
    address = f"{address}/{answers[0].json()['id']}/parting"
    answers = [await supervisor.post(address, json=PARTED, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(await merges_of(client, kept)) == 1


async def test_the_ledger_tells_of_the_combination_under_either_person(
    client, clients, supervisor, owner
):
    kept, other = await on_record(client), await on_record(client)
    answer = await merge(supervisor, kept, other)
    parting = await part(supervisor, other, answer.json()["id"])
    read = await client.get(f"{PEOPLE.format(other)}/merges")
    rows = {row.event: row for row in await entries(owner, answer, parting, read)}
    told = {event: (row.operation, row.changed_fields) for event, row in rows.items()}
    assert told == {
        "people.merged": ("combination", ["merged_person"]),
        "people.parted": ("alteration", ["merged_person"]),
        "people.merges_read": ("consultation", []),
    }
    for event in ("people.merged", "people.parted"):
        subjects = [str(id) for id in rows[event].subject_ids]
        assert subjects == [kept, other, answer.json()["id"]]
    assert {str(id) for id in rows["people.merges_read"].subject_ids} == {kept, other}
    auditor = clients(Role.AUDITOR)
    for person in (kept, other):
        page = await auditor.get(
            "/v1/ledger-entries", params={"subject": person, "operation": "combination"}
        )
        assert [entry["event"] for entry in page.json()["items"]] == ["people.merged"]


async def test_a_merge_leaves_no_trace_when_it_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        people = [
            await register(session, RegisterPerson(**a_person()), by=officer, at=NOON)
            for _ in range(2)
        ]
    command = MergePeople(other_id=people[1].id, **MERGED)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.merge(session, people[0].id, command, seen=1, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        assert await queries.survivor_of(session, people[1].id) == people[1].id


@pytest.mark.parametrize("table", ["person_merge", "person_parting"])
async def test_not_even_the_owner_edits_a_merge_or_its_parting(client, supervisor, owner, table):
    kept, other = await on_record(client), await on_record(client)
    done = await merged(supervisor, kept, other)
    await part(supervisor, kept, done["id"])
    async with owner.connect() as connection:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await connection.execute(sa.text(f"UPDATE {table} SET words = 'otherwise'"))


RAW = sa.text("""
    INSERT INTO person_merge (id, kept_id, other_id, reason, words, merged_at, merged_by)
    VALUES (gen_random_uuid(), :kept, :other, 'other', 'Synthetic.', now(), gen_random_uuid())
""")


async def test_the_database_itself_knows_neither_two_survivors_nor_a_circle(
    client, supervisor, owner
):
    a, b, c = [await on_record(client) for _ in range(3)]
    await merged(supervisor, a, b)
    for kept, other in ((c, b), (b, c), (b, a), (a, a)):
        async with owner.connect() as connection:
            with pytest.raises(sa.exc.IntegrityError, match=r"merged away already|two_records"):
                await connection.execute(RAW, {"kept": kept, "other": other})


async def test_any_statement_can_ask_who_is_one_person(client, supervisor, session):
    people = [await on_record(client) for _ in range(3)]
    await merged(supervisor, people[0], people[1])
    one, other = aliased(Person), aliased(Person)
    is_one = col(other.id).in_(queries.same_person(col(one.id)))
    pairs = sa.select(col(one.id), col(other.id)).join(other, is_one)
    asked = col(one.id).in_([UUID(person) for person in people])
    joined = {(a, b) for a in people[:2] for b in people[:2]} | {(people[2], people[2])}
    rows = (await session.exec(pairs.where(asked))).all()
    assert {(str(a), str(b)) for a, b in rows} == joined
    sisters = sa.select(col(one.id)).where(col(one.id).in_(queries.same_person(col(one.id))), asked)
    assert len((await session.exec(sisters)).all()) == 3


async def test_somebody_unknown_is_one_person_with_nobody_else(session):
    stranger = uuid4()
    assert await queries.same_person_ids(session, stranger) == {stranger}
    assert await queries.survivor_of(session, stranger) == stranger
