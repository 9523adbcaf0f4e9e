"""Days in custody after allocation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spell:
    """Days from allocation that were spent in custody, first and last; None: not over yet."""

    first_day: int
    last_day: int | None


def days_within(spells: Iterable[Spell] | None, observed_days: int) -> int | None:
    """How many of the observed days were spent in custody, each counted once.

    Args:
        spells: in any order; they may overlap. None: they are not known.
        observed_days: last observed day from allocation.

    Returns:
        Days after that of allocation, the last observed one included, that lie in a spell; None
        where spells are not known.
    """
    if spells is None:
        return None
    total, counted_to = 0, 0
    for spell in sorted(spells, key=lambda each: each.first_day):
        first = max(spell.first_day, counted_to + 1)
        last = observed_days if spell.last_day is None else min(spell.last_day, observed_days)
        if last >= first:
            total += last - first + 1
            counted_to = last
    return total


def first_in_custody(spells: Iterable[Spell]) -> int | None:
    """The first day in custody from allocation.

    Args:
        spells: in any order; those that were over on the day of allocation do not count, as custody
            is where people are allocated from.

    Returns:
        A day, 0 for who was in custody when allocated and stayed there; None where there is none.
    """
    later = (each for each in spells if each.last_day is None or each.last_day > 0)
    return min((max(each.first_day, 0) for each in later), default=None)
