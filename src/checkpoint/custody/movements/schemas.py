"""What custody staff enter of comings and goings, and what they are shown of them."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from checkpoint.custody.movements.states import (
    BailAuthority,
    BailChange,
    LateReason,
    MovementKind,
    ReleaseKind,
    ReturnReason,
    WithdrawalReason,
)
from checkpoint.foundation.identifiers import heard_reference
from checkpoint.foundation.schemas import Code, Command, Instant, Moment, Text, View, YesNo, example

Late = Annotated[
    LateReason | None,
    Field(description="Why this is entered long after it happened, if it is.", examples=[None]),
]


class Transfer(Command):
    """The person is taken to another suite; their record goes with them."""

    model_config = example(
        suite="PETERLEE", left_at="2026-11-03T00:10:00Z", arrived_at="2026-11-03T00:50:00Z"
    )

    suite: Annotated[Code, Field(description="Where to.")]
    left_at: Annotated[Instant, Field(examples=["2026-11-03T04:30:00Z"])]
    arrived_at: Annotated[Instant, Field(examples=["2026-11-03T04:30:00Z"])]
    late_reason: Late = None


class GrantBail(Command):
    """To what the person is bailed."""

    return_at: Annotated[Instant, Field(description="When they have to come back.")]
    suite: Annotated[
        Code | None, Field(description="Where to; left out, the suite that releases them.")
    ] = None
    conditional: Annotated[YesNo, Field(description="Whether the bail has conditions.")]


class Release(Command):
    """The person leaves custody."""

    model_config = example(
        released_at="2026-11-03T04:30:00Z",
        release_kind="on_bail",
        bail={"return_at": "2026-11-10T10:00:00Z", "suite": "DURHAMGATE", "conditional": False},
    )

    released_at: Annotated[Instant, Field(examples=["2026-11-03T04:30:00Z"])]
    release_kind: Annotated[ReleaseKind, Field(description="How; see /v1/reference/release-kinds.")]
    bail: Annotated[GrantBail | None, Field(description="Only where released on bail.")] = None
    late_reason: Late = None

    @model_validator(mode="after")
    def bail_if_on_bail(self) -> Self:
        if (self.release_kind is ReleaseKind.ON_BAIL) != (self.bail is not None):
            raise ValueError("Send bail where release_kind is on_bail, and nowhere else.")
        return self


class TakeBack(Command):
    """A released person is in a suite again; their record comes to that suite."""

    model_config = example(
        reference="CP-7K3M-2QXH-N",
        suite="PETERLEE",
        arrived_at="2026-11-10T09:50:00Z",
        reason="answering_bail",
    )

    reference: Annotated[
        str,
        StringConstraints(max_length=20),
        AfterValidator(heard_reference),
        Field(description="From the paper they were given, or as it was read to you."),
    ]
    suite: Annotated[Code, Field(description="Where they are now.")]
    arrived_at: Annotated[Instant, Field(examples=["2026-11-03T04:30:00Z"])]
    reason: Annotated[
        ReturnReason,
        Field(description="Why they are here; who comes voluntarily is not detained."),
    ]
    authorised_at: Annotated[
        Instant | None, Field(description="When detention was authorised, if known.")
    ] = None
    late_reason: Late = None

    @model_validator(mode="after")
    def authorised_if_detained(self) -> Self:
        if self.authorised_at and self.reason is ReturnReason.VOLUNTARY_ATTENDANCE:
            raise ValueError("Who comes voluntarily is not detained: leave authorised_at out.")
        return self


Words = Annotated[
    Text | None,
    Field(max_length=500, description="In words; wanted with `other`.", examples=[None]),
]


class WithdrawMovement(Command):
    """The last movement on record was recorded by mistake."""

    model_config = example(number=1, reason="did_not_happen")

    number: Annotated[
        int, Field(strict=True, ge=1, le=32767, description="The movement's; the last that stands.")
    ]
    reason: WithdrawalReason
    words: Words = None

    @model_validator(mode="after")
    def other_in_words(self) -> Self:
        if self.reason is WithdrawalReason.OTHER and self.words is None:
            raise ValueError("Say in words what the other reason is.")
        return self


class VaryBail(Command):
    """Bail goes on longer or ends sooner, or is answered elsewhere; what you leave out stays."""

    model_config = example(
        return_at="2026-12-22T10:00:00Z",
        authorised_at="2026-11-20T15:00:00Z",
        authority="inspector",
        reason="investigation_goes_on",
    )

    return_at: Annotated[
        Instant,
        Field(description="When they have to come back.", examples=["2026-12-22T10:00:00Z"]),
    ]
    suite: Annotated[Code | None, Field(description="Where to.", examples=[None])] = None
    conditional: Annotated[
        YesNo | None, Field(description="Whether the bail has conditions.", examples=[None])
    ] = None
    authorised_at: Annotated[
        Instant, Field(description="When it was.", examples=["2026-11-03T10:00:00Z"])
    ]
    authority: Annotated[BailAuthority, Field(description="Who authorised it, by rank.")]
    reason: BailChange
    words: Words = None
    late_reason: Late = None

    @model_validator(mode="after")
    def other_in_words(self) -> Self:
        if self.reason is BailChange.OTHER and self.words is None:
            raise ValueError("Say in words what the other reason is.")
        return self


class BailVariationView(View):
    """How bail was extended or varied."""

    number: int
    return_at: Moment
    suite: str
    conditional: bool
    authorised_at: Moment
    authority: BailAuthority
    after_its_end: Annotated[
        bool, Field(description="The bail had run out by the time it was authorised.")
    ]
    reason: BailChange
    words: str | None
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None


class BailView(View):
    """Where and when bail is to be answered, as it was varied last."""

    return_at: Moment
    suite: str
    conditional: bool
    overdue: Annotated[bool, Field(description="The time has come and they have not.")]
    granted_until: Annotated[Moment, Field(description="As it was granted on release.")]
    variations: Annotated[
        list[BailVariationView], Field(description="The last one says what counts now.")
    ]


class ReleaseView(View):
    """The release that stands."""

    kind: ReleaseKind
    released_at: Moment
    suite: str
    bail: BailView | None
    entered_late: bool
    late_reason: LateReason | None


class AlsoDetainedView(View):
    """Another record by which the same person is detained; somebody is in one place only."""

    custody_record_id: Annotated[UUID | None, Field(description="Null where it is elsewhere.")]
    reference: Annotated[str | None, Field(description="Null where it is elsewhere.")]
    remark: Annotated[str, Field(description="What to do about it.")]


class WithdrawalView(View):
    """Why a movement no longer stands."""

    reason: WithdrawalReason
    words: str | None
    withdrawn_at: Moment
    withdrawn_by: UUID


class MovementView(View):
    """One coming or going."""

    number: int
    kind: MovementKind
    from_suite: str
    to_suite: str | None
    left_at: Moment | None
    arrived_at: Moment | None
    release_kind: ReleaseKind | None
    bail_return_at: Moment | None
    bail_suite: str | None
    bail_conditional: bool | None
    return_reason: ReturnReason | None
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None
    withdrawn: Annotated[
        WithdrawalView | None, Field(description="Null while it stands; else it counts no more.")
    ]
