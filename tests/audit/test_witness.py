"""Every request under /v1 leaves one row: what was done, seen, refused, repeated, or held back."""

import asyncio
import itertools
import random
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import SecretStr

from builders import KNOWN, a_booking, a_key, a_person, a_pnc_id, an_offence, booked, decided
from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.api import create_app
from checkpoint.audit import ledger
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients
from traces import counts, entries

RECORDS = "/v1/custody-records"
ABSENT = "0190b3a0-0000-7000-8000-000000000000"
RELEASE = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}
PNC_ID = a_pnc_id(8_000_001)


def of(record, decision):
    """Each kind of answer: method, address, body, headers; its status, event and operation."""
    here, if_match = f"{RECORDS}/{record['id']}", {"If-Match": '"1"'}
    known = a_booking(person=a_person(pnc_id=PNC_ID))
    return {
        "booked": ("POST", RECORDS, a_booking(), a_key(), 201, "opened", "collection"),
        "listed": ("GET", RECORDS, None, {}, 200, "listed", "consultation"),
        "read": ("GET", here, None, {}, 200, "read", "consultation"),
        "screened": ("PUT", f"{here}/screening", KNOWN, if_match, 200, "screened", "alteration"),
        "added": ("POST", f"{here}/offences", an_offence(), a_key(), 201, "added", "collection"),
        "released": ("POST", f"{here}/release", RELEASE, a_key(), 200, "released", "alteration"),
        "previewed": ("POST", "/v1/eligibility/preview", {"offences": [an_offence()]}, {}, 200, "previewed", "consultation"),
        "decisions": ("GET", f"{here}/eligibility-decisions", None, {}, 200, "read", "consultation"),
        "decision": ("GET", f"/v1/eligibility-decisions/{decision['id']}", None, {}, 200, "read", "consultation"),
        "400": ("POST", RECORDS, a_booking(), {}, 400, "refused", "collection"),
        "401": ("GET", here, None, {"Authorization": "Bearer x"}, 401, "refused", "consultation"),
        "403": ("GET", "/v1/ledger-entries", None, {}, 403, "refused", "consultation"),
        "403 suite": ("POST", RECORDS, a_booking(suite="PETERLEE"), a_key(), 403, "refused", "collection"),
        "404 record": ("GET", f"{RECORDS}/{ABSENT}", None, {}, 404, "refused", "consultation"),
        "404 address": ("GET", "/v1/nowhere", None, {}, 404, "refused", "consultation"),
        "404 bare": ("GET", "/v1", None, {}, 404, "refused", "consultation"),
        "405": ("DELETE", here, None, {}, 405, "refused", "erasure"),
        "409": ("POST", RECORDS, known, a_key(), 409, "refused", "collection"),
        "412": ("PUT", f"{here}/screening", KNOWN, {"If-Match": '"77"'}, 412, "conflict_shown", "consultation"),
        "413": ("POST", RECORDS, {"x": "x" * 1_000_001}, a_key(), 413, "refused", "collection"),
        "415": ("POST", RECORDS, {}, a_key() | {"Content-Type": "text/csv"}, 415, "refused", "collection"),
        "422": ("POST", RECORDS, {}, a_key(), 422, "refused", "collection"),
        "422 list": ("GET", f"{RECORDS}?state=x", None, {}, 422, "refused", "consultation"),
        "428": ("PUT", f"{here}/screening", KNOWN, {}, 428, "refused", "alteration"),
    }  # fmt: skip


KINDS = [*of({"id": ABSENT}, {"id": ABSENT})]


async def ask(client, kind):
    method, address, body, headers, *_ = kind
    sent = {} if body is None else {"json": body}
    return await client.request(method, address, headers=headers, **sent)


@pytest.fixture
async def kinds(client):
    await client.post(RECORDS, json=a_booking(person=a_person(pnc_id=PNC_ID)), headers=a_key())
    record = await booked(client)
    other = await booked(client)
    return of(record, await decided(client, other))


@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_of_answer_leaves_one_row_that_says_what_happened(
    client, owner, kinds, name
):
    before = (await counts(owner, "audit_entry"))["audit_entry"]
    answer = await ask(client, kinds[name])
    *_, status, event, operation = kinds[name]
    assert answer.status_code == status, answer.text
    (row,) = await entries(owner, answer)
    assert (await counts(owner, "audit_entry"))["audit_entry"] == before + 1
    assert row.event.endswith(event)
    assert row.operation == operation
    assert row.outcome == (answer.json()["errorCode"] if status >= 400 else "done")
    assert row.door.split(" ")[0] == kinds[name][0]
    assert ABSENT not in row.door
    known = name not in ("401", "404 address", "404 bare", "405", "413", "415")
    assert (row.actor_id is not None) == known
    assert (row.purpose is not None) == (status < 400 or name == "412")


async def test_the_ledger_is_read_on_the_record_too(clients, owner):
    auditor = clients(Role.AUDITOR)
    answer = await auditor.get("/v1/ledger-entries", params={"subject": ABSENT})
    assert answer.status_code == 200, answer.text
    (row,) = await entries(owner, answer)
    assert (row.event, row.actor_role, row.subject_ids) == (
        "ledger.read",
        "auditor",
        [UUID(ABSENT)],
    )


async def test_a_list_names_everybody_who_was_on_it(client, owner, kinds):
    answer = await client.get(f"{RECORDS}?size=2")
    (row,) = await entries(owner, answer)
    assert {item["id"] for item in answer.json()["items"]} <= {str(id) for id in row.subject_ids}


async def test_who_was_knocked_for_is_on_record_though_they_were_not_found(client, owner):
    (row,) = await entries(owner, await client.get(f"{RECORDS}/{ABSENT}"))
    assert row.subject_ids == [UUID(ABSENT)]


async def test_code_lists_leave_no_row_but_a_refusal_there_does(clients, client, owner):
    assert await entries(owner, await client.get("/v1/reference/suites")) == []
    refused = await clients.bare().get("/v1/reference/suites")
    assert len(await entries(owner, refused)) == 1


async def test_a_head_or_options_request_is_refused_and_on_record(client, owner):
    for method in ("HEAD", "OPTIONS", "TRACE", "PATCH", "PROPFIND"):
        answer = await client.request(method, RECORDS)
        assert answer.status_code == 405, method
        assert len(await entries(owner, answer)) == 1


async def test_a_stroke_too_many_is_not_found_like_any_other_address(client, owner):
    answer = await client.get(f"{RECORDS}/")
    assert answer.status_code == 404
    assert len(await entries(owner, answer)) == 1


@pytest.mark.slow
async def test_rows_equal_requests_over_a_mixed_burst_without_gap_or_double(clients, owner, kinds):
    people = [clients(name=f"burst-{number}") for number in range(4)]
    before = (await counts(owner, "audit_entry"))["audit_entry"]
    mixed = [name for name in kinds if name not in ("screened", "added", "released")]
    asked = list(itertools.islice(itertools.cycle(mixed), 200))
    random.Random(1).shuffle(asked)
    room = asyncio.Semaphore(8)  # as many as the pool has connections: nobody is turned away

    async def in_turn(person, kind):
        async with room:
            return await ask(person, kind)

    doing = [
        in_turn(person, kinds[n]) for n, person in zip(asked, itertools.cycle(people), strict=False)
    ]
    answers = await asyncio.gather(*doing)
    assert {answer.status_code for answer in answers} >= {200, 201, 400, 401, 403, 404, 405, 422}
    assert max(answer.status_code for answer in answers) < 500
    assert len(await entries(owner, *answers)) == len(answers) == 200
    assert (await counts(owner, "audit_entry"))["audit_entry"] == before + 200
    assert await broken_streams(owner) == []


async def broken_streams(owner):
    """Streams whose numbers are not 1, 2, 3 … up to the head that the trigger keeps."""
    numbers = sa.text("""
        SELECT head.stream, head.last_sequence, count(entry.*), max(entry.sequence),
               count(DISTINCT entry.sequence), min(entry.sequence)
          FROM audit_stream AS head LEFT JOIN audit_entry AS entry USING (stream)
         GROUP BY head.stream, head.last_sequence
    """)
    async with owner.connect() as connection:
        rows = (await connection.execute(numbers)).all()
    assert len(rows) > 3
    used = [row for row in rows if row[1]]
    return [row for row in used if len({row[1], row[2], row[3], row[4]}) > 1 or row[5] != 1]


forgetful = APIRouter(prefix="/v1/forgetful")
READER = holding(Permission.READ_CUSTODY_RECORD)


@forgetful.get("/silent", dependencies=[READER])
async def silent() -> str:
    return "Canary-4zx"


@forgetful.get("/twice")
async def twice(by: Actor = READER, *, session: Transaction, now: Now) -> str:
    for _ in range(2):
        await ledger.record(
            session, Operation.CONSULTATION, AuditEvent.READ, kind="x", by=by, at=now
        )
    return "Canary-4zx"


@forgetful.get("/broken", dependencies=[READER])
async def broken() -> str:
    raise RuntimeError("Canary-4zx")


@pytest.fixture
async def forgetful_app(database, tmp_path):
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(database),
        local_issuer=True,
        data_folder=tmp_path,
    )
    app = create_app(settings)
    app.include_router(forgetful)
    yield app
    await app.state.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("door", ["silent", "twice", "broken"])
async def test_an_answer_that_was_not_recorded_once_is_held_back(forgetful_app, owner, door):
    app = forgetful_app
    answer = await Clients(app)(name=door).get(f"/v1/forgetful/{door}")
    # Twice in one request breaks the ledger's own constraint, before the witness counts.
    status, slug = (503, "ledger-not-written") if door == "twice" else (500, "internal-error")
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug)
    assert "Canary" not in answer.text
    rows = await entries(owner, answer)
    assert [row.outcome for row in rows] == [slug]
