"""What people say of a decision, and what they are shown of it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.schemas import Command, Moment, NextStep, Text, View, example
from checkpoint.oversight.states import DeterminationReason, Outcome, OverrideReason

Settling = Literal[Verdict.ELIGIBLE, Verdict.INELIGIBLE]
Words = Annotated[
    Text,
    Field(
        max_length=1000,
        description="Why, in words; about the case, so it goes to nobody but its readers.",
    ),
]


class DetermineEligibility(Command):
    """A supervisor's answer to a referred case."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "eligible",
                    "reason_code": "terms_met",
                    "words": "The special terms were put to the person and agreed.",
                }
            ]
        }
    )

    verdict: Annotated[Settling, Field(description="Eligible takes the case.")]
    reason_code: Annotated[
        DeterminationReason, Field(description="See /v1/reference/determination-reasons.")
    ]
    words: Words


class ProposeOverride(Command):
    """To depart from the rules in one case."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "eligible",
                    "reason_code": "rule_does_not_fit",
                    "words": "The other person accused was released without suspicion.",
                }
            ]
        }
    )

    verdict: Annotated[Settling, Field(description="What it comes to instead.")]
    reason_code: Annotated[OverrideReason, Field(description="See /v1/reference/override-reasons.")]
    words: Words


class ConfirmOverride(Command):
    """Confirm what was proposed; there is nothing to add, so send {} or nothing."""

    model_config = example()


class DeclineOverride(Command):
    """Decline what was proposed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The rule fits: the risk is the same."}]}
    )

    words: Words


class OverrideView(View):
    """A proposed override, and what became of it."""

    id: UUID
    eligibility_decision_id: UUID
    custody_record_id: UUID
    number: int
    verdict_by_rules: Verdict
    verdict: Annotated[Verdict, Field(description="What it comes to instead.")]
    reason_code: OverrideReason
    reason: str
    words: str
    proposed_rank: Rank
    proposed_at: Moment
    proposed_by: UUID
    outcome: Annotated[Outcome | None, Field(description="Null while nobody answered.")]
    answer_words: Annotated[str | None, Field(description="Why it was declined.")]
    answered_at: Moment | None
    answered_by: Annotated[UUID | None, Field(description="The second person.")]
    holds: Annotated[
        bool, Field(description="Confirmed, and its decision is the case's present one.")
    ]
    next_steps: list[NextStep]


class SuiteRateView(View):
    """One suite's overrides."""

    suite: str
    decisions: int
    overrides: int
    rate_percent: Annotated[
        float | None,
        Field(
            description="Overrides in a hundred decisions, not rounded; null without decisions.",
            examples=[5.0],
        ),
    ]
    flagged: bool


class OverrideRatesView(View):
    """How often each suite departs from the rules."""

    decided_from: date | None
    decided_until: date | None
    decisions_counted: Annotated[str, Field(description="The denominator, in words.")]
    overrides_counted: Annotated[str, Field(description="The numerator, in words.")]
    flag_above_percent: Annotated[
        int, Field(description="A suite is flagged whose `rate_percent` is above this, not at it.")
    ]
    source: str
    items: list[SuiteRateView]
