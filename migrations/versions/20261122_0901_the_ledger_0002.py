"""The ledger: append-only entries, their streams, and the erasable values beside them.

Revision ID: 0002
Revises: 0001
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


class Xid8(sa.types.UserDefinedType):
    """A transaction's number."""

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "stream",
            sa.SmallInteger(),
            nullable=False,
            comment="Which of the ledger's lines, by actor.",
        ),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="Place in its stream, without gaps, from 1.",
        ),
        sa.Column("xid", Xid8(), nullable=False, comment="The transaction that wrote it."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The database's clock at that moment.",
        ),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="When it happened, in UTC."
        ),
        sa.Column("request_id", sa.Uuid(), nullable=False, comment="The request; one entry each."),
        sa.Column(
            "operation", sa.String(40), nullable=False, comment="Which operation of DPA 2018 s.62."
        ),
        sa.Column("event", sa.String(), nullable=False, comment="What happened."),
        sa.Column(
            "outcome", sa.String(), nullable=False, comment="done, or the slug of the refusal."
        ),
        sa.Column(
            "door", sa.String(), nullable=False, comment="Method and route pattern, or shell."
        ),
        sa.Column("subject_kind", sa.String(), nullable=False, comment="Kind of thing."),
        sa.Column(
            "subject_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="Which things, the chief one first.",
        ),
        sa.Column(
            "changed_fields",
            postgresql.ARRAY(sa.String()),
            nullable=False,
            comment="Names of the fields that changed.",
        ),
        sa.Column(
            "actor_id", sa.Uuid(), nullable=True, comment="Who did it; null when nobody we know."
        ),
        sa.Column("actor_role", sa.String(40), nullable=True, comment="Their role then."),
        sa.Column("client", sa.String(), nullable=True, comment="The client application."),
        sa.Column(
            "purpose", sa.String(), nullable=True, comment="Reason for access, from context."
        ),
        sa.Column(
            "recipient", sa.String(), nullable=True, comment="To whom it was disclosed, if anyone."
        ),
        sa.Column(
            "canonical",
            sa.String(),
            nullable=False,
            comment="The entry as RFC 8785 JSON, for sealing; the trigger's columns apart.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.CheckConstraint(
            r"actor_role IN ('custody_officer', 'supervisor', 'navigator', 'evaluator', 'statistician', 'auditor', 'operator')",
            name=op.f("ck_audit_entry_actor_role"),
        ),
        sa.CheckConstraint(
            r"operation IN ('collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure')",
            name=op.f("ck_audit_entry_operation"),
        ),
        sa.CheckConstraint(r"stream BETWEEN 0 AND 63", name=op.f("ck_audit_entry_stream_in_range")),
        sa.UniqueConstraint("request_id", name=op.f("uq_audit_entry_request_id")),
        sa.UniqueConstraint("stream", "sequence", name=op.f("uq_audit_entry_stream_sequence")),
    )
    op.create_index(op.f("ix_audit_entry_actor_id_at_id"), "audit_entry", ["actor_id", "at", "id"])
    op.create_index(op.f("ix_audit_entry_at_id"), "audit_entry", ["at", "id"])
    op.create_index(
        op.f("ix_audit_entry_subject_ids"), "audit_entry", ["subject_ids"], postgresql_using="gin"
    )
    op.create_table(
        "audit_stream",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("stream", sa.SmallInteger(), nullable=False, comment="Which stream."),
        sa.Column(
            "last_sequence", sa.BigInteger(), nullable=False, comment="The last number given out."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_stream")),
        sa.UniqueConstraint("stream", name=op.f("uq_audit_stream_stream")),
    )
    op.create_table(
        "changed_value",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="The ledger entry it belongs to."),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="The thing that changed."),
        sa.Column("field", sa.String(), nullable=False, comment="Which field."),
        sa.Column("before", postgresql.JSONB(), nullable=True, comment="Value before."),
        sa.Column("after", postgresql.JSONB(), nullable=True, comment="Value after."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_value")),
    )
    op.create_index(op.f("ix_changed_value_entry_id"), "changed_value", ["entry_id"])
    op.create_index(op.f("ix_changed_value_subject_id"), "changed_value", ["subject_id"])
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'CK001'; END $$
    """)
    # The one place where a sequence number is given out: under the head's lock, until commit.
    op.execute("""
        CREATE FUNCTION number_audit_entry() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN
            UPDATE public.audit_stream SET last_sequence = last_sequence + 1
             WHERE stream = NEW.stream RETURNING last_sequence INTO STRICT NEW.sequence;
            NEW.xid := pg_catalog.pg_current_xact_id();
            NEW.recorded_at := pg_catalog.clock_timestamp();
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_entry_numbered BEFORE INSERT ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION number_audit_entry()
    """)
    op.execute("REVOKE EXECUTE ON FUNCTION number_audit_entry() FROM PUBLIC")
    op.execute("""
        CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER audit_entry_not_truncated BEFORE TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON audit_entry TO checkpoint_api")
    op.execute("GRANT SELECT, INSERT ON changed_value TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("changed_value")
    op.drop_table("audit_stream")
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION number_audit_entry()")
    op.execute("DROP FUNCTION refuse_change()")
