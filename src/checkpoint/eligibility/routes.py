"""Front door of eligibility: what the rules would say, what was decided, and under which rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.rules import RecordFull
from checkpoint.eligibility import actions, lookups, queries
from checkpoint.eligibility.lookups import NoRulesInForce, RulesChanged, RuleSetNotFound
from checkpoint.eligibility.rules import parse
from checkpoint.eligibility.schemas import (
    DecideEligibility,
    DecisionView,
    PreviewEligibility,
    PreviewView,
    PublishedRuleSetView,
)
from checkpoint.eligibility.states import MEANING, Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import public, shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Version

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
    return shown(PreviewView(**await actions.preview(session, command, by=by, at=now)))


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
        RecordFull,
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
        view = queries.view(decision, rules, by=by)
        place = f"{router.prefix}/eligibility-decisions/{view.id}"
        return shown(view, status=201, headers={"ETag": etag(view.number), "Location": place})

    return await once(session, asked, deed, by=by, at=now)


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
    version: Version,
    request: Request,
    session: Transaction,
) -> Response:
    """A published rule set, word for word."""
    rules = await lookups.rule_set(session, version)
    view = PublishedRuleSetView(
        **queries.shown_rules(rules).model_dump(),
        content=rules.content,
        published_at=rules.published_at,
        origin=rules.origin,
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
