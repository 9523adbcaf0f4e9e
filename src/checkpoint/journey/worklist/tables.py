"""What is open of cases, kept so that the worklist need not search for it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class OpenMatter(Record, table=True):
    """One thing that is open of a case: what is on record waits for something that is not.

    Written by nobody: triggers keep it with whatever it follows from, in the same transaction, and
    the view ``open_matter_now`` says at any time what it has to be. They hold a lock for each
    person until the transaction ends, so many cases at once are copied in another way: see
    decision 34.
    """

    __tablename__ = "open_matter"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "matter", "source_id", "thing_id"),
        sa.Index("ix_open_matter_suite", "matter", "suite", "since", "id"),
    )

    matter: str = Field(
        max_length=60,
        sa_column_kwargs=described(
            "What is open, as a code of the worklist's.", Disclosure.INDIRECT
        ),
    )
    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        ondelete="CASCADE",
        sa_column_kwargs=described("Of which case.", Disclosure.INDIRECT),
    )
    suite: str = Field(
        max_length=40, sa_column_kwargs=described("The case's suite now.", Disclosure.INDIRECT)
    )
    since: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described(
            "From when its time is counted, in UTC; of a day, its midnight in UTC.",
            Disclosure.INDIRECT,
        ),
    )
    source_id: UUID = Field(
        sa_column_kwargs=described("The row that it is open of.", Disclosure.INDIRECT)
    )
    thing_id: UUID = Field(
        sa_column_kwargs=described("What its door is about.", Disclosure.INDIRECT)
    )
    words: str | None = Field(
        default=None,
        max_length=60,
        sa_column_kwargs=described("What its line names, if so.", Disclosure.INDIRECT),
    )
    allocation_id: UUID | None = Field(
        default=None,
        sa_column_kwargs=described(
            "The allocation whose arm it would tell, if one.", Disclosure.INDIRECT
        ),
    )
    set_off_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("Who set it off and so is not told, if so.", Disclosure.DIRECT),
    )
    last_day: date | None = Field(
        default=None,
        sa_column_kwargs=described("The last day it is open, if it ends so.", Disclosure.INDIRECT),
    )


class TeamMatter(Record, table=True):
    """One thing that is open of a case that somebody of another suite works, by that suite.

    Kept as open matters are, and by the same function; the view ``team_matter_now`` says at any
    time what it has to be.
    """

    __tablename__ = "team_matter"
    __table_args__ = (
        sa.UniqueConstraint("open_matter_id", "suite"),
        # With all that is asked of a row, so that the list's order is walked and never made.
        sa.Index(
            "ix_team_matter_suite",
            "matter",
            "suite",
            "since",
            "open_matter_id",
            postgresql_include=["until"],
        ),
    )

    open_matter_id: UUID = Field(
        foreign_key="open_matter.id",
        ondelete="CASCADE",
        sa_column_kwargs=described("What is open.", Disclosure.INDIRECT),
    )
    matter: str = Field(
        max_length=60,
        sa_column_kwargs=described("The same as a code, as there.", Disclosure.INDIRECT),
    )
    suite: str = Field(
        max_length=40,
        sa_column_kwargs=described(
            "A suite, not the case's own, at which whoever works it is based.", Disclosure.INDIRECT
        ),
    )
    since: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("From when its time is counted, as there.", Disclosure.INDIRECT),
    )
    until: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described(
            "Until when they work it, in UTC; infinite where no end is known.", Disclosure.INDIRECT
        ),
    )
