"""What is entered of a contract's life, and what is shown of a contract."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.contracts.agreements.schemas import TermsView, Words
from checkpoint.contracts.rules import Risk
from checkpoint.contracts.states import (
    REASONS,
    ContractEvent,
    ContractState,
    Fallback,
    StepReason,
)
from checkpoint.custody.movements.schemas import Late
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import Command, Instant, Moment, NextStep, Offered, View, example

OF_STEP = Field(description="See /v1/reference/contract-step-reasons; these are the step's own.")


class TakeStep(Command):
    """What happened to a contract, when and why."""

    reason_code: StepReason
    words: Annotated[
        Words | None, Field(description="Wanted with other and with named_reason.")
    ] = None
    happened_at: Annotated[Instant, Field(examples=["2026-11-03T12:00:00Z"])]
    late_reason: Late = None


class SuspendContract(TakeStep):
    """Why and since when the contract's clock stands still."""

    model_config = example(reason_code="hospital", happened_at="2026-11-03T12:00:00Z")

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.SUSPENDED]), OF_STEP]


class DeclineContract(TakeStep):
    """Why and when the person would not sign."""

    model_config = example(reason_code="changed_mind", happened_at="2026-11-03T12:00:00Z")

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.DECLINED]), OF_STEP]


class LetContractLapse(TakeStep):
    """Why and when nobody waited any longer for a signature."""

    model_config = example(reason_code="no_show", happened_at="2026-11-03T12:00:00Z")

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.LAPSED]), OF_STEP]


class WithdrawFromContract(TakeStep):
    """Why and when the person withdrew."""

    model_config = example(reason_code="changed_mind", happened_at="2026-11-03T12:00:00Z")

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.WITHDRAWN]), OF_STEP]


class CloseContract(TakeStep):
    """Why and when it came to an end, neither completed nor failed."""

    model_config = example(reason_code="moved_away", happened_at="2026-11-03T12:00:00Z")

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.CLOSED]), OF_STEP]


class CompleteContract(TakeStep):
    """By what and when it is completed: its conditions, or a reason that is named in words."""

    model_config = example(
        reason_code="named_reason",
        words="The adviser ended the sessions early, as all was done.",
        happened_at="2026-11-03T12:00:00Z",
    )

    reason_code: Annotated[StepReason, Offered(REASONS[ContractEvent.COMPLETED]), OF_STEP]


class ResumeContract(Command):
    """From when on the contract's clock goes on."""

    model_config = example(happened_at="2026-11-03T12:00:00Z")

    words: Words | None = None
    happened_at: Annotated[Instant, Field(examples=["2026-11-03T12:00:00Z"])]
    late_reason: Late = None


class ContractItemView(View):
    """A contract, in short."""

    id: UUID
    reference: str
    state: ContractState
    version: int
    fallback: Fallback
    starts_on: date | None
    ends_on: date | None
    drafted_at: Moment


class ContractsView(View):
    """The contracts of a case."""

    custody_record_id: UUID
    items: list[ContractItemView]


class ContractClockView(View):
    """A contract's days, as of today."""

    as_of: date
    days_left: Annotated[int | None, Field(description="Fewer than none after its last day.")]
    excused_days: int
    stands_still_since: Moment | None
    limit_on: Annotated[
        date | None, Field(description="The last day that prosecution allows; null is none.")
    ]
    longest_on: Annotated[
        date | None,
        Field(description="The last day that extensions may give; null before its start."),
    ]
    prosecute_by: date | None
    margin_days: int
    source: str


class RiskView(View):
    """What puts the contract at risk."""

    risk: Risk
    words: str


class StepView(View):
    """One thing that happened to the contract, and how it stood after it."""

    number: int
    event: ContractEvent
    state: ContractState
    terms_number: int
    ends_on: date | None
    excused_days: int
    reason_code: StepReason | None
    words: str | None
    happened_at: Moment
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class ContractView(ContractItemView):
    """A contract: what counts, what is proposed, its days, its story, and what may be done next."""

    custody_record_id: UUID
    clock: ContractClockView
    at_risk: list[RiskView]
    terms: Annotated[TermsView, Field(description="Those that count.")]
    proposed: Annotated[TermsView | None, Field(description="A change that is to be signed.")]
    earlier: Annotated[list[TermsView], Field(description="The others, the first one first.")]
    steps: list[StepView]
    next_steps: list[NextStep]
