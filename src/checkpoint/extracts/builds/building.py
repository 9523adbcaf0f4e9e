"""Build one extract: read as evaluators may, written in a thread, entered into the register."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.extracts import packaging, rules
from checkpoint.extracts import queries as extracts
from checkpoint.extracts.builds import (
    actions,
    orders,
    populations,
    queries,
    results,
    sheets,
    shelf,
    tallies,
)
from checkpoint.extracts.builds.orders import Order
from checkpoint.extracts.builds.snapshots import Snapshot, snapshot
from checkpoint.extracts.builds.tables import ExtractRelease
from checkpoint.extracts.facts import NotPublic, TooFew
from checkpoint.extracts.states import BuildFault, BuildStage, Product, RequestState
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, transaction
from checkpoint.foundation.logs import log, without_content
from checkpoint.foundation.problems import unreachable
from checkpoint.foundation.settings import Settings

Answer = TypeVar("Answer")
TOLD_EVERY = 0.5
STAGES = {stage.value: stage for stage in BuildStage} | {packaging.PEOPLE: BuildStage.PEOPLE}


class Cancelled(Exception):
    """Somebody no longer wants what is being built."""


class Refused(Exception):
    """The extract may not be; says why."""

    def __init__(self, fault: BuildFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass
class Going:
    """How far a build is, told by its thread and read by whoever puts it on record."""

    stage: BuildStage = BuildStage.MEASURING
    done: int = 0
    total: int = 0
    unwanted: threading.Event = field(default_factory=threading.Event)
    heard: Callable[["Going"], None] = lambda _: None

    def tell(self, stage: str, done: int, total: int | None = None) -> None:
        """Take down how far it is.

        Raises:
            Cancelled: it is no longer wanted.
        """
        if self.unwanted.is_set():
            raise Cancelled
        self.stage, self.done = STAGES.get(stage, BuildStage.PACKING), done
        self.total = total or self.total
        self.heard(self)


@dataclass(frozen=True)
class Workshop:
    """Where builds are made, and by whom.

    Args:
        engine: connections that may write what the API writes.
        url: of a login that may turn into the evaluators' role.
        settings: of the process.
        by: who builds.
        clock: what time it is.
    """

    engine: AsyncEngine
    url: str = field(repr=False)  # with the password in it
    settings: Settings
    by: Actor
    clock: Callable[[], datetime]

    @property
    def vault(self) -> Vault:
        return Vault(self.settings)


async def build(shop: Workshop, build_id: UUID, *, going: Going | None = None) -> BuildFault | None:
    """Make what was asked for, and put it on record however it ends.

    Args:
        shop: where and by whom.
        build_id: the build, which nobody else has.
        going: where how far it is can be heard.

    Returns:
        Why it gave nothing; None where it was released, was cancelled, had ended before, or is to
        be taken up again because the database went away.
    """
    going = going or Going()
    async with transaction(shop.engine) as session:
        begun = await actions.begin(session, build_id, by=shop.by, at=shop.clock())
    if begun is None:
        _cleared(shop, build_id)
        return None
    watching = asyncio.create_task(_watched(shop, begun, going))
    try:
        await _made(shop, begun, going)
    except (Cancelled, Refused) as ended:
        fault = ended.fault if isinstance(ended, Refused) else None
    except Exception as broken:
        log.error("extract_build_broke", build=str(build_id), **without_content(broken))
        if unreachable(broken) and not shelf.of_the_disk(broken):
            return None  # the database went away, and takes no ending; it is taken up again
        fault = BuildFault.BROKEN
    else:
        return None
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    async with transaction(shop.engine) as session:
        await actions.fail(session, begun, fault, by=shop.by, at=shop.clock())
    return fault


async def _watched(shop: Workshop, begun: Any, going: Going) -> None:
    """Put down now and then how far it is, and hear whether it is still wanted."""
    while True:
        await asyncio.sleep(TOLD_EVERY)
        with suppress(sa.exc.SQLAlchemyError, OSError):  # it is told the next time
            async with transaction(shop.engine) as session:
                wanted = await actions.progress(
                    session, begun, going.stage, done=going.done, total=going.total
                )
            if not wanted:
                going.unwanted.set()


async def _made(shop: Workshop, begun: Any, going: Going) -> None:
    async with transaction(shop.engine) as session:
        order = await orders.order(session, begun, vault=shop.vault)
        close = await _is_too_close(session, order)
    if order.fault is not None or close:
        raise Refused(order.fault or BuildFault.TOO_CLOSE)
    _cleared(shop, begun.id)
    # Named by the attempt: whoever lost their lock and still writes does not write into this one.
    scratch = shelf.folder_of(shop.settings) / f"building-{begun.id}-{begun.attempts}"
    scratch.mkdir(mode=0o700)
    try:
        async with snapshot(shop.url) as seen:
            going.total = order.cut.participants
            counts = order.product is Product.AGGREGATES
            make = _counted if counts else partial(_written, shop)
            made = await make(seen, order, scratch, going)
            at = seen.at
        await _entered(shop, begun, order, made, scratch / "package.zip", at, going)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _cleared(shop: Workshop, build_id: UUID) -> None:
    """Remove what those who had a build before, and were killed, left on disk."""
    for left in shelf.folder_of(shop.settings).glob(f"building-{build_id}*"):
        shutil.rmtree(left, ignore_errors=True)


async def _is_too_close(session: AsyncSession, order: Order) -> bool:
    """Whether an earlier release was of nearly the same people; the same again tells nothing new."""
    return not order.released_before and await populations.is_too_close(
        session, order.cut, order.population, policy=order.policy
    )


async def _check_wanted(session: AsyncSession, begun: Any, *, at: datetime) -> None:
    """Nobody cancelled it, took it up, ended its extract or destroyed the key meanwhile.

    Raises:
        Cancelled, Refused: somebody did; nothing of it is kept.
    """
    await executed(session, actions.ALONE, {"id": begun.request_id})
    found = await extracts.any_one(session, begun.request_id, at=at)
    held = await queries.held(session, begun.id)
    unwanted = held.cancelled_at is not None or found.state is RequestState.ENDED
    if unwanted or not rules.is_theirs(held, begun):
        raise Cancelled
    if found.request.product == Product.PERSON_LEVEL and found.request.sealed is None:
        raise Refused(BuildFault.KEY_DESTROYED)


async def _written(
    shop: Workshop, seen: Snapshot, order: Order, scratch: Path, going: Going
) -> dict[str, Any]:
    """Rows of people, by the part of this room that knows how."""
    building = packaging.Building(
        order.asked,
        order.about,
        key=order.key,
        policy=order.policy,
        folder=scratch / "rows",
        tell=going.tell,
    )
    cut, population = order.cut.id, order.population
    with building:
        try:
            sources = order.asked.sources
            people = seen.people(cut, population, sources)
            await _threaded(going, _read, building.participants, people)
            # The database counts while nobody reads from it.
            async with results.meanwhile(shop.engine, order, at=shop.clock()) as counting:
                await _threaded(going, building.measured)
                if order.asked.events:
                    going.total, inner = order.cut.events, order.asked.event_sources
                    happened = seen.events(cut, population, inner)
                    await _threaded(going, _read, building.events, happened)
                told = await counting
            packed = await _threaded(going, building.pack, scratch / "package.zip", told)
        except TooFew:
            raise Refused(BuildFault.TOO_FEW) from None
        except NotPublic:
            raise Refused(BuildFault.NOT_PUBLIC) from None
    return await asyncio.to_thread(orders.entry, packed, scratch / "package.zip")


async def _threaded(going: Going, work: Callable[..., Answer], *given: Any) -> Answer:
    """Have a thread do it, and leave no sooner than the thread does: what it writes goes then."""
    thread = asyncio.create_task(asyncio.to_thread(work, *given))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        going.unwanted.set()
        with suppress(Cancelled):
            await thread
        raise


def _read(read: Callable[[Generator[Any]], object], rows: Generator[Any]) -> None:
    """Read rows to the end, or as far as anybody wants them; nothing is left open."""
    with closing(rows):
        read(rows)


async def _counted(seen: Snapshot, order: Order, scratch: Path, going: Going) -> dict[str, Any]:
    """Counts, in groups."""
    found = await tallies.counted(seen, order, tell=going.tell)
    people = await tallies.people(seen, order)
    return await asyncio.to_thread(sheets.packed, order, found, people, scratch / "package.zip")


async def _entered(
    shop: Workshop,
    begun: Any,
    order: Order,
    made: dict[str, Any],
    packed: Path,
    at: datetime,
    going: Going,
) -> None:
    """Put the package where it is kept, and enter it into the register."""
    going.tell(BuildStage.PACKING, going.total, going.total)
    async with transaction(shop.engine) as session:
        await actions.hold_register(session)
        now = shop.clock()
        await _check_wanted(session, begun, at=now)
        if await _is_too_close(session, order):
            raise Refused(BuildFault.TOO_CLOSE)
        released = ExtractRelease(
            request_id=begun.request_id,
            build_id=begun.id,
            cut_id=order.cut.id,
            policy=order.policy.version,
            software=shop.vault.software,
            unblinded=order.unblinded,
            snapshot_at=at,
            released_at=now,
            **made,
        )
        await actions.release(
            session, begun, released, recipient=order.recipient, by=shop.by, at=now
        )
        shelf.put(shop.settings, packed, released.digest)
