"""Whose observation custody ended, where it ends any, and why that is not told. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation import facts
from checkpoint.evaluation.rules import group_of
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import rests_on_few


@dataclass(frozen=True, slots=True)
class Ended:
    """People of a group, by whether custody ended their observation and what it missed.

    ``happened`` is to how many it did before, ``sooner`` of how many custody ended it, ``missed`` to
    how many of these it happened later; of ``unknown`` nobody knows the day.
    """

    people: int = 0
    happened: int = 0
    sooner: int = 0
    missed: int = 0
    unknown: int = 0

    def __add__(self, other: "Ended") -> "Ended":
        return Ended(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def cells(self) -> tuple[int, ...]:
        """Counts that figures rest on: here, with custody counted, and one less the other."""
        all_events = self.happened + self.missed
        return (
            self.people,
            self.happened,
            self.people - self.happened,
            self.sooner,
            self.missed,
            self.sooner - self.missed,
            all_events,
            self.people - all_events,
        )


def with_custody(row: Any) -> tuple[int, ...]:
    """The same counts of one row.

    Args:
        row: of ``people``, with ``happened``, ``sooner``, ``missed`` and ``unknown`` of all of them.
    """
    return _of(row).cells


def ended(rows: Iterable[Any], population: Population, in_custody: InCustody) -> dict[str, Ended]:
    """Whose observation custody ended, by the letter that they are counted under.

    Args:
        rows: by day.
        population: who is compared with whom.
        in_custody: what becomes of the time of whoever came into custody.

    Returns:
        Each letter's; nothing where days in custody are counted.
    """
    found: dict[str, Ended] = {}
    for row in rows if in_custody is InCustody.CENSORED else ():
        group = group_of(population, row)
        if group is not None:
            found[group] = found.get(group, Ended()) + _of(row)
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
    together = sum(found.values(), Ended())
    cells = [cell for each in (together, *found.values()) for cell in each.cells]
    return facts.CUSTODY_LEAVES_FEW if rests_on_few(cells, role) else None


def _of(row: Any) -> Ended:
    flags = (True, row.happened, row.sooner, row.missed, row.unknown)
    return Ended(*(row.people * flag for flag in flags))
