"""How many cases came how far, by week and suite; and what is known of them. Nobody's case."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.calendar import london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.monitor.facts import KNOWN
from checkpoint.oversight.counts import RATES
from checkpoint.trials.queries import Standing

INSTANT = timedelta(microseconds=1)  # so that what happens at this moment counts
# Where a case belonged when it was screened or decided: whence the next movement took it.
_PASSED = """
    WITH passed AS (
        SELECT 'screened' AS step, custody_record_id, saved_at AS at, id AS mark
          FROM screening WHERE number = 1
        UNION ALL
        SELECT 'eligible', custody_record_id, decided_at, id
          FROM eligibility_decision WHERE verdict = 'eligible'
        UNION ALL
        SELECT 'eligible', custody_record_id, determined_at, decision.id
          FROM determination JOIN eligibility_decision AS decision
            ON decision.id = eligibility_decision_id
         WHERE determination.verdict = 'eligible'
        UNION ALL
        SELECT 'eligible', custody_record_id, answered_at, decision.id
          FROM eligibility_override AS override
          JOIN override_answer ON eligibility_override_id = override.id
          JOIN eligibility_decision AS decision ON decision.id = eligibility_decision_id
         WHERE override.verdict = 'eligible' AND outcome = 'confirmed'
        UNION ALL
        SELECT 'consented', custody_record_id,
               greatest(min(taken_at) FILTER (WHERE kind = 'programme'),
                        min(taken_at) FILTER (WHERE kind = 'research')),
               (array_agg(eligibility_decision_id ORDER BY taken_at DESC))[1]
          FROM consent JOIN consent_asking ON consent_asking.id = consent_asking_id
         WHERE answer = 'given' AND kind IN ('programme', 'research')
         GROUP BY custody_record_id HAVING count(DISTINCT kind) = 2
    ), came AS (
        SELECT DISTINCT ON (step, custody_record_id) step, custody_record_id, at,
               coalesce((SELECT from_suite FROM movement
                          WHERE movement.custody_record_id = passed.custody_record_id
                            AND movement.id > mark ORDER BY number LIMIT 1),
                        custody_record.suite) AS suite
          FROM passed JOIN custody_record ON custody_record.id = custody_record_id
         WHERE at >= :since AND at < :until
         ORDER BY step, custody_record_id, at
    ), stepped AS (
        SELECT step, custody_record_id, at, suite FROM came WHERE suite = ANY(:suites)
        UNION ALL
        SELECT 'allocated', custody_record_id, allocated_at, trial_stratum.suite
          FROM allocation JOIN trial_stratum ON trial_stratum.id = trial_stratum_id
         WHERE allocation.trial_id = :trial_id
    )
"""
BINDS = (
    sa.bindparam("since", type_=sa.DateTime(timezone=True)),
    sa.bindparam("until", type_=sa.DateTime(timezone=True)),
    sa.bindparam("suites", type_=ARRAY(sa.String())),
    sa.bindparam("trial_id", type_=sa.Uuid()),
)
BY_WEEK = sa.text(f"""{_PASSED}
    SELECT step, suite, date_trunc('week', at AT TIME ZONE 'Europe/London')::date AS week,
           count(*) AS cases
      FROM stepped GROUP BY 1, 2, 3 ORDER BY 3, 2, 1
""").bindparams(*BINDS)  # noqa: S608 - nothing of a caller's is in it
# When a case has each of ``facts.KNOWN``; of a consent, any answer.
CONDITIONS: Mapping[str, str] = {
    "age": "num_nonnulls(person.date_of_birth, person.estimated_age_years) > 0",
    "sex": "person.sex IS NOT NULL",
    "self_defined_ethnicity": "person.self_defined_ethnicity IS NOT NULL",
    "self_defined_ethnicity_stated": "person.self_defined_ethnicity <> 'NS'",
    "observed_ethnicity": "person.observed_ethnicity IS NOT NULL",
    "local_authority": "person.local_authority IS NOT NULL",
    "safeguards": """EXISTS (
        SELECT FROM safeguard WHERE safeguard.custody_record_id = record.id
           AND appropriate_adult_needed IS NOT NULL AND interpreter_needed IS NOT NULL)""",
    "officer_risk_view": """EXISTS (
        SELECT FROM officer_risk_view AS own WHERE own.custody_record_id = record.id)""",
    "risk_forecast": """EXISTS (
        SELECT FROM risk_forecast AS said WHERE said.custody_record_id = record.id)""",
}
_ANSWERED = """EXISTS (SELECT FROM consent JOIN consent_asking AS asked
                         ON asked.id = consent_asking_id
                       WHERE asked.custody_record_id = record.id AND kind = '{kind}')"""


def _known(fact: str) -> str:
    answered = _ANSWERED.format(kind=fact.removeprefix("consent_to_"))
    condition = CONDITIONS.get(fact, answered)
    return f"count(*) FILTER (WHERE {condition}) AS {fact}"


COMPLETE = sa.text(f"""{_PASSED}
    SELECT step, count(*) AS cases, {", ".join(map(_known, KNOWN))}
      FROM stepped JOIN custody_record AS record ON record.id = stepped.custody_record_id
      JOIN person ON person.id = survivor_of(record.person_id)
     WHERE step IN ('eligible', 'allocated') GROUP BY step
""").bindparams(*BINDS)  # noqa: S608 - nothing of a caller's is in it
REFUSED = sa.text("""
    SELECT kind, reason_code, count(*) AS cases
      FROM (SELECT DISTINCT ON (asked.custody_record_id, kind) kind, reason_code, taken_at,
                   coalesce((SELECT from_suite FROM movement
                              WHERE movement.custody_record_id = asked.custody_record_id
                                AND movement.id > eligibility_decision_id
                              ORDER BY movement.number LIMIT 1), custody_record.suite) AS suite
              FROM consent JOIN consent_asking AS asked ON asked.id = consent_asking_id
              JOIN custody_record ON custody_record.id = asked.custody_record_id
             ORDER BY asked.custody_record_id, kind, asked.number DESC) AS last
     WHERE suite = ANY(:suites) AND taken_at >= :since AND taken_at < :until
     GROUP BY kind, reason_code ORDER BY kind, reason_code NULLS FIRST
""").bindparams(*BINDS[:3])


def _span(trial: Standing, at: datetime) -> dict[str, Any]:
    """While the trial was open, as far as that is over."""
    ends = [at + INSTANT, *([trial.closed_at] if trial.closed_at else [])]
    if trial.protocol.closes_on is not None:
        ends.append(london_midnight(trial.protocol.closes_on))
    return {
        "suites": sorted(trial.strata),
        "since": london_midnight(trial.protocol.opens_on),
        "until": min(ends),
    }


async def by_week(session: AsyncSession, trial: Standing, *, at: datetime) -> Sequence[Any]:
    """Rows of ``cases`` by ``step``, ``suite`` and ``week``."""
    return await rows_of(session, BY_WEEK, trial_id=trial.id, **_span(trial, at))


async def completeness(session: AsyncSession, trial: Standing, *, at: datetime) -> Sequence[Any]:
    """A row for each stage that has cases: how many, and how many have each fact."""
    return await rows_of(session, COMPLETE, trial_id=trial.id, **_span(trial, at))


async def answers(session: AsyncSession, trial: Standing, *, at: datetime) -> Sequence[Any]:
    """The last answer in each case, by kind and reason; without a reason it was given."""
    return await rows_of(session, REFUSED, **_span(trial, at))


async def overrides(session: AsyncSession, trial: Standing, *, at: datetime) -> Sequence[Any]:
    """Decisions and overrides by suite, while the trial was open."""
    return await rows_of(session, RATES, **_span(trial, at))
