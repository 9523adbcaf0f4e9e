"""Comings and goings, never edited."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.movements.states import (
    BailAuthority,
    BailChange,
    LateReason,
    MovementKind,
    ReleaseKind,
    ReturnReason,
    WithdrawalReason,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class Movement(Record, table=True):
    """One coming or going of a person after booking in: transferred, released or returned.

    Append-only. Written only by ``custody.movements.actions``.
    """

    __tablename__ = "movement"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("arrived_at >= left_at", name="arrived_after_leaving"),
        sa.CheckConstraint("(kind = 'returned') = (left_at IS NULL)", name="left_unless_returned"),
        sa.CheckConstraint(
            "(kind = 'released') = (arrived_at IS NULL)", name="arrived_unless_released"
        ),
        sa.CheckConstraint("(arrived_at IS NULL) = (to_suite IS NULL)", name="arrived_somewhere"),
        sa.CheckConstraint(
            "(kind = 'released') = (release_kind IS NOT NULL)", name="release_has_kind"
        ),
        sa.CheckConstraint(
            "(kind = 'returned') = (return_reason IS NOT NULL)", name="return_has_reason"
        ),
        sa.CheckConstraint(
            "coalesce(release_kind = 'on_bail', false) = (bail_return_at IS NOT NULL)"
            " AND (bail_return_at IS NULL) = (bail_conditional IS NULL)"
            " AND (bail_return_at IS NULL) = (bail_suite IS NULL)",
            name="bail_is_whole",
        ),
        sa.CheckConstraint("bail_return_at > left_at", name="bail_after_release"),
        sa.Index(
            "ix_movement_released_left_at",
            "left_at",
            postgresql_where=sa.text("kind = 'released'"),
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the movements.", Disclosure.SAFE))
    kind: MovementKind = Field(
        sa_type=text_enum(MovementKind, "kind"),
        sa_column_kwargs=described("Transferred, released or returned.", Disclosure.SAFE),
    )
    from_suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("The record's suite until then.", Disclosure.INDIRECT),
    )
    to_suite: str | None = Field(
        default=None,
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("The record's suite from then on.", Disclosure.INDIRECT),
    )
    left_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they left, in UTC.", Disclosure.INDIRECT),
    )
    arrived_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When they arrived, in UTC.", Disclosure.INDIRECT),
    )
    release_kind: ReleaseKind | None = Field(
        default=None,
        sa_type=text_enum(ReleaseKind, "release_kind"),
        sa_column_kwargs=described("How they were released.", Disclosure.INDIRECT),
    )
    bail_return_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When bail is to be answered, in UTC.", Disclosure.INDIRECT),
    )
    bail_suite: str | None = Field(
        default=None,
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("Where bail is to be answered.", Disclosure.INDIRECT),
    )
    bail_conditional: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Whether the bail has conditions.", Disclosure.INDIRECT),
    )
    return_reason: ReturnReason | None = Field(
        default=None,
        sa_type=text_enum(ReturnReason, "return_reason"),
        sa_column_kwargs=described("Why they are back.", Disclosure.INDIRECT),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class MovementWithdrawal(Record, table=True):
    """A movement was recorded by mistake: it counts no more, and stays on record with this.

    Append-only. Written only by ``custody.movements.actions``.
    """

    __tablename__ = "movement_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("movement_id"),
        sa.CheckConstraint("reason <> 'other' OR words IS NOT NULL", name="other_in_words"),
    )

    movement_id: UUID = Field(
        foreign_key="movement.id",
        sa_column_kwargs=described("The movement that no longer stands.", Disclosure.INDIRECT),
    )
    reason: WithdrawalReason = Field(
        sa_type=text_enum(WithdrawalReason, "reason"),
        sa_column_kwargs=described("Why, by code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None,
        max_length=500,
        sa_column_kwargs=described("Why, in words.", Disclosure.NEVER),
    )
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    withdrawn_by: UUID = Field(sa_column_kwargs=described("Who did.", Disclosure.DIRECT))


class BailVariation(Record, table=True):
    """Bail was extended or varied after the release that granted it; the last one counts.

    Append-only. Written only by ``custody.movements.actions``.
    """

    __tablename__ = "bail_variation"
    __table_args__ = (
        sa.UniqueConstraint("movement_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("return_at > authorised_at", name="ends_later"),
        sa.CheckConstraint("reason <> 'other' OR words IS NOT NULL", name="other_in_words"),
    )

    movement_id: UUID = Field(
        foreign_key="movement.id",
        sa_column_kwargs=described("The release that granted the bail.", Disclosure.INDIRECT),
    )
    number: int = Field(
        sa_column_kwargs=described("Counts the variations of that bail.", Disclosure.SAFE)
    )
    return_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described(
            "When bail is to be answered since, in UTC.", Disclosure.INDIRECT
        ),
    )
    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("Where bail is to be answered since.", Disclosure.INDIRECT),
    )
    conditional: bool = Field(
        sa_column_kwargs=described("Whether the bail has conditions since.", Disclosure.INDIRECT)
    )
    authorised_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When it was authorised, in UTC.", Disclosure.INDIRECT),
    )
    authority: BailAuthority = Field(
        sa_type=text_enum(BailAuthority, "authority"),
        sa_column_kwargs=described("Who authorised it, by rank.", Disclosure.SAFE),
    )
    reason: BailChange = Field(
        sa_type=text_enum(BailChange, "reason"),
        sa_column_kwargs=described("Why, by code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None,
        max_length=500,
        sa_column_kwargs=described("Why, in words.", Disclosure.NEVER),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
