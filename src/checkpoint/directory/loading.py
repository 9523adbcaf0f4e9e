"""Load the pathways and the crosswalk that ship with this. What stands is left alone."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import indexing, queries
from checkpoint.directory.entities import checked, digest_of
from checkpoint.directory.keeping import ALONE, keep
from checkpoint.directory.lists import DirectoryCrosswalk
from checkpoint.directory.meanings import folded
from checkpoint.directory.references import TermCrosswalk, crosswalks, pathways
from checkpoint.directory.states import PROGRAMME, DirectoryEvent, ListingKind, ListingState
from checkpoint.directory.tables import DirectoryListing
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert


async def load(session: AsyncSession, *, by: Actor, at: datetime) -> int:
    """Load what ships and does not stand yet.

    Returns:
        How many listings and mappings were loaded; there is a ledger entry if there were any.
    """
    loaded: list[UUID] = []
    for each in pathways():
        head = each.taxonomy.model_dump(mode="json") | {"version": each.version}
        loaded += await _listed(session, ListingKind.TAXONOMY, head, None, by=by, at=at)
        for term in each.terms:
            document = term.model_dump(mode="json") | {
                "taxonomy": each.taxonomy.name,
                "taxonomy_id": str(each.taxonomy.id),
                "valid_from": each.valid_from.isoformat(),
            }
            kind = ListingKind.TAXONOMY_TERM
            loaded += await _listed(session, kind, document, each.taxonomy.id, by=by, at=at)
    for crosswalk in crosswalks():
        loaded += await _mapped(session, crosswalk, by=by, at=at)
    if loaded:
        await ledger.record(
            session,
            Operation.COLLECTION,
            DirectoryEvent.PATHWAYS_LOADED,
            *loaded,
            kind="directory_taxonomy",
            by=by,
            at=at,
        )
    return len(loaded)


async def reindex(session: AsyncSession, *, by: Actor, at: datetime) -> int:
    """Derive anew what look-ups read of every service.

    Returns:
        Of how many services.
    """
    await executed(session, ALONE, {})
    number = await indexing.index_all(session, at=at)
    await ledger.record(
        session,
        Operation.ALTERATION,
        DirectoryEvent.INDEXED,
        kind="directory_service",
        by=by,
        at=at,
    )
    return number


async def _listed(
    session: AsyncSession,
    kind: ListingKind,
    document: dict[str, object],
    taxonomy_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
) -> list[UUID]:
    own = checked(kind, document)
    id = UUID(own["id"])
    if await queries.listings(session, [id], standing=False):
        return []
    row = DirectoryListing(
        id=id,
        source=PROGRAMME,
        kind=kind,
        external_id=str(id),
        document=own,
        digest=digest_of(own),
        state=ListingState.LISTED,
        taxonomy_id=taxonomy_id,
        last_modified=at,
    )
    await insert(session, row)
    await keep(session, row, reason=None, by=by, at=at)
    return [id]


async def _mapped(
    session: AsyncSession, crosswalk: TermCrosswalk, *, by: Actor, at: datetime
) -> list[UUID]:
    said = {(folded(row.term), row.pathway) for row in await queries.crosswalk(session)}
    rows = [
        DirectoryCrosswalk(
            term=entry.term,
            pathway=pathway,
            number=1,
            holds=True,
            valid_from=crosswalk.valid_from,
            basis=crosswalk.basis,
            words=crosswalk.source,
            recorded_at=at,
            recorded_by=by.id,
        )
        for entry in crosswalk.entries
        for pathway in entry.pathways
        if (folded(entry.term), pathway) not in said
    ]
    if rows:
        await insert(session, *rows)
    return [row.id for row in rows]
