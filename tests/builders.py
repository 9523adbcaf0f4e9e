"""One make_* per table, and the bodies of requests. Keyword overrides; flush, never commit."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody.lists import Offence, Suite
from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Screening
from checkpoint.eligibility.states import Verdict
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetVersion
from checkpoint.foundation.database import insert
from checkpoint.foundation.identifiers import new_reference
from checkpoint.oversight.states import Outcome
from checkpoint.oversight.tables import Determination, EligibilityOverride, OverrideAnswer
from checkpoint.people.identifiers import ALPHABET, check_letter
from checkpoint.people.tables import Person

ARREST = datetime(2026, 11, 2, 21, 40, tzinfo=UTC)
NUMBERS = itertools.count(1)
KNOWN = {
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

REFERRED = "TH68036"  # burglary of a dwelling: special terms, so a supervisor decides
DETERMINATION = {
    "verdict": "eligible",
    "reason_code": "terms_met",
    "words": "The special terms were agreed.",
}
FORECAST = {
    "tool": "HART",
    "tool_version": "509-trees",
    "band": "high",
    "votes": {"low": 8, "moderate": 87, "high": 414},
}
WHOLE_CONSENT = {
    "sheet_version": "2016-08-01-en",
    "sheet_given_at": "2026-11-03T09:00:00Z",
    "legal_advice_offered": True,
    "legal_advice": "not_wanted",
    "understood": True,
    "understanding_checked": "own_words",
    "capacity_in_doubt": False,
    "answered_at": "2026-11-03T09:20:00Z",
    "programme": {"answer": "given"},
    "research": {"answer": "given"},
    "information_sharing": {"answer": "given"},
    "late_reason": None,
}
WITHDRAWAL = {
    "kind": "research",
    "withdrawn_at": "2026-11-03T11:00:00Z",
    "told_by": "person",
    "reason_code": "no_reason_given",
}
NOBODY_NEEDED = {"appropriate_adult_needed": False, "interpreter_needed": False}
DEPARTURE = {
    "verdict": "ineligible",
    "reason_code": "risk",
    "words": "A risk that the rules do not see.",
}


def a_pnc_id(number: int, year: int = 2001) -> str:
    """A well-formed PNC ID that nobody holds but this test."""
    serial = f"{number:07d}"
    return f"{year}/{serial}{check_letter(str(year), serial)}"


def a_cro_number(number: int, year: int = 2001) -> str:
    """A well-formed CRO number, with a fingerprint to it."""
    short = f"{year % 100:02d}"
    return f"{number:06d}/{short}{ALPHABET[int(f'{short}{number:06d}') % 23]}"


SYLLABLES = (
    "zadi roko taru kaba gonu livu sira fuki vome pize nigi nese bano kure dezo zugu pola bedu "
    "mito mufa geva sulo tebi"
)
ASCENDING = [*itertools.combinations(SYLLABLES.split(), 3)]
# Backwards, too: of two names that do not run the same way, at most one syllable is in one place.
GIVEN_NAMES = itertools.chain(ASCENDING, (name[::-1] for name in ASCENDING))


def a_given_name() -> str:
    """The next of 3,542 names, none of which sounds or looks like another: ``Zadirokotaru``."""
    return "".join(next(GIVEN_NAMES)).capitalize()


def a_person(**overrides: Any) -> dict[str, Any]:
    """Somebody new, who will not be taken for anybody of another test."""
    particulars = {
        "family_name": "Testperson",
        "given_names": a_given_name(),
        "date_of_birth": "1994-02-11",
    }
    return particulars | overrides


def an_offence(**overrides: Any) -> dict[str, Any]:
    offence = {"code": "TH68010", "committed_from": "2026-11-01", "committed_in_area": True}
    return offence | overrides


def a_booking(**overrides: Any) -> dict[str, Any]:
    booking = {
        "person": a_person(),
        "suite": "DURHAMGATE",
        "arrested_at": "2026-11-02T21:40:00Z",
        "arrived_at": "2026-11-02T22:05:00Z",
        "offences": [an_offence()],
    }
    return {key: value for key, value in (booking | overrides).items() if value is not ...}


def a_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def booked(client: httpx.AsyncClient, **overrides: Any) -> dict[str, Any]:
    """A record opened through the front door."""
    answer = await client.post("/v1/custody-records", json=a_booking(**overrides), headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def released(client: httpx.AsyncClient, record: dict[str, Any]) -> dict[str, Any]:
    """A record whose person has left, so that they may be booked in again."""
    body = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    here = f"/v1/custody-records/{record['id']}/release"
    answer = await client.post(here, json=body, headers=a_key())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(client: httpx.AsyncClient, record: dict[str, Any]) -> dict[str, Any]:
    """A decision taken through the front door."""
    answer = await client.post(
        f"/v1/custody-records/{record['id']}/eligibility-decisions",
        headers=a_key() | {"If-Match": f'"{record["version"]}"'},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def proposed(
    client: httpx.AsyncClient, decision: dict[str, Any], **overrides: Any
) -> dict[str, Any]:
    """An override proposed through the front door, of a decision nobody has spoken on."""
    answer = await client.post(
        f"/v1/eligibility-decisions/{decision['id']}/overrides",
        json=DEPARTURE | overrides,
        headers=a_key() | {"If-Match": f'"{decision["number"]}"'},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def safeguarded(
    client: httpx.AsyncClient, record: dict[str, Any], **safeguards: Any
) -> dict[str, Any]:
    """What is known of appropriate adult and interpreter, saved through the front door."""
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/safeguards",
        json=NOBODY_NEEDED | safeguards,
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def eligible(
    client: httpx.AsyncClient, *, booking: dict[str, Any] | None = None, **safeguards: Any
) -> dict[str, Any]:
    """A record whose present decision is eligible, where nobody is needed beside the person."""
    record = await booked(client, screening=KNOWN, **(booking or {}))
    record = await safeguarded(client, record, **safeguards)
    decision = await decided(client, record)
    assert decision["standing"]["verdict"] == "eligible", decision
    return record


async def asked_for_consent(
    client: httpx.AsyncClient, record: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    """Consents that were asked for through the front door."""
    body = {key: value for key, value in (WHOLE_CONSENT | changes).items() if value is not ...}
    answer = await client.post(
        f"/v1/custody-records/{record['id']}/consents", json=body, headers=a_key()
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_suite(session: AsyncSession, **overrides: Any) -> Suite:
    """A suite; only the owner may write one."""
    number = next(NUMBERS)
    fields = {"code": f"TEST-{number}-{uuid4().hex[:8].upper()}", "name": "Test", "source": "test"}
    suite = Suite(**(fields | overrides))
    await insert(session, suite)
    return suite


async def make_person(session: AsyncSession, **overrides: Any) -> Person:
    fields = {
        "family_name": "Testperson",
        "given_names": "Synthetic",
        "date_of_birth": date(1994, 2, 11),
        "registered_at": ARREST,
        "registered_by": uuid4(),
    }
    person = Person(**(fields | overrides))
    await insert(session, person)
    return person


async def make_record(session: AsyncSession, **overrides: Any) -> CustodyRecord:
    fields = {
        "reference": new_reference(),
        "suite": "DURHAMGATE",
        "arrested_at": ARREST,
        "arrived_at": ARREST + timedelta(minutes=25),
        "opened_at": ARREST + timedelta(minutes=40),
        "opened_by": uuid4(),
    } | overrides
    if "person_id" not in fields:
        fields["person_id"] = (await make_person(session)).id
    record = CustodyRecord(**fields)
    await insert(session, record)
    return record


async def make_offence(
    session: AsyncSession, record: CustodyRecord, code: str = "TH68010", **overrides: Any
) -> AllegedOffence:
    listed = (await session.exec(select(Offence.id).where(Offence.code == code))).first()
    fields = {
        "custody_record_id": record.id,
        "offence_id": listed,
        "committed_from": date(2026, 11, 1),
        "committed_until": date(2026, 11, 1),
        "committed_in_area": True,
        "added_at": ARREST,
    }
    offence = AllegedOffence(**(fields | overrides))
    await insert(session, offence)
    return offence


async def make_screening(
    session: AsyncSession, record: CustodyRecord, **overrides: Any
) -> Screening:
    fields = {"custody_record_id": record.id, "number": 1, "saved_at": ARREST, "saved_by": uuid4()}
    screening = Screening(**(fields | KNOWN | overrides))
    await insert(session, screening)
    return screening


async def make_decision(
    session: AsyncSession, record: CustodyRecord, verdict: Verdict, **overrides: Any
) -> EligibilityDecision:
    """One more decision on a case; it supersedes the last one."""
    of_case = select(EligibilityDecision).where(EligibilityDecision.custody_record_id == record.id)
    last = (await session.exec(of_case.order_by(col(EligibilityDecision.number).desc()))).first()
    fields = {
        "custody_record_id": record.id,
        "number": last.number + 1 if last else 1,
        "record_version": record.version,
        "rule_set_version_id": (await session.exec(select(RuleSetVersion.id))).first(),
        "verdict": verdict,
        "facts": {},
        "findings": [],
        "supersedes_id": last.id if last else None,
        "decided_at": ARREST,
        "decided_by": uuid4(),
    }
    decision = EligibilityDecision(**(fields | overrides))
    await insert(session, decision)
    return decision


async def make_determination(
    session: AsyncSession, decision: EligibilityDecision, verdict: Verdict, **overrides: Any
) -> Determination:
    """A supervisor's answer to a decision that refers."""
    fields = {"determined_at": ARREST, "determined_by": uuid4()} | DETERMINATION
    fields |= {"eligibility_decision_id": decision.id, "verdict": verdict}
    determination = Determination(**(fields | overrides))
    await insert(session, determination)
    return determination


async def make_override(
    session: AsyncSession, decision: EligibilityDecision, verdict: Verdict, **overrides: Any
) -> EligibilityOverride:
    """The proposal to depart from a decision that is settled."""
    fields = {"number": 1, "proposed_rank": "inspector", "proposed_at": ARREST} | DEPARTURE
    fields |= {"eligibility_decision_id": decision.id, "verdict": verdict, "proposed_by": uuid4()}
    override = EligibilityOverride(**(fields | overrides))
    await insert(session, override)
    return override


async def make_answer(
    session: AsyncSession, override: EligibilityOverride, outcome: Outcome, **overrides: Any
) -> OverrideAnswer:
    """What a second person said of a proposal."""
    fields = {
        "eligibility_override_id": override.id,
        "proposed_by": override.proposed_by,
        "outcome": outcome,
        "words": "Synthetic words.",
        "answered_at": ARREST,
        "answered_by": uuid4(),
    }
    answer = OverrideAnswer(**(fields | overrides))
    await insert(session, answer)
    return answer
