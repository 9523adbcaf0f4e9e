"""A referral as it stands, each step that it took, and what was told to whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.identifiers import REFERENCE_PATTERN
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.states import (
    OPEN,
    Party,
    ReferralBasis,
    ReferralEvent,
    ReferralReason,
    ReferralState,
)

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
DISTRICT_FORM = "^[A-Z]{1,2}[0-9][A-Z0-9]?$"
IS_OPEN = sa.text("state IN (" + ", ".join(f"'{state}'" for state in sorted(OPEN)) + ")")


def of(table: str, comment: str, disclosure: Disclosure = Disclosure.INDIRECT) -> Any:
    """A column that names a row of another table."""
    return Field(foreign_key=f"{table}.id", sa_column_kwargs=described(comment, disclosure))


class Referral(Record, table=True):
    """Somebody was referred to a service of the directory, as it stands now.

    Only where it stands ever changes, each time with a step that says the same: a trigger holds
    that. Written only by ``referrals.actions``.
    """

    __tablename__ = "referral"
    __table_args__ = (
        sa.UniqueConstraint("reference"),
        sa.CheckConstraint(f"reference ~ '{REFERENCE_PATTERN}'", name="reference_form"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint(f"district ~ '{DISTRICT_FORM}'", name="district_form"),
        sa.CheckConstraint(f"length(excluded_words) <= {WORDS_LIMIT}", name="words_length"),
        sa.CheckConstraint("waited_until >= waiting_since", name="waits_from_to"),
        sa.CheckConstraint(
            "waited_until IS NULL OR waiting_since IS NOT NULL", name="waits_from_a_day"
        ),
        sa.CheckConstraint(
            "(basis = 'condition') = (num_nonnulls(contract_id, condition_key) = 2)",
            name="condition_named",
        ),
        sa.CheckConstraint(
            "basis = 'condition' OR needs_assessment_id IS NOT NULL", name="need_assessed"
        ),
        sa.CheckConstraint(
            "num_nonnulls(contract_id, condition_key) IN (0, 2)", name="condition_whole"
        ),
        sa.Index("ix_referral_custody_record_id", "custody_record_id", "id"),
        sa.Index("ix_referral_organization_id", "organization_id", "id"),
        sa.Index("ix_referral_contract_id", "contract_id"),
        sa.Index(
            "uq_referral_one_open",
            "custody_record_id",
            "service_id",
            unique=True,
            postgresql_where=IS_OPEN,
        ),
        sa.Index(
            "ix_referral_unanswered", "made_on", "id", postgresql_where=sa.text("state = 'made'")
        ),
        sa.Index(
            "ix_referral_waiting",
            "waiting_since",
            "id",
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    custody_record_id: UUID = of("custody_record", "The case.")
    service_id: UUID = of("directory_listing", "The service that was chosen.", Disclosure.SAFE)
    organization_id: UUID = of("directory_listing", "Whose service it is.", Disclosure.SAFE)
    reference: str = Field(
        max_length=40,
        sa_column_kwargs=described("What people call it, random.", Disclosure.INDIRECT),
    )
    basis: ReferralBasis = Field(
        sa_type=text_enum(ReferralBasis, "basis"),
        sa_column_kwargs=described("What it was made for.", Disclosure.SAFE),
    )
    pathway: Pathway = Field(
        sa_type=text_enum(Pathway, "pathway"),
        sa_column_kwargs=described("On which pathway.", Disclosure.INDIRECT),
    )
    need_level: NeedLevel | None = Field(
        default=None,
        sa_type=text_enum(NeedLevel, "need_level"),
        sa_column_kwargs=described("How great the need was, if assessed.", Disclosure.INDIRECT),
    )
    contract_id: UUID | None = Field(
        default=None,
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract, if for a condition.", Disclosure.INDIRECT),
    )
    condition_key: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The condition, through all terms.", Disclosure.INDIRECT),
    )
    needs_assessment_id: UUID | None = Field(
        default=None,
        foreign_key="needs_assessment.id",
        sa_column_kwargs=described("The assessment that found the need.", Disclosure.INDIRECT),
    )
    district: str | None = Field(
        default=None,
        max_length=4,
        sa_column_kwargs=described("Postcode district where the person is.", Disclosure.INDIRECT),
    )
    excluded_words: str | None = Field(
        default=None,
        sa_column_kwargs=described("Why there although it excludes them.", Disclosure.NEVER),
    )
    state: ReferralState = Field(
        sa_type=text_enum(ReferralState, "state"),
        sa_column_kwargs=described("Where it stands.", Disclosure.SAFE),
    )
    version: int = Field(sa_column_kwargs=described("Counts its steps.", Disclosure.SAFE))
    acknowledged_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("When the provider said it has it.", Disclosure.INDIRECT),
    )
    waiting_since: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its first day on the waiting list.", Disclosure.INDIRECT),
    )
    waited_until: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its last day on the waiting list.", Disclosure.INDIRECT),
    )
    holds_place: bool = Field(
        sa_column_kwargs=described("Whether it takes up a place.", Disclosure.SAFE)
    )
    excuse_id: UUID | None = Field(
        default=None,
        foreign_key="condition_entry.id",
        sa_column_kwargs=described("What excuses its wait, if anything.", Disclosure.INDIRECT),
    )
    made_on: date = Field(
        sa_column_kwargs=described("The day it was made, in England.", Disclosure.INDIRECT)
    )
    made_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    made_by: UUID = Field(sa_column_kwargs=described("Who made it.", Disclosure.DIRECT))


class ReferralStep(Record, table=True):
    """One step of a referral, and how it stood after it. The steps are the referral's story.

    Append-only. Written only by ``referrals.actions``.
    """

    __tablename__ = "referral_step"
    __table_args__ = (
        sa.UniqueConstraint("referral_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index(
            "ix_referral_step_answers",
            "recorded_at",
            "id",
            postgresql_where=sa.text("party = 'provider'"),
        ),
    )

    referral_id: UUID = of("referral", "The referral.")
    number: int = Field(sa_column_kwargs=described("Counts its steps.", Disclosure.SAFE))
    event: ReferralEvent = Field(
        sa_type=text_enum(ReferralEvent, "event"),
        sa_column_kwargs=described("What happened.", Disclosure.SAFE),
    )
    state: ReferralState = Field(
        sa_type=text_enum(ReferralState, "state"),
        sa_column_kwargs=described("Where it stood after it.", Disclosure.SAFE),
    )
    party: Party = Field(
        sa_type=text_enum(Party, "party"),
        sa_column_kwargs=described("Who told of it.", Disclosure.SAFE),
    )
    reason_code: ReferralReason | None = Field(
        default=None,
        sa_type=text_enum(ReferralReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.NEVER),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    waiting_since: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its first day of waiting after it.", Disclosure.INDIRECT),
    )
    waited_until: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its last day of waiting after it.", Disclosure.INDIRECT),
    )
    holds_place: bool = Field(
        sa_column_kwargs=described("Whether it took up a place after it.", Disclosure.SAFE)
    )
    happened_on: date = Field(
        sa_column_kwargs=described("On which day, in England.", Disclosure.INDIRECT)
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ReferralDisclosure(Record, table=True):
    """What a provider was told of the person when they were referred, as it was sent.

    Append-only. Written only by ``referrals.actions``.
    """

    __tablename__ = "referral_disclosure"
    __table_args__ = (sa.UniqueConstraint("referral_id"),)

    referral_id: UUID = of("referral", "The referral.")
    organization_id: UUID = of("directory_listing", "Who was told.", Disclosure.SAFE)
    consent_id: UUID = of("consent", "The consent that allowed it.")
    content: dict[str, Any] = Field(
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs=described("What they were told, as sent.", Disclosure.NEVER),
    )
    disclosed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    disclosed_by: UUID = Field(sa_column_kwargs=described("Who told them.", Disclosure.DIRECT))


class ReferralSession(Record, table=True):
    """One day on which the person was expected, and whether they came.

    Append-only: what is entered later of a day counts. Written only by ``referrals.actions``.
    """

    __tablename__ = "referral_session"
    __table_args__ = (
        sa.UniqueConstraint("referral_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
    )

    referral_id: UUID = of("referral", "The referral.")
    number: int = Field(sa_column_kwargs=described("Counts what was entered.", Disclosure.SAFE))
    session_on: date = Field(
        sa_column_kwargs=described("The day of the session.", Disclosure.INDIRECT)
    )
    attended: bool = Field(sa_column_kwargs=described("Whether they came.", Disclosure.INDIRECT))
    party: Party = Field(
        sa_type=text_enum(Party, "party"),
        sa_column_kwargs=described("Who told of it.", Disclosure.SAFE),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ReferralReading(Record, table=True):
    """Somebody of the programme read a referral as it stood after a step.

    Append-only. Written only by ``referrals.actions``.
    """

    __tablename__ = "referral_reading"
    __table_args__ = (sa.UniqueConstraint("referral_id", "read_by", "version"),)

    referral_id: UUID = of("referral", "The referral.")
    version: int = Field(sa_column_kwargs=described("After which step.", Disclosure.SAFE))
    read_by: UUID = Field(sa_column_kwargs=described("Who read it.", Disclosure.DIRECT))
    read_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When first, in UTC.", Disclosure.INDIRECT)
    )
