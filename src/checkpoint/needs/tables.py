"""Drafts, and completed assessments. Nothing that was completed is ever edited."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.needs.states import (
    CorrectionReason,
    NeedLevel,
    NotAssessedReason,
    OffendingLink,
    Pathway,
    StatementBasis,
    StatementKind,
    Timepoint,
)

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
TAKEN_OVER = "It was taken over, not asked about."
CODE_FORM = "~ '^[a-z][a-z0-9_]{0,39}$'"


def of(table: str, comment: str, disclosure: Disclosure = Disclosure.INDIRECT) -> Any:
    """The row of another table that this one belongs to."""
    return Field(foreign_key=f"{table}.id", sa_column_kwargs=described(comment, disclosure))


class NeedsDraft(Record, table=True):
    """An assessment that was begun and is not completed yet; it waits for as long as it takes.

    What it says goes over to the assessment when it is completed; that it was begun stays. A
    trigger sees to that. Written only by ``needs.actions``.
    """

    __tablename__ = "needs_draft"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(content, completed_at) = 1", name="words_while_open"),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (completed_by IS NULL)", name="completed_pair"
        ),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.Index("ix_needs_draft_custody_record_id", "custody_record_id"),
        sa.Index(
            "uq_needs_draft_one_open_per_case",
            "custody_record_id",
            unique=True,
            postgresql_where=sa.text("content IS NOT NULL"),
        ),
        sa.Index(
            "ix_needs_draft_saved_at",
            "saved_at",
            postgresql_where=sa.text("content IS NOT NULL"),
        ),
    )

    custody_record_id: UUID = of("custody_record", "The case it is about.")
    needs_instrument_id: UUID = of("needs_instrument", "The questions it answers.", Disclosure.SAFE)
    prefilled_from_id: UUID | None = Field(
        default=None,
        foreign_key="needs_assessment.id",
        sa_column_kwargs=described("The assessment it was pre-filled from.", Disclosure.INDIRECT),
    )
    content: dict[str, Any] | None = Field(
        default=None,
        sa_type=JSONB(none_as_null=True),
        sa_column_kwargs=described("What it says so far; null once completed.", Disclosure.NEVER),
    )
    begun_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When begun, in UTC.", Disclosure.INDIRECT)
    )
    begun_by: UUID = Field(sa_column_kwargs=described("Who began it.", Disclosure.DIRECT))
    saved_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When last saved, in UTC.", Disclosure.INDIRECT)
    )
    saved_by: UUID = Field(sa_column_kwargs=described("Who saved it last.", Disclosure.DIRECT))
    completed_at: datetime | None = Field(
        default=None,
        sa_type=INSTANT,
        sa_column_kwargs=described("When completed, in UTC.", Disclosure.INDIRECT),
    )
    completed_by: UUID | None = Field(
        default=None, sa_column_kwargs=described("Who completed it.", Disclosure.DIRECT)
    )
    version: int = Field(
        default=1, sa_column_kwargs=described("Counts its savings, from 1.", Disclosure.SAFE)
    )


class NeedsAssessment(Record, table=True):
    """One completed assessment of one person's needs, at one timepoint of their case.

    It has the id of the draft that it was, if it was one. Append-only. Written only by
    ``needs.actions``; a trigger sees that what it corrects or rests on is of the same case, and
    that a case has one baseline that stands.
    """

    __tablename__ = "needs_assessment"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.UniqueConstraint("corrects_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("corrects_id <> id", name="corrects_another"),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (correction_reason IS NULL)", name="correction_has_reason"
        ),
    )

    custody_record_id: UUID = of("custody_record", "The case it is about.")
    number: int = Field(
        sa_column_kwargs=described("Counts the case's assessments.", Disclosure.SAFE)
    )
    needs_instrument_id: UUID = of("needs_instrument", "The questions it answers.", Disclosure.SAFE)
    timepoint: Timepoint = Field(
        sa_type=text_enum(Timepoint, "timepoint"),
        sa_column_kwargs=described("When in the case it was made.", Disclosure.SAFE),
    )
    assessed_at: datetime = Field(
        sa_type=INSTANT,
        sa_column_kwargs=described("When the person was spoken with, in UTC.", Disclosure.INDIRECT),
    )
    prefilled_from_id: UUID | None = Field(
        default=None,
        foreign_key="needs_assessment.id",
        sa_column_kwargs=described("The assessment it was pre-filled from.", Disclosure.INDIRECT),
    )
    corrects_id: UUID | None = Field(
        default=None,
        foreign_key="needs_assessment.id",
        sa_column_kwargs=described("The assessment it puts right.", Disclosure.INDIRECT),
    )
    correction_reason: CorrectionReason | None = Field(
        default=None,
        sa_type=text_enum(CorrectionReason, "correction_reason"),
        sa_column_kwargs=described("Why, if it does.", Disclosure.SAFE),
    )
    completed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When completed, in UTC.", Disclosure.INDIRECT)
    )
    completed_by: UUID = Field(sa_column_kwargs=described("Who completed it.", Disclosure.DIRECT))


class NeedsPathway(Record, table=True):
    """What one assessment says of one of the seven pathways, or why it says nothing.

    Append-only. Written only by ``needs.actions``. Without every answer there is no score.
    """

    __tablename__ = "needs_pathway"
    __table_args__ = (
        sa.UniqueConstraint("needs_assessment_id", "pathway"),
        sa.CheckConstraint("(score IS NULL) = (level IS NULL)", name="level_of_score"),
        sa.CheckConstraint(
            "0 <= score_at_least AND score_at_least <= score_at_most AND score_at_most <= highest",
            name="score_in_range",
        ),
        sa.CheckConstraint(
            "score IS NULL OR (score = score_at_least AND score = score_at_most)",
            name="score_is_certain",
        ),
        sa.CheckConstraint(
            "(not_assessed_reason IS NULL) = (linked_to_offending IS NOT NULL)",
            name="assessed_or_why_not",
        ),
        sa.CheckConstraint(
            "not_assessed_reason IS NULL OR score IS NULL", name="no_score_if_not_assessed"
        ),
        sa.CheckConstraint(
            "not_assessed_reason IS NOT NULL OR not_assessed_words IS NULL",
            name="words_of_not_assessed",
        ),
        sa.CheckConstraint(
            f"length(not_assessed_words) <= {WORDS_LIMIT} AND length(own_view) <= {WORDS_LIMIT}",
            name="words_length",
        ),
    )

    needs_assessment_id: UUID = of("needs_assessment", "The assessment.")
    pathway: Pathway = Field(
        sa_type=text_enum(Pathway, "pathway"),
        sa_column_kwargs=described("Which of the seven.", Disclosure.SAFE),
    )
    score: int | None = Field(
        default=None,
        sa_column_kwargs=described(
            "Points; null where an answer is not known.", Disclosure.INDIRECT
        ),
    )
    score_at_least: int = Field(
        sa_column_kwargs=described("Fewest points it can come to.", Disclosure.INDIRECT)
    )
    score_at_most: int = Field(
        sa_column_kwargs=described("Most points it can come to.", Disclosure.INDIRECT)
    )
    highest: int = Field(
        sa_column_kwargs=described("Most points that the questions allow.", Disclosure.SAFE)
    )
    level: NeedLevel | None = Field(
        default=None,
        sa_type=text_enum(NeedLevel, "level"),
        sa_column_kwargs=described("How great the need is; null without a score.", Disclosure.SAFE),
    )
    linked_to_offending: OffendingLink | None = Field(
        default=None,
        sa_type=text_enum(OffendingLink, "linked_to_offending"),
        sa_column_kwargs=described("Whether it is linked to the offending.", Disclosure.SAFE),
    )
    link_carried_over: bool = Field(
        default=False, sa_column_kwargs=described(TAKEN_OVER, Disclosure.SAFE)
    )
    own_view: str | None = Field(
        default=None, sa_column_kwargs=described("The person's own view.", Disclosure.NEVER)
    )
    not_assessed_reason: NotAssessedReason | None = Field(
        default=None,
        sa_type=text_enum(NotAssessedReason, "not_assessed_reason"),
        sa_column_kwargs=described("Why it was not assessed, if so.", Disclosure.SAFE),
    )
    not_assessed_words: str | None = Field(
        default=None, sa_column_kwargs=described("The same in words.", Disclosure.NEVER)
    )


class NeedsAnswer(Record, table=True):
    """The answer to one question. Append-only. Written only by ``needs.actions``."""

    __tablename__ = "needs_answer"
    __table_args__ = (
        sa.UniqueConstraint("needs_pathway_id", "question"),
        sa.CheckConstraint(f"question {CODE_FORM}", name="question_form"),
        sa.CheckConstraint(f"option {CODE_FORM}", name="option_form"),
    )

    needs_pathway_id: UUID = of("needs_pathway", "What it is about.")
    question: str = Field(
        max_length=40, sa_column_kwargs=described("The question, by its code.", Disclosure.SAFE)
    )
    option: str = Field(
        max_length=40,
        sa_column_kwargs=described("The answer, by its code, or not_known.", Disclosure.INDIRECT),
    )
    carried_over: bool = Field(
        default=False, sa_column_kwargs=described(TAKEN_OVER, Disclosure.SAFE)
    )


class NeedsStatement(Record, table=True):
    """A strength, or another statement, about one pathway in one assessment; fact or assessment.

    Append-only. Written only by ``needs.actions``.
    """

    __tablename__ = "needs_statement"
    __table_args__ = (
        sa.UniqueConstraint("needs_pathway_id", "kind", "place"),
        sa.CheckConstraint("place >= 1", name="place_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    needs_pathway_id: UUID = of("needs_pathway", "What it is about.")
    kind: StatementKind = Field(
        sa_type=text_enum(StatementKind, "kind"),
        sa_column_kwargs=described("A strength, or anything else.", Disclosure.SAFE),
    )
    place: int = Field(sa_column_kwargs=described("Its place, from 1.", Disclosure.SAFE))
    words: str = Field(sa_column_kwargs=described("What is stated.", Disclosure.NEVER))
    basis: StatementBasis = Field(
        sa_type=text_enum(StatementBasis, "basis"),
        sa_column_kwargs=described("Fact or assessment.", Disclosure.SAFE),
    )
    carried_over: bool = Field(
        default=False, sa_column_kwargs=described(TAKEN_OVER, Disclosure.SAFE)
    )


class NeedsExternalScore(Record, table=True):
    """What somebody came to by another body's instrument; it counts into no score here.

    Append-only. Written only by ``needs.actions``.
    """

    __tablename__ = "needs_external_score"
    __table_args__ = (
        sa.UniqueConstraint("needs_assessment_id", "code"),
        sa.CheckConstraint(f"code {CODE_FORM}", name="code_form"),
    )

    needs_assessment_id: UUID = of("needs_assessment", "The assessment.")
    code: str = Field(
        max_length=40, sa_column_kwargs=described("Which score, by its code.", Disclosure.SAFE)
    )
    score: int = Field(sa_column_kwargs=described("What it came to.", Disclosure.INDIRECT))
