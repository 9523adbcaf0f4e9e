"""What stands on a contract's one page, in plain English for the person who signs it. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from checkpoint.contracts.agreements.states import (
    LABELS,
    CompletionRule,
    ConditionKind,
    SignatureRole,
    TermsKind,
)
from checkpoint.contracts.states import ContractState, Fallback
from checkpoint.foundation.calendar import day, moment
from checkpoint.foundation.schemas import View
from checkpoint.needs.states import LABELS as NEEDS

FALLBACKS: Mapping[Fallback, str] = {
    Fallback.CHARGE: "charge you",
    Fallback.CAUTION: "give you a caution",
    Fallback.CONDITIONAL_CAUTION: "give you a conditional caution",
}
STANDINGS: Mapping[ContractState, str] = {
    ContractState.DRAFT: "This is a draft. Nothing is agreed yet.",
    ContractState.OFFERED: "This is offered to you. It runs once all three have signed.",
    ContractState.ACTIVE: "This contract runs.",
    ContractState.SUSPENDED: "This contract is suspended. The days until it goes on are added.",
}
PROPOSED = (
    "This is a change that is offered to you. Until all three have signed, the contract stays as it "
    "was."
)
KEPT = (
    (
        "Taking part is your choice. You may ask a solicitor before you sign, and you may stop at any "
        "time."
    ),
    (
        "If you keep every condition, the police mean to take no further action on these offences. It "
        "may still be shown where somebody asks for an enhanced check."
    ),
    (
        "If you cannot keep an appointment, tell your navigator before it. Days in hospital, in prison "
        "or on a waiting list that is not your doing are not counted."
    ),
)
BROKEN = (
    (
        "If a condition is broken, somebody who is not your navigator looks at it and hears you before "
        "anything is decided. An arrest alone does not end this contract."
    ),
)


class ConditionLine(View):
    """One condition as the person reads it."""

    title: str
    objective: str
    measure: str
    asks: str
    by: str


class SignatureLine(View):
    """One line to sign on, or when somebody did."""

    who: str
    name: str
    signed: str


class Paper(View):
    """Everything that is printed of one version of a contract, but when it was printed."""

    reference: str
    version: int
    name: str
    navigator: str
    standing: str
    runs: str
    conditions: tuple[ConditionLine, ...]
    kept: tuple[str, ...]
    fallback: str
    signatures: tuple[SignatureLine, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what is printed: the same for as long as the same would be printed."""
        shown = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()


def asks_of(condition: Any) -> str:
    """What a condition asks for, in one sentence.

    Args:
        condition: one of the terms that are printed.

    Returns:
        The sentence, as it is said to the person.
    """
    amount = condition.amount
    if condition.rule == CompletionRule.TAG_DATES:
        return f"Wear the tag from {day(condition.tag_from)} to {day(condition.tag_until)}."
    return {
        CompletionRule.NO_OFFENDING: "Do not commit an offence while this contract runs.",
        CompletionRule.CONTACT: "Take part as it was agreed with you.",
        CompletionRule.SESSIONS: f"Come to {amount} session{'' if amount == 1 else 's'}.",
        CompletionRule.HOURS: f"Work {amount} hours.",
        CompletionRule.EVIDENCE: "Show your navigator that it is done.",
    }[CompletionRule(condition.rule)]


def title_of(condition: Any) -> str:
    """What a condition is about, with the need that it works on.

    Args:
        condition: one of the terms that are printed.

    Returns:
        Its kind as people call it, and of a pathway condition the pathway.
    """
    title = LABELS[ConditionKind(condition.kind)]
    return f"{title}: {NEEDS[condition.pathway]}" if condition.pathway else title


def runs_of(terms: Any, *, starts_on: date | None, ends_on: date | None) -> str:
    """From when to when these terms run, in one sentence.

    Args:
        terms: those that are printed.
        starts_on: the contract's first day; None before it is signed.
        ends_on: its last day as it stands; None before it is signed.

    Returns:
        The sentence.
    """
    if starts_on is None or ends_on is None:
        until = f"until {day(terms.ends_on)}" if terms.ends_on else f"for {terms.reckoned}"
        return f"It runs from the day on which you sign, {until}."
    last = terms.ends_on if terms.kind == TermsKind.EXTENSION else ends_on
    return f"It runs from {day(starts_on)} until {day(max(last, ends_on))}."


def paper(
    found: Any,
    terms: Any,
    *,
    name: str,
    navigator: str | None,
) -> Paper:
    """What is printed of one version of a contract.

    Args:
        found: the whole contract.
        terms: the version that is printed.
        name: the person's.
        navigator: their navigator's name; None where nobody has the case.

    Returns:
        The same for as long as nothing of it changes.
    """
    stand, signed = found.stand, found.signed(terms)
    is_proposed = found.proposed is not None and terms.id == found.proposed.id
    earlier = terms.id not in {found.current.id, found.proposed.id if is_proposed else None}
    standing = STANDINGS.get(stand.state, "This contract has ended.")
    if is_proposed or earlier:
        standing = PROPOSED if is_proposed else "These terms are not those that count."
    fallback = FALLBACKS[Fallback(found.contract.fallback)]
    return Paper(
        reference=found.contract.reference,
        version=terms.number,
        name=name,
        navigator=navigator or "To be named",
        standing=standing,
        runs=runs_of(terms, starts_on=stand.starts_on, ends_on=stand.ends_on),
        conditions=tuple(_lines(found.of(terms))),
        kept=(*KEPT, *BROKEN),
        fallback=f"If this contract is not completed, the police may {fallback} instead.",
        signatures=tuple(
            SignatureLine(
                who=LABELS[role],
                name={SignatureRole.PERSON: name}.get(role, ""),
                signed=f"Signed {moment(signed[role].signed_at)}" if role in signed else "",
            )
            for role in SignatureRole
        ),
    )


def _lines(conditions: Sequence[Any]) -> list[ConditionLine]:
    return [
        ConditionLine(
            title=title_of(each),
            objective=each.objective,
            measure=each.measure,
            asks=asks_of(each),
            by=day(each.due_on) if each.due_on else "The contract's last day",
        )
        for each in conditions
    ]
