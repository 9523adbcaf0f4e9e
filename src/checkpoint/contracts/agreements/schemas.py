"""What is entered of a contract's terms and signatures, and what is shown of them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.contracts.agreements.states import (
    MOST_CONDITIONS,
    MOST_SESSIONS,
    CompletionRule,
    ConditionKind,
    SignatureRole,
    SigningWay,
    TermsKind,
    TermsReason,
)
from checkpoint.contracts.states import Fallback
from checkpoint.custody.movements.schemas import Late
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import Command, Day, Instant, Moment, Text, View, YesNo, example
from checkpoint.needs.states import Pathway

Words = Annotated[Text, Field(max_length=1000)]
LastDay = Annotated[
    Day | None,
    Field(description="The last day; left out, four calendar months, or as it stands."),
]
Override = Annotated[
    Words | None,
    Field(description="Why it may pass the prosecution limit; a supervisor's words, and only so."),
]
OFFENDING = {
    "kind": "offending",
    "rule": "no_offending",
    "objective": "Not to offend",
    "measure": "No offence committed in the contract's time",
}
FINANCE = {
    "kind": "pathway",
    "pathway": "finance",
    "rule": "sessions",
    "amount": 4,
    "objective": "To get on top of debts",
    "measure": "Four sessions with the adviser",
}


class ConditionForm(Command):
    """One condition, as it is to be agreed."""

    key: Annotated[
        UUID | None, Field(description="The same condition in earlier terms, if there is one.")
    ] = None
    kind: Annotated[ConditionKind, Field(description="See /v1/reference/contract-condition-kinds.")]
    pathway: Annotated[Pathway | None, Field(description="Which; of a pathway condition.")] = None
    victim_id: Annotated[
        UUID | None,
        Field(description="Which victim asked; left out, the first who did."),
    ] = None
    objective: Annotated[Words, Field(description="What is to be reached, in plain words.")]
    measure: Annotated[Words, Field(description="How one sees that it was.")]
    due_on: Annotated[
        Day | None, Field(description="By when; left out, the contract's last day.")
    ] = None
    rule: Annotated[
        CompletionRule, Field(description="See /v1/reference/contract-completion-rules.")
    ]
    amount: Annotated[
        int | None, Field(ge=1, le=MOST_SESSIONS, description="How many sessions or hours.")
    ] = None
    tag_from: Day | None = None
    tag_until: Day | None = None


Conditions = Annotated[list[ConditionForm], Field(min_length=1, max_length=MOST_CONDITIONS)]


class DraftContract(Command):
    """A contract's first terms."""

    model_config = example(fallback="charge", conditions=[OFFENDING, FINANCE])

    fallback: Annotated[Fallback, Field(description="What follows if it is not completed.")]
    ends_on: LastDay = None
    conditions: Conditions
    words: Words | None = None
    override_words: Override = None


class SaveTerms(Command):
    """The first terms again, or a change of a contract that runs."""

    model_config = example(
        reason_code="needs_changed", conditions=[OFFENDING, FINANCE | {"amount": 6}]
    )

    reason_code: Annotated[
        TermsReason, Field(description="See /v1/reference/contract-terms-reasons.")
    ]
    words: Words | None = None
    ends_on: LastDay = None
    conditions: Conditions
    override_words: Override = None


class OfferContract(Command):
    """Offer the draft to be signed; there is nothing to add, so send {} or nothing."""

    model_config = example()


class SignTerms(Command):
    """One of the three signatures under the terms that are open."""

    model_config = example(role="person", how="paper", signed_at="2026-11-03T12:00:00Z")

    role: Annotated[SignatureRole, Field(description="See /v1/reference/contract-signature-roles.")]
    how: Annotated[SigningWay, Field(description="See /v1/reference/contract-signing-ways.")]
    appropriate_adult: Annotated[
        YesNo | None, Field(description="Whether one was there; of the person's signature.")
    ] = None
    interpreter: Annotated[YesNo | None, Field(description="The same of an interpreter.")] = None
    signed_at: Annotated[Instant, Field(examples=["2026-11-03T12:00:00Z"])]
    late_reason: Late = None


class ConditionView(View):
    """One condition of terms."""

    id: UUID
    key: Annotated[UUID, Field(description="The same in later terms.")]
    position: int
    kind: ConditionKind
    pathway: Pathway | None
    victim_id: UUID | None
    objective: str
    measure: str
    due_on: Annotated[date | None, Field(description="Null: the contract's last day.")]
    rule: CompletionRule
    amount: int | None
    tag_from: date | None
    tag_until: date | None


class SignatureView(View):
    """One signature under terms."""

    role: SignatureRole
    how: SigningWay
    appropriate_adult: bool | None
    interpreter: bool | None
    signed_at: Moment
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class TermsView(View):
    """One version of what the contract says."""

    id: UUID
    number: int
    kind: TermsKind
    reason_code: TermsReason
    words: str | None
    ends_on: Annotated[date | None, Field(description="Null: reckoned from the signature.")]
    reckoned: str
    limit_on: date | None
    override_words: str | None
    override_by: UUID | None
    drafted_at: Moment
    drafted_by: UUID
    conditions: list[ConditionView]
    signatures: list[SignatureView]
    unsigned: Annotated[list[SignatureRole], Field(description="Who has still to sign.")]
