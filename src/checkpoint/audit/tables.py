"""The ledger's two tables: entries that stay for ever, and values that can be erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlmodel import Field

from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

STREAMS = 64


class TransactionId(sa.types.UserDefinedType[int]):
    """PostgreSQL's xid8: which transaction wrote the row."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


# So that reading the schema back knows the type.
ischema_names["xid8"] = TransactionId


class AuditEntry(Record, table=True):
    """One request, or one deed at the shell: who did or saw what, and when.

    Append-only by privilege and by trigger. Holds no foreign keys, so the ledger outlives
    whatever it speaks of, and no personal data, so it survives erasure. The database itself
    fills ``sequence``, ``xid`` and ``recorded_at``. Written only by ``audit.ledger``.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.CheckConstraint(f"stream BETWEEN 0 AND {STREAMS - 1}", name="stream_in_range"),
        sa.UniqueConstraint("stream", "sequence"),
        sa.UniqueConstraint("request_id"),
        sa.Index("ix_audit_entry_at_id", "at", "id"),
        sa.Index("ix_audit_entry_actor_id_at_id", "actor_id", "at", "id"),
        sa.Index("ix_audit_entry_operation_at_id", "operation", "at", "id"),
        sa.Index("ix_audit_entry_subject_ids", "subject_ids", postgresql_using="gin"),
    )

    stream: int = Field(
        sa_type=sa.SmallInteger,
        sa_column_kwargs=described("Which of the ledger's lines, by actor.", Disclosure.SAFE),
    )
    sequence: int | None = Field(
        default=None,
        sa_type=sa.BigInteger,
        nullable=False,
        sa_column_kwargs=described("Place in its stream, without gaps, from 1.", Disclosure.SAFE),
    )
    xid: int | None = Field(
        default=None,
        sa_type=TransactionId,
        nullable=False,
        sa_column_kwargs=described("The transaction that wrote it.", Disclosure.SAFE),
    )
    recorded_at: datetime | None = Field(
        default=None,
        sa_type=sa.DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs=described("The database's clock at that moment.", Disclosure.INDIRECT),
    )
    at: datetime = Field(
        sa_type=sa.DateTime(timezone=True),
        sa_column_kwargs=described("When it happened, in UTC.", Disclosure.INDIRECT),
    )
    request_id: UUID = Field(
        sa_column_kwargs=described("The request; one entry each.", Disclosure.SAFE)
    )
    operation: Operation = Field(
        sa_type=text_enum(Operation, "operation"),
        sa_column_kwargs=described("Which operation of DPA 2018 s.62.", Disclosure.SAFE),
    )
    event: str = Field(sa_column_kwargs=described("What happened.", Disclosure.SAFE))
    outcome: str = Field(
        sa_column_kwargs=described("done, or the slug of the refusal.", Disclosure.SAFE)
    )
    door: str = Field(
        sa_column_kwargs=described("Method and route pattern, or shell.", Disclosure.SAFE)
    )
    subject_kind: str = Field(sa_column_kwargs=described("Kind of thing.", Disclosure.SAFE))
    subject_ids: list[UUID] = Field(
        sa_type=ARRAY(sa.Uuid()),
        sa_column_kwargs=described("Which things, the chief one first.", Disclosure.INDIRECT),
    )
    changed_fields: list[str] = Field(
        sa_type=ARRAY(sa.String()),
        sa_column_kwargs=described("Names of the fields that changed.", Disclosure.SAFE),
    )
    actor_id: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("Who did it; null when nobody we know.", Disclosure.DIRECT),
    )
    actor_role: Role | None = Field(
        default=None,
        sa_type=text_enum(Role, "actor_role"),
        sa_column_kwargs=described("Their role then.", Disclosure.SAFE),
    )
    client: str | None = Field(
        default=None, sa_column_kwargs=described("The client application.", Disclosure.SAFE)
    )
    purpose: str | None = Field(
        default=None,
        sa_column_kwargs=described("Reason for access, from context.", Disclosure.SAFE),
    )
    recipient: str | None = Field(
        default=None,
        sa_column_kwargs=described("To whom it was disclosed, if anyone.", Disclosure.INDIRECT),
    )
    canonical: str = Field(
        sa_column_kwargs=described(
            "The entry as RFC 8785 JSON, for sealing; the trigger's columns apart.",
            Disclosure.INDIRECT,
        )
    )


class AuditStream(Record, table=True):
    """The head of one stream: the last sequence number given out.

    Written only by the trigger on ``audit_entry``, which holds its lock until commit, so that
    a stream has neither gaps nor doubles.
    """

    __tablename__ = "audit_stream"
    __table_args__ = (sa.UniqueConstraint("stream"),)

    stream: int = Field(
        sa_type=sa.SmallInteger,
        sa_column_kwargs=described("Which stream.", Disclosure.SAFE),
    )
    last_sequence: int = Field(
        sa_type=sa.BigInteger,
        sa_column_kwargs=described("The last number given out.", Disclosure.SAFE),
    )


class ChangedValue(Record, table=True):
    """The value of one field before and after one change, beside the ledger and erasable.

    Written only by ``audit.ledger``.
    """

    __tablename__ = "changed_value"
    __table_args__ = (sa.Index("ix_changed_value_subject_id", "subject_id"),)

    entry_id: UUID = Field(
        index=True, sa_column_kwargs=described("The ledger entry it belongs to.", Disclosure.SAFE)
    )
    subject_id: UUID = Field(
        sa_column_kwargs=described("The thing that changed.", Disclosure.INDIRECT)
    )
    field: str = Field(sa_column_kwargs=described("Which field.", Disclosure.SAFE))
    before: JsonValue = Field(
        default=None,
        sa_type=JSONB,
        nullable=True,
        sa_column_kwargs=described("Value before.", Disclosure.NEVER),
    )
    after: JsonValue = Field(
        default=None,
        sa_type=JSONB,
        nullable=True,
        sa_column_kwargs=described("Value after.", Disclosure.NEVER),
    )
