"""Front door of the journey: what comes next, every case and its count, the ledger for auditors."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator

from checkpoint.access.guards import LoginTooWeak, holding
from checkpoint.access.permissions import GRANTS, Permission, holds
from checkpoint.allocation import actions as allocation
from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger, queries
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import Reference
from checkpoint.eligibility.facts import FACTS
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.paging import MalformedCursor, Page, Turning, links
from checkpoint.foundation.problems import problems
from checkpoint.foundation.schemas import Code, Day, Instant
from checkpoint.journey import cases, counts
from checkpoint.journey import queries as things
from checkpoint.journey.rules import shown_by
from checkpoint.journey.schemas import (
    CaseView,
    CorrectionsView,
    CountsView,
    LedgerEntryView,
    MeView,
    NextStepsView,
)
from checkpoint.journey.stages import REACHED, Stage, first_offence_due
from checkpoint.journey.states import CaseOrder, JourneyEvent, Whose
from checkpoint.journey.steps.queries import of_field, of_suite, positions
from checkpoint.journey.steps.states import BLIND

router = APIRouter(prefix="/v1", tags=["journey"])


async def the_vault(request: Request) -> Vault:
    vault: Vault = request.app.state.vault
    return vault


Opening = Annotated[Vault, Depends(the_vault)]


@router.get("/me", response_model=MeView)
async def read_me(
    by: Annotated[Actor, holding(Permission.READ_ME)],
) -> Response:
    """Who you are to this service, and what your role may do."""
    held = sorted(permission.value for permission in GRANTS[by.role])
    own = {name: getattr(by, name) for name in ("id", "role", "rank", "organization_id")}
    return shown(MeView(**own, suites=sorted(by.suites), permissions=held))


@router.get(
    "/custody-records/{record_id}/next-steps",
    response_model=NextStepsView,
    responses=problems(CustodyRecordNotFound),
)
async def read_next_steps(
    by: Annotated[Actor, holding(Permission.READ_NEXT_STEPS)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    vault: Opening,
    now: Now,
) -> Response:
    """What you may do with a case now, from every room, or may not yet, and why. A navigator is told
    of the work of a case of theirs, and of nothing that is the suite's.
    """
    record = await custody.one(session, record_id, actor=by)
    if holds(by.role, Permission.READ_ELIGIBILITY):
        view, about = await of_suite(session, record, vault=vault, by=by, at=now)
    else:
        ahead = await of_field(session, record, by=by, at=now)
        view, about = NextStepsView(standing=None, next_steps=ahead.steps), ahead.about
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.NEXT_STEPS_READ,
        record,
        record.person_id,
        *about,
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(view)


# What the screening asks is known by its field, too, as next steps name it.
BY_FIELD = {fact.given_as: name for name, fact in FACTS.items() if "screening." in fact.given_as}


def known_fact(name: str) -> str:
    name = BY_FIELD.get(name, name)
    if name not in FACTS:
        raise ValueError(f"Choose one of: {', '.join([*FACTS, *BY_FIELD])}.")
    return name


FactName = Annotated[str, AfterValidator(known_fact)]


async def narrowed(
    suite: Annotated[Code | None, Query(description="One suite only.")] = None,
    stage: Annotated[Stage | None, Query(description="One stage only.")] = None,
    missing: Annotated[
        FactName | None,
        Query(
            description="A fact that the present decision is waiting for; screening.hate_crime too.",
            json_schema_extra={"enum": [*FACTS, *BY_FIELD]},
        ),
    ] = None,
    arrested_from: Annotated[
        Day | None, Query(description="Arrested on that day or later.")
    ] = None,
    arrested_until: Annotated[Day | None, Query(description="Arrested by the end of it.")] = None,
    due_from: Annotated[
        Day | None, Query(description="Prosecution deadline on that day or later.")
    ] = None,
    due_before: Annotated[
        Day | None, Query(description="Prosecution deadline before that day.")
    ] = None,
) -> dict[str, Any]:
    """What a list or a count is narrowed by; days are days in England."""
    after = arrested_until + timedelta(days=1) if arrested_until else None
    return {
        "suite": suite,
        "stage": stage,
        "missing": [missing] if missing else None,
        "since": arrested_from and london_midnight(arrested_from),
        "until": after and london_midnight(after),
        "committed_since": due_from and first_offence_due(due_from),
        "committed_before": due_before and first_offence_due(due_before),
    }


Narrowed = Annotated[dict[str, Any], Depends(narrowed)]
WhoseCases = Annotated[
    Whose,
    Query(
        description="The cases of your `suites`; or, of a supervisor, those that their `team` "
        "works in whatever suite. That a case is worked tells its arm, so you are put down as "
        "shown it."
    ),
]


@router.get("/cases", response_model=Page[CaseView], responses=problems(MalformedCursor))
async def list_cases(
    by: Annotated[Actor, holding(Permission.READ_CASES)],
    session: Transaction,
    now: Now,
    turn: Turning,
    narrow: Narrowed,
    order: Annotated[
        CaseOrder,
        Query(
            description="The latest `arrest` first, or the soonest prosecution `deadline`; "
            "that list leaves out cases without one."
        ),
    ] = CaseOrder.ARREST,
    whose: WhoseCases = Whose.SUITES,
) -> Response:
    """Everybody arrested in your suites: where each case stands and what comes next."""
    rows, following = await cases.page(
        session, actor=by, turn=turn, order=order, whose=whose, **narrow
    )
    if whose is Whose.TEAM:
        await allocation.show_arms(session, [row.id for row in rows], by=by, at=now)
    today = london_day(now)
    found = await positions(
        session, (row.id for row in rows if row.stage in REACHED["entered"]), by=by
    )
    items = [cases.view(row, today=today, position=found.get(row.id, BLIND)) for row in rows]
    page = Page[CaseView](items=items, next=following)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        JourneyEvent.CASES_LISTED,
        *(row.id for row in rows),
        *(row.person_id for row in rows),
        *(row.decision_id for row in rows if row.decision_id),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(page, headers=links(turn.request, following))


@router.get("/cases/counts", response_model=CountsView)
async def count_cases(
    by: Annotated[Actor, holding(Permission.READ_CASES)],
    session: Transaction,
    now: Now,
    narrow: Narrowed,
) -> Response:
    """How many stand where. Nobody arrested drops out: the stages add up to those arrested."""
    view = counts.view(await counts.of_all(session, actor=by, **narrow))
    await ledger.record(
        session, Operation.CONSULTATION, JourneyEvent.CASES_COUNTED, kind="case", by=by, at=now
    )
    return shown(view)


@router.get(
    "/custody-records/{record_id}/corrections",
    response_model=CorrectionsView,
    responses=problems(CustodyRecordNotFound),
)
async def read_corrections(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    record_id: Annotated[UUID, Path(description="The custody record's id.")],
    session: Transaction,
    now: Now,
) -> Response:
    """What was put right about the person, and which decisions had rested on what stood before."""
    record = await custody.one(session, record_id, actor=by)
    items = await things.corrections(session, record, actor=by)
    offences = await things.offence_corrections(session, record, actor=by)
    decisions = {decision.id for item in items for decision in item.decisions}
    decisions |= {decision.id for offence in offences for decision in offence.decisions}
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.CORRECTIONS_READ,
        record,
        record.person_id,
        *sorted(decisions),
        kind="custody_record",
        by=by,
        at=now,
    )
    return shown(CorrectionsView(items=items, offences=offences))


@router.get(
    "/ledger-entries",
    response_model=Page[LedgerEntryView],
    responses=problems(MalformedCursor, LoginTooWeak, RuleBroken),
)
async def list_ledger_entries(
    by: Annotated[Actor, holding(Permission.READ_LEDGER)],
    session: Transaction,
    now: Now,
    turn: Turning,
    subject: Annotated[
        UUID | None,
        Query(description="A person, record or decision, with its own; not with reference."),
    ] = None,
    reference: Annotated[
        Reference | None, Query(description="A record, as people call it.")
    ] = None,
    actor: Annotated[UUID | None, Query(description="Who did it.")] = None,
    operation: Annotated[Operation | None, Query(description="One operation only.")] = None,
    since: Annotated[Instant | None, Query(description="At or after.")] = None,
    until: Annotated[Instant | None, Query(description="Before.")] = None,
) -> Response:
    """Who did or saw what, latest first. Reading the ledger stands in the ledger too."""
    about = await things.asked_about(session, subject=subject, reference=reference)
    rows, following = await queries.entries(
        session,
        turn=turn,
        subjects=about,
        actor=actor,
        operation=operation,
        since=since,
        until=until,
    )
    items = [LedgerEntryView.model_validate(row) for row in rows]
    await allocation.show_arms(session, shown_by(rows), by=by, at=now)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AuditEvent.READ,
        *(about or [])[:1],
        kind="audit_entry",
        by=by,
        at=now,
    )
    page = Page[LedgerEntryView](items=items, next=following)
    return shown(page, headers=links(turn.request, following))
