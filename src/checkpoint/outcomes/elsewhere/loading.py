"""Receive rows of a trial that ran elsewhere, part by part."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.copying import copied
from checkpoint.foundation.database import Record, insert, rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id
from checkpoint.outcomes.elsewhere import queries
from checkpoint.outcomes.elsewhere.actions import masks_of, open_edition, record
from checkpoint.outcomes.elsewhere.schemas import ReceiveFollowUp, ReceiveParticipants
from checkpoint.outcomes.elsewhere.states import EditionEvent, PartKind, PartReceived
from checkpoint.outcomes.elsewhere.tables import (
    ElsewhereEvent,
    ElsewhereParticipant,
    TrialEditionPart,
)
from checkpoint.outcomes.elsewhere.tabular import (
    FollowUpRow,
    ParticipantRow,
    RowRefused,
    follow_up_values,
    participant_values,
)

SHOWN = 50
KNOWN = sa.text("""
    SELECT reference FROM elsewhere_participant
     WHERE trial_edition_id = :edition_id AND participant_id = ANY(:ids)
""")
TABLES: Mapping[PartKind, type[Record]] = {
    PartKind.PARTICIPANTS: ElsewhereParticipant,
    PartKind.FOLLOW_UP: ElsewhereEvent,
}


async def receive_participants(
    session: AsyncSession,
    code: str,
    command: ReceiveParticipants,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> None:
    """Some of the participants of the edition that is being received, or nothing.

    Raises:
        ElsewhereNotFound, EditionNotFound: none is being received.
        PartReceived: the part came before and said something else.
        RuleBroken: rows do not fit; each is told.
    """
    edition, manifest = await open_edition(session, code)
    said = masks_of(manifest, vault)
    values = _values(command.rows, lambda row: participant_values(row, manifest, said))
    if await _is_new(session, edition, PartKind.PARTICIPANTS, command, by=by, at=at):
        await _check_new(session, edition, command.rows, values)
        await _keep(session, edition, PartKind.PARTICIPANTS, values)


async def receive_follow_up(
    session: AsyncSession, code: str, command: ReceiveFollowUp, *, by: Actor, at: datetime
) -> None:
    """Some of what came of participants of the edition that is being received, or nothing.

    Raises:
        ElsewhereNotFound, EditionNotFound: none is being received.
        PartReceived: the part came before and said something else.
        RuleBroken: rows do not fit; each is told.
    """
    edition, manifest = await open_edition(session, code)
    values = _values(command.rows, lambda row: follow_up_values(row, manifest))
    if await _is_new(session, edition, PartKind.FOLLOW_UP, command, by=by, at=at):
        await _keep(session, edition, PartKind.FOLLOW_UP, values)


def _values(rows: Iterable[Any], read: Any) -> list[dict[str, Any]]:
    """What is kept of each row, or every fault with its place."""
    found: list[dict[str, Any]] = []
    faults: list[RuleBroken] = []
    for place, row in enumerate(rows):
        try:
            found.append(read(row))
        except RowRefused as refused:
            faults += [
                RuleBroken(f"#/rows/{place}/{_place(each.column)}", each.rule, each.detail)
                for each in refused.faults
            ]
    _raise_all(faults)
    return found


def _place(column: str) -> str:
    """Where a column stands in a row of the API: covariates lie one deeper."""
    known = column in ParticipantRow.model_fields or column in FollowUpRow.model_fields
    return column if known else f"covariates/{column}"


def _raise_all(faults: Sequence[RuleBroken]) -> None:
    if not faults:
        return
    told = [fault for each in faults for fault in each.faults]
    faults[0].faults[:] = told[:SHOWN]
    if len(told) > 1:
        faults[0].detail = f"{len(told):,} faults in all; see errors."
    raise faults[0]


async def _check_new(
    session: AsyncSession,
    edition: Any,
    rows: Sequence[ParticipantRow],
    values: Sequence[Mapping[str, Any]],
) -> None:
    ids = [each["participant_id"] for each in values]
    known = await rows_of(session, KNOWN, edition_id=edition.id, ids=ids)
    seen = {row.reference for row in known}
    faults = []
    for place, row in enumerate(rows):
        if row.participant in seen:
            faults.append(
                RuleBroken(
                    f"#/rows/{place}/participant", "participant-twice", "Each comes in one row."
                )
            )
        seen.add(row.participant)
    _raise_all(faults)


def part_digest(command: ReceiveParticipants | ReceiveFollowUp) -> str:
    """SHA-256 of what a part says, in hexadecimal digits.

    Args:
        command: the part; its number is left out.

    Returns:
        The same for the same rows in each version of this service: a day of custody that is not told
        is left out, since parts could not always tell one.
    """
    untold = {
        place: {"custody_day"}
        for place, row in enumerate(command.rows)
        if isinstance(row, ParticipantRow) and row.custody_day is None
    }
    told = command.model_dump_json(exclude={"part": True, "rows": untold})
    return hashlib.sha256(told.encode()).hexdigest()


async def _is_new(
    session: AsyncSession,
    edition: Any,
    kind: PartKind,
    command: ReceiveParticipants | ReceiveFollowUp,
    *,
    by: Actor,
    at: datetime,
) -> bool:
    """Put a part on record, unless the very same is here already."""
    whole = part_digest(command)
    before = await queries.part(session, edition.id, kind, command.part)
    if before is not None and before.digest != whole:
        raise PartReceived("Send it as another part, or abandon the edition and begin again.")
    await record(session, EditionEvent.PART_RECEIVED, edition.id, by=by, at=at)
    if before is not None:
        return False
    rows = len(command.rows)
    await note_part(session, edition.id, kind, command.part, rows=rows, whole=whole, by=by, at=at)
    return True


async def _keep(
    session: AsyncSession, edition: Any, kind: PartKind, values: Sequence[Mapping[str, Any]]
) -> None:
    before = (await queries.received(session, edition.id))[edition.id][kind] - len(values)
    await keep_rows(session, edition.id, kind, values, first=before + 1)


async def keep_rows(
    session: AsyncSession,
    edition_id: UUID,
    kind: PartKind,
    values: Iterable[Mapping[str, Any]],
    *,
    first: int = 1,
) -> None:
    """Put rows into their table, numbered from the first on."""
    table = TABLES[kind]
    columns = [column.key for column in table.__table__.c]

    def row(number: int, told: Mapping[str, Any]) -> Any:
        whole = {"id": new_id(), "trial_edition_id": edition_id, "row": number} | dict(told)
        if "baseline" in whole:
            whole["baseline"] = json.dumps(whole["baseline"], sort_keys=True)
        return [whole[name] for name in columns]

    rows = (row(number, told) for number, told in enumerate(values, first))
    await copied(session, table, columns, rows)


async def note_part(
    session: AsyncSession,
    edition_id: UUID,
    kind: PartKind,
    number: int,
    *,
    rows: int,
    whole: str,
    by: Actor,
    at: datetime,
) -> None:
    """A part has come: how many rows, and the digest of what they say."""
    part = TrialEditionPart(
        trial_edition_id=edition_id,
        kind=kind,
        number=number,
        rows=rows,
        digest=whole,
        received_at=at,
        received_by=by.id,
    )
    await insert(session, part)
