"""Publish rules: the package's own, or a force's by two people. What is published never changes."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.eligibility import lookups
from checkpoint.eligibility.references import chain_faults
from checkpoint.eligibility.rules import RuleSet, RulesUnreadable, digest, parse
from checkpoint.eligibility.states import EligibilityEvent, RuleSetOrigin
from checkpoint.eligibility.tables import RuleSetProposal, RuleSetVersion
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert

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
        applies_to=rules.applies_to,
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
    if await lookups.collides(session, rules.version, rules.in_force_from):
        raise AlreadyPublished(DIFFERENT)
    await check_chain(session, rules)
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
    proposal = await lookups.proposal(session, named)
    if proposal is None:
        raise ProposalNotFound(
            "Give the whole SHA-256, as `checkpoint eligibility check` tells it."
        )
    if proposal.proposed_by == by.id:
        raise TwoPeopleNeeded("Ask somebody with another login of this machine to approve it.")
    check_first_day(proposal.in_force_from, on=london_day(at), packaged=packaged)
    published = RuleSetVersion(
        **proposal.model_dump(exclude={"id"}),
        applies_to=readable(proposal.content).applies_to,
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


async def check_chain(session: AsyncSession, rules: RuleSet) -> None:
    """With what is published, a rule set leaves no gap and no overlap."""
    standing = [parse(row.content) for row in await lookups.rule_sets(session)]
    if any(rules.in_force_from == other.in_force_from for other in standing):
        return  # the table itself refuses a first day that is taken
    if faults := chain_faults([*standing, rules]):
        raise RulesRefused("; ".join(faults))


async def _publish(
    session: AsyncSession, published: RuleSetVersion, *, by: Actor, at: datetime
) -> None:
    await check_chain(session, readable(published.content))
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
