"""Evaluators see wellbeing and victims' satisfaction too, as they see cost.

Revision ID: 0131
Revises: 0130
Phase: expand (a view has two columns more)
"""

from alembic import op

revision = "0131"
down_revision = "0130"
# As it stands; whatever is new comes last, since a view is replaced in place.
SEEN = """
    SELECT cut_id, somebody.id AS participant, mask, delivered_mask, per_protocol, completed,
           to_char(allocated_on, 'YYYY"-Q"Q') AS allocated_quarter,
           sex, age, ethnicity, residence, offence_group, baseline, observed_days, ended_by,
           custody_days, arrest_day, charge_day, proven_day, distance_travelled, cost_pence
"""


def passed(lag: str) -> str:
    """By the cut's horizons, in order, whether each had passed by the last complete day.

    Months end the day before the same day so many on, clipped to the end of a shorter month.
    """
    return f"""
        ARRAY(
            SELECT CASE WHEN months IS NULL THEN allocated_on + days
                        ELSE later::date
                             - (extract(day FROM later) = extract(day FROM allocated_on))::int
                   END <= (followed_until - make_interval(months => {lag}))::date
              FROM data_cut,
                   jsonb_array_elements(horizons::jsonb) WITH ORDINALITY AS horizon (told, place),
                   LATERAL (SELECT (told ->> 'months')::int, (told ->> 'days')::int)
                        AS length (months, days),
                   LATERAL (SELECT allocated_on + make_interval(months => months)) AS ending (later)
             WHERE data_cut.id = cut_id ORDER BY place)
    """


STANDING = f"""
    {SEEN}, {passed("0")} AS passed, {passed("conviction_lag_months")} AS proven_passed
"""


def upgrade() -> None:
    op.execute(f"""
        CREATE OR REPLACE VIEW seen_participant WITH (security_barrier) AS {STANDING},
               wellbeing, victim_satisfaction
          FROM cut_participant AS somebody
    """)


def downgrade() -> None:
    op.execute("DROP VIEW seen_participant")
    op.execute(f"""
        CREATE VIEW seen_participant WITH (security_barrier) AS {STANDING}
          FROM cut_participant AS somebody
    """)
    op.execute("GRANT SELECT ON seen_participant TO checkpoint_evaluator")
