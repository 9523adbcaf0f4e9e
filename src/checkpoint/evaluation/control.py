"""Counts that may leave the force: the small suppressed, the rest rounded, totals made of these.

The order is OpenSAFELY's (standards notes 5.1): suppress, round, then recompute totals from what
is shown. None is a suppressed count everywhere here. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from checkpoint.foundation import disclosure
from checkpoint.foundation.disclosure import ROUNDING, SMALLEST

Counts = Sequence[Sequence[int]]
Shown = tuple[tuple[int | None, ...], ...]


class Fewest(Protocol):
    """The fewest people that are told, and what the rest is rounded to."""

    @property
    def smallest(self) -> int: ...

    @property
    def rounding(self) -> int: ...


class Policy(Protocol):
    """What counts are controlled by, under its version."""

    @property
    def version(self) -> str: ...

    @property
    def aggregates(self) -> Fewest: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy of counts alone."""

    version: str
    smallest: int
    rounding: int

    @property
    def aggregates(self) -> Fewest:
        """Itself."""
        return self


SUPPRESSED_AND_ROUNDED = Rule("domain notes 7.1 f", smallest=SMALLEST, rounding=ROUNDING)


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


def rounded(count: int, policy: Policy) -> int | None:
    """One count by itself, as it may leave the force.

    Args:
        count: of people or of what happened to them, 0 or more.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        The nearest multiple, halves upwards; None where it is too small, none included: that nobody
        did something tells it of everybody.
    """
    fewest = policy.aggregates
    return disclosure.rounded(count, smallest=fewest.smallest, rounding=fewest.rounding)


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
    rows = tuple(total(row) for row in cells)
    return Table(
        cells=cells,
        rows=rows,
        columns=tuple(total(column) for column in zip(*cells, strict=True)),
        total=total(rows),
        policy=policy.version,
    )


def total(cells: Sequence[int | None]) -> int | None:
    """The sum of those that are shown; None where none is."""
    shown = [cell for cell in cells if cell is not None]
    return sum(shown) if shown else None


def _small(count: int, policy: Policy) -> bool:
    return count < policy.aggregates.smallest


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
