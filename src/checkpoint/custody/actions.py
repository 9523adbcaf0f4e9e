"""Everything that may happen to a custody record. One function per event; no commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import lookups, queries, rules
from checkpoint.custody.movements import queries as movements
from checkpoint.custody.movements import rules as moving
from checkpoint.custody.rules import MOST_OFFENCES, MOST_SAVINGS, check_space
from checkpoint.custody.schemas import (
    AddOffence,
    AllegeOffence,
    OpenCustodyRecord,
    SaveScreening,
)
from checkpoint.custody.states import CustodyEvent, step
from checkpoint.custody.tables import (
    SCREENING_FACTS,
    AllegedOffence,
    CustodyRecord,
    Screening,
)
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert
from checkpoint.foundation.identifiers import new_reference
from checkpoint.foundation.preconditions import unchanged_since
from checkpoint.people.tables import Person

KIND = "custody_record"
# What is kept of an alleged offence word for word.
AS_ALLEGED = (
    "committed_in_area",
    "crime_reference",
    "domestic_abuse_grade",
    "hate_crime",
    "formally_reported_on",
)


class NotYourSuite(errors.Forbidden):
    slug = "not-your-suite"
    title = "You do not work in that suite"


@dataclass(frozen=True)
class Checked:
    """A booking of which where and when are right; only ``check_opening`` says so."""

    command: OpenCustodyRecord


async def open(
    session: AsyncSession, checked: Checked, person: Person, *, by: Actor, at: datetime
) -> CustodyRecord:
    """A person has arrived at the suite under arrest."""
    command = checked.command
    if command.person_id is not None:
        await check_one_place(session, person.id, by=by)
    rules.check_birth(person.date_of_birth, arrested_at=command.arrested_at)
    listed = await _listed(session, command.offences, field="#/offences")
    record = CustodyRecord(
        reference=new_reference(),
        person_id=person.id,
        suite=command.suite,
        arrested_at=command.arrested_at,
        arrived_at=command.arrived_at,
        opened_at=at,
        opened_by=by.id,
    )
    alleged = _alleged(command.offences, listed, record, person, by=by, at=at, field="#/offences")
    await insert(session, record)
    await insert(session, *alleged)
    if command.screening is not None:
        rules.check_ends(command.screening, field="#/screening")
        await insert(session, _screening(command.screening, record, number=1, by=by, at=at))
    await ledger.record(
        session, Operation.COLLECTION, CustodyEvent.OPENED, record, person, kind=KIND, by=by, at=at
    )
    return record


async def add_offence(
    session: AsyncSession, record_id: UUID, command: AddOffence, *, by: Actor, at: datetime
) -> CustodyRecord:
    """Another offence is alleged, or an earlier entry is put right."""
    record = await queries.one(session, record_id, actor=by, lock=True)
    record.state = step(record.state, CustodyEvent.OFFENCE_ADDED)
    person = await queries.person_of(session, record)
    listed = await _listed(session, [command], field="#")
    (alleged,) = _alleged([command], listed, record, person, by=by, at=at, field="#")
    standing = await queries.offences_of(session, record_id)
    if command.replaces is None:
        check_space(
            len(standing),
            most=MOST_OFFENCES,
            what="alleged offences",
            remedy="Put one of them right instead, by `replaces`.",
        )
    else:
        rules.check_replaces(command.replaces, standing)
        alleged.replaces_id = command.replaces
        alleged.reason, alleged.words = command.reason, command.words
    record.version += 1
    await insert(session, alleged)
    await ledger.record(
        session,
        Operation.COLLECTION,
        CustodyEvent.OFFENCE_ADDED,
        record,
        record.person_id,
        alleged,
        kind=KIND,
        by=by,
        at=at,
    )
    return record


async def save_screening(
    session: AsyncSession,
    record_id: UUID,
    command: SaveScreening,
    *,
    seen: int,
    by: Actor,
    at: datetime,
) -> CustodyRecord:
    """What is known of the case is saved; what was known before stays on record."""
    record = await queries.one(session, record_id, actor=by, lock=True)
    before = await queries.last_screening(session, record_id)
    unchanged_since(
        seen,
        record.version,
        sent=command.model_dump(),
        stands=before,
        about=(record.id, record.person_id),
    )
    record.state = step(record.state, CustodyEvent.SCREENED)
    rules.check_ends(command)
    saved = before.number if before else 0
    check_space(
        saved,
        most=MOST_SAVINGS,
        what="savings of the screening",
        remedy="Decide on what was saved last.",
    )
    record.version += 1
    await insert(session, _screening(command, record, number=saved + 1, by=by, at=at))
    change = {
        fact: (getattr(before, fact, None), getattr(command, fact)) for fact in SCREENING_FACTS
    }
    await tell(session, record, CustodyEvent.SCREENED, change=change, by=by, at=at)
    return record


async def tell(
    session: AsyncSession,
    record: CustodyRecord,
    event: CustodyEvent,
    *others: UUID,
    change: Mapping[str, tuple[Any, Any]],
    by: Actor,
    at: datetime,
) -> None:
    """A record was changed, and which fields differ; with another case, the two are combined."""
    await ledger.record(
        session,
        Operation.COMBINATION if others else Operation.ALTERATION,
        event,
        record,
        record.person_id,
        *others,
        kind=KIND,
        by=by,
        at=at,
        change={name: pair for name, pair in change.items() if pair[0] != pair[1]},
    )


async def check_opening(
    session: AsyncSession, command: OpenCustodyRecord, *, by: Actor, at: datetime
) -> Checked:
    """Where and when: a door asks this before it looks anybody up, so that nothing is told.

    Whatever is wrong with the request by itself is said at once.
    """
    suite = await queries.suite(session, command.suite)
    if suite is None:
        raise errors.RuleBroken(
            "#/suite", "suite-unknown", "There is no such suite; see /v1/reference/suites."
        )
    if suite.code not in by.suites:
        yours = ", ".join(sorted(by.suites)) or "none"
        raise NotYourSuite(f"Your suites: {yours}. Book in there, or ask a colleague.")
    rules.check_booking(
        arrested_at=command.arrested_at,
        arrived_at=command.arrived_at,
        offences=[offence.days for offence in command.offences],
        born=command.person.date_of_birth if command.person else None,
        suite_open=(suite.available_from, suite.available_until),
        now=at,
    )
    return Checked(command)


async def check_one_place(
    session: AsyncSession, person_id: UUID, *, besides: UUID | None = None, by: Actor
) -> None:
    """No other record of the actor's suites detains this person, nor will one meanwhile."""
    await movements.hold_place(session, person_id)
    others = await movements.detaining(session, person_id, besides=besides, actor=by)
    mine = [other.id for other in others if other.suite in by.suites]
    if mine:  # so that the entry of the refusal says what was found
        session.info.get("request", {})["found"] = [*mine, person_id]
    moving.check_one_place(others, suites=by.suites)


async def _listed(
    session: AsyncSession, offences: Sequence[AllegeOffence], *, field: str
) -> dict[str, Any]:
    codes = [offence.code for offence in offences]
    listed = await lookups.offences_by_code(session, codes)
    rules.check_listed(codes, listed, field=field)
    return listed


def _alleged(
    offences: Sequence[AllegeOffence],
    listed: dict[str, Any],
    record: CustodyRecord,
    person: Person,
    *,
    by: Actor,
    at: datetime,
    field: str,
) -> list[AllegedOffence]:
    rules.check_offence_dates(
        [offence.days for offence in offences],
        arrested_at=record.arrested_at,
        born=person.date_of_birth,
        field=field,
    )
    rules.check_reports(offences, now=at, field=field)
    return [
        AllegedOffence(
            custody_record_id=record.id,
            offence_id=listed[offence.code].id,
            committed_from=offence.days[0],
            committed_until=offence.days[1],
            added_at=at,
            added_by=by.id,
            **{name: getattr(offence, name) for name in AS_ALLEGED},
        )
        for offence in offences
    ]


def _screening(
    command: SaveScreening, record: CustodyRecord, *, number: int, by: Actor, at: datetime
) -> Screening:
    return Screening(
        custody_record_id=record.id,
        number=number,
        saved_at=at,
        saved_by=by.id,
        **command.model_dump(),
    )
