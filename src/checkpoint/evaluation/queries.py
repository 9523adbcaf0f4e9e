"""Open a data cut for whoever evaluates it. Reads cuts alone, and whether the trial is unblinded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.evaluation.rules import Arm, arms_of, check_sizes
from checkpoint.evaluation.windows import calendar, days_between, horizons_of
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.monitor import queries as monitor
from checkpoint.monitor.rules import masks
from checkpoint.outcomes.cuts import queries as cuts
from checkpoint.outcomes.cuts.facts import AGE_BANDS, Horizon, Primary, seen_until
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.cuts.tables import CutParticipant
from checkpoint.outcomes.cuts.values import primary_of
from checkpoint.outcomes.elsewhere import lookups
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing
from checkpoint.trials.states import CONTROL

CUT_ID = sa.bindparam("cut_id", type_=sa.Uuid())


def age_band(called: Mapping[str, str]) -> sa.Case[str]:
    """The band that somebody's age at allocation is in.

    Args:
        called: what each band is called, by its code.

    Returns:
        An expression of what the band is called; null where the age is not known.
    """
    age = col(CutParticipant.age)
    return sa.case(
        *(
            (age.is_not(None) if ends is None else age < ends, called[band])
            for band, ends in AGE_BANDS.items()
        ),
        else_=None,
    )


ALLOCATED = (
    sa.select(
        col(CutParticipant.mask),
        sa.func.count().label("people"),
        sa.func.min(col(CutParticipant.allocated_on)).label("first"),
        sa.func.max(col(CutParticipant.allocated_on)).label("last"),
    )
    .where(col(CutParticipant.cut_id) == CUT_ID)
    .group_by(col(CutParticipant.mask))
)
# A large cut takes longer than anything that a person waits for at a desk, and its people are
# summed in memory.
PATIENT = sa.select(
    sa.func.set_config("statement_timeout", "120s", True),  # noqa: FBT003
    sa.func.set_config("work_mem", "64MB", True),  # noqa: FBT003
    sa.func.set_config("idle_in_transaction_session_timeout", "120s", True),  # noqa: FBT003
)
FIRST = {
    Measure.ARREST: col(CutParticipant.arrest_day),
    Measure.CHARGE: col(CutParticipant.charge_day),
    Measure.PROVEN: col(CutParticipant.proven_day),
}
OBSERVED = col(CutParticipant.observed_days)
ENDED_EARLY = col(CutParticipant.ended_by) != EndOfObservation.DATA_CUT
GROUPS = (
    col(CutParticipant.mask),
    col(CutParticipant.delivered_mask),
    col(CutParticipant.per_protocol),
)
NAMES = ("mask", "delivered_mask", "per_protocol")


def seen(measure: Measure, *, lag_months: int | sa.BindParameter[int]) -> Any:
    """Until when somebody was observed for a measure, in days from allocation.

    Args:
        measure: what is counted.
        lag_months: of the cut; how much later convictions come in.

    Returns:
        The days that they were observed; for what is proven of somebody who was lost, until the lag
        before, since what was proven after they were lost nobody saw.
    """
    if measure is not Measure.PROVEN:
        return OBSERVED
    lost = col(CutParticipant.ended_by) == EndOfObservation.LOST
    last = col(CutParticipant.allocated_on) + OBSERVED
    complete = sa.cast(last - sa.func.make_interval(0, lag_months), sa.Date())
    days = sa.func.greatest(complete - col(CutParticipant.allocated_on), 0)
    return sa.case((lost, days), else_=OBSERVED)


@dataclass(frozen=True)
class Allocated:
    """How many were allocated, by mask, and from when until when."""

    people: Mapping[str, int]
    first: date
    last: date


@dataclass(frozen=True)
class Opened:
    """A cut, its trial, and how its arms may be called; the first arm is compared with.

    ``primary_since`` is the edition of a trial from elsewhere from which on the primary outcome is what
    it is, where one before had another.
    """

    trial: Standing
    cut: Any
    arms: list[Arm]
    unblinded: bool
    primary_since: int | None = None

    @property
    def measures(self) -> list[Measure]:
        """What it holds, from the earliest news of it to the surest."""
        return [measure for measure in Measure if measure in self.cut.measures]

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """How long after allocation is looked at."""
        return horizons_of(self.cut.horizons)

    @property
    def primary(self) -> Primary | None:
        """What the trial is judged by; None: nothing was fixed in advance."""
        return primary_of(self.cut)

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
        ArmsToldBySize: it is masked, and its arms have different parts of the ratio.
    """
    trial = await trials.one(session, code, at=at)
    cut = await cuts.one(session, trial.id, number)
    await rows_of(session, PATIENT)
    unblinded = await monitor.is_unblinded(session, trial.id)
    arms = trial.protocol.arms
    check_sizes(arms, unblinded=unblinded)
    names = masks(arms, key=vault.key(), trial=trial.code) if unblinded else None
    since = await lookups.primary_since(session, cut)
    return Opened(trial, cut, arms_of(cut.masks, names, CONTROL), unblinded, since)


async def allocated(session: AsyncSession, opened: Opened) -> Allocated:
    """How many were allocated, and when; an empty cut's days are the one it is followed until."""
    rows = await rows_of(session, ALLOCATED, cut_id=opened.cut.id)
    end = opened.cut.followed_until
    return Allocated(
        {row.mask: row.people for row in rows},
        min((row.first for row in rows), default=end),
        max((row.last for row in rows), default=end),
    )


def limit(until: date, number: int) -> str:
    """The name of the column that says until when somebody's horizon counts."""
    return f"limit_{until:%Y%m%d}_{number}"


def limited(
    allocated: Allocated,
    horizons: Sequence[Horizon],
    untils: Iterable[date],
    columns: Iterable[Any],
) -> Any:
    """The people of a cut, each with the last day that counts within each horizon.

    Args:
        allocated: when they were.
        horizons: how long after allocation is looked at, in order.
        untils: the last complete days that measures have.
        columns: what else to read of each.

    Returns:
        A subquery with a column ``limit`` for each horizon and last day: days from allocation; null
        where the horizon had not passed, or their own follow-up ended sooner by nothing that
        happened to them. It is no fence: PostgreSQL reads such rows by several processes.
    """
    wide = {
        limit(until, number): calendar(allocated.first, allocated.last, horizon, until=until)
        for until in untils
        for number, horizon in enumerate(horizons)
    }
    days = sa.cast(days_between(allocated.first, allocated.last), ARRAY(sa.Date()))
    arrays = [sa.cast(widths, ARRAY(sa.Integer())) for widths in wide.values()]
    named = [sa.column(name, sa.Integer()) for name in wide]
    windows = sa.func.unnest(days, *arrays).table_valued(sa.column("day", sa.Date()), *named)
    windows = windows.render_derived(name="windows")
    limits = [
        sa.case((sa.or_(windows.c[name] <= OBSERVED, ENDED_EARLY), windows.c[name])).label(name)
        for name in wide
    ]
    return (
        sa.select(*GROUPS, OBSERVED, *columns, *limits)
        .join(windows, windows.c.day == col(CutParticipant.allocated_on))
        .where(col(CutParticipant.cut_id) == CUT_ID)
        .subquery("person")
    )
