"""A file is made coarser until nobody stands out; only then is anybody left out, and never few."""

from collections import Counter
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.extracts.classing import Crowd
from checkpoint.extracts.coarsening import Quasi, choose, order_of
from checkpoint.extracts.hierarchies import generalised, top
from checkpoint.extracts.reports import because
from checkpoint.extracts.risk import Classes, merged
from copied import OFFERED, POLICY

COLUMNS = {each.name: each for each in OFFERED}
NAMES = ("arm", "sex", "age_band", "ethnicity", "offence_group", "observed_days")
VALUES = {
    "arm": ["A", "B"],
    "sex": ["male", "female"],
    "age_band": [str(age) for age in range(18, 60)],
    "ethnicity": [None, "W", "A", "B"],
    "offence_group": ["theft", "violence", "drugs"],
    "observed_days": [str(day) for day in range(300, 365)],
}


def quasi_of(**more):
    return [Quasi(COLUMNS[name], VALUES[name], **more.get(name, {})) for name in NAMES]


def crowd_of(size, seed, *, outcomes=0.3):
    """Codes of made-up people, most of them much alike, and how many had the outcome."""
    lot = Random(seed)
    codes = [
        [min(int(lot.expovariate(3) * len(VALUES[name])), len(VALUES[name]) - 1) for name in NAMES]
        for _ in range(size)
    ]
    for place, row in enumerate(codes):
        row[0] = place % 2
    had = np.array([lot.random() < outcomes for _ in codes], np.int32)
    return Classes(np.array(codes, np.uint16), np.stack([1 - had, had], axis=1))


def told(people, plan):
    """Each person as the file tells them, None: left out."""
    out = plan.left_out(people.codes)
    levels = [plan.levels[name] for name in NAMES]
    return [
        None
        if gone
        else tuple(
            generalised(VALUES[name][code], COLUMNS[name].kind, level, POLICY)
            for name, code, level in zip(NAMES, row, levels, strict=True)
        )
        for row, gone in zip(people.codes.tolist(), out, strict=True)
    ]


@settings(max_examples=15)
@given(st.integers(60, 700), st.integers(0, 10**6))
def test_whoever_is_left_has_nine_like_them_with_another_outcome_among_these(size, seed):
    people = crowd_of(size, seed)
    plan = choose(quasi_of(), merged(people), POLICY)
    file = told(people, plan)
    sizes = Counter(row for row in file if row is not None)
    assert all(count >= 10 for count in sizes.values())
    for row in sizes:
        had = {int(n) for other, n in zip(file, people.counts[:, 1], strict=True) if other == row}
        assert had == {0, 1}
    assert plan.risk == plan.joined
    assert plan.risk.k == min(sizes.values(), default=0)


@settings(max_examples=15)
@given(st.integers(60, 700), st.integers(0, 10**6))
def test_an_arm_loses_nobody_or_ten_and_no_more_than_its_share(size, seed):
    people = crowd_of(size, seed)
    plan = choose(quasi_of(), merged(people), POLICY)
    for arm in "AB":
        whole = plan.kept[arm] + plan.lost[arm]
        assert (
            whole == sum(plan.outcomes[arm]) == int((people.codes[:, 0] == "AB".index(arm)).sum())
        )
        assert plan.lost[arm] == 0 or plan.lost[arm] >= 10
        assert plan.lost[arm] <= POLICY.people.most_lost * whole
    assert sum(plan.kept.values()) == sum(row is not None for row in told(people, plan))


def test_nothing_is_made_coarser_that_need_not_be():
    alike = Classes(np.zeros((40, 6), np.uint16), np.array([[1, 0], [0, 1]] * 20, np.int32))
    alike.codes[20:, 0] = 1
    plan = choose(quasi_of(), merged(alike), POLICY)
    assert {*plan.levels.values()} == {0}
    assert plan.steps == ()


def test_only_what_tells_people_apart_is_made_coarser_and_by_no_more_than_it_must():
    people = crowd_of(400, 3)
    people.codes[:, 1:] = 0
    people.codes[:, 4] = np.arange(400)
    offences = {"values": [f"C{n}" for n in range(400)]}
    finer = [
        replace(each, **offences) if each.column.name == "offence_group" else each
        for each in quasi_of()
    ]
    plan = choose(finer, merged(people), POLICY)
    assert {step.column: step.words for step in plan.steps} == {"offence_group": "broader groups"}
    assert plan.lost == {"A": 0, "B": 0}


def test_an_arm_with_too_few_or_one_outcome_is_lost_whole():
    few = crowd_of(12, 1, outcomes=0.5)
    assert {*choose(quasi_of(), merged(few), POLICY).kept.values()} == {0}
    nobody = crowd_of(200, 1, outcomes=0)
    plan = choose(quasi_of(), merged(nobody), POLICY)
    assert plan.kept == {"A": 0, "B": 0}
    assert plan.risk.people == 0


@settings(max_examples=10)
@given(st.integers(200, 600), st.integers(0, 10**6))
def test_what_another_release_told_counts_as_known_at_its_level(size, seed):
    people = crowd_of(size, seed)
    earlier = quasi_of(sex={"least": 0, "told": False}, age_band={"least": 1})
    plan = choose(earlier, merged(people), POLICY)
    assert "sex" not in plan.levels
    file = told(people, plan_with(plan, sex=0, age_band=min(plan.levels["age_band"], 1)))
    sizes = Counter(row for row in file if row is not None)
    assert all(count >= 10 for count in sizes.values())
    assert plan.joined.k == min(sizes.values(), default=0) <= plan.risk.k or not sizes


def plan_with(plan, **levels):
    """The plan as somebody sees it who knows these fields at these levels too."""

    class Seen:
        left_out = plan.left_out

    Seen.levels = {**plan.levels, **levels}
    return Seen


@pytest.mark.parametrize("most", [30, 200, 10_000])
def test_people_are_put_in_classes_while_they_are_read_whatever_their_order(most):
    people = crowd_of(900, 7)
    plans = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(900)
        crowd = Crowd(quasi_of(), POLICY, most=most)
        crowd.add(Classes(people.codes[:0], people.counts[:0]))
        for start in range(0, 900, 70):
            some = order[start : start + 70]
            crowd.add(Classes(people.codes[some], people.counts[some]))
        quasi, classes, begun = crowd.everybody()
        assert len(classes.codes) <= most
        assert classes.counts.sum() == 900
        plan = choose(quasi, classes, POLICY, begun=begun)
        plans.append((plan.levels, plan.kept, plan.lost, plan.risk, plan.outcomes))
        assert sum(row is not None for row in told(people, plan)) == sum(plan.kept.values())
    assert plans[0] == plans[1] == plans[2]


def test_a_crowd_that_cannot_be_made_coarser_is_kept_as_it_is():
    people = crowd_of(300, 5)
    known = quasi_of(**{name: {"least": 0, "told": False} for name in NAMES[2:]})
    crowd = Crowd(known, POLICY, most=3)
    for start in range(0, 300, 50):
        crowd.add(Classes(people.codes[start : start + 50], people.counts[start : start + 50]))
    assert len(crowd.everybody()[1].codes) > 3
    with pytest.raises(ValueError, match="nobody"):
        Crowd(quasi_of(), POLICY).everybody()


def test_every_quasi_identifier_has_its_turn_to_its_last_level():
    turns = Counter(order_of(quasi_of(), POLICY))
    for place, name in enumerate(NAMES):
        assert turns[place] >= top(COLUMNS[name].kind, POLICY)


@pytest.mark.parametrize(
    ("joined", "steps", "lost", "told"),
    [
        ((), ("a step",), {"A": 1}, False),
        ((1, 2), (), {"A": 0}, False),
        ((1, 2), ("a step",), {"A": 0}, True),
        ((1, 2), (), {"A": 1}, True),
    ],
)
def test_a_file_judged_with_others_says_that_it_may_be_coarser_for_that(joined, steps, lost, told):
    plan = SimpleNamespace(steps=steps, lost=lost)
    words = because(SimpleNamespace(joined_to=joined), plan)
    assert (words is not None) is told
    assert not told or "joined to release 1, 2 of this trial" in words
