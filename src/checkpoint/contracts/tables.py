"""A contract as it stands, and each step that it took."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.contracts.states import (
    ENDED,
    LIVE,
    NEXT,
    ContractEvent,
    ContractState,
    Fallback,
    StepReason,
)
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.foundation.identifiers import REFERENCE_PATTERN

INSTANT = sa.DateTime(timezone=True)
WORDS_LIMIT = 1000
IS_LIVE = sa.text("state IN (" + ", ".join(f"'{state}'" for state in sorted(LIVE)) + ")")

# It starts, or it ends.
TURNS = {event for (_, event), state in NEXT.items() if state in ENDED} | {ContractEvent.STARTED}
IS_A_TURN = sa.text("event IN (" + ", ".join(f"'{event}'" for event in sorted(TURNS)) + ")")


class Contract(Record, table=True):
    """A contract to engage, as it stands now; one to a case that was started on the programme.

    Only where it stands ever changes, each time with a step that says the same: a trigger holds
    that. Written only by ``contracts.actions`` and ``contracts.agreements.actions``.
    """

    __tablename__ = "contract"
    __table_args__ = (
        sa.UniqueConstraint("programme_start_id"),
        sa.UniqueConstraint("reference"),
        sa.CheckConstraint(f"reference ~ '{REFERENCE_PATTERN}'", name="reference_form"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint("terms_number >= 1", name="terms_count"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after"),
        sa.CheckConstraint("num_nonnulls(starts_on, ends_on) IN (0, 2)", name="runs_from_to"),
        sa.Index("ix_contract_custody_record_id", "custody_record_id"),
        sa.Index("ix_contract_live", "ends_on", "id", postgresql_where=IS_LIVE),
        sa.Index("ix_contract_offered", "id", postgresql_where=sa.text("state = 'offered'")),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    programme_start_id: UUID = Field(
        foreign_key="programme_start.id",
        sa_column_kwargs=described("The start it belongs to.", Disclosure.INDIRECT),
    )
    reference: str = Field(
        max_length=40,
        sa_column_kwargs=described("What people call it, random.", Disclosure.INDIRECT),
    )
    fallback: Fallback = Field(
        sa_type=text_enum(Fallback, "fallback"),
        sa_column_kwargs=described("What follows if it is not completed.", Disclosure.SAFE),
    )
    state: ContractState = Field(
        sa_type=text_enum(ContractState, "state"),
        sa_column_kwargs=described("Where it stands.", Disclosure.SAFE),
    )
    version: int = Field(sa_column_kwargs=described("Counts its steps.", Disclosure.SAFE))
    terms_number: int = Field(sa_column_kwargs=described("The terms that count.", Disclosure.SAFE))
    starts_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its first day, in England.", Disclosure.INDIRECT),
    )
    ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("Its last day as it stands now.", Disclosure.INDIRECT),
    )
    drafted_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When drafted, in UTC.", Disclosure.INDIRECT)
    )
    drafted_by: UUID = Field(sa_column_kwargs=described("Who drafted it.", Disclosure.DIRECT))


class ContractStep(Record, table=True):
    """One step of a contract, and how it stood after it. The steps are the contract's story.

    Append-only. Written only by ``contracts.actions`` and ``contracts.agreements.actions``.
    """

    __tablename__ = "contract_step"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("excused_days >= 0", name="excused_counts"),
        sa.CheckConstraint(f"length(words) <= {WORDS_LIMIT}", name="words_length"),
        sa.Index("ix_contract_step_turns", "happened_at", "id", postgresql_where=IS_A_TURN),
    )

    contract_id: UUID = Field(
        foreign_key="contract.id",
        sa_column_kwargs=described("The contract.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts its steps.", Disclosure.SAFE))
    event: ContractEvent = Field(
        sa_type=text_enum(ContractEvent, "event"),
        sa_column_kwargs=described("What happened.", Disclosure.SAFE),
    )
    state: ContractState = Field(
        sa_type=text_enum(ContractState, "state"),
        sa_column_kwargs=described("Where it stood after it.", Disclosure.SAFE),
    )
    terms_id: UUID | None = Field(
        default=None,
        foreign_key="contract_terms.id",
        sa_column_kwargs=described("Which terms it was about, if any.", Disclosure.INDIRECT),
    )
    terms_number: int = Field(
        sa_column_kwargs=described("The terms that counted after it.", Disclosure.SAFE)
    )
    starts_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The first day after it, in England.", Disclosure.INDIRECT),
    )
    ends_on: date | None = Field(
        default=None,
        sa_column_kwargs=described("The last day after it, in England.", Disclosure.INDIRECT),
    )
    excused_days: int = Field(
        sa_column_kwargs=described("Days excused until then, in all.", Disclosure.SAFE)
    )
    reason_code: StepReason | None = Field(
        default=None,
        sa_type=text_enum(StepReason, "reason_code"),
        sa_column_kwargs=described("Why, as a code.", Disclosure.NEVER),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    happened_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When, in UTC.", Disclosure.INDIRECT)
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
