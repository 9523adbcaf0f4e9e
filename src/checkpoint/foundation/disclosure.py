"""How much a column reveals, and of how few people nothing is told."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from checkpoint.foundation.actors import Role

# Source: domain notes 7.1 f.
SMALLEST = 10
ROUNDING = 5
# The trial's office: who runs the trial, plans its analysis and unblinds it. Nobody else is told
# of few people who could be found among them, whoever asks at the shell included.
EXACT = frozenset({Role.STATISTICIAN, Role.TRIAL_MANAGER})


class Disclosure(StrEnum):
    """How much one column tells a stranger about one person."""

    DIRECT = "direct"  # names somebody by itself
    INDIRECT = "indirect"  # helps to find somebody, joined with other columns
    SAFE = "safe"  # finds nobody
    NEVER = "never"  # leaves this database in no extract: content, secrets, free text


def described(comment: str, disclosure: Disclosure) -> dict[str, Any]:
    """A column's comment and disclosure class, for ``sa_column_kwargs``."""
    return {"comment": comment, "info": {"disclosure": disclosure}}


def is_small(count: int) -> bool:
    """Whether so few people are counted that one could be found among them.

    Args:
        count: of people, 0 or more.

    Returns:
        True from 1 to 9; nobody is found in 0.

    Source: domain notes 7.1 f.
    """
    return 0 < count < SMALLEST


def rests_on_few(cells: Iterable[int], role: Role) -> bool:
    """Whether figures are withheld from a reader.

    Args:
        cells: counts of people that they rest on.
        role: the reader's.

    Returns:
        True if a cell is small and the reader is not of the trial's office.
    """
    return role not in EXACT and any(is_small(cell) for cell in cells)


def rounded(count: int, *, smallest: int = SMALLEST, rounding: int = ROUNDING) -> int | None:
    """One count by itself, as it may leave the force.

    Args:
        count: of people or of what happened to them, 0 or more.
        smallest: the least that is told.
        rounding: what the rest is rounded to.

    Returns:
        The nearest multiple, halves upwards; None where it is too small, none included: that nobody
        did something tells it of everybody.

    Source: domain notes 7.1 f.
    """
    return None if count < smallest else (2 * count + rounding) // (2 * rounding) * rounding
