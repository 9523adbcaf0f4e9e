"""How far people in a file are alike: k, l and t over its quasi-identifiers. Pure.

A class is everybody who is alike in every quasi-identifier. k is the size of the smallest class
(Sweeney 2002), l the fewest different values of the outcome within one (Machanavajjhala et al.
2007, distinct l-diversity), t the farthest that a class's outcomes are from everybody's (Li et al.
2007, with equal distances between values: half the sum of the absolute differences).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Risk:
    """k, l and t of a file, and how many classes and people they are of; all 0 where it is empty."""

    k: int
    l: int  # noqa: E741
    t: float
    classes: int
    people: int


@dataclass(frozen=True, slots=True)
class Classes:
    """People by class: one row for each class.

    ``codes`` has a column of whole numbers from 0 on for each quasi-identifier; ``counts`` has one
    for each value of the outcome: how many people of the class have it.
    """

    codes: Codes
    counts: Codes


def grouped(rows: Codes) -> tuple[Codes, NDArray[np.intp]]:
    """Rows that are alike.

    Args:
        rows: whole numbers from 0 on, by row and column; at least one column.

    Returns:
        The different rows in order, and for each row given the place of its like among them.
    """
    words = _packed(rows)
    if words.shape[1] == 1:
        _, first, inverse = np.unique(words[:, 0], return_index=True, return_inverse=True)
        return rows[first], inverse
    order = np.lexsort(words.T[::-1])
    ordered = words[order]
    new = np.ones(len(rows), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    inverse = np.empty(len(rows), np.intp)
    inverse[order] = np.cumsum(new) - 1
    return rows[order[new]], inverse


def _packed(rows: Codes) -> Codes:
    """The same rows in as few numbers of 62 bits as will hold them, in the same order."""
    words: list[Codes] = []
    free = 0
    for column in range(rows.shape[1]):
        values = rows[:, column]
        bits = int(values.max(initial=0)).bit_length()
        if bits > free:
            words.append(values.astype(np.int64))
            free = 62 - bits
        else:
            words[-1] = (words[-1] << bits) | values
            free -= bits
    return np.stack(words, axis=1)


def merged(classes: Classes) -> Classes:
    """The same people where classes may have become alike.

    Args:
        classes: some of which may have the same codes.

    Returns:
        Each class once, in order of its codes.
    """
    codes, inverse = grouped(classes.codes)
    counts = np.zeros((len(codes), classes.counts.shape[1]), np.int64)
    np.add.at(counts, inverse, classes.counts)
    return Classes(codes, counts)


def failing(classes: Classes, *, k: int, l: int) -> NDArray[np.bool_]:  # noqa: E741
    """Which classes would tell of somebody.

    Args:
        classes: each once.
        k: the fewest people that have to be alike.
        l: the fewest values of the outcome among them.

    Returns:
        By class, true where there are fewer people or fewer values.
    """
    failed: NDArray[np.bool_] = (classes.counts.sum(axis=1) < k) | (
        (classes.counts > 0).sum(axis=1) < l
    )
    return failed


def measured(classes: Classes) -> Risk:
    """k, l and t of people by class.

    Args:
        classes: each once.

    Returns:
        What they come to, t to six decimals.
    """
    sizes: Any = classes.counts.sum(axis=1)
    if not len(sizes):
        return Risk(0, 0, 0.0, 0, 0)
    people = int(sizes.sum())
    shares = classes.counts / sizes[:, None]
    overall = classes.counts.sum(axis=0) / people
    return Risk(
        k=int(sizes.min()),
        l=int((classes.counts > 0).sum(axis=1).min()),
        t=round(float(np.abs(shares - overall).sum(axis=1).max() / 2), 6),
        classes=len(sizes),
        people=people,
    )
