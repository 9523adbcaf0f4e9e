"""Who somebody is: a person on record, or a newcomer who is none of those who look like them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from itertools import combinations
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, rows_of
from checkpoint.people import names, queries
from checkpoint.people.actions import PersonAlreadyKnown, in_store, nobody_else, write_index
from checkpoint.people.matching import PROBABLE, KnownName, compare
from checkpoint.people.schemas import RegisterPerson, Who
from checkpoint.people.tables import IdentityChoice, Person

# So many candidates are offered, and have to be ruled out, at most.
OFFERED = 10


class PersonProbablyKnown(errors.Conflict):
    slug = "person-probably-known"
    title = "This person is probably on record already"


async def identify(session: AsyncSession, command: Who, *, by: Actor, at: datetime) -> Person:
    """Who it is: the person on record who was named, or a newcomer."""
    if command.person_id is not None:
        return await queries.standing(session, command.person_id)
    return await register(session, command.newcomer, none_of=command.none_of, by=by, at=at)


async def register(
    session: AsyncSession,
    command: RegisterPerson,
    *,
    none_of: Iterable[UUID] = (),
    by: Actor,
    at: datetime,
) -> Person:
    """Put a person on record who is not there yet, and is none of those who look like them."""
    given = in_store(command, today=london_day(at), field="#/person")
    person = Person(**given, registered_at=at, registered_by=by.id, indexed_at=at)
    # Of two who book in the same newcomer at once, the second sees what the first has done.
    await _one_at_a_time(session, person)
    remedy = (
        "If it is the same person, send person_id instead of person. If it is somebody else, check "
        "the number: one number belongs to one person."
    )
    known = await _hidden_same(session, person, by=by)
    if known is not None:
        return await queries.one(session, await queries.survivor_of(session, known))
    await nobody_else(session, person.pnc_id, person.cro_number, remedy, by=by)
    choices = await _ruled_out(session, person, set(none_of), by=by, at=at)
    try:
        await insert(session, person)
    except sa.exc.IntegrityError as error:
        # Two at once with one number: the second is told to ask again, and then learns who.
        raise PersonAlreadyKnown("Send it again to be told which person it is.") from error
    if choices:
        await insert(session, *choices)
    await write_index(session, person)
    return person


async def _hidden_same(session: AsyncSession, person: Person, *, by: Actor) -> UUID | None:
    """Whoever has this number and is like this newcomer, but is hidden from whoever books them in.

    It is them, so the new record is about them, and whoever books it is told of nothing else.
    """
    found = await queries.by_number(session, person.pnc_id, person.cro_number)
    if not found or not await queries.hidden(session, [found[0].id], actor=by):
        return None
    sought = queries.likeness(person, [KnownName(person.family_name, person.given_names)])
    aliases = await queries.aliases(session, found[0].id)
    known = [KnownName(found[0].family_name, found[0].given_names)]
    known += [KnownName(row.family_name, row.given_names, row.kind) for row in aliases]
    match = compare(sought, queries.likeness(found[0], known))
    return found[0].id if match.score >= PROBABLE else None


LOCKS = sa.text("SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS bigint[])) AS lock")


async def _one_at_a_time(session: AsyncSession, person: Person) -> None:
    """Wait for whoever puts somebody of this birth and two parts of this name on record just now."""
    heard = names.sounds(person.family_name, person.given_names)
    shared: list[tuple[str, ...]] = [*combinations(heard, 2)] or [heard]
    texts = [f"person {person.date_of_birth} {' '.join(pair)}" for pair in shared]
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    # In one order, so that no two wait for each other.
    locks = sorted(int.from_bytes(digest[:8], signed=True) for digest in digests)
    await rows_of(session, LOCKS, locks=locks)


async def _ruled_out(
    session: AsyncSession, person: Person, none_of: set[UUID], *, by: Actor, at: datetime
) -> list[IdentityChoice]:
    """Those who look like this newcomer, if it was said that it is none of them."""
    sought = queries.likeness(person, [KnownName(person.family_name, person.given_names)])
    found, _ = await queries.alike(session, sought, actor=by)
    probable = [one for one in found if one.match.score >= PROBABLE][:OFFERED]
    if {one.person.id for one in probable} - none_of:
        session.info.get("request", {})["found"] = [id for one in probable for id in one.subjects]
        raise PersonProbablyKnown(
            "Look at each candidate. If it is one of them, send person_id instead of person; if it "
            "is none of these, send the same again with their ids in none_of.",
            candidates=[
                {
                    "person_id": str(one.person.id),
                    "score": one.match.score,
                    "reasons": [*one.match.reasons],
                }
                for one in probable
            ],
        )
    return [
        IdentityChoice(
            person_id=person.id,
            candidate_id=one.person.id,
            score=one.match.score,
            decided_at=at,
            decided_by=by.id,
        )
        for one in probable
    ]
