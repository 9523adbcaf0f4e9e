"""The token check and the ledger's row as a plain handler writes them; the limit and Django use it."""

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from checkpoint.custody.clocks import Timed, in_force
from checkpoint.eligibility.facts import Alleged
from checkpoint.eligibility.rules import RuleSet
from checkpoint.eligibility.states import MEANING, Verdict
from checkpoint.foundation.identifiers import new_id

ISSUER, AUDIENCE = os.environ["CHECKPOINT_ISSUER"], "checkpoint-api"
KEYS = {
    key.key_id: key.key
    for key in jwt.PyJWKSet.from_dict(json.loads(Path(os.environ["BENCH_JWKS"]).read_text())).keys
}
ROLES = frozenset(
    {"custody_officer", "supervisor", "navigator", "evaluator", "statistician", "auditor"}
)
MAY_DECIDE, MAY_READ = frozenset({"custody_officer"}), frozenset({"custody_officer", "supervisor"})
SERVER = {
    "role": "checkpoint_api",
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
}


class NotAdmitted(Exception):
    """No token, or not one that counts here."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    id: UUID
    role: str
    suites: list[str]
    client: str | None
    issued_at: float
    is_authenticated: bool = True


@lru_cache(maxsize=10_000)
def caller_of(authorization: str) -> Caller:
    """Whoever the bearer token vouches for, by the service's own rules; kept, as it keeps them."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or len(token) > 8_192:
        raise NotAdmitted
    try:
        header = jwt.get_unverified_header(token)
        if header["alg"] != "RS256" or header["typ"].lower() != "at+jwt":
            raise NotAdmitted
        claims = jwt.decode(
            token,
            KEYS[header["kid"]],
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=10,
            options={"require": ["exp", "nbf", "iat", "iss", "aud", "sub"], "strict_aud": True},
        )
        role, suites = claims["checkpoint_role"], claims["checkpoint_suites"]
        if role not in ROLES or not all(isinstance(code, str) for code in suites):
            raise NotAdmitted
        return Caller(UUID(claims["sub"]), role, sorted(suites), claims.get("azp"), claims["iat"])
    except (jwt.PyJWTError, KeyError, ValueError) as fault:
        raise NotAdmitted from fault


class Revoked:
    """Whose tokens were taken back, read again every five seconds."""

    def __init__(self) -> None:
        self.read_at, self.found = -float("inf"), dict[UUID, datetime]()

    @property
    def stale(self) -> bool:
        return time.monotonic() - self.read_at > 5

    def keep(self, found: dict[UUID, datetime]) -> None:
        self.read_at, self.found = time.monotonic(), found

    def check(self, caller: Caller) -> None:
        before = self.found.get(caller.id)
        if before is not None and caller.issued_at <= before.timestamp():
            raise NotAdmitted


def kept_id(caller: Caller, door: str, key: str) -> UUID:
    """Under which id the answer to this request is kept."""
    return UUID(bytes=hashlib.sha256(f"{caller.id}\0{door}\0{key}".encode()).digest()[:16])


def lock_of(kept: UUID) -> int:
    return int.from_bytes(kept.bytes[:8], signed=True)


def ledger_row(
    caller: Caller,
    operation: str,
    event: str,
    *,
    door: str,
    kind: str,
    subjects: Sequence[UUID],
    at: datetime,
) -> dict[str, Any]:
    """One row of the ledger with its canonical JSON."""
    row: dict[str, Any] = {
        "id": new_id(),
        "stream": caller.id.int % 64,
        "at": at,
        "request_id": new_id(),
        "operation": operation,
        "event": event,
        "outcome": "done",
        "door": door,
        "subject_kind": kind,
        "subject_ids": [*subjects],
        "changed_fields": [],
        "actor_id": caller.id,
        "actor_role": caller.role,
        "client": caller.client,
        "purpose": f"{caller.role}:{','.join(caller.suites)}",
        "recipient": None,
    }
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    row["canonical"] = json.dumps(
        row | {"at": moment}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return row


def rule_set_of(rules: RuleSet, digest: str) -> dict[str, str]:
    """Which rules, as a decision names them."""
    return {
        "version": rules.version,
        "title": rules.title,
        "in_force_from": rules.in_force_from.isoformat(),
        "digest": digest,
        "approved_by": rules.approved_by,
        "applies_to": rules.applies_to.value,
    }


def timed(offence: Mapping[str, Any], screening: Mapping[str, Any]) -> Timed:
    """An alleged offence as the clock sees it."""
    return Timed(
        offence["id"],
        offence["code"],
        offence["mode_of_trial"],
        offence["committed_from"],
        offence["domestic_abuse_grade"] or screening.get("domestic_abuse_grade"),
        offence["formally_reported_on"],
    )


def alleged(offence: Mapping[str, Any]) -> Alleged:
    """An alleged offence as the rules see it."""
    first, last = offence["committed_from"], offence["committed_until"]
    dates = {name: offence[name] for name in ("valid_from", "valid_until")}
    return Alleged(
        offence["offence_class"],
        first,
        offence["committed_in_area"],
        offence["code"],
        in_force(first, last, **dates),
        offence["schedules"],
        offence["domestic_abuse_grade"],
        offence["hate_crime"],
    )


def standing_by_rules(verdict: str) -> dict[str, Any]:
    """How a decision stands that nobody has spoken on; the made-up cases hold no others."""
    known = {"verdict": verdict, "basis": "rules", "meaning": MEANING[Verdict(verdict)]}
    unsaid = ("reason_code", "words", "by", "rank", "at", "second_person", "override_id")
    return known | dict.fromkeys(unsaid)


def what_a_supervisor_may_say(id: Any, verdict: str) -> list[dict[str, Any]]:
    """The steps of oversight, as an officer is told of them."""
    if verdict == "pending":
        return []
    step, noun = ("determine", "determination")
    if verdict != "refer":
        step, noun = ("propose_override", "overrides")
    return [
        {
            "step": step,
            "method": "POST",
            "href": f"/v1/eligibility-decisions/{id}/{noun}",
            "allowed": False,
            "why_not": "Your role does not allow this; ask a supervisor.",
            "missing": [],
        }
    ]


def utc_text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
