"""Publish information sheets. What is published never changes."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.consent.references import Sheet, SheetUnreadable, parse
from checkpoint.consent.states import ConsentEvent
from checkpoint.consent.tables import InformationSheet
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert
from checkpoint.foundation.datedfiles import digest


class SheetRefused(errors.Unprocessable):
    slug = "information-sheet-refused"
    title = "The information sheet cannot be published"


class SheetPublished(errors.Conflict):
    slug = "information-sheet-published"
    title = "A sheet of that name, text, or language and first day is published, and never changes"


async def publish(
    session: AsyncSession, text: str, *, packaged: bool = False, by: Actor, at: datetime
) -> InformationSheet:
    """A sheet is published word for word; the package's own may have begun long ago."""
    sheet = readable(text)
    if not packaged and sheet.valid_from <= london_day(at):
        raise SheetRefused("valid_from: let it begin tomorrow or later.")
    published = InformationSheet(
        **sheet.model_dump(include={"version", "language", "valid_from", "valid_until"}),
        digest=digest(text),
        content=text,
        published_at=at,
        published_by=by.id,
    )
    try:
        await insert(session, published)
    except sa.exc.IntegrityError as error:
        raise SheetPublished("Give a changed sheet a new version and a later first day.") from error
    await ledger.record(
        session,
        Operation.COLLECTION,
        ConsentEvent.SHEET_PUBLISHED,
        published,
        kind="information_sheet",
        by=by,
        at=at,
    )
    return published


def readable(text: str) -> Sheet:
    """The sheet that a file describes, or a refusal that says where it is wrong."""
    try:
        return parse(text)
    except SheetUnreadable as error:
        raise SheetRefused(str(error)) from error
