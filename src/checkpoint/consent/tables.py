"""What people are told, what they answered, and what they took back. No answer is ever edited."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.consent.states import (
    ConsentAnswer,
    ConsentKind,
    LegalAdvice,
    Teller,
    UnderstandingCheck,
)
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
REASON_FORM = "reason_code ~ '^[a-z_]{1,40}$'"


class InformationSheet(Record, table=True):
    """What people are told before they are asked, word for word.

    Append-only. Written only by ``consent.loading``.
    """

    __tablename__ = "information_sheet"
    __table_args__ = (
        sa.UniqueConstraint("version"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("language", "valid_from"),
        sa.CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language_form"),
        sa.CheckConstraint("valid_until > valid_from", name="days_in_order"),
    )

    version: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    language: str = Field(
        max_length=3, sa_column_kwargs=described("Its language, by ISO 639.", Disclosure.SAFE)
    )
    valid_from: date = Field(sa_column_kwargs=described("First day it is given.", Disclosure.SAFE))
    valid_until: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "First day it is no longer given; null: until a later one begins.", Disclosure.SAFE
        ),
    )
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the content.", Disclosure.SAFE)
    )
    content: str = Field(sa_column_kwargs=described("The file, word for word.", Disclosure.SAFE))
    published_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When published, in UTC.", Disclosure.SAFE)
    )
    published_by: UUID = Field(sa_column_kwargs=described("Who published it.", Disclosure.DIRECT))


class ConsentDraft(Record, table=True):
    """An asking that was begun and not finished yet. Left alone, it expires.

    What it says goes when it expires or when its answers are taken; that it was begun stays. A
    trigger sees to that. Written only by ``consent.actions``.
    """

    __tablename__ = "consent_draft"
    __table_args__ = (
        sa.CheckConstraint(
            "num_nonnulls(content, completed_at, erased_at) = 1", name="words_while_open"
        ),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (completed_by IS NULL)", name="completed_pair"
        ),
        sa.CheckConstraint("expires_at > saved_at", name="expires_later"),
        sa.CheckConstraint("erased_at >= expires_at", name="erased_in_time"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.Index("ix_consent_draft_custody_record_id", "custody_record_id"),
        sa.Index(
            "ix_consent_draft_expires_at",
            "expires_at",
            postgresql_where=sa.text("content IS NOT NULL"),
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case it is about.", Disclosure.INDIRECT),
    )
    content: dict[str, Any] | None = Field(
        default=None,
        sa_type=JSONB(none_as_null=True),
        sa_column_kwargs=described("What it says so far; null once it ended.", Disclosure.NEVER),
    )
    begun_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When begun, in UTC.", Disclosure.INDIRECT)
    )
    begun_by: UUID = Field(sa_column_kwargs=described("Who began it.", Disclosure.DIRECT))
    saved_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When last saved, in UTC.", Disclosure.INDIRECT)
    )
    expires_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When it expires if left alone, in UTC.", Disclosure.INDIRECT),
    )
    completed_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When its answers were taken, in UTC.", Disclosure.INDIRECT),
    )
    completed_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who took them.", Disclosure.DIRECT)
    )
    erased_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When its words were erased, in UTC.", Disclosure.INDIRECT),
    )
    version: int = Field(
        default=1, sa_column_kwargs=described("Counts its savings, from 1.", Disclosure.SAFE)
    )


class ConsentAsking(Record, table=True):
    """One asking whose answers were taken: which sheet, when, and what was seen to before.

    It has the id of the draft that it was, if it was one. Append-only. Written only by
    ``consent.actions``; a trigger sees that whoever had to be there was there.
    """

    __tablename__ = "consent_asking"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("answered_at >= sheet_given_at", name="sheet_first"),
        sa.CheckConstraint("legal_advice <> 'awaited'", name="advice_first"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case it is about.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's askings.", Disclosure.SAFE))
    eligibility_decision_id: UUID = Field(
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The decision that stood then.", Disclosure.INDIRECT),
    )
    safeguard_id: UUID = Field(
        foreign_key="safeguard.id",
        sa_column_kwargs=described("Who had to be there, as known then.", Disclosure.INDIRECT),
    )
    information_sheet_id: UUID = Field(
        foreign_key="information_sheet.id",
        sa_column_kwargs=described("What the person was told.", Disclosure.SAFE),
    )
    sheet_given_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When the sheet was given, in UTC.", Disclosure.INDIRECT),
    )
    legal_advice: LegalAdvice = Field(
        sa_type=text_enum(LegalAdvice, "legal_advice"),
        sa_column_kwargs=described("Answer to the offer of legal advice.", Disclosure.INDIRECT),
    )
    understanding_checked: UnderstandingCheck = Field(
        sa_type=text_enum(UnderstandingCheck, "understanding_checked"),
        sa_column_kwargs=described("How it was seen that they understood.", Disclosure.SAFE),
    )
    answered_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When answered, in UTC.", Disclosure.INDIRECT)
    )
    answered_by: UUID = Field(
        foreign_key="person.id",
        sa_column_kwargs=described("Who answered, as on record then.", Disclosure.INDIRECT),
    )
    late_reason: LateReason | None = Field(
        default=None,
        sa_type=text_enum(LateReason, "late_reason"),
        sa_column_kwargs=described("Why it was entered late, if it was.", Disclosure.SAFE),
    )
    taken_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    taken_by: UUID = Field(sa_column_kwargs=described("Which officer.", Disclosure.DIRECT))


class Consent(Record, table=True):
    """One of the three, given or declined at one asking; the last answer counts.

    Append-only. Written only by ``consent.actions``; a trigger sees that none is asked for while
    it stands.
    """

    __tablename__ = "consent"
    __table_args__ = (
        sa.UniqueConstraint("consent_asking_id", "kind"),
        sa.CheckConstraint(
            "(answer = 'declined') = (reason_code IS NOT NULL)", name="declining_has_reason"
        ),
        sa.CheckConstraint("answer = 'declined' OR words IS NULL", name="words_of_declining"),
        sa.CheckConstraint(REASON_FORM, name="reason_form"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    consent_asking_id: UUID = Field(
        foreign_key="consent_asking.id",
        sa_column_kwargs=described("When it was asked for.", Disclosure.INDIRECT),
    )
    kind: ConsentKind = Field(
        sa_type=text_enum(ConsentKind, "kind"),
        sa_column_kwargs=described("Which of the three.", Disclosure.SAFE),
    )
    answer: ConsentAnswer = Field(
        sa_type=text_enum(ConsentAnswer, "answer"),
        sa_column_kwargs=described("Given or declined.", Disclosure.SAFE),
    )
    reason_code: str | None = Field(
        default=None,
        max_length=40,
        sa_column_kwargs=described("Why it was declined, as a code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )


class ConsentWithdrawal(Record, table=True):
    """A consent that was given was taken back; what was given stays on record.

    Append-only. Written only by ``consent.actions``; a trigger sees that it was given before.
    """

    __tablename__ = "consent_withdrawal"
    __table_args__ = (
        sa.UniqueConstraint("consent_id"),
        sa.CheckConstraint(REASON_FORM, name="reason_form"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    consent_id: UUID = Field(
        foreign_key="consent.id",
        sa_column_kwargs=described("What was taken back.", Disclosure.INDIRECT),
    )
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    told_by: Teller = Field(
        sa_type=text_enum(Teller, "told_by"),
        sa_column_kwargs=described("Who told of it.", Disclosure.SAFE),
    )
    reason_code: str = Field(
        max_length=40, sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE)
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
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
