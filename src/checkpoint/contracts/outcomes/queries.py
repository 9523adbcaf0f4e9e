"""What came of a contract that was reached, what its victims are told, and what they object to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.facts import Whole
from checkpoint.contracts.outcomes import rules
from checkpoint.contracts.outcomes.states import TIME_LIMIT_EXPIRED, ChallengeNotFound
from checkpoint.contracts.outcomes.tables import VictimChallenge, VictimChallengeDecision
from checkpoint.contracts.reviews.queries import Turns, turns_of
from checkpoint.custody import queries as custody
from checkpoint.custody.queries import IN_SCOPE, OF_SUITE, OPEN, scope_of
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery import queries as delivery
from checkpoint.delivery.tables import Disposal
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.victims import queries as victims
from checkpoint.victims.states import ContactResult, NotificationKind

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
CHALLENGES = (
    sa.select(
        *VictimChallenge.__table__.c,
        col(VictimChallengeDecision.outcome),
        col(VictimChallengeDecision.words).label("decision_words"),
        col(VictimChallengeDecision.decided_at),
        col(VictimChallengeDecision.decided_by),
    )
    .outerjoin(
        VictimChallengeDecision,
        col(VictimChallengeDecision.challenge_id) == col(VictimChallenge.id),
    )
    .where(col(VictimChallenge.contract_id) == CONTRACT_ID)
    .order_by(col(VictimChallenge.number).desc())
)
LATER = aliased(Disposal)
# A disposal that stands, and says that the time to prosecute ran out.
EXPIRED = sa.and_(
    col(Disposal.outcome_code) == TIME_LIMIT_EXPIRED,
    ~sa.exists().where(
        col(LATER.first_entry_id) == col(Disposal.first_entry_id),
        col(LATER.number) > col(Disposal.number),
    ),
)
INCIDENTS = Listing(
    sa.select(
        col(Disposal.id),
        col(Disposal.custody_record_id),
        col(Disposal.disposed_on),
        col(Disposal.recorded_at),
        col(CustodyRecord.reference),
        col(CustodyRecord.suite),
        col(CustodyRecord.person_id),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(Disposal.custody_record_id))
    .where(EXPIRED),
    at=Disposal.__table__.c.recorded_at,
    id=Disposal.__table__.c.id,
    filters={"reader": OPEN, "suites": OF_SUITE},
)
COUNTS = (
    sa.select(col(CustodyRecord.suite), sa.func.count().label("incidents"))
    .select_from(Disposal)
    .join(CustodyRecord, col(CustodyRecord.id) == col(Disposal.custody_record_id))
    .where(EXPIRED, IN_SCOPE)
    .group_by(col(CustodyRecord.suite))
)


@dataclass(frozen=True)
class Ended:
    """A contract's offences, each with the disposal that stands; and how the contract ended."""

    turns: Turns
    offences: Sequence[Any]
    standing: dict[UUID, Any]


@dataclass(frozen=True)
class Telling:
    """What one victim has to be told, and when they were."""

    victim_id: UUID
    vulnerable: bool | None
    what: NotificationKind
    happened_at: datetime
    told_at: datetime | None


@dataclass(frozen=True)
class Challenge:
    """A victim's objection, and when they were reached first after it was entered."""

    row: Any
    acknowledged_at: datetime | None


async def ended(session: AsyncSession, contract: Any) -> Ended:
    """What came of each offence of a contract's case."""
    record_id = contract.custody_record_id
    offences = await custody.offences_of(session, record_id)
    first = await delivery.first_entries(session, record_id)
    found = await delivery.disposals_of(session, record_id)
    standing = {
        offence.id: found[first[offence.id]][0]
        for offence in offences
        if first[offence.id] in found
    }
    return Ended(await turns_of(session, contract.id), offences, standing)


async def tellings(session: AsyncSession, contract: Any) -> list[Telling]:
    """What every victim whose entry stands has to be told of a contract, or was."""
    turns = await turns_of(session, contract.id)
    due = [*rules.duties(contract.state, started_at=turns.started_at, ended_at=turns.ended_at)]
    found = []
    for victim in await victims.of_record(session, contract.custody_record_id):
        told = await victims.told(session, victim.id)
        first = {(row.what, row.happened_at): row.told_at for row in reversed(told)}
        said = await victims.views_of(session, victim.id)
        is_so = victims.vulnerable(victim, said)
        found += [Telling(victim.id, is_so, *duty, first.get(duty)) for duty in due]
    return found


async def challenges(session: AsyncSession, contract_id: UUID) -> list[Challenge]:
    """What victims objected to, the latest first."""
    found = []
    for row in await rows_of(session, CHALLENGES, contract_id=contract_id):
        reached = [
            each.attempted_at
            for each in await victims.contacts_of(session, row.victim_id)
            if each.result == ContactResult.REACHED and each.attempted_at >= row.recorded_at
        ]
        found.append(Challenge(row, min(reached, default=None)))
    return found


async def challenge(session: AsyncSession, contract_id: UUID, challenge_id: UUID) -> Challenge:
    """One objection to a contract that was reached.

    Raises:
        ChallengeNotFound: there is none such.
    """
    for found in await challenges(session, contract_id):
        if found.row.id == challenge_id:
            return found
    raise ChallengeNotFound("Read the contract's objections again.")


async def involved(session: AsyncSession, found: Whole) -> set[UUID]:
    """Everybody who drafted, signed or moved a contract, or disposed of its offences."""
    had_part = {found.contract.drafted_by, *(each.drafted_by for each in found.terms)}
    had_part |= {each.recorded_by for each in (*found.steps, *found.signatures)}
    disposals = await delivery.disposals_of(session, found.contract.custody_record_id)
    return had_part | {row.recorded_by for rows in disposals.values() for row in rows}


async def incidents(
    session: AsyncSession, *, by: Actor, turn: Turn
) -> tuple[list[Any], str | None]:
    """One page of the offences of the reader's suites that ran out of time, the latest first."""
    return await INCIDENTS.page(session, turn, **scope_of(by))


async def incident_counts(session: AsyncSession, *, by: Actor) -> dict[str, int]:
    """How many of them each of the reader's suites has."""
    rows = await rows_of(session, COUNTS, **scope_of(by))
    return dict.fromkeys(sorted(by.suites), 0) | {row.suite: row.incidents for row in rows}
