"""Requests for extracts, what two people said of each, keys, assessments, and how it ended."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from checkpoint.extracts.states import (
    AnswerOutcome,
    EndingKind,
    Product,
    Verdict,
)
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 2000


def safe(comment: str) -> dict[str, Any]:
    """A column that tells nothing of anybody."""
    return described(comment, Disclosure.SAFE)


class ExtractRequest(Record, table=True):
    """What an evaluator asks for, of whom, what for, and by what agreement.

    Append-only. Written only by ``extracts.actions``.
    """

    __tablename__ = "extract_request"
    __table_args__ = (
        sa.UniqueConstraint("id", "requested_by"),
        sa.UniqueConstraint("id", "cut_id"),
        sa.CheckConstraint("cardinality(columns) >= 1", name="asks_for_something"),
        sa.CheckConstraint(
            "cardinality(sources) = cardinality(columns)", name="each_field_has_its_source"
        ),
        sa.CheckConstraint("NOT events OR product = 'person_level'", name="counts_have_no_events"),
        sa.CheckConstraint(
            f"length(purpose) <= {WORDS_LIMIT} AND length(agreement) <= 200", name="words_length"
        ),
    )

    cut_id: UUID = Field(
        foreign_key="data_cut.id", index=True, sa_column_kwargs=safe("The data cut it is made of.")
    )
    product: Product = Field(
        sa_type=text_enum(Product, "product"),
        sa_column_kwargs=safe("Rows of people, or counts; never both."),
    )
    columns: list[str] = Field(
        sa_type=ARRAY(sa.String(40)), sa_column_kwargs=safe("The fields asked for, in order.")
    )
    sources: list[str] | None = Field(
        default=None,
        sa_type=ARRAY(sa.String(60)),
        sa_column_kwargs=safe(
            "What each field was made of when it was asked for; null: it was not kept yet."
        ),
    )
    events: bool = Field(sa_column_kwargs=safe("Whether a row for each event, too."))
    exempt: dict[str, str] = Field(
        sa_type=JSONB,
        sa_column_kwargs=described(
            "Covariates declared to identify nobody, and why, by field.", Disclosure.NEVER
        ),
    )
    population: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs=safe("Of whom, by what is known of them; empty: of all.")
    )
    purpose: str = Field(sa_column_kwargs=described("What for, in words.", Disclosure.NEVER))
    agreement: str = Field(
        sa_column_kwargs=described("The agreement it rests on, in words.", Disclosure.NEVER)
    )
    recipient: str = Field(
        max_length=40, sa_column_kwargs=safe("The organisation that receives it, as a code.")
    )
    expires_on: date = Field(sa_column_kwargs=safe("The last day on which it is given out."))
    requested_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When asked for, in UTC.")
    )
    requested_by: UUID = Field(
        sa_column_kwargs=described("Who asks; they alone download it.", Disclosure.DIRECT)
    )


class ExtractAnswer(Record, table=True):
    """What one of two people said of a request.

    Append-only. Written only by ``extracts.actions``; the database itself refuses an answer by
    whoever asked, two by one person, and one more where the request is decided.
    """

    __tablename__ = "extract_answer"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "answered_by"),
        sa.ForeignKeyConstraint(
            ["request_id", "requested_by"], ["extract_request.id", "extract_request.requested_by"]
        ),
        sa.CheckConstraint("answered_by <> requested_by", name="two_people"),
        sa.CheckConstraint("outcome = 'approved' OR words IS NOT NULL", name="refusing_has_words"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    request_id: UUID = Field(sa_column_kwargs=safe("The request."))
    requested_by: UUID = Field(
        sa_column_kwargs=described("Who asked, as the request has it.", Disclosure.DIRECT)
    )
    outcome: AnswerOutcome = Field(
        sa_type=text_enum(AnswerOutcome, "outcome"),
        sa_column_kwargs=safe("Approved or refused."),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("What they said of it.", Disclosure.NEVER)
    )
    answered_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When, in UTC."))
    answered_by: UUID = Field(sa_column_kwargs=described("Who.", Disclosure.DIRECT))


class ExtractKey(Record, table=True):
    """The secret that an extract's pseudonyms are made with, sealed; or that it is destroyed.

    Written only by ``extracts.actions``. It changes once: what was sealed goes.
    """

    __tablename__ = "extract_key"
    __table_args__ = (
        sa.UniqueConstraint("request_id"),
        sa.CheckConstraint("(sealed IS NULL) = (destroyed_at IS NOT NULL)", name="kept_or_gone"),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_by IS NULL)", name="destroyed_pair"
        ),
    )

    request_id: UUID = Field(
        foreign_key="extract_request.id", sa_column_kwargs=safe("The extract.")
    )
    sealed: bytes | None = Field(
        default=None,
        sa_type=sa.LargeBinary,
        sa_column_kwargs=described(
            "The key, sealed with the service's own; null: destroyed.", Disclosure.NEVER
        ),
    )
    made_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When made, in UTC."))
    destroyed_at: datetime | None = Field(
        default=None, sa_type=INSTANT, sa_column_kwargs=safe("When destroyed, in UTC.")
    )
    destroyed_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who destroyed it.", Disclosure.DIRECT)
    )


class IntruderAssessment(Record, table=True):
    """What somebody came to who tried to find people in a release, and how they tried.

    Append-only. Written only by ``extracts.actions``; the database itself refuses one by whoever
    asked for the extract.
    """

    __tablename__ = "intruder_assessment"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "number"),
        sa.ForeignKeyConstraint(
            ["release_id", "request_id"], ["extract_release.id", "extract_release.request_id"]
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "requested_by"], ["extract_request.id", "extract_request.requested_by"]
        ),
        sa.CheckConstraint("assessed_by <> requested_by", name="two_people"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint(f"length(method) <= {WORDS_LIMIT}", name="words_length"),
    )

    request_id: UUID = Field(sa_column_kwargs=safe("The extract."))
    requested_by: UUID = Field(
        sa_column_kwargs=described("Who asked, as the request has it.", Disclosure.DIRECT)
    )
    number: int = Field(sa_column_kwargs=safe("Counts the extract's assessments."))
    release_id: UUID = Field(sa_column_kwargs=safe("The release that was assessed."))
    verdict: Verdict = Field(
        sa_type=text_enum(Verdict, "verdict"), sa_column_kwargs=safe("What came of it.")
    )
    method: str = Field(sa_column_kwargs=described("How they tried, in words.", Disclosure.NEVER))
    assessed_on: date = Field(sa_column_kwargs=safe("The day on which they ended."))
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=safe("When put on record, in UTC.")
    )
    assessed_by: UUID = Field(
        sa_column_kwargs=described("Who assessed it and put it on record.", Disclosure.DIRECT)
    )


class ExtractEnding(Record, table=True):
    """Nothing more is given out of an extract; its key goes with it.

    Append-only. Written only by ``extracts.actions``.
    """

    __tablename__ = "extract_ending"
    __table_args__ = (
        sa.UniqueConstraint("request_id"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    request_id: UUID = Field(
        foreign_key="extract_request.id", sa_column_kwargs=safe("The extract.")
    )
    kind: EndingKind = Field(
        sa_type=text_enum(EndingKind, "kind"), sa_column_kwargs=safe("Why, as a code.")
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    ended_at: datetime = Field(sa_type=INSTANT, sa_column_kwargs=safe("When, in UTC."))
    ended_by: UUID = Field(sa_column_kwargs=described("Who ended it.", Disclosure.DIRECT))
