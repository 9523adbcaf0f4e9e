"""What is due by a rule that only its own room can work out: reviews, victims, and conditions."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.contracts.agreements.tables import ContractCondition, ContractTerms
from checkpoint.contracts.evidence.rules import Run, progress_of
from checkpoint.contracts.evidence.states import SETTLED
from checkpoint.contracts.evidence.tables import ConditionEntry, ConditionEntryWithdrawal
from checkpoint.contracts.outcomes.clocks import tell_by
from checkpoint.contracts.outcomes.rules import TOLD_OF_END
from checkpoint.contracts.states import NEXT, ContractEvent, ContractState
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.custody import queries as custody
from checkpoint.custody.detention import queries as detention
from checkpoint.custody.detention.clock import clock, stays
from checkpoint.custody.detention.tables import DetentionEntry
from checkpoint.custody.movements.states import MovementKind
from checkpoint.custody.movements.tables import Movement, MovementWithdrawal
from checkpoint.custody.states import CustodyState
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.statements import Prepared
from checkpoint.journey.worklist.cases import CHASED, NOTHING, RECORD, Reach, of_case
from checkpoint.journey.worklist.clocks import DAY
from checkpoint.journey.worklist.rules import Due, WorklistPolicy
from checkpoint.journey.worklist.running import is_one_of, of_contract
from checkpoint.journey.worklist.states import Kind
from checkpoint.navigators.queries import caseload_of
from checkpoint.victims import queries as victims
from checkpoint.victims.rules import due_on
from checkpoint.victims.states import OF_CONTRACTS, OF_RELEASE, NotificationKind
from checkpoint.victims.tables import (
    Victim,
    VictimNotification,
    VictimWithdrawal,
    ViewGiven,
)

# More people than any force holds at once, and more victims than anybody has left untold.
MOST = 1000
THESE = sa.any_(sa.bindparam("records", type_=ARRAY(sa.Uuid())))
DETAINED = Prepared(
    sa.select(
        *of_case(RECORD.c.arrived_at, RECORD.c.id, RECORD.c.id), RECORD.c.arrested_at.label("began")
    )
    .where(custody.IN_SCOPE, RECORD.c.state == sa.literal_column(f"'{CustodyState.DETAINED}'"))
    .order_by(RECORD.c.arrived_at.desc())
    .limit(sa.literal_column(str(MOST)))
)
MOVED = (
    sa.select(*Movement.__table__.c)
    .where(col(Movement.custody_record_id) == THESE)
    .where(~sa.exists().where(col(MovementWithdrawal.movement_id) == col(Movement.id)))
    .order_by(col(Movement.number))
)
HEARD = (
    sa.select(*DetentionEntry.__table__.c, detention.MOOT.label("moot"))
    .where(col(DetentionEntry.custody_record_id) == THESE)
    .order_by(col(DetentionEntry.number))
)


async def reviews(
    session: AsyncSession,
    policy: WorklistPolicy,  # noqa: ARG001 - custody's clock alone says when
    *,
    actor: Actor,
    at: datetime,
) -> list[Due]:
    """The next review of everybody who is detained in the reader's suites."""
    held = await rows_of(session, DETAINED, **custody.scope_of(actor))
    ids = [row.id for row in held]
    moved = _by_record(await rows_of(session, MOVED, records=ids) if ids else [])
    heard = _by_record(await rows_of(session, HEARD, records=ids) if ids else [])
    found = []
    for row in held:
        entries = detention.standing(heard[row.id])
        due = clock(stays(row.began, row.since, moved[row.id]), entries, at=at).review_due_at
        if due is not None:
            found.append(due_of(Kind.CUSTODY_REVIEW, row, place=due, due=due))
    return found


def _by_record(rows: Sequence[Any]) -> defaultdict[UUID, list[Any]]:
    found = defaultdict[UUID, list[Any]](list)
    for row in rows:
        found[row.custody_record_id].append(row)
    return found


def due_of(kind: Kind, row: Any, *, place: datetime, due: datetime) -> Due:
    """A row that was read, as a thing that is due."""
    return Due(
        kind=kind,
        place=place,
        due=due,
        id=row.id,
        thing=row.thing,
        custody_record_id=row.custody_record_id,
        person_id=row.person_id,
        reference=row.reference,
        suite=row.suite,
        words=row.words,
    )


VULNERABLE = sa.func.coalesce(
    sa.select(col(ViewGiven.vulnerable))
    .where(col(ViewGiven.victim_id) == col(Victim.id), col(ViewGiven.vulnerable).is_not(None))
    .order_by(col(ViewGiven.number).desc())
    .limit(1)
    .scalar_subquery(),
    col(Victim.vulnerable),
).label("vulnerable")
STANDS = ~sa.exists().where(col(VictimWithdrawal.victim_id) == col(Victim.id))


def _untold(what: Any, happened_at: Any) -> Any:
    return ~sa.exists().where(
        col(VictimNotification.victim_id) == col(Victim.id),
        col(VictimNotification.what) == what,
        col(VictimNotification.happened_at) == happened_at,
    )


def _arrested() -> Any:
    what = sa.literal_column(f"'{NotificationKind.ARRESTED}'", sa.String())
    return (
        sa.select(*of_case(RECORD.c.arrested_at, col(Victim.id), col(Victim.id), what), VULNERABLE)
        .join_from(Victim, RECORD, RECORD.c.id == col(Victim.custody_record_id))
        .where(custody.IN_SCOPE, STANDS, _untold(what, RECORD.c.arrested_at))
        .where(RECORD.c.arrested_at >= CHASED)
    )


def _released() -> Any:
    what: Any = sa.case(
        *(
            (
                col(Movement.release_kind) == sa.literal_column(f"'{kind}'"),
                sa.literal_column(f"'{told}'", sa.String()),
            )
            for kind, told in OF_RELEASE.items()
        ),
        else_=NOTHING,
    )
    return (
        sa.select(
            *of_case(col(Movement.left_at), col(Movement.id), col(Victim.id), what), VULNERABLE
        )
        .join_from(
            Movement, Victim, col(Victim.custody_record_id) == col(Movement.custody_record_id)
        )
        .join(RECORD, RECORD.c.id == col(Victim.custody_record_id))
        .where(custody.IN_SCOPE, STANDS, _untold(what, col(Movement.left_at)))
        .where(col(Movement.left_at) >= CHASED)
        .where(col(Movement.kind) == sa.literal_column(f"'{MovementKind.RELEASED}'"))
        .where(~sa.exists().where(col(MovementWithdrawal.movement_id) == col(Movement.id)))
    )


TOLD_OF = {
    event: TOLD_OF_END[state] for (_, event), state in NEXT.items() if state in TOLD_OF_END
} | {ContractEvent.STARTED: NotificationKind.CONTRACT_STARTED}


def _of_contracts() -> Any:
    """Starts and ends of contracts that started, for whoever knows the arm."""
    step = col(ContractStep.event)
    what: Any = sa.case(
        *(
            (is_one_of(step, event), sa.literal_column(f"'{told}'", sa.String()))
            for event, told in TOLD_OF.items()
        ),
        else_=NOTHING,
    )
    since = col(ContractStep.happened_at)
    rows = of_contract(Reach.SUITES, since, ContractStep)
    whose = of_case(since, col(ContractStep.id), col(Victim.id), what)
    return (
        rows.with_only_columns(*whose, VULNERABLE)
        .join(Victim, col(Victim.custody_record_id) == RECORD.c.id)
        .where(STANDS, _untold(what, since), since >= CHASED)
        .where(is_one_of(step, *TOLD_OF), col(Contract.starts_on).is_not(None))
    )


UNTOLD = tuple(
    Prepared(rows.order_by(sa.literal_column("since")).limit(sa.literal_column(str(MOST))))
    for rows in (_arrested(), _released(), _of_contracts())
)


async def untold(
    session: AsyncSession, policy: WorklistPolicy, *, actor: Actor, at: datetime
) -> list[Due]:
    """What victims of cases in the reader's suites have not been told of late."""
    found, given = [], custody.scope_of(actor) | {"chased": at - policy.chases_days * DAY}
    for rows in UNTOLD:
        for row in await rows_of(session, rows, **given):
            last = _last_day(NotificationKind(row.words), london_day(row.since), row.vulnerable)
            if last is not None:
                due = london_midnight(last + DAY)
                found.append(due_of(Kind.VICTIM_TO_TELL, row, place=due, due=due))
    return found


@lru_cache(maxsize=10_000)
def _last_day(what: NotificationKind, day: date, vulnerable: bool | None) -> date | None:  # noqa: FBT001
    at = london_midnight(day)
    if what in OF_CONTRACTS:
        return tell_by(at, vulnerable=vulnerable)
    return due_on(what, at, vulnerable=vulnerable, timescales=victims.timescales())


OF_CONDITIONS = ("key", "rule", "amount", "due_on", "tag_from", "tag_until")
DUE_ON = col(ContractCondition.due_on)
# Of a navigator's caseload alone: where many have contracts, all of their conditions would be read.
CONDITIONS = Prepared(
    of_contract(Reach.CASELOAD, DUE_ON, Contract)
    .with_only_columns(
        *of_case(
            DUE_ON,
            col(ContractCondition.id),
            col(Contract.id),
            sa.cast(col(ContractCondition.position), sa.String()),
        ),
        *(col(getattr(ContractCondition, name)) for name in OF_CONDITIONS),
        col(Contract.ends_on).label("last_day"),
        (col(ContractStep.excused_days) - col(ContractTerms.excused_days)).label("excused_days"),
    )
    .join(
        ContractTerms,
        sa.and_(
            col(ContractTerms.contract_id) == col(Contract.id),
            col(ContractTerms.number) == col(Contract.terms_number),
        ),
    )
    .join(ContractCondition, col(ContractCondition.terms_id) == col(ContractTerms.id))
    .join(
        ContractStep,
        sa.and_(
            col(ContractStep.contract_id) == col(Contract.id),
            col(ContractStep.number) == col(Contract.version),
        ),
    )
    .where(is_one_of(col(Contract.state), ContractState.ACTIVE))
    .where(sa.bindparam("until", type_=sa.Date()) >= DUE_ON)
    .where(~is_one_of(col(ContractCondition.rule), CompletionRule.NO_OFFENDING))
    .order_by(DUE_ON.desc())
    .limit(sa.literal_column(str(MOST)))
)
ENTERED = (
    sa.select(*ConditionEntry.__table__.c)
    .where(col(ConditionEntry.contract_id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
    .where(~sa.exists().where(col(ConditionEntryWithdrawal.entry_id) == col(ConditionEntry.id)))
    .order_by(col(ConditionEntry.number))
)


async def conditions(
    session: AsyncSession, policy: WorklistPolicy, *, actor: Actor, at: datetime
) -> list[Due]:
    """Conditions of a navigator's running contracts whose own last day is near or over."""
    today = london_day(at)
    until = today + policy.allowances[Kind.CONDITION_OPEN].at_risk
    rows = await rows_of(session, CONDITIONS, **caseload_of(actor, at), until=until)
    ids = sorted({row.thing for row in rows})
    entries = await rows_of(session, ENTERED, ids=ids) if ids else []
    found = []
    for row in rows:
        run = Run(last_day=row.last_day, excused_days=row.excused_days)
        own = [each for each in entries if each.condition_key == row.key]
        progress = progress_of(row, own, on=today, run=run)
        if progress.state not in SETTLED:
            due = london_midnight(progress.due_on + DAY)
            found.append(due_of(Kind.CONDITION_OPEN, row, place=due, due=due))
    return found


RECKONED: dict[Kind, Callable[..., Any]] = {
    Kind.CUSTODY_REVIEW: reviews,
    Kind.VICTIM_TO_TELL: untold,
    Kind.CONDITION_OPEN: conditions,
}
