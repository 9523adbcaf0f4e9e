"""Days into curves, tests and hazard ratios, as their reader may see them; no session."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.hazards import Model, by_arm
from checkpoint.evaluation.queries import Allocated, Opened
from checkpoint.evaluation.rules import Arm, group_of, telling, told_apart, told_together
from checkpoint.evaluation.states import Population
from checkpoint.evaluation.survival import (
    GREENWOOD,
    Curve,
    Day,
    Step,
    coarsened,
    compared,
    curve,
    days_apart,
)
from checkpoint.evaluation.times.adjusting import adjusted, told_of
from checkpoint.evaluation.times.schemas import (
    AtRiskView,
    AtView,
    CurveView,
    HazardView,
    ModelView,
    StepView,
    TimeToEventView,
)
from checkpoint.evaluation.windows import common
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, SMALLEST, rests_on_few
from checkpoint.outcomes.cuts.states import Measure

QUARTER = 91
UNTOLD = ("unadjusted", "adjusted", "not_adjusted", "compared_with")
MOST_ADJUSTED = 50_000
COARSE = (
    f"In steps of at least {SMALLEST} events with at least {SMALLEST} at risk; the trial's "
    "statistician sees each."
)
TOO_MANY = (
    f"Nothing is adjusted for among more than {MOST_ADJUSTED:,} people: it would take minutes."
)
NOT_ASKED = "Not asked for: send adjusted=true."
DENOMINATOR = (
    "Everybody of the population. Time runs from allocation to the first event, and ends without "
    "one with death, emigration, loss or {until:%-d %B %Y}, the last day that is complete; days in "
    "custody count as any other."
)


def time_to_event(
    opened: Opened,
    allocated: Allocated,
    measure: Measure,
    rows: Sequence[Any],
    people: Sequence[Any] | None,
    population: Population,
    *,
    role: Role,
    not_adjusted: str | None = None,
) -> TimeToEventView:
    """Curves, tests and hazard ratios of one measure in one population.

    Args:
        opened: the cut.
        allocated: how many, by mask, and from when until when.
        measure: what is counted.
        rows: by day.
        people: one by one, to adjust for what was known of them; None: nothing is adjusted.
        population: who is compared with whom.
        role: the reader's.
        not_adjusted: why.
    """
    groups = days_of(rows, population)
    is_told = population in told_apart(rows, _counted, role, unblinded=opened.unblinded)
    withheld = None if groups else facts.UNKNOWN.get(population)
    withheld = withheld or (None if is_told else facts.LEAVES_FEW) or _masked(opened, population)
    arms = [] if withheld else opened.arms
    whole = curve(merged(groups.values()))
    curves = [(arm, curve(groups.get(arm.mask, []))) for arm in arms]
    few = any(rests_on_few(_cells(each), role) for _, each in curves)
    few_at_all = few or (is_told and not arms and rests_on_few(_cells(whole), role))
    told: dict[str, Any] = {"tests": [], **dict.fromkeys(UNTOLD)}
    if arms and not few:
        model = told_of(adjusted(people, arms, population), arms, role=role) if people else None
        told = _compared(groups, arms) | _about(model, not_adjusted)
    ends = _ends(opened, allocated)
    apart, together = _days_told(whole, [each for _, each in curves], ends, role)
    return TimeToEventView(
        **views.beginning(opened, allocated.people, role=role),
        population=population,
        meaning=facts.POPULATIONS[population],
        measure=measure,
        measures=facts.MEASURES[measure],
        denominator=DENOMINATOR.format(until=opened.until(measure)),
        method=GREENWOOD,
        coarsened=None if role in EXACT else COARSE,
        withheld=facts.SMALL if few_at_all else withheld,
        everybody=_everybody(whole, ends, together, is_told, role=role, hidden=few_at_all),
        curves=_curves(curves, ends, apart, role=role, hidden=few),
        **told,
    )


def _about(model: tuple[Model, str] | None, not_adjusted: str | None) -> dict[str, Any]:
    return {"adjusted": model and _model(*model), "not_adjusted": not_adjusted}


def _everybody(
    whole: Curve,
    ends: Sequence[tuple[str, int]],
    together: AbstractSet[int],
    is_told: bool,  # noqa: FBT001 - whether this population is told at all
    *,
    role: Role,
    hidden: bool,
) -> CurveView:
    hidden = hidden or not is_told
    (found,) = _curves([(None, whole)], ends, [together], role=role, hidden=hidden)
    # Not even how many they are, where that is what another population would be less by.
    return found if is_told else found.model_copy(update={"people": None})


def _days_told(
    whole: Curve, arms: Sequence[Curve], ends: Sequence[tuple[str, int]], role: Role
) -> tuple[list[AbstractSet[int]], AbstractSet[int]]:
    """The days of which a reader is told how many were at risk: by arm, and of everybody."""
    days = {*_quarters(_last(whole)), *(day for _, day in ends)}
    apart = [_told_days(each, days, role) for each in arms]
    # Everybody's number less that of all arms but one would tell that one's.
    return apart, frozenset(days).intersection(*apart or [_told_days(whole, days, role)])


def _curves(
    found: Sequence[tuple[Arm | None, Curve]],
    ends: Sequence[tuple[str, int]],
    apart: Sequence[AbstractSet[int]],
    *,
    role: Role,
    hidden: bool,
) -> list[CurveView]:
    told = told_together([each.people for _, each in found], role)
    return [
        _curve(arm, each, ends, days, people, role=role, hidden=hidden)
        for (arm, each), days, people in zip(found, apart, told, strict=True)
    ]


def _told_days(found: Curve, days: AbstractSet[int], role: Role) -> AbstractSet[int]:
    """The days of which a reader is told how many were at risk."""
    return days if role in EXACT else days_apart(found, days)


def _ends(opened: Opened, allocated: Allocated) -> list[tuple[str, int]]:
    """Each horizon with the day on which curves are read."""
    return [(each.name, common(each, allocated.first, allocated.last)) for each in opened.horizons]


def _masked(opened: Opened, population: Population) -> str | None:
    return facts.WITHHELD if telling(population, unblinded=opened.unblinded) else None


def days_of(rows: Iterable[Any], population: Population) -> dict[str, list[Day]]:
    """Days by mask."""
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows:
        group = group_of(population, row)
        if group is not None:
            found[group][row.day][not row.happened] += row.people
    return {
        group: [Day(day, *counts) for day, counts in sorted(days.items())]
        for group, days in found.items()
    }


def merged(groups: Iterable[Iterable[Day]]) -> list[Day]:
    """Several groups as one."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        for each in group:
            found[each.day][0] += each.events
            found[each.day][1] += each.censored
    return [Day(day, *counts) for day, counts in sorted(found.items())]


def _counted(row: Any) -> tuple[int, ...]:
    """People of a row, and of these to whom it happened and to whom not."""
    happened = row.people if row.happened else 0
    return row.people, happened, row.people - happened


def _cells(found: Curve) -> tuple[int, int]:
    return found.events, found.people - found.events


def _compared(groups: Mapping[str, Sequence[Day]], arms: Sequence[Arm]) -> dict[str, Any]:
    by_label = {arm.label: groups.get(arm.mask, []) for arm in arms}
    reference = arms[0].label
    return {
        "tests": [views.test(each) for each in compared([*by_label.values()])],
        "compared_with": reference,
        "unadjusted": _model(by_arm(by_label, reference=reference), "Nothing."),
    }


def _model(model: Model, adjusted_for: str) -> ModelView:
    return ModelView(
        method=model.method,
        adjusted_for=adjusted_for,
        people=model.people,
        events=model.events,
        hazards=[HazardView.model_validate(each) for each in model.hazards],
        left_out=dict(model.left_out),
        log_likelihood=model.log_likelihood,
        test=views.test(model.test),
        concordance=model.concordance,
    )


def _curve(
    arm: Arm | None,
    found: Curve,
    ends: Sequence[tuple[str, int]],
    apart: AbstractSet[int],
    people: int | None,
    *,
    role: Role,
    hidden: bool,
) -> CurveView:
    exact = role in EXACT
    shown = found if exact else coarsened(found, least=SMALLEST)
    last = _last(found)
    return CurveView(
        mask=arm and arm.mask,
        arm=arm and arm.name,
        people=people,
        events=None if hidden else found.events,
        median=None if hidden else shown.median,
        steps=[] if hidden else [_step(step, exact=exact) for step in shown.steps],
        horizons=[]
        if hidden
        else [_at(found, *end, apart, exact=exact) for end in ends if end[1] <= last],
        at_risk=[] if hidden else [_at_risk(found, day, apart) for day in _quarters(last)],
    )


def _last(found: Curve) -> int:
    return found.steps[-1].day if found.steps else 0


def _quarters(last: int) -> range:
    return range(0, last + 1, QUARTER)


def _step(step: Step, *, exact: bool) -> StepView:
    """A step; who left since the one before is told to whoever sees each, as it is mostly few."""
    told = vars(step) if exact else vars(step) | {"at_risk": None, "censored": None}
    return StepView(**told)


def _at(found: Curve, name: str, day: int, apart: AbstractSet[int], *, exact: bool) -> AtView:
    """How it stands; told if it rests on enough, both before and after."""
    step = found.at(day)
    if not exact and min(step.events, step.at_risk) < SMALLEST:
        return AtView(horizon=name, day=day, survival=None, low=None, high=None, at_risk=None)
    return AtView(
        horizon=name, day=day, survival=step.survival, low=step.low, high=step.high,
        at_risk=step.at_risk if day in apart else None,
    )  # fmt: skip


def _at_risk(found: Curve, day: int, apart: AbstractSet[int]) -> AtRiskView:
    return AtRiskView(day=day, at_risk=found.at(day).at_risk if day in apart else None)
