"""Write the directory out: what stands in it, as an import of the same software takes it.

Each document goes through the sieve of imports, so that what is written comes back as it was.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory import queries
from checkpoint.directory.entities import canonical
from checkpoint.directory.imports.repairs import mended
from checkpoint.directory.imports.states import Format
from checkpoint.directory.imports.writing import Package
from checkpoint.directory.parting import parted
from checkpoint.directory.states import LOCAL, ListingKind, ListingState
from checkpoint.directory.tables import DirectoryListing
from checkpoint.foundation.database import rows_of

AT_ONCE = 200
IDS = (
    sa.select(col(DirectoryListing.id), col(DirectoryListing.document))
    .where(
        col(DirectoryListing.kind) == sa.bindparam("kind", type_=sa.String()),
        col(DirectoryListing.state) == ListingState.LISTED,
        col(DirectoryListing.id) > sa.bindparam("after", type_=sa.Uuid()),
    )
    .order_by(col(DirectoryListing.id))
    .limit(AT_ONCE)
)
COUNT = sa.select(sa.func.count().label("listed")).where(
    col(DirectoryListing.kind) == ListingKind.SERVICE,
    col(DirectoryListing.state) == ListingState.LISTED,
)
FIRST = UUID(int=0)
# Each list behind the services, under the name of its own address in the standard.
OTHERS = {
    "organizations": ListingKind.ORGANIZATION,
    "locations": ListingKind.LOCATION,
    "taxonomies": ListingKind.TAXONOMY,
    "taxonomy_terms": ListingKind.TAXONOMY_TERM,
}
Write = Callable[[bytes], Any]


async def documents(
    session: AsyncSession, kind: ListingKind, *, whole: bool = False
) -> AsyncIterator[dict[str, Any]]:
    """The documents of one kind that stand, in the order of their ids.

    Args:
        session: the caller's; one that repeats its reads, if others write meanwhile.
        kind: of which kind.
        whole: with the listings that they name put back, and the places that are free.
    """
    after: Any = FIRST
    while rows := await rows_of(session, IDS, kind=kind.value, after=after):
        found = {row.id: row.document for row in rows}
        if whole:
            found = await queries.assembled(session, kind, list(found))
        for document in found.values():
            yield mended(kind, document, source=LOCAL).document
        after = rows[-1].id


async def export(session: AsyncSession, format: Format, write: Write) -> int:
    """Write the directory in one of the three forms.

    Args:
        session: the caller's.
        format: a page of JSON, lines of it, or the tabular package as a zip file.
        write: takes the next bytes.

    Returns:
        How many services were written.
    """
    if format is Format.CSV:
        return await _package(session, write)
    if format is Format.NDJSON:
        return await _lines(session, write, b"", b"\n")
    (row,) = await rows_of(session, COUNT)
    count = int(row.listed)
    head = {
        "total_items": count,
        "total_pages": 1,
        "page_number": 1,
        "size": count,
        "first_page": True,
        "last_page": True,
        "empty": count == 0,
    }
    write(json.dumps(head, separators=(",", ":")).encode().removesuffix(b"}"))
    write(b',\n"contents":[\n')
    written = await _lines(session, write, b",\n", b"")
    for name, kind in OTHERS.items():
        write(f'\n],\n"{name}":[\n'.encode())
        between = b""
        async for document in documents(session, kind):
            write(between + canonical(document))
            between = b",\n"
    write(b"\n]}\n")
    return written


async def _lines(session: AsyncSession, write: Write, between: bytes, end: bytes) -> int:
    count = 0
    async for document in documents(session, ListingKind.SERVICE, whole=True):
        write((between if count else b"") + canonical(document) + end)
        count += 1
    return count


async def _package(session: AsyncSession, write: Write) -> int:
    count = 0
    with Package() as package:
        for kind in (*OTHERS.values(), ListingKind.SERVICE):
            service = kind is ListingKind.SERVICE  # with the places that are free, kept elsewhere
            async for document in documents(session, kind, whole=service):
                package.add(kind, parted(kind, document)[0])
                count += service
        package.write_to(write)
    return count
