"""How far people in a file are alike: k, l and t over its quasi-identifiers. Pure.

A class is everybody who is alike in every quasi-identifier. k is the size of the smallest class
(Sweeney 2002), l the fewest different values of the outcome within one (Machanavajjhala et al.
2007, distinct l-diversity), t the farthest that a class's outcomes are from everybody's (Li et al.
2007, with equal distances between values: half the sum of the absolute differences).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.integer[Any]]
Tables = Sequence[Codes]
MOST_COUNTED = 1 << 20


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


def alike(columns: Iterable[Codes]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that are alike, given column by column.

    Args:
        columns: whole numbers from 0 on, all as long; at least one.

    Returns:
        The place of one row of each kind, in order of what the rows are; and for each row the place
        of its kind among these.
    """
    words = _packed(columns)
    if len(words) == 1:
        return _counted(words[0])
    order = np.lexsort(words[::-1])
    new = np.ones(len(order), bool)
    new[1:] = np.any([word[order[1:]] != word[order[:-1]] for word in words], axis=0)
    inverse = np.empty(len(order), np.intp)
    inverse[order] = np.cumsum(new) - 1
    return order[new], inverse


def _counted(words: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The same for rows that one number each stands for."""
    most = int(words.max(initial=0)) + 1
    if most > MOST_COUNTED:
        _, first, inverse = np.unique(words, return_index=True, return_inverse=True)
        return first, inverse
    # So few that are possible are told apart without putting a million in order.
    last = np.full(most, -1, np.intp)
    last[words] = np.arange(len(words))
    there = np.flatnonzero(last >= 0)
    places = np.empty(most, np.intp)
    places[there] = np.arange(len(there))
    return last[there], places[words]


def _packed(columns: Iterable[Codes]) -> list[NDArray[np.int64]]:
    """The same rows in as few numbers of 62 bits as will hold them, in the same order."""
    words: list[NDArray[np.int64]] = []
    free = 0
    for values in columns:
        bits = int(values.max(initial=0)).bit_length()
        if not words or bits > free:
            words.append(values.astype(np.int64))
            free = 62 - bits
        else:
            words[-1] <<= bits
            words[-1] |= values
            free -= bits
    return words


def columns_of(codes: Codes, tables: Tables | None = None) -> Iterator[Codes]:
    """The columns of codes, one by one, as a level of coarsening tells them.

    Args:
        codes: by row and column.
        tables: for each column from a code to the code of what it is told as; None: as they are.

    Yields:
        Each column; a million rows are never held twice.
    """
    for place in range(codes.shape[1]):
        column = codes[:, place]
        yield column if tables is None else tables[place][column]


def merged(classes: Classes, tables: Tables | None = None) -> Classes:
    """The same people where classes may have become alike.

    Args:
        classes: some of which may have the same codes.
        tables: how each column is told, as above.

    Returns:
        Each class once, in order of its codes.
    """
    first, inverse = alike(columns_of(classes.codes, tables))
    counts = np.empty((len(first), classes.counts.shape[1]), np.int32)
    for place, column in enumerate(classes.counts.T):
        counts[:, place] = np.bincount(inverse, weights=column, minlength=len(first))
    codes = [*columns_of(classes.codes[first], tables)]
    return Classes(np.stack(codes, axis=1).astype(np.uint16), counts)


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
