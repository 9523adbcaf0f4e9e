"""Whose observation custody ended, where it ends any, and why that is not told. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation import facts
from checkpoint.evaluation.rules import group_of
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import rests_on_few


@dataclass(frozen=True)
class Ended:
    """People whose observation custody ended, and of how many of these it missed an event."""

    sooner: int
    missed: int
    unknown: int

    @property
    def cells(self) -> tuple[int, int, int]:
        """What is told less what is told with custody counted."""
        return self.sooner, self.missed, self.sooner - self.missed


def ended(rows: Iterable[Any], population: Population, in_custody: InCustody) -> dict[str, Ended]:
    """Whose observation custody ended, by the letter that they are counted under.

    Args:
        rows: by day, with how many ``people`` each is of; ``sooner``, ``missed`` and ``unknown``
            where custody is censored.
        population: who is compared with whom.
        in_custody: what becomes of the time of whoever came into custody.

    Returns:
        Each letter's; nothing where days in custody are counted.
    """
    found: dict[str, Ended] = {}
    for row in rows if in_custody is InCustody.CENSORED else ():
        group = group_of(population, row)
        if group is not None:
            before = found.get(group, Ended(0, 0, 0))
            found[group] = Ended(
                before.sooner + row.people * row.sooner,
                before.missed + row.people * row.missed,
                before.unknown + row.people * row.unknown,
            )
    return dict(sorted(found.items()))


def untold(found: Mapping[str, Ended], role: Role) -> str | None:
    """Why a reader is told nothing of an analysis that censors custody.

    Args:
        found: by letter.
        role: the reader's.

    Returns:
        In words: a day is not known, or what is told with custody counted would leave few people;
        None where it is told.
    """
    if any(each.unknown for each in found.values()):
        return facts.CUSTODY_UNKNOWN
    together = [sum(cells) for cells in zip(*(each.cells for each in found.values()), strict=True)]
    cells = [*together, *(cell for each in found.values() for cell in each.cells)]
    return facts.CUSTODY_LEAVES_FEW if rests_on_few(cells, role) else None
