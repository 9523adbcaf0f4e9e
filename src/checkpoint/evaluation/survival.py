"""Time to the first event: curves, numbers at risk, and tests of two or more arms. Pure.

Fed with how many were observed until which day, and to how many it happened on it, so that a
million people are some hundreds of rows. scipy and statsmodels do the sums and are loaded when
first needed.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from checkpoint.evaluation.estimates import LEVEL, Tested
from checkpoint.foundation.disclosure import is_small

GREENWOOD = "Kaplan-Meier with log-log intervals of Greenwood's variance"
LOG_RANK = "log-rank test"
WILCOXON = "Gehan's generalised Wilcoxon test"


@dataclass(frozen=True)
class Day:
    """So many people of a group were observed until this day; it happened to some of them on it."""

    day: int
    events: int
    censored: int


@dataclass(frozen=True)
class Step:
    """A curve from this day on: the share to whom it had not happened; who was at risk on it."""

    day: int
    survival: float
    low: float | None
    high: float | None
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True)
class Curve:
    """A group's curve: a step for every day on which it happened or somebody was lost to view."""

    people: int
    events: int
    steps: tuple[Step, ...]
    median: int | None

    def at(self, day: int) -> Step:
        """How the curve stands on a day.

        Args:
            day: from allocation, 0 or more.

        Returns:
            The share on that day, and how many are at risk still; ``events`` are all so far.
        """
        past = [step for step in self.steps if step.day <= day]
        events = sum(step.events for step in past)
        gone = events + sum(step.censored for step in past)
        today = past[-1].events + past[-1].censored if past and past[-1].day == day else 0
        last = past[-1] if past else Step(0, 1.0, 1.0, 1.0, self.people, 0, 0)
        return Step(
            day, last.survival, last.low, last.high, self.people - gone + today, events,
            gone - events,
        )  # fmt: skip


def curve(days: Iterable[Day]) -> Curve:
    """Kaplan and Meier's estimate for a group.

    Args:
        days: each day once, in any order.

    Returns:
        Its steps by day. An interval is None while nothing has happened, or once it has happened to
        everybody; the median is None where fewer than half had an event.

    Source: Kaplan and Meier, Journal of the American Statistical Association 53 (1958) 457-481.
    """
    ordered = sorted((each for each in days if each.events + each.censored), key=lambda e: e.day)
    if not ordered:
        return Curve(0, 0, (), None)
    from scipy import stats

    numbers = [each.day for each in ordered]
    sample = stats.CensoredData(
        uncensored=_repeated(numbers, [each.events for each in ordered]),
        right=_repeated(numbers, [each.censored for each in ordered]),
    )
    found = stats.ecdf(sample).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no interval, None says so
        low, high = found.confidence_interval(confidence_level=LEVEL, method="log-log")
    people, steps = len(sample), []
    at_risk = people
    for position, each in enumerate(ordered):
        steps.append(
            Step(
                each.day,
                float(found.probabilities[position]),
                _finite(low.probabilities[position]),
                _finite(high.probabilities[position]),
                at_risk,
                each.events,
                each.censored,
            )
        )
        at_risk -= each.events + each.censored
    half = next((step.day for step in steps if step.survival <= 0.5), None)
    return Curve(people, sum(each.events for each in ordered), tuple(steps), half)


def compared(groups: Sequence[Iterable[Day]]) -> list[Tested]:
    """Whether it took two or more groups equally long; both tests, always in this order.

    Args:
        groups: two or more.

    Returns:
        The log-rank test, and Gehan's, which weighs early events more; without a figure where a
        group has nobody, or nothing happened.

    Source: Mantel, Cancer Chemotherapy Reports 50 (1966) 163-170; Gehan, Biometrika 52 (1965)
        203-223.
    """
    listed = [[*group] for group in groups]
    sizes = [sum(each.events + each.censored for each in group) for group in listed]
    happened = sum(each.events for group in listed for each in group)
    if len(listed) < 2 or 0 in sizes or not happened:
        return [Tested(name, None, None, None) for name in (LOG_RANK, WILCOXON)]
    import numpy as np
    from statsmodels.duration.survfunc import survdiff

    days, status, group = spread(dict(enumerate(listed)))
    found = []
    for name, weights in ((LOG_RANK, None), (WILCOXON, "gb")):
        try:
            statistic, p = survdiff(days, status, group, weight_type=weights)
        except np.linalg.LinAlgError:  # a group had gone before anything happened
            statistic = p = float("nan")
        found.append(Tested(name, _finite(statistic), len(listed) - 1, _finite(p)))
    return found


def spread(groups: Mapping[int, Iterable[Day]]) -> tuple[Any, Any, Any]:
    """Groups of days as one row a person: day, whether it happened, and the group's number."""
    import numpy as np

    rows = [
        (each.day, happened, number, times)
        for number, group in groups.items()
        for each in group
        for happened, times in ((1, each.events), (0, each.censored))
        if times
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    people = np.repeat(table[:, :3], table[:, 3], axis=0)
    return people[:, 0], people[:, 1], people[:, 2]


def _repeated(days: list[int], times: list[int]) -> Any:
    import numpy as np

    return np.repeat(np.array(days, dtype=float), times)


def _finite(value: Any) -> float | None:
    return float(value) if isfinite(value) else None


def coarsened(whole: Curve, *, least: int) -> Curve:
    """A curve in steps of so many events, for whoever is not to see what happened to one.

    Args:
        whole: with every step.
        least: events of a step, and people at risk on it.

    Returns:
        The steps at which so many had come together since the last; what is left over at the end is
        not told, nor a median that lies there.
    """
    steps, events, censored = [], 0, 0
    for step in whole.steps:
        events, censored = events + step.events, censored + step.censored
        if events >= least and step.at_risk >= least:
            steps.append(replace(step, events=events, censored=censored))
            events = censored = 0
    last = steps[-1].day if steps else -1
    median = whole.median if whole.median is not None and whole.median <= last else None
    return Curve(whole.people, whole.events, tuple(steps), median)


def days_apart(whole: Curve, days: Iterable[int]) -> set[int]:
    """Days whose numbers at risk single nobody out, for whoever is not to see what happened to one.

    Who knows how many there are, how many are at risk and to how many it happened, knows how many
    left without it.

    Args:
        whole: with every step.
        days: from allocation, in any order.

    Returns:
        Of these the earliest, and each later one, before which both those to whom it happened and
        those who left without it are nobody or enough: since the start and since the day told
        before it, and from it on to the end.
    """
    end = whole.at(whole.steps[-1].day) if whole.steps else whole.at(0)
    told, events, censored = set(), 0, 0
    for day in sorted({*days}):
        before = whole.at(day - 1)  # who left on the day itself was still at risk on it
        counts = (
            before.events - events,
            before.censored - censored,
            end.events - before.events,
            end.censored - before.censored,
        )
        if not any(map(is_small, counts)):
            told.add(day)
            events, censored = before.events, before.censored
    return told
