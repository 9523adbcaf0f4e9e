"""The check of the ratio: certain of what blocks cannot make, patient with what they can."""

from collections import Counter
from math import exp, log
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.allocation.sequence import label_of, sequence
from checkpoint.monitor.balance import (
    POLICIES,
    WAGERS_ON_BLOCKS,
    Course,
    Design,
    Drawn,
    Purse,
    check,
    policy_on,
)
from checkpoint.monitor.states import BalanceState
from guessing import step

EVEN = (("treatment", 1), ("control", 1))
BLOCKS, OWN = Design(EVEN, (4, 6, 8)), Design(EVEN)
POLICY = POLICIES[0]
GATEWAY = ["treatment"] * 109 + ["control"] * 82
seeds = st.binary(min_size=32, max_size=32)


def state_of(arms, design=BLOCKS, *, strata=1):
    """What the check says of these arms in order, dealt out to so many strata in turn."""
    drawn = [Drawn("list", f"S{place % strata}", arm) for place, arm in enumerate(arms)]
    return check(drawn, {"list": design}, [f"S{n}" for n in range(strata)], POLICY).state


def sealed(seed, *, strata=1, places=60, arms=EVEN, sizes=(4, 6, 8)):
    """Draws from lists sealed in blocks, in the order in which people happen to come."""
    lists = {
        f"S{n}": sequence(seed, label_of("T", 1, f"S{n}"), dict(arms), sizes, places=places)
        for n in range(strata)
    }
    order = [stratum for stratum, found in lists.items() for _ in found]
    Random(seed).shuffle(order)
    left = {stratum: iter(found) for stratum, found in lists.items()}
    return [Drawn("list", stratum, next(left[stratum])) for stratum in order]


@pytest.mark.parametrize("design", [BLOCKS, OWN])
@pytest.mark.parametrize("strata", [1, 2, 5])
@given(order=st.permutations(GATEWAY))
def test_109_to_82_is_raised_in_whatever_order_they_came(design, strata, order):
    assert state_of(order, design, strata=strata) is BalanceState.RAISED


def test_a_two_sided_test_at_5_percent_would_have_let_109_to_82_pass():
    term, tail = 1.0, 0.0
    for k in range(192):
        tail += term if k <= 82 else 0.0
        term *= (191 - k) / (k + 1)
    assert 0.05 < 2 * tail / 2**191 < 0.07


@given(seeds, st.integers(1, 7))
def test_no_list_in_blocks_is_raised_by_what_its_blocks_can_make(seed, strata):
    drawn = sealed(seed, strata=strata, places=30)
    found = check(drawn, {"list": BLOCKS}, [f"S{n}" for n in range(strata)], POLICY)
    assert {found.state, *found.strata.values()} == {BalanceState.WITHIN_DESIGN}


def test_of_two_hundred_trials_in_blocks_none_is_raised():
    rng = Random(191)
    raised = 0
    for _ in range(200):
        drawn = sealed(rng.randbytes(32), strata=3, places=64)
        raised += check(drawn, {"list": BLOCKS}, ["S0", "S1", "S2"], POLICY).state != "within_design"
    assert raised == 0


@pytest.mark.parametrize(
    ("arms", "sizes"),
    [
        ((("control", 1), ("treatment", 2)), (3, 6, 9)),
        ((("a", 1), ("b", 1), ("control", 1)), (3, 6)),
        (EVEN, (2,)),
        (EVEN, (100,)),
    ],
)
def test_other_ratios_and_sizes_are_judged_by_their_own(arms, sizes):
    design, rng = Design(arms, sizes), Random(5)
    for _ in range(20):
        drawn = sealed(rng.randbytes(32), places=90, arms=arms, sizes=sizes)
        assert check(drawn, {"list": design}, ["S0"], POLICY).state == "within_design"
    first = arms[0][0]
    assert state_of([first] * (max(sizes) + 1), design) == "raised"


@given(st.lists(st.sampled_from(["treatment", "control"]), max_size=60))
def test_beyond_half_the_largest_block_it_is_always_raised(arms):
    ahead = [abs(2 * arms[:n].count("control") - n) for n in range(len(arms) + 1)]
    if max(ahead) > 4:
        assert state_of(arms) is BalanceState.RAISED


@given(seeds, st.integers(0, 40))
def test_what_is_likely_next_is_what_the_best_guesser_believes(seed, draws):
    arms = sequence(seed, "a", dict(EVEN), (4, 6, 8), places=draws + 1)
    course, belief = Course(BLOCKS), {(0, 0, 0): 1.0}
    for arm in arms[:draws]:
        course.take(arm)
        belief = step(belief, (4, 6, 8))[arm]
    after = {arm: sum(found.values()) for arm, found in step(belief, (4, 6, 8)).items()}
    for arm, chance in course.chances().items():
        assert chance == pytest.approx(after[arm] / sum(after.values()))


@given(st.lists(st.sampled_from(["treatment", "control"]), max_size=80), st.integers(0, 80))
def test_raised_once_it_stays_raised(arms, first):
    for design in (BLOCKS, OWN):
        if state_of(arms[:first], design) is BalanceState.RAISED:
            assert state_of(arms, design) is BalanceState.RAISED


def test_two_lists_in_one_stratum_are_judged_apart():
    one = [Drawn("one", "S0", arm) for arm in ["treatment"] * 4]
    other = [Drawn("other", "S0", arm) for arm in ["treatment"] * 4]
    found = check(one + other, {"one": BLOCKS, "other": BLOCKS}, ["S0"], POLICY)
    assert found.state is BalanceState.WITHIN_DESIGN
    assert check(one + one, {"one": BLOCKS}, ["S0"], POLICY).state is BalanceState.RAISED


def test_an_arm_that_no_list_knows_is_raised():
    assert state_of(["placebo"]) is BalanceState.RAISED
    assert state_of(["placebo"], OWN) is BalanceState.RAISED


def test_nothing_drawn_is_within_the_design():
    assert state_of([]) is BalanceState.WITHIN_DESIGN


def until_raised(arm_of, design, limit=1000):
    arms = []
    for number in range(limit):
        arms.append(arm_of(number))
        if (number < 30 or number % 5 == 0) and state_of(arms, design) is BalanceState.RAISED:
            return number + 1
    return limit


@pytest.mark.parametrize(
    ("broken", "design", "draws"),
    [
        (lambda rng: lambda _: "treatment", BLOCKS, 5),
        (lambda rng: lambda _: rng.choice(["treatment", "control"]), BLOCKS, 20),
        (lambda rng: lambda _: "control" if rng.random() < 0.3 else "treatment", BLOCKS, 12),
        (lambda rng: lambda _: "treatment", OWN, 15),
        (lambda rng: lambda _: "control" if rng.random() < 0.3 else "treatment", OWN, 60),
    ],
    ids=["stuck", "a coin", "a loaded coin", "stuck, own list", "a loaded coin, own list"],
)
def test_a_broken_generator_is_raised_after_few_draws_on_average(broken, design, draws):
    found = [until_raised(broken(Random(n)), design) for n in range(25)]
    assert mean(found) <= draws


def test_of_fair_coins_28_in_100_are_raised_within_800_tosses_and_the_policy_says_so():
    up, down = log(8 / 7), log(6 / 7)
    walk, raised = {0: 1.0}, 0.0
    for tosses in range(1, 801):
        after: dict[int, float] = {}
        for ahead, weight in walk.items():
            for way in (-1, 1):
                after[ahead + way] = after.get(ahead + way, 0.0) + weight / 2
        walk = {}
        for ahead, weight in after.items():
            heads = (tosses + ahead) // 2
            tails = tosses - heads
            riches = (exp(heads * up + tails * down) + exp(tails * up + heads * down)) / 2
            if riches >= POLICY.own_list:
                raised += weight
            else:
                walk[ahead] = weight
    assert raised == pytest.approx(0.278, abs=0.001)
    assert raised <= 1 / POLICY.own_list
    assert "28 %" in POLICY.source


def test_a_purse_wins_nothing_on_average_while_the_design_is_kept():
    rng, riches = Random(7), []
    for _ in range(400):
        purse, course = Purse(("control", "treatment"), WAGERS_ON_BLOCKS), Course(BLOCKS)
        for arm in sequence(rng.randbytes(32), "a", dict(EVEN), (4, 6, 8), places=40)[:40]:
            purse.settle(arm, course.chances())
            course.take(arm)
        riches.append(purse.most)
    assert Counter(most >= 20 for most in riches)[True] <= 400 / 20


def test_riches_beyond_counting_stay_a_number():
    purse = Purse(("control", "treatment"), (4.0,))
    for _ in range(3000):
        purse.settle("control", {"control": 0.5, "treatment": 0.5})
    assert 1e300 < purse.most < float("inf")


def test_the_policy_of_a_day_is_the_last_that_began():
    from datetime import date

    assert policy_on(date(2015, 1, 1)) == policy_on(date(2030, 1, 1)) == POLICY
