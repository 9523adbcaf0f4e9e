"""What is asked about eligibility, and how a decision is explained."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from checkpoint.custody.clocks import ProsecutionClock
from checkpoint.custody.schemas import BOOKING, AllegeOffence, SaveScreening
from checkpoint.eligibility.states import (
    Answer,
    AppliesTo,
    Basis,
    Changed,
    RuleSetOrigin,
    Verdict,
)
from checkpoint.forecast.states import RiskBand
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.schemas import Command, Day, Instant, Moment, NextStep, View, example

OF_DECISION = (
    "What may be done about the decision itself: decide again, and where it is read, also what a "
    "supervisor may say of it. What may be done with the case, consent and all that follows too: "
    "GET /v1/custody-records/{record_id}/next-steps."
)


class PreviewEligibility(Command):
    """Facts about nobody in particular: no name, no number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "date_of_birth": "1994-02-11",
                    "arrested_at": BOOKING["arrested_at"],
                    "offences": BOOKING["offences"],
                    "screening": {"lives_in_area": True, "interview_stance": "admitted"},
                }
            ]
        }
    )

    date_of_birth: Annotated[Day | None, Field(examples=["1994-02-11"])] = None
    arrested_at: Annotated[
        Instant | None, Field(description="Now, if left out.", examples=["2026-11-02T21:40:00Z"])
    ] = None
    offences: Annotated[list[AllegeOffence], Field(min_length=1, max_length=50)]
    screening: SaveScreening = SaveScreening()
    risk_band: Annotated[
        RiskBand | None, Field(description="The forecasting tool's band, where rules ask for it.")
    ] = None


class DecideEligibility(Command):
    """Decide on what the record holds now; there is nothing to add, so send {} or nothing."""

    model_config = example()


class RuleSetView(View):
    """Which rules."""

    version: str
    title: str
    in_force_from: date
    digest: Annotated[str, Field(description="SHA-256 of the rule file.")]
    approved_by: str
    applies_to: Annotated[
        AppliesTo, Field(description="Of what its first day is the first: arrests, or decisions.")
    ]


class AppliedRuleSetView(RuleSetView):
    """Which rules, and why these."""

    chosen_because: str


class PublishedRuleSetView(RuleSetView):
    """A rule set, word for word."""

    content: Annotated[str, Field(description="The rule file, TOML.")]
    published_at: Moment
    origin: Annotated[
        RuleSetOrigin, Field(description="Came with the package, or was published by two people.")
    ]


class FindingView(View):
    """One criterion, answered."""

    code: str
    question: str
    answer: Answer
    refers: Annotated[bool, Field(description="This sends the case to a supervisor.")]
    reason: str
    missing: list[str]
    source: str
    until: Annotated[
        date | None,
        Field(description="Last day on which this stands in the way, where it ends on a day."),
    ] = None


class MissingView(View):
    """One fact still wanted, and where to put it."""

    fact: str
    question: str
    given_as: str


class AnswerView(View):
    """A verdict, explained."""

    verdict: Verdict
    meaning: str
    ineligible_until: Annotated[
        date | None,
        Field(description="Last day of it, where everything that stands in the way ends on a day."),
    ]
    rule_set: AppliedRuleSetView
    findings: list[FindingView]
    missing: list[MissingView]
    prosecution_clock: Annotated[
        ProsecutionClock | None,
        Field(description="As of the day of the decision; null in decisions before it was kept."),
    ]
    facts: dict[str, JsonValue]


class PreviewView(AnswerView):
    """What the rules would say. Nothing was recorded but that you asked."""


class StandingSummary(View):
    """What holds for the case now, and what it rests on."""

    verdict: Verdict
    basis: Annotated[
        Basis,
        Field(description="The rules, a supervisor's determination, or an override by two people."),
    ]


class StandingView(StandingSummary):
    """What holds now, whatever the locked decision says, and who saw to that."""

    meaning: str
    reason_code: Annotated[str | None, Field(description="Null where the rules stand.")] = None
    words: Annotated[str | None, Field(description="The reason in words.")] = None
    by: Annotated[UUID | None, Field(description="Who determined or proposed it.")] = None
    rank: Annotated[Rank | None, Field(description="Their rank then, for an override.")] = None
    at: Annotated[Moment | None, Field(description="From when it holds.")] = None
    second_person: Annotated[
        UUID | None, Field(description="Who confirmed it, for an override.")
    ] = None
    override_id: Annotated[
        UUID | None,
        Field(description="The last override proposed, whatever became of it; /v1/overrides/{id}."),
    ] = None


class DecisionView(AnswerView):
    """A decision as it was locked, and how it stands now."""

    id: UUID
    custody_record_id: UUID
    number: int
    record_version: int
    supersedes_id: UUID | None
    superseded_by_id: UUID | None
    decided_at: Moment
    decided_by: UUID
    standing: StandingView
    overtaken: Annotated[
        bool,
        Field(
            description="Something it rests on was entered or put right after it. While it is the "
            "present decision: decide again."
        ),
    ] = False
    overtaken_by: Annotated[
        list[Changed],
        Field(description="What that was, by kind.", examples=[["screening", "co_accused"]]),
    ] = []
    next_steps: Annotated[list[NextStep], Field(description=OF_DECISION)]


class DecisionSummary(View):
    """One line in a case's decisions."""

    id: UUID
    number: int
    verdict: Annotated[Verdict, Field(description="By the rules.")]
    standing: StandingSummary
    ineligible_until: date | None
    rule_set_version: str
    record_version: int
    decided_at: Moment
    decided_by: UUID


class DecisionsView(View):
    """A case's decisions, the present one first, and what may be done."""

    items: list[DecisionSummary]
    next_steps: Annotated[list[NextStep], Field(description=OF_DECISION)]
