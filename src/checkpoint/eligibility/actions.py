"""Publish rules; preview; decide a case. Decisions are locked for good and superseded, never edited."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.states import check_space
from checkpoint.custody.tables import SCREENING_FACTS
from checkpoint.eligibility import queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.rules import RuleSet, RulesUnreadable, decide, digest, parse, stored
from checkpoint.eligibility.schemas import PreviewEligibility
from checkpoint.eligibility.states import (
    MOST_DECISIONS,
    EligibilityEvent,
    RuleSetOrigin,
    Verdict,
)
from checkpoint.eligibility.tables import EligibilityDecision, RuleSetProposal, RuleSetVersion
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, insert_values
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.preconditions import unchanged_since

KIND = "eligibility_decision"
DIFFERENT = "Give a changed rule set a new version and a first day of its own."


class RulesRefused(errors.Unprocessable):
    slug = "rules-refused"
    title = "The rule file cannot be published"


class AlreadyPublished(errors.Conflict):
    slug = "already-published"
    title = "A rule set of that name or first day is published, and never changes"


class AlreadyProposed(errors.Conflict):
    slug = "already-proposed"
    title = "That very rule file is proposed already"


class ProposalNotFound(errors.NotFound):
    slug = "rule-set-proposal-not-found"
    title = "No rule file with that digest is proposed"


class TwoPeopleNeeded(errors.Forbidden):
    slug = "two-people-needed"
    title = "Whoever proposed a rule set does not approve it"


class BeginsTooEarly(errors.Unprocessable):
    slug = "rules-begin-too-early"
    title = "A rule set begins on a day after its approval"


async def publish(session: AsyncSession, text: str, *, by: Actor, at: datetime) -> RuleSetVersion:
    """A rule file that ships with the package is published, word for word, at a first start."""
    rules = readable(text)
    published = RuleSetVersion(
        version=rules.version,
        in_force_from=rules.in_force_from,
        digest=digest(text),
        content=text,
        published_at=at,
        published_by=by.id,
        origin=RuleSetOrigin.PACKAGE,
    )
    await _publish(session, published, by=by, at=at)
    return published


async def propose(
    session: AsyncSession, text: str, *, packaged: bool = False, by: Actor, at: datetime
) -> RuleSetProposal:
    """Somebody wants a rule file published; it holds nowhere until somebody else approves it."""
    rules = readable(text)
    check_first_day(rules.in_force_from, on=london_day(at), packaged=packaged)
    if await queries.collides(session, rules.version, rules.in_force_from):
        raise AlreadyPublished(DIFFERENT)
    proposal = RuleSetProposal(
        version=rules.version,
        in_force_from=rules.in_force_from,
        digest=digest(text),
        content=text,
        proposed_at=at,
        proposed_by=by.id,
    )
    try:
        await insert(session, proposal)
    except sa.exc.IntegrityError as error:
        raise AlreadyProposed("Somebody else approves it now.") from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        EligibilityEvent.PROPOSED,
        proposal,
        kind="rule_set_proposal",
        by=by,
        at=at,
    )
    return proposal


async def approve(
    session: AsyncSession, named: str, *, packaged: bool = False, by: Actor, at: datetime
) -> RuleSetVersion:
    """A second person approves a proposed rule file by its digest; it is published from then on."""
    proposal = await queries.proposal(session, named)
    if proposal is None:
        raise ProposalNotFound(
            "Give the whole SHA-256, as `checkpoint eligibility check` tells it."
        )
    if proposal.proposed_by == by.id:
        raise TwoPeopleNeeded("Ask somebody with another login of this machine to approve it.")
    check_first_day(proposal.in_force_from, on=london_day(at), packaged=packaged)
    published = RuleSetVersion(
        **proposal.model_dump(exclude={"id"}),
        published_at=at,
        published_by=by.id,
        origin=RuleSetOrigin.TWO_PEOPLE,
    )
    await _publish(session, published, by=by, at=at)
    return published


def readable(text: str) -> RuleSet:
    """The rule set that a file describes, or a refusal that says where it is wrong."""
    try:
        return parse(text)
    except RulesUnreadable as error:
        raise RulesRefused(str(error)) from error


def check_first_day(first: date, *, on: date, packaged: bool) -> None:
    """Nobody's rules change on the day itself, or in the past; the package's own may be old."""
    if first <= on and not packaged:
        raise BeginsTooEarly(
            f"Its first day is {first:%d %B %Y}; make it {on + timedelta(days=1):%d %B %Y} or later."
        )


async def _publish(
    session: AsyncSession, published: RuleSetVersion, *, by: Actor, at: datetime
) -> None:
    try:
        await insert(session, published)
    except sa.exc.IntegrityError as error:
        raise AlreadyPublished(DIFFERENT) from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        EligibilityEvent.PUBLISHED,
        published,
        kind="rule_set_version",
        by=by,
        at=at,
    )


# A verdict, its findings as they would be stored, the facts they rest on, and the rule set.
Said = tuple[Verdict, list[dict[str, Any]], Mapping[str, JsonValue], RuleSetVersion]


async def preview(
    session: AsyncSession, command: PreviewEligibility, *, by: Actor, at: datetime
) -> Said:
    """The rules in force are asked about facts; nothing is recorded but that somebody asked."""
    arrested_at = command.arrested_at or at
    custody_rules.check_arrest(arrested_at, now=at)
    rules = await queries.in_force(session, london_day(at))
    facts = gather(
        born=command.date_of_birth,
        arrested_on=london_day(arrested_at),
        decided_on=london_day(at),
        offences=await _classed(session, command, arrested_at=arrested_at),
        screening=command.screening.model_dump(mode="json"),
        risk_band=command.risk_band,
    )
    verdict, findings = decide(parse(rules.content), facts)
    await ledger.record(
        session, Operation.CONSULTATION, EligibilityEvent.PREVIEWED, kind="preview", by=by, at=at
    )
    return verdict, stored(findings), facts, rules


async def _classed(
    session: AsyncSession, command: PreviewEligibility, *, arrested_at: datetime
) -> list[Alleged]:
    """The offences asked about, with the programme's class of each."""
    codes = [offence.code for offence in command.offences]
    listed = await custody.offences_by_code(session, codes)
    custody_rules.check_listed(codes, listed, field="#/offences")
    custody_rules.check_offence_dates(
        [offence.days for offence in command.offences],
        arrested_at=arrested_at,
        born=command.date_of_birth,
        field="#/offences",
    )
    return [
        Alleged(
            offence_class=listed[offence.code].offence_class,
            committed_from=offence.committed_from,
            committed_in_area=offence.committed_in_area,
        )
        for offence in command.offences
    ]


async def decide_case(
    session: AsyncSession, record_id: UUID, *, seen: int, by: Actor, at: datetime
) -> tuple[Any, Any]:
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
    decision = SimpleNamespace(
        id=new_id(),
        custody_record_id=record_id,
        number=_next_number(case),
        record_version=record.version,
        rule_set_version_id=case.rules_id,
        verdict=verdict,
        facts=facts,
        findings=stored(findings),
        supersedes_id=case.present_id,
        decided_at=at,
        decided_by=by.id,
    )
    await insert_values(session, EligibilityDecision, vars(decision))
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
    return decision, case


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
