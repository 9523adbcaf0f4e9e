"""The check of the ratio: certain of what blocks cannot make, patient with what they can."""

from collections import Counter
from datetime import date
from math import exp, log
from random import Random
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.allocation.sequence import label_of, sequence
from checkpoint.monitor.balance import (
    POLICIES,
    Design,
    Drawn,
    Purse,
    Spread,
    check,
    policy_on,
)
from checkpoint.monitor.states import BalanceState
from guessing import step

EVEN = (("treatment", 1), ("control", 1))
BLOCKS, OWN = Design(EVEN, (4, 6, 8)), Design(EVEN)
POLICY = POLICIES[0]
HALF = {"control": 0.5, "treatment": 0.5}
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


@pytest.mark.slow
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


@pytest.mark.slow
@given(seeds, st.integers(1, 7))
@settings(derandomize=True)  # it may be, once in a thousand
def test_no_list_in_blocks_is_raised_by_what_its_blocks_can_make(seed, strata):
    drawn = sealed(seed, strata=strata, places=30)
    found = check(drawn, {"list": BLOCKS}, [f"S{n}" for n in range(strata)], POLICY)
    assert {found.state, *found.strata.values()} == {BalanceState.WITHIN_DESIGN}


@pytest.mark.slow
def test_of_two_hundred_trials_in_blocks_none_is_raised():
    rng = Random(191)
    raised = 0
    for _ in range(200):
        drawn = sealed(rng.randbytes(32), strata=3, places=64)
        raised += (
            check(drawn, {"list": BLOCKS}, ["S0", "S1", "S2"], POLICY).state != "within_design"
        )
    assert raised == 0


@pytest.mark.slow
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


@given(st.lists(st.sampled_from(["treatment", "control"]), max_size=40))
def test_an_order_is_raised_just_where_the_best_guesser_finds_it_impossible(arms):
    belief, possible = {(0, 0, 0): 1.0}, True
    for arm in arms:
        belief = step(belief, (4, 6, 8))[arm]
        possible = possible and bool(belief)
    found = check([Drawn("list", "S0", arm) for arm in arms], {"list": BLOCKS}, ["S0"], POLICY)
    assert (found.strata["S0"] is BalanceState.WITHIN_DESIGN) == possible


@given(st.integers(0, 60), st.sampled_from([0.5, 2.0, -1.0]))
@settings(max_examples=25)
def test_how_far_an_arm_leads_is_what_all_lists_come_to(draws, rate):
    belief = {(0, 0, 0): {0: 1.0}}  # a block that may be under way, and what control came to so far
    for _ in range(draws):
        after = {}
        for block, counts in belief.items():
            for arm, found in step({block: 1.0}, (4, 6, 8)).items():
                for follows, chance in found.items():
                    into = after.setdefault(follows, {})
                    for count, weight in counts.items():
                        came = count + (arm == "control")
                        into[came] = into.get(came, 0.0) + weight * chance
        belief = after
    average = sum(
        weight * exp(rate * (count - draws / 2))
        for counts in belief.values()
        for count, weight in counts.items()
    )
    assert Spread(BLOCKS).moment("control", rate, draws) == pytest.approx(average)
    assert Spread(BLOCKS).moment("placebo", rate, draws) == 1.0


def tailed(strata, seed=1):
    """109 to 82, every stratum a row of whole blocks and then as many of one arm as may be."""
    rng, lists = Random(seed), [[] for _ in range(strata)]
    for pair in range(82):
        lists[pair % strata] += rng.sample(["treatment", "control"], 2)
    for one in range(27):
        lists[one % strata].append("treatment")
    order = [stratum for stratum, arms in enumerate(lists) for _ in arms]
    rng.shuffle(order)
    left = [iter(arms) for arms in lists]
    return [Drawn("list", f"S{stratum}", next(left[stratum])) for stratum in order]


@pytest.mark.parametrize("strata", range(1, 15))
def test_109_to_82_is_raised_even_where_each_stratum_by_itself_is_possible(strata):
    drawn = tailed(strata)
    assert Counter(each.arm for each in drawn) == {"treatment": 109, "control": 82}
    two = Design(EVEN, (2, 4, 6, 8))  # so that any row of pairs is a row of whole blocks
    found = check(drawn, {"list": BLOCKS}, [f"S{n}" for n in range(strata)], POLICY)
    wider = check(drawn, {"list": two}, [f"S{n}" for n in range(strata)], POLICY)
    assert {found.state, wider.state} == {BalanceState.RAISED}
    if strata >= 7:
        assert {*wider.strata.values()} == {BalanceState.WITHIN_DESIGN}


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


def test_a_purse_wins_nothing_on_average_while_the_ratio_is_kept():
    rng, rich = Random(7), 0
    for _ in range(400):
        purse = Purse()
        for _ in range(200):
            purse.settle(rng.choice(["control", "treatment"]), HALF)
        rich += purse.most >= 20
    assert rich <= 400 / 20


def test_riches_beyond_counting_stay_a_number():
    purse = Purse()
    for _ in range(9000):
        purse.settle("control", HALF)
    assert 1e300 < purse.most < float("inf")


def test_the_policy_of_a_day_is_the_last_that_began():
    assert policy_on(date(2015, 1, 1)) == policy_on(date(2030, 1, 1)) == POLICY
