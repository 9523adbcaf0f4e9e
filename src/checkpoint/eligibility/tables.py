"""Published rule sets, and the decisions taken under them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from checkpoint.eligibility.states import AppliesTo, RuleSetOrigin, Verdict
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described


class RuleSetProposal(Record, table=True):
    """A rule file that one person wants published and another has yet to approve.

    Append-only. Written only by ``eligibility.actions``.
    """

    __tablename__ = "rule_set_proposal"
    __table_args__ = (sa.UniqueConstraint("digest"), sa.UniqueConstraint("digest", "proposed_by"))

    version: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    in_force_from: date = Field(sa_column_kwargs=described("First day in force.", Disclosure.SAFE))
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the content.", Disclosure.SAFE)
    )
    content: str = Field(sa_column_kwargs=described("The file, word for word.", Disclosure.SAFE))
    proposed_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When proposed, in UTC.", Disclosure.SAFE),
    )
    proposed_by: UUID = Field(sa_column_kwargs=described("Who proposed it.", Disclosure.DIRECT))


class RuleSetVersion(Record, table=True):
    """A rule file, word for word, from the day it is in force until the next one is.

    Append-only. Written only by ``eligibility.actions``.
    """

    __tablename__ = "rule_set_version"
    __table_args__ = (
        sa.UniqueConstraint("version"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("in_force_from"),
        sa.ForeignKeyConstraint(
            ["digest", "proposed_by"], ["rule_set_proposal.digest", "rule_set_proposal.proposed_by"]
        ),
        sa.CheckConstraint("published_by <> proposed_by", name="two_people"),
        sa.CheckConstraint(
            "(origin = 'package') = (proposed_by IS NULL)", name="proposed_or_package"
        ),
        sa.CheckConstraint("(proposed_at IS NULL) = (proposed_by IS NULL)", name="proposed_pair"),
    )

    version: str = Field(max_length=40, sa_column_kwargs=described("Its name.", Disclosure.SAFE))
    in_force_from: date = Field(sa_column_kwargs=described("First day in force.", Disclosure.SAFE))
    applies_to: AppliesTo = Field(
        default=AppliesTo.ARRESTS,
        sa_type=text_enum(AppliesTo, "applies_to"),
        sa_column_kwargs=described(
            "Whether its first day is one of arrests or of decisions.", Disclosure.SAFE
        )
        | {"server_default": AppliesTo.ARRESTS.value},
    )
    digest: str = Field(
        max_length=64, sa_column_kwargs=described("SHA-256 of the content.", Disclosure.SAFE)
    )
    content: str = Field(sa_column_kwargs=described("The file, word for word.", Disclosure.SAFE))
    published_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When published, in UTC.", Disclosure.SAFE),
    )
    published_by: UUID = Field(
        sa_column_kwargs=described(
            "Who approved and so published it; for the package's own, who started the service.",
            Disclosure.DIRECT,
        )
    )
    origin: RuleSetOrigin = Field(
        sa_type=text_enum(RuleSetOrigin, "origin"),
        sa_column_kwargs=described("Came with the package, or by two people.", Disclosure.SAFE),
    )
    proposed_at: datetime | None = Field(
        default=None,
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described(
            "When proposed, in UTC; null for the package's.", Disclosure.SAFE
        ),
    )
    proposed_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("Who proposed it; null for the package's.", Disclosure.DIRECT),
    )


# As PostgreSQL writes them back.
NOT_MET = """jsonb_path_query_array(findings, '$[*]?(@."answer" == "not_met")."code"'::jsonpath)"""
MISSING = """jsonb_path_query_array(findings, '$[*]."missing"[*]'::jsonpath)"""


class EligibilityDecision(Record, table=True):
    """One decision on one case: the facts as they stood, every finding, and the rules, locked.

    Append-only; a later decision supersedes, never edits. Written only by
    ``eligibility.actions``.
    """

    __tablename__ = "eligibility_decision"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.UniqueConstraint("supersedes_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("(number = 1) = (supersedes_id IS NULL)", name="supersedes_the_last"),
        sa.Index(
            "ix_eligibility_decision_pending",
            "decided_at",
            "id",
            postgresql_where=sa.text("verdict = 'pending'"),
        ),
        sa.Index(
            "ix_eligibility_decision_refer",
            "decided_at",
            "id",
            postgresql_where=sa.text("verdict = 'refer'"),
        ),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case it decides.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the decisions.", Disclosure.SAFE))
    record_version: int = Field(
        sa_column_kwargs=described("The record's version that was decided on.", Disclosure.SAFE)
    )
    rule_set_version_id: UUID = Field(
        foreign_key="rule_set_version.id",
        sa_column_kwargs=described("The rules it was taken under.", Disclosure.SAFE),
    )
    verdict: Verdict = Field(
        sa_type=text_enum(Verdict, "verdict"),
        sa_column_kwargs=described("What it came to.", Disclosure.SAFE),
    )
    facts: dict[str, Any] = Field(
        sa_type=JSONB, sa_column_kwargs=described("The facts as they stood.", Disclosure.NEVER)
    )
    findings: list[dict[str, Any]] = Field(
        sa_type=JSONB, sa_column_kwargs=described("Each criterion's answer.", Disclosure.NEVER)
    )
    not_met: list[str] | None = Field(
        default=None,
        sa_type=JSONB,
        sa_column_args=(sa.Computed(NOT_MET, persisted=True),),
        sa_column_kwargs=described(
            "Codes of the criteria that are not met; drawn from the findings by the database.",
            Disclosure.INDIRECT,
        ),
    )
    missing: list[str] | None = Field(
        default=None,
        sa_type=JSONB,
        sa_column_args=(sa.Computed(MISSING, persisted=True),),
        sa_column_kwargs=described(
            "Facts that the findings wait for; drawn from them by the database.",
            Disclosure.INDIRECT,
        ),
    )
    prosecution_clock: dict[str, Any] | None = Field(
        default=None,
        sa_type=JSONB(none_as_null=True),
        sa_column_kwargs=described(
            "Each offence's last day to start proceedings, as of that day.", Disclosure.NEVER
        ),
    )
    supersedes_id: UUID | None = Field(
        default=None,
        foreign_key="eligibility_decision.id",
        sa_column_kwargs=described("The decision before it.", Disclosure.INDIRECT),
    )
    decided_at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When decided, in UTC.", Disclosure.INDIRECT),
    )
    decided_by: UUID = Field(sa_column_kwargs=described("Who decided.", Disclosure.DIRECT))
