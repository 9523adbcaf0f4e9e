"""What custody staff enter of what surrounds a case, and what they are shown of it."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from checkpoint.custody.circumstances.states import (
    AdultKind,
    AdultReason,
    InterpreterPresence,
    OmissionReason,
)
from checkpoint.foundation.identifiers import heard_reference
from checkpoint.foundation.schemas import (
    Command,
    Instant,
    Language,
    Moment,
    View,
    YesNo,
    example,
)

Interpreted = Annotated[
    Language,
    Field(description="ISO 639 code; bfi is British Sign Language.", examples=["pl"]),
]


class SaveSafeguards(Command):
    """Appropriate adult and interpreter, whole; leave out whatever is not known yet."""

    model_config = example(
        appropriate_adult_needed=True,
        appropriate_adult_reason="mental_health",
        appropriate_adult_kind="scheme_volunteer",
        appropriate_adult_came_at="2026-11-03T01:10:00Z",
        interpreter_needed=False,
    )

    appropriate_adult_needed: YesNo | None = None
    appropriate_adult_reason: Annotated[
        AdultReason | None, Field(description="Why one is needed.")
    ] = None
    appropriate_adult_kind: Annotated[
        AdultKind | None, Field(description="Who it is, by kind; not by name.")
    ] = None
    appropriate_adult_came_at: Annotated[
        Instant | None, Field(examples=["2026-11-03T01:10:00Z"])
    ] = None
    appropriate_adult_left_at: Annotated[
        Instant | None, Field(examples=["2026-11-03T01:10:00Z"])
    ] = None
    interpreter_needed: YesNo | None = None
    interpreter_language: Interpreted | None = None
    interpreter_presence: InterpreterPresence | None = None
    interpreter_came_at: Annotated[Instant | None, Field(examples=["2026-11-03T01:10:00Z"])] = None
    interpreter_left_at: Annotated[Instant | None, Field(examples=["2026-11-03T01:10:00Z"])] = None


class ChangeCoAccused(Command):
    """Somebody else is accused too: by their record, or not arrested yet; or a link falls away."""

    model_config = example(not_arrested=True)

    custody_record_id: Annotated[UUID | None, Field(description="Their custody record.")] = None
    reference: Annotated[
        Annotated[str, StringConstraints(max_length=20), AfterValidator(heard_reference)] | None,
        Field(description="The same, as it was read or heard."),
    ] = None
    not_arrested: Annotated[
        YesNo | None, Field(description="True: somebody who is not arrested yet.")
    ] = None
    withdraws: Annotated[UUID | None, Field(description="The link that no longer stands.")] = None

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        given = self.model_dump(exclude_none=True, exclude_defaults=True)
        if len(given) != 1 or self.not_arrested is False:
            raise ValueError(
                "Send one of custody_record_id, reference, not_arrested: true, withdraws."
            )
        return self


class NotScreened(Command):
    """Why this person was not screened."""

    model_config = example(reason="taken_to_hospital")

    reason: OmissionReason


class SafeguardsView(View):
    """What was known of appropriate adult and interpreter at the last saving."""

    number: int
    appropriate_adult_needed: bool | None
    appropriate_adult_reason: AdultReason | None
    appropriate_adult_kind: AdultKind | None
    appropriate_adult_came_at: Moment | None
    appropriate_adult_left_at: Moment | None
    interpreter_needed: bool | None
    interpreter_language: str | None
    interpreter_presence: InterpreterPresence | None
    interpreter_came_at: Moment | None
    interpreter_left_at: Moment | None
    saved_at: Moment
    saved_by: UUID


class CoAccusedView(View):
    """Somebody else who is accused."""

    id: Annotated[UUID, Field(description="Of the link; send it as `withdraws` to take it away.")]
    arrested: Annotated[bool, Field(description="Whether they have a custody record.")]
    custody_record_id: Annotated[
        UUID | None, Field(description="Theirs, if it is in one of your suites.")
    ]
    reference: str | None
    recorded_at: Moment


class OmissionView(View):
    """Why nobody screened."""

    reason: OmissionReason
    recorded_at: Moment
    recorded_by: UUID


class CircumstancesView(View):
    """What surrounds a case."""

    safeguards: Annotated[SafeguardsView | None, Field(description="Null: nothing saved yet.")]
    co_accused: list[CoAccusedView]
    not_screened: Annotated[
        OmissionView | None, Field(description="Null once a screening is saved.")
    ]
    remarks: Annotated[list[str], Field(description="What an officer should look at.")]
