"""Days of allocation into a curve, and what every picture says of itself; no session."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.flows.facts import told
from checkpoint.evaluation.flows.views import window
from checkpoint.evaluation.pictures.schemas import PointView, RecruitmentView
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.rules import told_together
from checkpoint.evaluation.schemas import EvaluationView
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, SMALLEST
from checkpoint.monitor.rules import line_at

COARSE = (
    f"Months in which fewer than {SMALLEST} were allocated are told with a later one; the trial's "
    "statistician sees each."
)
EVERYBODY = "Everybody allocated."


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month, and the last day of all.

    Args:
        first: the first day of allocation.
        last: the last one, or a later day.

    Returns:
        Days in order; the last is ``last``.
    """
    found = []
    end = first + relativedelta(day=31)
    while end < last:
        found.append(end)
        end = end + timedelta(days=1) + relativedelta(day=31)
    return [*found, last]


def cumulated(days: Sequence[Any], *, least: int) -> list[tuple[date, int]]:
    """How many had been allocated by the end of each month.

    Args:
        days: how many on each day, in order.
        least: how many more there are at least from one month told to the next; the last is always.

    Returns:
        By day; none where nobody was allocated.
    """
    if not days:
        return []
    total, told, found = 0, 0, []
    waiting = [*days]
    ends = month_ends(days[0].day, days[-1].day)
    for end in ends:
        while waiting and waiting[0].day <= end:
            total += waiting.pop(0).people
        if total - told >= least:
            found.append((end, total))
            told = total
    if found and found[-1] != (ends[-1], total):
        found[-1] = (ends[-1], total)
    return found or [(ends[-1], total)]


def recruitment(
    opened: Opened, allocated: Mapping[str, int], days: Sequence[Any], *, role: Role
) -> RecruitmentView:
    """How many had been allocated by when, against the target.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        days: how many on each day.
        role: the reader's.
    """
    exact, protocol = role in EXACT, opened.trial.protocol
    points = [
        PointView(
            until=until,
            allocated=total,
            line=line_at(
                protocol.target,
                opens_on=protocol.opens_on,
                closes_on=protocol.closes_on,
                end=until + timedelta(days=1),
            ),
        )
        for until, total in cumulated(days, least=1 if exact else SMALLEST)
    ]
    (whole,) = told_together([sum(allocated.values())], role)
    if whole is None:
        points = []
    return RecruitmentView(
        **views.beginning(opened, allocated, role=role),
        protocol=protocol.version,
        opens_on=protocol.opens_on,
        closes_on=protocol.closes_on,
        target=protocol.target,
        allocated=whole,
        points=points,
        coarsened=None if exact else COARSE,
        window=window(opened),
        in_words=[
            f"People allocated: {told(whole)}, of a target of {protocol.target:,}.",
            *([facts.SMALL] if whole is None else []),
            *(_point(point) for point in points),
        ],
    )


def _point(point: PointView) -> str:
    line = "" if point.line is None else f", with even recruitment {point.line:,}"
    return f"By {point.until:%-d %B %Y}: {point.allocated:,}{line}."


def foot_of(view: EvaluationView, population: str, *windows: str) -> list[str]:
    """What stands below every picture: of whom it is, and from which cut.

    Args:
        view: what is drawn.
        population: in words.
        windows: in words; several where not all that is drawn has the same.

    Returns:
        Lines.
    """
    cut = view.cut
    rules, known = ", ".join(cut.rule_sets) or "none", f"{cut.known_until:%Y-%m-%d %H:%M}"
    found = [
        f"Population: {population}",
        *(f"Window: {each}" for each in windows),
        f"Definitions {cut.definitions}; rules {rules}; harm index {cut.harm_index or 'none'}.",
        (
            f"Data cut {cut.number} of {view.trial}, known until {known} UTC, followed until "
            f"{cut.followed_until}, SHA-256 {cut.digest[:16]}."
        ),
    ]
    found += [facts.MASKED] if view.masked else []
    return [*found, "Synthetic: a test trial."] if view.synthetic else found
