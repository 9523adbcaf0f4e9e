"""Publish instruments. What is published never changes."""

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
from checkpoint.needs.lists import NeedsInstrument
from checkpoint.needs.questions import Instrument
from checkpoint.needs.references import InstrumentUnreadable, parse
from checkpoint.needs.states import NeedsEvent


class InstrumentRefused(errors.Unprocessable):
    slug = "needs-instrument-refused"
    title = "The instrument cannot be published"


class InstrumentPublished(errors.Conflict):
    slug = "needs-instrument-published"
    title = "An instrument of that name, text or first day is published, and never changes"


async def publish(
    session: AsyncSession, text: str, *, packaged: bool = False, by: Actor, at: datetime
) -> NeedsInstrument:
    """An instrument is published word for word; the package's own may have begun long ago."""
    instrument = readable(text)
    if not packaged and instrument.valid_from <= london_day(at):
        raise InstrumentRefused("valid_from: let it begin tomorrow or later.")
    published = NeedsInstrument(
        **instrument.model_dump(include={"version", "valid_from", "valid_until"}),
        digest=digest(text),
        content=text,
        published_at=at,
        published_by=by.id,
    )
    try:
        await insert(session, published)
    except sa.exc.IntegrityError as error:
        raise InstrumentPublished(
            "Give a changed instrument a new version and a later first day."
        ) from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        NeedsEvent.INSTRUMENT_PUBLISHED,
        published,
        kind="needs_instrument",
        by=by,
        at=at,
    )
    return published


def readable(text: str) -> Instrument:
    """The instrument that a file describes, or a refusal that says where it is wrong."""
    try:
        return parse(text)
    except InstrumentUnreadable as error:
        raise InstrumentRefused(str(error)) from error
