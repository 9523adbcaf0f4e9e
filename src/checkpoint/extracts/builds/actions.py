"""Builds are asked for, taken up, and end: released, failed or cancelled."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.extracts import queries as extracts
from checkpoint.extracts import rules
from checkpoint.extracts.builds import queries
from checkpoint.extracts.builds.tables import ExtractBuild, ExtractRelease
from checkpoint.extracts.states import (
    LIVE,
    BuildFault,
    BuildOver,
    BuildStage,
    BuildState,
    BuildUnderWay,
    ExtractEvent,
    KeyDestroyed,
    Product,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.errors import RuleBroken

ALONE = sa.text(
    "SELECT pg_advisory_xact_lock(hashtext('extract'), hashtext(CAST(:id AS text)))"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))
# Only one build at a time enters the register, so that no two of nearly the same people pass.
ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext('extract register'))")
# Whoever enters one of a million people compares them with every earlier release for a minute.
PATIENTLY = sa.text("SET LOCAL lock_timeout = '5min'")
# How often a build is taken up again after whoever built it was killed.
MOST_ATTEMPTS = 5
EVENTS = {
    BuildState.FAILED: ExtractEvent.BUILD_FAILED,
    BuildState.CANCELLED: ExtractEvent.BUILD_CANCELLED,
}


async def ask(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> Any:
    """Have an approved extract built, by whichever worker comes first.

    Returns:
        The build.

    Raises:
        ExtractNotFound, ExtractEnded, ExtractNotApproved, KeyDestroyed, BuildUnderWay, RuleBroken:
            nothing is built.
    """
    await executed(session, ALONE, {"id": extract_id})
    found = await extracts.one(session, extract_id, actor=by, at=at)
    rules.check_buildable(found.state)
    if found.request.product == Product.PERSON_LEVEL and found.request.sealed is None:
        raise KeyDestroyed("No pseudonym of it can be made again; ask for another extract.")
    if any(row.state in LIVE for row in found.builds):
        raise BuildUnderWay("See its builds; wait for this one, or cancel it.")
    if len(found.builds) >= rules.MOST_BUILDS:
        raise RuleBroken("#", "builds-full", f"It was built {rules.MOST_BUILDS} times.")
    asked = ExtractBuild(
        request_id=extract_id,
        number=len(found.builds) + 1,
        state=BuildState.QUEUED,
        stage=BuildStage.WAITING,
        assessment=found.assessments[-1].number if found.assessments else None,
        asked_at=at,
        asked_by=by.id,
    )
    await insert(session, asked)
    await _record(
        session, Operation.COLLECTION, ExtractEvent.BUILD_ASKED, asked.id, extract_id, by=by, at=at
    )
    return asked


async def cancel(
    session: AsyncSession, extract_id: UUID, number: int, *, by: Actor, at: datetime
) -> None:
    """Have a build stop; whoever builds it sees so within a second or two, and keeps nothing.

    Raises:
        ExtractNotFound, BuildNotFound, BuildOver: nothing was cancelled.
    """
    await extracts.one(session, extract_id, actor=by, at=at)
    found = await queries.held(session, (await queries.one(session, extract_id, number)).id)
    if found.state not in LIVE or found.cancelled_at is not None:
        raise BuildOver("See how it ended, or wait for it to end.", state=found.state)
    changes: dict[str, Any] = {"cancelled_at": at, "cancelled_by": by.id}
    if found.state == BuildState.QUEUED:
        changes |= {"state": BuildState.CANCELLED, "ended_at": at}
    await _change(session, found.id, **changes)
    event = ExtractEvent.BUILD_CANCELLED
    await _record(session, Operation.ALTERATION, event, found.id, extract_id, by=by, at=at)


async def begin(session: AsyncSession, build_id: UUID, *, by: Actor, at: datetime) -> Any | None:
    """Take a build up; it may be one that somebody was killed over.

    Returns:
        The build; None where it has ended, or has just been ended here because it was cancelled
        or was taken up too often.
    """
    found = await queries.held(session, build_id)
    if found.state not in LIVE:
        return None
    if found.cancelled_at is not None or found.attempts >= MOST_ATTEMPTS:
        cancelled = found.cancelled_at is not None
        state = BuildState.CANCELLED if cancelled else BuildState.FAILED
        fault = None if cancelled else BuildFault.BROKEN
        await _end(session, found, state, fault, by=by, at=at)
        return None
    await _change(
        session,
        build_id,
        state=BuildState.RUNNING,
        stage=BuildStage.MEASURING,
        done=0,
        attempts=found.attempts + 1,
        begun_at=found.begun_at or at,
    )
    return await queries.held(session, build_id)


async def progress(
    session: AsyncSession, build: Any, stage: BuildStage, *, done: int, total: int
) -> bool:
    """Put down how far a build is.

    Returns:
        Whether it is still wanted, of whoever took it up then.
    """
    found = await queries.held(session, build.id)
    if not rules.is_theirs(found, build) or found.cancelled_at is not None:
        return False
    await _change(session, build.id, stage=stage, done=done, total=total)
    return True


async def fail(
    session: AsyncSession,
    build: Any,
    fault: BuildFault | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """A build gave nothing; where somebody else took it up meanwhile, it is theirs to end.

    Args:
        session: the caller's.
        build: the build, as it was when it was taken up.
        fault: why; None where it was cancelled.
        by: who built it.
        at: when.
    """
    if not rules.is_theirs(await queries.held(session, build.id), build):
        return
    state = BuildState.FAILED if fault else BuildState.CANCELLED
    await _end(session, build, state, fault, by=by, at=at)


async def _end(
    session: AsyncSession,
    build: Any,
    state: BuildState,
    fault: BuildFault | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    await _change(session, build.id, state=state, fault=fault, ended_at=at)
    await _record(
        session, Operation.ALTERATION, EVENTS[state], build.id, build.request_id, by=by, at=at
    )


async def hold_register(session: AsyncSession) -> None:
    """Have nobody else enter a release, or remove a package, until the transaction ends."""
    await executed(session, PATIENTLY, {})
    await executed(session, ONE_AT_A_TIME, {})


async def release(
    session: AsyncSession,
    build: Any,
    released: ExtractRelease,
    *,
    recipient: str,
    by: Actor,
    at: datetime,
) -> None:
    """Enter what a build gave into the register; from now on its recipient may have it."""
    await insert(session, released)
    await _change(
        session,
        build.id,
        state=BuildState.RELEASED,
        stage=BuildStage.DONE,
        done=released.kept,
        total=released.kept,
        ended_at=at,
    )
    await ledger.record(
        session,
        Operation.DISCLOSURE,
        ExtractEvent.RELEASED,
        released.id,
        build.id,
        build.request_id,
        kind="extract_release",
        by=by,
        at=at,
        recipient=recipient,
    )


async def _change(session: AsyncSession, build_id: UUID, **values: Any) -> None:
    table = ExtractBuild.__table__
    statement = sa.update(table).where(table.c.id == build_id).values(**values)
    await executed(session, statement, {})


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: ExtractEvent,
    *subjects: UUID,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, operation, event, *subjects, kind="extract_build", by=by, at=at)
