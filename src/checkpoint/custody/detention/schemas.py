"""What custody staff enter about a detention, and what they are shown of it."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from checkpoint.custody.detention.states import (
    Authority,
    EntryKind,
    EntryReason,
    ExtendingAuthority,
    PauseReason,
    PostponementReason,
    ReviewOfficer,
)
from checkpoint.custody.movements.schemas import (
    AlsoDetainedView,
    Late,
    MovementView,
    ReleaseView,
)
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import Command, Instant, Moment, View, example

Replaces = Annotated[
    UUID | None, Field(description="The entry that this one puts right or ends, if any.")
]


class SetTimes(Command):
    """Times the clock rests on; what you leave out stays as it is."""

    model_config = example(authorised_at="2026-11-02T22:20:00Z")

    relevant_time: Annotated[
        Instant | None,
        Field(description="Arrival at the first police station, if that was not this suite."),
    ] = None
    authorised_at: Annotated[
        Instant | None, Field(description="When detention was authorised.")
    ] = None
    late_reason: Late = None

    @model_validator(mode="after")
    def some_time(self) -> Self:
        if self.relevant_time is None and self.authorised_at is None:
            raise ValueError("Send relevant_time, authorised_at, or both.")
        return self


class RecordReview(Command):
    """A review of detention was held; or it was put off, and why."""

    model_config = example(held_at="2026-11-03T03:50:00Z", authority="inspector")

    held_at: Annotated[Instant | None, Field(examples=["2026-11-03T03:50:00Z"])] = None
    authority: Annotated[
        ReviewOfficer | None, Field(description="Who held it, by rank; not by name.")
    ] = None
    postponed_at: Annotated[
        Instant | None, Field(description="When it was put off, if it was not held.")
    ] = None
    reason: Annotated[PostponementReason | None, Field(description="Why it was put off.")] = None
    replaces: Replaces = None
    late_reason: Late = None

    @model_validator(mode="after")
    def held_or_postponed(self) -> Self:
        held = (self.held_at is not None, self.authority is not None)
        postponed = (self.postponed_at is not None, self.reason is not None)
        if {held, postponed} != {(True, True), (False, False)}:
            raise ValueError("Send held_at and authority, or postponed_at and reason.")
        return self

    @property
    def moment(self) -> datetime:
        """When it was held, or put off."""
        moment = self.held_at or self.postponed_at
        if moment is None:
            raise ValueError("a review has a time")
        return moment


class Extend(Command):
    """Detention was extended beyond 24 hours."""

    model_config = example(
        authority="superintendent",
        granted_at="2026-11-03T20:00:00Z",
        until="2026-11-04T06:00:00Z",
    )

    authority: ExtendingAuthority
    granted_at: Annotated[Instant, Field(examples=["2026-11-03T03:50:00Z"])]
    until: Annotated[Instant, Field(description="Until when they may be held.")]
    replaces: Replaces = None
    late_reason: Late = None


class Pause(Command):
    """The clock stood still: from when, and until when if that is over."""

    model_config = example(
        reason="hospital", paused_at="2026-11-02T23:00:00Z", resumed_at="2026-11-03T01:00:00Z"
    )

    reason: PauseReason
    paused_at: Annotated[Instant, Field(examples=["2026-11-03T03:50:00Z"])]
    resumed_at: Annotated[
        Instant | None, Field(description="Left out while it lasts; end it with `replaces`.")
    ] = None
    replaces: Replaces = None
    late_reason: Late = None


Local = Annotated[
    str | None,
    Field(description="The same in England.", examples=["Sunday 25 October 2026, 01:30 BST"]),
]


class ClockView(View):
    """How long the person may be held, at the moment of this answer."""

    relevant_time: Annotated[Moment, Field(description="From when the hours count.")]
    authorised_at: Annotated[
        Moment | None, Field(description="In this period of detention; null is not known.")
    ]
    running: Annotated[bool, Field(description="Whether hours count at this moment.")]
    counted_minutes: Annotated[int, Field(description="Used of those allowed.")]
    allowed_minutes: int
    ends_at: Annotated[
        Moment | None, Field(description="When detention must end; null while the clock is still.")
    ]
    ends_at_local: Local
    overdue: bool
    reviews: Annotated[int, Field(description="How many were held in this period.")]
    review_due_at: Annotated[Moment | None, Field(description="Null once released.")]
    review_due_local: Local
    review_overdue: bool
    review_postponed: Annotated[
        EntryReason | None, Field(description="Why the review that is due was put off.")
    ]
    remarks: Annotated[list[str], Field(description="What an officer should look at.")]


class DetentionView(View):
    """The clock, and how the person left."""

    clock: ClockView
    release: Annotated[ReleaseView | None, Field(description="Null while they are detained.")]
    last_movement: Annotated[
        int | None,
        Field(
            description="Number of the last coming or going that stands, if any; see withdrawals."
        ),
    ]
    entered_late: Annotated[
        bool, Field(description="Whether they were booked in long after they arrived.")
    ]
    late_reason: LateReason | None
    outside_hours: Annotated[
        bool, Field(description="Whether they came while the suite, as its hours say, was closed.")
    ]
    also_detained: Annotated[
        list[AlsoDetainedView],
        Field(description="Other records that say the person is detained; empty in good order."),
    ]


class EntryView(View):
    """One thing the clock heard of."""

    id: UUID
    number: int
    kind: EntryKind
    happened_at: Moment
    until_at: Moment | None
    authority: Authority | None
    reason: EntryReason | None
    replaces_id: UUID | None
    moot: Annotated[
        bool, Field(description="Entered for a return that was withdrawn; it counts no more.")
    ]
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None


class DetentionHistoryView(View):
    """Everything there is about one detention, in the order in which it was entered."""

    custody_record_id: UUID
    reference: str
    version: int
    suite: str
    detention: DetentionView
    movements: list[MovementView]
    entries: Annotated[
        list[EntryView], Field(description="One that another `replaces` counts no more.")
    ]
