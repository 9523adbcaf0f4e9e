"""Look up published information sheets."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent.references import Sheet, SheetUnreadable, opened
from checkpoint.consent.tables import InformationSheet
from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of


class SheetNotFound(errors.NotFound):
    slug = "information-sheet-not-found"
    title = "There is no such information sheet"


class SheetChanged(errors.Unavailable):
    slug = "information-sheet-changed"
    title = "A published information sheet is no longer what was published"


# What of a sheet stands beside an asking, and is called so wherever a sheet is read.
AS_READ: tuple[Any, ...] = tuple(
    col(getattr(InformationSheet, name)).label(f"sheet_{name}")
    for name in ("version", "digest", "content")
)
SHEETS = sa.select(
    *(
        col(getattr(InformationSheet, name))
        for name in ("id", "language", "valid_from", "valid_until", "published_at")
    ),
    *AS_READ,
).order_by(col(InformationSheet.valid_from), col(InformationSheet.version))
ONE = SHEETS.where(col(InformationSheet.version) == sa.bindparam("version"))


async def sheets(session: AsyncSession) -> Sequence[Any]:
    """Every published sheet, the first to begin first."""
    return await rows_of(session, SHEETS)


async def sheet(session: AsyncSession, version: str) -> Any:
    """One published sheet."""
    found = await rows_of(session, ONE, version=version)
    if not found:
        raise SheetNotFound("See /v1/reference/information-sheets for the published ones.")
    return found[0]


def sheet_of(row: Any) -> Sheet:
    """What a published sheet says, if it still is what was published.

    Args:
        row: of the sheet, or of an asking beside its sheet.

    Raises:
        SheetChanged: it is not.
    """
    try:
        return opened(row.sheet_content, row.sheet_digest)
    except SheetUnreadable as error:
        raise SheetChanged(f"{row.sheet_version}: {error}") from error
