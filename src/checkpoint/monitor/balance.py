"""Do the draws look like the design? A check that may be looked at any day. Pure.

A bettor knows the design and the past, and bets at fair odds that an arm comes up too often or too
seldom. While the draws are what the design says, nobody can expect to win; so riches are evidence,
and looking every day makes none. Where the design is permuted blocks, what no blocks could have
made is seen at once.

Source: Ville's inequality, as in Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic statistics and
safe anytime-valid inference", Statistical Science 38 (2023). The case that has to be raised is
Gateway: 109 to 82 under a nominal 1:1 (domain notes 5, T8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, log

from checkpoint.monitor.states import BalanceState

# By what factor a bettor thinks an arm's odds are off, up or down.
WAGERS_ON_BLOCKS = (4 / 3, 2.0, 4.0)
WAGERS_ON_OWN_LISTS = (4 / 3,)
MOST = 700.0  # as a logarithm: riches beyond that are the same riches


@dataclass(frozen=True, kw_only=True)
class BalancePolicy:
    """From what riches on something is raised, of a bettor who began with 1.

    The chance that a design which is kept is ever raised is at most 1 in these riches, however
    often it is looked at. For a stratum they are multiplied by the number of strata.
    """

    available_from: date
    blocks: float
    own_list: float
    own_list_stratum: float
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    BalancePolicy(
        available_from=date(2016, 8, 1),  # the first day of the trial
        blocks=1000,
        own_list=10 / 3,
        own_list_stratum=20,
        source="Default of this software (decision 23); no statistician of a trial has approved it. "
        "Riches of 10/3 over a statistician's own list are what 109 to 82 comes to; of fair coins "
        "28 % are raised within 800 tosses.",
    ),
)


@dataclass(frozen=True)
class Design:
    """How a list was made: whole parts of the ratio by arm, and the sizes its blocks may have.

    Without sizes it is a statistician's own list, of which the ratio alone is known.
    """

    arms: tuple[tuple[str, int], ...]
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """One allocation: from which list, in which stratum, which arm."""

    listed: str
    stratum: str
    arm: str


@dataclass(frozen=True)
class Balance:
    """What is said of the draws as a whole, and of each stratum."""

    state: BalanceState
    strata: Mapping[str, BalanceState]


def policy_on(day: date) -> BalancePolicy:
    """The policy that holds on a day."""
    begun = [policy for policy in POLICIES if policy.available_from <= day]
    return (begun or [POLICIES[0]])[-1]


class Course:
    """What is known of one list in one stratum from its draws: which blocks may be under way.

    Args:
        design: how the list was made.
    """

    def __init__(self, design: Design) -> None:
        self._arms = tuple(arm for arm, _ in design.arms)
        parts = sum(share for _, share in design.arms)
        self._shares = {arm: share / parts for arm, share in design.arms}
        self._blocks = [
            tuple(share * size // parts for _, share in design.arms) for size in design.sizes
        ]
        # How many of each arm a block still holds, and how likely that is; none left is its end.
        self._belief = {tuple(0 for _ in self._arms): 1.0}

    def chances(self) -> dict[str, float]:
        """How likely each arm is to come next, to whoever knows the past; 0 is impossible."""
        if not self._blocks:
            return dict(self._shares)
        found = dict.fromkeys(self._arms, 0.0)
        for left, weight in self._under_way().items():
            for arm, count in zip(self._arms, left, strict=True):
                found[arm] += weight * count / sum(left)
        return found

    def take(self, arm: str) -> None:
        """Learn which arm came; one that was not impossible."""
        place, after = self._arms.index(arm), dict[tuple[int, ...], float]()
        for left, weight in self._under_way().items():
            if left[place]:
                rest = (*left[:place], left[place] - 1, *left[place + 1 :])
                after[rest] = after.get(rest, 0.0) + weight * left[place] / sum(left)
        whole = sum(after.values())
        self._belief = {left: weight / whole for left, weight in after.items()}

    def _under_way(self) -> dict[tuple[int, ...], float]:
        """The blocks the next draw may be of: where one may have ended, each size may begin."""
        found = {left: weight for left, weight in self._belief.items() if any(left)}
        ended = sum(weight for left, weight in self._belief.items() if not any(left))
        if ended:
            for fresh in self._blocks:
                found[fresh] = found.get(fresh, 0.0) + ended / len(self._blocks)
        return found


class Purse:
    """What bettors have made, who each began with the same and bet on one arm all along.

    Args:
        arms: one bettor for each, each wager, and each way.
        wagers: factors above 1 by which an arm's odds are thought to be off.
    """

    def __init__(self, arms: Iterable[str], wagers: Iterable[float]) -> None:
        ways = [factor for wager in wagers for factor in (wager, 1 / wager)]
        self._made = {(arm, factor): 0.0 for arm in arms for factor in ways}
        self.most = 1.0

    def settle(self, arm: str, chances: Mapping[str, float]) -> None:
        """Pay out after a draw, at the odds that were fair before it."""
        for bet, made in self._made.items():
            thought, factor = bet
            fair = 1 + chances.get(thought, 0.0) * (factor - 1)
            self._made[bet] = made + (log(factor) if arm == thought else 0.0) - log(fair)
        riches = sum(exp(min(made, MOST)) for made in self._made.values()) / len(self._made)
        self.most = max(self.most, riches)


class _Check:
    """A check under way: of everything that was drawn, and of each stratum."""

    def __init__(self, designs: Mapping[str, Design], strata: Iterable[str]) -> None:
        self._designs = designs
        self._arms = sorted({arm for design in designs.values() for arm, _ in design.arms})
        self._courses: dict[tuple[str, str], Course] = {}
        self._impossible: set[tuple[str, str]] = set()
        self._purses: dict[tuple[bool, str | None], Purse] = {}
        self._strata = [*strata]

    def see(self, drawn: Drawn) -> None:
        key, design = (drawn.listed, drawn.stratum), self._designs[drawn.listed]
        if key in self._impossible:
            return
        if key not in self._courses:
            self._courses[key] = Course(design)
        course = self._courses[key]
        chances = course.chances()
        if not chances.get(drawn.arm):
            self._impossible.add(key)
            return
        course.take(drawn.arm)
        for where in (None, drawn.stratum):
            self._purse(in_blocks=bool(design.sizes), where=where).settle(drawn.arm, chances)

    def _purse(self, *, in_blocks: bool, where: str | None) -> Purse:
        key = (in_blocks, where)
        if key not in self._purses:
            wagers = WAGERS_ON_BLOCKS if in_blocks else WAGERS_ON_OWN_LISTS
            self._purses[key] = Purse(self._arms, wagers)
        return self._purses[key]

    def balance(self, policy: BalancePolicy) -> Balance:
        many, none = len(self._strata), Purse((), ())
        strata = {}
        for stratum in self._strata:
            raised = (
                any(where == stratum for _, where in self._impossible)
                or self._purses.get((True, stratum), none).most >= policy.blocks * many
                or self._purses.get((False, stratum), none).most >= policy.own_list_stratum * many
            )
            strata[stratum] = BalanceState.RAISED if raised else BalanceState.WITHIN_DESIGN
        raised = (
            BalanceState.RAISED in strata.values()
            or self._purses.get((True, None), none).most >= policy.blocks
            or self._purses.get((False, None), none).most >= policy.own_list
        )
        return Balance(BalanceState.RAISED if raised else BalanceState.WITHIN_DESIGN, strata)


def check(
    drawn: Iterable[Drawn],
    designs: Mapping[str, Design],
    strata: Iterable[str],
    policy: BalancePolicy,
) -> Balance:
    """Whether anything speaks against the design, at any moment up to now.

    Args:
        drawn: every allocation that is committed, in the order of the draws.
        designs: how each list was made, by what ``drawn`` calls it.
        strata: every stratum of the trial.
        policy: from what riches on something is raised.

    Returns:
        Raised once, it stays raised. A draw that the list's blocks cannot have made raises its
        stratum for certain, and so does an arm that the list does not know; a stratum that is
        raised raises the whole.
    """
    found = _Check(designs, strata)
    for each in drawn:
        found.see(each)
    return found.balance(policy)
