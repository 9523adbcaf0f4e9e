"""Providers, navigators, their clearances and absences, and their conflicts of interest."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.navigators.staff.states import ClearanceKind, Relation, Specialism

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
SPECIALISMS = ", ".join(f"'{each.value}'" for each in Specialism)


class NavigatorProvider(Record, table=True):
    """An employer of navigators. Append-only. Written only by ``navigators.staff``."""

    __tablename__ = "navigator_provider"
    __table_args__ = (sa.UniqueConstraint("code"),)

    code: str = Field(max_length=40, sa_column_kwargs=described("Short name.", Disclosure.SAFE))
    name: str = Field(max_length=200, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    available_from: date = Field(
        sa_column_kwargs=described("First day it may be chosen.", Disclosure.SAFE)
    )
    source: str = Field(max_length=500, sa_column_kwargs=described("Who says so.", Disclosure.SAFE))
    added_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.SAFE)
    )
    added_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class Navigator(Record, table=True):
    """Somebody who works cases, as they stand now; what stood before is in the ledger.

    Written only by ``navigators.staff.actions``.
    """

    __tablename__ = "navigator"
    __table_args__ = (
        sa.UniqueConstraint("actor_id"),
        sa.CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity_range"),
        sa.CheckConstraint("cardinality(base_suites) >= 1", name="has_suite"),
        sa.CheckConstraint(
            f"specialisms <@ ARRAY[{SPECIALISMS}]::varchar[]", name="specialisms_listed"
        ),
        sa.CheckConstraint("version >= 1", name="version_counts"),
    )

    actor_id: UUID = Field(
        sa_column_kwargs=described("Who, as the identity provider has it.", Disclosure.DIRECT)
    )
    name: str = Field(max_length=100, sa_column_kwargs=described("Their name.", Disclosure.DIRECT))
    provider: str = Field(
        foreign_key="navigator_provider.code",
        max_length=40,
        sa_column_kwargs=described("Their employer.", Disclosure.INDIRECT),
    )
    base_suites: list[str] = Field(
        sa_type=ARRAY(sa.String()),
        sa_column_kwargs=described("Where they are based, as codes.", Disclosure.INDIRECT),
    )
    capacity: int = Field(
        sa_column_kwargs=described("How many cases at once.", Disclosure.INDIRECT)
    )
    specialisms: list[str] = Field(
        sa_type=ARRAY(sa.String()),
        sa_column_kwargs=described("Whom they are able to work with.", Disclosure.INDIRECT),
    )
    last_day: date | None = Field(
        default=None,
        sa_column_kwargs=described("Their last day at work, if known.", Disclosure.INDIRECT),
    )
    registered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    registered_by: UUID = Field(sa_column_kwargs=described("Who entered them.", Disclosure.DIRECT))
    version: int = Field(default=1, sa_column_kwargs=described("Counts changes.", Disclosure.SAFE))


class Clearance(Record, table=True):
    """An induction or a vetting; of a kind, the last recorded counts.

    Append-only. Written only by ``navigators.staff.actions``.
    """

    __tablename__ = "navigator_clearance"
    __table_args__ = (
        sa.UniqueConstraint("navigator_id", "kind", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("last_day >= given_on", name="ends_after"),
    )

    navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("Whose.", Disclosure.INDIRECT)
    )
    kind: ClearanceKind = Field(
        sa_type=text_enum(ClearanceKind, "kind"),
        sa_column_kwargs=described("Induction or vetting.", Disclosure.SAFE),
    )
    number: int = Field(sa_column_kwargs=described("Counts those of a kind.", Disclosure.SAFE))
    given_on: date = Field(sa_column_kwargs=described("Its first day.", Disclosure.INDIRECT))
    last_day: date = Field(sa_column_kwargs=described("Its last day.", Disclosure.INDIRECT))
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class Absence(Record, table=True):
    """Days on which a navigator is given no case; why is nobody's business here.

    Append-only: an entry that names another takes its place, or only takes it away. Written only by
    ``navigators.staff.actions``.
    """

    __tablename__ = "navigator_absence"
    __table_args__ = (
        sa.UniqueConstraint("replaces_id"),
        sa.CheckConstraint("last_day IS NULL OR last_day >= absent_from", name="ends_after"),
        sa.CheckConstraint("replaces_id IS NOT NULL OR NOT taken_away", name="takes_one_away"),
        sa.Index("ix_navigator_absence_navigator_id", "navigator_id"),
    )

    navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("Whose.", Disclosure.INDIRECT)
    )
    absent_from: date = Field(sa_column_kwargs=described("Its first day.", Disclosure.INDIRECT))
    last_day: date | None = Field(
        default=None, sa_column_kwargs=described("Its last day, if known.", Disclosure.INDIRECT)
    )
    replaces_id: UUID | None = Field(
        default=None,
        foreign_key="navigator_absence.id",
        sa_column_kwargs=described("The entry whose place it takes.", Disclosure.INDIRECT),
    )
    taken_away: bool = Field(
        default=False,
        sa_column_kwargs=described("The entry before it was wrong.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class Conflict(Record, table=True):
    """Why a navigator is not given a case: about a person wherever they turn up, or one case.

    Append-only. Written only by ``navigators.actions``.
    """

    __tablename__ = "navigator_conflict"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(person_id, custody_record_id) = 1", name="person_or_case"),
        sa.Index("ix_navigator_conflict_navigator_id", "navigator_id"),
        sa.Index("ix_navigator_conflict_person_id", "person_id"),
        sa.Index("ix_navigator_conflict_custody_record_id", "custody_record_id"),
    )

    navigator_id: UUID = Field(
        foreign_key="navigator.id", sa_column_kwargs=described("Whose.", Disclosure.INDIRECT)
    )
    relation: Relation = Field(
        sa_type=text_enum(Relation, "relation"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.INDIRECT),
    )
    person_id: UUID | None = Field(
        default=None,
        foreign_key="person.id",
        sa_column_kwargs=described("Whom they know, if it is that.", Disclosure.INDIRECT),
    )
    custody_record_id: UUID | None = Field(
        default=None,
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The one case it is about, if it is that.", Disclosure.INDIRECT),
    )
    declared_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    declared_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ConflictWithdrawal(Record, table=True):
    """A conflict of interest that was declared is none.

    Append-only. Written only by ``navigators.actions``.
    """

    __tablename__ = "navigator_conflict_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("conflict_id"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    conflict_id: UUID = Field(
        foreign_key="navigator_conflict.id",
        sa_column_kwargs=described("Which one.", Disclosure.INDIRECT),
    )
    words: str = Field(sa_column_kwargs=described("Why, in words.", Disclosure.NEVER))
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    withdrawn_by: UUID = Field(sa_column_kwargs=described("Who withdrew it.", Disclosure.DIRECT))
