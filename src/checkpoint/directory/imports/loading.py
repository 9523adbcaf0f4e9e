"""Import a feed: read it whole, compare it, and change the directory in one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.directory import queries
from checkpoint.directory.imports import applying, staging
from checkpoint.directory.imports.reading import FeedBroken, FeedFacts, FeedItem
from checkpoint.directory.imports.splitting import Row, rows_of
from checkpoint.directory.imports.states import (
    ImportEvent,
    ImportUnderWay,
    RowChange,
    RowOutcome,
    RunState,
    SourceNotImported,
)
from checkpoint.directory.imports.tables import DirectoryImportRun
from checkpoint.directory.indexing import index
from checkpoint.directory.states import ListingKind
from checkpoint.directory.tables import DirectorySource
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.database import rows_of as selected
from checkpoint.foundation.identifiers import new_id

AT_ONCE = 200
# Locks of the session, not of a transaction: an import reads for minutes before it writes.
TAKE = sa.text("SELECT pg_try_advisory_lock(hashtext('directory'), hashtext(:source)) AS taken")
GIVE_BACK = sa.text("SELECT pg_advisory_unlock(hashtext('directory'), hashtext(:source))")
# The lock by which staff's own changes wait for each other; an import may wait for them longer. It
# is taken once the feed is read and compared, so that nobody waits for that.
ALONE = ("SET LOCAL lock_timeout = '5min'", "SELECT pg_advisory_xact_lock(hashtext('directory'))")
SOURCES = sa.select(*DirectorySource.__table__.c).where(
    DirectorySource.__table__.c.code == sa.bindparam("code", type_=sa.String())
)


@dataclass(frozen=True)
class Origin:
    """Where a feed comes from, and whose it is."""

    source: str
    name: str
    address: str


@dataclass
class Told:
    """How an import went."""

    run: UUID
    state: RunState = RunState.APPLIED
    why: str | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    vanished: int = 0
    pathless: int = 0

    @property
    def complete(self) -> bool:
        return self.why is None

    @property
    def taken(self) -> int:
        """How many rows were accepted or repaired."""
        return sum(
            self.outcomes.get(each, 0) for each in (RowOutcome.ACCEPTED, RowOutcome.REPAIRED)
        )

    @property
    def changed(self) -> bool:
        return bool(self.vanished or set(self.changes) - {RowChange.UNCHANGED.value})


class Import:
    """One import, on one connection, which keeps what is staged.

    Args:
        session: of that connection; what it commits is staged until ``apply``.
        origin: where the feed comes from.
        by: who imports it.
        at: when it was begun.
    """

    def __init__(self, session: AsyncSession, origin: Origin, *, by: Actor, at: datetime) -> None:
        self._session, self._origin, self._by, self._at = session, origin, by, at
        self.facts = FeedFacts()
        self.told = Told(new_id())
        self._edition: int | None = None
        self._is_alone = False

    async def stage(
        self, items: AsyncIterator[FeedItem], *, seen: Callable[[int], None] = lambda _: None
    ) -> None:
        """Read the feed to its end, a few hundred rows at a time.

        Args:
            items: the feed's.
            seen: is told how many items were read.
        """
        await staging.begin(self._session)
        await self._session.commit()
        batch: list[tuple[str, Row]] = []
        read = position = 0
        try:
            async for item in items:
                batch += ((item.place, row) for row in self._rows(item))
                read += 1
                if len(batch) >= AT_ONCE:
                    position = await self._add(batch, position)
                    seen(read)
        except FeedBroken as fault:
            self.told.state, self.told.why = RunState.BROKEN_OFF, str(fault)
        await self._add(batch, position)
        seen(read)

    async def _add(self, batch: list[tuple[str, Row]], position: int) -> int:
        after = await staging.add(self._session, batch, after=position)
        await self._session.commit()
        batch.clear()
        return after

    def _rows(self, item: FeedItem) -> list[Row]:
        if item.fault is not None:
            return [Row(item.kind, "", RowOutcome.REJECTED, (*item.notes, f"/: {item.fault}"))]
        first, *others = rows_of(item.kind, item.item, source=self._origin.source)
        return [first.noted(item.notes), *others]

    async def compare(self) -> None:
        """See what the feed would change; the transaction that this begins is the caller's."""
        await staging.choose(self._session)
        await self._session.commit()
        await self._compare()

    async def _compare(self) -> None:
        self._edition = (await queries.edition(self._session)).number
        await staging.compare(self._session, source=self._origin.source)
        told = self.told
        told.outcomes, told.changes = await staging.counts(self._session)
        if told.state is RunState.BROKEN_OFF:
            told.changes = {}
            return
        reasons = list(self.facts.incomplete)
        if (nameless := await staging.nameless(self._session)) > 0:
            reasons.append(f"{nameless} items have no id")
        if not told.outcomes:
            reasons.append("it holds nothing at all")
        told.why = "; ".join(reasons) or None
        told.vanished = len([row async for row in self.gone()])
        told.pathless = await staging.pathless(self._session, on=london_day(self._at))

    async def alone(self) -> bool:
        """Nobody else changes the directory until the transaction ends.

        Returns:
            Whether it stands as it was compared; if not, it was compared once more.
        """
        self._is_alone = True
        await self._lock()
        if (await queries.edition(self._session)).number == self._edition:
            return True
        await self._session.rollback()  # what was staged stays; what was compared goes
        await self._lock()
        await self._compare()
        return False

    async def _lock(self) -> None:
        for statement in ALONE:
            await executed(self._session, sa.text(statement), {})

    def gone(self) -> AsyncIterator[Any]:
        """What vanishes; nothing where the feed is not surely all."""
        return staging.gone(self._session, source=self._origin.source, kinds=self._covered())

    def _covered(self) -> list[ListingKind]:
        """Of which kinds the feed is all; with services, of what only they embed too."""
        if self.told.why is not None:
            return []
        covered = set(self.facts.covered)
        if ListingKind.SERVICE in covered:
            covered |= {ListingKind.LOCATION, ListingKind.ORGANIZATION}
        return sorted(covered)

    async def apply(self, *, ended: datetime) -> bool:
        """Change the directory by what the feed says, and put on record how it went.

        Of a feed of which nothing can be taken, of a source that nobody knows, nothing is put on
        record: its name or address was mistyped.

        Returns:
            Whether it was put on record.
        """
        session, told = self._session, self.told
        if not self._is_alone:
            await self.alone()
        known = await selected(session, SOURCES, code=self._origin.source)
        if not known:
            if not told.taken:
                return False
            await self._add_source()
        await insert(session, self._run(ended))
        if told.state is RunState.APPLIED and told.changed:
            stamp = {"run": told.run, "at": ended, "by": self._by.id}
            touched = await applying.put(
                session, stamp, source=self._origin.source, kinds=self._covered()
            )
            await index(session, touched, at=ended)
        await applying.keep_rows(session, told.run, changed=told.state is RunState.APPLIED)
        applied = told.state is RunState.APPLIED
        await ledger.record(
            session,
            Operation.COLLECTION,
            ImportEvent.IMPORTED if applied else ImportEvent.BROKEN_OFF,
            told.run,
            kind="directory_import_run",
            by=self._by,
            at=ended,
        )
        return True

    async def _add_source(self) -> None:
        origin = self._origin
        source = DirectorySource(
            code=origin.source,
            name=origin.name,
            url=origin.address if "://" in origin.address else None,
            dialect=self.facts.dialect.value,
        )
        values = source.model_dump()
        await executed(self._session, DirectorySource.__table__.insert(), values)

    def _run(self, ended: datetime) -> DirectoryImportRun:
        told = self.told
        change = {name: told.changes.get(name.value, 0) for name in RowChange}
        return DirectoryImportRun(
            id=told.run,
            source=self._origin.source,
            origin=self._origin.address,
            dialect=self.facts.dialect,
            state=told.state,
            complete=told.complete,
            why=told.why,
            pages=self.facts.pages,
            accepted=told.outcomes.get(RowOutcome.ACCEPTED, 0),
            repaired=told.outcomes.get(RowOutcome.REPAIRED, 0),
            rejected=told.outcomes.get(RowOutcome.REJECTED, 0),
            added=change[RowChange.NEW],
            changed=change[RowChange.CHANGED],
            back=change[RowChange.BACK],
            unchanged=change[RowChange.UNCHANGED],
            vanished=told.vanished,
            started_at=self._at,
            ended_at=ended,
            recorded_by=self._by.id,
        )


@asynccontextmanager
async def importing(
    engine: AsyncEngine, origin: Origin, *, by: Actor, at: datetime
) -> AsyncIterator[tuple[Import, AsyncSession]]:
    """An import of a source that nobody else imports meanwhile. What is not committed is undone.

    Raises:
        ImportUnderWay: somebody does.
        SourceNotImported: its listings are kept here by staff.
    """
    async with (
        engine.connect() as connection,
        AsyncSession(connection, expire_on_commit=False) as session,
    ):
        found = await selected(session, SOURCES, code=origin.source)
        if found and found[0].is_local:
            raise SourceNotImported("Its listings are kept here; give another --source.")
        taken = await selected(session, TAKE, source=origin.source)
        await session.commit()
        if not taken[0].taken:
            raise ImportUnderWay("Wait until it has ended, and try again.")
        try:
            yield Import(session, origin, by=by, at=at), session
        finally:
            await session.rollback()
            await selected(session, GIVE_BACK, source=origin.source)
            await staging.end(session)
            await session.commit()
