"""How far two groups are apart in units of how much people differ: standardised differences. Pure."""

from math import sqrt

from checkpoint.evaluation.means import Sums


def of_means(group: Sums, reference: Sums) -> float | None:
    """The difference of two means in standard deviations.

    Args:
        group: the one that is compared.
        reference: the one it is compared with.

    Returns:
        Any size; 0.1 is little. None where a group has fewer than two, or nobody differs.

    Source: Austin, Statistics in Medicine 28 (2009) 3083-3107, formula 1.
    """
    if group.mean is None or reference.mean is None:
        return None
    if group.variance is None or reference.variance is None:
        return None
    spread = sqrt((group.variance + reference.variance) / 2)
    return (group.mean - reference.mean) / spread if spread else None


def of_shares(having: int, people: int, having_there: int, people_there: int) -> float | None:
    """The difference of two shares in standard deviations.

    Args:
        having: how many of a group have it.
        people: how many there are in it.
        having_there: the same of the group it is compared with.
        people_there: the same.

    Returns:
        Any size; 0.1 is little. None where a group is empty, or everybody or nobody has it.

    Source: the same, formula 2.
    """
    if people == 0 or people_there == 0:
        return None
    share, other = having / people, having_there / people_there
    spread = sqrt((share * (1 - share) + other * (1 - other)) / 2)
    return (share - other) / spread if spread else None
