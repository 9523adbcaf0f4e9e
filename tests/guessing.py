"""An outsider who guesses the next arm as well as anybody can, and what the design forces.

Run as a program, it says how often 1,000 trials were guessed, beside the share that no design of
these block sizes can avoid: ``python tests/guessing.py``.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import comb, sqrt
from secrets import token_bytes

from checkpoint.allocation.sequence import label_of, sequence

SIZES = (4, 6, 8)
EVEN = {"treatment": 1, "control": 1}
# Where a block may stand: its size, and how many of each arm it still holds.
Block = tuple[int, int, int]
Belief = Mapping[Block, float]


def step(belief: Belief, sizes: Sequence[int]) -> dict[str, dict[Block, float]]:
    """The belief after either arm, each weighted by how likely that arm is."""
    after: dict[str, dict[Block, float]] = {"treatment": {}, "control": {}}
    for (size, treatment, control), weight in belief.items():
        if treatment + control:
            begun: list[tuple[Block, float]] = [((size, treatment, control), weight)]
        else:
            begun = [((each, each // 2, each // 2), weight / len(sizes)) for each in sizes]
        for (whole, t, c), share in begun:
            for arm, left, nxt in (
                ("treatment", t, (whole, t - 1, c)),
                ("control", c, (whole, t, c - 1)),
            ):
                if left:
                    chance = share * left / (t + c)
                    after[arm][nxt] = after[arm].get(nxt, 0.0) + chance
    return after


def forced_share(draws: int, sizes: Sequence[int] = SIZES) -> float:
    """How often the best guesser is right over the first draws, if blocks are perfectly random.

    Exact: every history is followed, and at each the likelier arm is guessed.
    """

    def right(belief: Belief, left: int) -> float:
        if not left:
            return 0.0
        after = step(belief, sizes)
        chances = {arm: sum(found.values()) for arm, found in after.items()}
        return max(chances.values()) + sum(
            right(found, left - 1) for arm, found in after.items() if chances[arm]
        )

    return right({(0, 0, 0): 1.0}, draws) / draws


@cache
def known_boundaries_share(sizes: Sequence[int] = SIZES) -> float:
    """The same for whoever even knows each block's size as it begins; the worst a design gives.

    Source: Blackwell and Hodges, Annals of Mathematical Statistics 28 (1957) 449.
    """
    right = sum(s / 2 + (4 ** (s // 2) / comb(s, s // 2) - 1) / 2 for s in sizes)
    return right / sum(sizes)


def guessed(arms: Sequence[str], sizes: Sequence[int] = SIZES) -> Iterator[bool]:
    """Whether the best guesser, who sees each arm after guessing it, was right each time."""
    belief: Belief = {(0, 0, 0): 1.0}
    for arm in arms:
        after = step(belief, sizes)
        chances = {each: sum(found.values()) for each, found in after.items()}
        yield arm == max(chances, key=lambda each: chances[each])
        total = sum(after[arm].values())
        belief = {block: weight / total for block, weight in after[arm].items()}


def simulated(trials: int, draws: int) -> tuple[float, float]:
    """The share guessed over that many trials with seeds of their own, and its standard error."""
    shares = [
        sum(
            guessed(
                sequence(token_bytes(32), label_of("T", 1, "S"), EVEN, SIZES, places=draws)[:draws]
            )
        )
        / draws
        for _ in range(trials)
    ]
    mean = sum(shares) / trials
    spread = sqrt(sum((share - mean) ** 2 for share in shares) / (trials - 1))
    return mean, spread / sqrt(trials)


if __name__ == "__main__":
    trials, draws = 1000, 16
    share, error = simulated(trials, draws)
    sys.stdout.write(
        f"{trials:,} trials of {draws} draws: the best guesser was right {share:.4f} of the time "
        f"(standard error {error:.4f}).\n"
        f"Blocks of {', '.join(map(str, SIZES))} force {forced_share(draws):.4f}; "
        f"with known boundaries it would be {known_boundaries_share():.4f}.\n"
    )
