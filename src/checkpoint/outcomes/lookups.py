"""Look up published definitions of outcomes, and those of a trial."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.definitions import Definitions, in_use
from checkpoint.outcomes.lists import OutcomeDefinitions
from checkpoint.outcomes.references import DefinitionsUnreadable, opened


class DefinitionsNotFound(errors.NotFound):
    slug = "outcome-definitions-not-found"
    title = "There are no such definitions of outcomes"


class DefinitionsChanged(errors.Unavailable):
    slug = "outcome-definitions-changed"
    title = "Published definitions of outcomes are no longer what was published"


EVERY = sa.select(*OutcomeDefinitions.__table__.c).order_by(
    col(OutcomeDefinitions.valid_from), col(OutcomeDefinitions.version)
)
ONE = EVERY.where(col(OutcomeDefinitions.version) == sa.bindparam("version"))


async def every(session: AsyncSession) -> Sequence[Any]:
    """All published definitions, the first to begin first."""
    return await rows_of(session, EVERY)


async def one(session: AsyncSession, version: str) -> Any:
    """Published definitions by their name.

    Raises:
        DefinitionsNotFound: there are none.
    """
    found = await rows_of(session, ONE, version=version)
    if not found:
        raise DefinitionsNotFound("See /v1/reference/outcome-definitions for the published ones.")
    return found[0]


def definitions_of(row: Any) -> Definitions:
    """What published definitions say, if they still are what was published.

    Raises:
        DefinitionsChanged: they are not.
    """
    try:
        return opened(row.content, row.digest)
    except DefinitionsUnreadable as error:
        raise DefinitionsChanged(f"{row.version}: {error}") from error


async def of_trial(session: AsyncSession, *, opened_on: date) -> tuple[Definitions, str]:
    """The definitions that were fixed when a trial opened, and their digest.

    Raises:
        DefinitionsNotFound: none had begun by then.
        DefinitionsChanged: they are no longer what was published.
    """
    rows = {row.version: row for row in await every(session)}
    found = in_use([definitions_of(row) for row in rows.values()], opened_on=opened_on)
    if found is None:
        raise DefinitionsNotFound("None had begun when the trial opened; have some published.")
    return found, rows[found.version].digest
