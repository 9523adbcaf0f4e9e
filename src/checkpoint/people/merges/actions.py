"""Merge two records of one person, and part them again. Neither record is touched; no commits."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.people import queries as people
from checkpoint.people.merges import queries, rules
from checkpoint.people.merges.schemas import MergePeople, PartPeople
from checkpoint.people.merges.states import MergeEvent
from checkpoint.people.merges.tables import PersonMerge, PersonParting

KIND = "person"


class PartedAlready(errors.Conflict):
    slug = "parted-already"
    title = "These two were parted already"


async def merge(
    session: AsyncSession,
    kept_id: UUID,
    command: MergePeople,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Any:
    """Two records are about one person from now on; both are found under the one that is kept.

    Either may have others merged into it, and brings them along. Neither may be merged away: who
    is named is who goes on, so that nobody has to guess where a chain ends.
    """
    rules.check_two(kept_id, command.other_id)
    session.info.get("request", {})["found"] = [command.other_id]  # for the entry of a refusal
    await _hold(session, kept_id, command.other_id)
    await _check_seen(session, kept_id, seen=seen)
    for person_id in (kept_id, command.other_id):
        await people.shown_to(session, person_id, actor=by)
        await people.check_stands(session, person_id)
    row = PersonMerge(kept_id=kept_id, **command.model_dump(), merged_at=at, merged_by=by.id)
    await insert(session, row)
    await ledger.record(
        session,
        Operation.COMBINATION,
        MergeEvent.MERGED,
        kept_id,
        command.other_id,
        row,
        kind=KIND,
        by=by,
        at=at,
        change={"merged_person": (None, command.other_id)},
    )
    return await queries.one(session, kept_id, row.id)


async def part(
    session: AsyncSession,
    person_id: UUID,
    merge_id: UUID,
    command: PartPeople,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> Any:
    """Two records are about two people after all; what was merged into either stays with it."""
    found = await queries.one(session, person_id, merge_id)
    await _hold(session, found.kept_id, found.other_id)
    found = await queries.one(session, person_id, merge_id)  # afresh: somebody may have parted them
    if found.parting_id is not None:
        raise PartedAlready(
            "There is nothing to do: GET the person's merges to see who parted them."
        )
    await _check_seen(session, person_id, seen=seen)
    row = PersonParting(
        person_merge_id=merge_id, **command.model_dump(), parted_at=at, parted_by=by.id
    )
    await insert(session, row)
    await ledger.record(
        session,
        Operation.ALTERATION,
        MergeEvent.PARTED,
        found.kept_id,
        found.other_id,
        merge_id,
        kind=KIND,
        by=by,
        at=at,
        change={"merged_person": (found.other_id, None)},
    )
    return await queries.one(session, person_id, merge_id)


async def _check_seen(session: AsyncSession, person_id: UUID, *, seen: int) -> None:
    """Else it is told with which records the person is one now."""
    same = sorted(await people.same_person_ids(session, person_id))
    version = await queries.version_of(session, person_id)
    unchanged_since(seen, version, short={"same_person_ids": same}, about=same)


async def _hold(session: AsyncSession, *person_ids: UUID) -> None:
    """Both people, in the order of their ids, so that no two who merge wait for each other.

    Not as whoever changes a person holds them: their rows stay, and may be pointed at meanwhile.
    """
    for person_id in sorted(person_ids):
        await people.one(session, person_id, to_merge=True)
