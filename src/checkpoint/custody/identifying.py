"""Whom a custody record is about: their particulars put right, or another person altogether."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries, rules
from checkpoint.custody.circumstances import queries as circumstances
from checkpoint.custody.states import CustodyEvent, step
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.people import queries as people
from checkpoint.people.schemas import Particulars
from checkpoint.people.tables import Person


async def begin_correction(
    session: AsyncSession, record_id: UUID, particulars: Particulars, *, seen: int, by: Actor
) -> Sequence[CustodyRecord]:
    """Hold the person, then every record that rests on who they are; the asked one comes first."""
    record = await queries.one(session, record_id, actor=by)
    person = await people.one(session, record.person_id, to_change=True)
    held = await queries.all_of_person(session, record.person_id)
    # Afresh: while this waited, the record may have been changed, or moved to somebody else.
    record = await queries.one(session, record_id, actor=by, lock=True)
    given = {name: getattr(particulars, name) for name in Particulars.model_fields}
    sent = {name: value for name, value in given.items() if value is not None}
    unchanged_since(
        seen,
        record.version,
        sent=sent if record.person_id == person.id else None,
        stands=person,
        about=(record.id, record.person_id),
    )
    held = [record, *(each for each in held if each.id != record.id)]
    for each in held:
        await _check_birth(session, each, particulars.date_of_birth, by=by)
        each.state = step(each.state, CustodyEvent.PERSON_CORRECTED)
        each.version += 1
    return held


async def _check_birth(
    session: AsyncSession, record: CustodyRecord, born: date | None, *, by: Actor
) -> None:
    """Of a record out of reach nothing is told, only whom to ask."""
    try:
        rules.check_birth(
            born,
            arrested_at=record.arrested_at,
            offences=await queries.offences_of(session, record.id),
            field="#/date_of_birth",
        )
    except RuleBroken:
        if await queries.reached(session, [record.id], actor=by):
            raise
        raise RuleBroken(
            "#/date_of_birth",
            "contradicts-another-record",
            "Another record of this person does not fit this date of birth: ask a supervisor.",
        ) from None


async def note_correction(
    session: AsyncSession,
    held: Sequence[CustodyRecord],
    change: ledger.Change,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """The person's particulars were put right, from the first of these records."""
    await ledger.record(
        session,
        Operation.ALTERATION,
        CustodyEvent.PERSON_CORRECTED,
        held[0].person_id,
        *held,
        kind="person",
        by=by,
        at=at,
        change=change,
    )


async def begin_reidentifying(
    session: AsyncSession, record_id: UUID, *, seen: int, by: Actor
) -> CustodyRecord:
    """Hold a record that stands with the wrong person, and that person before it."""
    record = await queries.one(session, record_id, actor=by)
    await people.one(session, record.person_id)
    record = await queries.one(session, record_id, actor=by, lock=True)
    short = {"state": record.state, "suite": record.suite, "person_id": record.person_id}
    unchanged_since(seen, record.version, short=short, about=(record.id, record.person_id))
    record.state = step(record.state, CustodyEvent.REIDENTIFIED)
    return record


async def reidentify(
    session: AsyncSession,
    record: CustodyRecord,
    person: Person,
    *,
    field: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The record stands with the right person from now on; gives whom it stood with before."""
    before = record.person_id
    await _check_other(session, record, person.id)
    rules.check_birth(
        person.date_of_birth,
        arrested_at=record.arrested_at,
        offences=await queries.offences_of(session, record.id),
        field=field,
    )
    record.person_id = person.id
    record.version += 1
    await ledger.record(
        session,
        Operation.ALTERATION,
        CustodyEvent.REIDENTIFIED,
        record,
        person,
        before,
        kind="custody_record",
        by=by,
        at=at,
        change={"person_id": (before, person.id)},
    )
    return before


async def _check_other(session: AsyncSession, record: CustodyRecord, person_id: UUID) -> None:
    """The right person is neither the one who stands there nor a co-accused."""
    if person_id == record.person_id:
        raise RuleBroken(
            "#/person_id", "same-person", "The record stands with this person already."
        )
    if person_id in await people.same_person_ids(session, record.person_id):
        raise RuleBroken(
            "#/person_id",
            "same-person",
            "The record's person is merged with this one: if they are two, part them first.",
        )
    if await circumstances.is_accused_too(session, record.id, person_id):
        raise RuleBroken(
            "#/person_id",
            "same-person",
            "This person is linked here as co-accused: withdraw the link, or name somebody else.",
        )
