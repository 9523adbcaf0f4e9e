"""What is asked of extracts, and what is shown of them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from checkpoint.extracts.states import (
    AnswerOutcome,
    BuildFault,
    BuildStage,
    BuildState,
    EndingKind,
    Label,
    Product,
    RequestState,
    Verdict,
)
from checkpoint.foundation.schemas import Code, Command, Day, Moment, NextStep, Text, View

Words = Annotated[Text, Field(max_length=2000)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,39}$", examples=["age"])]
Group = Annotated[str, Field(min_length=1, max_length=40)]


class Population(Command):
    """Of whom; whatever is left out does not narrow it."""

    sex: Annotated[list[Group] | None, Field(min_length=1, max_length=10)] = None
    ethnicity: Annotated[list[Group] | None, Field(min_length=1, max_length=20)] = None
    offence_group: Annotated[list[Group] | None, Field(min_length=1, max_length=40)] = None
    residence: Annotated[list[Group] | None, Field(min_length=1, max_length=40)] = None
    age_from: Annotated[int | None, Field(ge=10, le=120, description="Whole years.")] = None
    age_to: Annotated[int | None, Field(ge=10, le=120, description="Whole years.")] = None
    observed_days: Annotated[
        int | None, Field(ge=0, le=36_500, description="Observed for so many days, or longer.")
    ] = None

    def told(self) -> dict[str, Any]:
        """Only what narrows it, with lists in one order."""
        return {
            name: sorted(set(value)) if isinstance(value, list) else value
            for name, value in self.model_dump(exclude_none=True).items()
        }


class Exempt(Command):
    """A covariate that is declared to identify nobody."""

    field: FieldName
    why: Annotated[Text, Field(max_length=300, description="Why nobody is known by it.")]


class AskForExtract(Command):
    """Ask for an extract; two other people then look at it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "trial": "CHECKPOINT-1",
                    "cut": 1,
                    "product": "person_level",
                    "fields": ["mask", "age", "sex", "observed_days", "arrest_day"],
                    "population": {},
                    "purpose": "The evaluation that the protocol names, at twelve months.",
                    "agreement": "Data sharing agreement 2026/17",
                    "recipient": "SYNTHETIC-UNIVERSITY",
                    "expires_on": "2027-05-31",
                }
            ]
        }
    )

    trial: Annotated[str, Field(max_length=40, description="The trial's name.")]
    cut: Annotated[int, Field(ge=1, le=1_000_000, description="Counts the trial's data cuts.")]
    product: Product
    fields: Annotated[
        list[FieldName],
        Field(
            min_length=1,
            max_length=60,
            description="Of a person-level extract, its columns; of aggregates, what to count by. "
            "See GET /v1/extract-fields.",
        ),
    ]
    events: Annotated[
        bool, Field(description="Also a row for each event; of a person-level extract alone.")
    ] = False
    exempt: Annotated[
        list[Exempt],
        Field(
            max_length=20,
            description="Covariates that identify nobody, so that people need not be alike in "
            "them; those who approve look at each.",
        ),
    ] = []
    population: Annotated[Population, Field(description="Of whom; {} is of everybody.")]
    purpose: Annotated[Words, Field(description="What for, in words.")]
    agreement: Annotated[Text, Field(max_length=200, description="The agreement it rests on.")]
    recipient: Annotated[Code, Field(description="The organisation that receives it, as a code.")]
    expires_on: Annotated[Day, Field(description="The last day on which it is given out.")]


class ApproveExtract(Command):
    """Approve a request, as one of two."""

    words: Annotated[Words | None, Field(description="What is to be said of it, if anything.")] = (
        None
    )


class RefuseExtract(Command):
    """Refuse a request; it is then decided."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The agreement does not cover ethnicity."}]}
    )

    words: Annotated[Words, Field(description="Why, in words.")]


class EndExtract(Command):
    """Give nothing more out of an extract; its key is destroyed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": "The recipient's agreement has lapsed."}]}
    )

    words: Annotated[Words, Field(description="Why, in words.")]


class RecordAssessment(Command):
    """What came of trying to find people in a release."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": "not_sure",
                    "method": "Two days with press reports and social media, as the ICO's "
                    "motivated intruder.",
                    "assessed_on": "2026-11-02",
                }
            ]
        }
    )

    verdict: Verdict
    method: Annotated[Words, Field(description="How it was tried, in words; nobody's name.")]
    assessed_on: Annotated[Day, Field(description="The day on which it ended.")]


class BuildExtract(Command):
    """Have it built; there is nothing to add, so send {} or nothing."""


class AnswerView(View):
    """What one of the two said."""

    outcome: AnswerOutcome
    words: str | None
    answered_at: Moment
    answered_by: UUID


class AssessmentView(View):
    """What came of trying to find people."""

    number: int
    verdict: Verdict
    meaning: str
    method: str
    assessed_on: date
    recorded_at: Moment
    assessed_by: UUID
    digest: Annotated[str, Field(description="SHA-256 of the package that was assessed.")]


class BuildView(View):
    """A build, and how far it is."""

    extract_id: UUID
    number: int
    state: BuildState
    meaning: str
    stage: BuildStage
    stage_meaning: str
    done: Annotated[int, Field(description="Rows of this stage so far; at the end, people in it.")]
    total: Annotated[int, Field(description="Rows of this stage in all.")]
    fault: BuildFault | None
    fault_meaning: str | None
    attempts: int
    asked_at: Moment
    begun_at: Moment | None
    ended_at: Moment | None
    next_steps: list[NextStep]


class ReleaseView(View):
    """A line of the register."""

    extract_id: UUID
    build: int
    trial: str
    cut: int
    product: Product
    recipient: str
    label: Label
    meaning: str
    digest: Annotated[str, Field(description="SHA-256 of the package.")]
    bytes: int
    files: Annotated[dict[str, str], Field(description="SHA-256 of each file, by name.")]
    policy: str
    software: str
    snapshot_at: Moment
    released_at: Moment
    expires_on: date


class EndingView(View):
    """Why nothing more is given out."""

    kind: EndingKind
    meaning: str
    words: str | None
    ended_at: Moment | None


class ExtractView(View):
    """An extract: what was asked for, what was said of it, and where it stands."""

    id: UUID
    trial: str
    cut: int
    product: Product
    state: RequestState
    meaning: str
    fields: list[str]
    events: bool
    exempt: Annotated[dict[str, str], Field(description="Why each identifies nobody, by field.")]
    population: dict[str, Any]
    purpose: str
    agreement: str
    recipient: str
    expires_on: date
    requested_at: Moment
    requested_by: UUID
    answers: list[AnswerView]
    assessments: list[AssessmentView]
    builds: list[BuildView]
    release: Annotated[ReleaseView | None, Field(description="The last one, if any.")]
    key_destroyed_at: Moment | None
    ending: EndingView | None
    next_steps: list[NextStep]


class ExtractItemView(View):
    """A line of the list."""

    id: UUID
    trial: str
    cut: int
    product: Product
    state: RequestState
    meaning: str
    recipient: str
    expires_on: date
    requested_at: Moment
    requested_by: UUID


class FieldView(View):
    """A field that may be asked for."""

    name: str
    title: str
    description: str
    quasi_identifier: bool
    withheld: Annotated[str | None, Field(description="Why it is not given now; null: it is.")]


class FieldsView(View):
    """What may be asked for of a trial's data cut."""

    trial: str
    cut: int
    fields: list[FieldView]
    events: list[FieldView]


class ReportView(View):
    """The disclosure report of the last release, as it stands in its package."""

    extract_id: UUID
    digest: str
    label: Label
    report: dict[str, Any]


class TablesView(View):
    """The tables of the last release of aggregates, as they stand in its package."""

    extract_id: UUID
    digest: str
    tables: dict[str, Any]
