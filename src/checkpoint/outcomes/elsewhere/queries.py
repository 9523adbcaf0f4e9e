"""Read editions of trials that ran elsewhere, and their participants for a cut."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.copying import streamed
from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.facts import Ended, Happened, Taken, day_of
from checkpoint.outcomes.cuts.spans import Spell
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.elsewhere.cutting import without_days
from checkpoint.outcomes.elsewhere.states import (
    EditionNotFound,
    EditionOutcome,
    ElsewhereNotFound,
    PartKind,
)
from checkpoint.outcomes.elsewhere.tables import (
    TrialEdition,
    TrialEditionEnd,
    TrialEditionPart,
)

EDITION_ID = sa.bindparam("edition_id", type_=sa.Uuid())
EDITIONS = (
    sa.select(
        *TrialEdition.__table__.c,
        col(TrialEditionEnd.outcome),
        col(TrialEditionEnd.trial_id),
        col(TrialEditionEnd.digest),
        col(TrialEditionEnd.ended_at),
    )
    .outerjoin(TrialEditionEnd, col(TrialEditionEnd.trial_edition_id) == col(TrialEdition.id))
    .order_by(col(TrialEdition.code), col(TrialEdition.number).desc())
)
OF_CODE = EDITIONS.where(col(TrialEdition.code) == sa.bindparam("code"))
PARTS = (
    sa.select(*TrialEditionPart.__table__.c)
    .where(col(TrialEditionPart.trial_edition_id) == EDITION_ID)
    .order_by(col(TrialEditionPart.kind), col(TrialEditionPart.number))
)
PART = PARTS.where(
    col(TrialEditionPart.kind) == sa.bindparam("kind"),
    col(TrialEditionPart.number) == sa.bindparam("number"),
)
RECEIVED = (
    sa.select(
        col(TrialEditionPart.trial_edition_id),
        col(TrialEditionPart.kind),
        sa.func.sum(col(TrialEditionPart.rows)).label("rows"),
    )
    .where(col(TrialEditionPart.trial_edition_id).in_(sa.bindparam("editions", expanding=True)))
    .group_by(col(TrialEditionPart.trial_edition_id), col(TrialEditionPart.kind))
)
SHOWN = 20
# What is wrong with an edition as a whole; each finds the rows, the first of them, and how many.
UNKNOWN_PEOPLE = """
    SELECT event.row, count(*) OVER () AS all FROM elsewhere_event AS event
     WHERE event.trial_edition_id = :edition_id AND NOT EXISTS (
           SELECT FROM elsewhere_participant AS known
            WHERE known.trial_edition_id = :edition_id
              AND known.participant_id = event.participant_id)
     ORDER BY event.row LIMIT :shown
"""
ROWS_TWICE = """
    SELECT again.row, count(*) OVER () AS all FROM (
           SELECT row, row_number() OVER (
                  PARTITION BY participant_id, measure, day, happened_on, offence_group,
                               harm_days, proactively_detected ORDER BY row) AS times
             FROM elsewhere_event WHERE trial_edition_id = :edition_id) AS again
     WHERE again.times > 1 ORDER BY again.row LIMIT :shown
"""
UNKNOWN = "It tells of somebody who is none of the participants."
TWICE = (
    "It says no more than an earlier one. Leave it out; two that happened on one day or in one week "
    "differ in offence_group or harm_days, or are told in days."
)
LATER = """
    SELECT count(*) AS people FROM elsewhere_participant
     WHERE trial_edition_id = :edition_id AND allocated_on > :last
"""
DAYS = """
    SELECT min(allocated_on) AS first, max(allocated_on) AS last
      FROM elsewhere_participant WHERE trial_edition_id = :edition_id
"""
PEOPLE = """
    SELECT participant_id, mask, delivered_mask, per_protocol, completed, stratum, allocated_on,
           sex, age, ethnicity, residence, offence_group, baseline, observed_days, ended_by,
           custody_days, custody_day, distance_travelled, cost_pence
      FROM elsewhere_participant WHERE trial_edition_id = $1 ORDER BY participant_id
"""
# What a cut takes of somebody just as it is kept.
MEASURES = {each.value: each for each in Measure}
AS_KEPT = (
    "participant_id", "mask", "delivered_mask", "per_protocol", "completed", "stratum",
    "allocated_on", "sex", "age", "ethnicity", "residence", "offence_group", "distance_travelled",
    "cost_pence", "baseline", "custody_day",
)  # fmt: skip
EVENTS = """
    SELECT participant_id, measure, day, happened_on, offence_group, harm_days,
           proactively_detected
      FROM elsewhere_event WHERE trial_edition_id = $1 ORDER BY participant_id
"""


async def every(session: AsyncSession) -> dict[str, list[Any]]:
    """All editions by the code of their trial, the last one first."""
    found: dict[str, list[Any]] = {}
    for row in await rows_of(session, EDITIONS):
        found.setdefault(row.code, []).append(row)
    return found


async def of_code(session: AsyncSession, code: str) -> Sequence[Any]:
    """A trial's editions, the last one first.

    Raises:
        ElsewhereNotFound: none was brought in, and none is being.
    """
    rows = await rows_of(session, OF_CODE, code=code)
    if not rows:
        raise ElsewhereNotFound("See GET /v1/trials-elsewhere for those there are.")
    return rows


async def received(session: AsyncSession, *editions: UUID) -> dict[UUID, dict[PartKind, int]]:
    """How many rows are here of each edition, by kind."""
    found: dict[UUID, dict[PartKind, int]] = {
        edition: dict.fromkeys(PartKind, 0) for edition in editions
    }
    for row in await rows_of(session, RECEIVED, editions=[*editions]):
        found[row.trial_edition_id][row.kind] = int(row.rows)
    return found


async def parts(session: AsyncSession, edition_id: UUID) -> Sequence[Any]:
    """What came of an edition, part by part."""
    return await rows_of(session, PARTS, edition_id=edition_id)


async def part(session: AsyncSession, edition_id: UUID, kind: PartKind, number: int) -> Any | None:
    """One part that came, if it did."""
    rows = await rows_of(session, PART, edition_id=edition_id, kind=kind, number=number)
    return rows[0] if rows else None


def under_way(editions: Sequence[Any]) -> Any | None:
    """The edition that is being received, if one is."""
    return next((each for each in editions if each.outcome is None), None)


async def receiving(session: AsyncSession, code: str) -> Any:
    """The edition of a trial that is being received.

    Raises:
        ElsewhereNotFound, EditionNotFound: there is none.
    """
    found = under_way(await of_code(session, code))
    if found is None:
        raise EditionNotFound("Begin one with POST /v1/trials-elsewhere.")
    return found


def complete_at(editions: Sequence[Any], at: datetime) -> Any | None:
    """The edition that counted at a moment: the last that was complete by then."""
    return next(
        (
            each
            for each in editions
            if each.outcome is EditionOutcome.COMPLETED and each.ended_at <= at
        ),
        None,
    )


@dataclass(frozen=True)
class AtFault:
    """Rows that are wrong in the same way: the first of them, how many more, and what is wrong."""

    rows: Sequence[int]
    more: int
    what: str


async def rows_at_fault(
    session: AsyncSession, edition_id: UUID, *, people: bool = True, shown: int = SHOWN
) -> list[AtFault]:
    """What is wrong with the follow-up of an edition, taken together.

    Args:
        session: the caller's.
        edition_id: the edition.
        people: whether all participants are here, so that it can be told who is none of them.
        shown: how many rows of each kind are told by number.
    """
    found = []
    for kind, what in ((UNKNOWN_PEOPLE, UNKNOWN), (ROWS_TWICE, TWICE)):
        if kind is UNKNOWN_PEOPLE and not people:
            continue
        rows = await rows_of(session, sa.text(kind), edition_id=edition_id, shown=shown)
        if rows:
            found.append(AtFault([row.row for row in rows], rows[0].all - len(rows), what))
    return found


async def days_of_allocation(session: AsyncSession, edition_id: UUID) -> Any:
    """The first and the last."""
    (found,) = await rows_of(session, sa.text(DAYS), edition_id=edition_id)
    return found


async def allocated_after(session: AsyncSession, edition_id: UUID, last: date) -> int:
    """How many of an edition's people were allocated after a day."""
    (found,) = await rows_of(session, sa.text(LATER), edition_id=edition_id, last=last)
    return int(found.people)


async def taken(
    session: AsyncSession, edition_id: UUID, *, last: date, cut_off: bool
) -> AsyncIterator[Taken]:
    """Everybody of an edition with what came of them, by identifier, as a stream.

    Args:
        session: the caller's.
        edition_id: the edition.
        last: the last day that counts; whoever was allocated later is left out.
        cut_off: whether the edition tells of later days as well.
    """
    events = _by_person(streamed(session, EVENTS, edition_id))
    whose, happened = await _next(events)
    async for people in streamed(session, PEOPLE, edition_id):
        for person in people:
            mine: list[Any] = []
            if whose == person["participant_id"]:
                mine = happened
                whose, happened = await _next(events)
            if person["allocated_on"] <= last:
                found = _taken(person, mine)
                yield without_days(found, last=last) if cut_off else found


async def _next(
    people: AsyncIterator[tuple[UUID | None, list[Any]]],
) -> tuple[UUID | None, list[Any]]:
    """The next of them, or nobody."""
    async for each in people:
        return each
    return None, []


async def _by_person(
    batches: AsyncIterator[Sequence[Any]],
) -> AsyncIterator[tuple[UUID | None, list[Any]]]:
    """Rows that come in the order of their people, gathered person by person."""
    whose: UUID | None = None
    mine: list[Any] = []
    async for rows in batches:
        for row in rows:
            if row["participant_id"] != whose:
                if mine:
                    yield whose, mine
                whose, mine = row["participant_id"], []
            mine.append(row)
    if mine:
        yield whose, mine


def _taken(person: Any, events: Sequence[Any]) -> Taken:
    days = person["custody_days"]
    return Taken(
        ends=(Ended(EndOfObservation(person["ended_by"]), person["observed_days"]),),
        spells=None if days is None else (Spell(1, days),) if days else (),
        events=tuple(_happened(each, person["allocated_on"]) for each in events),
        **{name: person[name] for name in AS_KEPT},
    )


def _happened(event: Any, allocated_on: date) -> Happened:
    on = event["happened_on"]
    return Happened(
        measure=MEASURES[event["measure"]],
        day=event["day"] if on is None else day_of(on, allocated_on=allocated_on),
        offence_group=event["offence_group"],
        harm_days=event["harm_days"],
        proactively_detected=event["proactively_detected"],
    )
