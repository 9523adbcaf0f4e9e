"""Publish lists of places. What was published stands; the last one is used."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory.lookups import lookups
from checkpoint.directory.lookups.references import PlaceList, places_in, shipped
from checkpoint.directory.lookups.states import LookupEvent, PlacesRefused
from checkpoint.directory.lookups.tables import DirectoryPlace, DirectoryPlaceList
from checkpoint.directory.references import digest
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert


def readable(text: str) -> PlaceList:
    """A list of places, or where it is wrong.

    Raises:
        PlacesRefused: it cannot be read.
    """
    try:
        return places_in(text)
    except ValueError as error:
        raise PlacesRefused(str(error)) from None


async def publish(session: AsyncSession, text: str, *, by: Actor, at: datetime) -> Any:
    """Use a list of places from now on, instead of the one in use.

    Returns:
        The list.

    Raises:
        PlacesRefused: it cannot be read, or one of its version stands.
    """
    places = readable(text)
    stand = await lookups.place_lists(session)
    if any(row.version == places.version for row in stand):
        raise PlacesRefused("A list of this version stands: give yours another version.")
    own = DirectoryPlaceList(
        version=places.version,
        number=1 + max((row.number for row in stand), default=0),
        made_on=places.made_on,
        source=places.source,
        digest=digest(text),
        published_at=at,
        published_by=by.id,
    )
    await insert(session, own)
    rows = [
        DirectoryPlace(
            list_id=own.id,
            **each.model_dump(exclude={"within", "also"}),
            within=list(each.within),
            also=list(each.also),
        )
        for each in places.places
    ]
    await insert(session, *rows)
    await ledger.record(
        session,
        Operation.COLLECTION,
        LookupEvent.PLACES_PUBLISHED,
        own.id,
        kind="directory_place_list",
        by=by,
        at=at,
    )
    return own


async def load(session: AsyncSession, *, by: Actor, at: datetime) -> int:
    """Publish the lists that ship with this, unless any list stands.

    Returns:
        How many were published.
    """
    if await lookups.place_lists(session):
        return 0
    for text in shipped():
        await publish(session, text, by=by, at=at)
    return len(shipped())
