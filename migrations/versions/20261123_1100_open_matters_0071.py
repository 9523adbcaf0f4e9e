"""What is open of a case, as the worklist tells it: the table that keeps it, and what it follows from.

Revision ID: 0071
Revises: 0070
Phase: expand (nothing writes the table yet)
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"

TABLE = "open_matter"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False, comment="Opaque identifier, a UUIDv7."),
        sa.Column(
            "matter",
            sa.String(length=60),
            nullable=False,
            comment="What is open, as a code of the worklist's.",
        ),
        sa.Column("custody_record_id", sa.Uuid(), nullable=False, comment="Of which case."),
        sa.Column("suite", sa.String(length=40), nullable=False, comment="The case's suite now."),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="From when its time is counted, in UTC; of a day, its midnight in UTC.",
        ),
        sa.Column("source_id", sa.Uuid(), nullable=False, comment="The row that it is open of."),
        sa.Column("thing_id", sa.Uuid(), nullable=False, comment="What its door is about."),
        sa.Column(
            "words", sa.String(length=60), nullable=True, comment="What its line names, if so."
        ),
        sa.Column(
            "allocation_id",
            sa.Uuid(),
            nullable=True,
            comment="The allocation whose arm it would tell, if one.",
        ),
        sa.Column(
            "set_off_by",
            sa.Uuid(),
            nullable=True,
            comment="Who set it off and so is not told, if so.",
        ),
        sa.Column(
            "last_day", sa.Date(), nullable=True, comment="The last day it is open, if it ends so."
        ),
        sa.ForeignKeyConstraint(
            ["custody_record_id"],
            ["custody_record.id"],
            name=op.f("fk_open_matter_custody_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_matter")),
        sa.UniqueConstraint(
            "custody_record_id",
            "matter",
            "source_id",
            "thing_id",
            name=op.f("uq_open_matter_custody_record_id_matter_source_id_thing_id"),
        ),
    )
    op.create_index(
        op.f("ix_open_matter_suite"), TABLE, ["matter", "suite", "since", "id"], unique=False
    )
    # Every outcome counts but 0, which leaves the offence open; the last entry of each one.
    op.execute("""
        CREATE FUNCTION lacks_outcome(record uuid) RETURNS boolean
        LANGUAGE sql STABLE
        RETURN (SELECT count(*) FROM alleged_offence
                 WHERE custody_record_id = record AND replaces_id IS NULL)
             > (SELECT count(*) FROM disposal
                 WHERE custody_record_id = record AND outcome_code <> '0'
                   AND NOT EXISTS (SELECT FROM disposal AS later
                                    WHERE later.first_entry_id = disposal.first_entry_id
                                      AND later.number > disposal.number))
    """)
    # The midnight in UTC of the day in England.
    op.execute("""
        CREATE FUNCTION day_in_england(moment timestamptz) RETURNS timestamptz
        LANGUAGE sql STABLE
        RETURN date_trunc('day', moment AT TIME ZONE 'Europe/London') AT TIME ZONE 'UTC'
    """)
    op.execute("""
        CREATE VIEW open_matter_now AS
        -- Victims who were not told: of the arrest, of each release, of a contract's start and end.
        SELECT 'tell_' || event.what
               || CASE WHEN coalesce((SELECT said.vulnerable FROM victim_view AS said
                                       WHERE said.victim_id = victim.id
                                         AND said.vulnerable IS NOT NULL
                                       ORDER BY said.number DESC LIMIT 1), victim.vulnerable)
                       IS FALSE THEN '' ELSE '_soon' END AS matter,
               victim.custody_record_id, record.suite,
               day_in_england(event.happened_at) AS since,
               event.source_id, victim.id AS thing_id, event.what AS words,
               event.allocation_id, NULL::uuid AS set_off_by, NULL::date AS last_day
          FROM victim
          JOIN custody_record AS record ON record.id = victim.custody_record_id
         CROSS JOIN LATERAL (
               SELECT victim.id AS source_id, 'arrested' AS what, record.arrested_at AS happened_at,
                      NULL::uuid AS allocation_id
               UNION ALL
               SELECT movement.id,
                      CASE movement.release_kind WHEN 'charged' THEN 'charged'
                           WHEN 'under_investigation' THEN 'released_under_investigation'
                           WHEN 'on_bail' THEN 'released_on_bail'
                           WHEN 'no_further_action' THEN 'no_further_action'
                           ELSE 'released' END,
                      movement.left_at, NULL
                 FROM movement
                WHERE movement.custody_record_id = victim.custody_record_id
                  AND movement.kind = 'released'
                  AND NOT EXISTS (SELECT FROM movement_withdrawal AS withdrawn
                                   WHERE withdrawn.movement_id = movement.id)
               UNION ALL
               SELECT step.id,
                      CASE step.event WHEN 'contract.started' THEN 'contract_started'
                           WHEN 'contract.completed' THEN 'contract_completed'
                           WHEN 'contract.failed' THEN 'contract_failed'
                           ELSE 'contract_ended' END,
                      step.happened_at, start.allocation_id
                 FROM contract
                 JOIN programme_start AS start ON start.id = contract.programme_start_id
                 JOIN contract_step AS step ON step.contract_id = contract.id
                WHERE contract.custody_record_id = victim.custody_record_id
                  AND contract.starts_on IS NOT NULL
                  AND step.event IN ('contract.started', 'contract.completed', 'contract.failed',
                                     'contract.withdrawn', 'contract.closed')
               ) AS event
         WHERE NOT EXISTS (SELECT FROM victim_withdrawal AS withdrawn
                            WHERE withdrawn.victim_id = victim.id)
           AND NOT EXISTS (SELECT FROM victim_notification AS told
                            WHERE told.victim_id = victim.id AND told.what = event.what
                              AND told.happened_at = event.happened_at)
        UNION ALL
        -- People who were started: nobody has reached them, or nobody works their case.
        SELECT CASE WHEN works.stands THEN 'first_contact' ELSE 'no_navigator' END,
               record.id, record.suite, start.started_at, start.id, start.id, NULL,
               start.allocation_id, NULL, NULL
          FROM programme_start AS start
          JOIN custody_record AS record ON record.id = start.custody_record_id
         CROSS JOIN LATERAL (
               SELECT EXISTS (SELECT FROM navigator_assignment AS assignment
                               WHERE assignment.custody_record_id = record.id
                                 AND assignment.ended_at IS NULL) AS stands
               ) AS works
         WHERE CASE WHEN works.stands THEN
                    NOT EXISTS (SELECT FROM person_contact AS contact
                                 WHERE contact.custody_record_id = record.id
                                   AND contact.result = 'reached')
                    AND NOT EXISTS (SELECT FROM appointment
                                      JOIN attendance ON attendance.appointment_id = appointment.id
                                     WHERE appointment.custody_record_id = record.id
                                       AND attendance.outcome <> 'missed'
                                       AND NOT EXISTS (
                                           SELECT FROM attendance AS later
                                            WHERE later.appointment_id = attendance.appointment_id
                                              AND later.number > attendance.number))
               ELSE NOT EXISTS (SELECT FROM navigator_assignment AS assignment
                                 WHERE assignment.custody_record_id = record.id
                                   AND assignment.end_reason = 'case_ended')
               END
           AND lacks_outcome(record.id)
        UNION ALL
        -- Appointments that stand, and of which nobody has entered whether the person came: none
        -- planned for after the case needed a navigator, to which nobody comes.
        SELECT 'appointment', record.id, record.suite, appointment.starts_at,
               appointment.id, appointment.id, NULL, start.allocation_id, NULL, NULL
          FROM appointment
          JOIN custody_record AS record ON record.id = appointment.custody_record_id
          JOIN programme_start AS start ON start.custody_record_id = record.id
         WHERE NOT EXISTS (SELECT FROM attendance WHERE attendance.appointment_id = appointment.id)
           AND NOT EXISTS (SELECT FROM appointment AS moved
                            WHERE moved.moved_from_id = appointment.id)
           AND NOT EXISTS (SELECT FROM appointment_cancellation AS cancelled
                            WHERE cancelled.appointment_id = appointment.id)
           AND NOT (EXISTS (SELECT FROM navigator_assignment AS assignment
                             WHERE assignment.custody_record_id = record.id
                               AND assignment.end_reason = 'case_ended'
                               AND assignment.ended_at <= appointment.starts_at)
                    AND NOT EXISTS (SELECT FROM navigator_assignment AS assignment
                                     WHERE assignment.custody_record_id = record.id
                                       AND assignment.ended_at IS NULL))
        UNION ALL
        -- Summary-only offences of cases that came in, without an outcome.
        SELECT 'prosecution_deadline', record.id, record.suite,
               alleged.committed_from::timestamp AT TIME ZONE 'UTC',
               alleged.id, alleged.id, offence.code, NULL, NULL, NULL
          FROM alleged_offence AS alleged
          JOIN custody_record AS record ON record.id = alleged.custody_record_id
          JOIN offence ON offence.id = alleged.offence_id
         WHERE offence.mode_of_trial = 'summary_only'
           AND NOT EXISTS (SELECT FROM alleged_offence AS later
                            WHERE later.replaces_id = alleged.id)
           AND (EXISTS (SELECT FROM allocation WHERE allocation.custody_record_id = record.id)
                OR EXISTS (SELECT FROM enrolment WHERE enrolment.custody_record_id = record.id))
           AND NOT EXISTS (
               SELECT FROM disposal
                WHERE disposal.custody_record_id = record.id
                  AND (disposal.first_entry_id IN (alleged.id, alleged.replaces_id)
                       OR disposal.alleged_offence_id IN (alleged.id, alleged.replaces_id))
                  AND disposal.outcome_code <> '0'
                  AND NOT EXISTS (SELECT FROM disposal AS later
                                   WHERE later.first_entry_id = disposal.first_entry_id
                                     AND later.number > disposal.number))
           AND lacks_outcome(record.id)
        UNION ALL
        -- Cases that came in, and offences of theirs have no outcome. Of those that were started,
        -- it is for whoever has not been shown the arm.
        SELECT CASE WHEN start.id IS NULL THEN 'disposal_missing' ELSE 'disposal_of_started' END,
               record.id, record.suite, came.entered_at, came.id, came.id, NULL,
               CASE WHEN start.id IS NULL THEN NULL ELSE came.allocation_id END, NULL, NULL
          FROM (SELECT id, custody_record_id, allocated_at AS entered_at, id AS allocation_id
                  FROM allocation
                UNION ALL
                SELECT id, custody_record_id, enrolled_at, NULL FROM enrolment) AS came
          JOIN custody_record AS record ON record.id = came.custody_record_id
          LEFT JOIN programme_start AS start ON start.custody_record_id = record.id
         WHERE (start.id IS NULL OR came.allocation_id IS NOT NULL) AND lacks_outcome(record.id)
        UNION ALL
        -- Contracts that are offered and not signed by all, by the last time that they were.
        SELECT 'contract_unsigned', record.id, record.suite, step.happened_at, step.id, contract.id,
               NULL, start.allocation_id, NULL, NULL
          FROM contract
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
          JOIN contract_step AS step ON step.contract_id = contract.id
                                    AND step.event = 'contract.offered'
         WHERE contract.state = 'offered'
           AND NOT EXISTS (SELECT FROM contract_step AS later
                            WHERE later.contract_id = contract.id
                              AND later.event = 'contract.offered' AND later.number > step.number)
        UNION ALL
        -- Changes of contracts that run, proposed and not signed by all: the person and their
        -- navigator first, then whoever approves.
        SELECT CASE WHEN person.role IS NULL OR navigator.role IS NULL
                    THEN 'change_to_sign' ELSE 'change_to_approve' END,
               record.id, record.suite, step.happened_at, terms.id, contract.id,
               CASE WHEN person.role IS NULL AND navigator.role IS NULL THEN 'both'
                    WHEN person.role IS NULL THEN 'person'
                    WHEN navigator.role IS NULL THEN 'navigator'
                    ELSE 'supervisor' END,
               start.allocation_id, NULL, NULL
          FROM contract
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
          JOIN contract_terms AS terms ON terms.contract_id = contract.id
                                      AND terms.number > contract.terms_number
          JOIN contract_step AS step ON step.contract_id = contract.id AND step.terms_id = terms.id
                                    AND step.event = 'contract.change_proposed'
          LEFT JOIN contract_signature AS person ON person.terms_id = terms.id
                                                AND person.role = 'person'
          LEFT JOIN contract_signature AS navigator ON navigator.terms_id = terms.id
                                                   AND navigator.role = 'navigator'
         WHERE contract.state IN ('active', 'suspended')
           AND NOT EXISTS (SELECT FROM contract_terms AS later
                            WHERE later.contract_id = contract.id AND later.number > terms.number)
           AND NOT EXISTS (SELECT FROM contract_step AS refused
                            WHERE refused.contract_id = contract.id
                              AND refused.terms_id = terms.id
                              AND refused.event = 'contract.change_declined')
        UNION ALL
        -- Contracts that ended, of cases whose offences have no outcome yet.
        SELECT 'outcome_to_record', record.id, record.suite, step.happened_at, step.id, contract.id,
               step.state, start.allocation_id, NULL, NULL
          FROM contract
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
          JOIN contract_step AS step ON step.contract_id = contract.id
         WHERE step.event IN ('contract.closed', 'contract.completed', 'contract.declined',
                              'contract.failed', 'contract.lapsed', 'contract.withdrawn')
           AND lacks_outcome(record.id)
        UNION ALL
        -- New arrests since a contract began that runs, of whoever is the same person, which no
        -- review names.
        SELECT 'arrest_unreviewed', record.id, record.suite, day_in_england(other.arrested_at),
               other.id, contract.id, NULL, start.allocation_id, NULL, NULL
          FROM contract
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
          JOIN contract_step AS began ON began.contract_id = contract.id
                                     AND began.event = 'contract.started'
         CROSS JOIN LATERAL same_person_ids(record.person_id) AS same (id)
          JOIN custody_record AS other ON other.person_id = same.id AND other.id <> record.id
                                      AND other.arrested_at > began.happened_at
         WHERE contract.state IN ('active', 'suspended')
           AND NOT EXISTS (SELECT FROM breach_review AS review
                            WHERE review.contract_id = contract.id
                              AND review.other_record_id = other.id)
        UNION ALL
        -- Reviews and victims' objections that wait for somebody who had no part in them.
        SELECT 'review_due', record.id, record.suite, review.due_on::timestamp AT TIME ZONE 'UTC',
               review.id, contract.id, NULL, start.allocation_id, review.raised_by, NULL
          FROM breach_review AS review
          JOIN contract ON contract.id = review.contract_id
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
         WHERE NOT EXISTS (SELECT FROM breach_decision AS decision
                            WHERE decision.review_id = review.id)
        UNION ALL
        SELECT 'challenge_open', record.id, record.suite,
               challenge.due_on::timestamp AT TIME ZONE 'UTC',
               challenge.id, contract.id, NULL, start.allocation_id, challenge.recorded_by, NULL
          FROM victim_challenge AS challenge
          JOIN contract ON contract.id = challenge.contract_id
          JOIN custody_record AS record ON record.id = contract.custody_record_id
          JOIN programme_start AS start ON start.id = contract.programme_start_id
         WHERE NOT EXISTS (SELECT FROM victim_challenge_decision AS decision
                            WHERE decision.challenge_id = challenge.id)
        UNION ALL
        -- Offers of a case that can still be answered.
        SELECT 'handover_unanswered', record.id, record.suite, offer.offered_at, offer.id, offer.id,
               NULL, allocation.id, NULL, offer.cover_last_day
          FROM navigator_handover AS offer
          JOIN navigator_assignment AS held ON held.id = offer.assignment_id
                                           AND held.ended_at IS NULL
          JOIN custody_record AS record ON record.id = held.custody_record_id
          LEFT JOIN allocation ON allocation.custody_record_id = record.id
         WHERE NOT EXISTS (SELECT FROM navigator_handover_answer AS answer
                            WHERE answer.handover_id = offer.id)
           AND NOT EXISTS (SELECT FROM navigator_handover AS later
                            WHERE later.assignment_id = offer.assignment_id
                              AND later.number > offer.number)
        UNION ALL
        -- Glass that somebody broke, and nobody has reviewed.
        SELECT 'glass_to_review', record.id, record.suite, glass.broken_at, glass.id, glass.id,
               NULL, NULL, glass.broken_by, NULL
          FROM broken_glass AS glass
          JOIN custody_record AS record ON record.id = glass.custody_record_id
         WHERE NOT EXISTS (SELECT FROM broken_glass_review AS review
                            WHERE review.broken_glass_id = glass.id)
    """)
    for function in ("lacks_outcome(uuid)", "day_in_england(timestamptz)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT SELECT ON {TABLE} TO checkpoint_api")


def downgrade() -> None:
    op.execute("DROP VIEW open_matter_now")
    op.execute("DROP FUNCTION day_in_england(timestamptz)")
    op.execute("DROP FUNCTION lacks_outcome(uuid)")
    op.drop_table(TABLE)
