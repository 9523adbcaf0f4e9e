"""What a feed says, kept apart from the directory until all of it is read; it goes with the session.

Rows stand in a temporary table and are compared there, so that memory holds a few hundred at most.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.entities import canonical, digest_of
from checkpoint.directory.imports.linking import circular, relinked
from checkpoint.directory.imports.mending import made_id
from checkpoint.directory.imports.splitting import Row
from checkpoint.directory.rules import day_of
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.database import executed, rows_of

AT_ONCE = 500
STAGED = "directory_staged"
COLUMNS = (
    "position", "place", "kind", "external_id", "id", "embedded", "outcome", "notes", "document",
    "digest", "organization_id", "taxonomy_id", "parent_id", "valid_from", "valid_until",
    "assured_on", "last_modified", "offset_known",
)  # fmt: skip

END = "DROP TABLE IF EXISTS pg_temp.directory_staged, pg_temp.directory_chosen"
BEGIN = (
    END,
    """
    CREATE TEMPORARY TABLE directory_staged (
        position int PRIMARY KEY, place text, kind text, external_id text, id uuid,
        embedded bool, outcome text, notes text[], document text, digest text,
        organization_id uuid, taxonomy_id uuid, parent_id uuid, valid_from date, valid_until date,
        assured_on date, last_modified timestamptz, offset_known bool
    )
    """,
)
# Of two items with one id the first is taken; of copies that others embed, the fullest.
CHOOSE = (
    "ANALYZE directory_staged",
    """
    UPDATE directory_staged AS staged
       SET outcome = 'rejected', document = NULL,
           notes = array_append(staged.notes, '/id: stands in the feed twice; the first was taken')
      FROM (SELECT position, row_number() OVER (PARTITION BY kind, external_id ORDER BY position)
              FROM directory_staged WHERE NOT embedded AND outcome <> 'rejected') AS counted
     WHERE counted.position = staged.position AND counted.row_number > 1
    """,
    """
    CREATE TEMPORARY TABLE directory_chosen AS
    SELECT DISTINCT ON (kind, external_id) staged.*, CAST(NULL AS text) AS change,
           CAST(NULL AS text[]) AS fields
      FROM directory_staged AS staged
     WHERE outcome <> 'rejected'
     ORDER BY kind, external_id, embedded, length(document) DESC, digest, position
    """,
    "CREATE UNIQUE INDEX ON directory_chosen (position)",
    "CREATE INDEX ON directory_chosen (id)",
    "ANALYZE directory_chosen",
)
# A term with the id of one that stands here is that term: pathways are the same everywhere.
SHARED = (
    """
    UPDATE directory_staged AS staged
       SET notes = array_append(staged.notes, '/: stands here as another source has it, and stays so')
      FROM directory_chosen AS chosen JOIN directory_listing AS other USING (id, kind)
     WHERE staged.position = chosen.position AND other.source <> :source
       AND chosen.kind IN ('taxonomy', 'taxonomy_term')
    """,
    """
    DELETE FROM directory_chosen AS chosen USING directory_listing AS other
     WHERE (other.id, other.kind) = (chosen.id, chosen.kind) AND other.source <> :source
       AND chosen.kind IN ('taxonomy', 'taxonomy_term')
    """,
)
# An id that another listing has already is not taken a second time.
CLASHES = sa.text("""
    SELECT chosen.position, chosen.kind, chosen.external_id, chosen.id AS told, own.id AS own
      FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY kind, external_id)
              FROM directory_chosen) AS chosen
      LEFT JOIN directory_listing AS own
        ON (own.source, own.kind, own.external_id) = (:source, chosen.kind, chosen.external_id)
      LEFT JOIN directory_listing AS other
        ON other.id = chosen.id AND other.id IS DISTINCT FROM own.id
     WHERE own.id <> chosen.id OR (own.id IS NULL AND (other.id IS NOT NULL OR row_number > 1))
""")
DOCUMENTS = sa.text(f"""
    SELECT position, kind, document FROM directory_chosen WHERE position > :after
     ORDER BY position LIMIT {AT_ONCE}
""")  # noqa: S608 - words of our own
REWRITE = sa.text("""
    UPDATE directory_chosen
       SET id = :id, document = :document, digest = :digest, organization_id = :organization_id,
           taxonomy_id = :taxonomy_id, parent_id = :parent_id
     WHERE position = :position
""")
TERMS = sa.text("""
    SELECT id, parent_id FROM directory_chosen
     WHERE kind = 'taxonomy_term' AND parent_id IS NOT NULL
""")
TERM = sa.text("SELECT position, document FROM directory_chosen WHERE id = :id")
CIRCLE = sa.text("""
    UPDATE directory_staged SET outcome = 'repaired',
           notes = array_append(notes, '/parent_id: a circle of terms; left out')
     WHERE position = :position
""")
# What a document names need not be there; only what is there can be pointed at.
POINT = tuple(
    f"""
    UPDATE directory_chosen AS chosen SET {column} = NULL
     WHERE {column} IS NOT NULL
       AND NOT EXISTS (SELECT FROM directory_chosen AS other
                        WHERE other.id = chosen.{column} AND other.kind = '{kind}')
       AND NOT EXISTS (SELECT FROM directory_listing AS other
                        WHERE other.id = chosen.{column} AND other.kind = '{kind}')
    """  # noqa: S608 - words of our own
    for column, kind in (
        ("organization_id", "organization"),
        ("taxonomy_id", "taxonomy"),
        ("parent_id", "taxonomy_term"),
    )
)
COMPARE = sa.text("""
    UPDATE directory_chosen AS chosen
       SET change = CASE WHEN own.id IS NULL THEN 'new'
                         WHEN own.state = 'vanished' THEN 'back'
                         WHEN own.digest <> chosen.digest THEN 'changed'
                         ELSE 'unchanged' END,
           fields = CASE WHEN own.digest <> chosen.digest THEN (
               SELECT array_agg(key ORDER BY key)
                 FROM jsonb_each(own.document) AS old
                 FULL JOIN jsonb_each(CAST(chosen.document AS jsonb)) AS new USING (key)
                WHERE old.value IS DISTINCT FROM new.value) END
      FROM directory_chosen AS same
      LEFT JOIN directory_listing AS own
        ON (own.source, own.kind, own.external_id) = (:source, same.kind, same.external_id)
     WHERE same.position = chosen.position
""")
GONE = """
    FROM directory_listing AS gone
   WHERE gone.source = :source AND gone.state = 'listed' AND gone.kind = ANY(:kinds)
     AND NOT EXISTS (SELECT FROM directory_staged AS staged
                      WHERE (staged.kind, staged.external_id) = (gone.kind, gone.external_id))
"""
GOING = sa.text(
    f"SELECT gone.id, gone.kind, gone.external_id {GONE} AND gone.id > :after "
    f"ORDER BY gone.id LIMIT {AT_ONCE}"
).bindparams(
    sa.bindparam("kinds", type_=ARRAY(sa.String())), sa.bindparam("after", type_=sa.Uuid())
)
FIRST = UUID(int=0)
NAMELESS = sa.text(
    "SELECT count(*) AS nameless FROM directory_staged WHERE external_id = '' AND NOT embedded"
)
# Items, and once each what they embed.
SHOWN = """
    FROM directory_staged AS staged LEFT JOIN directory_chosen AS chosen USING (position)
   WHERE (NOT staged.embedded OR chosen.position IS NOT NULL OR staged.outcome = 'rejected')
"""
COUNTS = sa.text(f"""
    SELECT staged.outcome, chosen.change, count(*) AS rows {SHOWN} GROUP BY 1, 2
""")
ROWS = sa.text(f"""
    SELECT staged.position, staged.place, staged.kind, staged.external_id, staged.outcome,
           staged.notes, chosen.change, chosen.fields {SHOWN} AND staged.position > :after
     ORDER BY staged.position LIMIT {AT_ONCE}
""")


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


async def compare(session: AsyncSession, *, source: str) -> None:
    """Choose one row for each listing, give it its id, and see what it changes."""
    for statement in CHOOSE:
        await executed(session, sa.text(statement), {})
    for statement in SHARED:
        await executed(session, sa.text(statement), {"source": source})
    await _rename(session, source)
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
