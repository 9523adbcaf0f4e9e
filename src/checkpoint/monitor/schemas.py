"""What is shown of a trial as a whole, never of a case; and what is said to unblind one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from checkpoint.consent.states import ConsentKind
from checkpoint.foundation.schemas import Command, Moment, NextStep, Text, View, example
from checkpoint.monitor.states import (
    BalanceState,
    UnblindingOutcome,
    UnblindingReason,
    UnblindingScope,
)
from checkpoint.trials.states import TrialKind, TrialState

Words = Annotated[
    Text, Field(max_length=1000, description="Why, in words; nothing about the person.")
]
Percent = Annotated[
    float | None, Field(description="Per cent; null where there is nothing to divide.")
]


class MonitorView(View):
    """Which trial, and how it stands."""

    trial: str
    kind: Annotated[TrialKind, Field(description="A test trial's cases count nowhere.")]
    state: TrialState


class PassedView(View):
    """How many cases came how far."""

    screened: int
    eligible: int
    consented: int
    allocated: int


class WeekView(View):
    """One ISO week, by days in England."""

    week_of: Annotated[date, Field(description="Its Monday.")]
    in_week: PassedView
    so_far: PassedView
    line: Annotated[
        int | None,
        Field(description="Allocated by then if recruitment were even from opening to closing."),
    ]


class SuiteWeekView(View):
    """One suite's week."""

    week_of: date
    in_week: PassedView
    so_far: PassedView


class SuiteRecruitmentView(View):
    """One suite's recruitment; the protocol sets no target of its own for it."""

    suite: str
    weeks: list[SuiteWeekView]


class RecruitmentView(MonitorView):
    """Recruitment by week, against the target."""

    opens_on: date
    closes_on: date | None
    target: int
    allocated: int
    needed_a_week: Annotated[
        float | None,
        Field(
            description="From now on, to reach the target by closing; null without a closing day."
        ),
    ]
    counted: Annotated[dict[str, str], Field(description="What each count is of, in words.")]
    weeks: list[WeekView]
    suites: list[SuiteRecruitmentView]


class StratumLevelView(View):
    """One stratum: a total, and whether its list runs low. Nothing of arms, blocks or places."""

    suite: str
    allocated: int
    runs_low: Annotated[
        bool, Field(description="Another list is to be sealed soon; may come early, never late.")
    ]


class StrataView(MonitorView):
    """Allocations by stratum."""

    withheld: str
    items: list[StratumLevelView]


class StratumBalanceView(View):
    """What the check says of one stratum."""

    suite: str
    state: BalanceState


class ArmView(View):
    """An arm behind its mask; null is withheld."""

    mask: str
    arm: str | None
    allocated: int | None


class PolicyView(View):
    """From what on the check is raised."""

    available_from: date
    blocks: float
    own_list: float
    own_list_stratum: float
    source: str


class BalanceView(MonitorView):
    """The sequential check of the ratio."""

    balance: BalanceState
    meaning: str
    ratio: dict[str, int]
    method: str
    policy: PolicyView
    unblinded: bool
    withheld: Annotated[str | None, Field(description="What is not shown, and why; null: nothing.")]
    arms: list[ArmView]
    strata: list[StratumBalanceView]


class SuiteOverridesView(View):
    """One suite's departures from the rules, and from the allocation."""

    suite: str
    decisions: int
    overrides: int
    override_rate_percent: Percent
    overrides_flagged: bool
    allocated: int
    enrolled_before: Annotated[
        int, Field(description="Of those, how many were enrolled directly on another case.")
    ]
    crossovers: int
    crossover_rate_percent: Percent
    crossovers_flagged: bool


class RefusalsView(View):
    """How often one of the three consents was declined, for one reason."""

    kind: ConsentKind
    reason_code: str
    reason: str
    declined: int


class AnsweredView(View):
    """In how many cases one of the three was answered, and how many of these were declined."""

    kind: ConsentKind
    answered: int
    declined: int


class FactView(View):
    """In how many cases of a stage something is known."""

    fact: str
    meaning: str
    known: int
    percent: Percent


class CompletenessView(View):
    """What is known of the cases of one stage."""

    stage: str
    cases: int
    counted: Annotated[str, Field(description="The denominator, in words.")]
    facts: list[FactView]


class ConductView(MonitorView):
    """How the trial is conducted: departures, refusals of consent, and what is missing."""

    counted: Annotated[dict[str, str], Field(description="What each count is of, in words.")]
    flag_above_percent: int
    source: str
    suites: list[SuiteOverridesView]
    answered: list[AnsweredView]
    refusals: list[RefusalsView]
    completeness: list[CompletenessView]


class ProposeUnblinding(Command):
    """Propose that arms be told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scope": "trial",
                    "reason_code": "follow_up_complete",
                    "words": "The last follow-up was completed and the analysis plan is signed.",
                }
            ]
        }
    )

    scope: UnblindingScope
    custody_record_id: Annotated[
        UUID | None, Field(description="The one case, in an emergency; leave it out else.")
    ] = None
    reason_code: Annotated[UnblindingReason, Field(description="See /v1/reference.")]
    words: Words


class ConfirmUnblinding(Command):
    """Confirm what was proposed; there is nothing to add, so send {} or nothing."""

    model_config = example()


class DeclineUnblinding(Command):
    """Decline what was proposed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The follow-up is not complete."}]}
    )

    words: Words


class UnblindingView(View):
    """A proposed unblinding, and what became of it."""

    trial: str
    number: int
    scope: UnblindingScope
    custody_record_id: UUID | None
    reason_code: UnblindingReason
    reason: str
    words: str
    proposed_at: Moment
    proposed_by: UUID
    outcome: Annotated[UnblindingOutcome | None, Field(description="Null while nobody answered.")]
    answer_words: Annotated[str | None, Field(description="Why it was declined.")]
    answered_at: Moment | None
    answered_by: Annotated[UUID | None, Field(description="The second person.")]
    arm: Annotated[
        str | None,
        Field(description="A case's, once confirmed, to the two who unblinded it and nobody else."),
    ]
    next_steps: list[NextStep]


class UnblindingsView(View):
    """A trial's unblindings, the last one first."""

    items: list[UnblindingView]
