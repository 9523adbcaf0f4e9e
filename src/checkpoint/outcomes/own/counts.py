"""How many came to each gate before allocation, and where the others stopped. Nobody's case."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent.references import label_of
from checkpoint.consent.states import ConsentAnswer
from checkpoint.custody.circumstances.states import OmissionReason
from checkpoint.custody.states import label
from checkpoint.eligibility import lookups
from checkpoint.eligibility.rules import parse
from checkpoint.foundation.calendar import london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import AGE_BANDS, GATES, NOT_TOLD, UNMET
from checkpoint.trials.queries import Standing

ACROSS = ("gate", "suite", "sex", "ethnicity", "age_band")
OMITTED: Mapping[str, str] = {reason.value: label(reason) for reason in OmissionReason}
AGE_BAND = " ".join(
    f"WHEN years < {ends} THEN '{band}'" if ends else f"WHEN years IS NOT NULL THEN '{band}'"
    for band, ends in AGE_BANDS.items()
)
INSTANT = timedelta(microseconds=1)  # so that what happens at that moment counts
# Each case stands at the last gate it came to; whoever came to one came to all before it.
REACHED = sa.text(f"""
    WITH arrested AS (
        SELECT record.id, record.person_id, record.arrested_at,
               coalesce(stratum.suite, record.suite) AS suite,
               allocation.id AS allocation_id
          FROM custody_record AS record
          LEFT JOIN allocation ON allocation.custody_record_id = record.id
               AND allocation.trial_id = :trial_id AND allocated_at <= :known
          LEFT JOIN trial_stratum AS stratum ON stratum.id = allocation.trial_stratum_id
         WHERE allocation.id IS NOT NULL
            OR (record.suite = ANY(:suites) AND record.opened_at <= :known
                AND record.arrested_at >= :since AND record.arrested_at < :until)
    ), decided AS (
        SELECT DISTINCT ON (custody_record_id) custody_record_id,
               coalesce(
                   (SELECT verdict FROM determination
                     WHERE eligibility_decision_id = decision.id AND determined_at <= :known),
                   (SELECT override.verdict FROM eligibility_override AS override
                      JOIN override_answer AS answer ON answer.eligibility_override_id = override.id
                     WHERE override.eligibility_decision_id = decision.id
                       AND outcome = 'confirmed' AND answered_at <= :known
                     ORDER BY answered_at DESC LIMIT 1),
                   verdict) AS verdict, not_met ->> 0 AS first_not_met
          FROM eligibility_decision AS decision JOIN arrested ON arrested.id = custody_record_id
         WHERE decided_at <= :known
         ORDER BY custody_record_id, decision.number DESC
    ), answered AS (
        SELECT DISTINCT ON (custody_record_id, kind) custody_record_id, kind, answer,
               consent.reason_code
          FROM consent JOIN consent_asking AS asking ON asking.id = consent_asking_id
          JOIN arrested ON arrested.id = custody_record_id
         WHERE taken_at <= :known AND kind IN ('programme', 'research')
         ORDER BY custody_record_id, kind, asking.number DESC
    ), stood AS (
        SELECT arrested.*, decided.verdict, decided.first_not_met,
               EXISTS (SELECT FROM screening WHERE custody_record_id = arrested.id
                          AND saved_at <= :known) AS is_screened,
               (SELECT reason FROM screening_omission WHERE custody_record_id = arrested.id
                   AND recorded_at <= :known ORDER BY number DESC LIMIT 1) AS omitted,
               (SELECT count(*) FROM answered WHERE custody_record_id = arrested.id
                   AND answer = 'given') AS given,
               (SELECT min(coalesce(reason_code, 'no_reason')) FROM answered
                 WHERE custody_record_id = arrested.id AND answer <> 'given') AS declined
          FROM arrested LEFT JOIN decided ON decided.custody_record_id = arrested.id
    ), reached AS (
        SELECT stood.*,
               CASE WHEN allocation_id = ANY(:standing) THEN 'allocated'
                    WHEN allocation_id IS NOT NULL OR (verdict = 'eligible' AND given = 2)
                         THEN 'consented'
                    WHEN verdict = 'eligible' THEN 'eligible'
                    WHEN is_screened THEN 'screened'
                    ELSE 'arrested' END AS gate
          FROM stood
    )
    SELECT gate,
           CASE gate WHEN 'arrested' THEN coalesce(omitted, '{NOT_TOLD}')
                     WHEN 'screened' THEN CASE
                          WHEN verdict = 'ineligible' AND first_not_met IS NOT NULL
                               THEN '{UNMET}' || first_not_met
                          ELSE coalesce(verdict, 'not_decided') END
                     WHEN 'eligible' THEN coalesce(declined, 'not_asked')
                     WHEN 'consented' THEN
                          CASE WHEN allocation_id IS NULL THEN 'not_allocated'
                               ELSE 'allocated_before' END END AS stopped,
           reached.suite, person.sex,
           CASE left(self_defined_ethnicity, 1)
                WHEN 'W' THEN 'white' WHEN 'M' THEN 'mixed' WHEN 'A' THEN 'asian'
                WHEN 'B' THEN 'black' WHEN 'O' THEN 'other' END AS ethnicity,
           CASE {AGE_BAND} END AS age_band,
           count(*) AS cases
      FROM reached JOIN person ON person.id = survivor_of(reached.person_id)
      CROSS JOIN LATERAL (
           SELECT coalesce(
                      extract(year FROM age(reached.arrested_at, date_of_birth))::integer,
                      estimated_age_years) AS years) AS old
     GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
""").bindparams(  # noqa: S608 - words of our own
    sa.bindparam("trial_id", type_=sa.Uuid()),
    sa.bindparam("known", type_=sa.DateTime(timezone=True)),
    sa.bindparam("since", type_=sa.DateTime(timezone=True)),
    sa.bindparam("until", type_=sa.DateTime(timezone=True)),
    sa.bindparam("suites", type_=ARRAY(sa.String())),
    sa.bindparam("standing", type_=ARRAY(sa.Uuid())),
)


async def flow(
    session: AsyncSession,
    trial: Standing,
    standing: Collection[UUID],
    *,
    until: datetime,
    last: date,
) -> dict[str, Any]:
    """How many cases came to each gate before allocation.

    Args:
        session: the caller's.
        trial: the trial.
        standing: the allocations that stand, so that the last gate has as many as the cut.
        until: what was on record by then counts.
        last: the last day that counts. Cases stand where they stood when it was over: whoever was
            allocated later is counted at the gate they had come to, and a later arrest not at all.

    Returns:
        ``gates``: how many came to each, from arrest to allocation; each is those who stopped there
        and those of the next. ``stopped``: how many did at each, by reason; of those not eligible,
        by the first criterion of the rules that they did not meet. ``words``: the same reasons as
        their lists have them now, so that a cut tells them for good. ``by``: how many stand at each
        gate, by suite, sex, ethnicity and age band; None is not known.
    """
    known = min(until, london_midnight(last + timedelta(days=1)) - INSTANT)
    rows = await rows_of(
        session,
        REACHED,
        trial_id=trial.id,
        known=known,
        suites=sorted(trial.strata),
        standing=[*standing],
        **_span(trial, known),
    )
    at: Counter[str] = Counter()
    stopped: dict[str, Counter[str]] = {gate: Counter() for gate in GATES[:-1]}
    by: Counter[tuple[str | None, ...]] = Counter()
    for row in rows:
        at[row.gate] += row.cases
        by[tuple(getattr(row, name) for name in ACROSS)] += row.cases
        if row.gate in stopped:
            stopped[row.gate][row.stopped] += row.cases
    came = {gate: sum(at[later] for later in GATES[place:]) for place, gate in enumerate(GATES)}
    return {
        "gates": came,
        "stopped": {gate: dict(told) for gate, told in stopped.items()},
        "words": await _words(session, stopped),
        "by": [dict(zip(ACROSS, each, strict=True), cases=count) for each, count in by.items()],
    }


def _span(trial: Standing, until: datetime) -> dict[str, datetime]:
    """While the trial was open, as far as that was over."""
    ends = [until + INSTANT, *([trial.closed_at] if trial.closed_at else [])]
    if trial.protocol.closes_on is not None:
        ends.append(london_midnight(trial.protocol.closes_on))
    return {"since": london_midnight(trial.protocol.opens_on), "until": min(ends)}


async def _words(
    session: AsyncSession, stopped: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, str]]:
    """What the reasons are called, by gate; those that no list has are left out."""
    unmet = {code for code in stopped["screened"] if code.startswith(UNMET)}
    questions = await _questions(session) if unmet else {}
    declined = {code: label_of(ConsentAnswer.DECLINED, code) for code in stopped["eligible"]}
    return {
        "arrested": {code: OMITTED[code] for code in stopped["arrested"] if code in OMITTED},
        "screened": {code: questions[code] for code in unmet if code in questions},
        "eligible": {code: words for code, words in declined.items() if words != code},
    }


async def _questions(session: AsyncSession) -> dict[str, str]:
    """What each criterion asks, by the latest rules that have it."""
    return {
        f"{UNMET}{criterion.code}": criterion.question
        for row in await lookups.rule_sets(session)
        for criterion in parse(row.content).criteria
    }
