"""What is entered of a contract's conditions, and what they are shown to come to."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.contracts.agreements.states import CompletionRule, ConditionKind
from checkpoint.contracts.evidence.states import (
    ConditionState,
    EntryKind,
    EvidenceWithdrawalReason,
    Unit,
)
from checkpoint.contracts.evidence.tables import MOST_MINUTES, WORDS_LIMIT
from checkpoint.foundation.schemas import Command, Day, Moment, NextStep, Text, View, example
from checkpoint.needs.states import StatementBasis

COUNTED = (EntryKind.WORK, EntryKind.SESSION)
WORDED = (EntryKind.EVIDENCE, EntryKind.NOT_MET, EntryKind.EXCUSED)
Words = Annotated[Text, Field(max_length=WORDS_LIMIT)]


class RecordEntry(Command):
    """One thing to put on record of a condition."""

    model_config = example(
        condition_key="019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
        kind="work",
        happened_on="2026-11-03",
        minutes=180,
        basis="fact",
    )

    condition_key: Annotated[UUID, Field(description="The condition's key, of the terms in force.")]
    kind: Annotated[EntryKind, Field(description="See /v1/reference/condition-entry-kinds.")]
    happened_on: Annotated[Day, Field(examples=["2026-11-03"])]
    until: Annotated[
        Day | None, Field(description="Only of blocked_external; null says that it goes on.")
    ] = None
    minutes: Annotated[
        int | None,
        Field(ge=1, le=MOST_MINUTES, strict=True, description="Of work; of a session, if known."),
    ] = None
    basis: Annotated[StatementBasis, Field(description="See /v1/reference/statement-bases.")]
    words: Annotated[
        Words | None, Field(description="What it was; wanted of evidence, not_met and excused.")
    ] = None

    @model_validator(mode="after")
    def minutes_of_what_lasts(self) -> Self:
        if self.minutes is None and self.kind is EntryKind.WORK:
            raise ValueError("Send minutes with work.")
        if self.minutes is not None and self.kind not in COUNTED:
            raise ValueError("Send minutes only with work or session.")
        return self

    @model_validator(mode="after")
    def until_of_a_block(self) -> Self:
        if self.until is not None and self.kind is not EntryKind.BLOCKED:
            raise ValueError("Send until only with blocked_external.")
        return self

    @model_validator(mode="after")
    def words_where_wanted(self) -> Self:
        if self.words is None and self.kind in WORDED:
            raise ValueError("Send words with evidence, not_met and excused.")
        return self


class WithdrawEntry(Command):
    """An entry never was true of its condition."""

    model_config = example(reason_code="entered_twice")

    reason_code: Annotated[
        EvidenceWithdrawalReason,
        Field(description="See /v1/reference/condition-entry-withdrawal-reasons."),
    ]


class EntryView(View):
    """One thing on record of a condition."""

    id: UUID
    number: int
    kind: EntryKind
    label: str
    happened_on: date
    until: date | None
    minutes: int | None
    basis: StatementBasis
    words: str | None
    recorded_at: Moment
    recorded_by: UUID
    withdrawn_at: Annotated[Moment | None, Field(description="Null: it stands.")]
    withdrawn_by: UUID | None
    withdrawal_reason: EvidenceWithdrawalReason | None


class HeldView(View):
    """An appointment that counts for a condition: the person came to it, and complied."""

    appointment_id: UUID
    happened_on: date
    minutes: int


class ConditionStandingView(View):
    """One condition of the terms in force, and what its entries come to."""

    key: UUID
    position: int
    kind: ConditionKind
    rule: CompletionRule
    state: ConditionState
    done: Annotated[
        int,
        Field(
            description="Of what is wanted, in its unit: by entries and by appointments here. A "
            "session that a referral's provider told of counts once it is entered."
        ),
    ]
    wanted: int
    unit: Unit
    due_on: date
    overdue: bool
    excused_days: Annotated[int, Field(description="Days on which somebody else held it up.")]
    entries: Annotated[list[EntryView], Field(description="As entered; withdrawn ones too.")]
    held: Annotated[list[HeldView], Field(description="Appointments that count by themselves.")]


class ConditionsView(View):
    """What every condition of a contract comes to on a day."""

    contract_id: UUID
    on: date
    settled: Annotated[bool, Field(description="Each is met or excused.")]
    items: list[ConditionStandingView]
    next_steps: list[NextStep]
