"""Merges of people, and their partings.

Revision ID: 0035
Revises: 0030
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("kept_id", sa.Uuid(), nullable=False, comment="Under whom both are found."),
        sa.Column("other_id", sa.Uuid(), nullable=False, comment="Who is merged away."),
        sa.Column("reason", sa.String(40), nullable=False, comment="How it is known, by code."),
        sa.Column("words", sa.String(500), nullable=False, comment="How, in words."),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("merged_by", sa.Uuid(), nullable=False, comment="Which supervisor."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_merge_other_id")),
        sa.CheckConstraint("kept_id <> other_id", name=op.f("ck_person_merge_two_records")),
        sa.CheckConstraint(
            "reason IN ('fingerprint_result', 'same_number', 'document_seen', 'person_said_so', "
            "'entered_twice', 'other')",
            name=op.f("ck_person_merge_reason"),
        ),
    )
    for column in ("kept_id", "other_id"):
        op.create_index(op.f(f"ix_person_merge_{column}"), "person_merge", [column])
    op.create_table(
        "person_parting",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "person_merge_id",
            sa.Uuid(),
            nullable=False,
            comment="The merge that no longer stands.",
        ),
        sa.Column("reason", sa.String(40), nullable=False, comment="How it is known, by code."),
        sa.Column("words", sa.String(500), nullable=False, comment="How, in words."),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("parted_by", sa.Uuid(), nullable=False, comment="Which supervisor."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_parting")),
        sa.ForeignKeyConstraint(
            ["person_merge_id"],
            ["person_merge.id"],
            name=op.f("fk_person_parting_person_merge_id"),
        ),
        sa.UniqueConstraint("person_merge_id", name=op.f("uq_person_parting_person_merge_id")),
        sa.CheckConstraint(
            "reason IN ('fingerprint_result', 'document_seen', 'person_said_so', "
            "'wrong_person_selected', 'other')",
            name=op.f("ck_person_parting_reason"),
        ),
    )
    # Both people are held, in one order, so that of two who merge at once the second sees the first.
    op.execute("""
        CREATE FUNCTION refuse_merge() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM person WHERE id IN (NEW.kept_id, NEW.other_id) ORDER BY id FOR NO KEY UPDATE;
            IF EXISTS (SELECT FROM person_merge AS earlier
                         LEFT JOIN person_parting ON person_merge_id = earlier.id
                        WHERE earlier.other_id IN (NEW.kept_id, NEW.other_id)
                          AND person_merge_id IS NULL) THEN
                RAISE EXCEPTION 'one of the two is merged away already'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER person_merge_of_two_who_stand BEFORE INSERT ON person_merge
        FOR EACH ROW EXECUTE FUNCTION refuse_merge()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    for table in ("person_merge", "person_parting"):
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("person_parting")
    op.drop_table("person_merge")
    op.execute("DROP FUNCTION refuse_merge()")
