"""What a feed says, kept apart from the directory until all of it is read; it goes with the session.

Rows stand in a temporary table and are compared there, so that memory holds a few hundred at most.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory import queries, references
from checkpoint.directory.entities import canonical, digest_of
from checkpoint.directory.imports.comparing import (
    BEGIN,
    CHOOSE,
    CIRCLE,
    CLASHES,
    CLASSED,
    COLUMNS,
    COMPARE,
    COUNTS,
    DOCUMENT,
    DOCUMENTS,
    DOUBLED,
    END,
    FIRST,
    GOING,
    NAMELESS,
    NOTED,
    PATHLESS,
    POINT,
    REWRITE,
    ROWS,
    SHARED,
    STAGED,
    TERM,
    TERMS,
)
from checkpoint.directory.imports.linking import circular, relinked
from checkpoint.directory.imports.mending import made_id
from checkpoint.directory.imports.splitting import Row
from checkpoint.directory.meanings import meanings, term_of
from checkpoint.directory.rules import LONGEST_CHAIN, day_of
from checkpoint.directory.states import ListingKind
from checkpoint.directory.views import crosswalk_on
from checkpoint.foundation.database import executed, rows_of

DOUBLED_PLACE = "/service_at_locations: an id that another service's place has; one was made of it"
ON_NO_PATHWAY = "/attributes: none of its terms means a pathway; look-ups by pathway put it behind"


async def begin(session: AsyncSession) -> None:
    """A place for the rows of one feed."""
    for statement in BEGIN:
        await executed(session, sa.text(statement), {})


async def end(session: AsyncSession) -> None:
    """The connection may serve others."""
    await executed(session, sa.text(END), {})


async def add(session: AsyncSession, rows: Iterable[tuple[str, Row]], *, after: int) -> int:
    """Put rows behind those that are there.

    Args:
        session: of one connection, which keeps what is staged.
        rows: where each stood, and the row.
        after: the number of the last row that is there.

    Returns:
        The number of the last row now.
    """
    records = [_record(number, *each) for number, each in enumerate(rows, after + 1)]
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await driver.copy_records_to_table(STAGED, columns=COLUMNS, records=records)
    return after + len(records)


def _record(position: int, place: str, row: Row) -> tuple[Any, ...]:
    document = row.document
    head = (position, place[:200], row.kind.value, row.external_id)
    if document is None:
        return (*head, None, row.embedded, row.outcome.value, [*row.notes], *(None,) * 9, True)
    modified = document.get("last_modified")
    written = canonical(document).decode()
    return (
        *head,
        UUID(document["id"]),
        row.embedded,
        row.outcome.value,
        [*row.notes],
        written,
        digest_of(document),
        *named_by(row.kind, document),
        *_days(document),
        day_of(document.get("assured_date")),
        datetime.fromisoformat(modified.upper()) if modified else None,
        row.offset_known,
    )


def named_by(kind: ListingKind, document: Mapping[str, Any]) -> tuple[UUID | None, ...]:
    """The organisation, taxonomy and parent that a listing's own columns point at."""
    service, term = kind is ListingKind.SERVICE, kind is ListingKind.TAXONOMY_TERM
    return tuple(
        UUID(document[name]) if holds and name in document else None
        for name, holds in (
            ("organization_id", service),
            ("taxonomy_id", term),
            ("parent_id", term),
        )
    )


def _days(document: Mapping[str, Any]) -> tuple[date | None, date | None]:
    since, until = day_of(document.get("valid_from")), day_of(document.get("valid_until"))
    return (None, None) if since and until and until < since else (since, until)


async def choose(session: AsyncSession) -> None:
    """Choose one row for each listing; the directory is not looked at."""
    for statement in CHOOSE:
        await executed(session, sa.text(statement), {})


async def compare(session: AsyncSession, *, source: str) -> None:
    """Give each row that was chosen its id, and see what it changes."""
    for statement in SHARED:
        await executed(session, sa.text(statement), {"source": source})
    await _rename(session, source)
    await _tell_apart(session, source)
    await _cut_circles(session)
    for statement in POINT:
        await executed(session, sa.text(statement), {})
    await executed(session, COMPARE, {"source": source})


async def _rename(session: AsyncSession, source: str) -> None:
    """Where an id is another listing's, the row gets one of its own, and whatever names it too."""
    found = await rows_of(session, CLASHES, source=source)
    renamed = {
        (row.kind, str(row.told)): str(row.own or made_id(source, row.kind, row.external_id))
        for row in found
    }
    if not renamed:
        return
    async for position, kind, document in _documents(session):
        changed = relinked(kind, document, renamed)
        if changed != document:
            await _rewrite(session, position, kind, changed)


async def _tell_apart(session: AsyncSession, source: str) -> None:
    """Where another service's place has the id of one, that gets one of its own."""
    for row in await rows_of(session, DOUBLED, source=source):
        (held,) = await rows_of(session, DOCUMENT, position=row.position)
        document = json.loads(held.document)
        for place in document["service_at_locations"]:
            if place["id"] in row.ids:
                own = f"{document['id']}/{place['id']}"
                place["id"] = made_id(source, "service_at_location", own)
        await _rewrite(session, row.position, ListingKind.SERVICE, document)
        await executed(session, NOTED, {"position": row.position, "note": DOUBLED_PLACE})


async def _documents(
    session: AsyncSession,
) -> AsyncIterator[tuple[int, ListingKind, dict[str, Any]]]:
    after = 0
    while rows := await rows_of(session, DOCUMENTS, after=after):
        for row in rows:
            yield row.position, ListingKind(row.kind), json.loads(row.document)
        after = rows[-1].position


async def _rewrite(
    session: AsyncSession, position: int, kind: ListingKind, document: dict[str, Any]
) -> None:
    organization_id, taxonomy_id, parent_id = named_by(kind, document)
    await executed(
        session,
        REWRITE,
        {
            "position": position,
            "id": UUID(document["id"]),
            "document": canonical(document).decode(),
            "digest": digest_of(document),
            "organization_id": organization_id,
            "taxonomy_id": taxonomy_id,
            "parent_id": parent_id,
        },
    )


async def _cut_circles(session: AsyncSession) -> None:
    """A term that is wider than itself in the end stands at the top."""
    wider = {row.id: row.parent_id for row in await rows_of(session, TERMS)}
    for id in circular(wider):
        (row,) = await rows_of(session, TERM, id=id)
        document = json.loads(row.document)
        document.pop("parent_id")
        await _rewrite(session, row.position, ListingKind.TAXONOMY_TERM, document)
        await executed(session, CIRCLE, {"position": row.position})


async def counts(session: AsyncSession) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows there are of each outcome, and of each change."""
    outcomes: dict[str, int] = {}
    changes: dict[str, int] = {}
    for row in await rows_of(session, COUNTS):
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.rows
        if row.change is not None:
            changes[row.change] = changes.get(row.change, 0) + row.rows
    return outcomes, changes


async def pathless(session: AsyncSession, *, on: date) -> int:
    """Note at each service whose terms mean none of the pathways on a day, and say how many."""
    rows = await rows_of(session, CLASSED, longest=LONGEST_CHAIN)
    terms = {each.id: each for each in (term_of(row.document, row.head) for row in rows)}
    said = crosswalk_on(await queries.crosswalk(session), on)
    found = meanings(terms, references.pathway_terms(), said)
    meant = [str(id) for id, pathways in found.items() if pathways]
    (row,) = await rows_of(session, PATHLESS, note=ON_NO_PATHWAY, meant=meant)
    return int(row.pathless)


async def nameless(session: AsyncSession) -> int:
    """How many items have no id by which they could be told from those that vanished."""
    (row,) = await rows_of(session, NAMELESS)
    return int(row.nameless)


async def rows(session: AsyncSession) -> AsyncIterator[Any]:
    """Every row, in the order of the feed."""
    after = 0
    while found := await rows_of(session, ROWS, after=after):
        for row in found:
            yield row
        after = found[-1].position


async def gone(
    session: AsyncSession, *, source: str, kinds: Sequence[ListingKind]
) -> AsyncIterator[Any]:
    """The listings of a source that its feed no longer has, a few hundred at a time."""
    given = {"source": source, "kinds": [kind.value for kind in kinds]}
    after = FIRST
    while found := await rows_of(session, GOING, after=after, **given):
        for row in found:
            yield row
        after = found[-1].id
