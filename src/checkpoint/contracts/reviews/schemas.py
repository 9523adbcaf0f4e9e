"""What is said when a contract is questioned, and what is shown of it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.contracts.reviews.states import Cause, Ground, ReviewOutcome
from checkpoint.contracts.reviews.tables import WORDS_LIMIT
from checkpoint.foundation.schemas import Command, Day, Moment, NextStep, Text, View, example

Words = Annotated[Text, Field(max_length=WORDS_LIMIT, description="The evidence, in words.")]


class RaiseReview(Command):
    """A contract is to be reviewed."""

    model_config = example(cause="missed_contact", words="Missed two appointments in a row.")

    cause: Annotated[Cause, Field(description="See /v1/reference/breach-causes.")]
    other_record_id: Annotated[
        UUID | None, Field(description="Of new_arrest: the arrest's record, as the list has it.")
    ] = None
    condition_key: Annotated[
        UUID | None, Field(description="Of condition: its key, of the terms in force.")
    ] = None
    words: Words

    @model_validator(mode="after")
    def arrest_if_for_one(self) -> Self:
        arrest = self.cause is Cause.NEW_ARREST
        if arrest and self.other_record_id is None:
            raise ValueError("Send other_record_id with new_arrest.")
        if self.other_record_id is not None and not (arrest or self.cause is Cause.OFFENCE):
            raise ValueError("Send other_record_id only with new_arrest or offence.")
        return self

    @model_validator(mode="after")
    def condition_if_for_one(self) -> Self:
        if (self.cause is Cause.CONDITION) != (self.condition_key is not None):
            raise ValueError("Send condition_key where cause is condition, and nowhere else.")
        return self


class DecideReview(Command):
    """What a review comes to."""

    model_config = example(outcome="warn", words="A written warning, and weekly contact from now.")

    outcome: Annotated[ReviewOutcome, Field(description="See /v1/reference/breach-outcomes.")]
    ground: Annotated[
        Ground | None,
        Field(description="Of fail: what it rests on. See /v1/reference/breach-grounds."),
    ] = None
    offence_on: Annotated[
        Day | None, Field(description="The day of the offence it rests on, if it does.")
    ] = None
    words: Words

    @model_validator(mode="after")
    def ground_only_of_a_failure(self) -> Self:
        failed = self.outcome is ReviewOutcome.FAIL
        if not failed and (self.ground is not None or self.offence_on is not None):
            raise ValueError("Send ground and offence_on only with fail.")
        return self


class DecisionView(View):
    """What somebody who had no part in it decided."""

    outcome: ReviewOutcome
    label: str
    ground: Ground | None
    offence_on: date | None
    words: str
    decided_at: Moment
    decided_by: UUID


class ReviewView(View):
    """A review of a contract."""

    id: UUID
    contract_id: UUID
    number: int
    cause: Cause
    label: str
    other_record_id: UUID | None
    condition_key: UUID | None
    words: str
    raised_at: Moment
    raised_by: UUID
    due_on: Annotated[date, Field(description="The last working day to decide it.")]
    overdue: Annotated[bool, Field(description="Open past that day, or decided after it.")]
    decision: Annotated[DecisionView | None, Field(description="Null: it is open.")]
    next_steps: list[NextStep]


class ArrestView(View):
    """A new arrest of the person since the contract began. It breaches nothing by itself."""

    custody_record_id: UUID
    suite: str
    arrested_at: Moment
    before_contract: Annotated[
        bool, Field(description="All that is alleged there is from before the contract.")
    ]
    review_by: Annotated[date, Field(description="The last working day to raise a review.")]
    overdue: Annotated[bool, Field(description="No review names it, and that day is over.")]
    review_id: Annotated[UUID | None, Field(description="The review that names it, if any.")]


class ReviewsView(View):
    """The reviews of a contract, and the arrests that ask for one."""

    contract_id: UUID
    arrests: Annotated[list[ArrestView], Field(description="The latest first.")]
    items: Annotated[list[ReviewView], Field(description="The latest first.")]
    next_steps: list[NextStep]
