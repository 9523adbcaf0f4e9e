"""Put a person on record. The entry is written by the deed that needed them: one request, one row."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.people import queries
from checkpoint.people.identifiers import canonical
from checkpoint.people.schemas import RegisterPerson
from checkpoint.people.tables import Person


class PersonAlreadyKnown(errors.Conflict):
    slug = "person-already-known"
    title = "Somebody with this PNC ID is on record already"


async def register(
    session: AsyncSession, command: RegisterPerson, *, by: Actor, at: datetime
) -> Person:
    """Put a person on record who is not there yet."""
    pnc_id = _checked(command, today=london_day(at), field="#/person")
    if pnc_id is not None:
        await _not_known(
            session, pnc_id, "If it is the same person, send person_id instead of person."
        )
    person = Person(
        family_name=command.family_name,
        given_names=command.given_names,
        date_of_birth=command.date_of_birth,
        pnc_id=pnc_id,
        registered_at=at,
        registered_by=by.id,
    )
    try:
        await insert(session, person)
    except sa.exc.IntegrityError as error:
        # Two at once with one PNC ID: the second is told to ask again, and then learns who.
        raise PersonAlreadyKnown("Send it again to be told which person it is.") from error
    return person


async def correct(
    session: AsyncSession, person_id: UUID, command: RegisterPerson, *, at: datetime
) -> dict[str, tuple[Any, Any]]:
    """Put a person's particulars right; gives what changed, for the entry of whoever asked.

    What is left out stays as it is: a known date of birth is not lost by forgetting to send it.
    """
    person = await queries.one(session, person_id, to_change=True)
    right = command.model_dump() | {"pnc_id": _checked(command, today=london_day(at), field="#")}
    if right["pnc_id"] not in (None, person.pnc_id):
        await _not_known(session, str(right["pnc_id"]), "Check the PNC ID: somebody else holds it.")
    change: dict[str, tuple[Any, Any]] = {}
    for field, value in right.items():
        before = getattr(person, field)
        if value not in (None, before):
            change[field] = (before, value)
            setattr(person, field, value)
    try:
        await session.flush()
    except sa.exc.IntegrityError as error:
        raise PersonAlreadyKnown("Send it again to be told which person it is.") from error
    return change


def _checked(command: RegisterPerson, *, today: date, field: str) -> str | None:
    """The PNC ID in its canonical form, once nothing lies in the future."""
    if command.date_of_birth is not None and command.date_of_birth > today:
        raise errors.RuleBroken(
            f"{field}/date_of_birth",
            "born-in-the-future",
            "The date of birth must not be after today.",
        )
    pnc_id = canonical(command.pnc_id, today=today) if command.pnc_id else None
    if pnc_id is not None and int(pnc_id[:4]) > today.year:
        raise errors.RuleBroken(
            f"{field}/pnc_id",
            "pnc-id-in-the-future",
            "The PNC ID's year must not be after this year.",
        )
    return pnc_id


async def _not_known(session: AsyncSession, pnc_id: str, remedy: str) -> None:
    known = await queries.id_by_pnc_id(session, pnc_id)
    if known is not None:
        session.info.get("request", {})["found"] = [known]  # so that the entry says who was found
        raise PersonAlreadyKnown(remedy, person_id=str(known))
