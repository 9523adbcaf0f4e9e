"""A draw as a plain handler does it: the same locks, checks, rows and answer, in written SQL."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checkpoint.allocation.sealing import opened
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.server import server_for
from limit import ADD_ENTRY, as_it_is
from plain import MAY_DECIDE, SERVER, Caller, caller_of, ledger_row

KEY = bytes.fromhex(os.environ["CHECKPOINT_SEALING_KEY"])
HELD = """
    SELECT person_id, suite FROM custody_record WHERE suite = ANY($1) AND id = $2
       FOR NO KEY UPDATE
"""
SAME = "SELECT same_person_ids($1) AS id"
PEOPLE = "SELECT id FROM person WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
ALLOCATED = "SELECT id FROM allocation WHERE person_id = ANY($1)"
DECISION = """
    SELECT id, verdict, decided_at FROM eligibility_decision WHERE custody_record_id = $1
     ORDER BY number DESC LIMIT 1
"""
CONSENTS = """
    SELECT DISTINCT ON (consent.kind) consent.kind, consent.id, consent.answer, withdrawal.id AS back
      FROM consent JOIN consent_asking AS asking ON asking.id = consent.consent_asking_id
      LEFT JOIN consent_withdrawal AS withdrawal ON withdrawal.consent_id = consent.id
     WHERE asking.custody_record_id = $1 ORDER BY consent.kind, asking.number DESC
"""
TRIAL = """
    SELECT stratum.id AS stratum, trial.id, protocol.id AS protocol, protocol.version, trial.code,
           trial.kind
      FROM trial_stratum AS stratum JOIN trial ON trial.id = stratum.trial_id
      JOIN trial_protocol AS protocol ON protocol.trial_id = trial.id
     WHERE stratum.suite = $1 ORDER BY protocol.number DESC LIMIT 1
"""
ADD = """
    INSERT INTO allocation (id, trial_id, trial_protocol_id, trial_stratum_id, slot_id,
        custody_record_id, person_id, eligibility_decision_id, programme_consent_id,
        research_consent_id, software, allocated_at, allocated_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'limit', $11, $12)
"""
ADD_READING = """
    INSERT INTO arm_reading (id, allocation_id, read_by, read_at) VALUES ($1, $2, $3, $4)
"""


async def allocate(request: Request) -> Response:
    now, id = datetime.now(UTC), UUID(request.path_params["id"])
    caller = caller_of(request.headers.get("authorization", ""))
    named = UUID(json.loads(await request.body())["eligibility_decision_id"])
    if caller.role not in MAY_DECIDE:
        return Response(status_code=403)
    async with request.app.state.pool.acquire() as db:
        async with db.transaction():
            drawn = await _drawn(db, caller, id, named, now)
        if drawn is None:
            return Response(status_code=409)
        sealed = await db.fetchval("SELECT sealed_arm($1)", drawn["id"])
    arm = opened(KEY, sealed, place=str(drawn.pop("slot")))
    answer = {name: str(value) for name, value in drawn.items()} | {"arm": arm}
    return Response(json.dumps(answer), 201, media_type="application/json")


async def _drawn(db: Any, caller: Caller, id: UUID, named: UUID, now: datetime) -> Any:
    case = await db.fetchrow(HELD, caller.suites, id)
    people = [row["id"] for row in await db.fetch(SAME, case["person_id"])]
    await db.execute(PEOPLE, people)
    decision = await db.fetchrow(DECISION, id)
    given = {row["kind"]: row for row in await db.fetch(CONSENTS, id)}
    stands = all(
        kind in given and given[kind]["answer"] == "given" and given[kind]["back"] is None
        for kind in ("programme", "research")
    )
    allocated = await db.fetch(ALLOCATED, people)
    if allocated or not stands or (decision["id"], decision["verdict"]) != (named, "eligible"):
        return None
    trial = await db.fetchrow(TRIAL, case["suite"])
    slot = await db.fetchval("SELECT draw_slot($1, $2)", trial["stratum"], trial["protocol"])
    made = new_id()
    consents = given["programme"]["id"], given["research"]["id"]
    rest = (id, case["person_id"], named, *consents, now, caller.id)
    await db.execute(ADD, made, trial["id"], trial["protocol"], trial["stratum"], slot, *rest)
    await db.execute(ADD_READING, new_id(), made, caller.id, now)
    entry = ledger_row(
        caller,
        "collection",
        "allocation.drawn",
        door="PUT /v1/custody-records/{record_id}/allocation",
        kind="allocation",
        subjects=[made, id, case["person_id"], named],
        at=now,
    )
    await db.execute(ADD_ENTRY, *entry.values())
    told = {name: trial[name] for name in ("code", "kind", "version")}
    return told | {"id": made, "slot": slot, "stratum": case["suite"], "allocated_at": now}


async def ping(_: Request) -> Response:
    return Response("pong", media_type="text/plain")


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    url = os.environ["CHECKPOINT_DATABASE_URL"]
    given = {"min_size": 10, "max_size": 10, "server_settings": SERVER, "reset": as_it_is}
    async with asyncpg.create_pool(url, **given) as pool:
        app.state.pool = pool
        yield


def worker() -> Starlette:
    """The application."""
    door = "/v1/custody-records/{id}/allocation"
    routes = [Route(door, allocate, methods=["PUT"]), Route("/ping", ping)]
    return Starlette(routes=routes, lifespan=_lifespan)


if __name__ == "__main__":
    config = server_for("draws_limit:worker", host="127.0.0.1", port=int(sys.argv[1]))
    uvicorn.Server(config).run()
