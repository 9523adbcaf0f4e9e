"""Officers' views of the risk, and forecasting tools' bands.

Revision ID: 0024
Revises: 0023
Phase: expand (nothing reads or writes the new tables yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "officer_risk_view",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's views."),
        sa.Column("band", sa.String(40), nullable=False, comment="What the officer thought."),
        sa.Column("words", sa.String(), nullable=True, comment="Why, in words."),
        sa.Column(
            "after_band",
            sa.Boolean(),
            nullable=False,
            comment="A tool's band was on record by then.",
        ),
        sa.Column(
            "viewed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When recorded, in UTC.",
        ),
        sa.Column("viewed_by", sa.Uuid(), nullable=False, comment="Which officer."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_risk_view")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_officer_risk_view_custody_record_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id",
            "number",
            name=op.f("uq_officer_risk_view_custody_record_id_number"),
        ),
        sa.UniqueConstraint(
            "id", "custody_record_id", name=op.f("uq_officer_risk_view_id_custody_record_id")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_officer_risk_view_number_counts")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_officer_risk_view_words_length")),
        sa.CheckConstraint(
            "band IN ('low', 'moderate', 'high')", name=op.f("ck_officer_risk_view_band")
        ),
    )
    op.create_table(
        "risk_forecast",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="The case it is about."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Counts the case's forecasts."),
        sa.Column(
            "officer_risk_view_id",
            sa.Uuid(),
            nullable=False,
            comment="The officer's view from before the band.",
        ),
        sa.Column("tool", sa.String(40), nullable=False, comment="Which tool."),
        sa.Column("tool_version", sa.String(40), nullable=False, comment="Which version of it."),
        sa.Column("trees", sa.Integer(), nullable=False, comment="How many trees voted."),
        sa.Column("votes_low", sa.Integer(), nullable=False, comment="Votes for low."),
        sa.Column("votes_moderate", sa.Integer(), nullable=False, comment="Votes for moderate."),
        sa.Column("votes_high", sa.Integer(), nullable=False, comment="Votes for high."),
        sa.Column("band", sa.String(40), nullable=False, comment="The band, as the tool gave it."),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When recorded, in UTC.",
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False, comment="Who recorded it."),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_forecast")),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_risk_forecast_custody_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_risk_view_id", "custody_record_id"],
            ["officer_risk_view.id", "officer_risk_view.custody_record_id"],
            name=op.f("fk_risk_forecast_officer_risk_view_id_custody_record_id"),
        ),
        sa.UniqueConstraint(
            "custody_record_id", "number", name=op.f("uq_risk_forecast_custody_record_id_number")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_risk_forecast_number_counts")),
        sa.CheckConstraint(
            "least(votes_low, votes_moderate, votes_high) >= 0",
            name=op.f("ck_risk_forecast_votes_count"),
        ),
        sa.CheckConstraint(
            "votes_low + votes_moderate + votes_high = trees",
            name=op.f("ck_risk_forecast_votes_add_up"),
        ),
        sa.CheckConstraint(
            "band IN ('low', 'moderate', 'high')", name=op.f("ck_risk_forecast_band")
        ),
    )
    # Whether a view came before the band is what the whole record is for.
    op.execute("""
        CREATE FUNCTION refuse_untrue_view() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.after_band <> EXISTS (SELECT FROM risk_forecast
                                          WHERE custody_record_id = NEW.custody_record_id) THEN
                RAISE EXCEPTION 'whether the band was known by then is not as it is told'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE FUNCTION refuse_late_view() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM officer_risk_view
                        WHERE id = NEW.officer_risk_view_id AND after_band) THEN
                RAISE EXCEPTION 'a forecast is put beside a view from before the band'
                      USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER officer_risk_view_is_true BEFORE INSERT ON officer_risk_view
        FOR EACH ROW EXECUTE FUNCTION refuse_untrue_view()
    """)
    op.execute("""
        CREATE TRIGGER risk_forecast_has_its_view BEFORE INSERT ON risk_forecast
        FOR EACH ROW EXECUTE FUNCTION refuse_late_view()
    """)
    # Never edited; erasure, by the owner alone, stays possible.
    for table in ("officer_risk_view", "risk_forecast"):
        op.execute(f"""
            CREATE TRIGGER {table}_never_edited BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """)
        op.execute(f"GRANT SELECT, INSERT ON {table} TO checkpoint_api")


def downgrade() -> None:
    op.drop_table("risk_forecast")
    op.drop_table("officer_risk_view")
    op.execute("DROP FUNCTION refuse_late_view()")
    op.execute("DROP FUNCTION refuse_untrue_view()")
