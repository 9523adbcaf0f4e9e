"""What is entered of what a case was given, and what is shown of it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from checkpoint.custody.movements.schemas import Late
from checkpoint.custody.movements.states import LateReason
from checkpoint.delivery.references import CODE
from checkpoint.delivery.states import (
    ConditionKind,
    CrossoverReason,
    DeliveredArm,
    DeviationReason,
    DisposingAuthority,
    ReplacingReason,
)
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.schemas import (
    Command,
    Day,
    Instant,
    Moment,
    NextStep,
    Spelt,
    Text,
    View,
    example,
)
from checkpoint.oversight.states import Outcome

Words = Annotated[
    Text,
    Field(
        max_length=1000,
        description="Why, in words; about the case, so it goes to nobody but its readers.",
    ),
]


class StartProgramme(Command):
    """The person was started on the programme."""

    model_config = example(started_at="2026-11-03T11:40:00Z")

    started_at: Annotated[Instant, Field(examples=["2026-11-03T11:40:00Z"])]
    late_reason: Late = None


class ProposeCrossover(Command):
    """To give a control case the programme."""

    model_config = example(
        reason_code="welfare", words="A need came to light that will not wait for the court."
    )

    reason_code: Annotated[
        CrossoverReason, Field(description="See /v1/reference/crossover-reasons.")
    ]
    words: Words


class ConfirmCrossover(Command):
    """Confirm what was proposed; there is nothing to add, so send {} or nothing."""

    model_config = example()


class DeclineCrossover(Command):
    """Decline what was proposed."""

    model_config = example(words="The need can be met without the programme.")

    words: Words


class RecordDeviation(Command):
    """A treatment case went the control's way."""

    model_config = example(
        reason_code="prosecuted_instead",
        words="Charged before the contract could be offered.",
        happened_at="2026-11-03T11:40:00Z",
    )

    reason_code: Annotated[
        DeviationReason, Field(description="See /v1/reference/deviation-reasons.")
    ]
    words: Words
    happened_at: Annotated[Instant, Field(examples=["2026-11-03T11:40:00Z"])]
    late_reason: Late = None


class RecordDisposal(Command):
    """How one alleged offence was disposed of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "offence_id": "019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
                    "outcome_code": "1",
                    "disposed_on": "2026-11-03",
                    "decided_by": "police",
                }
            ]
        }
    )

    offence_id: Annotated[UUID, Field(description="The alleged offence, as it stands now.")]
    outcome_code: Annotated[
        str,
        StringConstraints(pattern=CODE),
        Spelt("an outcome code of one or two digits", "22"),
        Field(description="See /v1/reference/disposal-outcomes."),
    ]
    disposed_on: Annotated[Day, Field(examples=["2026-11-03"])]
    decided_by: DisposingAuthority
    court: Annotated[Text | None, Field(max_length=200, description="Only of a court.")] = None
    conditions: Annotated[
        list[ConditionKind],
        Field(max_length=len(ConditionKind), description="What its conditions are for, if any."),
    ] = []
    words: Annotated[
        Text | None, Field(max_length=1000, description="The conditions, or what else counts.")
    ] = None
    replaces_id: Annotated[
        UUID | None, Field(description="The disposal on record whose place this takes.")
    ] = None
    reason_code: Annotated[
        ReplacingReason | None, Field(description="Why it does; only with replaces_id.")
    ] = None

    @model_validator(mode="after")
    def reason_if_replacing(self) -> Self:
        if (self.replaces_id is None) != (self.reason_code is None):
            raise ValueError("Send replaces_id and reason_code together, or neither.")
        return self

    @model_validator(mode="after")
    def court_if_of_a_court(self) -> Self:
        if self.court is not None and self.decided_by is not DisposingAuthority.COURT:
            raise ValueError("Send court only where decided_by is court.")
        return self

    @model_validator(mode="after")
    def each_condition_once(self) -> Self:
        if len({*self.conditions}) < len(self.conditions):
            raise ValueError("Send each condition once.")
        return self


class StartView(View):
    """When somebody was started on the programme."""

    id: UUID
    started_at: Moment
    crossover_id: Annotated[UUID | None, Field(description="The crossover that allowed it.")]
    entered_late: bool
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class CrossoverView(View):
    """A proposed crossover, and what became of it."""

    id: UUID
    number: int
    reason_code: CrossoverReason
    reason: str
    words: str
    proposed_rank: Rank
    proposed_at: Moment
    proposed_by: UUID
    outcome: Annotated[Outcome | None, Field(description="Null while nobody answered.")]
    answer_words: Annotated[str | None, Field(description="Why it was declined.")]
    answered_at: Moment | None
    answered_by: Annotated[UUID | None, Field(description="The second person.")]


class DeviationView(View):
    """That a treatment case went the control's way."""

    id: UUID
    reason_code: DeviationReason
    reason: str
    words: str
    happened_at: Moment
    entered_late: bool
    late_reason: LateReason | None
    recorded_at: Moment
    recorded_by: UUID


class DeliveryView(View):
    """What a case was really given; what it was assigned is its allocation, which stays as it is."""

    custody_record_id: UUID
    delivered: DeliveredArm
    start: StartView | None
    crossovers: Annotated[list[CrossoverView], Field(description="The last one first.")]
    deviation: DeviationView | None
    next_steps: list[NextStep]


class DisposalView(View):
    """How an offence was disposed of, as somebody recorded it."""

    id: UUID
    number: int
    withheld: Annotated[
        bool,
        Field(
            description="How it was disposed of is left out, since that may tell the arm, which you "
            "have not been shown: whatever the arm and the outcome. What you recorded yourself is not."
        ),
    ]
    outcome_code: str | None
    outcome: str | None
    is_outcome: Annotated[bool, Field(description="False: nothing is decided yet.")]
    disposed_on: date
    decided_by: DisposingAuthority | None
    court: str | None
    conditions: list[ConditionKind]
    words: str | None
    reason_code: ReplacingReason | None
    recorded_at: Moment
    recorded_by: UUID


class OffenceDisposalView(View):
    """One alleged offence with its disposals."""

    offence_id: UUID
    code: str
    title: str
    disposed: Annotated[bool, Field(description="Whether an outcome stands.")]
    disposals: Annotated[list[DisposalView], Field(description="The one that counts first.")]


class DisposalsView(View):
    """Every alleged offence of a case, and how it was disposed of."""

    custody_record_id: UUID
    complete: Annotated[bool, Field(description="An outcome stands for every offence.")]
    items: list[OffenceDisposalView]


class DisposalDueView(View):
    """A case whose disposal is missing. It may be of any arm."""

    record_id: UUID
    reference: str
    suite: str
    family_name: str
    given_names: str | None
    missing: Annotated[int, Field(description="Offences without an outcome.")]
    due_on: Annotated[date, Field(description="From this day on it is chased.")]
    prosecution_last_day: Annotated[
        date | None, Field(description="Last day to start proceedings; null where no limit runs.")
    ]
    days_left: int | None


class DueCountView(View):
    """How many cases of a suite miss a disposal that is due."""

    suite: str
    cases: int


class DueCountsView(View):
    """Missing disposals by suite."""

    chased_after_days: int
    source: str
    items: list[DueCountView]
