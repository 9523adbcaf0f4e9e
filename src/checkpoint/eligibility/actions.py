"""Publish rules; decide a case. Decisions are locked for good and superseded, never edited."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import SCREENING_FACTS
from checkpoint.eligibility import queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.rules import RulesUnreadable, decide, digest, parse, stored
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
    published = RuleSetVersion(
        version=rules.version,
        in_force_from=rules.in_force_from,
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


async def decide_case(
    session: AsyncSession, record_id: UUID, *, seen: int, by: Actor, at: datetime
) -> tuple[EligibilityDecision, Any]:
    """The case is decided on what stands in its record, under the rules in force today."""
    record, today = await custody.held(session, record_id, actor=by), london_day(at)
    unchanged_since(seen, record.version)
    case = await queries.case(session, record_id, on=today)
    facts = gather(
        born=case.date_of_birth,
        arrested_on=london_day(record.arrested_at),
        decided_on=today,
        offences=alleged(await custody.offences_of(session, record_id)),
        screening={name: getattr(case, name) for name in SCREENING_FACTS},
        risk_band=case.risk_band,
    )
    verdict, findings = decide(parse(case.content), facts)
    decision = EligibilityDecision(
        custody_record_id=record_id,
        number=(case.present_number or 0) + 1,
        record_version=record.version,
        rule_set_version_id=case.rules_id,
        verdict=verdict,
        facts=facts,
        findings=stored(findings),
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


def alleged(offences: Sequence[Any]) -> list[Alleged]:
    """Alleged offences as the rules see them."""
    return [
        Alleged(
            offence_class=offence.offence_class.value if offence.offence_class else None,
            committed_from=offence.committed_from,
            committed_in_area=offence.committed_in_area,
        )
        for offence in offences
    ]
