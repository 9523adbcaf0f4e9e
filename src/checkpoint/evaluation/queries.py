"""Open a data cut for whoever evaluates it. Reads cuts alone, and whether the trial is unblinded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.evaluation.rules import Arm, arms_of
from checkpoint.evaluation.windows import calendar, horizons_of, seen_until
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.monitor import queries as monitor
from checkpoint.monitor.rules import masks
from checkpoint.outcomes.cuts import queries as cuts
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutParticipant
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing
from checkpoint.trials.states import CONTROL

CUT_ID = sa.bindparam("cut_id", type_=sa.Uuid())
ALLOCATED_ON = sa.select(
    sa.func.min(col(CutParticipant.allocated_on)).label("first"),
    sa.func.max(col(CutParticipant.allocated_on)).label("last"),
).where(col(CutParticipant.cut_id) == CUT_ID)
ALLOCATED = (
    sa.select(col(CutParticipant.mask), sa.func.count().label("people"))
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(col(CutParticipant.mask))
)
# A large cut takes longer than anything that a person waits for at a desk.
PATIENT = sa.select(
    sa.func.set_config("statement_timeout", "120s", True),  # noqa: FBT003
    sa.func.set_config("idle_in_transaction_session_timeout", "120s", True),  # noqa: FBT003
)
FIRST = {
    Measure.ARREST: col(CutParticipant.arrest_day),
    Measure.CHARGE: col(CutParticipant.charge_day),
    Measure.PROVEN: col(CutParticipant.proven_day),
}
GROUPS = (
    col(CutParticipant.mask),
    col(CutParticipant.delivered_mask),
    col(CutParticipant.per_protocol),
)


@dataclass(frozen=True)
class Opened:
    """A cut, its trial, and how its arms may be called; the first arm is compared with."""

    trial: Standing
    cut: Any
    arms: list[Arm]
    unblinded: bool

    @property
    def measures(self) -> list[Measure]:
        """What it holds, from the earliest news of it to the surest."""
        return [measure for measure in Measure if measure in self.cut.measures]

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """How long after allocation is looked at."""
        return horizons_of(self.cut.horizons)

    def measure(self, asked: Measure | None) -> Measure:
        """The measure that is asked for, else the first that it holds.

        Raises:
            RuleBroken: measure-not-in-cut.
        """
        if asked is not None and asked not in self.measures:
            raise RuleBroken(
                "query:measure",
                "measure-not-in-cut",
                f"The cut holds {', '.join(self.measures)}; choose one of these.",
            )
        return asked or self.measures[0]

    def horizon(self, asked: str | None) -> Horizon:
        """The horizon that is asked for, else the last that it has.

        Raises:
            RuleBroken: horizon-not-in-cut.
        """
        found = {each.name: each for each in self.horizons}
        if asked is not None and asked not in found:
            raise RuleBroken(
                "query:horizon",
                "horizon-not-in-cut",
                f"The cut has the horizons {', '.join(found)}; choose one of these.",
            )
        return found[asked] if asked else self.horizons[-1]

    def until(self, measure: Measure) -> date:
        """The last day on which a measure is complete."""
        return seen_until(
            measure, self.cut.followed_until, lag_months=self.cut.conviction_lag_months
        )


async def opened(
    session: AsyncSession, code: str, number: int | None, *, vault: Vault, at: datetime
) -> Opened:
    """A trial's data cut, the last one unless another is asked for.

    Args:
        session: the caller's; what it asks may take two minutes from now on.
        code: the trial's name.
        number: of the cut.
        vault: has the key to the arms' masks.
        at: now.

    Raises:
        TrialNotFound: there is no such trial.
        CutNotFound: it has no such cut.
    """
    trial = await trials.one(session, code, at=at)
    cut = await cuts.one(session, trial.id, number)
    await rows_of(session, PATIENT)
    unblinded = await monitor.is_unblinded(session, trial.id)
    arms = trial.protocol.arms
    names = masks(arms, key=vault.key(), trial=trial.code) if unblinded else None
    return Opened(trial, cut, arms_of(cut.masks, names, CONTROL), unblinded)


async def allocated(session: AsyncSession, cut: Opened) -> dict[str, int]:
    """How many were allocated, by mask."""
    rows = await rows_of(session, ALLOCATED, cut_id=cut.cut.id)
    return {row.mask: row.people for row in rows}


async def days_of_allocation(session: AsyncSession, cut: Opened) -> tuple[date, date]:
    """The first and the last day of allocation; of an empty cut the day it is followed until."""
    (found,) = await rows_of(session, ALLOCATED_ON, cut_id=cut.cut.id)
    return found.first or cut.cut.followed_until, found.last or cut.cut.followed_until


def windows_table(
    name: str, days: tuple[date, date], horizons: Iterable[Horizon], *, until: date
) -> Any:
    """Until when each horizon counts for each day of allocation, as a table to join with."""
    columns = calendar(*days, horizons, until=until)
    kinds = {"day": sa.Date()} | {each: sa.Integer() for each in columns if each != "day"}
    arrays = [sa.cast(columns[each], ARRAY(kind)) for each, kind in kinds.items()]
    named = [sa.column(each, kind) for each, kind in kinds.items()]
    return sa.func.unnest(*arrays).table_valued(*named, name=name).render_derived()
