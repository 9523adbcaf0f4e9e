"""What is asked of the room, and what is shown of somebody's needs."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import Command, Moment, NextStep, Version, View, YesNo, example
from checkpoint.needs.forms import SAID, NeedsForm, PathwaysForm
from checkpoint.needs.questions import Instrument
from checkpoint.needs.states import (
    AssessmentState,
    CorrectionReason,
    NeedLevel,
    NotAssessedReason,
    OffendingLink,
    Pathway,
    StatementBasis,
    Timepoint,
)


class AssessNeeds(NeedsForm):
    """What somebody needs; or a draft of it."""

    model_config = example(
        draft=True,
        timepoint="baseline",
        assessed_at="2026-11-03T10:00:00Z",
        pathways={"accommodation": SAID},
    )

    draft: Annotated[YesNo, Field(description="True: to go on with later, by anybody.")] = False
    instrument_version: Annotated[
        Version | None,
        Field(description="See /v1/reference/needs-instruments; left out, the one in use."),
    ] = None
    prefilled_from: Annotated[
        UUID | None, Field(description="The assessment that this form was pre-filled from.")
    ] = None
    confirm_carried_over: Annotated[
        YesNo, Field(description="True: all that is still carried over holds today.")
    ] = False


class SaveNeedsDraft(NeedsForm):
    """What is to be changed in a draft; what is left out stays, and null takes away.

    Whatever is sent again without carried_over is confirmed by that.
    """

    model_config = example(pathways={"accommodation": {"own_view": "I want a place of my own."}})


class CompleteNeedsDraft(Command):
    """Complete a draft."""

    model_config = example(confirm_carried_over=False)

    confirm_carried_over: Annotated[
        YesNo, Field(description="True: all that is still carried over holds today.")
    ] = False


class NeedsFormView(NeedsForm):
    """What a draft says so far."""


class PrefilledView(View):
    """What the last completed assessment of a case said, in the form that a new one takes."""

    instrument_version: str
    prefilled_from: Annotated[UUID | None, Field(description="Null: nothing is completed yet.")]
    prefilled_from_assessed_at: Moment | None
    left_out: Annotated[
        list[str], Field(description="Answers that the instrument in use does not ask for.")
    ]
    pathways: PathwaysForm


class AnswerView(View):
    """The answer to one question, in the words of its instrument."""

    question: str
    words: str
    option: str
    label: str
    score: Annotated[int | None, Field(description="Null: not known; that is not nothing.")]
    carried_over: bool


class StatementView(View):
    """One thing that was stated."""

    words: str
    basis: StatementBasis
    carried_over: bool


class ScoreView(View):
    """What one pathway came to."""

    pathway: Pathway
    label: str
    score: Annotated[
        int | None, Field(description="More is a greater need; null: incomplete or not assessed.")
    ]
    complete: Annotated[bool, Field(description="Every question has an answer that is known.")]
    score_at_least: int
    score_at_most: int
    highest: int
    level: NeedLevel | None
    level_label: str | None
    linked_to_offending: OffendingLink | None
    link_carried_over: bool
    not_assessed_reason: NotAssessedReason | None


class PathwayView(ScoreView):
    """What one assessment says of one pathway."""

    not_assessed_words: str | None
    own_view: str | None
    answers: list[AnswerView]
    strengths: list[StatementView]
    statements: list[StatementView]


class ExternalScoreView(View):
    """The score of another body's instrument; it counts into no score here."""

    code: str
    label: str
    score: int


class CompletedView(View):
    """What a completed assessment says; it never changes."""

    number: int
    assessed_at: Moment
    prefilled_from: UUID | None
    corrects: UUID | None
    correction_reason: CorrectionReason | None
    corrected_by: Annotated[
        UUID | None, Field(description="The assessment that put it right, if one did by then.")
    ]
    completed_at: Moment
    completed_by: UUID
    scores: list[ScoreView]


class AssessmentLineView(View):
    """One assessment in a list, without anybody's words."""

    id: UUID
    custody_record_id: UUID
    state: AssessmentState
    timepoint: Timepoint | None
    instrument_version: str
    begun_at: Moment
    begun_by: UUID
    saved_at: Annotated[Moment | None, Field(description="Of a draft: when it was saved last.")]
    completed: CompletedView | None
    next_steps: list[NextStep]


class AssessmentView(AssessmentLineView):
    """One assessment: a draft, or a completed one."""

    form: Annotated[NeedsFormView | None, Field(description="What a draft says so far.")]
    missing: Annotated[list[str], Field(description="What a draft still lacks.")]
    not_confirmed: Annotated[list[str], Field(description="What a draft carries over still.")]
    pathways: Annotated[list[PathwayView], Field(description="What a completed one says.")]
    external_scores: list[ExternalScoreView]


class AssessmentsView(View):
    """A case's assessments, the last one first."""

    items: list[AssessmentLineView]
    next_steps: list[NextStep]


class InstrumentView(View):
    """An instrument, as it was published."""

    instrument: Instrument
    digest: str
    published_at: Moment


class MomentView(View):
    """One of the two assessments that are compared."""

    assessment_id: UUID
    timepoint: Timepoint
    label: str
    assessed_at: Moment
    instrument_version: str
    corrected_by: UUID | None


class TravelView(View):
    """How far somebody has come on one pathway."""

    pathway: Pathway
    label: str
    highest: int
    score_from: int | None
    score_to: int | None
    level_from: NeedLevel | None
    level_to: NeedLevel | None
    difference: Annotated[
        int | None, Field(description="Later less earlier: below nothing, the need has shrunk.")
    ]
    why_not: Annotated[str | None, Field(description="Why there is no difference.")]
    words: Annotated[str, Field(description="The same in a sentence.")]


class DistanceView(View):
    """How far somebody has come between two assessments, pathway by pathway."""

    custody_record_id: UUID
    earlier: MomentView
    later: MomentView
    pathways: list[TravelView]
    picture: Annotated[str, Field(description="Where the same is drawn.")]
