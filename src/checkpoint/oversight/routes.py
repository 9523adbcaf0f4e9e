"""Front door of oversight: decisions as they stand, determinations, overrides and their rates."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.eligibility import queries as eligibility
from checkpoint.eligibility.queries import DecisionNotFound
from checkpoint.eligibility.rules import until_of
from checkpoint.eligibility.schemas import DecisionSummary, DecisionsView, DecisionView
from checkpoint.eligibility.states import EligibilityEvent
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenTag, etag
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Day
from checkpoint.oversight import actions, counts, queries, rules
from checkpoint.oversight.queries import OverrideNotFound
from checkpoint.oversight.rules import RankTooLow, SecondPersonNeeded
from checkpoint.oversight.schemas import (
    ConfirmOverride,
    DeclineOverride,
    DetermineEligibility,
    OverrideRatesView,
    OverrideView,
    ProposeOverride,
)
from checkpoint.oversight.states import (
    DecisionOvertaken,
    Outcome,
    OversightEvent,
    OversightNotAllowed,
)

router = APIRouter(prefix="/v1", tags=["oversight"])
DecisionId = Annotated[UUID, Path(description="The decision's id.")]
OverrideId = Annotated[UUID, Path(description="The override's id.")]
DECISION = "/eligibility-decisions/{decision_id}"
OVERRIDE = "/overrides/{override_id}"
SPEAKING = (*CREATING, OversightNotAllowed, DecisionOvertaken)
SPOKEN = (*SPEAKING, DecisionNotFound, IfMatchMissing, Overtaken)
ANSWERED = (*SPEAKING, OverrideNotFound, SecondPersonNeeded)


@router.get(
    "/custody-records/{record_id}/eligibility-decisions",
    response_model=DecisionsView,
    responses=problems(CustodyRecordNotFound),
    tags=["eligibility"],
)
async def list_eligibility_decisions(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """A case's decisions and how each stands, the present one first."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.of_case(session, record_id, actor=by)
    items = [
        DecisionSummary(
            rule_set_version=decision.version,
            standing=queries.summary(decision),
            ineligible_until=until_of(decision.findings),
            **{name: getattr(decision, name) for name in eligibility.SUMMARY},
        )
        for decision in found
    ]
    steps = [eligibility.next_decision(record_id, found[0] if found else None, by)]
    for decision in found[:1]:
        steps += queries.next_steps(decision, by=by, on=london_day(now))
    await ledger.record(
        session,
        Operation.CONSULTATION,
        EligibilityEvent.READ,
        record_id,
        record.person_id,
        *(decision.id for decision in found),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(DecisionsView(items=items, next_steps=steps))


@router.get(
    DECISION,
    response_model=DecisionView,
    responses=problems(DecisionNotFound),
    tags=["eligibility"],
)
async def read_eligibility_decision(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    decision_id: DecisionId,
    session: Transaction,
    now: Now,
) -> Response:
    """One decision as it was locked and as it stands, with every finding and its reason."""
    decision = await queries.one(session, decision_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        EligibilityEvent.READ,
        decision.id,
        decision.custody_record_id,
        decision.person_id,
        kind="eligibility_decision",
        by=by,
        at=now,
    )
    view = queries.view(decision, by=by, on=london_day(now))
    return shown(view, headers={"ETag": etag(queries.tag_of(decision))})


@router.post(
    f"{DECISION}/determination",
    status_code=201,
    response_model=DecisionView,
    responses=problems(*SPOKEN),
)
async def determine_eligibility(
    by: Annotated[Actor, holding(Permission.DETERMINE_ELIGIBILITY)],
    decision_id: DecisionId,
    command: DetermineEligibility,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenTag,
) -> Response:
    """Answer a case that the rules refer: take it or not, with a reason. Once to a decision."""

    async def deed() -> Response:
        await actions.determine(session, decision_id, command, seen=seen, by=by, at=now)
        decision = await queries.one(session, decision_id, actor=by)
        view = queries.view(decision, by=by, on=london_day(now))
        headers = {
            "ETag": etag(queries.tag_of(decision)),
            "Location": f"{router.prefix}/eligibility-decisions/{decision_id}",
        }
        return shown(view, status=201, headers=headers)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    f"{DECISION}/overrides",
    status_code=201,
    response_model=OverrideView,
    responses=problems(*SPOKEN, RankTooLow, RuleBroken),
)
async def propose_override(
    by: Annotated[Actor, holding(Permission.PROPOSE_OVERRIDE)],
    decision_id: DecisionId,
    command: ProposeOverride,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenTag,
) -> Response:
    """Propose to depart from the rules; an inspector or above may, and nothing holds yet."""

    async def deed() -> Response:
        made = await actions.propose_override(
            session, decision_id, command, seen=seen, by=by, at=now
        )
        return await _answer(session, made.id, by=by, now=now, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get("/overrides/rates", response_model=OverrideRatesView, responses=problems(RuleBroken))
async def read_override_rates(
    by: Annotated[Actor, holding(Permission.READ_OVERRIDE_RATES)],
    session: Transaction,
    now: Now,
    decided_from: Annotated[Day | None, Query(description="First day of the decisions.")] = None,
    decided_until: Annotated[
        Day | None, Query(description="First day that is no longer among them.")
    ] = None,
) -> Response:
    """How often each suite departs from the rules, and which are flagged. Nobody's case is shown."""
    rules.check_days(decided_from, decided_until)
    view = await counts.rates(
        session,
        actor=by,
        decided_from=decided_from,
        decided_until=decided_until,
        on=london_day(now),
    )
    await ledger.record(
        session, Operation.CONSULTATION, OversightEvent.RATES_READ, kind="suite", by=by, at=now
    )
    return shown(view)


@router.get(OVERRIDE, response_model=OverrideView, responses=problems(OverrideNotFound))
async def read_override(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    override_id: OverrideId,
    session: Transaction,
    now: Now,
) -> Response:
    """A proposed override, its reason, and what became of it."""
    found = await queries.override(session, override_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        OversightEvent.READ,
        found.id,
        found.eligibility_decision_id,
        found.custody_record_id,
        found.person_id,
        kind=actions.OVERRIDE,
        by=by,
        at=now,
    )
    return await _answer(session, override_id, by=by, now=now)


@router.post(f"{OVERRIDE}/confirmation", response_model=OverrideView, responses=problems(*ANSWERED))
async def confirm_override(
    by: Annotated[Actor, holding(Permission.ANSWER_OVERRIDE)],
    override_id: OverrideId,
    session: Transaction,
    now: Now,
    asked: Once,
    command: ConfirmOverride | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Confirm, as the second person, what somebody else proposed; from now on it holds."""

    async def deed() -> Response:
        await actions.answer_override(session, override_id, Outcome.CONFIRMED, by=by, at=now)
        return await _answer(session, override_id, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


@router.post(f"{OVERRIDE}/refusal", response_model=OverrideView, responses=problems(*ANSWERED))
async def decline_override(
    by: Annotated[Actor, holding(Permission.ANSWER_OVERRIDE)],
    override_id: OverrideId,
    command: DeclineOverride,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Decline, as the second person, what somebody else proposed; the rules go on standing."""

    async def deed() -> Response:
        await actions.answer_override(
            session, override_id, Outcome.DECLINED, words=command.words, by=by, at=now
        )
        return await _answer(session, override_id, by=by, now=now)

    return await once(session, asked, deed, by=by, at=now)


async def _answer(
    session: AsyncSession, override_id: UUID, *, by: Actor, now: datetime, status: int = 200
) -> Response:
    found = await queries.override(session, override_id, actor=by)
    decision = await queries.one(session, found.eligibility_decision_id, actor=by)
    view = queries.override_view(found, decision, by=by, on=london_day(now))
    place = f"{router.prefix}/overrides/{override_id}"
    return shown(view, status=status, headers={"Location": place} if status == 201 else None)
