"""Put what is staged into the directory, as whole sets of rows. No commits."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.directory.imports.comparing import GONE
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.database import executed, rows_of

# What staff took out stays out, whatever its feed says.
LISTED = sa.text("""
    INSERT INTO directory_listing AS own (
        id, source, kind, external_id, version, document, digest, state, organization_id,
        taxonomy_id, parent_id, valid_from, valid_until, assured_on, last_modified,
        modified_offset_known)
    SELECT id, :source, kind, external_id, 1, CAST(document AS jsonb), digest, 'listed',
           organization_id, taxonomy_id, parent_id, valid_from, valid_until, assured_on,
           coalesce(last_modified, :at), offset_known
      FROM directory_chosen WHERE change <> 'unchanged'
    ON CONFLICT (source, kind, external_id) DO UPDATE
       SET version = own.version + 1, document = excluded.document, digest = excluded.digest,
           state = CASE own.state WHEN 'vanished' THEN 'listed' ELSE own.state END,
           organization_id = excluded.organization_id, taxonomy_id = excluded.taxonomy_id,
           parent_id = excluded.parent_id, valid_from = excluded.valid_from,
           valid_until = excluded.valid_until, assured_on = excluded.assured_on,
           last_modified = excluded.last_modified,
           modified_offset_known = excluded.modified_offset_known
    RETURNING own.id
""").bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))
VANISHED = sa.text(f"""
    UPDATE directory_listing AS own SET version = own.version + 1, state = 'vanished'
     WHERE own.id IN (SELECT gone.id {GONE}) RETURNING own.id
""").bindparams(sa.bindparam("kinds", type_=ARRAY(sa.String())))  # noqa: S608 - words of our own
KEPT = sa.text("""
    INSERT INTO directory_listing_version (
        listing_id, version, document, digest, state, import_run, recorded_at, recorded_by)
    SELECT id, version, document, digest, state, :run, :at, :by
      FROM directory_listing WHERE id = ANY(:ids)
""").bindparams(
    sa.bindparam("run", type_=sa.Uuid()),
    sa.bindparam("by", type_=sa.Uuid()),
    sa.bindparam("at", type_=sa.DateTime(timezone=True)),
    sa.bindparam("ids", type_=ARRAY(sa.Uuid())),
)
# Services that changed, and those that rest on an organisation, location or term that did.
RESTING = sa.text("""
    WITH changed AS (
        SELECT id, kind FROM directory_listing WHERE id = ANY(:ids)
    )
    SELECT id FROM changed WHERE kind = 'service'
     UNION
    SELECT service.id FROM changed
      JOIN directory_listing AS service ON service.organization_id = changed.id
     WHERE changed.kind = 'organization'
     UNION
    SELECT service.id
      FROM directory_listing AS service,
           jsonb_path_query(service.document, '$.service_at_locations[*].location_id') AS place (id)
      JOIN changed ON CAST(changed.id AS text) = place.id #>> '{}'
     WHERE service.kind = 'service' AND changed.kind = 'location'
     UNION
    SELECT service.id FROM directory_listing AS service
     WHERE service.kind = 'service'
       AND EXISTS (SELECT FROM changed WHERE kind = 'taxonomy_term')
       AND jsonb_path_exists(service.document, '$.**.taxonomy_term_id')
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
ROWS = sa.text("""
    INSERT INTO directory_import_row (
        run_id, position, place, kind, external_id, outcome, change, notes)
    SELECT :run, staged.position, staged.place, staged.kind, staged.external_id, staged.outcome,
           CASE WHEN :changed THEN chosen.change END, staged.notes
      FROM directory_staged AS staged LEFT JOIN directory_chosen AS chosen USING (position)
     WHERE staged.outcome = 'rejected' OR (:changed AND chosen.change <> 'unchanged')
""").bindparams(sa.bindparam("run", type_=sa.Uuid()), sa.bindparam("changed", type_=sa.Boolean()))


async def put(
    session: AsyncSession, stamp: dict[str, Any], *, source: str, kinds: Sequence[ListingKind]
) -> list[UUID]:
    """List what is new or changed, and mark what vanished.

    Args:
        session: the caller's, with what is staged and compared.
        stamp: the run, and when and by whom it is put on record.
        source: whose listings they are.
        kinds: of which kinds the feed is all.

    Returns:
        The services of which something that look-ups read has changed.
    """
    ids = [row.id for row in await rows_of(session, LISTED, source=source, at=stamp["at"])]
    given = {"source": source, "kinds": [kind.value for kind in kinds]}
    ids += [row.id for row in await rows_of(session, VANISHED, **given)]
    await executed(session, KEPT, stamp | {"ids": ids})
    return [row.id for row in await rows_of(session, RESTING, ids=ids)]


async def keep_rows(session: AsyncSession, run: UUID, *, changed: bool) -> None:
    """Keep what became of the rows that changed something or were rejected."""
    await executed(session, ROWS, {"run": run, "changed": changed})
