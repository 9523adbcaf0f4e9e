"""Publish definitions of outcomes, and load harm indexes. Neither ever changes."""

import re
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.datedfiles import digest
from checkpoint.foundation.schemas import VERSION
from checkpoint.outcomes import harm, lookups
from checkpoint.outcomes.definitions import Definitions
from checkpoint.outcomes.harm import HarmIndexUnreadable
from checkpoint.outcomes.lists import HarmIndex, HarmWeight, OutcomeDefinitions
from checkpoint.outcomes.references import DefinitionsUnreadable, parse
from checkpoint.outcomes.states import OutcomeEvent


class DefinitionsRefused(errors.Unprocessable):
    slug = "outcome-definitions-refused"
    title = "The definitions of outcomes cannot be published"


class DefinitionsPublished(errors.Conflict):
    slug = "outcome-definitions-published"
    title = "Definitions of that name, text or first day are published, and never change"


class HarmIndexRefused(errors.Unprocessable):
    slug = "harm-index-refused"
    title = "The harm index cannot be loaded"


class HarmIndexLoaded(errors.Conflict):
    slug = "harm-index-loaded"
    title = "A harm index of that name or content is loaded, and never changes"


async def publish(
    session: AsyncSession, text: str, *, packaged: bool = False, by: Actor, at: datetime
) -> OutcomeDefinitions:
    """Definitions are published word for word, before any trial that uses them opens; only the
    package's own may have begun long ago, as long as nobody was allocated.

    Raises:
        DefinitionsRefused: they cannot be read, or begin too early.
        DefinitionsPublished: some of that name, text or first day stand.
    """
    found = readable(text)
    if found.valid_from <= london_day(at):
        await _check_early(session, found, packaged=packaged)
    return await _put(session, found, text, by=by, at=at)


async def publish_missing(
    session: AsyncSession, packaged: Mapping[str, str], *, by: Actor, at: datetime
) -> None:
    """The package's own definitions that are not published, as far as they do not come too late.

    Once somebody is allocated in a trial that is no test, none are published beside others; where
    none stand, as in a service from before there were any, only those that name no primary outcome.
    What is to be published is settled before the first is: each of them would bar the next.

    Args:
        session: the caller's.
        packaged: their text by version, in the order of their first days.
        by: who.
        at: when.
    """
    standing = {row.version for row in await lookups.every(session)}
    late = await lookups.somebody_is_allocated(session)
    if late and standing:
        return
    missing = [(readable(text), text) for name, text in packaged.items() if name not in standing]
    for found, text in missing:
        if found.primary is None or not late:
            await _put(session, found, text, by=by, at=at)


async def _check_early(session: AsyncSession, found: Definitions, *, packaged: bool) -> None:
    """Raises DefinitionsRefused if definitions that have begun may not be published now."""
    if not packaged:
        raise DefinitionsRefused("valid_from: let them begin tomorrow or later.")
    # What is primary counts from nowhere else; what is counted at all may stand in other definitions.
    alone = found.primary is None and not await lookups.every(session)
    if not alone and await lookups.somebody_is_allocated(session):
        raise DefinitionsRefused(
            "Somebody has been allocated: what counts for them was fixed by then. Publish a file of "
            "your own that begins tomorrow or later."
        )


async def _put(
    session: AsyncSession, found: Definitions, text: str, *, by: Actor, at: datetime
) -> OutcomeDefinitions:
    published = OutcomeDefinitions(
        version=found.version,
        valid_from=found.valid_from,
        digest=digest(text),
        content=text,
        published_at=at,
        published_by=by.id,
    )
    try:
        await insert(session, published)
    except sa.exc.IntegrityError as error:
        raise DefinitionsPublished(
            "Give changed definitions a new version and a later first day."
        ) from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        OutcomeEvent.DEFINITIONS_PUBLISHED,
        published,
        kind="outcome_definitions",
        by=by,
        at=at,
    )
    return published


def readable(text: str) -> Definitions:
    """The definitions that a file describes, or a refusal that says where it is wrong."""
    try:
        return parse(text)
    except DefinitionsUnreadable as error:
        raise DefinitionsRefused(str(error)) from error


async def load_harm_index(
    session: AsyncSession, content: bytes, *, version: str, source: str, by: Actor, at: datetime
) -> HarmIndex:
    """Load the operator's own harm index; cuts that are taken from now on use it.

    Raises:
        HarmIndexRefused: its name or a line of it will not do.
        HarmIndexLoaded: one of that name or content is there.
    """
    if not re.fullmatch(VERSION, version):
        raise HarmIndexRefused("version: 4 to 40 small letters, digits and hyphens.")
    if not 3 <= len(source.strip()) <= 400:
        raise HarmIndexRefused("source: say whose it is, in 3 to 400 characters.")
    try:
        weights = harm.parse(content)
    except HarmIndexUnreadable as error:
        raise HarmIndexRefused(f"{error}.") from error
    index = HarmIndex(
        version=version,
        source=source.strip(),
        digest=harm.digest(content),
        weights=len(weights),
        loaded_at=at,
        loaded_by=by.id,
    )
    try:
        await insert(session, index)
    except sa.exc.IntegrityError as error:
        raise HarmIndexLoaded("Give a changed index a new version.") from error
    await insert(
        session,
        *(
            HarmWeight(harm_index_id=index.id, offence_code=code, days=days)
            for code, days in weights.items()
        ),
    )
    await ledger.record(
        session,
        Operation.COLLECTION,
        OutcomeEvent.HARM_INDEX_LOADED,
        index,
        kind="harm_index",
        by=by,
        at=at,
    )
    return index
