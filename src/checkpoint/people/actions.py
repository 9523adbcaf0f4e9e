"""Put people right, and add what they are known by. The entry is written by the deed that asked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as add
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.identifiers import new_id
from checkpoint.people import names, queries
from checkpoint.people.identifiers import canonical, canonical_cro
from checkpoint.people.schemas import AddAlias, Because, CorrectPerson, Particulars
from checkpoint.people.states import AliasKind, PersonEvent
from checkpoint.people.tables import Person, PersonAlias, PersonCorrection, PersonNameKey

KIND = "person"


class PersonAlreadyKnown(errors.Conflict):
    slug = "person-already-known"
    title = "Somebody with this PNC ID or CRO number is on record already"


async def correct(
    session: AsyncSession,
    person_id: UUID,
    command: CorrectPerson,
    *,
    record_id: UUID,
    by: Actor,
    at: datetime,
) -> dict[str, tuple[Any, Any]]:
    """Put a person's particulars right; gives what changed, for the entry of whoever asked.

    What is left out stays as it is: a known date of birth is not lost by forgetting to send it.
    """
    person = await queries.one(session, person_id, to_change=True)
    right = in_store(command, today=london_day(at), field="#")
    _fits(right, person)
    remedy = "Check the number: somebody else holds it."
    await nobody_else(session, right["pnc_id"], right["cro_number"], remedy, but=person.id, by=by)
    family_name, given_names = person.family_name, person.given_names
    change = _change(person, right)
    try:
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise PersonAlreadyKnown("Send it again to be told which person it is.") from error
    if change.keys() & {"family_name", "given_names"}:
        former = PersonAlias(
            person_id=person.id,
            family_name=family_name,
            given_names=given_names,
            kind=AliasKind.PUT_RIGHT,
            added_at=at,
            added_by=by.id,
        )
        await insert(session, former)
    if change:
        await _keep(session, person_id, change, command, record_id=record_id, by=by, at=at)
        await write_index(session, person)
    return change


async def note_other_person(
    session: AsyncSession,
    record_id: UUID,
    before: UUID,
    after: UUID,
    command: Because,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """A custody record stood with the wrong person, and stands with another from now on."""
    change = {"person_id": (before, after)}
    await _keep(session, before, change, command, record_id=record_id, by=by, at=at)


# No honest person has so many, and every search that finds them looks at each.
MOST_ALIASES = 50


class AliasesFull(errors.Conflict):
    slug = "person-aliases-full"
    title = "This person takes no more names"


async def add_alias(
    session: AsyncSession, person_id: UUID, command: AddAlias, *, by: Actor, at: datetime
) -> Person:
    """Another name that a person is known by; searches find them by it from now on."""
    await queries.shown_to(session, person_id, actor=by)
    person = await queries.standing(session, person_id, to_change=True)
    if len(await queries.aliases(session, person_id)) >= MOST_ALIASES:
        raise AliasesFull(f"{MOST_ALIASES} names is the most. Put a wrong one right instead.")
    alias = PersonAlias(
        person_id=person.id,
        family_name=command.family_name,
        given_names=command.given_names,
        kind=AliasKind.KNOWN_AS,
        added_at=at,
        added_by=by.id,
    )
    await insert(session, alias)
    await write_index(session, person)
    added = PersonEvent.ALIAS_ADDED
    await ledger.record(
        session, Operation.COLLECTION, added, person, alias, kind=KIND, by=by, at=at
    )
    return person


async def write_keys(
    session: AsyncSession, people: Sequence[Person], *, by: Actor, at: datetime
) -> None:
    """The search keys of people who were on record before there were any."""
    await write_index(session, *people)
    for person in people:
        person.indexed_at = at
    indexed = PersonEvent.INDEXED
    await ledger.record(session, Operation.ALTERATION, indexed, *people, kind=KIND, by=by, at=at)


def in_store(command: Particulars, *, today: date, field: str) -> dict[str, Any]:
    """The particulars in the form they are stored in, once nothing lies in the future."""
    given = command.model_dump(include={*Particulars.model_fields})
    if command.date_of_birth is not None and command.date_of_birth > today:
        raise errors.RuleBroken(
            f"{field}/date_of_birth",
            "born-in-the-future",
            "The date of birth must not be after today.",
        )
    if command.pnc_id is not None:
        given["pnc_id"] = canonical(command.pnc_id, today=today)
        if int(given["pnc_id"][:4]) > today.year:
            raise errors.RuleBroken(
                f"{field}/pnc_id",
                "pnc-id-in-the-future",
                "The PNC ID's year must not be after this year.",
            )
    if command.cro_number is not None:
        given["cro_number"] = canonical_cro(command.cro_number)
    given["estimated_on"] = None if command.estimated_age_years is None else today
    return given


def _fits(right: Mapping[str, Any], person: Person) -> None:
    """An estimate does not take the place of what is known."""
    if right["estimated_age_years"] is not None and person.date_of_birth is not None:
        raise errors.RuleBroken(
            "#/estimated_age_years",
            "date-of-birth-known",
            "The date of birth is on record: if it is wrong, put that right.",
        )


def _change(person: Person, right: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Put onto the person what was sent and what it takes the place of; before and after."""
    sent = {field: value for field, value in right.items() if value is not None}
    if "date_of_birth" in sent:
        sent |= {"estimated_age_years": None, "estimated_on": None}
    if "self_defined_ethnicity" in sent:
        sent["ethnicity_missing_reason"] = right["ethnicity_missing_reason"]
    change = {
        field: (getattr(person, field), value)
        for field, value in sent.items()
        if value != getattr(person, field)
    }
    for field, (_, value) in change.items():
        setattr(person, field, value)
    return change


async def _keep(
    session: AsyncSession,
    person_id: UUID,
    change: Mapping[str, tuple[Any, Any]],
    command: Because,
    *,
    record_id: UUID,
    by: Actor,
    at: datetime,
) -> None:
    rows = [
        PersonCorrection(
            person_id=person_id,
            custody_record_id=record_id,
            field=field,
            before=None if before is None else str(before),
            after=None if after is None else str(after),
            reason=command.reason,
            words=command.words,
            corrected_at=at,
            corrected_by=by.id,
        )
        for field, (before, after) in change.items()
    ]
    await insert(session, *rows)


UNTOLD = "Check the number. If it is right, leave it out and tell a supervisor."


async def nobody_else(
    session: AsyncSession,
    pnc_id: str | None,
    cro_number: str | None,
    remedy: str,
    *,
    but: UUID | None = None,
    by: Actor,
) -> None:
    """Nobody on record holds these numbers, unless it is the one who is put right.

    Raises:
        PersonAlreadyKnown: somebody does; who it is, is told unless they are hidden.
    """
    found = await queries.by_number(session, pnc_id, cro_number)
    known = [row.id for row in found if row.id != but]
    if known and await queries.hidden(session, known, actor=by):
        session.info.get("request", {})["found"] = known
        raise PersonAlreadyKnown(UNTOLD)
    if known:
        # So that the entry says who was found.
        under = await queries.survivors(session, known)
        session.info.get("request", {})["found"] = [*dict.fromkeys([*known, *under.values()])]
        if but is not None and known[0] in await queries.same_person_ids(session, but):
            remedy = "A record of the same person holds the number, and it is read from there."
        raise PersonAlreadyKnown(remedy, person_id=str(under[known[0]]))


async def write_index(session: AsyncSession, *people: Person) -> None:
    """Write the keys that are not there yet, of every name and the date of birth as it is now."""
    born = {person.id: person.date_of_birth for person in people}
    kept = {
        (key, person.id)
        for person in people
        for key in names.keys(person.family_name, person.given_names, person.date_of_birth)
    }
    for alias in await queries.aliases(session, *born):
        known = names.keys(alias.family_name, alias.given_names, born[alias.person_id])
        kept |= {(key, alias.person_id) for key in known}
    rows = [{"id": new_id(), "key": key, "person_id": id} for key, id in sorted(kept)]
    if rows:
        await executed(session, add(PersonNameKey).on_conflict_do_nothing(), rows)
