"""The one table that knows a name."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described


class Person(Record, table=True):
    """Somebody the police have dealt with. What they were in a case is said by the case.

    Written only by ``people.actions``.
    """

    __tablename__ = "person"
    __table_args__ = (
        sa.UniqueConstraint("pnc_id"),
        sa.CheckConstraint(r"pnc_id ~ '^\d{4}/\d{7}[A-HJ-NP-RT-Z]$'", name="pnc_id_form"),
        sa.CheckConstraint("date_of_birth >= '1900-01-01'", name="date_of_birth_range"),
    )

    family_name: str = Field(
        max_length=100, sa_column_kwargs=described("Family name.", Disclosure.DIRECT)
    )
    given_names: str | None = Field(
        default=None,
        max_length=100,
        sa_column_kwargs=described("Given names, if known.", Disclosure.DIRECT),
    )
    date_of_birth: date | None = Field(
        default=None, sa_column_kwargs=described("Date of birth, if known.", Disclosure.DIRECT)
    )
    pnc_id: str | None = Field(
        default=None,
        max_length=13,
        sa_column_kwargs=described("PNC ID, canonical form, if known.", Disclosure.DIRECT),
    )
    registered_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When first registered, in UTC.", Disclosure.INDIRECT),
    )
    registered_by: UUID = Field(sa_column_kwargs=described("Who did.", Disclosure.DIRECT))
