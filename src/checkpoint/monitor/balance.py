"""Do the draws look like the design? A check that may be looked at any day. Pure.

Permuted blocks: an order that no blocks of the sealed sizes can make is seen for certain, stratum by
stratum; and an arm's lead over all strata is set against how far it ever should lead. A
statistician's own list, of which only the ratio is known: a bettor bets at fair odds that an arm
comes up too often or too seldom; while the ratio is kept nobody can expect to win, so riches are
evidence, and looking every day makes none.

Source: Ville's inequality, as in Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic statistics and
safe anytime-valid inference", Statistical Science 38 (2023). The case that has to be raised is
Gateway: 109 to 82 under a nominal 1:1 (domain notes 5, T8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import comb, exp, log

from checkpoint.foundation.calendar import in_force
from checkpoint.monitor.states import BalanceState

WAGER = 4 / 3  # by what factor a bettor thinks an arm's odds are off, up or down
# How steeply an arm's lead over all strata is weighed, up or down.
RATES = (0.5, 1.0, 2.0, 4.0, -0.5, -1.0, -2.0, -4.0)
MOST = 700.0  # as a logarithm: riches beyond that are the same riches


@dataclass(frozen=True, kw_only=True)
class BalancePolicy:
    """From what evidence on something is raised, where 1 is none.

    The chance that a design which is kept is ever raised is at most 1 in as much, however often it
    is looked at. For strata it is multiplied by their number. What no blocks can make needs none.
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


def shares_of(design: Design) -> dict[str, float]:
    """Each arm's share of the ratio, 0 to 1."""
    parts = sum(share for _, share in design.arms)
    return {arm: share / parts for arm, share in design.arms}


def policy_on(day: date) -> BalancePolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


class Course:
    """Whether the draws of one list in one stratum can be blocks of the sizes it may have.

    Args:
        design: in blocks.
    """

    def __init__(self, design: Design) -> None:
        self._arms = [arm for arm, _ in design.arms]
        parts = sum(share for _, share in design.arms)
        self._blocks = {
            tuple(share * size // parts for _, share in design.arms) for size in design.sizes
        }
        # How many of each arm the block that is under way may still hold; none left is its end.
        self._left = {tuple(0 for _ in self._arms)}

    def take(self, arm: str) -> bool:
        """Learn which of its arms came; False if no blocks can have made all that came."""
        place, ended = self._arms.index(arm), any(not any(left) for left in self._left)
        self._left = {
            (*left[:place], left[place] - 1, *left[place + 1 :])
            for left in (self._left | self._blocks if ended else self._left)
            if left[place]
        }
        return bool(self._left)


class Purse:
    """What bettors have made, who each began with the same and bet on one arm all along."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, float], float] = {}
        self.most = 1.0

    def settle(self, arm: str, shares: Mapping[str, float]) -> None:
        """Pay out after a draw, at the odds that the ratio makes fair.

        Args:
            arm: which came.
            shares: the ratio's, 0 to 1; the same arms each time.
        """
        for thought, share in shares.items():
            for factor in (WAGER, 1 / WAGER):
                won = log(factor) if arm == thought else 0.0
                made = self._made.get((thought, factor), 0.0)
                self._made[thought, factor] = made + won - log(1 + share * (factor - 1))
        riches = sum(exp(min(made, MOST)) for made in self._made.values()) / len(self._made)
        self.most = max(self.most, riches)


class Spread:
    """How far an arm may lead within one list and stratum, if its blocks are perfectly random.

    Args:
        design: in blocks.
    """

    def __init__(self, design: Design) -> None:
        self._sizes, self._shares = design.sizes, shares_of(design)
        self._ends = [1.0]  # how likely a block is to end after so many draws
        self._within: dict[tuple[str, float], list[float]] = {}

    def moment(self, arm: str, rate: float, draws: int) -> float:
        """What e to the power of rate times the arm's lead is on average after so many draws."""
        if arm not in self._shares:
            return 1.0
        while len(self._ends) <= draws:
            before = [len(self._ends) - size for size in self._sizes]
            ended = sum(self._ends[place] for place in before if place >= 0)
            self._ends.append(ended / len(self._sizes))
        key = (arm, rate)
        if key not in self._within:
            self._within[key] = [self._part(arm, rate, n) for n in range(max(self._sizes))]
        part = self._within[key]
        return sum(part[n] * self._ends[draws - n] for n in range(min(len(part), draws + 1)))

    def _part(self, arm: str, rate: float, seen: int) -> float:
        """The same of a block of which so many were drawn, over the sizes it may have."""
        share, found = self._shares[arm], 0.0
        for size in self._sizes:
            if size <= seen:
                continue
            own = round(share * size)
            for k in range(max(0, seen - size + own), min(own, seen) + 1):
                chance = comb(own, k) * comb(size - own, seen - k) / comb(size, seen)
                found += chance * exp(rate * (k - share * seen))
        return found / len(self._sizes)


class Lead:
    """By how far arms lead over all strata in blocks, against how far they ever should.

    However often it is looked at: what counts after n draws is weighed down by n times n + 1, whose
    inverses add up to 1.
    """

    def __init__(self, arms: Iterable[str]) -> None:
        self._arms = [*arms]
        self._spreads: dict[str, Spread] = {}
        self._draws: dict[tuple[str, str], int] = {}
        self._leads = dict.fromkeys(self._arms, 0.0)
        self._expected = {(arm, rate): 0.0 for arm in self._arms for rate in RATES}
        self.most = 1.0

    def see(self, drawn: Drawn, design: Design) -> None:
        """One more draw of a list in blocks."""
        if drawn.listed not in self._spreads:
            self._spreads[drawn.listed] = Spread(design)
        spread, key = self._spreads[drawn.listed], (drawn.listed, drawn.stratum)
        before = self._draws.get(key, 0)
        self._draws[key] = before + 1
        for arm, share in shares_of(design).items():
            self._leads[arm] += (arm == drawn.arm) - share
        for bet in self._expected:
            then, now = (spread.moment(*bet, draws) for draws in (before, before + 1))
            self._expected[bet] += log(now) - log(then)
        draws = sum(self._draws.values())
        weighed = [
            exp(min(rate * self._leads[arm] - expected, MOST))
            for (arm, rate), expected in self._expected.items()
        ]
        self.most = max(self.most, sum(weighed) / len(weighed) / (draws * (draws + 1)))


class _Check:
    """A check under way: of everything that was drawn, and of each stratum."""

    def __init__(self, designs: Mapping[str, Design]) -> None:
        self._designs = designs
        self._courses: dict[tuple[str, str], Course] = {}
        self._purses: dict[str, Purse] = {}
        self.impossible: set[str] = set()
        self.lead = Lead({arm for design in designs.values() for arm, _ in design.arms})
        self.purse = Purse()

    def see(self, drawn: Drawn) -> None:
        design = self._designs[drawn.listed]
        shares = shares_of(design)
        if drawn.arm not in shares:
            self.impossible.add(drawn.stratum)
        elif design.sizes:
            self._see_block(drawn, design)
        else:
            for purse in (self.purse, self._purses.setdefault(drawn.stratum, Purse())):
                purse.settle(drawn.arm, shares)

    def _see_block(self, drawn: Drawn, design: Design) -> None:
        key = (drawn.listed, drawn.stratum)
        if key not in self._courses:
            self._courses[key] = Course(design)
        if not self._courses[key].take(drawn.arm):
            self.impossible.add(drawn.stratum)
        self.lead.see(drawn, design)

    def riches(self, stratum: str) -> float:
        return self._purses[stratum].most if stratum in self._purses else 1.0


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
        policy: from what evidence on something is raised.

    Returns:
        Raised once, it stays raised. A draw that the list's blocks cannot have made raises its
        stratum for certain, and so does an arm that the list does not know; a stratum that is
        raised raises the whole.
    """
    found, every = _Check(designs), [*strata]
    for each in drawn:
        found.see(each)
    dear = policy.own_list_stratum * len(every)
    states = {
        stratum: _state(stratum in found.impossible or found.riches(stratum) >= dear)
        for stratum in every
    }
    raised = found.lead.most >= policy.blocks or found.purse.most >= policy.own_list
    return Balance(_state(raised or BalanceState.RAISED in states.values()), states)


def _state(raised: bool) -> BalanceState:  # noqa: FBT001 - it is the only argument
    return BalanceState.RAISED if raised else BalanceState.WITHIN_DESIGN
