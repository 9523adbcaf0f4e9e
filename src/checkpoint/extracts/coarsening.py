"""How coarse a file must be that nobody stands out in it, and whom it must leave out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checkpoint.extracts.columns import Column
from checkpoint.extracts.hierarchies import NAMES, WITHHELD, generalised, in_words, top
from checkpoint.extracts.references import Policy
from checkpoint.extracts.risk import (
    Classes,
    Codes,
    Risk,
    Tables,
    alike,
    columns_of,
    failing,
    measured,
    merged,
)

Levels = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quasi:
    """A quasi-identifier: its column, and the values that its codes stand for, as the cut has them.

    ``least`` is the level at which an earlier release of the trial told it, or None. Recipients
    might join their files by what happened to people, so it counts as known at that level whatever
    this file tells. ``told`` says whether this file has the column at all. ``level_from`` is the
    lowest level that it may be told at.
    """

    column: Column
    values: Sequence[str | None]
    least: int | None = None
    told: bool = True
    level_from: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A column that was made coarser, and what it is now, in words."""

    column: str
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How coarse a file is, who is left out, and how far people are alike in what is left.

    ``levels`` by column; ``steps`` are those of them that are coarser than the finest. ``kept`` and
    ``lost`` are people by arm, ``outcomes`` are those of all people, by arm: without and with the
    outcome. ``risk`` is of this file alone, ``joined`` of it and all earlier ones as if joined.
    ``failed`` are the classes that are left out, by the codes of ``tables``.
    """

    levels: Levels
    steps: tuple[Step, ...]
    kept: Mapping[str, int]
    lost: Mapping[str, int]
    outcomes: Mapping[str, tuple[int, ...]]
    risk: Risk
    joined: Risk
    failed: Codes
    tables: tuple[Codes, ...]

    def left_out(self, codes: Codes) -> NDArray[np.bool_]:
        """Which people are left out of the file.

        Args:
            codes: by person and quasi-identifier, as in the classes that the plan was made of.

        Returns:
            By person.
        """
        return _left_out(codes, self.tables, self.failed)


def order_of(quasi: Sequence[Quasi], policy: Policy) -> list[int]:
    """Quasi-identifiers in the order in which they are made coarser, to the last level.

    Args:
        quasi: the quasi-identifiers.
        policy: the order, by what columns are.

    Returns:
        Their places, each as often as it may be its turn; those that an earlier release alone told
        are not among them.
    """
    told = [place for place, each in enumerate(quasi) if each.told]
    kinds = {place: quasi[place].column.kind for place in told}
    named = [
        place
        for name in policy.coarsening.order
        for place in told
        if NAMES.get(kinds[place]) == name
    ]
    return [*named, *(place for place in told for _ in range(top(kinds[place], policy)))]


def choose(quasi: Sequence[Quasi], classes: Classes, policy: Policy, *, begun: int = 0) -> Plan:
    """How coarse each quasi-identifier must be, and which classes are left out all the same.

    Columns are made coarser one level at a time, in the policy's order, until no arm loses more
    than the policy's share. Then, from the last step back to the first, each is taken back that was
    not needed after all. Only what then still stands out is left out, whole classes at a time; an
    arm loses nobody or at least as many people as two releases have to differ by, so that no few
    can be told from the rest. The same people and policy always give the same plan.

    Args:
        quasi: the quasi-identifiers; the arm is the first.
        classes: everybody, by the codes of the quasi-identifiers' values.
        policy: k, l, the order and the share.
        begun: steps of the order that are done already.

    Returns:
        The plan. Where even withholding everything leaves an arm with too few, or all with one
        outcome, that arm is lost whole; ``kept`` says so.
    """
    return _Search(quasi, classes, policy).plan(begun)


class _Search:
    """The search for how coarse a file must be; what a level makes of a column is kept."""

    def __init__(self, quasi: Sequence[Quasi], classes: Classes, policy: Policy) -> None:
        self.quasi, self.classes, self.policy = quasi, classes, policy
        self._kept: dict[tuple[int, int | None], Codes] = {}

    def plan(self, begun: int) -> Plan:
        levels = self._levels(begun)
        tables = self._tables(levels, joined=True)
        found = merged(self.classes, tables)
        lost = self._lost(found)
        stays = ~_left_out(self.classes.codes, tables, found.codes[lost])
        alone = Classes(self.classes.codes[stays], self.classes.counts[stays])
        arms = {
            value: found.codes[:, 0] == tables[0][code]
            for code, value in enumerate(self.quasi[0].values)
            if value is not None
        }
        told = [
            (each.column, level)
            for each, level in zip(self.quasi, levels, strict=True)
            if each.told
        ]
        return Plan(
            levels={column.name: level for column, level in told},
            steps=tuple(
                Step(column.name, level, in_words(column.kind, level, self.policy))
                for column, level in told
                if level
            ),
            kept={arm: int(found.counts[here & ~lost].sum()) for arm, here in arms.items()},
            lost={arm: int(found.counts[here & lost].sum()) for arm, here in arms.items()},
            outcomes={
                arm: tuple(map(int, found.counts[here].sum(axis=0))) for arm, here in arms.items()
            },
            risk=measured(merged(alone, self._tables(levels, joined=False))),
            joined=measured(Classes(found.codes[~lost], found.counts[~lost])),
            failed=found.codes[lost],
            tables=tables,
        )

    def _levels(self, begun: int) -> list[int]:
        levels = [each.level_from for each in self.quasi]
        taken: list[int] = []
        fits = self._fits(levels)
        for place in order_of(self.quasi, self.policy)[begun:]:
            if fits:
                break
            if levels[place] < top(self.quasi[place].column.kind, self.policy):
                levels[place] += 1
                taken.append(place)
                fits = self._fits(levels)
        for place in reversed(taken[:-1]):
            levels[place] -= 1
            if not self._fits(levels):
                levels[place] += 1
        return levels

    def _tables(self, levels: Sequence[int], *, joined: bool) -> tuple[Codes, ...]:
        """For each quasi-identifier, from a value's code to the code of what is known of it."""
        found = []
        for place, (each, level) in enumerate(zip(self.quasi, levels, strict=True)):
            known = [each.least] if joined and each.least is not None else []
            known += [level] if each.told else []
            found.append(self._table(place, min(known) if known else None))
        return tuple(found)

    def _table(self, place: int, level: int | None) -> Codes:
        """The same for one at a level; None: nothing is known. By label, whatever came first."""
        if (place, level) not in self._kept:
            each = self.quasi[place]
            labels = [
                WITHHELD
                if level is None
                else generalised(value, each.column.kind, level, self.policy)
                for value in each.values
            ]
            order = {label: code for code, label in enumerate(sorted({*labels}, key=repr))}
            self._kept[place, level] = np.array([order[label] for label in labels], np.uint16)
        return self._kept[place, level]

    def _fits(self, levels: Sequence[int]) -> bool:
        tables = self._tables(levels, joined=True)
        found = merged(self.classes, tables)
        lost = self._lost(found)
        return all(
            found.counts[lost & here].sum()
            <= self.policy.people.most_lost * found.counts[here].sum()
            for here in _arms(found)
        )

    def _lost(self, found: Classes) -> NDArray[np.bool_]:
        """The classes left out: those that fail, and more of them in an arm that loses but few."""
        lost = failing(found, k=self.policy.people.k, l=self.policy.people.l)
        sizes = found.counts.sum(axis=1)
        for here in _arms(found):
            gone = int(sizes[lost & here].sum())
            stays = np.flatnonzero(here & ~lost)
            for place in stays[np.argsort(sizes[stays], kind="stable")]:
                if gone == 0 or gone >= self.policy.people.differing:
                    break
                lost[place] = True
                gone += int(sizes[place])
        return lost


def _arms(found: Classes) -> list[NDArray[np.bool_]]:
    return [found.codes[:, 0] == arm for arm in np.unique(found.codes[:, 0])]


def _left_out(codes: Codes, tables: Tables, failed: Codes) -> NDArray[np.bool_]:
    if not len(failed):
        return np.zeros(len(codes), bool)
    both = zip(columns_of(failed), columns_of(codes, tables), strict=True)
    _, places = alike(np.concatenate(pair) for pair in both)
    marked: NDArray[np.bool_] = np.isin(places[len(failed) :], places[: len(failed)])
    return marked
