"""What evaluators see of people tells for how long each could be followed up.

Revision ID: 0130
Revises: 0129
Phase: expand (a view has one column more)
"""

from alembic import op

revision = "0130"
down_revision = "0129"
SEEN = """
    SELECT cut_id, somebody.id AS participant, mask, delivered_mask, per_protocol, completed,
           to_char(allocated_on, 'YYYY"-Q"Q') AS allocated_quarter,
           sex, age, ethnicity, residence, offence_group, baseline, observed_days, ended_by,
           custody_days, arrest_day, charge_day, proven_day, distance_travelled, cost_pence
"""


def upgrade() -> None:
    # Joined from the left: whoever asks for other columns does not pay for this one.
    op.execute(f"""
        CREATE OR REPLACE VIEW seen_participant WITH (security_barrier) AS {SEEN},
               data_cut.followed_until - allocated_on AS followed_days
          FROM cut_participant AS somebody LEFT JOIN data_cut ON data_cut.id = cut_id
    """)


def downgrade() -> None:
    op.execute("DROP VIEW seen_participant")
    op.execute(f"""
        CREATE VIEW seen_participant WITH (security_barrier) AS {SEEN}
          FROM cut_participant AS somebody
    """)
    op.execute("GRANT SELECT ON seen_participant TO checkpoint_evaluator")
