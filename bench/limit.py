"""The limit: the same work by hand, with Starlette and asyncpg and nothing between them.

The same token check, statements, locks, rules, ledger and answers as the service; no models, no
validation of what goes out, no dependencies, no logs. What a framework costs is what is missing.
"""

import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checkpoint.custody.clocks import clock_of
from checkpoint.eligibility.facts import FACTS, gather
from checkpoint.eligibility.rules import (
    chosen_because,
    decide,
    missing_of,
    parse,
    stored,
    until_of,
)
from checkpoint.eligibility.states import MEANING, Verdict
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.server import server_for, settle
from cursors import cursor_of, place_of
from plain import (
    MAY_DECIDE,
    MAY_READ,
    SERVER,
    Caller,
    NotAdmitted,
    Revoked,
    alleged,
    caller_of,
    kept_id,
    ledger_row,
    lock_of,
    rule_set_of,
    standing_by_rules,
    timed,
    utc_text,
    what_a_supervisor_may_say,
)

LONDON = ZoneInfo("Europe/London")
KEY = os.environ["CHECKPOINT_CURSOR_KEY"].encode()
EARLIER = """
    SELECT pg_try_advisory_xact_lock($1) AS free, kept.request_digest, kept.status,
           kept.headers, kept.body
      FROM (SELECT 1) AS one LEFT JOIN kept_answer AS kept ON kept.id = $2
"""
CASE = """
    SELECT id, person_id, arrested_at, version FROM custody_record
     WHERE suite = ANY($1) AND id = $2 FOR NO KEY UPDATE
"""
RESTS_ON = """
    SELECT person.date_of_birth, screening.*, present.id AS present_id,
           present.number AS present_number, forecast.band AS risk_band, rules.id AS rules_id, rules.digest, rules.content,
           EXISTS (SELECT link.id FROM co_accused AS link
                     LEFT JOIN co_accused AS withdrawal ON withdrawal.withdraws_id = link.id
                    WHERE (link.custody_record_id = $2 OR link.other_record_id = $2)
                      AND link.withdraws_id IS NULL AND withdrawal.id IS NULL) AS co_accused_linked
      FROM person
      LEFT JOIN (SELECT * FROM screening WHERE custody_record_id = $2
                  ORDER BY number DESC LIMIT 1) AS screening ON true
      LEFT JOIN (SELECT id, number FROM eligibility_decision WHERE custody_record_id = $2
                  ORDER BY number DESC LIMIT 1) AS present ON true
      LEFT JOIN (SELECT band FROM risk_forecast WHERE custody_record_id = $2
                  ORDER BY number DESC LIMIT 1) AS forecast ON true
      LEFT JOIN (SELECT id, digest, content FROM rule_set_version WHERE in_force_from <= $3
                    AND (in_force_from <= $4 OR applies_to = 'decisions_from')
                  ORDER BY in_force_from DESC LIMIT 1) AS rules ON true
     WHERE person.id = $1
"""
OFFENCES = """
    SELECT alleged.id, offence.code, offence.mode_of_trial, classed.offence_class,
           alleged.committed_from, alleged.committed_until, alleged.committed_in_area,
           alleged.domestic_abuse_grade, alleged.hate_crime, alleged.formally_reported_on,
           offence.valid_from, offence.valid_until,
           ARRAY(SELECT schedule FROM scheduled_offence
                  WHERE code = offence.code AND schedule_list_id = (
                        SELECT id FROM schedule_list
                         ORDER BY name = 'starter list', loaded_at DESC LIMIT 1)
                  ORDER BY schedule) AS schedules
      FROM alleged_offence AS alleged
      JOIN offence ON offence.id = alleged.offence_id
      LEFT JOIN offence_classification AS classed ON classed.code = offence.code
      LEFT JOIN alleged_offence AS put_right ON put_right.replaces_id = alleged.id
     WHERE alleged.custody_record_id = $1 AND put_right.id IS NULL ORDER BY alleged.id
"""
ADD_DECISION = """
    INSERT INTO eligibility_decision (id, custody_record_id, number, record_version,
        rule_set_version_id, verdict, facts, findings, prosecution_clock, supersedes_id,
        decided_at, decided_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
ADD_ENTRY = """
    INSERT INTO audit_entry (id, stream, at, request_id, operation, event, outcome, door,
        subject_kind, subject_ids, changed_fields, actor_id, actor_role, client, purpose,
        recipient, canonical)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
KEEP = """
    INSERT INTO kept_answer (id, request_digest, status, headers, body, kept_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
DECISION = """
    SELECT decision.id, decision.custody_record_id, decision.number, decision.record_version,
           decision.verdict, decision.facts, decision.findings, decision.prosecution_clock,
           decision.supersedes_id,
           decision.decided_at, decision.decided_by, rules.digest, rules.content,
           later.id AS superseded_by_id, determined.verdict AS determined,
           override.verdict AS overridden, answer.outcome
      FROM eligibility_decision AS decision
      JOIN custody_record AS record ON record.id = decision.custody_record_id
      JOIN rule_set_version AS rules ON rules.id = decision.rule_set_version_id
      LEFT JOIN eligibility_decision AS later ON later.supersedes_id = decision.id
      LEFT JOIN determination AS determined ON determined.eligibility_decision_id = decision.id
      LEFT JOIN eligibility_override AS override ON override.eligibility_decision_id = decision.id
      LEFT JOIN eligibility_override AS next
             ON next.eligibility_decision_id = decision.id AND next.number = override.number + 1
      LEFT JOIN override_answer AS answer ON answer.eligibility_override_id = override.id
     WHERE record.suite = ANY($1) AND decision.id = $2 AND next.id IS NULL
"""
FIRST_PAGE = """
    SELECT record.id, person_id, reference, state, suite, family_name, given_names, arrested_at, arrived_at
      FROM custody_record AS record JOIN person ON person.id = record.person_id
     WHERE suite IN ($1) ORDER BY arrested_at DESC, record.id DESC LIMIT $2
"""
LATER_PAGE = FIRST_PAGE.replace("ORDER", "AND (arrested_at, record.id) < ($3, $4) ORDER")
REVOCATIONS = "SELECT actor_id, max(issued_before) FROM token_revocation GROUP BY actor_id"

revoked = Revoked()


async def admitted(request: Request, roles: frozenset[str]) -> Caller:
    caller = caller_of(request.headers.get("authorization", ""))
    if revoked.stale:
        revoked.keep(dict(await request.app.state.pool.fetch(REVOCATIONS)))
    revoked.check(caller)
    if caller.role not in roles:
        raise NotAdmitted
    return caller


async def decide_eligibility(request: Request) -> Response:
    now = datetime.now(UTC)
    caller = await admitted(request, MAY_DECIDE)
    digest = hashlib.sha256(await request.body()).digest()
    kept = kept_id(caller, f"POST {request.url.path}", request.headers["idempotency-key"])
    async with request.app.state.pool.acquire() as db, db.transaction():
        earlier = await db.fetchrow(EARLIER, lock_of(kept), kept)
        if earlier["status"] is not None:
            return Response(earlier["body"], earlier["status"], media_type="application/json")
        if not earlier["free"]:
            return Response(status_code=409)
        answer = await _decided(db, request, caller, now)
        if answer.status_code == 201:
            headers = {name: answer.headers[name] for name in ("etag", "location")}
            await db.execute(KEEP, kept, digest, 201, json.dumps(headers), answer.body, now)
        return answer


async def _decided(db: Any, request: Request, caller: Caller, now: datetime) -> Response:
    id = UUID(request.path_params["id"])
    case = await db.fetchrow(CASE, caller.suites, id)
    if case is None:
        return Response(status_code=404)
    if request.headers["if-match"] != f'"{case["version"]}"':
        return Response(status_code=412)
    today = now.astimezone(LONDON).date()
    arrested = case["arrested_at"].astimezone(LONDON).date()
    in_force = await db.fetchrow(RESTS_ON, case["person_id"], id, today, arrested)
    offences = await db.fetch(OFFENCES, id)
    clock = clock_of([timed(offence, in_force) for offence in offences], on=today)
    facts = gather(
        born=in_force["date_of_birth"],
        arrested_on=arrested,
        decided_on=today,
        offences=[alleged(offence) for offence in offences],
        screening=dict(in_force)
        | {"co_accused": in_force["co_accused_linked"] or in_force["co_accused"]},
        clock=clock,
        risk_band=in_force["risk_band"],
    )
    verdict, found = decide(parse(in_force["content"]), facts)
    findings = stored(found)
    told = clock.model_dump(mode="json")
    decision = {
        "id": new_id(),
        "custody_record_id": id,
        "number": (in_force["present_number"] or 0) + 1,
        "record_version": case["version"],
        "rule_set_version_id": in_force["rules_id"],
        "verdict": verdict.value,
        "facts": json.dumps(facts),
        "findings": json.dumps(findings),
        "prosecution_clock": json.dumps(told),
        "supersedes_id": in_force["present_id"],
        "decided_at": now,
        "decided_by": caller.id,
    }
    await db.execute(ADD_DECISION, *decision.values())
    entry = ledger_row(
        caller,
        "collection",
        "eligibility.decided",
        door="POST /v1/custody-records/{id}/eligibility-decisions",
        kind="eligibility_decision",
        subjects=[decision["id"], id, case["person_id"]],
        at=now,
    )
    await db.execute(ADD_ENTRY, *entry.values())
    shown = decision | in_force_of(in_force) | {"superseded_by_id": None}
    return _decision(shown, facts, findings, told, status=201)


def in_force_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": row["content"], "digest": row["digest"]}


async def read_decision(request: Request) -> Response:
    now = datetime.now(UTC)
    caller = await admitted(request, MAY_READ)
    async with request.app.state.pool.acquire() as db, db.transaction():
        row = await db.fetchrow(DECISION, caller.suites, UUID(request.path_params["id"]))
        if row is None:
            return Response(status_code=404)
        entry = ledger_row(
            caller,
            "consultation",
            "eligibility.read",
            door="GET /v1/eligibility-decisions/{id}",
            kind="eligibility_decision",
            subjects=[row["id"], row["custody_record_id"]],
            at=now,
        )
        await db.execute(ADD_ENTRY, *entry.values())
    facts, findings, clock = (
        json.loads(row[name]) for name in ("facts", "findings", "prosecution_clock")
    )
    return _decision(row, facts, findings, clock)


def _decision(
    row: Mapping[str, Any], facts: Any, findings: Any, clock: Any, *, status: int = 200
) -> Response:
    """A decision, explained: the same members as the service's answer."""
    href = f"/v1/custody-records/{row['custody_record_id']}/eligibility-decisions"
    later, before = row["superseded_by_id"], row["supersedes_id"]
    missing, rules, until = missing_of(findings), parse(row["content"]), until_of(findings)
    because = {"chosen_because": chosen_because(rules, facts)}
    given_as = list(dict.fromkeys(FACTS[name].given_as for name in missing))
    answer = {
        "verdict": row["verdict"],
        "meaning": MEANING[Verdict(row["verdict"])],
        "ineligible_until": until.isoformat() if until else None,
        "rule_set": rule_set_of(rules, row["digest"]) | because,
        "findings": findings,
        "missing": [
            {"fact": name, "question": FACTS[name].question, "given_as": FACTS[name].given_as}
            for name in missing
        ],
        "prosecution_clock": clock,
        "facts": facts,
        "id": str(row["id"]),
        "custody_record_id": str(row["custody_record_id"]),
        "number": row["number"],
        "record_version": row["record_version"],
        "supersedes_id": str(before) if before else None,
        "superseded_by_id": str(later) if later else None,
        "decided_at": utc_text(row["decided_at"]),
        "decided_by": str(row["decided_by"]),
        "standing": standing_by_rules(row["verdict"]),
        # Only the service asks whether its facts have moved; here they have not.
        "overtaken": False,
        "overtaken_by": [],
        "next_steps": [
            {
                "step": "decide_eligibility",
                "method": "POST",
                "href": href,
                "allowed": True,
                "why_not": None,
                "missing": given_as,
            },
            *(what_a_supervisor_may_say(row["id"], row["verdict"]) if status == 200 else []),
        ],
    }
    headers = {"ETag": f'"{row["number"]}{"-superseded" if later else ""}"'}
    if status == 201:
        headers["Location"] = f"/v1/eligibility-decisions/{row['id']}"
    return _json(answer, status, headers)


async def list_cases(request: Request) -> Response:
    now = datetime.now(UTC)
    caller = await admitted(request, MAY_READ)
    size, after = int(request.query_params["size"]), request.query_params.get("after")
    place = place_of(KEY, after, caller.id) if after else ()
    async with request.app.state.pool.acquire() as db, db.transaction():
        query = LATER_PAGE if after else FIRST_PAGE
        rows = await db.fetch(query, caller.suites[0], size + 1, *place)
        page = rows[:size]
        entry = ledger_row(
            caller,
            "consultation",
            "custody.listed",
            door="GET /v1/custody-records",
            kind="custody_record",
            subjects=[*(row["id"] for row in page), *(row["person_id"] for row in page)],
            at=now,
        )
        await db.execute(ADD_ENTRY, *entry.values())
    items = [
        {
            "id": str(row["id"]),
            "reference": row["reference"],
            "state": row["state"],
            "suite": row["suite"],
            "family_name": row["family_name"],
            "given_names": row["given_names"],
            "arrested_at": utc_text(row["arrested_at"]),
            "arrived_at": utc_text(row["arrived_at"]),
            "also_detained": False,  # only the service asks; nobody here is held twice
        }
        for row in page
    ]
    last = page[-1] if len(rows) > size else None
    following = cursor_of(KEY, last["arrested_at"], last["id"], caller.id) if last else None
    link = f'<{request.url.path}?size={size}>; rel="first"'
    if following:
        link += f', <{request.url.path}?size={size}&after={following}>; rel="next"'
    return _json({"items": items, "next": following}, 200, {"Link": link})


def _json(answer: Any, status: int, headers: Mapping[str, str]) -> Response:
    body = json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    return Response(body, status, headers, media_type="application/json")


async def ping(_: Request) -> Response:
    return Response("pong", media_type="text/plain")


async def refused(_: Request, __: Exception) -> Response:
    return Response(status_code=401)


async def as_it_is(_: Any) -> None:
    """Nothing here changes a session, so a connection goes back without a question to the server."""


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    url = os.environ["CHECKPOINT_DATABASE_URL"]
    pool = asyncpg.create_pool(
        url, min_size=10, max_size=10, server_settings=SERVER, reset=as_it_is
    )
    async with pool:
        app.state.pool = pool
        yield


def worker() -> Starlette:
    """The application."""
    decisions = "/v1/custody-records/{id}/eligibility-decisions"
    routes = [
        Route(decisions, decide_eligibility, methods=["POST"]),
        Route("/v1/eligibility-decisions/{id}", read_decision),
        Route("/v1/custody-records", list_cases),
        Route("/ping", ping),
    ]
    settle()
    return Starlette(routes=routes, lifespan=_lifespan, exception_handlers={NotAdmitted: refused})


if __name__ == "__main__":
    uvicorn.Server(server_for("limit:worker", host="127.0.0.1", port=int(sys.argv[1]))).run()
