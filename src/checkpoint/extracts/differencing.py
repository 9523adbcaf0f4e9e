"""Whether two releases differ by so few people that these could be told from the two. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

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

    @property
    def people(self) -> int:
        """In how many people the two differ."""
        return self.gone + self.added + self.changed


def between(earlier: Iterable[object], now: Iterable[object]) -> Difference:
    """How two populations differ.

    Args:
        earlier: the people of the earlier release, by their ids.
        now: those of the new one.

    Returns:
        How many are gone and added; what is told of those in both is not looked at.
    """
    before, after = {*earlier}, {*now}
    return Difference(gone=len(before - after), added=len(after - before))


def too_close(difference: Difference, policy: Policy) -> bool:
    """Whether somebody who has both releases could tell single people from what differs.

    No difference at all is none to learn from: the same release again, for another recipient or
    under another key. From the policy's number of people on, what differs is a crowd. The sides
    count each for themselves too: 20 that are gone hide no 3 that were added. The answer rests on
    who is in a release alone and never on what came of them, so a refusal tells nothing either.

    Args:
        difference: of the new release from one earlier.
        policy: says in how many people they have to differ.

    Returns:
        True where a side is neither empty nor large enough.
    """
    sides = (difference.gone, difference.added, difference.changed)
    return any(0 < side < policy.people.differing for side in sides)
