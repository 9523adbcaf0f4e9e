"""Look up published definitions of outcomes, and those of a trial."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.definitions import Definitions, in_use
from checkpoint.outcomes.lists import HarmIndex, HarmWeight, OutcomeDefinitions
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

# Whoever was allocated was promised what was fixed by then; in a test trial nobody is.
ALLOCATED = sa.text("""
    SELECT EXISTS (SELECT FROM allocation JOIN trial ON trial.id = allocation.trial_id
                    WHERE trial.kind <> 'test') AS somebody
""")

INDEXES = sa.select(*HarmIndex.__table__.c).order_by(
    col(HarmIndex.loaded_at).desc(), col(HarmIndex.id).desc()
)
LAST_INDEX = INDEXES.where(col(HarmIndex.loaded_at) <= sa.bindparam("at")).limit(1)
WEIGHTS = sa.select(col(HarmWeight.offence_code), col(HarmWeight.days)).where(
    col(HarmWeight.harm_index_id) == sa.bindparam("index_id", type_=sa.Uuid())
)


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


async def somebody_is_allocated(session: AsyncSession) -> bool:
    """Whether anybody was allocated in a trial that is no test."""
    (found,) = await rows_of(session, ALLOCATED)
    return bool(found.somebody)


async def harm_indexes(session: AsyncSession) -> Sequence[Any]:
    """Every harm index that was loaded, the last one first."""
    return await rows_of(session, INDEXES)


async def harm_index_at(session: AsyncSession, at: datetime) -> tuple[str | None, dict[str, float]]:
    """The version and weights of the harm index that was loaded last by then; none, no weights."""
    found = await rows_of(session, LAST_INDEX, at=at)
    if not found:
        return None, {}
    weights = await rows_of(session, WEIGHTS, index_id=found[0].id)
    return found[0].version, {row.offence_code: row.days for row in weights}
