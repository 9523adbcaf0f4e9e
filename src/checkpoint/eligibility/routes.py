"""Front door of eligibility: what the rules would say, what was decided, and under which rules."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import lookups
from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.eligibility import actions, queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.queries import DecisionNotFound, NoRulesInForce, RuleSetNotFound
from checkpoint.eligibility.rules import decide, parse, stored
from checkpoint.eligibility.schemas import (
    DecideEligibility,
    DecisionSummary,
    DecisionsView,
    DecisionView,
    PreviewEligibility,
    PreviewView,
    PublishedRuleSetView,
)
from checkpoint.eligibility.states import MEANING, EligibilityEvent, Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import public, shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion
from checkpoint.foundation.problems import problems

router = APIRouter(prefix="/v1", tags=["eligibility"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
RECORDS = "/custody-records/{record_id}/eligibility-decisions"


@router.post(
    "/eligibility/preview",
    response_model=PreviewView,
    responses=problems(RuleBroken, NoRulesInForce),
)
async def preview_eligibility(
    by: Annotated[Actor, holding(Permission.PREVIEW_ELIGIBILITY)],
    command: PreviewEligibility,
    session: Transaction,
    now: Now,
) -> Response:
    """What the rules in force would say of these facts; no decision is recorded."""
    custody_rules.check_arrest(command.arrested_at or now, now=now)
    rules = await queries.in_force(session, london_day(now))
    facts = gather(
        born=command.date_of_birth,
        arrested_on=london_day(command.arrested_at or now),
        decided_on=london_day(now),
        offences=await _classed(session, command, at=command.arrested_at or now),
        screening=command.screening.model_dump(mode="json"),
    )
    verdict, findings = decide(parse(rules.content), facts)
    await ledger.record(
        session, Operation.CONSULTATION, EligibilityEvent.PREVIEWED, kind="preview", by=by, at=now
    )
    return shown(PreviewView(**queries.explained(verdict, stored(findings), facts, rules)))


async def _classed(
    session: AsyncSession, command: PreviewEligibility, *, at: datetime
) -> list[Alleged]:
    """The offences asked about, with the programme's class of each."""
    codes = [offence.code for offence in command.offences]
    listed = await lookups.offences_by_code(session, codes)
    custody_rules.check_listed(codes, listed, field="#/offences")
    custody_rules.check_offence_dates(
        [offence.days for offence in command.offences],
        arrested_at=at,
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


@router.post(
    RECORDS,
    status_code=201,
    response_model=DecisionView,
    responses=problems(
        *CREATING,
        CustodyRecordNotFound,
        NoRulesInForce,
        IfMatchMissing,
        Overtaken,
    ),
)
async def decide_eligibility(
    by: Annotated[Actor, holding(Permission.DECIDE_ELIGIBILITY)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenVersion,
    command: DecideEligibility | None = None,  # noqa: ARG001 - there is nothing in it to read
) -> Response:
    """Decide the case on what its record holds; facts, findings and rules are locked for good."""

    async def deed() -> Response:
        decision, rules = await actions.decide_case(session, record_id, seen=seen, by=by, at=now)
        return _locked(queries.view(decision, rules, by=by), status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.get(RECORDS, response_model=DecisionsView, responses=problems(CustodyRecordNotFound))
async def list_eligibility_decisions(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    record_id: RecordId,
    session: Transaction,
    now: Now,
) -> Response:
    """A case's decisions, the present one first."""
    record = await custody.one(session, record_id, actor=by)
    found = await queries.of_case(session, record_id, actor=by)
    items = [
        DecisionSummary(
            rule_set_version=decision.version,
            **{name: getattr(decision, name) for name in queries.SUMMARY},
        )
        for decision in found
    ]
    view = DecisionsView(items=items, next_steps=[queries.next_decision(record_id, found, by)])
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
    return shown(view)


@router.get(
    "/eligibility-decisions/{decision_id}",
    response_model=DecisionView,
    responses=problems(DecisionNotFound),
)
async def read_eligibility_decision(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    decision_id: Annotated[UUID, Path(description="The decision's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """One decision as it was locked, with every finding and its reason."""
    decision = await queries.one(session, decision_id, actor=by)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        EligibilityEvent.READ,
        decision.id,
        decision.custody_record_id,
        decision.person_id,
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return _locked(queries.view(decision, decision, by=by, later=decision.superseded_by_id))


def _locked(view: DecisionView, *, status: int = 200) -> Response:
    # Locked for good, but whether it is the present one may change.
    headers = {"ETag": f'"{view.number}{"-superseded" if view.superseded_by_id else ""}"'}
    if status == 201:
        headers["Location"] = f"{router.prefix}/eligibility-decisions/{view.id}"
    return shown(view, status=status, headers=headers)


READER = holding(Permission.READ_REFERENCE)


@router.get(
    "/reference/rule-sets", response_model=CodeListView, tags=["reference"], dependencies=[READER]
)
async def list_rule_sets(request: Request, session: Transaction) -> Response:
    """Published rule sets, from when they are in force."""
    found = await queries.rule_sets(session)
    untils = [rules.in_force_from for rules in found[1:]] + [None]
    items = [
        CodeView(
            code=rules.version,
            label=parse(rules.content).title,
            available_from=rules.in_force_from,
            available_until=until,
            source=f"SHA-256 {rules.digest}",
        )
        for rules, until in zip(found, untils, strict=True)
    ]
    view = CodeListView(
        name="rule-sets", title="Eligibility rule sets", source="Published here.", items=items
    )
    return public(request, view)


@router.get(
    "/reference/rule-sets/{version}",
    response_model=PublishedRuleSetView,
    responses=problems(RuleSetNotFound),
    tags=["reference"],
    dependencies=[READER],
)
async def read_rule_set(
    version: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{3,39}$")],
    request: Request,
    session: Transaction,
) -> Response:
    """A published rule set, word for word."""
    rules = await queries.rule_set(session, version)
    view = PublishedRuleSetView(
        **queries.shown_rules(rules).model_dump(),
        content=rules.content,
        published_at=rules.published_at,
    )
    return public(request, view)


reference = APIRouter(prefix="/v1/reference", tags=["reference"])
list_doors(
    reference,
    READER,
    {
        "verdicts": (
            "Verdicts",
            "This service.",
            [(verdict.value, MEANING[verdict]) for verdict in Verdict],
        )
    },
)
