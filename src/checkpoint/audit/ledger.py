"""Write the ledger. Called inside the transaction that makes the change."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import STREAMS, AuditEntry, ChangedValue
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import Record, insert, insert_values
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.logs import log, without_content

DONE = "done"
# An entry is plain values by column: it is written on every request and read by nobody in it.
Entry = dict[str, Any]
# Field name to value before and value after.
Change = Mapping[str, tuple[Any, Any]]
# What the trigger fills in, and what holds all the rest.
NOT_CANONICAL = frozenset({"sequence", "xid", "recorded_at", "canonical"})
CANONICAL = [column.key for column in AuditEntry.__table__.c if column.key not in NOT_CANONICAL]


class LedgerNotWritten(errors.Unavailable):
    slug = "ledger-not-written"
    title = "This cannot be put on record just now, so nothing was done"


async def record(
    session: AsyncSession,
    operation: Operation,
    event: StrEnum,
    *subjects: Record | UUID,
    kind: str,
    by: Actor,
    at: datetime,
    change: Change | None = None,
    purpose: str | None = None,
    recipient: str | None = None,
) -> None:
    """Append the one entry of this request. Stands or falls with the caller's transaction.

    Args:
        session: the caller's; a request's carries the request's number and door.
        operation: which of the six.
        event: what happened, in the room's own words.
        subjects: the things it happened to, the chief one first; none for an empty list.
        kind: the kind of the chief subject.
        by: who.
        at: when.
        change: field name to (before, after); the values go beside the ledger.
        purpose: reason for access where one was given; else it is taken from context.
        recipient: to whom it was disclosed, as a code.

    Raises:
        LedgerNotWritten: the entry could not be written, so the request must fail.
    """
    request: dict[str, Any] = session.info.get("request", {})
    ids = [subject.id if isinstance(subject, Record) else subject for subject in subjects]
    entry = composed(
        request_id=request.get("request_id") or new_id(),
        door=request.get("door", "shell"),
        operation=operation,
        event=event.value,
        outcome=DONE,
        subject_kind=kind,
        subject_ids=ids,
        changed_fields=sorted(change or {}),
        by=by,
        at=at,
        purpose=purpose or purpose_of(by),
        recipient=recipient,
    )
    await append(session, entry, _values(entry["id"], ids, change or {}))
    request["recorded"] = request.get("recorded", 0) + 1
    request["about"] = [*request.get("about", ()), *ids]  # which a kept answer is about, too


def _values(entry_id: UUID, ids: Sequence[UUID], change: Change) -> list[ChangedValue]:
    return [
        ChangedValue(
            entry_id=entry_id,
            subject_id=ids[0],
            field=field,
            before=kept(before),
            after=kept(after),
        )
        for field, (before, after) in change.items()
    ]


async def append(session: AsyncSession, entry: Entry, values: Sequence[ChangedValue] = ()) -> None:
    """Write the values, then the entry, which takes its stream's lock until commit."""
    await session.flush()  # what the deed left to write fails as its own, not as the ledger's
    try:
        if values:
            await insert(session, *values)
        await insert_values(session, AuditEntry, entry)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        log.error("ledger_not_written", **without_content(error))
        raise LedgerNotWritten("Send the same request again shortly.") from None


def composed(*, by: Actor | None, **facts: Any) -> Entry:
    """An entry's columns, with its stream and its canonical content."""
    actor_id = by.id if by else None
    entry = {
        "id": new_id(),
        "actor_id": actor_id,
        "actor_role": by.role if by else None,
        "client": by.client if by else None,
        "stream": (actor_id.int if actor_id else 0) % STREAMS,
        "purpose": None,
        "recipient": None,
    } | facts
    return entry | {"canonical": canonical(entry)}


def purpose_of(by: Actor) -> str:
    """Reason for access without a keystroke: the role, and the suites it is held for."""
    return f"{by.role.value}:{','.join(sorted(by.suites)) or '-'}"


def canonical(entry: Mapping[str, Any]) -> str:
    """The entry as RFC 8785 JSON: names in order, no spaces, instants in UTC microseconds."""
    content = {name: plain(entry[name]) for name in CANONICAL}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def kept(value: Any) -> JsonValue:
    """A changed value as JSON, in the form that clients see."""
    return plain(value) if isinstance(value, date | StrEnum | UUID) else value


def plain(value: Any) -> JsonValue:
    """One column's value in the form that is hashed, whatever the server's time zone says."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, list):
        return [plain(part) for part in value]
    if value is None or isinstance(value, int):
        return value
    return str(value)
