"""Whose case it is: a navigator's live cases, who covers them, and who could take them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import queries as allocation
from checkpoint.allocation.vault import Vault
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery import queries as delivery
from checkpoint.delivery.rules import check_has_read
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.navigators.caseload import Candidate, Case
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.states import Specialism
from checkpoint.navigators.staff.tables import Conflict, ConflictWithdrawal, Navigator
from checkpoint.navigators.states import ConflictNotFound
from checkpoint.navigators.tables import Assignment, Cover
from checkpoint.people.queries import same_person
from checkpoint.victims.tables import Victim, VictimWithdrawal

NOW = sa.bindparam("now", type_=sa.DateTime(timezone=True))
IDS = sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
# A cover stands until its instant, or until it or the assignment is ended before.
COVERS = sa.and_(
    col(Cover.ended_at).is_(None), col(Cover.until) > NOW, col(Assignment.ended_at).is_(None)
)
WORKS_HERE = sa.and_(
    col(Navigator.actor_id) == sa.bindparam("reader", type_=sa.Uuid()),
    sa.or_(
        col(Navigator.last_day).is_(None),
        col(Navigator.last_day) >= sa.bindparam("today", type_=sa.Date()),
    ),
)
# The live cases of whoever is asking, of any suite: nothing of it outlasts an assignment. Put it to
# a select of custody records, with the parameters of ``caseload_of``. What it reads is the one view
# that custody reads, too.
IN_CASELOAD = reach.IN_CASELOAD
REACHED = Prepared(
    sa.select(*CustodyRecord.__table__.c)
    .where(IN_CASELOAD, col(CustodyRecord.id) == RECORD_ID)
    .with_for_update(key_share=True, of=CustodyRecord.__table__)
)
STANDING = (
    sa.select(
        *Assignment.__table__.c,
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
        col(CustodyRecord.person_id),
        col(Cover.id).label("cover_id"),
        col(Cover.navigator_id).label("coverer_id"),
        col(Cover.covers_from),
        col(Cover.until),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(Assignment.custody_record_id))
    .outerjoin(Cover, sa.and_(col(Cover.assignment_id) == col(Assignment.id), COVERS))
    .where(col(Assignment.ended_at).is_(None))
)
OF_CASE = STANDING.where(col(Assignment.custody_record_id) == RECORD_ID)
HISTORY = (
    sa.select(*Assignment.__table__.c, col(Navigator.name), col(Navigator.provider))
    .join(Navigator, col(Navigator.id) == col(Assignment.navigator_id))
    .where(col(Assignment.custody_record_id) == RECORD_ID)
    .order_by(col(Assignment.number).desc())
)
NUMBERS = (
    sa.select(
        col(Assignment.custody_record_id), sa.func.max(col(Assignment.number)).label("number")
    )
    .where(col(Assignment.custody_record_id) == IDS)
    .group_by(col(Assignment.custody_record_id))
)
BUSY: Any = sa.union_all(
    sa.select(col(Assignment.navigator_id)).where(
        col(Assignment.ended_at).is_(None), col(Assignment.navigator_id) == IDS
    ),
    sa.select(col(Cover.navigator_id))
    .join(Assignment, col(Assignment.id) == col(Cover.assignment_id))
    .where(COVERS, col(Cover.navigator_id) == IDS),
).subquery("busy")
LOADS = sa.select(BUSY.c.navigator_id, sa.func.count().label("cases")).group_by(BUSY.c.navigator_id)
KNOWS_VICTIM = (
    sa.exists()
    .where(col(Victim.custody_record_id) == col(CustodyRecord.id))
    .where(~sa.exists().where(col(VictimWithdrawal.victim_id) == col(Victim.id)))
    .where(col(Conflict.person_id).in_(same_person(col(Victim.person_id))))
)
CONFLICTS: Any = (
    sa.select(col(CustodyRecord.id).label("record_id"), col(Conflict.navigator_id))
    .join(
        Conflict,
        sa.or_(
            col(Conflict.custody_record_id) == col(CustodyRecord.id),
            col(Conflict.person_id).in_(same_person(col(CustodyRecord.person_id))),
            KNOWS_VICTIM,
        ),
    )
    .where(col(CustodyRecord.id) == IDS)
    .where(~sa.exists().where(col(ConflictWithdrawal.conflict_id) == col(Conflict.id)))
)
ONE_CONFLICT = (
    sa.select(
        *Conflict.__table__.c, col(ConflictWithdrawal.withdrawn_at), col(Navigator.base_suites)
    )
    .join(Navigator, col(Navigator.id) == col(Conflict.navigator_id))
    .outerjoin(ConflictWithdrawal, col(ConflictWithdrawal.conflict_id) == col(Conflict.id))
    .where(staff.IN_TEAM, col(Conflict.id) == sa.bindparam("conflict_id", type_=sa.Uuid()))
)


SAME_CONFLICT = sa.select(col(Conflict.id)).where(
    col(Conflict.navigator_id) == sa.bindparam("navigator_id", type_=sa.Uuid()),
    sa.cast(col(Conflict.relation), sa.String()) == sa.bindparam("relation", type_=sa.String()),
    col(Conflict.person_id).is_not_distinct_from(sa.bindparam("person_id", type_=sa.Uuid())),
    col(Conflict.custody_record_id).is_not_distinct_from(RECORD_ID),
    ~sa.exists().where(col(ConflictWithdrawal.conflict_id) == col(Conflict.id)),
)


def caseload_of(actor: Actor, at: datetime) -> dict[str, Any]:
    """What ``IN_CASELOAD`` asks for: whose live cases, and when."""
    return {"reader": actor.id, "asks_at": at}


async def own_case(session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime) -> Any:
    """A case of the caseload of whoever is asking, locked until the transaction ends.

    Raises:
        CustodyRecordNotFound: it is not theirs, or not any more.
    """
    found = await rows_of(session, REACHED, **caseload_of(by, at), record_id=record_id)
    if not found:
        raise CustodyRecordNotFound("It is not in your caseload; read it again.")
    return found[0]


async def check_read(session: AsyncSession, record: Any, *, by: Actor) -> None:
    """Whose case it is tells its arm, so nobody hears it who has not been shown that.

    Raises:
        ArmNotRead: they have not.
    """
    found = await allocation.of_record(session, record.id)
    has_read = found is None or await allocation.has_seen(session, found.id, actor=by)
    check_has_read(has_read=has_read)


async def check_workable(session: AsyncSession, record: Any, *, vault: Vault, at: datetime) -> None:
    """The person was started on the programme, or may be: else nobody works the case.

    Raises:
        NotInProgramme, EarlierAllocationStands, ControlNotStartable, ConsentNeeded: nobody does.
    """
    found = await delivery.delivery_of(session, record.id)
    if found.start is None:
        await delivery.check_may_start(session, record, at=at, vault=vault)


async def standing(session: AsyncSession, record_id: UUID, *, at: datetime) -> Any | None:
    """Whose case it is now, with who covers it."""
    found = await rows_of(session, OF_CASE, record_id=record_id, now=at)
    return found[0] if found else None


async def next_numbers(session: AsyncSession, records: Iterable[UUID]) -> Mapping[UUID, int]:
    """The number of the next assignment of each of these cases."""
    ids = [*records]
    rows = await rows_of(session, NUMBERS, ids=ids)
    last = {row.custody_record_id: row.number for row in rows}
    return {id: 1 + last.get(id, 0) for id in ids}


async def candidates(
    session: AsyncSession, found: Sequence[staff.Standing], *, at: datetime
) -> list[Candidate]:
    """These navigators, and how much they have to do."""
    ids, on = [each.navigator.id for each in found], london_day(at)
    rows = await rows_of(session, LOADS, ids=ids, now=at)
    loads = {row.navigator_id: int(row.cases) for row in rows}
    return [
        Candidate(
            id=each.navigator.id,
            name=each.navigator.name,
            provider=each.navigator.provider,
            suites=frozenset(each.navigator.base_suites),
            capacity=each.navigator.capacity,
            load=loads.get(each.navigator.id, 0),
            specialisms=frozenset(map(Specialism, each.navigator.specialisms)),
            inducted=each.induction,
            vetted=each.vetting,
            absent=each.absent,
            left=each.has_left(on),
        )
        for each in found
    ]


async def working(session: AsyncSession, *, at: datetime) -> list[Candidate]:
    """Every navigator who works here, and how much they have to do."""
    found = await staff.working(session, on=london_day(at))
    return await candidates(session, found, at=at)


async def conflicted(
    session: AsyncSession, records: Iterable[UUID]
) -> Mapping[UUID, frozenset[UUID]]:
    """Who has a conflict of interest in each of these cases, by whoever its people turned out to be."""
    found: dict[UUID, set[UUID]] = {id: set() for id in records}
    for row in await rows_of(session, CONFLICTS, ids=[*found]):
        found[row.record_id].add(row.navigator_id)
    return {id: frozenset(navigators) for id, navigators in found.items()}


async def case(
    session: AsyncSession, record: Any, *, wanted: Iterable[Specialism] = (), at: datetime
) -> Case:
    """A case that a navigator is sought for."""
    now = await standing(session, record.id, at=at)
    return Case(
        id=record.id,
        suite=record.suite,
        wanted=frozenset(wanted),
        conflicted=(await conflicted(session, [record.id]))[record.id],
        holder=now.navigator_id if now else None,
        coverer=now.coverer_id if now else None,
    )


async def history(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """Whose case it was, the last one first."""
    return await rows_of(session, HISTORY, record_id=record_id)


async def is_declared(session: AsyncSession, row: Any) -> bool:
    """Whether the very same conflict of interest stands."""
    asked = {
        "navigator_id": row.navigator_id,
        "relation": row.relation.value,
        "person_id": row.person_id,
        "record_id": row.custody_record_id,
    }
    return bool(await rows_of(session, SAME_CONFLICT, **asked))


async def conflict(session: AsyncSession, conflict_id: UUID, *, actor: Actor) -> Any:
    """A declared conflict of a navigator of a supervisor's team.

    Raises:
        ConflictNotFound: there is none.
    """
    team = staff.team_of(actor)
    found = await rows_of(session, ONE_CONFLICT, **team, conflict_id=conflict_id)
    if not found:
        raise ConflictNotFound("Check the id, or ask a supervisor of their suite.")
    return found[0]
