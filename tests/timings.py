"""Whether one of two answers takes longer than the other, told from the noise of the same minutes."""

from random import Random
from statistics import median

SHUFFLES = 1_000
# So many times what chance alone makes of these very pairs once in a hundred.
GENEROUS = 2


def told_apart(differences: list[float], rng: Random) -> bool:
    """Whether one of a pair takes longer, in the median of many pairs, than chance explains.

    Args:
        differences: seconds; how much longer the one took than the other right beside it.
        rng: deals the pairs anew.
    """
    return abs(median(differences)) > GENEROUS * noise(differences, rng)


def noise(differences: list[float], rng: Random) -> float:
    """What the median would be if the two were of one kind, so that either may be called the one."""
    middle = median(differences)
    found = []
    for _ in range(SHUFFLES):
        found.append(abs(median(rng.choice((-1, 1)) * (each - middle) for each in differences)))
    return sorted(found)[SHUFFLES * 99 // 100]
