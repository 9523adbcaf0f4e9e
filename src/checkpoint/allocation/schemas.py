"""What is asked and shown of allocations. The arm stands in one view alone."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from checkpoint.allocation.states import AnnotationKind
from checkpoint.foundation.schemas import Command, Moment, Text, View

DECISION = "019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11"
EXAMPLE: dict[str, Any] = {"eligibility_decision_id": DECISION}
DecisionId = Annotated[
    UUID, Field(description="The locked decision that you act on: the case's present one.")
]


class Allocate(Command):
    """Draw the case's arm. There is nothing to choose."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    eligibility_decision_id: DecisionId


class Enrol(Command):
    """Take the case into the programme, where no trial is open."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    eligibility_decision_id: DecisionId


class Annotate(Command):
    """Note something of an allocation, blind to its arm."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "ineligible_afterwards",
                    "words": "The offence turned out to lie outside the force area.",
                }
            ]
        }
    )

    kind: Annotated[
        AnnotationKind, Field(description="See /v1/reference/allocation-annotation-kinds.")
    ]
    words: Annotated[
        Text,
        Field(max_length=1000, description="Why, in words; say nothing that gives the arm away."),
    ]


class AllocationView(View):
    """A case's arm, drawn once and for ever."""

    id: UUID
    trial: str
    kind: Annotated[str, Field(description="`test`: this counts nowhere.")]
    protocol_version: Annotated[str, Field(description="The one that counted at the draw.")]
    arm: Annotated[str, Field(description="What the case was given by lot.")]
    meaning: str
    stratum: Annotated[str, Field(description="The suite, from the locked decision.")]
    custody_record_id: Annotated[
        UUID | None,
        Field(description="The case it was drawn for; null for one of a suite you cannot see."),
    ]
    for_this_case: Annotated[
        bool,
        Field(
            description="False: drawn for an earlier case of this person; nobody is drawn twice."
        ),
    ]
    stands: Annotated[
        bool,
        Field(
            description="False: the person turned out to be somebody who was allocated before. That "
            "allocation counts; this one is kept, and nothing rests on it."
        ),
    ]
    eligibility_decision_id: UUID | None
    allocated_at: Moment


class EnrolmentView(View):
    """A case that was taken into the programme directly."""

    id: UUID
    custody_record_id: UUID
    suite: str
    eligibility_decision_id: UUID
    enrolled_at: Moment
    enrolled_by: UUID


class AnnotationView(View):
    """One thing that was noted of an allocation."""

    id: UUID
    kind: AnnotationKind
    label: str
    words: str
    noted_at: Moment
    noted_by: UUID


class AnnotationsView(View):
    """What was noted of a case's allocation, in order; never its arm."""

    items: list[AnnotationView]
