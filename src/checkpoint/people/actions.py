"""Put a person on record. The entry is written by the deed that needed them: one request, one row."""

from datetime import datetime

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
    today = london_day(at)
    if command.date_of_birth is not None and command.date_of_birth > today:
        raise errors.RuleBroken(
            "#/person/date_of_birth",
            "born-in-the-future",
            "The date of birth must not be after today.",
        )
    pnc_id = canonical(command.pnc_id, today=today) if command.pnc_id else None
    if pnc_id is not None:
        await _not_known(session, pnc_id, today_year=today.year)
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


async def _not_known(session: AsyncSession, pnc_id: str, *, today_year: int) -> None:
    if int(pnc_id[:4]) > today_year:
        raise errors.RuleBroken(
            "#/person/pnc_id",
            "pnc-id-in-the-future",
            "The PNC ID's year must not be after this year.",
        )
    known = await queries.id_by_pnc_id(session, pnc_id)
    if known is not None:
        raise PersonAlreadyKnown(
            "If it is the same person, send person_id instead of person.", person_id=str(known)
        )
