"""The world that is measured: one database, sixty thousand made-up cases, and who asks about them."""

import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import jwt

from checkpoint.access.local_issuer import LocalIssuer
from checkpoint.audit.tables import STREAMS
from checkpoint.foundation.actors import Role
from checkpoint.foundation.identifiers import new_id, new_reference

CASES = 60_000
# So many streams of the ledger, with so many senders each: nobody asks too often for the service's
# budget of requests, and of those who ask at the same time none waits for another's stream.
LANES, DEPTH = 32, 10
SENDERS = LANES * DEPTH
SUITE = "DURHAMGATE"
OFFENCE = "TH68010"
ISSUER = "https://issuer.invalid/bench"
AUDIENCE = "checkpoint-api"
SCREENING = {
    "lives_in_area": True,
    "interview_stance": "admitted",
    "evidential_test_met": True,
    "subject_to_order": False,
    "detained_for_court": False,
    "detained_under_mental_health_act": False,
    "co_accused": False,
    "domestic_abuse_grade": "none",
    "hate_crime": False,
    "understands_obligations": True,
}


@dataclass(frozen=True)
class Sender:
    """Somebody who asks: their token, and the id under which the ledger knows them."""

    id: UUID
    token: str


@dataclass(frozen=True)
class World:
    """What the servers share and the load is made from."""

    url: str
    folder: Path
    senders: list[Sender]
    cases: list[UUID]
    key: bytes

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Any]:
    """One plain connection, for seeding, counting and looking up."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def senders_of(folder: Path, *, at: datetime) -> list[Sender]:
    """Custody officers, neighbours always in different streams of the ledger.

    Also writes the key set that checks their tokens.
    """
    issuer = LocalIssuer(folder, issuer=ISSUER, audience=AUDIENCE)
    (folder / "jwks.json").write_text(json.dumps(issuer.jwks()))
    streams: dict[int, list[Sender]] = defaultdict(list)
    for number in count():
        token = issuer.token(Role.CUSTODY_OFFICER, [SUITE], name=f"bench-{number}", at=at)
        id = UUID(jwt.decode(token, options={"verify_signature": False})["sub"])
        streams[id.int % STREAMS].append(Sender(id, token))
        full = [senders for senders in streams.values() if len(senders) >= DEPTH]
        if len(full) == LANES:
            break
    return [senders[depth] for depth in range(DEPTH) for senders in full]


async def seeded(url: str, folder: Path) -> World:
    """Fill a migrated database with synthetic people and their cases, by COPY."""
    at = datetime.now(UTC)
    senders = senders_of(folder, at=at)
    async with database(url) as connection:
        offence = await connection.fetchval("SELECT id FROM offence WHERE code = $1", OFFENCE)
        cases = [_case(number, offence, by=senders[0].id, at=at) for number in range(CASES)]
        for place, (table, columns) in enumerate(TABLES.items()):
            # What is open of a case is kept under a lock for each person, and these have nothing open.
            role = "origin" if table == "person" else "replica"
            await connection.execute(f"SET session_replication_role = {role}")
            await connection.copy_records_to_table(
                table, columns=columns.split(), records=[case[place] for case in cases]
            )
        await connection.execute("VACUUM ANALYZE")
    key = secrets.token_hex(32).encode()
    return World(url, folder, senders, [case[1][0] for case in cases], key)


TABLES = {
    "person": "id family_name given_names date_of_birth registered_at registered_by",
    "custody_record": "id reference person_id suite arrested_at arrived_at state opened_at opened_by version",
    "alleged_offence": "id custody_record_id offence_id committed_from committed_until committed_in_area added_at",
    "screening": f"id custody_record_id number {' '.join(SCREENING)} saved_at saved_by",
}


def _case(number: int, offence: UUID, *, by: UUID, at: datetime) -> tuple[tuple[Any, ...], ...]:
    """One case, a minute before the last; in every third the interview is still to come."""
    arrested = at - timedelta(minutes=number + 60)
    born = date(1960, 1, 1) + timedelta(days=number % 15_000)
    known = SCREENING if number % 3 else SCREENING | {"interview_stance": None, "co_accused": None}
    person, case, day = new_id(), new_id(), arrested.date()
    return (
        (person, "Testperson", f"Synthetic {number}", born, arrested, by),
        (case, new_reference(), person, SUITE, arrested, arrested, "detained", arrested, by, 1),
        (new_id(), case, offence, day, day, True, arrested),
        (new_id(), case, 1, *known.values(), arrested, by),
    )


async def ledger_length(url: str) -> int:
    """How many entries the ledger has: the work that was really done."""
    async with database(url) as connection:
        return int(await connection.fetchval("SELECT sum(last_sequence) FROM audit_stream"))


def offence_list(near: Path) -> bytes:
    """The national list of offences where a copy lies at hand, else one as long, made up."""
    real = near.parent / "shared" / "data" / "uk-justice" / "cjs_offences.csv"
    if real.exists():
        return real.read_bytes()
    return ("cjs_code,category,title\n" + "".join(_made_up_offences())).encode()


def _made_up_offences(rows: int = 15_000) -> Iterator[str]:
    for number in range(rows):
        first, rest = divmod(number, 26_000)
        second, rest = divmod(rest, 1_000)
        code = f"{chr(65 + first)}{chr(65 + second)}26{rest:03d}"
        yield f'{code},{("CS", "CE", "CI")[number % 3]},"Synthetic offence, number {number}"\n'
