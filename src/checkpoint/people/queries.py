"""Find a person by what is certain about them."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.people.tables import Person


class PersonNotFound(errors.NotFound):
    slug = "person-not-found"
    title = "There is no such person on record"


async def one(session: AsyncSession, person_id: UUID, *, to_change: bool = False) -> Person:
    """The person with this id, held as they are until the transaction ends.

    Many may hold a person to rest something on who they are; one may hold them to change that.
    """
    rows = select(Person).where(Person.id == person_id).with_for_update(read=not to_change)
    rows = rows.execution_options(populate_existing=True)
    found = (await session.exec(rows)).one_or_none()
    if found is None:
        raise PersonNotFound("Check the id, or give the person's particulars instead.")
    return found


async def id_by_pnc_id(session: AsyncSession, pnc_id: str) -> UUID | None:
    """The person who holds this PNC ID, in canonical form."""
    rows = select(Person.id).where(col(Person.pnc_id) == pnc_id)
    return (await session.exec(rows)).one_or_none()
