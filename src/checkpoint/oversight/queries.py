"""What was said of decisions, reached through the cases the reader may see; and how they stand."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import holds
from checkpoint.custody import queries as custody
from checkpoint.custody.tables import CustodyRecord
from checkpoint.eligibility import lookups
from checkpoint.eligibility import queries as eligibility
from checkpoint.eligibility.queries import DecisionNotFound
from checkpoint.eligibility.schemas import DecisionView, StandingSummary, StandingView
from checkpoint.eligibility.states import Basis, Changed, Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.foundation.statements import Prepared
from checkpoint.oversight import rules
from checkpoint.oversight.schemas import OverrideView
from checkpoint.oversight.states import (
    DOORS,
    LABELS,
    MEANING,
    OVERTAKEN,
    STEPS,
    DecisionOvertaken,
    Outcome,
    OversightEvent,
    OversightState,
    why_not,
)
from checkpoint.oversight.tables import Determination, EligibilityOverride, OverrideAnswer


class OverrideNotFound(errors.NotFound):
    slug = "override-not-found"
    title = "There is no such override that you may see"


NEXT = aliased(EligibilityOverride)
RULING = (
    *(
        col(getattr(Determination, name)).label(f"determination_{name}")
        for name in ("verdict", "reason_code", "words")
    ),
    col(Determination.determined_at),
    col(Determination.determined_by),
    col(EligibilityOverride.id).label("override_id"),
    *(
        col(getattr(EligibilityOverride, name)).label(f"override_{name}")
        for name in ("verdict", "reason_code", "words", "number")
    ),
    col(EligibilityOverride.proposed_rank),
    col(EligibilityOverride.proposed_by),
    col(OverrideAnswer.outcome),
    col(OverrideAnswer.answered_at),
    col(OverrideAnswer.answered_by),
    lookups.overtaken_by(CustodyRecord.__table__, EligibilityDecision.__table__).label(
        "overtaken_by"
    ),
)


def with_ruling(decisions: Any) -> Any:
    """Decisions with what was said of each: its determination, its last override and the answer;
    and with what has changed since.

    In the same statement, so that reading how a decision stands costs no second one.
    """
    return (
        decisions.add_columns(*RULING)
        .outerjoin(
            Determination,
            col(Determination.eligibility_decision_id) == col(EligibilityDecision.id),
        )
        .outerjoin(
            EligibilityOverride,
            col(EligibilityOverride.eligibility_decision_id) == col(EligibilityDecision.id),
        )
        .outerjoin(
            NEXT,
            sa.and_(
                col(NEXT.eligibility_decision_id) == col(EligibilityDecision.id),
                col(NEXT.number) == col(EligibilityOverride.number) + 1,
            ),
        )
        .outerjoin(
            OverrideAnswer,
            col(OverrideAnswer.eligibility_override_id) == col(EligibilityOverride.id),
        )
        .where(col(NEXT.id).is_(None))
    )


ONE = Prepared(with_ruling(eligibility.ONE))
OF_CASE = with_ruling(eligibility.OF_CASE)
PRESENT = OF_CASE.limit(1)


async def one(session: AsyncSession, decision_id: UUID, *, actor: Actor) -> Any:
    """A decision with its rules, and what was said of it."""
    scope = custody.reach_of(actor)
    found = await rows_of(session, ONE, **scope, decision_id=decision_id)
    if not found:
        raise DecisionNotFound("Check the id, or ask a colleague in that suite.")
    return found[0]


async def held(session: AsyncSession, decision_id: UUID, *, actor: Actor) -> Any:
    """The same, read after its case is locked, so that nobody decides or speaks meanwhile."""
    decision = await one(session, decision_id, actor=actor)
    await custody.held(session, decision.custody_record_id, actor=actor)
    return await one(session, decision_id, actor=actor)


def check_current(decision: Any) -> None:
    """A decision still rests on what its case says, for whoever read it under the case's lock.

    Raises:
        DecisionOvertaken: something of that was entered or put right since.
    """
    if decision.overtaken_by:
        raise DecisionOvertaken(OVERTAKEN)


async def present(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Any | None:
    """A case's present decision with what was said of it, if there is one."""
    scope = custody.reach_of(actor)
    found = await rows_of(session, PRESENT, **scope, record_id=record_id)
    return found[0] if found else None


async def of_case(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """A case's decisions with what was said of them, the present one first."""
    return await rows_of(session, OF_CASE, **custody.reach_of(actor), record_id=record_id)


def state_of(decision: Any) -> OversightState:
    """Where a decision stands."""
    return rules.state_of(
        Verdict(decision.verdict),
        superseded=decision.superseded_by_id is not None,
        determined=decision.determination_verdict is not None,
        proposed=decision.override_id is not None,
        outcome=decision.outcome,
    )


def tag_of(decision: Any) -> str:
    """A decision's entity tag."""
    state = state_of(decision)
    return rules.tag_of(decision.number, state, proposals=decision.override_number or 0)


def summary(decision: Any) -> StandingSummary:
    """What holds of a decision, and what that rests on."""
    verdict, basis = rules.standing_of(
        Verdict(decision.verdict),
        determined=decision.determination_verdict,
        overridden=decision.override_verdict,
        outcome=decision.outcome,
    )
    return StandingSummary(verdict=verdict, basis=basis)


def standing(decision: Any) -> StandingView:
    """The same, with who said so and why."""
    found = summary(decision)
    if found.basis is Basis.RULES:
        view = eligibility.by_rules(found.verdict)
        return view.model_copy(update={"override_id": decision.override_id})
    told: dict[str, Any] = {
        "reason_code": decision.determination_reason_code,
        "words": decision.determination_words,
        "by": decision.determined_by,
        "at": decision.determined_at,
    }
    if found.basis is Basis.OVERRIDE:
        told = {
            "reason_code": decision.override_reason_code,
            "words": decision.override_words,
            "by": decision.proposed_by,
            "rank": decision.proposed_rank,
            "at": decision.answered_at,
            "second_person": decision.answered_by,
            "override_id": decision.override_id,
        }
    meaning = MEANING[found.basis, found.verdict]
    return StandingView(verdict=found.verdict, basis=found.basis, meaning=meaning, **told)


def view(decision: Any, *, by: Actor, on: date) -> DecisionView:
    """A decision as it was locked and as it stands, with what this reader may do about it."""
    shown = eligibility.view(
        decision,
        decision,
        by=by,
        later=decision.superseded_by_id,
        standing=standing(decision),
    )
    return shown.model_copy(
        update={
            "overtaken": bool(decision.overtaken_by),
            "overtaken_by": [Changed(what) for what in decision.overtaken_by],
            "next_steps": [*shown.next_steps, *next_steps(decision, by=by, on=on)],
        }
    )


def next_steps(decision: Any, *, by: Actor, on: date) -> list[NextStep]:
    """What may be said of a decision from where it stands, by this reader or by somebody else."""
    state, steps = state_of(decision), []
    least = rules.policy_on(on).least_rank
    for event in [event for (begin, event) in STEPS if begin is state]:
        name, noun, _ = DOORS[event]
        reason = why_not(
            event,
            holds=partial(holds, by.role),
            ranks_enough=by.rank is not None and by.rank.is_at_least(least),
            is_first_person=by.id == decision.proposed_by,
            is_overtaken=bool(decision.overtaken_by),
        )
        href = f"{place_of(event, decision)}/{noun}"
        steps.append(
            NextStep(step=name, method="POST", href=href, allowed=reason is None, why_not=reason)
        )
    return steps


def place_of(event: OversightEvent, decision: Any) -> str:
    """Where a step's door stands: at the decision, or at the override that is to be answered."""
    if event in (OversightEvent.CONFIRMED, OversightEvent.DECLINED):
        return f"/v1/overrides/{decision.override_id}"
    return f"/v1/eligibility-decisions/{decision.id}"


# The only way to reach an override: by a case of the reader's suites.
OVERRIDE = (
    sa.select(
        *EligibilityOverride.__table__.c,
        col(EligibilityDecision.custody_record_id),
        col(EligibilityDecision.verdict).label("verdict_by_rules"),
        col(CustodyRecord.person_id),
        col(OverrideAnswer.outcome),
        col(OverrideAnswer.words).label("answer_words"),
        col(OverrideAnswer.answered_at),
        col(OverrideAnswer.answered_by),
    )
    .join(
        EligibilityDecision,
        col(EligibilityDecision.id) == col(EligibilityOverride.eligibility_decision_id),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(EligibilityDecision.custody_record_id))
    .outerjoin(
        OverrideAnswer,
        col(OverrideAnswer.eligibility_override_id) == col(EligibilityOverride.id),
    )
    .where(custody.IN_REACH)
    .where(col(EligibilityOverride.id) == sa.bindparam("override_id", type_=sa.Uuid()))
)


async def override(session: AsyncSession, override_id: UUID, *, actor: Actor) -> Any:
    """A proposed override with its decision's verdict, and what became of it."""
    scope = custody.reach_of(actor)
    found = await rows_of(session, OVERRIDE, **scope, override_id=override_id)
    if not found:
        raise OverrideNotFound("Check the id, or ask a colleague in that suite.")
    return found[0]


def override_view(found: Any, decision: Any, *, by: Actor, on: date) -> OverrideView:
    """An override, and what this reader may do about it while it is the last one."""
    last = decision.override_id == found.id
    fields = OverrideView.model_fields.keys() - {"reason", "holds", "next_steps"}
    return OverrideView(
        **{name: getattr(found, name) for name in fields},
        reason=LABELS[found.reason_code],
        holds=found.outcome is Outcome.CONFIRMED and decision.superseded_by_id is None,
        next_steps=next_steps(decision, by=by, on=on) if last else [],
    )
