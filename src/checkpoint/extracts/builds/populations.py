"""Of whom an extract is, in SQL; and whether an earlier release was of nearly the same people."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.extracts.builds import queries
from checkpoint.extracts.differencing import Difference, told_apart, too_close
from checkpoint.extracts.references import Policy, policy_on
from checkpoint.extracts.states import PopulationTooClose
from checkpoint.foundation.database import executed, rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.outcomes.cuts import queries as cuts

# By what narrows a population: a column of the views and of the tables alike, and how.
NARROWED = {
    "sex": "sex = ANY({})",
    "ethnicity": "ethnicity = ANY({})",
    "offence_group": "offence_group = ANY({})",
    "residence": "residence = ANY({})",
    "age_from": "age >= {}",
    "age_to": "age <= {}",
    "observed_days": "observed_days >= {}",
}
# What of people two cuts may differ in that no extract has.
NOWHERE = frozenset({"stratum", "custody_day"})
COMPARED = [name for name in cuts.FIELDS if name not in NOWHERE]
Cohort = tuple[UUID, Mapping[str, Any]]
# A million people are compared in seconds, which is more than a request is given.
PATIENCE = "SET LOCAL statement_timeout = '60s'"


def narrowed(population: Mapping[str, Any], *, place: str, first: int = 0) -> tuple[str, list[Any]]:
    """What narrows a population, as conditions of SQL.

    Args:
        population: see ``schemas.Population``; none of it is written into the SQL.
        place: how a parameter is written, with ``{}`` for what counts it.
        first: what the first counts.

    Returns:
        Conditions, each after an AND, and their values in order.
    """
    names = [name for name in NARROWED if name in population]
    conditions = [
        f" AND {NARROWED[name].format(place.format(number))}"
        for number, name in enumerate(names, first)
    ]
    return "".join(conditions), [population[name] for name in names]


async def people(session: AsyncSession, cut_id: UUID, population: Mapping[str, Any]) -> int:
    """How many people an extract is about."""
    conditions, values = narrowed(population, place=":v{}")
    (found,) = await rows_of(
        session,
        sa.text(
            f"SELECT count(*) AS people FROM cut_participant WHERE cut_id = :cut_id{conditions}"  # noqa: S608 - words of our own
        ),
        cut_id=cut_id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return int(found.people)


async def difference(
    session: AsyncSession, earlier: Cohort, now: Cohort, *, closely: bool, most: int
) -> Difference:
    """In how many people two populations differ, and of how many in both not the same is held.

    Args:
        session: the caller's.
        earlier: data cut and population of a release.
        now: those of another extract.
        closely: whether those of whom something changed are also counted among these populations;
            otherwise in the two cuts alone, so that whoever asks tells nothing of smaller groups.
        most: of whom something changed are counted up to so many.
    """
    if earlier == now:
        return Difference()
    before, given_before = narrowed(earlier[1], place=":b{}")
    after, given_after = narrowed(now[1], place=":n{}")
    statement = sa.text(f"""
        WITH before AS MATERIALIZED (
            SELECT participant_id FROM cut_participant WHERE cut_id = :earlier{before}
        ), after AS MATERIALIZED (
            SELECT participant_id FROM cut_participant WHERE cut_id = :now{after}
        )
        SELECT count(*) FILTER (WHERE after.participant_id IS NULL) AS gone,
               count(*) FILTER (WHERE before.participant_id IS NULL) AS added
          FROM before FULL JOIN after USING (participant_id)
    """)  # noqa: S608 - words of our own
    given = {f"b{n}": value for n, value in enumerate(given_before)}
    given |= {f"n{n}": value for n, value in enumerate(given_after)}
    (found,) = await rows_of(session, statement, earlier=earlier[0], now=now[0], **given)
    changed = 0
    if earlier[0] != now[0]:
        changed = await _changed(session, (earlier[0], {}), (now[0], {}), most=most)
        if closely and changed >= most:
            changed = await _changed(session, earlier, now, most=most)
    return Difference(gone=found.gone, added=found.added, changed=changed)


async def _changed(session: AsyncSession, earlier: Cohort, now: Cohort, *, most: int) -> int:
    """Of how many people in both something else is held, events too; counted up to ``most``.

    Every field counts, whatever is asked for: what is refused says nothing of single fields.
    """
    before, given_before = narrowed(earlier[1], place=":b{}")
    after, given_after = narrowed(now[1], place=":n{}")
    both = f"""
        FROM (SELECT * FROM cut_participant WHERE cut_id = :earlier{before}) AS before
        JOIN (SELECT * FROM cut_participant WHERE cut_id = :now{after}) AS after
             USING (participant_id)
    """  # noqa: S608 - words of our own
    one, other = (", ".join(f"{side}.{name}" for name in COMPARED) for side in ("before", "after"))
    people = f"SELECT participant_id {both} WHERE ROW({one}) IS DISTINCT FROM ROW({other})"  # noqa: S608
    events = f"""
        SELECT participant_id FROM cut_event JOIN (SELECT participant_id {both}) AS held
               USING (participant_id)
         WHERE cut_id IN (:earlier, :now)
         GROUP BY participant_id, measure, day, offence_group, harm_days, proactively_detected
        HAVING count(*) FILTER (WHERE cut_id = :now) <> count(*) FILTER (WHERE cut_id = :earlier)
    """  # noqa: S608 - words of our own
    given = {f"b{n}": value for n, value in enumerate(given_before)}
    given |= {f"n{n}": value for n, value in enumerate(given_after)}
    counted = 0
    for query in (people, f"{people} UNION {events}"):  # mostly the first is enough, and quick
        statement = sa.text(f"SELECT count(*) AS people FROM ({query} LIMIT :most) AS found")  # noqa: S608
        (found,) = await rows_of(
            session, statement, earlier=earlier[0], now=now[0], most=most, **given
        )
        counted = int(found.people)
        if counted >= most:
            break
    return counted


async def crowds(
    session: AsyncSession, releases: Sequence[tuple[UUID, Mapping[str, Any]]]
) -> dict[str, int]:
    """How many people are in just the same releases.

    Args:
        session: the caller's.
        releases: data cut and population of each.

    Returns:
        People by a 1 or 0 for each release, in the order given; nobody is in none.
    """
    width, parts, given = len(releases), [], dict[str, Any]()
    for number, (cut_id, population) in enumerate(releases):
        conditions, values = narrowed(population, place=f":r{number}v{{}}")
        bits = "0" * number + "1" + "0" * (width - number - 1)
        parts.append(
            f"SELECT participant_id, B'{bits}' AS held FROM cut_participant "  # noqa: S608 - words of our own
            f"WHERE cut_id = :r{number}{conditions}"
        )
        given |= {f"r{number}": cut_id}
        given |= {f"r{number}v{place}": value for place, value in enumerate(values)}
    statement = sa.text(f"""
        SELECT CAST(held AS text) AS releases, count(*) AS people
          FROM (SELECT participant_id, bit_or(held) AS held
                  FROM ({" UNION ALL ".join(parts)}) AS told
                 GROUP BY participant_id) AS person
         GROUP BY held
    """)  # noqa: S608 - words of our own
    return {row.releases: row.people for row in await rows_of(session, statement, **given)}


async def is_too_close(
    session: AsyncSession,
    cut: Any,
    population: Mapping[str, Any],
    *,
    policy: Policy,
    closely: bool = True,
) -> bool:
    """Whether any release of the trial was of nearly the same people, or told nearly the same.

    What was released counts for ever, whatever has become of its key and of its package.
    """
    await executed(session, sa.text(PATIENCE), {})
    earlier = {
        (row.cut_id, tuple(sorted(map(repr, row.population.items())))): row
        for row in await queries.releases_in(session, cut.trial_id)
    }
    now = (cut.id, dict(population))
    if any((row.cut_id, row.population) == now for row in earlier.values()):
        return False  # the same again tells nothing new
    for row in earlier.values():
        found = await difference(
            session,
            (row.cut_id, row.population),
            now,
            closely=closely,
            most=policy.people.differing,
        )
        if too_close(found, policy):
            return True
    releases = [*((row.cut_id, row.population) for row in earlier.values()), now]
    if len(releases) == 2:
        return False
    return await asyncio.to_thread(told_apart, await crowds(session, releases), policy)


async def check(
    session: AsyncSession, cut: Any, population: Mapping[str, Any], *, today: date
) -> None:
    """A population may be asked for.

    Raises:
        RuleBroken: too-few-people.
        PopulationTooClose: an earlier release was of nearly the same people.
    """
    policy = policy_on(today)
    if await people(session, cut.id, population) < policy.people.differing:
        raise RuleBroken(
            "#/population",
            "too-few-people",
            f"Ask for {policy.people.differing} people or more; nothing is told of fewer.",
        )
    if await is_too_close(session, cut, population, policy=policy, closely=False):
        raise PopulationTooClose(
            "Ask for the same people as before, or for others by ten or more; after a correction, "
            "for a cut that differs in ten people or more. Whoever has both could tell single "
            "people from what differs."
        )
