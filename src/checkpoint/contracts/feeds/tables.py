"""Secret addresses of calendars; of the secret itself only a digest."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described


class AppointmentFeed(Record, table=True):
    """A navigator has a new secret address for their calendar, or none any more; the last counts.

    Append-only. Written only by ``contracts.feeds.actions``.
    """

    __tablename__ = "appointment_feed"
    __table_args__ = (
        sa.UniqueConstraint("navigator_id", "number"),
        sa.UniqueConstraint("digest"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("octet_length(digest) = 32", name="digest_length"),
    )

    navigator_id: UUID = Field(
        foreign_key="navigator.id",
        sa_column_kwargs=described("Whose calendar.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the navigator's.", Disclosure.SAFE))
    digest: bytes | None = Field(
        default=None,
        sa_type=sa.LargeBinary,
        sa_column_kwargs=described(
            "SHA-256 of the address's secret; null: there is no address.", Disclosure.NEVER
        ),
    )
    made_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT),
    )
    made_by: UUID = Field(sa_column_kwargs=described("Who did it.", Disclosure.DIRECT))
