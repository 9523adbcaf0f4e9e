"""Terms of a contract, their conditions, and who signed them. None is ever edited."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.contracts.agreements.states import (
    LEAST_HOURS,
    MOST_CONDITIONS,
    MOST_HOURS,
    CompletionRule,
    ConditionKind,
    SignatureRole,
    SigningWay,
    TermsKind,
    TermsReason,
)
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.needs.states import Pathway

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000


class ContractTerms(Record, table=True):
    """One version of what is agreed, as it was saved; it counts once it is signed by all three.

    Append-only. Written only by ``contracts.agreements.actions``.
    """

    __tablename__ = "contract_terms"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("excused_days >= 0", name="excused_counts"),
        sa.CheckConstraint("kind = 'first' OR ends_on IS NOT NULL", name="change_has_last_day"),
        sa.CheckConstraint(
            "num_nonnulls(override_words, override_by) IN (0, 2)", name="override_pair"
        ),
        sa.CheckConstraint(f"length(override_words) <= {WORDS_LIMIT}", name="override_length"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    contract_id: UUID = Field(
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts its terms.", Disclosure.SAFE))
    kind: TermsKind = Field(
        sa_type=text_enum(TermsKind, "kind"),
        sa_column_kwargs=described("First, variation or extension.", Disclosure.SAFE),
    )
    reason_code: TermsReason = Field(
        sa_type=text_enum(TermsReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "The last day that was named; null is reckoned from the signature.",
            Disclosure.INDIRECT,
        ),
    )
    excused_days: int = Field(
        sa_column_kwargs=described("Days excused before they were drafted.", Disclosure.SAFE)
    )
    reckoned: str = Field(
        max_length=200,
        sa_column_kwargs=described("How the last day is reckoned.", Disclosure.SAFE),
    )
    limit_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "The last day that prosecution allowed then; null is none.", Disclosure.INDIRECT
        ),
    )
    override_words: str | None = Field(
        default=None,
        sa_column_kwargs=described("Why it may pass that day, if it may.", Disclosure.NEVER),
    )
    override_by: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The supervisor who said so.", Disclosure.DIRECT),
    )
    drafted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When drafted, in UTC.", Disclosure.INDIRECT)
    )
    drafted_by: UUID = Field(sa_column_kwargs=described("Who drafted them.", Disclosure.DIRECT))


class ContractCondition(Record, table=True):
    """One of up to five conditions of terms. Its key is the same in later terms.

    Append-only. Written only by ``contracts.agreements.actions``.
    """

    __tablename__ = "contract_condition"
    __table_args__ = (
        sa.UniqueConstraint("terms_id", "position"),
        sa.UniqueConstraint("terms_id", "key"),
        sa.Index("ix_contract_condition_key", "key"),
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST_CONDITIONS}", name="position_counts"),
        sa.CheckConstraint("(kind = 'pathway') = (pathway IS NOT NULL)", name="pathway_named"),
        sa.CheckConstraint("(kind = 'victim') = (victim_id IS NOT NULL)", name="victim_named"),
        sa.CheckConstraint(
            "(rule IN ('sessions', 'hours')) = (amount IS NOT NULL)", name="amount_named"
        ),
        sa.CheckConstraint(
            f"kind <> 'community' OR amount BETWEEN {LEAST_HOURS} AND {MOST_HOURS}",
            name="hours_of_work",
        ),
        sa.CheckConstraint("amount >= 1", name="amount_counts"),
        sa.CheckConstraint(
            "num_nonnulls(tag_from, tag_until) = CASE rule WHEN 'tag_dates' THEN 2 ELSE 0 END",
            name="tag_dates",
        ),
        sa.CheckConstraint("tag_until >= tag_from", name="tag_ends_after"),
        sa.CheckConstraint(f"length(objective) <= {WORDS_LIMIT}", name="objective_length"),
        sa.CheckConstraint(f"length(measure) <= {WORDS_LIMIT}", name="measure_length"),
    )

    terms_id: UUID = Field(
        foreign_key="contract_terms.id",
        sa_column_kwargs=described("The terms.", Disclosure.INDIRECT),
    )
    key: UUID = Field(
        sa_column_kwargs=described("The same condition, through all terms.", Disclosure.INDIRECT)
    )
    position: int = Field(sa_column_kwargs=described("Its place among them.", Disclosure.SAFE))
    kind: ConditionKind = Field(
        sa_type=text_enum(ConditionKind, "kind"),
        sa_column_kwargs=described("What it is about.", Disclosure.SAFE),
    )
    pathway: Pathway | None = Field(
        default=None,
        sa_type=text_enum(Pathway, "pathway"),
        sa_column_kwargs=described("Which need, if it is about one.", Disclosure.INDIRECT),
    )
    victim_id: UUID | None = Field(
        default=None,
        foreign_key="victim.id",
        sa_column_kwargs=described("The victim who asked for it, if one.", Disclosure.INDIRECT),
    )
    objective: str = Field(
        sa_column_kwargs=described("What is to be reached, in words.", Disclosure.NEVER)
    )
    measure: str = Field(
        sa_column_kwargs=described("How one sees that it was, in words.", Disclosure.NEVER)
    )
    due_on: date | None = Field(
        default=None,
        sa_column_kwargs=described(
            "By when; null is the contract's last day.", Disclosure.INDIRECT
        ),
    )
    rule: CompletionRule = Field(
        sa_type=text_enum(CompletionRule, "rule"),
        sa_column_kwargs=described("What makes it met.", Disclosure.SAFE),
    )
    amount: int | None = Field(
        default=None,
        sa_column_kwargs=described("How many sessions or hours, if counted.", Disclosure.SAFE),
    )
    tag_from: date | None = Field(
        default=None, sa_column_kwargs=described("The tag's first day.", Disclosure.INDIRECT)
    )
    tag_until: date | None = Field(
        default=None, sa_column_kwargs=described("The tag's last day.", Disclosure.INDIRECT)
    )


class ContractSignature(Record, table=True):
    """One of the three signatures under terms.

    Append-only. Written only by ``contracts.agreements.actions``.
    """

    __tablename__ = "contract_signature"
    __table_args__ = (sa.UniqueConstraint("terms_id", "role"),)

    terms_id: UUID = Field(
        foreign_key="contract_terms.id",
        sa_column_kwargs=described("What was signed.", Disclosure.INDIRECT),
    )
    role: SignatureRole = Field(
        sa_type=text_enum(SignatureRole, "role"),
        sa_column_kwargs=described("As whom.", Disclosure.SAFE),
    )
    how: SigningWay = Field(
        sa_type=text_enum(SigningWay, "how"),
        sa_column_kwargs=described("On paper, on a screen or by phone.", Disclosure.SAFE),
    )
    appropriate_adult: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Appropriate adult present, if needed.", Disclosure.INDIRECT),
    )
    interpreter: bool | None = Field(
        default=None,
        sa_column_kwargs=described("Interpreter present, if needed.", Disclosure.INDIRECT),
    )
    signed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When signed, in UTC.", Disclosure.INDIRECT)
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
