"""What the evaluators' database role sees: people of data cuts by no name and no date, no more.

Revision ID: 0123
Revises: 0122
Phase: expand (nobody acts as this role yet)
"""

from alembic import op

revision = "0123"
down_revision = "0122"

EVALUATOR = "checkpoint_evaluator"
VIEWS = ("seen_cut", "seen_participant", "seen_event")


def upgrade() -> None:
    op.execute("""
        CREATE VIEW seen_cut WITH (security_barrier) AS
        SELECT id AS cut_id, number, origin, known_until, followed_until, measures, definitions,
               definitions_digest, rule_sets, harm_index, masks, participants, events, flow, digest,
               software, taken_at
          FROM data_cut
    """)
    # Whoever is meant is told by their row in the cut: it leads to no other cut and no other table.
    op.execute("""
        CREATE VIEW seen_participant WITH (security_barrier) AS
        SELECT cut_id, id AS participant, mask, delivered_mask, per_protocol, completed,
               to_char(allocated_on, 'YYYY"-Q"Q') AS allocated_quarter,
               sex, age, ethnicity, residence, offence_group, baseline, observed_days, ended_by,
               custody_days, arrest_day, charge_day, proven_day, distance_travelled, cost_pence
          FROM cut_participant
    """)
    op.execute("""
        CREATE VIEW seen_event WITH (security_barrier) AS
        SELECT happened.cut_id, somebody.id AS participant, happened.measure, happened.day,
               happened.offence_group, happened.harm_days, happened.proactively_detected
          FROM cut_event AS happened
          JOIN cut_participant AS somebody USING (cut_id, participant_id)
    """)
    op.execute(f"GRANT SELECT ON {', '.join(VIEWS)} TO {EVALUATOR}")
    op.execute("RESET ROLE")  # the login grants roles; whoever owns the tables does not
    # Whoever builds extracts turns into it, and back into nothing else.
    op.execute(f"""
        DO $$ BEGIN
            IF NOT pg_has_role('checkpoint_api', '{EVALUATOR}', 'MEMBER') THEN
                GRANT {EVALUATOR} TO checkpoint_api;
            END IF;
        END $$
    """)
    op.execute("SET ROLE checkpoint_owner")


def downgrade() -> None:
    for view in reversed(VIEWS):
        op.execute(f"DROP VIEW {view}")
