"""Curves as their reader may see them; no session."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from checkpoint.evaluation.rules import Arm, told_together
from checkpoint.evaluation.survival import Curve, Step, coarsened, days_apart
from checkpoint.evaluation.times.schemas import AtRiskView, AtView, CurveView, StepView
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, SMALLEST

QUARTER = 91
Days = AbstractSet[int]


@dataclass(frozen=True)
class Reading:
    """Who reads curves, and on which days: each horizon with its own.

    ``bare`` is of totals alone.
    """

    role: Role
    ends: Sequence[tuple[str, int]]
    bare: bool = False

    @property
    def exact(self) -> bool:
        """Whether each step is told."""
        return self.role in EXACT


def days_told(whole: Curve, arms: Sequence[Curve], by: Reading) -> tuple[list[Days], Days]:
    """The days of which a reader is told how many were at risk.

    Args:
        whole: everybody's curve.
        arms: that of each arm that is told.
        by: who reads.

    Returns:
        By arm; and of everybody.
    """
    days = {*_quarters(_last(whole)), *(day for _, day in by.ends)}
    apart = [_days_apart(each, days, by) for each in arms]
    # Everybody's number less that of all arms but one would tell that one's.
    return apart, frozenset(days).intersection(*apart or [_days_apart(whole, days, by)])


def curves(
    found: Sequence[tuple[Arm | None, Curve]],
    days: Sequence[Days],
    by: Reading,
    *,
    hidden: bool,
) -> list[CurveView]:
    """Curves that stand beside each other.

    Args:
        found: by arm; None is all arms together.
        days: of which it is told how many were at risk, for each curve.
        by: who reads.
        hidden: whether they rest on few, so that none but how many people there are is told.

    Returns:
        A curve for each, in order.
    """
    people = told_together([each.people for _, each in found], by.role)
    return [
        _curve(arm, each, told, size, by, hidden=hidden)
        for (arm, each), told, size in zip(found, days, people, strict=True)
    ]


def everybody(whole: Curve, days: Days, by: Reading, *, is_told: bool, hidden: bool) -> CurveView:
    """The curve of all arms together.

    Args:
        whole: the curve.
        days: of which it is told how many were at risk.
        by: who reads.
        is_told: whether the population is told of at all.
        hidden: whether figures rest on few.

    Returns:
        It; without figures where it is not told.
    """
    (found,) = curves([(None, whole)], [days], by, hidden=hidden or not is_told)
    # Not even how many they are, where that is what another population would be less by.
    return found if is_told else found.model_copy(update={"people": None})


def _days_apart(found: Curve, days: Days, by: Reading) -> Days:
    return days if by.exact else days_apart(found, days)


def _curve(
    arm: Arm | None, found: Curve, days: Days, people: int | None, by: Reading, *, hidden: bool
) -> CurveView:
    shown = found if by.exact else coarsened(found, least=SMALLEST)
    last, untold = _last(found), hidden or by.bare
    return CurveView(
        mask=arm and arm.mask,
        arm=arm and arm.name,
        people=people,
        events=None if hidden else found.events,
        median=None if untold else shown.median,
        steps=[] if untold else [_step(step, by) for step in shown.steps],
        horizons=[]
        if untold
        else [_at(found, *end, days, by) for end in by.ends if end[1] <= last],
        at_risk=[] if untold else [_at_risk(found, day, days) for day in _quarters(last)],
    )


def _last(found: Curve) -> int:
    return found.steps[-1].day if found.steps else 0


def _quarters(last: int) -> range:
    return range(0, last + 1, QUARTER)


def _step(step: Step, by: Reading) -> StepView:
    """A step; who left since the one before is told to whoever sees each, as it is mostly few."""
    told = vars(step) if by.exact else vars(step) | {"at_risk": None, "censored": None}
    return StepView(**told)


def _at(found: Curve, name: str, day: int, days: Days, by: Reading) -> AtView:
    """How it stands; told if it rests on enough, both before and after."""
    step = found.at(day)
    if not by.exact and min(step.events, step.at_risk) < SMALLEST:
        return AtView(horizon=name, day=day, survival=None, low=None, high=None, at_risk=None)
    return AtView(
        horizon=name, day=day, survival=step.survival, low=step.low, high=step.high,
        at_risk=step.at_risk if day in days else None,
    )  # fmt: skip


def _at_risk(found: Curve, day: int, days: Days) -> AtRiskView:
    return AtRiskView(day=day, at_risk=found.at(day).at_risk if day in days else None)
