"""Sign the terms that are open; with the third signature they count. No commits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.consent.facts import SAFEGUARDS, SafeguardsNotThere, needs
from checkpoint.contracts import queries
from checkpoint.contracts.actions import held, move, since_of
from checkpoint.contracts.agreements import rules as agreements
from checkpoint.contracts.agreements.actions import check_consent_stands, check_span
from checkpoint.contracts.agreements.schemas import SignTerms
from checkpoint.contracts.agreements.states import (
    NothingProposed,
    SignatureNotYours,
    SignatureRole,
    TermsKind,
)
from checkpoint.contracts.agreements.tables import ContractSignature
from checkpoint.contracts.facts import Whole
from checkpoint.contracts.rules import Stand
from checkpoint.contracts.signatures import rules
from checkpoint.contracts.states import LIVE, ContractEvent, step
from checkpoint.custody.circumstances import queries as circumstances
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert


async def sign(
    session: AsyncSession,
    contract_id: UUID,
    command: SignTerms,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Whole:
    """One of the three signs what is open; with the third signature it counts.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, NothingProposed, SignedAlready,
        SignatureNotYours, ApprovedTooEarly, ApprovedByTheNavigator, SafeguardsNotThere,
        ConsentNeeded, PastTheLimit, RuleBroken: it is not signed.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    step(found.stand.state, ContractEvent.SIGNED)
    live = found.stand.state in LIVE
    terms = found.proposed if live else found.current
    if terms is None:
        raise NothingProposed("Propose a change first; what counts is signed.")
    _check_signer(command.role, by=by)
    signed = found.signed(terms)
    rules.check_signing(
        command.role, by=by.id, signed={role: row.recorded_by for role, row in signed.items()}
    )
    await _check_when_and_with_whom(session, found, command, at=at)
    row = ContractSignature(
        terms_id=terms.id, **command.model_dump(), recorded_at=at, recorded_by=by.id
    )
    limits = await queries.limits(session, found.contract.custody_record_id, at=at)
    everyone = {**signed, command.role: row}
    event, stand = _signed(found, terms, everyone, limit=limits.limit_on)
    await insert(session, row)
    starts = event is ContractEvent.STARTED
    counts = everyone[SignatureRole.PERSON] if starts else row
    told = {"happened_at": counts.signed_at, "late_reason": command.late_reason}
    await move(session, found, stand, event, terms_id=terms.id, **told, by=by, at=at)
    return found


async def _check_when_and_with_whom(
    session: AsyncSession, found: Whole, command: SignTerms, *, at: datetime
) -> None:
    record_id = found.contract.custody_record_id
    since = found.started_at or await since_of(session, found)
    rules.check_signed_at(command.signed_at, since=since, now=at)
    await check_consent_stands(session, record_id)
    if command.role is SignatureRole.PERSON:
        await _check_safeguards(session, record_id, command)


def _signed(
    found: Whole, terms: Any, signed: dict[SignatureRole, Any], *, limit: date | None
) -> tuple[ContractEvent, Stand]:
    """What a signature does to a contract: with the third it starts, or its change counts."""
    stand, live = found.stand, found.stand.state in LIVE
    person = signed.get(SignatureRole.PERSON)
    if not live and person is not None:
        first = london_day(person.signed_at)
        ends_on = check_span(terms, on=first, limit=limit)
        if rules.is_signed(signed):
            return ContractEvent.STARTED, stand.after(
                ContractEvent.STARTED, starts_on=first, ends_on=ends_on
            )
    if not live or not rules.is_signed(signed):
        return ContractEvent.SIGNED, stand.after(ContractEvent.SIGNED)
    if terms.kind == TermsKind.EXTENSION:
        agreements.check_limit(terms.ends_on, limit=limit, override=terms.override_words)
    excused = stand.excused_days
    ends_on = agreements.effective(
        terms.ends_on, excused_then=terms.excused_days, excused=excused, limit=limit
    )
    return ContractEvent.CHANGED, stand.after(
        ContractEvent.CHANGED, terms_number=terms.number, ends_on=ends_on
    )


def _check_signer(role: SignatureRole, *, by: Actor) -> None:
    """The navigator signs for themselves, and only a supervisor approves.

    Raises:
        SignatureNotYours: it is another's.
    """
    is_other = role is SignatureRole.NAVIGATOR and by.role is not Role.NAVIGATOR
    may_not = role is SignatureRole.SUPERVISOR and not holds(by.role, Permission.DECIDE_CONTRACT)
    if is_other or may_not:
        raise SignatureNotYours("The navigator signs for themselves; a supervisor approves.")


async def _check_safeguards(session: AsyncSession, record_id: UUID, command: SignTerms) -> None:
    """Whoever the custody record says is needed was there when the person signed.

    Raises:
        SafeguardsNotThere: says who was not.
    """
    known = await circumstances.safeguards(session, record_id)
    absent = [who for who in SAFEGUARDS if needs(known, who) and not getattr(command, who)]
    if absent:
        names = " and ".join(SAFEGUARDS[who] for who in absent)
        raise SafeguardsNotThere(
            f"Needed: {names}. Sign again with them, and say that they were there.",
            missing=[*absent],
        )
