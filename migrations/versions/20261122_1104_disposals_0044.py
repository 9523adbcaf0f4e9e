"""How alleged offences were disposed of.

Revision ID: 0044
Revises: 0043
Phase: expand (nothing reads or writes the new table yet)
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0044"
down_revision = "0043"
CONDITIONS = "'rehabilitation', 'reparation', 'punishment'"


def column(
    name: str, kind: sa.types.TypeEngine, comment: str, *, nullable: bool = False
) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable, comment=comment)


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_disposal_{name}"))


def upgrade() -> None:
    op.create_table(
        "disposal",
        column("id", sa.Uuid(), "Opaque identifier, a UUIDv7."),
        column("custody_record_id", sa.Uuid(), "The case."),
        column("alleged_offence_id", sa.Uuid(), "The offence, as it was alleged then."),
        column("first_entry_id", sa.Uuid(), "Its first entry, before it was put right."),
        column("number", sa.Integer(), "Counts the offence's disposals."),
        column("outcome_code", sa.String(2), "How, by its code."),
        column("disposed_on", sa.Date(), "On which day."),
        column("decided_by", sa.String(40), "Police, prosecutor or court."),
        column("court", sa.String(200), "Which court.", nullable=True),
        column("conditions", ARRAY(sa.String()), "What its conditions are for, as codes."),
        column("words", sa.String(), "The conditions, or what else counts.", nullable=True),
        column("reason_code", sa.String(40), "Why it took another's place, if so.", nullable=True),
        column("recorded_at", sa.DateTime(timezone=True), "When entered, in UTC."),
        column("recorded_by", sa.Uuid(), "Who entered it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_disposal_{name}"))
            for name, table in (
                ("custody_record_id", "custody_record"),
                ("alleged_offence_id", "alleged_offence"),
                ("first_entry_id", "alleged_offence"),
            )
        ),
        sa.UniqueConstraint(
            "first_entry_id", "number", name=op.f("uq_disposal_first_entry_id_number")
        ),
        check("number_counts", "number >= 1"),
        check("replacing_has_reason", "(number = 1) = (reason_code IS NULL)"),
        check("outcome_form", "outcome_code ~ '^[0-9]{1,2}$'"),
        check("outcome_possible", "outcome_code NOT IN ('18', '19')"),
        check("outcome_in_use", "outcome_code <> '22' OR disposed_on >= '2019-04-01'"),
        check("court_of_a_court", "court IS NULL OR decided_by = 'court'"),
        check("conditions_listed", f"conditions <@ ARRAY[{CONDITIONS}]::varchar[]"),
        check("words_length", "length(words) <= 1000"),
        check("decided_by", "decided_by IN ('police', 'prosecutor', 'court')"),
        check("reason_code", "reason_code IN ('entered_wrongly', 'decided_anew', 'other')"),
    )
    op.create_index("ix_disposal_custody_record_id", "disposal", ["custody_record_id"])
    op.execute("""
        CREATE FUNCTION check_disposal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM alleged_offence AS named
                  JOIN alleged_offence AS first USING (custody_record_id)
                 WHERE named.custody_record_id = NEW.custody_record_id
                   AND named.id = NEW.alleged_offence_id
                   AND first.id = NEW.first_entry_id AND first.replaces_id IS NULL) THEN
                RAISE EXCEPTION 'a disposal is of an offence of its own case'
                      USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.number <> (SELECT count(*) + 1 FROM disposal
                               WHERE disposal.first_entry_id = NEW.first_entry_id) THEN
                RAISE EXCEPTION 'a disposal takes the place of the last one'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER disposal_is_of_its_case BEFORE INSERT ON disposal
        FOR EACH ROW EXECUTE FUNCTION check_disposal()
    """)
    op.execute("""
        CREATE TRIGGER disposal_append_only BEFORE UPDATE OR DELETE ON disposal
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER disposal_not_truncated BEFORE TRUNCATE ON disposal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    op.execute("GRANT SELECT, INSERT ON disposal TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("disposal")
    op.execute("DROP FUNCTION check_disposal()")
