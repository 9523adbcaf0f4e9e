"""Read strata, draws and unblindings of a trial. Arms come in sealed and go out as a state alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation import queries as allocation
from checkpoint.allocation.rules import runs_low
from checkpoint.allocation.tables import Allocation, Enrolment
from checkpoint.allocation.vault import SIZES, Vault
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery import counts as delivery
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.monitor.balance import Design, Drawn
from checkpoint.monitor.states import UnblindingNotFound, UnblindingOutcome, UnblindingScope
from checkpoint.monitor.tables import Unblinding, UnblindingAnswer
from checkpoint.people.queries import same_person
from checkpoint.trials.queries import OF_CODE, Standing
from checkpoint.trials.rules import parse

TRIAL_ID = sa.bindparam("trial_id", type_=sa.Uuid())
ALLOCATED = (
    sa.select(col(Allocation.trial_stratum_id), sa.func.count().label("allocated"))
    .where(col(Allocation.trial_id) == TRIAL_ID)
    .group_by(col(Allocation.trial_stratum_id))
)
DRAWN = sa.text("SELECT * FROM drawn_slots(:trial_id)").columns(
    trial_stratum_id=sa.Uuid, sealed_list_id=sa.Uuid, slot_id=sa.Uuid, arm=sa.LargeBinary
)
BLOCKS = sa.select(
    sa.func.sealed_block_sizes(
        sa.bindparam("list_id", type_=sa.Uuid()), type_=sa.LargeBinary
    ).label("sizes")
)
EARLIER = aliased(CustodyRecord)
ENROLLED_BEFORE = (
    sa.select(col(Allocation.trial_stratum_id), sa.func.count().label("cases"))
    .join(CustodyRecord, col(CustodyRecord.id) == col(Allocation.custody_record_id))
    .where(
        col(Allocation.trial_id) == TRIAL_ID,
        sa.exists()
        .where(col(Enrolment.custody_record_id) == col(EARLIER.id))
        .where(col(EARLIER.person_id).in_(same_person(col(CustodyRecord.person_id)))),
    )
    .group_by(col(Allocation.trial_stratum_id))
)
UNBLINDINGS = (
    sa.select(
        *Unblinding.__table__.c,
        col(Allocation.custody_record_id),
        col(UnblindingAnswer.outcome),
        col(UnblindingAnswer.words).label("answer_words"),
        col(UnblindingAnswer.answered_at),
        col(UnblindingAnswer.answered_by),
    )
    .outerjoin(Allocation, col(Allocation.id) == col(Unblinding.allocation_id))
    .outerjoin(UnblindingAnswer, col(UnblindingAnswer.unblinding_id) == col(Unblinding.id))
    .where(col(Unblinding.trial_id) == TRIAL_ID)
    .order_by(col(Unblinding.number).desc())
)
IS_UNBLINDED = sa.select(
    sa.exists()
    .where(
        col(Unblinding.trial_id) == TRIAL_ID,
        col(Unblinding.scope) == UnblindingScope.TRIAL,
        col(UnblindingAnswer.unblinding_id) == col(Unblinding.id),
        col(UnblindingAnswer.outcome) == UnblindingOutcome.CONFIRMED,
    )
    .label("is_unblinded")
)


async def is_unblinded(session: AsyncSession, trial_id: UUID) -> bool:
    """Whether two people unblinded a whole trial; until then its arms have masks alone."""
    (found,) = await rows_of(session, IS_UNBLINDED, trial_id=trial_id)
    return bool(found.is_unblinded)


async def allocated(session: AsyncSession, trial: Standing) -> dict[str, int]:
    """How many were allocated in each stratum."""
    rows = await rows_of(session, ALLOCATED, trial_id=trial.id)
    found = {row.trial_stratum_id: row.allocated for row in rows}
    return {suite: found.get(stratum, 0) for suite, stratum in trial.strata.items()}


async def enrolled_before(session: AsyncSession, trial: Standing) -> dict[str, int]:
    """How many of those allocated had come in by enrolment on another case, by suite."""
    rows = await rows_of(session, ENROLLED_BEFORE, trial_id=trial.id)
    found = {row.trial_stratum_id: row.cases for row in rows}
    return {suite: found.get(stratum, 0) for suite, stratum in trial.strata.items()}


async def running_low(session: AsyncSession, trial: Standing, *, vault: Vault) -> dict[str, bool]:
    """Which strata want another list soon; how many places are left is told to nobody."""
    key, warn_below = vault.key(), trial.protocol.warn_below
    return {
        suite: runs_low(
            await allocation.places_left(session, stratum, trial.protocol_id),
            warn_below=warn_below,
            key=key,
            stratum=stratum,
        )
        for suite, stratum in trial.strata.items()
    }


async def designs(session: AsyncSession, trial: Standing, *, vault: Vault) -> dict[str, Design]:
    """How each of a trial's lists was made, by its id.

    Raises:
        SealedListChanged: the sizes of its blocks do not open.
    """
    versions = await rows_of(session, OF_CODE, code=trial.code)
    ratios = {row.id: tuple(parse(row.content).arms.items()) for row in versions}
    found = {}
    for each in await allocation.lists(session, trial.id):
        (sealed,) = await rows_of(session, BLOCKS, list_id=each.id)
        opened = vault.open(sealed.sizes, place=f"{each.id} {SIZES}") if sealed.sizes else ""
        sizes = tuple(int(size) for size in opened.split(",") if size)
        found[str(each.id)] = Design(ratios[each.trial_protocol_id], sizes)
    return found


async def draws(session: AsyncSession, trial: Standing, *, vault: Vault) -> list[Drawn]:
    """Every committed draw with its arm, in order, for the check alone and to be shown to nobody.

    Raises:
        SealedListChanged: one does not open.
    """
    suites = {stratum: suite for suite, stratum in trial.strata.items()}
    return [
        Drawn(
            str(row.sealed_list_id),
            suites.get(row.trial_stratum_id, str(row.trial_stratum_id)),
            vault.open(row.arm, place=str(row.slot_id)),
        )
        for row in await rows_of(session, DRAWN, trial_id=trial.id)
    ]


def counted(drawn: Iterable[Drawn]) -> Mapping[str, int]:
    """How many of each arm; only for a trial that is unblinded."""
    return Counter(each.arm for each in drawn)


async def unblindings(session: AsyncSession, trial: Standing) -> Sequence[Any]:
    """A trial's proposals with what became of each, the last one first."""
    return await rows_of(session, UNBLINDINGS, trial_id=trial.id)


async def unblinding(session: AsyncSession, trial: Standing, number: int) -> Any:
    """One of them.

    Raises:
        UnblindingNotFound: the trial has none of that number.
    """
    rows = await unblindings(session, trial)
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise UnblindingNotFound("See the trial's unblindings for those there are.")
    return found


async def crossovers(session: AsyncSession, trial: Standing, *, at: datetime) -> Mapping[str, int]:
    """Authorised crossovers to the programme by suite."""
    found = await delivery.crossings(session, trial.id, on=london_day(at))
    return {each.suite: each.to_treatment for each in found}
