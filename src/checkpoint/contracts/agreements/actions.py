"""Draft a contract, save its terms again, offer it. No commits."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation.rules import check_consent
from checkpoint.consent import queries as consent
from checkpoint.contracts import queries
from checkpoint.contracts.actions import held, move, record_step
from checkpoint.contracts.agreements import rules
from checkpoint.contracts.agreements.schemas import (
    ConditionForm,
    DraftContract,
    SaveTerms,
)
from checkpoint.contracts.agreements.states import (
    ConditionKind,
    OverrideOfLimitNotYours,
    TermsKind,
    TermsReason,
)
from checkpoint.contracts.agreements.tables import (
    ContractCondition,
    ContractTerms,
)
from checkpoint.contracts.clocks import policy_on
from checkpoint.contracts.facts import Whole, terms_form
from checkpoint.contracts.rules import Stand, began
from checkpoint.contracts.states import (
    LIVE,
    ContractEvent,
    ContractThere,
    NotStarted,
)
from checkpoint.contracts.tables import Contract
from checkpoint.delivery import queries as delivery
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, insert_row
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id, new_reference


async def draft(
    session: AsyncSession, record_id: UUID, command: DraftContract, *, by: Actor, at: datetime
) -> UUID:
    """A case that was started on the programme gets its contract, as a draft.

    Returns:
        The contract's id.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NotStarted, ContractThere, ConsentNeeded, PastTheLimit,
        OverrideOfLimitNotYours, RuleBroken: nothing was drafted.
    """
    record = await queries.case(session, record_id, by=by, at=at, lock=True)
    started = (await delivery.delivery_of(session, record.id)).start
    if started is None:
        raise NotStarted("Record the start of the programme first.")
    if await queries.of_record(session, record.id):
        raise ContractThere("Read it; save its terms again, where it is not signed.")
    await check_consent_stands(session, record.id)
    stand = began()
    row = await insert_row(
        session,
        Contract,
        custody_record_id=record.id,
        programme_start_id=started.id,
        reference=new_reference(),
        fallback=command.fallback,
        state=stand.state,
        version=stand.number,
        terms_number=stand.terms_number,
        starts_on=None,
        ends_on=None,
        drafted_at=at,
        drafted_by=by.id,
    )
    row.person_id = record.person_id
    found = Whole(contract=row, steps=(), terms=(), conditions=(), signatures=())
    saved = SaveTerms(
        reason_code=TermsReason.AGREED_AT_START, **command.model_dump(exclude={"fallback"})
    )
    terms = await _save(session, found, saved, stand=stand, by=by, at=at)
    await record_step(
        session, row, stand, ContractEvent.DRAFTED, terms_id=terms.id, happened_at=at, by=by, at=at
    )
    contract_id: UUID = row.id
    return contract_id


async def save(
    session: AsyncSession,
    contract_id: UUID,
    command: SaveTerms,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Whole:
    """The draft is saved again; or a change of a contract that runs is proposed.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, ConsentNeeded, PastTheLimit,
        PastTheLongest, OverrideOfLimitNotYours, RuleBroken: nothing was saved.
    """
    sent = terms_form(command, command.conditions)
    found = await held(session, contract_id, seen=seen, sent=sent, by=by, at=at)
    await check_consent_stands(session, found.contract.custody_record_id)
    number = found.terms[-1].number + 1
    if found.stand.state in LIVE:
        event = ContractEvent.PROPOSED
        stand = found.stand.after(event)
    else:
        event = ContractEvent.REDRAFTED
        stand = found.stand.after(event, terms_number=number)
    terms = await _save(session, found, command, stand=stand, by=by, at=at)
    await move(session, found, stand, event, terms_id=terms.id, happened_at=at, by=by, at=at)
    return found


async def offer(
    session: AsyncSession, contract_id: UUID, *, seen: int, by: Actor, at: datetime
) -> Whole:
    """The draft is offered to be signed.

    Raises:
        ContractNotFound, ArmNotRead, Overtaken, StepNotAllowed, ConsentNeeded, PastTheLimit,
        RuleBroken: it stays a draft.
    """
    found = await held(session, contract_id, seen=seen, by=by, at=at)
    stand = found.stand.after(ContractEvent.OFFERED)
    record_id = found.contract.custody_record_id
    await check_consent_stands(session, record_id)
    limits = await queries.limits(session, record_id, at=at)
    check_span(found.current, on=london_day(at), limit=limits.limit_on)
    told: dict[str, Any] = {"terms_id": found.current.id, "happened_at": at}
    await move(session, found, stand, ContractEvent.OFFERED, **told, by=by, at=at)
    return found


def check_span(terms: Any, *, on: date, limit: date | None) -> date:
    """The last day of a contract whose first day is ``on``.

    Raises:
        PastTheLimit, RuleBroken: that is too late, or the day that was named is over.
    """
    span = rules.first_span(terms.ends_on, starts_on=on, policy=policy_on(on))
    rules.check_limit(span.ends_on, limit=limit, override=terms.override_words)
    return span.ends_on


async def _save(
    session: AsyncSession,
    found: Whole,
    command: SaveTerms,
    *,
    stand: Stand,
    by: Actor,
    at: datetime,
) -> ContractTerms:
    """Write one version of the terms, with its conditions, once it may be agreed."""
    today, override = london_day(at), command.override_words
    _check_said(command, by=by)
    limits = await queries.limits(session, found.contract.custody_record_id, at=at)
    kind, span = _span(command, stand, today=today)
    if kind is not TermsKind.VARIATION:
        rules.check_limit(span.ends_on, limit=limits.limit_on, override=override)
        rules.check_longest(span.ends_on, longest=stand.longest_on, override=override)
    asked = await queries.asking_victims(session, found.contract.custody_record_id)
    rules.check_conditions(
        command.conditions,
        from_day=stand.starts_on or today,
        ends_on=span.ends_on,
        known=found.keys,
        victim_asked=bool(asked),
    )
    terms = ContractTerms(
        contract_id=found.contract.id,
        number=len(found.terms) + 1,
        kind=kind,
        **command.model_dump(include={"reason_code", "words", "override_words"}),
        ends_on=command.ends_on if kind is TermsKind.FIRST else span.ends_on,
        excused_days=stand.excused_days,
        reckoned=span.reckoned,
        limit_on=limits.limit_on,
        override_by=by.id if override is not None else None,
        drafted_at=at,
        drafted_by=by.id,
    )
    await insert(session, terms)
    await insert(session, *_conditions(terms, command.conditions, asked=asked))
    return terms


def _check_said(command: SaveTerms, *, by: Actor) -> None:
    if command.override_words is not None and not holds(by.role, Permission.DECIDE_CONTRACT):
        raise OverrideOfLimitNotYours("Leave it out and keep to the limit, or ask a supervisor.")
    if command.reason_code is TermsReason.OTHER and not command.words:
        raise RuleBroken("#/words", "words-missing", "Say why, in words.")


def _span(command: SaveTerms, stand: Stand, *, today: date) -> tuple[TermsKind, rules.Span]:
    if stand.ends_on is None:
        policy = policy_on(today)
        return TermsKind.FIRST, rules.first_span(command.ends_on, starts_on=today, policy=policy)
    return rules.changed_span(
        command.ends_on, ends_on=stand.ends_on, excused=stand.excused_days, today=today
    )


def _conditions(
    terms: ContractTerms, wanted: Sequence[ConditionForm], *, asked: Sequence[UUID]
) -> list[ContractCondition]:
    rows = []
    for number, each in enumerate(wanted):
        victim_id = each.victim_id
        if each.kind is ConditionKind.VICTIM and victim_id is None:
            victim_id = asked[0]
        if victim_id is not None and victim_id not in asked:
            raise RuleBroken(
                f"#/conditions/{number}/victim_id",
                "victim-did-not-ask",
                "Name a victim who asked for it, or none.",
            )
        given = each.model_dump(exclude={"key", "victim_id"})
        rows.append(
            ContractCondition(
                terms_id=terms.id,
                key=each.key or new_id(),
                position=number + 1,
                victim_id=victim_id,
                **given,
            )
        )
    return rows


async def check_consent_stands(session: AsyncSession, record_id: UUID) -> None:
    """Nothing is agreed while the consent to the programme does not stand.

    Raises:
        ConsentNeeded: it does not.
    """
    states = consent.states_of(await consent.last_answers(session, record_id))
    check_consent(states, for_research=False)
