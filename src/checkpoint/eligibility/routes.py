"""Front door of eligibility: what the rules would say, what was decided, and under which rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import lookups as offences
from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.clocks import Timed, clock_of
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import AllegeOffence
from checkpoint.eligibility import actions, lookups, queries
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.lookups import NoRulesInForce, RulesChanged, RuleSetNotFound
from checkpoint.eligibility.queries import DecisionNotFound
from checkpoint.eligibility.rules import decide, parse, stored, until_of
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
    responses=problems(RuleBroken, NoRulesInForce, RulesChanged),
)
async def preview_eligibility(
    by: Annotated[Actor, holding(Permission.PREVIEW_ELIGIBILITY)],
    command: PreviewEligibility,
    session: Transaction,
    now: Now,
) -> Response:
    """What the rules in force would say of these facts; no decision is recorded."""
    arrested_at = command.arrested_at or now
    custody_rules.check_arrest(arrested_at, now=now)
    custody_rules.check_ends(command.screening, field="#/screening")
    arrested, today = london_day(arrested_at), london_day(now)
    rules = await lookups.applying(session, arrested_on=arrested, decided_on=today)
    listed = await _listed(session, command, arrested_at=arrested_at, now=now)
    clock = clock_of([_timed(offence, listed, command) for offence in command.offences], on=today)
    facts = gather(
        born=command.date_of_birth,
        arrested_on=arrested,
        decided_on=today,
        offences=[_alleged(offence, listed) for offence in command.offences],
        screening=command.screening.model_dump(mode="json"),
        clock=clock,
    )
    verdict, findings = decide(lookups.rules_of(rules), facts)
    await ledger.record(
        session, Operation.CONSULTATION, EligibilityEvent.PREVIEWED, kind="preview", by=by, at=now
    )
    told = queries.explained(verdict, stored(findings), facts, rules, clock=clock)
    return shown(PreviewView(**told))


async def _listed(
    session: AsyncSession, command: PreviewEligibility, *, arrested_at: datetime, now: datetime
) -> Mapping[str, Any]:
    """The offences asked about as they are listed, if all that is said of them can be."""
    codes = [offence.code for offence in command.offences]
    listed = await offences.offences_by_code(session, codes)
    custody_rules.check_listed(codes, listed, field="#/offences")
    custody_rules.check_offence_dates(
        [offence.days for offence in command.offences],
        arrested_at=arrested_at,
        born=command.date_of_birth,
        field="#/offences",
    )
    custody_rules.check_reports(command.offences, now=now, field="#/offences")
    return listed


def _alleged(offence: AllegeOffence, listed: Mapping[str, Any]) -> Alleged:
    row = listed[offence.code]
    dates = {"valid_from": row.valid_from, "valid_until": row.valid_until}
    return Alleged(
        offence_class=row.offence_class,
        committed_from=offence.committed_from,
        committed_in_area=offence.committed_in_area,
        code=offence.code,
        in_force=custody_rules.in_force(*offence.days, **dates),
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


@router.post(
    RECORDS,
    status_code=201,
    response_model=DecisionView,
    responses=problems(
        *CREATING,
        CustodyRecordNotFound,
        NoRulesInForce,
        RulesChanged,
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
            ineligible_until=until_of(decision.findings),
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
    found = await lookups.rule_sets(session)
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
    rules = await lookups.rule_set(session, version)
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
