"""Find a person by what is certain about them, or by name and birth as far as they are known."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.people import names
from checkpoint.people.identifiers import readings
from checkpoint.people.matching import KnownName, Likeness, Match, compare
from checkpoint.people.schemas import AliasView, KnownPersonView, PersonView
from checkpoint.people.tables import Person, PersonAlias
from checkpoint.people.views import Found


class PersonNotFound(errors.NotFound):
    slug = "person-not-found"
    title = "There is no such person on record"


class PersonMergedAway(errors.Conflict):
    slug = "person-merged-away"
    title = "This record was merged into another person's"


UNKNOWN = "Check the id, or give the person's particulars instead."


async def one(
    session: AsyncSession, person_id: UUID, *, to_change: bool = False, to_merge: bool = False
) -> Person:
    """The person with this id, held as they are until the transaction ends.

    Many may hold a person to rest something on who they are; one may hold them to change that, or
    to say with whom they are one.
    """
    alone = to_change or to_merge
    rows = select(Person).where(Person.id == person_id)
    rows = rows.with_for_update(read=not alone, key_share=to_merge)
    rows = rows.execution_options(populate_existing=True)
    found = (await session.exec(rows)).one_or_none()
    if found is None:
        raise PersonNotFound(UNKNOWN)
    return found


def same_person(person_id: Any) -> Any:
    """In SQL, the ids that are one person with this one, itself included: for ``.in_()``.

    ``person_id`` is a parameter, or a column of the statement around it: then asked of each row.
    """
    found = sa.func.same_person_ids(person_id).table_valued(sa.column("id", sa.Uuid()))
    return sa.select(found.render_derived(name="same_person").c.id)


HIDDEN = sa.text("""
    SELECT asked.id FROM unnest(CAST(:people AS uuid[])) AS asked (id)
     WHERE person_hidden_from(asked.id, :reader)
""")
SURVIVORS = sa.text("""
    SELECT asked.id, survivor_of(asked.id) AS survivor_id
      FROM unnest(CAST(:people AS uuid[])) AS asked (id)
""")
SAME = same_person(sa.bindparam("person_id", type_=sa.Uuid()))


async def survivors(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """Under whom each of these records is found now: itself, unless it is merged away."""
    return {row.id: row.survivor_id for row in await rows_of(session, SURVIVORS, people=[*people])}


async def hidden(session: AsyncSession, people: Iterable[UUID], *, actor: Actor) -> frozenset[UUID]:
    """Which of these are on record for nothing but restricted cases that are closed to a reader."""
    rows = await rows_of(session, HIDDEN, people=[*people], reader=actor.id)
    return frozenset(row.id for row in rows)


async def shown_to(session: AsyncSession, person_id: UUID, *, actor: Actor) -> Person:
    """The same as ``one``, for a reader from whom they are not hidden.

    Raises:
        PersonNotFound: there is none that they may see.
    """
    person = await one(session, person_id)
    if await hidden(session, [person_id], actor=actor):
        raise PersonNotFound(UNKNOWN)
    return person


async def survivor_of(session: AsyncSession, person_id: UUID) -> UUID:
    """Under whom a record is found now: itself, unless it is merged away."""
    return (await survivors(session, [person_id]))[person_id]


async def same_person_ids(session: AsyncSession, person_id: UUID) -> frozenset[UUID]:
    """Every record that is one person with this one by the merges that stand, itself included."""
    return frozenset(row[0] for row in await rows_of(session, SAME, person_id=person_id))


async def check_stands(session: AsyncSession, person_id: UUID) -> None:
    """A record is not merged away, for whoever holds it.

    Raises:
        PersonMergedAway: it is; the refusal names the person to go on with.
    """
    survivor = await survivor_of(session, person_id)
    if survivor != person_id:
        request: dict[str, Any] = session.info.get("request", {})
        request["found"] = [*request.get("found", ()), survivor]  # so that the entry says who
        raise PersonMergedAway(
            "Go on with the person whose id is person_id; or part the two, if they are two.",
            person_id=str(survivor),
        )


async def standing(session: AsyncSession, person_id: UUID, *, to_change: bool = False) -> Person:
    """The same as ``one``, and whoever it is they are not merged away.

    Raises:
        PersonMergedAway: they are.
    """
    person = await one(session, person_id, to_change=to_change)
    await check_stands(session, person_id)
    return person


BY_NUMBER = select(Person).where(
    sa.or_(
        col(Person.pnc_id) == sa.bindparam("pnc_id", type_=sa.String()),
        col(Person.cro_number) == sa.bindparam("cro_number", type_=sa.String()),
    )
)


async def by_number(
    session: AsyncSession, pnc_id: str | None, cro_number: str | None
) -> Sequence[Any]:
    """Whoever holds one of these numbers, in canonical form; two people at most."""
    return await rows_of(session, BY_NUMBER, pnc_id=pnc_id, cro_number=cro_number)


ALIASES = (
    select(PersonAlias)
    .where(col(PersonAlias.person_id) == sa.any_(sa.bindparam("people", type_=ARRAY(sa.Uuid()))))
    .order_by(col(PersonAlias.id))
)


async def aliases(session: AsyncSession, *people: UUID) -> Sequence[Any]:
    """Every other name that these people are or were known by."""
    return await rows_of(session, ALIASES, people=[*people])


async def shown(session: AsyncSession, person: Any) -> KnownPersonView:
    """A person with every other name they are or were known by."""
    others = [AliasView.model_validate(row) for row in await aliases(session, person.id)]
    plain = PersonView.model_validate(person)
    return KnownPersonView(**plain.model_dump(), aliases=others)


# So many people at most are read for one key and compared, so that a search costs much the same
# whether a thousand people or a million are on record; so many are told.
EACH, COMPARED, TOLD = 50, 60, 20
LEAST_SCORE = 30
# The most telling keys count most. An index-only look-up for each key, cut short.
CANDIDATES = sa.text("""
    WITH found AS MATERIALIZED (
        SELECT asked.key, asked.weight, hit.person_id
          FROM unnest(CAST(:keys AS text[]), CAST(:weights AS integer[])) AS asked (key, weight)
         CROSS JOIN LATERAL (
               SELECT person_id FROM person_name_key WHERE key = asked.key LIMIT :each) AS hit
    ), likely AS (
        SELECT person_id, sum(weight) AS weight FROM found GROUP BY person_id
         ORDER BY weight DESC, person_id LIMIT :most
    )
    SELECT person.*,
           (SELECT count(DISTINCT person_id) FROM found) AS people,
           EXISTS (SELECT FROM found GROUP BY key HAVING count(*) >= :each) AS cut_short,
           EXISTS (SELECT FROM person_merge WHERE other_id = person.id) AS once_merged
      FROM likely JOIN person ON person.id = likely.person_id
""")


async def alike(
    session: AsyncSession, sought: Likeness, *, actor: Actor
) -> tuple[list[Found], bool]:
    """Who may be sought, the likeliest first; and whether there may be others.

    Nobody who is hidden from the reader is among them.
    """
    name = sought.names[0]
    asked = names.asked(name.family_name, name.given_names, sought.born)
    rows = await rows_of(
        session,
        CANDIDATES,
        keys=[*asked],
        weights=[*asked.values()],
        each=EACH,
        most=COMPARED,
    )
    known = await _names_of(session, rows)
    found = [Found(row, compare(sought, likeness(row, known[row.id]))) for row in rows]
    found = [one for one in found if one.match.score >= LEAST_SCORE]
    found = await _told(session, found, actor=actor)
    found.sort(key=lambda one: (-one.match.score, one.person.id))
    if any(one.person.once_merged for one in found):
        found = await _under_survivors(session, found)
    return found, any(row.cut_short or row.people > len(rows) for row in rows[:1])


THESE = select(Person).where(
    col(Person.id) == sa.any_(sa.bindparam("people", type_=ARRAY(sa.Uuid())))
)
ELSEWHERE = "By a record that was merged into this one"


async def _under_survivors(session: AsyncSession, found: Sequence[Found]) -> list[Found]:
    """Each person once, under the record to go on with, as they were found best."""
    under = await survivors(session, [one.person.id for one in found])
    rows = await rows_of(session, THESE, people=sorted({*under.values()}))
    people, kept = {row.id: row for row in rows}, dict[UUID, Found]()
    for one in found:
        survivor = under[one.person.id]
        away = () if survivor == one.person.id else (one.person,)
        if survivor not in kept:
            reasons = (*([ELSEWHERE] if away else []), *one.match.reasons)
            kept[survivor] = Found(people[survivor], Match(one.match.score, reasons), away)
        elif away:
            known = kept[survivor]
            kept[survivor] = replace(known, found_as=(*known.found_as, *away))
    return [*kept.values()]


async def _names_of(session: AsyncSession, people: Sequence[Any]) -> dict[UUID, list[KnownName]]:
    known = {row.id: [KnownName(row.family_name, row.given_names)] for row in people}
    for row in await aliases(session, *known) if known else ():
        known[row.person_id].append(KnownName(row.family_name, row.given_names, row.kind))
    return known


def likeness(person: Any, known: Sequence[KnownName]) -> Likeness:
    """A person, as far as they can be told from another."""
    age = None
    if person.estimated_age_years is not None:
        age = (person.estimated_age_years, person.estimated_on)
    return Likeness(known, person.date_of_birth, age, (person.pnc_id, person.cro_number))


async def by_identifier(
    session: AsyncSession, identifier: str, *, today: date, actor: Actor
) -> list[Found]:
    """Whoever holds this number, however it is written, and is not hidden from the reader."""
    rows = await by_number(session, *readings(identifier, today=today))
    found = [Found(row, Match(100, ("The same number",))) for row in rows]
    return await _under_survivors(session, await _told(session, found, actor=actor))


async def named(
    session: AsyncSession,
    family_name: str | None,
    given_names: str | None,
    born: date | None,
    *,
    actor: Actor,
) -> tuple[list[Found], bool]:
    """Who may be meant by this name and date of birth, as many as are told to this reader."""
    sought = Likeness([KnownName(family_name, given_names)], born)
    found, more = await alike(session, sought, actor=actor)
    return found[:TOLD], more or len(found) > TOLD


async def _told(session: AsyncSession, found: Sequence[Found], *, actor: Actor) -> list[Found]:
    """Those of them who are not hidden from the reader."""
    if not found:
        return []
    gone = await hidden(session, [one.person.id for one in found], actor=actor)
    return [one for one in found if one.person.id not in gone]


UNINDEXED = (
    select(Person)
    .where(col(Person.indexed_at).is_(None))
    .order_by(col(Person.id))
    .limit(500)
    .with_for_update(skip_locked=True)
)


async def unindexed(session: AsyncSession) -> Sequence[Person]:
    """Some of the people whose search keys are not written yet, locked."""
    return (await session.exec(UNINDEXED)).all()
