"""Take a data cut: everybody who was allocated and what came of them, as known at one moment."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.states import SealedListChanged
from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.copying import copied
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id
from checkpoint.monitor.rules import masks
from checkpoint.outcomes.cuts import queries, values
from checkpoint.outcomes.cuts.changes import CutChange
from checkpoint.outcomes.cuts.facts import Programme, Taken, gathered, last_day_of
from checkpoint.outcomes.cuts.states import (
    CutTooLarge,
    DataCutEvent,
    NothingToCut,
    Origin,
)
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant, DataCut
from checkpoint.outcomes.elsewhere import queries as elsewhere
from checkpoint.outcomes.elsewhere.cutting import cut_off
from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.outcomes.own import cases
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing
from checkpoint.trials.states import TrialKind

ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('data cuts'), hashtext(:code))")
PATIENTLY = sa.text("SET LOCAL statement_timeout = '10min'")
# An answer has to come within seconds; more are cut in the shell, which shows how far it is.
MOST_AT_ONCE = 20_000
AT_A_TIME = 1000


@dataclass(frozen=True)
class Source:
    """Where a cut comes from: what holds for all, how many there are, and each of them."""

    origin: Origin
    programme: Programme
    people: int
    taken: AsyncIterator[Taken]


async def take(
    session: AsyncSession,
    code: str,
    *,
    vault: Vault,
    known_until: datetime | None = None,
    followed_until: date | None = None,
    most: int | None = None,
    by: Actor,
    at: datetime,
    seen: Callable[[int], None] = lambda _: None,
) -> Any:
    """Take a data cut of a trial, and count how it differs from the one before.

    Args:
        session: the caller's; whoever commits it has the whole cut.
        code: the trial's name.
        vault: holds the key that masks arms.
        known_until: what was on record by then counts; None: all of now.
        followed_until: the last day that counts; None: the last of which follow-up is in. Whoever
            was allocated later is not in the cut, and nothing that was measured later.
        most: how many people it takes at most; None: any number.
        by: who.
        at: when.
        seen: is told how many people were cut since it was told last.

    Returns:
        The cut's row.

    Raises:
        TrialNotFound, NothingToCut: there is no such trial, or nothing of it to cut.
        CutTooLarge: it has more people.
        RuleBroken: the moment is still to come; the day is before the trial or not followed up.
        SealedListChanged: its arms were masked by another key.
    """
    trial = await trials.one(session, code, at=at)
    until = _passed(known_until or at, at=at)
    await _alone(session, code)
    said = masks(trial.protocol.arms, key=vault.key(), trial=trial.code)
    source = await _source(session, trial, until, vault=vault, last=followed_until)
    _check_size(source, code, most=most)
    cuts = await queries.of_trial(session, trial.id)
    cut_id = new_id()
    counted = await _copied(session, cut_id, source, seen)
    cut = DataCut(
        id=cut_id,
        trial_id=trial.id,
        number=cuts[0].number + 1 if cuts else 1,
        origin=source.origin,
        known_until=until,
        masks=sorted(said.values()),
        software=vault.software,
        taken_at=at,
        taken_by=by.id,
        **values.told(source.programme),
        **values.worded(source.programme),
        **counted,
    )
    await insert(session, cut)
    if cuts:
        await _compare(session, cut_id, cuts[0].id)
    await _record(session, cut, by=by, at=at)
    return cut


async def _alone(session: AsyncSession, code: str) -> None:
    await executed(session, ALONE, {"code": code})
    await executed(session, PATIENTLY, {})


def _passed(moment: datetime, *, at: datetime) -> datetime:
    if moment > at:
        raise RuleBroken("#/known_until", "moment-to-come", "Name a moment that has passed.")
    return moment


def _check_size(source: Source, code: str, *, most: int | None) -> None:
    if most is not None and source.people > most:
        raise CutTooLarge(
            f"It has more than {most:,} people: checkpoint trial cut {code}", limit=most
        )


async def _source(
    session: AsyncSession, trial: Standing, until: datetime, *, vault: Vault, last: date | None
) -> Source:
    if trial.kind is not TrialKind.ELSEWHERE:
        own = await cases.source_of(session, trial, until=until, vault=vault, last=last)
        if own is None:
            raise NothingToCut(
                "No follow-up had come in by then, or nobody was allocated by its last day."
            )
        return Source(Origin.OWN, *own)
    editions = await elsewhere.of_code(session, trial.code)
    edition = elsewhere.complete_at(editions, until)
    if edition is None:
        raise NothingToCut("No edition of it was complete by then.")
    if edition.key_check != vault.key_check(edition.id):
        raise SealedListChanged(
            "CHECKPOINT_SEALING_KEY is not the key that masked its arms; bring it in once more."
        )
    manifest = Manifest.model_validate(edition.manifest)
    programme = manifest.programme(edition.manifest_digest, number=edition.number)
    ends = last_day_of(programme.followed_until, last, opened_on=trial.protocol.opens_on)
    is_cut_off, later = ends < programme.followed_until, 0
    if is_cut_off:
        later = await elsewhere.allocated_after(session, edition.id, ends)
        programme = cut_off(programme, last=ends, later=later)
    people = elsewhere.taken(session, edition.id, last=ends, cut_off=is_cut_off)
    return Source(Origin.ELSEWHERE, programme, manifest.participants - later, people)


async def _copied(
    session: AsyncSession, cut_id: UUID, source: Source, seen: Callable[[int], None]
) -> dict[str, Any]:
    """Put everybody into the cut, so many at a time; what its row says of them."""
    whole = hashlib.sha256(values.line(values.told(source.programme)))
    people, events = 0, 0
    participants: list[Any] = []
    happened: list[Any] = []

    async def put() -> None:
        await copied(session, CutParticipant, values.PARTICIPANT_COLUMNS, participants)
        await copied(session, CutEvent, values.EVENT_COLUMNS, happened)
        seen(len(participants))
        participants.clear()
        happened.clear()
        await asyncio.sleep(0)  # whoever else is being answered goes on

    async for taken in source.taken:
        found = gathered(taken, source.programme)
        row, rows = values.participant_row(taken, found), [*values.event_rows(found)]
        whole.update(values.somebodys_line(taken, row, rows))
        participants.append((new_id(), cut_id, taken.participant_id, *row))
        happened += [(new_id(), cut_id, taken.participant_id, *each) for each in rows]
        people, events = people + 1, events + len(rows)
        if len(participants) == AT_A_TIME:
            await put()
    await put()
    return {"participants": people, "events": events, "digest": whole.hexdigest()}


async def _compare(session: AsyncSession, cut_id: UUID, before_id: UUID) -> None:
    found = await queries.differences(session, cut_id, before_id)
    rows = [
        CutChange(cut_id=cut_id, before_id=before_id, part=part, field=field, changed=count)
        for (part, field), count in found.items()
    ]
    if rows:
        await insert(session, *rows)


async def _record(session: AsyncSession, cut: DataCut, *, by: Actor, at: datetime) -> None:
    await ledger.record(
        session,
        Operation.COMBINATION,
        DataCutEvent.TAKEN,
        cut.id,
        cut.trial_id,
        kind="data_cut",
        by=by,
        at=at,
    )
