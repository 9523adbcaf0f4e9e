"""Who is counted where, what is withheld, and what models and subgroups are made of."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.evaluation.covariates import known, terms
from checkpoint.evaluation.differences import of_means, of_shares
from checkpoint.evaluation.estimates import Group
from checkpoint.evaluation.interaction import interaction
from checkpoint.evaluation.means import Sums
from checkpoint.evaluation.rules import (
    Arm,
    arms_of,
    check_sizes,
    folded,
    group_of,
    hidden_levels,
    shown_gone,
    telling,
)
from checkpoint.evaluation.states import ArmsToldBySize, Population
from checkpoint.evaluation.survival import Day, coarsened, curve, days_apart
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import SMALLEST, is_small

pytestmark = pytest.mark.xdist_group("evaluation")
ITT, DELIVERED, PROTOCOL = Population


def test_arms_are_letters_until_their_names_are_told_and_then_the_control_is_first():
    assert arms_of("AB", None, "control") == [Arm("A", None), Arm("B", None)]
    named = arms_of("ABC", {"letter": "A", "control": "C", "treatment": "B"}, "control")
    assert [arm.label for arm in named] == ["control", "letter", "treatment"]
    assert Arm("A", None).label == "A"


def test_a_population_counts_by_what_was_drawn_or_by_what_was_given():
    kept = SimpleNamespace(mask="A", delivered_mask="A", per_protocol=True, n=2)
    crossed = SimpleNamespace(mask="A", delivered_mask="B", per_protocol=False, n=3)
    unknown = SimpleNamespace(mask="B", delivered_mask=None, per_protocol=False, n=None)
    rows = (kept, crossed, unknown)
    assert [group_of(ITT, row) for row in rows] == ["A", "A", "B"]
    assert [group_of(DELIVERED, row) for row in rows] == ["A", "B", None]
    assert [group_of(PROTOCOL, row) for row in rows] == ["A", None, None]
    assert folded(rows, ITT, ["n"]) == {"A": {"n": 5}, "B": {"n": 0}}
    assert [telling(each, unblinded=False) for each in Population] == [False, True, True]
    assert not any(telling(each, unblinded=True) for each in Population)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2),
                       st.lists(st.integers(0, 40), min_size=2, max_size=2), max_size=6))  # fmt: skip
def test_no_hidden_level_is_what_the_others_leave_over(levels):
    hidden = hidden_levels(levels, Role.EVALUATOR)
    assert all(not is_small(n) for level in levels.keys() - hidden for n in levels[level])
    others = [level for level, cells in levels.items() if any(cells) and level not in hidden]
    assert len([level for level in hidden if any(levels[level])]) != 1 or not others
    assert hidden_levels(levels, Role.STATISTICIAN) == set()


def test_levels_that_are_hidden_hide_one_another_in_each_arm():
    beside_nobody = {"asian": [3, 20], "white": [40, 40], "other": [0, 0], "black": [30, 30]}
    assert hidden_levels(beside_nobody, Role.EVALUATOR) == {"asian", "other", "black"}
    still_few = {"asian": [3, 20], "white": [40, 40], "other": [2, 2], "black": [30, 30]}
    assert hidden_levels(still_few, Role.EVALUATOR) == {"asian", "other", "black"}
    assert hidden_levels({"asian": [3, 20], "none": [0, 0]}, Role.EVALUATOR) == {"asian", "none"}


def test_letters_are_told_by_their_sizes_unless_the_ratio_is_even():
    check_sizes({"control": 2, "treatment": 2}, unblinded=False)
    check_sizes({"control": 1, "treatment": 2}, unblinded=True)
    with pytest.raises(ArmsToldBySize):
        check_sizes({"control": 1, "treatment": 2}, unblinded=False)


def test_what_is_hidden_is_not_few_even_together():
    few = {"few": [7, 0], "none": [0, 10], "many": [30, 30], "most": [40, 40]}
    assert hidden_levels(few, Role.EVALUATOR) == {"few", "none", "many"}


def test_what_was_known_becomes_terms():
    def person(**given):
        blank = dict.fromkeys(("age", "sex", "ethnicity", "offence_group")) | {"baseline": {}}
        return known(SimpleNamespace(**(blank | given)))

    people = [
        person(age=20 + n, sex="M" if n < 25 else "F", ethnicity="ABW"[min(n // 2, 2)],
               offence_group=None if n < 12 else "theft",
               baseline={"work": n % 2 == 0, "score": None if n == 3 else n})
        for n in range(40)
    ]  # fmt: skip
    found = terms(people)
    assert [*found.columns] == [
        "age",
        "sex: F",
        "ethnicity: others",
        "offence_group: not known",
        "work",
    ]
    assert sum(found.columns["sex: F"]) == 15
    assert sum(found.columns["ethnicity: others"]) == 4
    assert found.columns["work"][:2] == [1.0, 0.0]
    assert found.left_out == {"score": "it is not known of everybody"}
    assert terms([person()]).left_out["sex"] == "it is known of nobody"
    assert terms([]).columns == {}


def test_differences_are_in_units_of_how_people_differ():
    # Means 12 and 10, deviations 2 and 2: one deviation apart. Shares 0.5 and 0.3: 0.2 / 0.4796.
    ours, theirs = Sums(3, 36, 440), Sums(3, 30, 308)
    assert of_means(ours, theirs) == pytest.approx(1)
    assert of_shares(5, 10, 3, 10) == pytest.approx(0.41703, abs=1e-5)
    nobody, one = Sums(0, 0, 0), Sums(1, 4, 16)
    assert of_means(nobody, ours) is of_means(one, ours) is of_means(ours, one) is None
    assert of_means(Sums(2, 4, 8), Sums(2, 4, 8)) is of_shares(0, 0, 1, 2) is None
    assert of_shares(0, 5, 0, 7) is of_shares(1, 2, 0, 0) is None


def test_smoking_in_eight_cities_has_one_odds_ratio():
    # Agresti, An Introduction to Categorical Data Analysis, 2nd edition (2007), 4.3: Mantel and
    # Haenszel 2.17 (1.98 to 2.38); Categorical Data Analysis, 2nd edition (2002), 6.3.6: Breslow and
    # Day 5.2 on 7 degrees of freedom, p 0.64.
    cities = [
        (126, 100, 35, 61), (908, 688, 497, 807), (913, 747, 336, 598), (235, 172, 58, 121),
        (402, 308, 121, 215), (182, 156, 72, 98), (60, 99, 11, 43), (104, 89, 21, 36),
    ]  # fmt: skip
    test, pooled = interaction([(Group(a + b, a), Group(c + d, c)) for a, b, c, d in cities])
    assert (round(test.statistic, 1), test.df, round(test.p, 2)) == (5.2, 7, 0.64)
    assert [round(each, 2) for each in (pooled.value, pooled.low, pooled.high)] == [
        2.17,
        1.98,
        2.38,
    ]


def test_subgroups_that_say_nothing_are_left_out_of_the_test():
    some, none, all_, nobody = Group(20, 8), Group(20, 0), Group(20, 20), Group(0, 0)
    for pairs in ([], [(some, some)], [(some, some), (none, none), (all_, all_), (nobody, some)],
                  [(none, some), (none, some)]):  # fmt: skip
        test, pooled = interaction(pairs)
        assert test.p is pooled.value is None
    edge = [
        ((6, 4), (3, 1)),
        ((1, 1), (2, 1)),
        ((5, 0), (5, 2)),
    ]  # an odds ratio that is at its end
    test, _ = interaction([(Group(*ours), Group(*theirs)) for ours, theirs in edge])
    assert test.p is None
    test, _ = interaction([(some, some), (some, Group(20, 3)), (none, none)])
    assert test.df == 1


@given(st.lists(st.builds(Day, st.integers(0, 40), st.integers(0, 6), st.integers(0, 6)),
                max_size=25, unique_by=lambda day: day.day))  # fmt: skip
def test_a_coarse_curve_has_no_step_of_a_few(days):
    whole = curve(days)
    coarse = coarsened(whole, least=SMALLEST)
    assert all(min(step.events, step.at_risk) >= SMALLEST for step in coarse.steps)
    assert {(s.day, s.survival) for s in coarse.steps} <= {(s.day, s.survival) for s in whole.steps}
    assert (coarse.people, coarse.events) == (whole.people, whole.events)
    assert coarse.median in (None, whole.median)


@given(st.lists(st.builds(Day, st.integers(0, 40), st.integers(0, 30), st.integers(0, 30)),
                max_size=25, unique_by=lambda day: day.day),
       st.sets(st.integers(0, 45)))  # fmt: skip
def test_numbers_at_risk_are_told_on_days_between_which_nobody_can_be_found(days, asked):
    told = days_apart(curve(days), asked)
    assert told <= asked
    edges = [-1, *sorted(told), 99] if told else []
    for first, after in pairwise(edges):
        within = [each for each in days if first <= each.day < after]
        for count in (sum(d.events for d in within), sum(d.censored for d in within)):
            assert count == 0 or count >= SMALLEST


def test_nine_who_left_without_it_cannot_be_worked_out_from_the_number_at_risk():
    whole = curve([Day(100, 74, 0), Day(200, 0, 9), Day(364, 0, 217)])
    assert (whole.people, whole.at(364).at_risk) == (300, 217)
    assert days_apart(whole, {0, 91, 182, 273, 364}) == {0, 91, 182}


def test_sums_leave_out_who_is_not_in_the_population():
    rows = [
        SimpleNamespace(mask="A", delivered_mask="A", per_protocol=True, people=3),
        SimpleNamespace(mask="A", delivered_mask=None, per_protocol=False, people=4),
        SimpleNamespace(mask="B", delivered_mask="A", per_protocol=True, people=None),
    ]
    sums = {population: folded(rows, population, ["people"]) for population in Population}
    assert sums == {
        ITT: {"A": {"people": 7}, "B": {"people": 0}},
        DELIVERED: {"A": {"people": 3}},
        PROTOCOL: {"A": {"people": 3}, "B": {"people": 0}},
    }


def test_how_many_are_gone_is_shown_where_none_could_be_found_and_to_the_statistician():
    assert shown_gone([0, 10], Role.EVALUATOR)
    assert not shown_gone([9, 10], Role.EVALUATOR)
    assert shown_gone([9, 10], Role.STATISTICIAN)
