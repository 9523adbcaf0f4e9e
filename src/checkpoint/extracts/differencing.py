"""Whether two releases differ by so few people that these could be told from the two. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkpoint.extracts.references import Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """In how many people a release differs from an earlier one of the same trial.

    ``gone`` are in the earlier one alone, ``added`` in the new one alone; of ``changed`` both tell,
    and not the same.
    """

    gone: int = 0
    added: int = 0
    changed: int = 0


def too_close(difference: Difference, policy: Policy) -> bool:
    """Whether somebody who has both releases could tell single people from what differs.

    No difference at all is none to learn from: the same release again, for another recipient or
    under another key. From the policy's number of people on, what differs is a crowd. The sides
    count each for themselves too: 20 that are gone hide no 3 that were added. Where nobody's record
    changed in between, the answer rests on who is in a release alone and not on what came of them;
    a refusal for what changed says no more than that few records did.

    Args:
        difference: of the new release from one earlier.
        policy: says in how many people they have to differ.

    Returns:
        True where a side is neither empty nor large enough.
    """
    sides = (difference.gone, difference.added, difference.changed)
    return any(0 < side < policy.people.differing for side in sides)


def told_apart(crowds: Mapping[str, int], policy: Policy) -> bool:
    """Whether whoever adds and subtracts whole releases is left with too few people.

    Three releases may each be far from the others and still tell of few together: everybody, less
    all women, less all men, are those whose sex is not known.

    Args:
        crowds: how many people are in just the same releases, by a 1 or 0 for each release in one
            order, the new release last.
        policy: says how many people are a crowd.

    Returns:
        True where the new release is the one that makes it possible.
    """
    before: dict[str, int] = {}
    for releases, people in crowds.items():
        before[releases[:-1]] = before.get(releases[:-1], 0) + people
    return _leaves_few(crowds, policy) and not _leaves_few(before, policy)


def _leaves_few(crowds: Mapping[str, int], policy: Policy) -> bool:
    """Whether sums and differences of releases cancel but for fewer people than are a crowd."""
    import numpy as np
    from scipy.linalg import null_space

    held = [(releases, people) for releases, people in crowds.items() if "1" in releases]
    enough = policy.people.differing
    small = sorted((each for each in held if each[1] < enough), key=lambda each: -each[1])
    if not small:
        return False
    large = [[int(bit) for bit in releases] for releases, people in held if people >= enough]
    width = len(small[0][0])
    # Each column is a way to add and subtract releases in which every crowd cancels.
    ways = null_space(np.array(large, dtype=float)) if large else np.eye(width)
    left = ways.T @ np.array([[int(bit) for bit in releases] for releases, _ in small]).T
    sizes = np.array([people for _, people in small])
    return any(0 < sizes[row].sum() < enough for row in _reduced(left))


def _reduced(rows: Any) -> list[Any]:
    """Which columns each row keeps once the rows have been reduced, the first columns first."""
    import numpy as np

    rows, place, tolerance = rows.copy(), 0, 1e-9
    for column in range(rows.shape[1]):
        if place == len(rows):
            break
        pivot = place + int(np.argmax(np.abs(rows[place:, column])))
        if abs(rows[pivot, column]) <= tolerance:
            continue
        rows[[place, pivot]] = rows[[pivot, place]]
        rows[place] /= rows[place, column]
        for other in range(len(rows)):
            if other != place:
                rows[other] -= rows[other, column] * rows[place]
        place += 1
    return [np.abs(row) > tolerance for row in rows[:place]]
