"""Look up published instruments."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.lists import NeedsInstrument
from checkpoint.needs.questions import Instrument
from checkpoint.needs.references import InstrumentUnreadable, in_use, opened


class InstrumentNotFound(errors.NotFound):
    slug = "needs-instrument-not-found"
    title = "There is no such instrument"


class InstrumentChanged(errors.Unavailable):
    slug = "needs-instrument-changed"
    title = "A published instrument is no longer what was published"


INSTRUMENTS = sa.select(*NeedsInstrument.__table__.c).order_by(
    col(NeedsInstrument.valid_from), col(NeedsInstrument.version)
)
ONE = INSTRUMENTS.where(col(NeedsInstrument.version) == sa.bindparam("version"))
BY_ID = INSTRUMENTS.where(col(NeedsInstrument.id) == sa.bindparam("id", type_=sa.Uuid()))


async def instruments(session: AsyncSession) -> Sequence[Any]:
    """Every published instrument, the first to begin first."""
    return await rows_of(session, INSTRUMENTS)


async def instrument(session: AsyncSession, version: str) -> Any:
    """One published instrument."""
    found = await rows_of(session, ONE, version=version)
    if not found:
        raise InstrumentNotFound("See /v1/reference/needs-instruments for the published ones.")
    return found[0]


async def instrument_by_id(session: AsyncSession, id: UUID) -> Instrument:
    """The instrument that something on record answers."""
    return instrument_of((await rows_of(session, BY_ID, id=id))[0])


def instrument_of(row: Any) -> Instrument:
    """What a published instrument says, if it still is what was published.

    Raises:
        InstrumentChanged: it is not.
    """
    try:
        return opened(row.content, row.digest)
    except InstrumentUnreadable as error:
        raise InstrumentChanged(f"{row.version}: {error}") from error


async def to_use(
    session: AsyncSession, version: str | None, *, on: date
) -> tuple[UUID, Instrument]:
    """The id and content of the instrument that is in use on a day, and is the named one.

    Raises:
        InstrumentNotFound: none is in use.
        RuleBroken: instrument-not-in-use.
    """
    rows = {row.version: row for row in await instruments(session)}
    found = in_use([instrument_of(row) for row in rows.values()], on=on)
    if found is None:
        raise InstrumentNotFound("None was in use on that day; have one published.")
    if version not in (None, found.version):
        raise RuleBroken(
            "#/instrument_version",
            "instrument-not-in-use",
            "It is not the one in use on that day; see /v1/reference/needs-instruments.",
        )
    return rows[found.version].id, found
