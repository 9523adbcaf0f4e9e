"""Rows of a contract into what is shown of it, and what may be done next."""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.contracts.agreements.schemas import ConditionView, SignatureView, TermsView
from checkpoint.contracts.agreements.states import SignatureRole
from checkpoint.contracts.clocks import policy_on
from checkpoint.contracts.facts import Limits, Whole
from checkpoint.contracts.rules import RISK_WORDS, Stand, risks
from checkpoint.contracts.schemas import (
    ContractClockView,
    ContractItemView,
    ContractView,
    RiskView,
    StepView,
)
from checkpoint.contracts.signatures.rules import is_ready
from checkpoint.contracts.states import ENDED, LIVE, WORKED_TO_ITS_END, ContractState, StepReason
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.schemas import NextStep

ITEM = ContractItemView.model_fields.keys()
TERMS = TermsView.model_fields.keys() - {"conditions", "signatures", "unsigned"}
NOT_YET = {"allowed": False, "why_not": "The person and the navigator sign first."}
WITHDREW = "Consent to the programme does not stand, so nothing more is agreed; end the contract."
UNSETTLED = (
    "Of its conditions, {unsettled} are neither met nor excused: record what was done. Whoever "
    "completes it all the same sends named_reason and says why in words."
)
NOT_YOURS = "Your role does not allow this; ask {whom}."
WORK, DECIDE = Permission.WORK_CONTRACT, Permission.DECIDE_CONTRACT
WHOM: Mapping[Permission, str] = MappingProxyType(
    {
        WORK: "the case's navigator or a supervisor",
        DECIDE: "a supervisor",
        Permission.RAISE_REVIEW: "the case's navigator or a supervisor",
        Permission.RECORD_DISPOSAL: "a custody officer or a supervisor",
        Permission.ASSESS_NEEDS: "the case's navigator, a custody officer or a supervisor",
    }
)

SIGNERS: Mapping[SignatureRole, tuple[Any, ...]] = MappingProxyType(
    {
        SignatureRole.PERSON: (WORK,),
        SignatureRole.NAVIGATOR: (WORK, Role.NAVIGATOR),
        SignatureRole.SUPERVISOR: (DECIDE,),
    }
)
TERMS_STEP = ("save_contract_terms", "terms", WORK)
UNSIGNED = (
    TERMS_STEP,
    ("decline_contract", "decline", WORK),
    ("let_contract_lapse", "lapse", WORK),
    ("close_contract", "closure", WORK),
)
RUNNING = (
    TERMS_STEP,
    ("record_condition_entry", "condition-entries", WORK),
    ("raise_review", "breach-reviews", Permission.RAISE_REVIEW),
    ("complete_contract", "completion", DECIDE),
    ("withdraw_from_contract", "withdrawal", WORK),
    ("close_contract", "closure", WORK),
)
STEPS: Mapping[ContractState, tuple[tuple[str, str, Permission], ...]] = MappingProxyType(
    {
        ContractState.DRAFT: (("offer_contract", "offer", WORK), *UNSIGNED),
        ContractState.OFFERED: UNSIGNED,
        ContractState.ACTIVE: (("suspend_contract", "suspension", WORK), *RUNNING),
        ContractState.SUSPENDED: (("resume_contract", "resumption", WORK), *RUNNING),
        **dict.fromkeys(ENDED, (("record_outcome", "outcomes", Permission.RECORD_DISPOSAL),)),
    }
)


def terms_view(found: Whole, terms: Any) -> TermsView:
    """One version of the terms, with its conditions and signatures."""
    signed = found.signed(terms)
    return TermsView(
        **{name: getattr(terms, name) for name in TERMS},
        conditions=[ConditionView.model_validate(each) for each in found.of(terms)],
        signatures=[SignatureView.model_validate(each) for each in signed.values()],
        unsigned=[role for role in SignatureRole if role not in signed],
    )


def clock_view(found: Whole, limits: Limits, *, on: date) -> ContractClockView:
    """A contract's days as of a day in England."""
    stand, policy = found.stand, policy_on(on)
    is_still = stand.state is ContractState.SUSPENDED
    left = (stand.ends_on - on).days if stand.ends_on and stand.state in LIVE else None
    return ContractClockView(
        as_of=on,
        days_left=left,
        excused_days=stand.excused_days,
        stands_still_since=found.since if is_still else None,
        limit_on=limits.limit_on,
        longest_on=stand.longest_on,
        prosecute_by=limits.prosecute_by,
        margin_days=policy.margin_days,
        source=policy.source,
    )


def contract_view(
    found: Whole, limits: Limits, *, unsettled: int, by: Actor, on: date
) -> ContractView:
    """A contract, for a reader within reach of it."""
    stand, current, proposed = found.stand, found.current, found.proposed
    shown = {current.id, proposed.id if proposed else None}
    at_risk = risks(
        stand,
        consent_stands=limits.consent_stands,
        limit=limits.limit_on,
        prosecute_by=limits.prosecute_by,
        on=on,
    )
    moving = {
        "state": stand.state,
        "version": stand.number,
        "starts_on": stand.starts_on,
        "ends_on": stand.ends_on,
    }
    return ContractView(
        **{name: getattr(found.contract, name) for name in ITEM} | moving,
        custody_record_id=found.contract.custody_record_id,
        clock=clock_view(found, limits, on=on),
        at_risk=[RiskView(risk=each, words=RISK_WORDS[each]) for each in at_risk],
        terms=terms_view(found, current),
        proposed=terms_view(found, proposed) if proposed else None,
        earlier=[terms_view(found, each) for each in found.terms if each.id not in shown],
        steps=[StepView.model_validate(each) for each in found.steps],
        next_steps=next_steps(found, stand, limits, unsettled=unsettled, by=by),
    )


def next_steps(
    found: Whole, stand: Stand, limits: Limits, *, unsettled: int, by: Actor
) -> list[NextStep]:
    """What may be done next with a contract by a reader within reach of it.

    ``unsettled`` is how many of its conditions are neither met nor excused.
    """
    steps = _next_steps(found, stand, limits, by=by)
    if unsettled:
        steps = [_unsettled(each, unsettled) for each in steps]
    if limits.consent_stands:
        return steps
    no_more = {"allowed": False, "why_not": WITHDREW}
    return [each.model_copy(update=no_more) if _agrees(each) else each for each in steps]


def _unsettled(step: NextStep, unsettled: int) -> NextStep:
    if step.step != "complete_contract" or not step.allowed:
        return step
    return step.model_copy(
        update={"allowed": False, "why_not": UNSETTLED.format(unsettled=unsettled)}
    )


def _agrees(step: NextStep) -> bool:
    return step.step in ("offer_contract", "save_contract_terms") or step.step.startswith("sign_as")


def _next_steps(found: Whole, stand: Stand, limits: Limits, *, by: Actor) -> list[NextStep]:
    here = f"/v1/contracts/{found.contract.id}"
    opened = found.current if stand.state is ContractState.OFFERED else found.proposed
    signed = found.signed(opened) if opened is not None else {*SignatureRole}
    signing = [
        _signing(f"sign_as_{role}", f"{here}/signatures", role, signed, by=by)
        for role in SignatureRole
        if role not in signed
    ]
    steps = [
        _step(name, f"{here}/{noun}", lock, by=by)
        for name, noun, lock in STEPS.get(stand.state, ())
    ]
    ran = stand.state in WORKED_TO_ITS_END and stand.starts_on is not None
    died = found.steps[-1].reason_code == StepReason.DEATH
    if ran and not died and not limits.exit_assessed:
        door = f"/v1/custody-records/{found.contract.custody_record_id}/needs-assessments"
        steps.append(_step("assess_needs_at_exit", door, Permission.ASSESS_NEEDS, by=by))
    return [*signing, *steps]


def _signing(
    name: str, href: str, role: SignatureRole, signed: Collection[SignatureRole], *, by: Actor
) -> NextStep:
    found = _step(name, href, *SIGNERS[role], by=by)
    waits = role is SignatureRole.SUPERVISOR and not is_ready(signed)
    return found.model_copy(update=NOT_YET) if waits and found.allowed else found


def _step(name: str, href: str, lock: Permission, *only: Role, by: Actor) -> NextStep:
    may = holds(by.role, lock) and by.role in (only or Role)
    whom = "the case's navigator" if Role.NAVIGATOR in only else WHOM[lock]
    why_not = None if may else NOT_YOURS.format(whom=whom)
    return NextStep(step=name, method="POST", href=href, allowed=may, why_not=why_not)
