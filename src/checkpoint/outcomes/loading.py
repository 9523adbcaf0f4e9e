"""Publish definitions of outcomes. What is published never changes."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.outcomes.definitions import Definitions
from checkpoint.outcomes.lists import OutcomeDefinitions
from checkpoint.outcomes.references import DefinitionsUnreadable, digest, parse
from checkpoint.outcomes.states import OutcomeEvent


class DefinitionsRefused(errors.Unprocessable):
    slug = "outcome-definitions-refused"
    title = "The definitions of outcomes cannot be published"


class DefinitionsPublished(errors.Conflict):
    slug = "outcome-definitions-published"
    title = "Definitions of that name, text or first day are published, and never change"


async def publish(
    session: AsyncSession, text: str, *, packaged: bool = False, by: Actor, at: datetime
) -> OutcomeDefinitions:
    """Definitions are published word for word, before any trial that uses them opens; only the
    package's own may have begun long ago.
    """
    found = readable(text)
    if not packaged and found.valid_from <= london_day(at):
        raise DefinitionsRefused("valid_from: let them begin tomorrow or later.")
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
