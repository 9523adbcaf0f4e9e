"""Read what stood on record of a trial at a moment: draws, delivery, follow-up, particulars."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.delivery.references import known
from checkpoint.foundation.database import rows_of

AT = sa.bindparam("until", type_=sa.DateTime(timezone=True))
TRIAL_ID = sa.bindparam("trial_id", type_=sa.Uuid())
ALLOCATED = """
    SELECT allocation.* FROM allocation
     WHERE allocation.trial_id = :trial_id AND allocated_at <= :until
"""
DRAWN = sa.text(f"""
    SELECT drawn.id, drawn.allocated_at, drawn.slot_id, drawn.custody_record_id, record.person_id,
           stratum.suite, decision.facts, rules.version AS rules
      FROM ({ALLOCATED}) AS drawn
      JOIN custody_record AS record ON record.id = drawn.custody_record_id
      JOIN trial_stratum AS stratum ON stratum.id = drawn.trial_stratum_id
      JOIN eligibility_decision AS decision ON decision.id = drawn.eligibility_decision_id
      JOIN rule_set_version AS rules ON rules.id = decision.rule_set_version_id
     ORDER BY drawn.allocated_at, drawn.id
""").bindparams(TRIAL_ID, AT)  # noqa: S608 - nothing of a caller's is in these
SEALED = sa.text("SELECT slot_id, arm FROM drawn_slots(:trial_id)").bindparams(TRIAL_ID)
MERGES = sa.text("""
    SELECT other_id, kept_id FROM person_merge
     WHERE merged_at <= :until
       AND NOT EXISTS (SELECT FROM person_parting
                        WHERE person_merge_id = person_merge.id AND parted_at <= :until)
""").bindparams(AT)
PEOPLE = sa.text("""
    SELECT id, sex, self_defined_ethnicity, local_authority FROM person WHERE id = ANY(:people)
""").bindparams(sa.bindparam("people", type_=ARRAY(sa.Uuid())))
CORRECTED = sa.text("""
    SELECT person_id, field, corrected_at, before FROM person_correction
     WHERE person_id = ANY(:people) AND corrected_at > :until
""").bindparams(sa.bindparam("people", type_=ARRAY(sa.Uuid())), AT)
STARTED = sa.text(f"""
    SELECT drawn.id FROM ({ALLOCATED}) AS drawn
      JOIN programme_start ON allocation_id = drawn.id WHERE recorded_at <= :until
""").bindparams(TRIAL_ID, AT)  # noqa: S608
DEVIATED = sa.text(f"""
    SELECT drawn.id FROM ({ALLOCATED}) AS drawn
      JOIN deviation ON allocation_id = drawn.id WHERE recorded_at <= :until
""").bindparams(TRIAL_ID, AT)  # noqa: S608
DISPOSED = sa.text(f"""
    SELECT drawn.id FROM ({ALLOCATED}) AS drawn
      JOIN alleged_offence AS first
        ON first.custody_record_id = drawn.custody_record_id AND first.replaces_id IS NULL
      LEFT JOIN LATERAL (
           SELECT outcome_code FROM disposal
            WHERE first_entry_id = first.id AND recorded_at <= :until
            ORDER BY number DESC LIMIT 1) AS last ON true
     GROUP BY drawn.id
    HAVING bool_and(coalesce(outcome_code <> ALL(:open_codes), false))
""").bindparams(TRIAL_ID, AT, sa.bindparam("open_codes", type_=ARRAY(sa.String())))  # noqa: S608
NOTED = sa.text(f"""
    SELECT drawn.id, kind FROM ({ALLOCATED}) AS drawn
      JOIN allocation_annotation AS noted ON noted.allocation_id = drawn.id
     WHERE noted_at <= :until
""").bindparams(TRIAL_ID, AT)  # noqa: S608
CONTRACTS = sa.text(f"""
    SELECT DISTINCT ON (contract.id) drawn.id, step.state FROM ({ALLOCATED}) AS drawn
      JOIN contract ON contract.custody_record_id = drawn.custody_record_id
      JOIN contract_step AS step ON step.contract_id = contract.id
     WHERE step.recorded_at <= :until
     ORDER BY contract.id, step.number DESC
""").bindparams(TRIAL_ID, AT)  # noqa: S608
NEEDS = sa.text(f"""
    SELECT drawn.id, assessment.id AS assessment_id, timepoint, needs_instrument_id, assessed_at,
           pathway, score
      FROM ({ALLOCATED}) AS drawn
      JOIN needs_assessment AS assessment
        ON assessment.custody_record_id = drawn.custody_record_id AND completed_at <= :until
      JOIN needs_pathway ON needs_assessment_id = assessment.id
     WHERE timepoint IN ('baseline', 'exit')
       AND NOT EXISTS (SELECT FROM needs_assessment AS later
                        WHERE later.corrects_id = assessment.id AND later.completed_at <= :until)
     ORDER BY assessment.number
""").bindparams(TRIAL_ID, AT)  # noqa: S608
# Who agreed to the research no longer by then: they are left out of what is taken for it.
WITHDRAWN = sa.text(f"""
    SELECT last.id FROM (
        SELECT DISTINCT ON (drawn.id) drawn.id, consent.id AS consent_id, answer
          FROM ({ALLOCATED}) AS drawn
          JOIN consent_asking AS asking ON asking.custody_record_id = drawn.custody_record_id
          JOIN consent ON consent_asking_id = asking.id
         WHERE consent.kind = 'research' AND taken_at <= :until
         ORDER BY drawn.id, asking.number DESC) AS last
     WHERE answer <> 'given'
        OR EXISTS (SELECT FROM consent_withdrawal AS taken_back
                    WHERE taken_back.consent_id = last.consent_id AND recorded_at <= :until)
""").bindparams(TRIAL_ID, AT)  # noqa: S608
COVERED = sa.text("""
    SELECT DISTINCT allocation_id, followed_until
      FROM follow_up_row JOIN follow_up_batch AS batch ON batch.id = batch_id
     WHERE batch.trial_id = :trial_id AND received_at <= :until AND allocation_id IS NOT NULL
""").bindparams(TRIAL_ID, AT)
# Of rows with one key, the last version of then; and not where the source has taken it back.
TOLD = sa.text("""
    SELECT * FROM (
        SELECT DISTINCT ON (source, row_key) entry.* FROM follow_up_entry AS entry
          JOIN follow_up_batch AS batch ON batch.id = entry.batch_id
         WHERE entry.trial_id = :trial_id AND received_at <= :until
         ORDER BY entry.source, row_key, version DESC) AS last
     WHERE kind NOT IN ('withdrawn', 'nothing') ORDER BY source, row_key
""").bindparams(TRIAL_ID, AT)
MEASURED = sa.text(f"""
    SELECT drawn.id, kind, value, victim_id, taken_on FROM ({ALLOCATED}) AS drawn
      JOIN case_measure AS measure ON measure.custody_record_id = drawn.custody_record_id
     WHERE NOT withdrawn AND recorded_at <= :until
       AND NOT EXISTS (SELECT FROM case_measure AS later
                        WHERE later.corrects_id = measure.id AND later.recorded_at <= :until)
     ORDER BY taken_on, recorded_at, measure.id
""").bindparams(TRIAL_ID, AT)  # noqa: S608
CLASSES = sa.text("SELECT code, offence_class FROM offence_classification")


@dataclass(frozen=True)
class OnRecord:
    """What stood on record of a trial's allocations, by their ids."""

    started: frozenset[UUID]
    deviated: frozenset[UUID]
    disposed: frozenset[UUID]
    noted: Mapping[UUID, Sequence[str]]
    contracts: Mapping[UUID, Sequence[str]]
    needs: Mapping[UUID, Sequence[Any]]
    measured: Mapping[UUID, Sequence[Any]]


async def drawn(session: AsyncSession, trial_id: UUID, until: datetime) -> Sequence[Any]:
    """Everybody's draw, with the case, its locked facts and its stratum; never an arm."""
    return await rows_of(session, DRAWN, trial_id=trial_id, until=until)


async def sealed(session: AsyncSession, trial_id: UUID) -> dict[UUID, bytes]:
    """The arm of each place that was drawn, as it is sealed."""
    return {row.slot_id: row.arm for row in await rows_of(session, SEALED, trial_id=trial_id)}


async def merges(session: AsyncSession, until: datetime) -> list[tuple[UUID, UUID]]:
    """The merges of people that stood then."""
    return [(row.other_id, row.kept_id) for row in await rows_of(session, MERGES, until=until)]


async def people(
    session: AsyncSession, ids: Sequence[UUID], until: datetime
) -> tuple[dict[UUID, Any], dict[UUID, list[tuple[str, datetime, str | None]]]]:
    """Particulars of people as they stand, and what was put right of them since then."""
    rows = {row.id: row for row in await rows_of(session, PEOPLE, people=[*ids])}
    later = defaultdict(list)
    for row in await rows_of(session, CORRECTED, people=[*ids], until=until):
        later[row.person_id].append((row.field, row.corrected_at, row.before))
    return rows, later


async def on_record(session: AsyncSession, trial_id: UUID, until: datetime) -> OnRecord:
    """What everybody was given, and what was noted of them."""
    given = {"trial_id": trial_id, "until": until}
    open_codes = [*known().open_codes]
    return OnRecord(
        started=_ids(await rows_of(session, STARTED, **given)),
        deviated=_ids(await rows_of(session, DEVIATED, **given)),
        disposed=_ids(await rows_of(session, DISPOSED, **given, open_codes=open_codes)),
        noted=_listed(await rows_of(session, NOTED, **given), lambda row: row.kind),
        contracts=_listed(await rows_of(session, CONTRACTS, **given), lambda row: row.state),
        needs=_listed(await rows_of(session, NEEDS, **given), lambda row: row),
        measured=_listed(await rows_of(session, MEASURED, **given), lambda row: row),
    )


async def withdrawn(session: AsyncSession, trial_id: UUID, until: datetime) -> frozenset[UUID]:
    """The allocations of those who agreed to the research no longer."""
    return _ids(await rows_of(session, WITHDRAWN, trial_id=trial_id, until=until))


async def covered(session: AsyncSession, trial_id: UUID, until: datetime) -> Sequence[Any]:
    """Of whom follow-up tells until when."""
    return await rows_of(session, COVERED, trial_id=trial_id, until=until)


async def told(session: AsyncSession, trial_id: UUID, until: datetime) -> Sequence[Any]:
    """What follow-up told of anybody, each row as its source had it last."""
    return await rows_of(session, TOLD, trial_id=trial_id, until=until)


async def offence_classes(session: AsyncSession) -> dict[str, str]:
    """The programme's own class of each offence code."""
    return {row.code: row.offence_class for row in await rows_of(session, CLASSES)}


def _ids(rows: Sequence[Any]) -> frozenset[UUID]:
    return frozenset(row.id for row in rows)


def _listed(rows: Sequence[Any], what: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.id].append(what(row))
    return found
