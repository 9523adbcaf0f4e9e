"""Whose case it is, who covers it, who was offered it, and caseloads that went to others."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.navigators.states import (
    EndReason,
    How,
    OfferKind,
    OfferOutcome,
    ReassigningReason,
)

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
STANDS = sa.text("ended_at IS NULL")


class Reassignment(Record, table=True):
    """A navigator's whole caseload went to others at once.

    Append-only. Written only by ``navigators.actions``.
    """

    __tablename__ = "navigator_reassignment"
    __table_args__ = (
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_navigator_reassignment_navigator_id", "navigator_id"),
    )

    navigator_id: UUID = Field(
        foreign_key="navigator.id",
        sa_column_kwargs=described("Whose caseload it was.", Disclosure.INDIRECT),
    )
    reason_code: ReassigningReason = Field(
        sa_type=text_enum(ReassigningReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.NEVER),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    plan: str = Field(
        max_length=64, sa_column_kwargs=described("The tag of the plan.", Disclosure.SAFE)
    )
    reassigned_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    reassigned_by: UUID = Field(sa_column_kwargs=described("Who did it.", Disclosure.DIRECT))


class Assignment(Record, table=True):
    """A case is a navigator's from one instant to another; one that stands to a case.

    Only its end is ever added, once. Written only by ``navigators.actions`` and
    ``navigators.handovers.actions``.
    """

    __tablename__ = "navigator_assignment"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.Index(
            "uq_navigator_assignment_standing",
            "custody_record_id",
            unique=True,
            postgresql_where=STANDS,
        ),
        sa.Index(
            "ix_navigator_assignment_caseload",
            "navigator_id",
            "assigned_at",
            "id",
            postgresql_where=STANDS,
        ),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(override_words) <= {WORDS_LIMIT}", name="words_length"),
        sa.CheckConstraint(
            "(how = 'reassigned') = (reassignment_id IS NOT NULL)", name="reassigned_together"
        ),
        sa.CheckConstraint(
            "num_nonnulls(ended_at, ended_by, end_reason) IN (0, 3)", name="ended_pair"
        ),
        sa.CheckConstraint("ended_at >= assigned_at", name="ends_after"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("Whose it is.", Disclosure.INDIRECT)
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's.", Disclosure.SAFE))
    how: How = Field(
        sa_type=text_enum(How, "how"),
        sa_column_kwargs=described("How it came to them.", Disclosure.SAFE),
    )
    reassignment_id: UUID | None = Field(
        default=None,
        foreign_key="navigator_reassignment.id",
        sa_column_kwargs=described("With which caseload, if so.", Disclosure.INDIRECT),
    )
    override_words: str | None = Field(
        default=None,
        sa_column_kwargs=described("Why beyond their capacity, if it was.", Disclosure.NEVER),
    )
    override_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The supervisor who said so.", Disclosure.DIRECT),
    )
    assigned_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("From when on, in UTC.", Disclosure.INDIRECT)
    )
    assigned_by: UUID = Field(sa_column_kwargs=described("Who did it.", Disclosure.DIRECT))
    ended_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("Until when, in UTC.", Disclosure.INDIRECT),
    )
    ended_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who ended it.", Disclosure.DIRECT)
    )
    end_reason: EndReason | None = Field(
        default=None,
        sa_type=text_enum(EndReason, "end_reason"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )


class Offer(Record, table=True):
    """A case is offered to another navigator; of an assignment, the last offer counts.

    Append-only. Written only by ``navigators.handovers.actions``.
    """

    __tablename__ = "navigator_handover"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(
            "(kind = 'cover') = (cover_last_day IS NOT NULL)", name="cover_has_last_day"
        ),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.CheckConstraint(f"length(override_words) <= {WORDS_LIMIT}", name="override_length"),
        sa.Index("ix_navigator_handover_to", "to_navigator_id", "offered_at", "id"),
        sa.Index("ix_navigator_handover_offered_at_id", "offered_at", "id"),
    )

    assignment_id: UUID = Field(
        foreign_key="navigator_assignment.id",
        sa_column_kwargs=described("Whose case it is now.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the assignment's.", Disclosure.SAFE))
    to_navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("To whom.", Disclosure.INDIRECT)
    )
    kind: OfferKind = Field(
        sa_type=text_enum(OfferKind, "kind"),
        sa_column_kwargs=described("For good, or for a while.", Disclosure.SAFE),
    )
    cover_last_day: date | None = Field(
        default=None, sa_column_kwargs=described("The cover's last day.", Disclosure.INDIRECT)
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("What to know, in words.", Disclosure.NEVER)
    )
    override_words: str | None = Field(
        default=None,
        sa_column_kwargs=described("Why it may pass their capacity.", Disclosure.NEVER),
    )
    offered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When offered, in UTC.", Disclosure.INDIRECT)
    )
    offered_by: UUID = Field(sa_column_kwargs=described("Who offered it.", Disclosure.DIRECT))


class OfferAnswer(Record, table=True):
    """What whoever was offered a case said; once to an offer.

    Append-only. Written only by ``navigators.handovers.actions``.
    """

    __tablename__ = "navigator_handover_answer"
    __table_args__ = (
        sa.UniqueConstraint("handover_id"),
        sa.CheckConstraint("outcome = 'accepted' OR words IS NOT NULL", name="declining_has_words"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    handover_id: UUID = Field(
        foreign_key="navigator_handover.id",
        sa_column_kwargs=described("The offer it answers.", Disclosure.INDIRECT),
    )
    outcome: OfferOutcome = Field(
        sa_type=text_enum(OfferOutcome, "outcome"),
        sa_column_kwargs=described("Accepted or declined.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why it was declined.", Disclosure.NEVER)
    )
    answered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When answered, in UTC.", Disclosure.INDIRECT)
    )
    answered_by: UUID = Field(sa_column_kwargs=described("Who answered.", Disclosure.DIRECT))


class Cover(Record, table=True):
    """Another navigator sees a case for a while, beside whose it is; it ends by itself.

    It stands until its instant, until it is ended before, and while the assignment stands. Only an
    earlier end is ever added, once. Written only by ``navigators.handovers.actions``, and ended by
    ``navigators.actions`` too.
    """

    __tablename__ = "navigator_cover"
    __table_args__ = (
        sa.UniqueConstraint("handover_id"),
        sa.Index("ix_navigator_cover_assignment_id", "assignment_id", postgresql_where=STANDS),
        sa.Index(
            "ix_navigator_cover_caseload",
            "navigator_id",
            "covers_from",
            "id",
            postgresql_where=STANDS,
        ),
        sa.CheckConstraint("until > covers_from", name="ends_by_itself"),
        sa.CheckConstraint("num_nonnulls(ended_at, ended_by) IN (0, 2)", name="ended_pair"),
        sa.CheckConstraint(f"length(override_words) <= {WORDS_LIMIT}", name="words_length"),
    )

    assignment_id: UUID = Field(
        foreign_key="navigator_assignment.id",
        sa_column_kwargs=described("Whose case it is.", Disclosure.INDIRECT),
    )
    handover_id: UUID = Field(
        foreign_key="navigator_handover.id",
        sa_column_kwargs=described("The offer that was accepted.", Disclosure.INDIRECT),
    )
    navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("Who covers.", Disclosure.INDIRECT)
    )
    override_words: str | None = Field(
        default=None,
        sa_column_kwargs=described("Why beyond their capacity, if it was.", Disclosure.NEVER),
    )
    override_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The supervisor who said so.", Disclosure.DIRECT),
    )
    covers_from: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("From when on, in UTC.", Disclosure.INDIRECT)
    )
    until: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("Midnight after its last day, in UTC.", Disclosure.INDIRECT),
    )
    ended_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When ended before that, in UTC.", Disclosure.INDIRECT),
    )
    ended_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who ended it.", Disclosure.DIRECT)
    )
