"""Publish rules; decide a case. Decisions are locked for good and superseded, never edited."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.clocks import ProsecutionClock, clock_of
from checkpoint.custody.tables import SCREENING_FACTS
from checkpoint.eligibility import lookups, queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.rules import (
    RuleSet,
    RulesUnreadable,
    chain_faults,
    decide,
    digest,
    parse,
    stored,
)
from checkpoint.eligibility.states import EligibilityEvent
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetVersion
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.preconditions import unchanged_since

KIND = "eligibility_decision"


class RulesRefused(errors.Unprocessable):
    slug = "rules-refused"
    title = "The rule file cannot be published"


class AlreadyPublished(errors.Conflict):
    slug = "already-published"
    title = "A rule set of that name or first day is published, and never changes"


async def publish(session: AsyncSession, text: str, *, by: Actor, at: datetime) -> RuleSetVersion:
    """A rule file is published and stands, word for word, from then on."""
    try:
        rules = parse(text)
    except RulesUnreadable as error:
        raise RulesRefused(str(error)) from error
    await _check_chain(session, rules)
    published = RuleSetVersion(
        version=rules.version,
        in_force_from=rules.in_force_from,
        applies_to=rules.applies_to,
        digest=digest(text),
        content=text,
        published_at=at,
        published_by=by.id,
    )
    try:
        await insert(session, published)
    except sa.exc.IntegrityError as error:
        raise AlreadyPublished(
            "Give a changed rule set a new version and a first day of its own."
        ) from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        EligibilityEvent.PUBLISHED,
        published,
        kind="rule_set_version",
        by=by,
        at=at,
    )
    return published


async def _check_chain(session: AsyncSession, rules: RuleSet) -> None:
    """With what is published, it leaves no gap and no overlap."""
    standing = [parse(row.content) for row in await lookups.rule_sets(session)]
    if any(rules.in_force_from == other.in_force_from for other in standing):
        return  # the table itself refuses a first day that is taken
    if faults := chain_faults([*standing, rules]):
        raise RulesRefused("; ".join(faults))


async def decide_case(
    session: AsyncSession, record_id: UUID, *, seen: int, by: Actor, at: datetime
) -> tuple[EligibilityDecision, Any]:
    """The case is decided on what stands in its record, under the rules that apply to it."""
    record, today = await custody.held(session, record_id, actor=by), london_day(at)
    unchanged_since(seen, record.version)
    arrested = london_day(record.arrested_at)
    case = await queries.case(session, record_id, arrested_on=arrested, decided_on=today)
    offences = await custody.offences_of(session, record_id)
    clock = clock_of(custody.timed(offences, case), on=today)
    facts = facts_of(case, offences, clock, arrested_on=arrested)
    verdict, findings = decide(lookups.rules_of(case), facts)
    decision = EligibilityDecision(
        custody_record_id=record_id,
        number=(case.present_number or 0) + 1,
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
    await insert(session, decision)
    await ledger.record(
        session,
        Operation.COLLECTION,
        EligibilityEvent.DECIDED,
        decision,
        record.id,
        record.person_id,
        kind=KIND,
        by=by,
        at=at,
    )
    return decision, case


def facts_of(
    case: Any, offences: Sequence[Any], clock: ProsecutionClock, *, arrested_on: date
) -> dict[str, JsonValue]:
    """Everything the rules may ask about a case, on the clock's day."""
    return gather(
        born=case.date_of_birth,
        arrested_on=arrested_on,
        decided_on=clock.as_of,
        offences=alleged(offences),
        screening={name: getattr(case, name) for name in SCREENING_FACTS},
        clock=clock,
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
