"""Releases that were recorded before their kind was: each gets its movement.

Revision ID: 0015
Revises: 0014
Phase: backfill (restartable: a release that has its movement is left alone)
"""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("""
        INSERT INTO movement (id, custody_record_id, number, kind, from_suite, left_at,
                              release_kind, recorded_at, recorded_by)
        SELECT gen_random_uuid(), id, 1, 'released', suite, released_at, 'other', released_at,
               released_by
          FROM custody_record
         WHERE state = 'released'
           AND NOT EXISTS (SELECT FROM movement WHERE custody_record_id = custody_record.id)
    """)


def downgrade() -> None:
    """The movements go with their table, a revision earlier."""
