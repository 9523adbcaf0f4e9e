"""What the detention clock hears of, never edited."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.custody.detention.states import Authority, EntryKind, EntryReason
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class DetentionEntry(Record, table=True):
    """One thing the detention clock hears of: a time given, a review, an extension, a pause.

    Append-only: what was entered wrongly is replaced by a new row that names it. Written only by
    ``custody.detention.actions``.
    """

    __tablename__ = "detention_entry"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.UniqueConstraint("replaces_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("until_at > happened_at", name="until_later"),
        sa.CheckConstraint(
            "until_at IS NULL OR kind IN ('extended', 'paused')", name="until_of_some"
        ),
        sa.CheckConstraint("kind <> 'extended' OR until_at IS NOT NULL", name="extended_until"),
        sa.CheckConstraint(
            "(kind IN ('reviewed', 'extended')) = (authority IS NOT NULL)", name="on_authority"
        ),
        sa.CheckConstraint(
            "(kind IN ('review_postponed', 'paused')) = (reason IS NOT NULL)", name="for_reason"
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The detention it belongs to.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the entries.", Disclosure.SAFE))
    kind: EntryKind = Field(
        sa_type=text_enum(EntryKind, "kind"),
        sa_column_kwargs=described("What it tells of.", Disclosure.SAFE),
    )
    happened_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When it happened, in UTC.", Disclosure.INDIRECT),
    )
    until_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("Until when it goes, in UTC.", Disclosure.INDIRECT),
    )
    authority: Authority | None = Field(
        default=None,
        sa_type=text_enum(Authority, "authority"),
        sa_column_kwargs=described("Who reviewed or extended, by rank.", Disclosure.SAFE),
    )
    reason: EntryReason | None = Field(
        default=None,
        sa_type=text_enum(EntryReason, "reason"),
        sa_column_kwargs=described("Why put off, or why paused.", Disclosure.INDIRECT),
    )
    replaces_id: UUID | None = Field(
        default=None,
        foreign_key="detention_entry.id",
        sa_column_kwargs=described("The earlier entry that it puts right.", Disclosure.INDIRECT),
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
