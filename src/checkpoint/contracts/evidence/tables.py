"""What is entered of a contract's conditions. None is ever edited."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.contracts.evidence.states import EntryKind, EvidenceWithdrawalReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.needs.states import StatementBasis

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
MOST_MINUTES = 720


class ConditionEntry(Record, table=True):
    """One thing on record of a condition, through whichever terms it goes.

    Append-only; what is wrong is withdrawn. Written only by ``contracts.evidence.actions``.
    """

    __tablename__ = "condition_entry"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("until >= happened_on", name="ends_after"),
        sa.CheckConstraint("kind = 'blocked_external' OR until IS NULL", name="only_blocks_last"),
        sa.CheckConstraint("kind <> 'work' OR minutes IS NOT NULL", name="work_counted"),
        sa.CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", name="minutes_of_a_day"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
    )

    contract_id: UUID = Field(
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts its entries.", Disclosure.SAFE))
    condition_key: UUID = Field(
        sa_column_kwargs=described("The condition, through all terms.", Disclosure.INDIRECT)
    )
    kind: EntryKind = Field(
        sa_type=text_enum(EntryKind, "kind"),
        sa_column_kwargs=described("What it tells.", Disclosure.INDIRECT),
    )
    happened_on: date = Field(
        sa_column_kwargs=described("On which day, or from which.", Disclosure.INDIRECT)
    )
    until: date | None = Field(
        default=None,
        sa_column_kwargs=described("Until which day, if it is over.", Disclosure.INDIRECT),
    )
    minutes: int | None = Field(
        default=None, sa_column_kwargs=described("How long, in minutes.", Disclosure.INDIRECT)
    )
    basis: StatementBasis = Field(
        sa_type=text_enum(StatementBasis, "basis"),
        sa_column_kwargs=described("Fact or assessment.", Disclosure.SAFE),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("What it was, in words.", Disclosure.NEVER)
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))


class ConditionEntryWithdrawal(Record, table=True):
    """An entry of a condition never was true of it; it counts no longer.

    Append-only. Written only by ``contracts.evidence.actions``.
    """

    __tablename__ = "condition_entry_withdrawal"
    __table_args__ = (sa.UniqueConstraint("entry_id"),)

    entry_id: UUID = Field(
        foreign_key="condition_entry.id",
        sa_column_kwargs=described("The entry that is withdrawn.", Disclosure.INDIRECT),
    )
    reason_code: EvidenceWithdrawalReason = Field(
        sa_type=text_enum(EvidenceWithdrawalReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.SAFE),
    )
    withdrawn_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
    )
    withdrawn_by: UUID = Field(sa_column_kwargs=described("Who withdrew it.", Disclosure.DIRECT))
