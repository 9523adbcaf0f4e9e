"""Canaries in every personal field: none sings in a log, a number, a problem or the ledger."""

import asyncio
import io
import itertools
import os
import re
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
import structlog
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import (
    DEPARTURE,
    KNOWN,
    a_booking,
    a_cro_number,
    a_given_name,
    a_key,
    a_person,
    a_pnc_id,
    an_offence,
    decided,
    make_person,
    proposed,
)
from checkpoint.foundation import logs
from checkpoint.foundation.actors import Role
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.people.schemas import RegisterPerson
from conftest import SERVER, Clients, at_server
from serving import service
from waits import until_waiting

RECORDS = "/v1/custody-records"
# Distinct in every form in which they could leak: whole, in part, in another case, escaped.
NAME, GIVEN = "Zyxcanary", "Quilcanary"
SENT = "Vexcanary"
SONGS = re.compile(r"canary|19\d\d-05-23|19\d\d, 5, 23|23/05/19\d\d|864209", re.IGNORECASE)
# Ids, digests and parts of a second, among so many of which six digits come up by themselves.
NOISE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|:[0-5]\d\.\d+")
YEARS = itertools.count(1950)
BORN = itertools.cycle(range(1905, 1995, 13))  # no two are a slip of the pen apart
# Codes and numbers that many people share.
CODED = {
    "sex",
    "self_defined_ethnicity",
    "ethnicity_missing_reason",
    "observed_ethnicity",
    "local_authority",
    "estimated_age_years",
}
EVERYTHING = sa.text("SELECT audit_entry::text FROM audit_entry")


def a_canary():
    """Somebody new, whose every field would be heard, but for codes that many share."""
    year = next(YEARS)
    return {
        "family_name": NAME,
        "given_names": f"{a_given_name()}{GIVEN}",
        "date_of_birth": f"{next(BORN)}-05-23",
        "pnc_id": a_pnc_id(8_642_097, year),
        "cro_number": a_cro_number(864_209, year),
    }


async def story(client, clients):
    """A person is booked in, screened, decided and released; and much is refused on the way."""
    booking, key = a_booking(person=a_canary()), a_key()
    first = await client.post(RECORDS, json=booking, headers=key)
    assert first.status_code == 201, first.text
    here = f"{RECORDS}/{first.json()['id']}"
    saved = await client.put(f"{here}/screening", json=KNOWN, headers={"If-Match": '"1"'})
    decision = await decided(client, saved.json())
    said = await argue(client, clients, decision)
    said += await merge(client, clients, first.json()["person"]["id"])
    good = [
        first,
        saved,
        await client.post(RECORDS, json=booking, headers=key),
        await client.get(here),
        await client.get(RECORDS),
        await client.get(f"/v1/eligibility-decisions/{decision['id']}"),
        await client.post(f"{here}/release", json={"released_at": "2026-11-03T04:30:00Z", "release_kind": "charged"}, headers=a_key()),
    ]  # fmt: skip
    assert [answer.text for answer in good if answer.status_code >= 400] == []
    asked = [*hostile_bodies(client, here), *hostile_requests(client, clients, here)]
    return [
        *said,
        await client.post(RECORDS, json=booking, headers=a_key()),
        await client.post(RECORDS, json=booking | {"suite": "PETERLEE"}, headers=key),
        *[answer for answer in await asyncio.gather(*asked) if answer.status_code >= 400],
    ]


def hostile_bodies(client, here):
    """Canaries in every field, and as the names of fields."""
    for field in a_canary():
        for value in (SENT, [SENT], {SENT: SENT}, SENT * 100, f"{SENT}\u202e"):
            body = a_booking(person=a_person(**{field: value}))
            yield client.post(RECORDS, json=body, headers=a_key())
    for field in ("suite", "arrested_at", "arrived_at", "offences", "screening", "person_id", SENT):
        yield client.post(RECORDS, json=a_booking(**{field: SENT}), headers=a_key())
    yield client.post(RECORDS, json=a_booking(offences=[an_offence(code=SENT)]), headers=a_key())
    yield client.post(RECORDS, json=a_booking(person=a_canary() | {SENT: 1}), headers=a_key())
    yield client.post(RECORDS, json=a_booking(person_id=str(uuid4()), person=...), headers=a_key())
    yield client.put(f"{here}/screening", json={SENT: True}, headers={"If-Match": '"1"'})


async def argue(client, clients, decision):
    """What people say of a decision in words is heard by its readers alone."""
    place, supervisor = f"/v1/eligibility-decisions/{decision['id']}", clients(Role.SUPERVISOR)
    override = await proposed(supervisor, decision, words=SENT)
    tags = [a_key() | {"If-Match": tag} for tag in ('"1"', '"1-proposed"')]
    departure = DEPARTURE | {"words": f"{SENT} again"}
    said = [await supervisor.post(f"{place}/overrides", json=departure, headers=h) for h in tags]
    declined = await client.post(
        f"/v1/overrides/{override['id']}/refusal", json={"words": SENT}, headers=a_key()
    )
    assert declined.status_code == 200, declined.text
    said.append(await client.post(f"{place}/determination", json=departure, headers=tags[0]))
    assert [answer.status_code for answer in said] == [412, 409, 403]
    return said


async def merge(client, clients, person):
    """What two supervisors say of two people in words is heard by its readers alone."""
    other = await client.post(RECORDS, json=a_booking(person=a_person()), headers=a_key())
    supervisor, address = clients(Role.SUPERVISOR), f"/v1/people/{person}/merges"
    body = {"other_id": other.json()["person"]["id"], "reason": "other", "words": SENT}
    tags = [a_key() | {"If-Match": f'"{number}"'} for number in (1, 2, 3)]
    merged = await supervisor.post(address, json=body, headers=tags[0])
    again = await supervisor.post(address, json=body, headers=tags[1])
    parting = f"{address}/{merged.json()['id']}/parting"
    del body["other_id"]
    parted = [await supervisor.post(parting, json=body, headers=tag) for tag in tags]
    assert [merged.status_code, again.status_code] == [201, 409]
    assert [answer.status_code for answer in parted] == [412, 201, 409]
    return [again, parted[0], parted[2]]


def hostile_requests(client, clients, here):
    """Canaries in addresses, queries, headers, and bodies that are no JSON."""
    yield client.put(f"{here}/screening", json=KNOWN, headers={"If-Match": f'"{SENT}"'})
    yield client.post(
        RECORDS, json=a_booking(), headers={"Idempotency-Key": f"{SENT} {SENT} {SENT}"}
    )
    for raw in (
        f'{{"{SENT}": }}',
        f'{{"{SENT}": 1, "{SENT}": 2}}',
        f'["{SENT}\\u0000"]',
        f'"{SENT}"',
    ):
        yield client.post(
            RECORDS, content=raw, headers=a_key() | {"Content-Type": "application/json"}
        )
    yield client.post(RECORDS, content=SENT, headers=a_key() | {"Content-Type": f"text/{SENT}"})
    for query in ("suite", "state", "after", "size", "reference", SENT):
        yield client.get(RECORDS, params={query: f"{SENT} {SENT}"})
    yield client.get("/v1/reference/offences", params={"offence_class": SENT})
    for address in (f"/{SENT}", f"/v1/{SENT}", f"{RECORDS}/{SENT}", f"/problems/{SENT}"):
        yield client.get(address)
    for door in ("/ping", RECORDS, here):
        yield client.request("PATCH", door, content=SENT, headers={"X-Canary": SENT})
    for header in (SENT, f"Bearer {SENT}", f"Basic {SENT}", f"Bearer {SENT}.{SENT}.{SENT}"):
        yield clients.bare(Authorization=header).get(RECORDS)
    yield clients(Role.CUSTODY_OFFICER, "PETERLEE").get(here)
    yield clients(Role.NAVIGATOR).post(RECORDS, json=a_booking(person=a_canary()), headers=a_key())
    yield clients(Role.CUSTODY_OFFICER, "NOWHERE").post(RECORDS, json=a_booking(person=a_canary(), suite="NOWHERE"), headers=a_key())  # fmt: skip


async def collide(client, owner):
    """Somebody is put on record at the same moment: the database refuses, and quotes the number."""
    canary = a_canary() | {"date_of_birth": "1933-03-09"}  # like nobody, so only the number tells
    async with AsyncSession(owner) as session, session.begin():
        await make_person(session, pnc_id=canary["pnc_id"])
        asking = client.post(RECORDS, json=a_booking(person=canary), headers=a_key())
        waiting = asyncio.create_task(asking)
        await until_waiting(owner)  # for this transaction
    answer = await waiting
    assert answer.status_code == 409, answer.text
    return [answer]


def postgresql_log():
    """The embedded server's log, wherever its data folder is; None for a server of somebody else's."""
    host = make_url(os.environ[SERVER]).query.get("host")
    log = Path(str(host)) / "log" if host else None
    return log if log and log.is_file() else None


def singing(text):
    return sorted({found[0] for found in SONGS.finditer(NOISE.sub("", text))})


@pytest.fixture(params=[True, False], ids=["for people", "as JSON"])
def logged(request, capfd, caplog):
    """Everything that this process says to anyone but the caller, as text."""
    kept, written = structlog.get_config(), io.StringIO()
    logs.configure(human=request.param)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    caplog.set_level("DEBUG")
    caplog.set_level("WARNING", "httpx")  # the caller's own, in these tests
    yield lambda: "".join([written.getvalue(), caplog.text, *capfd.readouterr()])
    structlog.configure(**kept)


def test_every_personal_field_has_its_canary():
    assert a_canary().keys() == RegisterPerson.model_fields.keys() - CODED
    for value in a_canary().values():
        assert singing(str(value)), f"{value} would not be heard"


@pytest.mark.slow
async def test_no_canary_is_heard_anywhere_but_in_the_records(client, clients, owner, logged):
    refused = await story(client, clients) + await collide(client, owner)
    assert len(refused) > 50
    assert min(answer.status_code for answer in refused) >= 400
    assert max(answer.status_code for answer in refused) < 500
    for answer in refused:
        told = answer.text + repr(sorted(answer.headers.items()))
        assert singing(told) == [], (answer.request.method, answer.request.url, told)
    assert singing((await client.get("/metrics")).text) == []
    lines = logged()
    assert lines.count("door") > 60
    assert singing(lines) == []
    async with owner.connect() as connection:
        rows = "\n".join((await connection.execute(EVERYTHING)).scalars())
        people = await connection.execute(sa.text("SELECT count(*) FROM person WHERE family_name = :name"), {"name": NAME})  # fmt: skip
        assert people.scalar_one() >= 1
    assert rows.count("request.refused") > 60
    assert singing(rows) == []


@pytest.fixture
def quoting(make_database):
    """A database that refuses people in a way nobody thought of, and quotes the whole row."""
    url = make_database()
    for statement in (QUIET, QUOTE, BEFORE_INSERT):
        asyncio.run(at_server(statement, url))
    return url


# The server's log is another test's affair, perhaps at this very moment.
QUIET = """
    DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET log_min_messages = fatal', current_database());
    END$$
"""
QUOTE = """
    CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'broken by %', NEW USING ERRCODE = 'XX000'; END$$
"""
BEFORE_INSERT = """
    CREATE TRIGGER quote BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION quote()
"""


@pytest.fixture
async def broken(quoting, tmp_path):
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(quoting),
        local_issuer=True,
        data_folder=tmp_path,
    )
    configured = structlog.get_config()
    app = service(settings)
    structlog.configure(**configured)  # as the test wants to hear it
    async with Clients(app)() as client:
        yield client
    await app.state.engine.dispose()


async def test_a_broken_request_tells_the_log_where_and_not_what(logged, broken):
    answer = await broken.post(RECORDS, json=a_booking(person=a_canary()), headers=a_key())
    assert (answer.status_code, answer.json()["errorCode"]) == (500, "internal-error")
    lines = logged()
    assert "XX000" in lines
    assert re.search(r"identifying\.py:\d+:register", lines), lines
    assert singing(answer.text + lines) == []


async def test_the_databases_own_log_holds_no_canary(client, owner):
    if (log := postgresql_log()) is None:
        pytest.skip("the database is not the embedded one")
    marks = log.stat().st_size
    await collide(client, owner)
    text = log.read_bytes()[marks:].decode(errors="replace")
    assert singing(text) == [], text[-2_000:]
