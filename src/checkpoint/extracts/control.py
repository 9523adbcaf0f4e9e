"""Counts that may leave the force: the small suppressed, the rest rounded, totals made of these.

The order is OpenSAFELY's (standards notes 5.1): suppress, round, then recompute totals from what
is shown. None is a suppressed count everywhere here. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from checkpoint.extracts.references import Policy

REDACTED = "[REDACTED]"
Counts = Sequence[Sequence[int]]
Shown = tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it may leave the force.

    ``cells`` stand as they were given; ``rows`` and ``columns`` are the totals of the cells that
    are shown, and ``total`` is that of all; None wherever nothing is shown.
    """

    cells: Shown
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    total: int | None
    policy: str


@dataclass(frozen=True, slots=True)
class Step:
    """A point of a survival curve: how many were at risk on a day, and how many events until then."""

    day: int
    at_risk: int
    events: int


def rounded(count: int, policy: Policy) -> int | None:
    """One count by itself, as it may leave the force.

    Args:
        count: of people or of what happened to them, 0 or more.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        The nearest multiple, halves upwards; None where it is too small, none included: that nobody
        did something tells it of everybody.
    """
    if count < policy.aggregates.smallest:
        return None
    base = policy.aggregates.rounding
    return (2 * count + base) // (2 * base) * base


def table(counts: Counts, policy: Policy) -> Table:
    """A table of counts as it may leave the force.

    In a row or column in which one count alone is suppressed, whoever knows the total from
    elsewhere could work it out: the smallest other one goes too, and again until none is alone.

    Args:
        counts: by row and column, 0 or more; every row as long as the others.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        The table; no cell and no total of it is smaller than the policy's smallest.
    """
    hidden = _complemented(
        counts,
        {(r, c) for r, row in enumerate(counts) for c, n in enumerate(row) if _small(n, policy)},
    )
    cells = tuple(
        tuple(None if (r, c) in hidden else rounded(n, policy) for c, n in enumerate(row))
        for r, row in enumerate(counts)
    )
    rows = tuple(_total(row) for row in cells)
    return Table(
        cells=cells,
        rows=rows,
        columns=tuple(_total(column) for column in zip(*cells, strict=True)),
        total=_total(rows),
        policy=policy.version,
    )


def _small(count: int, policy: Policy) -> bool:
    return count < policy.aggregates.smallest


def _total(cells: Sequence[int | None]) -> int | None:
    shown = [cell for cell in cells if cell is not None]
    return sum(shown) if shown else None


def _complemented(counts: Counts, small: set[tuple[int, int]]) -> set[tuple[int, int]]:
    hidden = {*small}
    height, width = len(counts), len(counts[0]) if counts else 0
    lines = [[(r, c) for c in range(width)] for r in range(height)] if width > 1 else []
    lines += [[(r, c) for r in range(height)] for c in range(width)] if height > 1 else []
    while True:
        alone = next((ln for ln in lines if sum(place in hidden for place in ln) == 1), None)
        if alone is None:
            return hidden
        hidden.add(min({*alone} - hidden, key=lambda place: (counts[place[0]][place[1]], place)))


def flow(gates: Sequence[tuple[str, int]], policy: Policy) -> dict[str, int | None]:
    """How many came to each gate, one gate behind the other, as it may leave the force.

    What is counted small or large is who stayed behind at each gate and who came through the last;
    a gate's count is the total of those of them that are shown, from there on.

    Args:
        gates: code and count, from the first gate to the last; none has more than the one before.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        By code; None where nothing is shown.

    Raises:
        ValueError: a gate has more than the one before.
    """
    counts = [count for _, count in gates]
    stayed = [a - b for a, b in pairwise([*counts, 0])]
    if any(each < 0 for each in stayed):
        raise ValueError("a gate has more people than the one before")
    # A gate at which all go on hides nobody, and is no small count.
    shown = table([[each for each in stayed if each]], policy).cells[0] if any(stayed) else ()
    parts = iter(shown)
    told = [next(parts) if each else 0 for each in stayed]
    found = {}
    for place, (code, _) in enumerate(gates):
        found[code] = _total(told[place:]) or None
    return found


def curve(steps: Sequence[Step], policy: Policy) -> tuple[Step, ...]:
    """A survival curve as it may leave the force: in steps of many events, while many are at risk.

    Args:
        steps: by day; ``at_risk`` just before the day, ``events`` from allocation to its end.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        The days by which the policy's smallest number of events came together, or came together
        since the day told last; nothing from the day on which fewer are at risk.
    """
    kept: list[Step] = []
    counted = 0
    for step in steps:
        at_risk, since = rounded(step.at_risk, policy), rounded(step.events - counted, policy)
        if at_risk is None:
            break
        if since is not None:
            told = (kept[-1].events if kept else 0) + since
            kept.append(Step(day=step.day, at_risk=at_risk, events=told))
            counted = step.events
    return tuple(kept)


def small_cells(shown: Mapping[str, int | None] | Table, policy: Policy) -> list[int]:
    """What of an output would tell of too few, to be looked at before anything is sent.

    Args:
        shown: counts as they would be told.
        policy: the smallest that is shown.

    Returns:
        Every count from 1 to the smallest less one; empty where all is well.
    """
    if isinstance(shown, Table):
        told = [*(c for row in shown.cells for c in row), *shown.rows, *shown.columns, shown.total]
    else:
        told = [*shown.values()]
    return [each for each in told if each is not None and 0 < each < policy.aggregates.smallest]
