"""What evaluators see of people tells whether it happened within each horizon, by their own day.

Revision ID: 0135
Revises: 0134
Phase: expand (a view has three columns more)
"""

from alembic import op

revision = "0135"
down_revision = "0134"
# As it stands; whatever is new comes last, since a view is replaced in place.
SEEN = """
    SELECT cut_id, somebody.id AS participant, mask, delivered_mask, per_protocol, completed,
           to_char(allocated_on, 'YYYY"-Q"Q') AS allocated_quarter,
           sex, age, ethnicity, residence, offence_group, baseline, observed_days, ended_by,
           custody_days, arrest_day, charge_day, proven_day, distance_travelled, cost_pence
"""


def by_horizon(told: str) -> str:
    """By the cut's horizons, in order, what is told of the last day of each.

    Months end the day before the same day so many on, clipped to the end of a shorter month.
    """
    return f"""
        ARRAY(
            SELECT {told}
              FROM data_cut,
                   jsonb_array_elements(horizons::jsonb) WITH ORDINALITY AS horizon (told, place),
                   LATERAL (SELECT (told ->> 'months')::int, (told ->> 'days')::int)
                        AS length (months, days),
                   LATERAL (SELECT allocated_on + make_interval(months => months)) AS ending (later),
                   LATERAL (
                       SELECT CASE WHEN months IS NULL THEN allocated_on + days
                                   ELSE later::date - (
                                       extract(day FROM later) = extract(day FROM allocated_on)
                                   )::int END) AS last (on_day)
             WHERE data_cut.id = cut_id ORDER BY place)
    """


def passed(lag: str) -> str:
    return by_horizon(f"on_day <= (followed_until - make_interval(months => {lag}))::date")


def within(measure: str) -> str:
    """Null where it never happened."""
    return by_horizon(f"allocated_on + {measure}_day <= on_day")


STANDING = f"""
    {SEEN}, {passed("0")} AS passed, {passed("conviction_lag_months")} AS proven_passed,
           wellbeing, victim_satisfaction
"""


def upgrade() -> None:
    op.execute(f"""
        CREATE OR REPLACE VIEW seen_participant WITH (security_barrier) AS {STANDING},
               {within("arrest")} AS arrest_within, {within("charge")} AS charge_within,
               {within("proven")} AS proven_within
          FROM cut_participant AS somebody
    """)


def downgrade() -> None:
    op.execute("DROP VIEW seen_participant")
    op.execute(f"""
        CREATE VIEW seen_participant WITH (security_barrier) AS {STANDING}
          FROM cut_participant AS somebody
    """)
    op.execute("GRANT SELECT ON seen_participant TO checkpoint_evaluator")
