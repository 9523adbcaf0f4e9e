"""What is entered of somebody's needs, pathway by pathway; half-done as it may be."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from checkpoint.foundation.schemas import Command, Instant, Spelt, Text, YesNo
from checkpoint.needs.questions import CODE
from checkpoint.needs.states import (
    CorrectionReason,
    NotAssessedReason,
    OffendingLink,
    StatementBasis,
    Timepoint,
)

MOST_ANSWERS, MOST_STATEMENTS = 60, 10
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=CODE),
    Spelt("a code in small letters, digits and _, as the form names it", "own_view"),
]
Words = Annotated[Text, Field(max_length=1000)]
CarriedOver = Annotated[
    YesNo, Field(description="True: taken over from the last assessment and not confirmed yet.")
]
SAID: dict[str, Any] = {
    "answers": [
        {"question": "where_living", "option": "for_now"},
        {"question": "home_at_risk", "option": "not_known"},
    ],
    "linked_to_offending": {"answer": "yes"},
    "strengths": [{"words": "Pays the rent on time.", "basis": "fact"}],
    "own_view": "I want a place of my own.",
}


class AnswerForm(Command):
    """The answer to one question."""

    question: Annotated[Code, Field(examples=["where_living"])]
    option: Annotated[
        Code | None,
        Field(
            description="An option's code, or not_known. Null: not answered yet.",
            examples=["for_now"],
        ),
    ]
    carried_over: CarriedOver = False


class LinkForm(Command):
    """Whether what was found is linked to the offending."""

    answer: OffendingLink
    carried_over: CarriedOver = False


class StatementForm(Command):
    """One thing that is stated, and what it rests on."""

    words: Words
    basis: Annotated[StatementBasis, Field(description="A fact, or somebody's own assessment.")]
    carried_over: CarriedOver = False


class NotAssessedForm(Command):
    """Why a pathway is not assessed."""

    reason_code: Annotated[
        NotAssessedReason, Field(description="See /v1/reference/not-assessed-reasons.")
    ]
    words: Words | None = None


Statements = Annotated[list[StatementForm] | None, Field(max_length=MOST_STATEMENTS)]


class PathwayForm(Command):
    """One pathway, as far as it has come. A list of statements that is sent replaces the last."""

    answers: Annotated[
        list[AnswerForm] | None,
        Field(max_length=MOST_ANSWERS, description="In a PATCH: those that are new or changed."),
    ] = None
    linked_to_offending: LinkForm | None = None
    strengths: Statements = None
    statements: Statements = None
    own_view: Annotated[Words | None, Field(description="What the person says of it.")] = None
    not_assessed: Annotated[
        NotAssessedForm | None, Field(description="Instead of answers, where there are none.")
    ] = None


class PathwaysForm(Command):
    """The seven pathways, those that were spoken of so far."""

    accommodation: PathwayForm | None = None
    drugs_and_alcohol: PathwayForm | None = None
    finance: PathwayForm | None = None
    education_and_employment: PathwayForm | None = None
    children_and_families: PathwayForm | None = None
    health: PathwayForm | None = None
    attitudes: PathwayForm | None = None


class ExternalScoreForm(Command):
    """What somebody came to by another body's instrument."""

    code: Annotated[Code, Field(examples=["crime_pics_score"])]
    score: Annotated[
        int | None, Field(strict=True, ge=-1_000_000, le=1_000_000, description="Null: none.")
    ]


class NeedsForm(Command):
    """One assessment, as far as it has come; leave out whatever is not known yet."""

    timepoint: Timepoint | None = None
    assessed_at: Annotated[
        Instant | None,
        Field(
            description="When the person was spoken with; the last time, where it took several.",
            examples=["2026-11-03T10:00:00Z"],
        ),
    ] = None
    pathways: PathwaysForm | None = None
    external_scores: Annotated[list[ExternalScoreForm] | None, Field(max_length=10)] = None
    corrects: Annotated[
        UUID | None, Field(description="The completed assessment that this one puts right.")
    ] = None
    correction_reason: Annotated[
        CorrectionReason | None, Field(description="Why, where it puts one right.")
    ] = None
