"""Adopt protocols, close trials, and put phases on record. Deeds like any other, for the shell."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import insert, rows_of
from checkpoint.trials import queries
from checkpoint.trials.rules import (
    Phase,
    Protocol,
    ProtocolUnreadable,
    amendment_faults,
    digest,
    entry_faults,
    parse,
    phase_faults,
    words_of_closing,
)
from checkpoint.trials.states import TrialEvent, TrialState
from checkpoint.trials.tables import (
    ProgrammePhase,
    Trial,
    TrialClosing,
    TrialProtocol,
    TrialStratum,
)

ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('trial protocols'))")


class ProtocolRefused(errors.Unprocessable):
    slug = "protocol-refused"
    title = "The trial protocol cannot be adopted"


class TrialClosedAlready(errors.Conflict):
    slug = "trial-closed-already"
    title = "The trial is closed already"


class ClosingRefused(errors.Unprocessable):
    slug = "closing-refused"
    title = "The trial is not closed"


class PhasesRefused(errors.Unprocessable):
    slug = "phases-refused"
    title = "The phases cannot be put on record"


def readable(text: str) -> Protocol:
    """The protocol that a file describes, or a refusal that says where it is wrong."""
    try:
        protocol = parse(text)
    except ProtocolUnreadable as error:
        raise ProtocolRefused(str(error)) from error
    if faults := entry_faults(protocol):
        raise ProtocolRefused("; ".join(faults))
    return protocol


async def adopt(session: AsyncSession, text: str, *, by: Actor, at: datetime) -> TrialProtocol:
    """A protocol file becomes its trial's next version; a first one founds the trial."""
    protocol = readable(text)
    await (await session.connection()).execute(ALONE)
    rows = await rows_of(session, queries.OF_CODE, code=protocol.trial)
    faults = await _faults(session, protocol, rows, at=at)
    if faults:
        raise ProtocolRefused("; ".join(faults))
    trial_id = rows[0].trial_id if rows else await _found(session, protocol)
    adopted = TrialProtocol(
        trial_id=trial_id,
        digest=digest(text),
        content=text,
        adopted_at=at,
        adopted_by=by.id,
        **protocol.model_dump(
            include={"number", "version", "in_effect_from", "opens_on", "closes_on"}
        ),
    )
    await insert(session, adopted)
    there = {row.suite for row in await rows_of(session, queries.STRATA, trial_id=trial_id)}
    if new := [suite for suite in protocol.strata if suite not in there]:
        await insert(session, *(TrialStratum(trial_id=trial_id, suite=suite) for suite in new))
    await ledger.record(
        session,
        Operation.COLLECTION,
        TrialEvent.ADOPTED,
        adopted,
        trial_id,
        kind="trial_protocol",
        by=by,
        at=at,
    )
    return adopted


async def _found(session: AsyncSession, protocol: Protocol) -> Any:
    trial = Trial(code=protocol.trial, kind=protocol.kind)
    await insert(session, trial)
    return trial.id


async def _faults(
    session: AsyncSession, protocol: Protocol, rows: Sequence[Any], *, at: datetime
) -> list[str]:
    on, before, state = london_day(at), None, TrialState.ANNOUNCED
    if rows:
        before = parse(rows[-1].content)
        state = (await queries.standing_of(session, rows, at)).state
    faults = amendment_faults(protocol, before, state=state, on=on)
    for suite in protocol.strata:
        others = await queries.of_suite(session, suite, at=at)
        faults += [
            f"strata: {suite} is in {other.code}, which is not closed"
            for other in others
            if other.code != protocol.trial and other.state is not TrialState.CLOSED
        ]
    known = {row.code for row in await rows_of(session, sa.text("SELECT code FROM suite"))}
    unknown = [suite for suite in protocol.strata if suite not in known]
    return faults + [f"strata: {suite} is no suite that is known" for suite in unknown]


async def close(
    session: AsyncSession, code: str, *, words: str, by: Actor, at: datetime
) -> TrialClosing:
    """Nobody is allocated in a trial from now on, and its list may be proved."""
    try:
        said = words_of_closing(words)
    except ValueError as error:
        raise ClosingRefused(str(error)) from error
    await (await session.connection()).execute(ALONE)
    trial = await queries.one(session, code, at=at)
    if trial.closed_at is not None:
        raise TrialClosedAlready("It was closed before; nothing was changed.")
    await rows_of(session, queries.STRATA_HELD, trial_id=trial.id)  # whoever draws now goes first
    closing = TrialClosing(trial_id=trial.id, words=said, closed_at=at, closed_by=by.id)
    await insert(session, closing)
    await ledger.record(
        session,
        Operation.ALTERATION,
        TrialEvent.CLOSED,
        closing,
        trial.id,
        kind="trial_closing",
        by=by,
        at=at,
    )
    return closing


async def add_phases(
    session: AsyncSession, given: Sequence[Phase], *, by: Actor, at: datetime
) -> int:
    """Phases that are not there yet, and how many; what is there is never edited."""
    there = await queries.phases(session)
    begun = {(each.suite, each.live_from) for each in there}
    new = [each for each in given if (each.suite, each.live_from) not in begun]
    if faults := phase_faults([*there, *new]):
        raise PhasesRefused("; ".join(faults))
    if new:
        rows = [ProgrammePhase(**asdict(each)) for each in new]
        await insert(session, *rows)
        await ledger.record(
            session,
            Operation.COLLECTION,
            TrialEvent.PHASES_ADDED,
            *(row.id for row in rows),
            kind="reference",
            by=by,
            at=at,
        )
    return len(new)
