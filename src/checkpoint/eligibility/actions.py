"""Preview; decide a case. Decisions are locked for good and superseded, never edited."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import lookups as listed_offences
from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.clocks import ProsecutionClock, Timed, clock_of, in_force
from checkpoint.custody.rules import check_space
from checkpoint.custody.schemas import AllegeOffence
from checkpoint.custody.tables import SCREENING_FACTS
from checkpoint.eligibility import lookups, queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.rules import decide, stored
from checkpoint.eligibility.schemas import PreviewEligibility
from checkpoint.eligibility.states import MOST_DECISIONS, EligibilityEvent
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert_row
from checkpoint.foundation.preconditions import unchanged_since

KIND = "eligibility_decision"


async def preview(
    session: AsyncSession, command: PreviewEligibility, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """The rules are asked about facts; nothing is recorded but that somebody asked."""
    arrested_at = command.arrested_at or at
    custody_rules.check_arrest(arrested_at, now=at)
    custody_rules.check_ends(command.screening, field="#/screening")
    arrested, today = london_day(arrested_at), london_day(at)
    rules = await lookups.applying(session, arrested_on=arrested, decided_on=today)
    listed = await _listed(session, command, arrested_at=arrested_at, at=at)
    clock = clock_of([_timed(offence, listed, command) for offence in command.offences], on=today)
    facts = gather(
        born=command.date_of_birth,
        arrested_on=arrested,
        decided_on=today,
        offences=[_asked_about(offence, listed) for offence in command.offences],
        screening=command.screening.model_dump(mode="json"),
        clock=clock,
        risk_band=command.risk_band,
    )
    verdict, findings = decide(lookups.rules_of(rules), facts)
    await ledger.record(
        session, Operation.CONSULTATION, EligibilityEvent.PREVIEWED, kind="preview", by=by, at=at
    )
    return queries.explained(verdict, stored(findings), facts, rules, clock=clock)


async def _listed(
    session: AsyncSession, command: PreviewEligibility, *, arrested_at: datetime, at: datetime
) -> Mapping[str, Any]:
    """The offences asked about as they are listed, if all that is said of them can be."""
    codes = [offence.code for offence in command.offences]
    listed = await listed_offences.offences_by_code(session, codes)
    custody_rules.check_listed(codes, listed, field="#/offences")
    custody_rules.check_offence_dates(
        [offence.days for offence in command.offences],
        arrested_at=arrested_at,
        born=command.date_of_birth,
        field="#/offences",
    )
    custody_rules.check_reports(command.offences, now=at, field="#/offences")
    return listed


def _asked_about(offence: AllegeOffence, listed: Mapping[str, Any]) -> Alleged:
    row = listed[offence.code]
    dates = {"valid_from": row.valid_from, "valid_until": row.valid_until}
    return Alleged(
        offence_class=row.offence_class,
        committed_from=offence.committed_from,
        committed_in_area=offence.committed_in_area,
        code=offence.code,
        in_force=in_force(*offence.days, **dates),
        schedules=row.schedules,
        domestic_abuse_grade=offence.domestic_abuse_grade,
        hate_crime=offence.hate_crime,
    )


def _timed(offence: AllegeOffence, listed: Mapping[str, Any], command: PreviewEligibility) -> Timed:
    return Timed(
        None,
        offence.code,
        listed[offence.code].mode_of_trial,
        offence.committed_from,
        offence.domestic_abuse_grade or command.screening.domestic_abuse_grade,
        offence.formally_reported_on,
    )


async def decide_case(
    session: AsyncSession, record_id: UUID, *, seen: int, by: Actor, at: datetime
) -> tuple[Any, Any]:
    """The case is decided on what stands in its record, under the rules that apply to it."""
    record, today = await custody.held(session, record_id, actor=by), london_day(at)
    short = {"state": record.state, "suite": record.suite}
    unchanged_since(seen, record.version, short=short, about=(record.id, record.person_id))
    arrested = london_day(record.arrested_at)
    case = await queries.case(session, record_id, arrested_on=arrested, decided_on=today)
    offences = await custody.offences_of(session, record_id)
    clock = clock_of(custody.timed(offences, case), on=today)
    facts = facts_of(case, offences, clock, arrested_on=arrested)
    verdict, findings = decide(lookups.rules_of(case), facts)
    decision = await insert_row(
        session,
        EligibilityDecision,
        custody_record_id=record_id,
        number=_next_number(case),
        record_version=record.version,
        rule_set_version_id=case.rules_id,
        verdict=verdict,
        facts=facts,
        findings=stored(findings),
        prosecution_clock=clock.model_dump(mode="json"),
        supersedes_id=case.present_id,
        decided_at=at,
        decided_by=by.id,
    )
    await _note(session, decision, record, by=by, at=at)
    return decision, case


async def _note(
    session: AsyncSession, decision: Any, record: Any, *, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session,
        Operation.COLLECTION,
        EligibilityEvent.DECIDED,
        decision.id,
        record.id,
        record.person_id,
        kind=KIND,
        by=by,
        at=at,
    )


async def note_replay(session: AsyncSession, *, by: Actor, at: datetime) -> None:
    """Every stored decision is about to be read and decided again."""
    await ledger.record(
        session, Operation.CONSULTATION, EligibilityEvent.REPLAYED, kind=KIND, by=by, at=at
    )


def _next_number(case: Any) -> int:
    taken = case.present_number or 0
    remedy = "The last one stands; read that."
    check_space(taken, most=MOST_DECISIONS, what="decisions", remedy=remedy)
    return int(taken) + 1


def facts_of(
    case: Any, offences: Sequence[Any], clock: ProsecutionClock, *, arrested_on: date
) -> dict[str, JsonValue]:
    """Everything the rules may ask about a case, on the clock's day.

    Somebody who stands linked as co-accused counts whatever the screening says.
    """
    screening = {name: getattr(case, name) for name in SCREENING_FACTS}
    return gather(
        born=case.date_of_birth,
        arrested_on=arrested_on,
        decided_on=clock.as_of,
        offences=alleged(offences),
        screening=screening | {"co_accused": case.co_accused_linked or case.co_accused},
        clock=clock,
        risk_band=case.risk_band,
        age_estimated=case.estimated_age_years is not None,
    )


def alleged(offences: Sequence[Any]) -> list[Alleged]:
    """Alleged offences as the rules see them."""
    return [
        Alleged(
            offence_class=offence.offence_class.value if offence.offence_class else None,
            committed_from=offence.committed_from,
            committed_in_area=offence.committed_in_area,
            code=offence.code,
            in_force=custody.in_force_of(offence),
            schedules=offence.schedules,
            domestic_abuse_grade=offence.domestic_abuse_grade,
            hate_crime=offence.hate_crime,
        )
        for offence in offences
    ]
