"""Other names of people, the keys by which names are found, and who was ruled out.

Revision ID: 0012
Revises: 0011
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = "Opaque identifier, a UUIDv7."


def upgrade() -> None:
    op.create_table(
        "person_alias",
        sa.Column("id", sa.Uuid(), nullable=False, comment=ID),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose name."),
        sa.Column("family_name", sa.String(100), nullable=False, comment="Family name."),
        sa.Column("given_names", sa.String(100), nullable=True, comment="Given names, if known."),
        sa.Column("kind", sa.String(40), nullable=False, comment="How it came to stand here."),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."),
        sa.Column("added_by", sa.Uuid(), nullable=False, comment="Who added it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_alias_person_id")
        ),
        sa.CheckConstraint("kind IN ('known_as', 'put_right')", name=op.f("ck_person_alias_kind")),
    )
    op.create_index(op.f("ix_person_alias_person_id"), "person_alias", ["person_id"])
    op.create_table(
        "person_name_key",
        sa.Column("id", sa.Uuid(), nullable=False, comment=ID),
        sa.Column(
            "key",
            sa.String(40),
            nullable=False,
            comment="Sounds of the name, with the day of birth.",
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose name."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name_key")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_name_key_person_id")
        ),
        sa.UniqueConstraint("key", "person_id", name=op.f("uq_person_name_key_key_person_id")),
    )
    op.create_table(
        "identity_choice",
        sa.Column("id", sa.Uuid(), nullable=False, comment=ID),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Who was put on record."),
        sa.Column(
            "candidate_id", sa.Uuid(), nullable=False, comment="Who was offered and ruled out."
        ),
        sa.Column(
            "score", sa.SmallInteger(), nullable=False, comment="How alike they looked, of 100."
        ),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=False, comment="When, in UTC."
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False, comment="Who decided."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_choice")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_identity_choice_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["person.id"], name=op.f("fk_identity_choice_candidate_id")
        ),
        sa.UniqueConstraint(
            "person_id", "candidate_id", name=op.f("uq_identity_choice_person_id_candidate_id")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_identity_choice_score_range")),
    )
    # Never edited; erasure, by the owner alone, stays possible.
    for table in ("person_alias", "person_name_key", "identity_choice"):
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("identity_choice")
    op.drop_table("person_name_key")
    op.drop_table("person_alias")
