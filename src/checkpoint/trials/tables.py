"""Phases of the programme by suite; trials, their protocols by version, their strata, their end."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.trials.states import TrialKind

INSTANT = sa.DateTime(timezone=True)


class ProgrammePhase(Record, table=True):
    """From which day the programme runs at a suite, until which.

    Append-only. Written only by ``trials.loading``.
    """

    __tablename__ = "programme_phase"
    __table_args__ = (
        sa.UniqueConstraint("suite", "live_from"),
        sa.CheckConstraint("live_until > live_from", name="ends_after_it_begins"),
    )

    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("The suite.", Disclosure.SAFE),
    )
    live_from: date = Field(sa_column_kwargs=described("First day.", Disclosure.SAFE))
    live_until: date | None = Field(
        default=None, sa_column_kwargs=described("First day no longer.", Disclosure.SAFE)
    )
    source: str = Field(sa_column_kwargs=described("Who says so.", Disclosure.SAFE))


class Trial(Record, table=True):
    """A randomised trial of the programme, a test of one, or one that ran elsewhere.

    Append-only. Written only by ``trials.loading``; one that ran elsewhere by a function of the
    database, for ``outcomes.elsewhere``.
    """

    __tablename__ = "trial"
    __table_args__ = (
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("id", "kind"),
        sa.CheckConstraint("(code LIKE 'TEST-%') = (kind = 'test')", name="code_tells_its_kind"),
    )

    code: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    kind: TrialKind = Field(
        sa_type=text_enum(TrialKind, "kind"),
        sa_column_kwargs=described("Live, a test, or elsewhere.", Disclosure.SAFE),
    )


class TrialProtocol(Record, table=True):
    """One version of a trial's protocol, word for word.

    Append-only: an amendment is a new version. Written only by ``trials.loading``.
    """

    __tablename__ = "trial_protocol"
    __table_args__ = (
        sa.UniqueConstraint("trial_id", "number"),
        sa.UniqueConstraint("id", "trial_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("closes_on > opens_on", name="closes_after_it_opens"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    number: int = Field(sa_column_kwargs=described("Counts the versions.", Disclosure.SAFE))
    version: str = Field(max_length=20, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    in_effect_from: date = Field(sa_column_kwargs=described("First day.", Disclosure.SAFE))
    opens_on: date = Field(sa_column_kwargs=described("First day of allocation.", Disclosure.SAFE))
    closes_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("First day without allocation.", Disclosure.SAFE),
    )
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the content.", Disclosure.SAFE)
    )
    content: str = Field(sa_column_kwargs=described("The file, word for word.", Disclosure.SAFE))
    adopted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When adopted, in UTC.", Disclosure.SAFE)
    )
    adopted_by: UUID = Field(sa_column_kwargs=described("Who adopted it.", Disclosure.DIRECT))


class TrialStratum(Record, table=True):
    """A suite in a trial, with a sealed list of its own.

    Append-only: a stratum is added and never taken away. Written only by ``trials.loading``.
    """

    __tablename__ = "trial_stratum"
    __table_args__ = (
        sa.UniqueConstraint("trial_id", "suite"),
        sa.UniqueConstraint("id", "trial_id"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    suite: str = Field(
        foreign_key="suite.code",
        max_length=40,
        sa_column_kwargs=described("The suite.", Disclosure.SAFE),
    )


class TrialClosing(Record, table=True):
    """Somebody closed a trial, before or on the day that its protocol says.

    Append-only. Written only by ``trials.loading``.
    """

    __tablename__ = "trial_closing"
    __table_args__ = (
        sa.UniqueConstraint("trial_id"),
        sa.CheckConstraint("length(words) <= 1000", name="words_length"),
    )

    trial_id: UUID = Field(
        foreign_key="trial.id", sa_column_kwargs=described("The trial.", Disclosure.SAFE)
    )
    words: str = Field(sa_column_kwargs=described("Why.", Disclosure.NEVER))
    closed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When closed, in UTC.", Disclosure.SAFE)
    )
    closed_by: UUID = Field(sa_column_kwargs=described("Who closed it.", Disclosure.DIRECT))
