"""What else is known of a person: CRO number, estimated age, sex, ethnicity, where they live.

Revision ID: 0011
Revises: 0010
Phase: expand (the new columns may be null, and old code does not name them)
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

CODES = {
    "sex": ["male", "female", "not_known", "not_specified"],
    "self_defined_ethnicity": (
        [
            "W1",
            "W2",
            "W3",
            "W9",
            "M1",
            "M2",
            "M3",
            "M9",
            "A1",
            "A2",
            "A3",
            "A4",
            "A9",
            "B1",
            "B2",
            "B9",
            "O2",
            "O9",
            "NS",
        ]
    ),
    "ethnicity_missing_reason": ["refused", "not_asked", "not_understood"],
    "observed_ethnicity": ["IC1", "IC2", "IC3", "IC4", "IC5", "IC6", "IC9"],
}
COLUMNS = {
    "cro_number": (sa.String(12), "CRO number, canonical form, if known."),
    "estimated_age_years": (
        sa.SmallInteger(),
        "Age as somebody estimated it, where no date of birth is known.",
    ),
    "estimated_on": (sa.Date(), "The day of the estimate."),
    "sex": (sa.String(40), "Sex; null is not recorded."),
    "self_defined_ethnicity": (
        sa.String(40),
        "What they said of themselves, 18+1; null is not recorded.",
    ),
    "ethnicity_missing_reason": (sa.String(40), "Why it is not stated."),
    "observed_ethnicity": (
        sa.String(40),
        "What an officer saw, PNC code; null is not recorded.",
    ),
    "local_authority": (sa.String(9), "Local authority of residence, GSS code, if known."),
    "indexed_at": (
        sa.DateTime(timezone=True),
        "When the search keys were written, in UTC; null is not yet.",
    ),
}
CHECKS = {
    "cro_number_form": r"cro_number ~ '^(\d{6}/\d{2}|SF\d{2}/\d{1,6})[A-HJ-NP-RT-Z]$'",
    "estimated_pair": "(estimated_age_years IS NULL) = (estimated_on IS NULL)",
    "birth_or_estimate": "date_of_birth IS NULL OR estimated_age_years IS NULL",
    "estimated_age_range": "estimated_age_years BETWEEN 10 AND 120",
    "ethnicity_or_reason": (
        "(self_defined_ethnicity IS NOT DISTINCT FROM 'NS') = (ethnicity_missing_reason IS NOT NULL)"
    ),
    "local_authority_form": r"local_authority ~ '^[EWSN]\d{8}$'",
}


def upgrade() -> None:
    for name, (kind, comment) in COLUMNS.items():
        op.add_column("person", sa.Column(name, kind, nullable=True, comment=comment))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_person_{name}"), "person", condition)
    for name, codes in CODES.items():
        listed = ", ".join(f"'{code}'" for code in codes)
        op.create_check_constraint(op.f(f"ck_person_{name}"), "person", f"{name} IN ({listed})")
    op.create_unique_constraint(op.f("uq_person_cro_number"), "person", ["cro_number"])
    op.create_index(
        op.f("ix_person_unindexed"), "person", ["id"], postgresql_where="indexed_at IS NULL"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_person_unindexed"), "person")
    op.drop_constraint(op.f("uq_person_cro_number"), "person")
    for name in [*CODES, *CHECKS]:
        op.drop_constraint(op.f(f"ck_person_{name}"), "person")
    for name in reversed(COLUMNS):
        op.drop_column("person", name)
