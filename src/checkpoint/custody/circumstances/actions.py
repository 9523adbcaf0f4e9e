"""What is entered of what surrounds a case. One function per event; no commits."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.custody import queries as custody
from checkpoint.custody import rules as custody_rules
from checkpoint.custody.actions import tell
from checkpoint.custody.circumstances import queries, rules
from checkpoint.custody.circumstances.schemas import ChangeCoAccused, NotScreened, SaveSafeguards
from checkpoint.custody.circumstances.tables import CoAccused, Safeguard, ScreeningOmission
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.states import CustodyEvent, step
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.people import queries as people


async def save_safeguards(
    session: AsyncSession,
    record_id: UUID,
    command: SaveSafeguards,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> CustodyRecord:
    """What is known of appropriate adult and interpreter is saved; what was known before stays."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    said = command.model_dump()
    before = await queries.safeguards(session, record_id)
    about = (record.id, record.person_id)
    unchanged_since(seen, record.version, sent=said, stands=before, about=about)
    record.state = step(record.state, CustodyEvent.SAFEGUARDS_SAVED)
    rules.check_safeguards(said, arrived_at=record.arrived_at, now=at)
    saved = before.number if before else 0
    custody_rules.check_space(
        saved,
        most=custody_rules.MOST_SAVINGS,
        what="savings of the safeguards",
        remedy=custody_rules.NEVER_NEEDED,
    )
    row = Safeguard(
        custody_record_id=record.id, number=saved + 1, saved_at=at, saved_by=by.id, **said
    )
    record.version += 1
    await insert(session, row)
    change = {name: (getattr(before, name, None), value) for name, value in said.items()}
    await tell(session, record, CustodyEvent.SAFEGUARDS_SAVED, change=change, by=by, at=at)
    return record


async def not_screened(
    session: AsyncSession,
    record_id: UUID,
    command: NotScreened,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> CustodyRecord:
    """Nobody screened this person, and this is why; a later screening clears it."""
    record = await custody.one(session, record_id, actor=by, lock=True)
    before = await queries.omission(session, record_id)
    about = (record.id, record.person_id)
    unchanged_since(seen, record.version, sent=command.model_dump(), stands=before, about=about)
    record.state = step(record.state, CustodyEvent.NOT_SCREENED)
    screened = await custody.last_screening(session, record_id) is not None
    rules.check_omission(screened=screened)
    given = before.number if before else 0
    custody_rules.check_space(
        given,
        most=custody_rules.MOST_SAVINGS,
        what="reasons for not screening",
        remedy=custody_rules.NEVER_NEEDED,
    )
    row = ScreeningOmission(
        custody_record_id=record.id,
        number=given + 1,
        reason=command.reason,
        recorded_at=at,
        recorded_by=by.id,
    )
    record.version += 1
    await insert(session, row)
    change = {"not_screened": (before.reason if before else None, command.reason)}
    await tell(session, record, CustodyEvent.NOT_SCREENED, change=change, by=by, at=at)
    return record


async def change_co_accused(
    session: AsyncSession, record_id: UUID, command: ChangeCoAccused, *, by: Actor, at: datetime
) -> CustodyRecord:
    """Somebody else is found to be accused too, or not to be; the screening is left as it is."""
    if command.withdraws is None:
        record, other = await _hold_to_link(session, record_id, command, by=by)
    else:
        record, other = await _hold_to_withdraw(session, record_id, command.withdraws, by=by)
    record.state = step(record.state, CustodyEvent.CO_ACCUSED_CHANGED)
    linked = await queries.co_accused(session, record_id, actor=by)
    if command.withdraws is None:
        for each in (record, other):
            rules.check_links(await queries.links_entered(session, each.id) if each else 0)
    if command.withdraws is not None:
        rules.check_withdraws(command.withdraws, linked)
    elif other is not None:
        field = "#/custody_record_id" if command.reference is None else "#/reference"
        same = await people.same_person_ids(session, record.person_id)
        rules.check_link(record, other, linked, same_person=same, field=field)
    row = CoAccused(
        custody_record_id=record.id,
        other_record_id=other.id if other and command.withdraws is None else None,
        withdraws_id=command.withdraws,
        recorded_at=at,
        recorded_by=by.id,
    )
    record.version += 1
    await insert(session, row)
    if other is not None:
        other.version += 1
    others = (other.id, other.person_id) if other else ()
    event = CustodyEvent.CO_ACCUSED_CHANGED
    await tell(session, record, event, *others, change={}, by=by, at=at)
    return record


async def _hold_to_link(
    session: AsyncSession, record_id: UUID, command: ChangeCoAccused, *, by: Actor
) -> tuple[CustodyRecord, CustodyRecord | None]:
    """The record and the one that is to be linked, if that one is there; both within reach."""
    other_id = command.custody_record_id
    if command.reference is not None:
        other_id = await queries.id_by_reference(session, command.reference, actor=by)
        if other_id is None:
            raise CustodyRecordNotFound("Check the id, or ask a colleague in that suite.")
    # In the order of their ids, so that two who link the same two do not wait for each other.
    ids = sorted({record_id, other_id or record_id})
    held = {id: await custody.one(session, id, actor=by, lock=True) for id in ids}
    return held[record_id], held[other_id] if other_id else None


async def _hold_to_withdraw(
    session: AsyncSession, record_id: UUID, link_id: UUID, *, by: Actor
) -> tuple[CustodyRecord, CustodyRecord | None]:
    """The record and the one at the other end of the link, wherever that one has gone."""
    await custody.one(session, record_id, actor=by)
    linked = await queries.co_accused(session, record_id, actor=by)
    other_id = next((link.other_id for link in linked if link.id == link_id), None)
    held = await custody.these(session, {record_id, other_id or record_id})
    record = await custody.one(session, record_id, actor=by, lock=True)
    return record, next((each for each in held if each.id != record_id), None)
