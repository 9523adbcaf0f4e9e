"""When suites are open."""

from datetime import date, time

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described


class SuiteHours(Record, table=True):
    """One opening of one suite on one day of the week, in a timetable with its first day.

    Where a suite has none in force, its hours are not known and it counts as open always.
    Append-only. Written only by ``custody.suites.loading``, from a reference file.
    """

    __tablename__ = "suite_hours"
    __table_args__ = (
        sa.UniqueConstraint("suite", "available_from", "weekday", "opens"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_range"),
        sa.CheckConstraint("closes > opens OR closes = '00:00'", name="hours_in_order"),
        sa.CheckConstraint("available_until > available_from", name="dates_in_order"),
    )

    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("Custody suite code.", Disclosure.INDIRECT),
    )
    weekday: int = Field(
        sa_column_kwargs=described("Day of the week, from 1, Monday.", Disclosure.SAFE)
    )
    opens: time = Field(sa_column_kwargs=described("When, in England.", Disclosure.SAFE))
    closes: time = Field(
        sa_column_kwargs=described("Until when; midnight is the day's end.", Disclosure.SAFE)
    )
    available_from: date = Field(
        sa_column_kwargs=described("First day of this timetable.", Disclosure.SAFE)
    )
    available_until: date | None = Field(
        default=None,
        sa_column_kwargs=described("First day no longer; null is open.", Disclosure.SAFE),
    )
    source: str = Field(sa_column_kwargs=described("Where this is known from.", Disclosure.SAFE))
