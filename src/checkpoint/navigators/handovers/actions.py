"""Offer a case, take it or leave it; end a cover before its day. No commits."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.database import executed, insert
from checkpoint.navigators import actions, queries, rules
from checkpoint.navigators.caseload import check_may_take
from checkpoint.navigators.handovers import queries as offers
from checkpoint.navigators.handovers.schemas import OfferCase
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.states import (
    CoveredAlready,
    CoverOnly,
    EndReason,
    How,
    NavigatorEvent,
    NoNavigator,
    NotCovered,
    OfferKind,
    OfferOutcome,
    check_open,
    offer_state,
)
from checkpoint.navigators.tables import Cover, Offer, OfferAnswer

COVER_ENDED = sa.update(Cover.__table__).where(
    col(Cover.id) == sa.bindparam("cover_id", type_=sa.Uuid())
)


async def offer(
    session: AsyncSession, record_id: UUID, command: OfferCase, *, by: Actor, at: datetime
) -> Offer:
    """A case is offered to another navigator by whose it is, or by a supervisor of its suite.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator, CoverOnly, CoveredAlready, RuleBroken,
        OverrideNotYours, NavigatorLeft, HoldsAlready, NotCleared, NavigatorAbsent,
        NavigatorConflicted, NavigatorFull: nothing was offered.
    """
    record, now = await _reached(session, record_id, by=by, at=at)
    await _check_holder(session, now, by=by)
    actions.check_override(command.override_words, by=by)
    rules.check_cover(command.kind, command.cover_last_day, today=london_day(at))
    _check_uncovered(command.kind, now)
    to = await actions.candidate(session, command.navigator_id, at=at)
    case = await queries.case(session, record, at=at)
    check_may_take(to, case, override=command.override_words)
    await _check_there(session, to.id, command.cover_last_day, at=at)
    before = await offers.of_assignment(session, now.id, at=at)
    row = Offer(
        assignment_id=now.id,
        number=len(before) + 1,
        to_navigator_id=to.id,
        **command.model_dump(exclude={"navigator_id"}),
        offered_at=at,
        offered_by=by.id,
    )
    await insert(session, row)
    about = (row.id, now.id, record.id, record.person_id, to.id)
    await _record(session, NavigatorEvent.OFFERED, *about, by=by, at=at)
    return row


async def accept(session: AsyncSession, offer_id: UUID, *, by: Actor, at: datetime) -> None:
    """Whoever was offered a case takes it: for good, or to cover it.

    Raises:
        OfferNotFound, OfferNotOpen, CoveredAlready, NavigatorLeft, HoldsAlready, NotCleared,
        NavigatorAbsent, NavigatorConflicted, NavigatorFull: it stays where it is.
    """
    record, found = await _held(session, offer_id, by=by, at=at)
    held = await staff.held(session, [found.navigator_id, found.to_navigator_id])
    to = await actions.as_they_stand(session, held[found.to_navigator_id], at=at)
    case = await queries.case(session, record, at=at)
    now: Any = await queries.standing(session, record.id, at=at)
    _check_uncovered(found.kind, now)
    beyond = check_may_take(to, case, override=found.override_words)
    await _check_there(session, to.id, found.cover_last_day, at=at)
    await _answer(session, found, OfferOutcome.ACCEPTED, by=by, at=at)
    if found.kind == OfferKind.COVER:
        words = found.override_words if beyond else None
        await insert(session, _cover(found, words, at=at))
    else:
        await actions.ended(session, now.id, EndReason.HANDED_OVER, by=by, at=at)
        await actions.assigned(
            session,
            to,
            case,
            how=How.HANDED_OVER,
            override=found.override_words,
            override_by=found.offered_by,
            by=by,
            at=at,
        )
    about = (found.id, now.id, record.id, record.person_id, to.id)
    await _record(session, NavigatorEvent.ACCEPTED, *about, by=by, at=at)


async def decline(
    session: AsyncSession, offer_id: UUID, words: str, *, by: Actor, at: datetime
) -> None:
    """Whoever was offered a case leaves it where it is.

    Raises:
        OfferNotFound, OfferNotOpen: nothing was answered.
    """
    record, found = await _held(session, offer_id, by=by, at=at)
    await _answer(session, found, OfferOutcome.DECLINED, words=words, by=by, at=at)
    about = (found.id, found.assignment_id, record.id, record.person_id)
    await _record(session, NavigatorEvent.DECLINED, *about, by=by, at=at)


async def end_cover(session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime) -> None:
    """A case is covered no longer: by word of whose it is, of who covers it, or of a supervisor.

    Raises:
        CustodyRecordNotFound, ArmNotRead, NoNavigator, NotCovered: nothing was changed.
    """
    record, now = await _reached(session, record_id, by=by, at=at)
    if now.cover_id is None:
        raise NotCovered("There is nothing to end.")
    values = {"ended_at": at, "ended_by": by.id}
    await executed(session, COVER_ENDED.values(**values), {"cover_id": now.cover_id})
    about = (now.cover_id, now.id, record.id, record.person_id, now.coverer_id)
    await _record(session, NavigatorEvent.COVER_ENDED, *about, by=by, at=at)


async def _reached(
    session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime
) -> tuple[Any, Any]:
    """A case that has a navigator, held by its caseload or by a supervisor's suites."""
    if holds(by.role, Permission.MANAGE_NAVIGATORS):
        record = await custody.held(session, record_id, actor=by)
        await queries.check_read(session, record, by=by)
    else:
        record = await queries.own_case(session, record_id, by=by, at=at)
    now = await queries.standing(session, record.id, at=at)
    if now is None:
        raise NoNavigator("Assign one first.")
    return record, now


async def _check_holder(session: AsyncSession, now: Any, *, by: Actor) -> None:
    own = await staff.of_actor(session, by)
    if own is not None and own.id != now.navigator_id:
        raise CoverOnly("Ask its navigator or a supervisor.")


def _check_uncovered(kind: str, now: Any) -> None:
    if kind == OfferKind.COVER and now.cover_id is not None:
        raise CoveredAlready("End that cover first, or wait until it ends.")


async def _check_there(
    session: AsyncSession, navigator_id: UUID, until: date | None, *, at: datetime
) -> None:
    """Who covers a case is there through the cover's last day, as far as anybody knows."""
    if until is None:
        return
    held = await staff.held(session, [navigator_id])
    (then,) = await staff.standing(session, [held[navigator_id]], on=until)
    away = await staff.absences(session, navigator_id)
    rules.check_there(
        until,
        today=london_day(at),
        left=then.has_left(until),
        cleared=(then.induction, then.vetting),
        away=[(each.absent_from, each.last_day) for each in away],
    )


async def _held(
    session: AsyncSession, offer_id: UUID, *, by: Actor, at: datetime
) -> tuple[Any, Any]:
    """An open offer to whoever is asking, and its case, locked."""
    found = await offers.one(session, offer_id, by=by, at=at)
    (record,) = await custody.these(session, [found.custody_record_id])
    found = await offers.one(session, offer_id, by=by, at=at)
    check_open(offer_state(found.outcome, overtaken=found.overtaken))
    return record, found


async def _answer(
    session: AsyncSession,
    found: Any,
    outcome: OfferOutcome,
    *,
    words: str | None = None,
    by: Actor,
    at: datetime,
) -> None:
    row = OfferAnswer(
        handover_id=found.id, outcome=outcome, words=words, answered_at=at, answered_by=by.id
    )
    await insert(session, row)


def _cover(found: Any, override: str | None, *, at: datetime) -> Cover:
    return Cover(
        assignment_id=found.assignment_id,
        handover_id=found.id,
        navigator_id=found.to_navigator_id,
        override_words=override,
        override_by=found.offered_by if override else None,
        covers_from=at,
        until=london_midnight(found.cover_last_day + timedelta(days=1)),
    )


async def _record(
    session: AsyncSession, event: NavigatorEvent, *about: UUID, by: Actor, at: datetime
) -> None:
    await ledger.record(
        session, Operation.ALTERATION, event, *about, kind="navigator_handover", by=by, at=at
    )
