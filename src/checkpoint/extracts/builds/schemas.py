"""What is shown of extracts: requests, builds, releases, fields, reports and tables."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

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
from checkpoint.foundation.schemas import Moment, NextStep, View


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
    percent: Annotated[
        int,
        Field(description="How much of this stage is done, in whole tens: rows would tell counts."),
    ]
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
    codes: Annotated[
        dict[str, str],
        Field(description="What each code means, where the cut's programme says; else empty."),
    ]
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
