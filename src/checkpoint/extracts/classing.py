"""People put together by class while they are read, so that a million take little room. Pure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from checkpoint.extracts.coarsening import Quasi, order_of
from checkpoint.extracts.hierarchies import WITHHELD, Value, generalised, top
from checkpoint.extracts.references import Policy
from checkpoint.extracts.risk import Classes, Codes, Tables, merged

MOST_CLASSES = 150_000


class Crowd:
    """Everybody by class, as fine as there is room for.

    Where there would be more classes than that, the next column in the policy's order is made
    coarser at once. In so many classes hardly any ten of a million people would be alike, so that
    it has to be anyway. It hangs on who there is and never on the order in which they come.

    Args:
        quasi: the quasi-identifiers, whose values may still grow; the arm is the first.
        policy: the order.
        most: classes that there is room for.
    """

    def __init__(self, quasi: Sequence[Quasi], policy: Policy, most: int = MOST_CLASSES) -> None:
        self._quasi, self._policy, self._most = quasi, policy, most
        self._levels = [each.level_from for each in quasi]
        self._steps = order_of(quasi, policy)
        self._begun = 0
        self._waiting: list[Classes] = []
        # By quasi-identifier and level: the first value told so stands for all that are.
        self._first: dict[tuple[int, int | None], dict[Value, int]] = {}
        self._tables: dict[tuple[int, int | None], list[int]] = {}

    def add(self, classes: Classes) -> None:
        """More people, by the codes of their values."""
        if len(classes.codes):
            self._waiting.append(merged(classes, self._standing()))
        if sum(len(each.codes) for each in self._waiting) > self._most * 4 / 3:
            self._put_together()

    def _put_together(self) -> Classes:
        codes = np.concatenate([each.codes for each in self._waiting])
        counts = np.concatenate([each.counts for each in self._waiting])
        found = merged(Classes(codes, counts), self._standing())
        while len(found.codes) > self._most and self._begun < len(self._steps):
            place = self._steps[self._begun]
            self._begun += 1
            if self._levels[place] < top(self._quasi[place].column.kind, self._policy):
                self._levels[place] += 1
                found = merged(found, self._standing())
        self._waiting = [found]
        return found

    def _standing(self) -> Tables:
        """For each quasi-identifier, from a value's code to that of the value standing for it."""
        return [self._table(place, each) for place, each in enumerate(self._quasi)]

    def _table(self, place: int, quasi: Quasi) -> Codes:
        known = [] if quasi.least is None else [quasi.least]
        known += [self._levels[place]] if quasi.told else []
        level = min(known) if known else None
        table = self._tables.setdefault((place, level), [])
        first = self._first.setdefault((place, level), {})
        for code in range(len(table), len(quasi.values)):
            value, kind = quasi.values[code], quasi.column.kind
            told = WITHHELD if level is None else generalised(value, kind, level, self._policy)
            table.append(first.setdefault(told, code))
        return np.array(table, np.uint16)

    def everybody(self) -> tuple[list[Quasi], Classes, int]:
        """All who were added.

        Returns:
            The quasi-identifiers, each from the level on that it has come to; people by class; and
            how many steps of the policy's order are done.

        Raises:
            ValueError: nobody was.
        """
        if not self._waiting:
            raise ValueError("nobody was added")
        classes = self._put_together()
        levels = zip(self._quasi, self._levels, strict=True)
        return [replace(each, level_from=n) for each, n in levels], classes, self._begun
