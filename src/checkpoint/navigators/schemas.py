"""What is asked about whose case it is, and what is shown of it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from checkpoint.foundation.schemas import Command, Moment, Text, View, example
from checkpoint.navigators.caseload import Block, Merit
from checkpoint.navigators.staff.states import Relation
from checkpoint.navigators.states import (
    SAID,
    EndReason,
    How,
    OfferKind,
    OfferOutcome,
    OfferState,
    Place,
    ReassigningReason,
)

Words = Annotated[Text, Field(max_length=1000)]
Override = Annotated[
    Words | None,
    Field(description="Why beyond the navigator's capacity; only a supervisor may say so."),
]


class AssignNavigator(Command):
    """The case is this navigator's from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"navigator_id": "019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11"}]}
    )

    navigator_id: Annotated[
        UUID, Field(description="One of GET /v1/custody-records/{id}/navigator-suggestions.")
    ]
    override_words: Override = None


class EndAssignment(Command):
    """The case has no navigator from now on."""

    model_config = example(reason="case_ended")

    reason: Annotated[
        EndReason,
        Field(
            description="case_ended or assigned_wrongly; see /v1/reference/navigator-end-reasons.",
            examples=["case_ended"],
        ),
    ]

    @model_validator(mode="after")
    def one_that_is_said(self) -> "EndAssignment":
        if self.reason not in SAID:
            raise ValueError("Say case_ended or assigned_wrongly; the others come by themselves.")
        return self


class Chosen(Command):
    """Who shall have one case of a caseload."""

    custody_record_id: UUID
    navigator_id: UUID
    override_words: Override = None


class PlanReassignment(Command):
    """Where a caseload shall go; without a mapping, to whoever is suggested."""

    model_config = example()

    mapping: Annotated[
        list[Chosen] | None,
        Field(max_length=200, description="Every case they hold, once; or null."),
    ] = None


class ReassignCaseload(PlanReassignment):
    """The same, done; If-Match carries the tag of the plan that was seen."""

    model_config = example(reason_code="sick")

    reason_code: Annotated[
        ReassigningReason, Field(description="See /v1/reference/navigator-reassigning-reasons.")
    ]
    words: Words | None = None


class DeclareConflict(Command):
    """A navigator has a conflict of interest in a case."""

    model_config = example(relation="knows_person")

    navigator_id: Annotated[
        UUID | None, Field(description="Whose; left out where it is your own.")
    ] = None
    relation: Annotated[
        Relation, Field(description="See /v1/reference/navigator-conflict-relations.")
    ]
    victim_id: Annotated[
        UUID | None, Field(description="The victim they know, where you see the victims.")
    ] = None


class WithdrawConflict(Command):
    """A conflict of interest is none."""

    model_config = example(words="It was somebody else of that name.")

    words: Words


class CaseloadItemView(View):
    """A case of one's own, or one that one covers."""

    custody_record_id: UUID
    reference: str
    family_name: str
    given_names: str | None
    suite: str
    place: Place
    since: Moment
    until: Annotated[Moment | None, Field(description="When a cover ends by itself.")]


class SuggestionView(View):
    """A navigator for a case: ranked, or why not."""

    navigator_id: UUID
    name: str
    provider: str
    rank: Annotated[int | None, Field(description="1 is next; null is not offered.")]
    load: Annotated[int, Field(description="Cases they hold or cover.")]
    capacity: int
    why_not: list[Block]
    merits: list[Merit]
    reasons: Annotated[list[str], Field(description="The same in words.")]


class SuggestionsView(View):
    """Who is next for a case."""

    custody_record_id: UUID
    items: list[SuggestionView]


class AssignmentView(View):
    """Whose case it was, from when until when."""

    id: UUID
    navigator_id: UUID
    navigator: str
    provider: str
    how: How
    override_words: str | None
    assigned_at: Moment
    assigned_by: UUID
    ended_at: Moment | None
    ended_by: UUID | None
    end_reason: EndReason | None


class CoverView(View):
    """Who covers a case, until when."""

    navigator_id: UUID
    navigator: str
    covers_from: Moment
    until: Moment


class OfferView(View):
    """An offer of a case to another navigator."""

    id: UUID
    to_navigator_id: UUID
    kind: OfferKind
    cover_last_day: date | None
    words: str | None
    state: OfferState
    offered_at: Moment
    offered_by: UUID
    answer_words: Annotated[str | None, Field(description="Why it was declined.")]


class AnsweredView(View):
    """What was done, and when."""

    at: Moment
    outcome: OfferOutcome | None = None


class CaseNavigatorView(View):
    """Whose case it is, who covers it, what was offered, and whose it was."""

    custody_record_id: UUID
    assignment: AssignmentView | None
    cover: CoverView | None
    offers: Annotated[list[OfferView], Field(description="Of this assignment, the last first.")]
    history: Annotated[list[AssignmentView], Field(description="Every one, the last first.")]


class ConflictView(View):
    """A declared conflict of interest."""

    id: UUID
    navigator_id: UUID
    relation: Relation
    declared_at: Moment
    withdrawn_at: Moment | None


class PlannedView(View):
    """Where one case of a caseload goes."""

    custody_record_id: UUID
    reference: str
    suite: str
    since: Moment
    navigator_id: Annotated[UUID | None, Field(description="Null: nobody can take it.")]
    navigator: str | None
    provider: str | None
    holds: Annotated[bool, Field(description="Whether it can go there.")]
    why_not: list[Block]
    beyond_capacity: bool


class PlanView(View):
    """Where a whole caseload goes, and what else ends. Nothing was changed."""

    navigator_id: UUID
    tag: Annotated[str, Field(description="Send it as If-Match to have this very plan done.")]
    holds: Annotated[bool, Field(description="Whether every case can go where it shall.")]
    items: list[PlannedView]
    covers_ended: Annotated[list[UUID], Field(description="Cases that they cover no longer.")]


class ReassignedView(View):
    """A whole caseload went to others."""

    id: UUID
    navigator_id: UUID
    reassigned_at: Moment
    items: list[PlannedView]
    covers_ended: list[UUID]
