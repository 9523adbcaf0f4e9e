"""Reach custody records, scope first; and read the reference data they speak of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import holds
from checkpoint.custody.circumstances import queries as circumstances
from checkpoint.custody.clocks import Timed, clock_of, in_force
from checkpoint.custody.detention import queries as detention
from checkpoint.custody.detention.schemas import DetentionView
from checkpoint.custody.lists import Offence, OffenceClassification, Suite
from checkpoint.custody.lookups import AS_LISTED, stands_in
from checkpoint.custody.movements import queries as movements
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.schemas import AllegedOffenceView, CustodyRecordView, ScreeningView
from checkpoint.custody.states import DOORS, ELSEWHERE_NOW, CustodyState, InForce, why_not
from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Screening
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.foundation.schemas import NextStep
from checkpoint.foundation.statements import Prepared
from checkpoint.people.queries import same_person
from checkpoint.people.schemas import PersonView
from checkpoint.people.tables import Person


class CustodyRecordNotFound(errors.NotFound):
    slug = "custody-record-not-found"
    title = "There is no such custody record that you may see"


# For later rooms' own selects; the alcove says what each is for.
OF_SUITE, OPEN, open_to_reader = reach.OF_SUITE, reach.OPEN, reach.open_to_reader
IN_SCOPE, IN_REACH, IN_HAND = reach.IN_SCOPE, reach.IN_REACH, reach.IN_HAND
scope_of, narrow_scope_of, reach_of = reach.scope_of, reach.narrow_scope_of, reach.reach_of
reached, may_work = reach.reached, reach.may_work
# The only ways to reach a record: many by suite, one by whatever opens it. None runs unscoped.
VISIBLE = select(CustodyRecord).where(IN_REACH)
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
ONE = VISIBLE.where(col(CustodyRecord.id) == RECORD_ID)
# What is locked is worked on, for which broken glass is not enough.
LOCKED = (
    select(CustodyRecord)
    .where(IN_HAND, col(CustodyRecord.id) == RECORD_ID)
    .with_for_update(key_share=True, of=CustodyRecord)
)
HELD = Prepared(LOCKED)


async def one(
    session: AsyncSession, record_id: UUID, *, actor: Actor, lock: bool = False
) -> CustodyRecord:
    # Afresh where locked: what this session read before the lock may have changed since.
    rows = await session.exec(
        LOCKED if lock else ONE,
        params=reach_of(actor) | {"record_id": record_id},
        execution_options={"populate_existing": lock},
    )
    found = rows.one_or_none()
    if found is None:
        raise await _refusal(session, record_id, actor=actor)
    return found


async def _refusal(session: AsyncSession, record_id: UUID, *, actor: Actor) -> errors.Refusal:
    only_read = await reach.reading_only(session, record_id, actor=actor)
    return only_read or CustodyRecordNotFound("Check the id, or ask a colleague in that suite.")


OF_PERSON = (
    select(CustodyRecord)
    .where(col(CustodyRecord.person_id) == sa.bindparam("person_id", type_=sa.Uuid()))
    .order_by(col(CustodyRecord.id))
    .with_for_update(key_share=True)
)


async def all_of_person(session: AsyncSession, person_id: UUID) -> Sequence[CustodyRecord]:
    """Every record of a person, whatever its suite, locked; for a deed, never for an answer."""
    rows = await session.exec(
        OF_PERSON,
        params={"person_id": person_id},
        execution_options={"populate_existing": True},
    )
    return rows.all()


THESE = (
    select(CustodyRecord)
    .where(col(CustodyRecord.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
    .order_by(col(CustodyRecord.id))
    .with_for_update(key_share=True)
)


async def these(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[CustodyRecord]:
    """These records, whatever their suites, locked; for a deed, never for an answer."""
    rows = await session.exec(
        THESE, params={"ids": [*ids]}, execution_options={"populate_existing": True}
    )
    return rows.all()


async def held(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Any:
    """A record locked until the transaction ends, to be read by a later room and not changed."""
    found = await rows_of(session, HELD, **reach_of(actor), record_id=record_id)
    if not found:
        raise await _refusal(session, record_id, actor=actor)
    return found[0]


SAME_PERSON = aliased(CustodyRecord)
ALSO_DETAINED = sa.and_(
    col(CustodyRecord.state) == CustodyState.DETAINED,
    sa.exists().where(
        col(SAME_PERSON.person_id).in_(same_person(col(CustodyRecord.person_id))),
        col(SAME_PERSON.state) == CustodyState.DETAINED,
        col(SAME_PERSON.id) != col(CustodyRecord.id),
        open_to_reader(col(SAME_PERSON.id)),
    ),
)
TIMES = ("arrested_at", "arrived_at")
RECORDS = Listing(
    sa.select(
        *(
            col(getattr(CustodyRecord, name))
            for name in ("id", "person_id", "reference", "state", "suite", *TIMES)
        ),
        col(Person.family_name),
        col(Person.given_names),
        ALSO_DETAINED.label("also_detained"),
    ).join(Person, col(Person.id) == col(CustodyRecord.person_id)),
    at=CustodyRecord.__table__.c.arrested_at,
    id=CustodyRecord.__table__.c.id,
    filters={
        "only_suite": col(CustodyRecord.suite) == sa.bindparam("only_suite"),
        "suites": OF_SUITE,
        "reader": OPEN,
        "suite": col(CustodyRecord.suite) == sa.bindparam("suite"),
        "state": col(CustodyRecord.state) == sa.bindparam("state"),
        "reference": col(CustodyRecord.reference) == sa.bindparam("reference"),
    },
)


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    turn: Turn,
    suite: str | None = None,
    state: CustodyState | None = None,
    reference: str | None = None,
) -> tuple[list[Any], str | None]:
    """One page of the suites' records with the people's names, latest arrest first."""
    asked = {"suite": suite, "state": state, "reference": reference}
    return await RECORDS.page(session, turn, **narrow_scope_of(actor), **asked)


PERSON = select(Person).where(col(Person.id) == sa.bindparam("person_id", type_=sa.Uuid()))


async def person_of(session: AsyncSession, record: CustodyRecord) -> Any:
    return (await rows_of(session, PERSON, person_id=record.person_id))[0]


PUT_RIGHT = aliased(AllegedOffence)
AS_ALLEGED = (
    *("committed_from", "committed_until", "committed_in_area", "crime_reference"),
    "domestic_abuse_grade",
    "hate_crime",
    "formally_reported_on",
)
AS_SHOWN = AllegedOffenceView.model_fields.keys() - {"in_force_on_its_date"}
OFFENCES = Prepared(
    sa.select(
        col(AllegedOffence.id),
        *(col(getattr(Offence, name)) for name in AS_LISTED),
        col(OffenceClassification.offence_class),
        stands_in(Offence.__table__.c.code),
        *(col(getattr(AllegedOffence, name)) for name in AS_ALLEGED),
    )
    .join(Offence, col(Offence.id) == col(AllegedOffence.offence_id))
    .outerjoin(OffenceClassification, col(OffenceClassification.code) == col(Offence.code))
    .outerjoin(PUT_RIGHT, col(PUT_RIGHT.replaces_id) == col(AllegedOffence.id))
    .where(col(AllegedOffence.custody_record_id) == sa.bindparam("record_id", type_=sa.Uuid()))
    .where(col(PUT_RIGHT.id).is_(None))
    .order_by(col(AllegedOffence.id))
)


async def offences_of(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """What the person is alleged to have done, put right where it was; with the class of each."""
    return await rows_of(session, OFFENCES, record_id=record_id)


SCREENING = (
    select(Screening)
    .where(col(Screening.custody_record_id) == RECORD_ID)
    .order_by(col(Screening.number).desc())
    .limit(1)
)


async def last_screening(session: AsyncSession, record_id: UUID) -> Any | None:
    """What was known at the last saving, if anything was saved."""
    found = await rows_of(session, SCREENING, record_id=record_id)
    return found[0] if found else None


def timed(offences: Sequence[Any], screening: Any | None) -> list[Timed]:
    """Alleged offences as the clock sees them; the screening's grade counts where one has none."""
    grade = screening.domestic_abuse_grade if screening else None
    return [
        Timed(
            row.id,
            row.code,
            row.mode_of_trial,
            row.committed_from,
            row.domestic_abuse_grade or grade,
            row.formally_reported_on,
        )
        for row in offences
    ]


def in_force_of(row: Any) -> InForce:
    """Whether an alleged offence was in force when it is alleged, by the list it was entered with."""
    days = (row.committed_from, row.committed_until)
    return in_force(*days, valid_from=row.valid_from, valid_until=row.valid_until)


def shown_offence(row: Any) -> AllegedOffenceView:
    shown = {name: getattr(row, name) for name in AS_SHOWN}
    return AllegedOffenceView(**shown, in_force_on_its_date=in_force_of(row))


async def view(
    session: AsyncSession,
    record: CustodyRecord,
    *,
    by: Actor,
    at: datetime,
    person: Any = None,
    new: bool = False,
) -> CustodyRecordView:
    """The record with all that belongs to it, as this reader may see it; a ``new`` one has less."""
    person = person or await person_of(session, record)
    offences = await offences_of(session, record.id)
    screening = await last_screening(session, record.id)
    held = await detention.view(session, record, by=by, at=at, new=new)
    return CustodyRecordView(
        **record.model_dump(exclude={"person_id", "opened_by", "released_by"}),
        person=PersonView.model_validate(person),
        offences=[shown_offence(row) for row in offences],
        screening=ScreeningView.model_validate(screening) if screening else None,
        prosecution_clock=clock_of(timed(offences, screening), on=london_day(at)),
        circumstances=circumstances.NONE
        if new
        else await circumstances.view(session, record, screening, by=by),
        detention=held,
        next_steps=next_steps(record, held, by),
    )


def next_steps(record: CustodyRecord, held: DetentionView, by: Actor) -> list[NextStep]:
    """What this reader may do with the record now, or may not, and why."""
    steps = []
    for event, (name, method, noun, _) in DOORS.items():
        reason = why_not(record.state, event, holds=partial(holds, by.role))
        if record.suite not in by.suites:  # they have just sent it there
            reason = ELSEWHERE_NOW
        href = noun if noun.startswith("/") else f"/v1/custody-records/{record.id}/{noun}"
        steps.append(
            NextStep(step=name, method=method, href=href, allowed=reason is None, why_not=reason)
        )
    return [*steps, *movements.next_steps(record, held.release, held.last_movement, by=by)]


async def suite(session: AsyncSession, code: str) -> Suite | None:
    return (await session.exec(select(Suite).where(Suite.code == code))).one_or_none()


async def suites(session: AsyncSession) -> Sequence[Suite]:
    return (await session.exec(select(Suite).order_by(col(Suite.code)))).all()
