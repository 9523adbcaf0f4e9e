"""Curves, tests and hazard ratios, beside worked examples in print, lifelines and Rossi's trial."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.evaluation.hazards import by_arm, concordance, fitted
from checkpoint.evaluation.survival import Day, compared, curve, spread
from conftest import SHARED

pytestmark = pytest.mark.xdist_group("evaluation")
EXPECTED = SHARED / "data" / "trials" / "rossi_1980.expected.json"
# Remission of leukaemia in weeks (Gehan 1965), as in Cox and Oakes, Analysis of Survival Data, 1.1;
# below 0: still in remission.
DRUG = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def days(times):
    counted = Counter((abs(time), time > 0) for time in times)
    return [
        Day(day, counted[day, True], counted[day, False])
        for day in sorted({day for day, _ in counted})
    ]


def test_the_curve_of_the_leukaemia_trial_is_the_printed_one():
    # Kleinbaum and Klein, Survival Analysis, 3rd edition (2012), chapter 2.
    found = curve(days(DRUG))
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {day: round(found.at(day).survival, 3) for day in printed} == printed
    assert [found.at(day).at_risk for day in (0, 6, 7, 10, 13, 16, 22, 23)] == [
        21, 21, 17, 15, 12, 11, 7, 6,
    ]  # fmt: skip
    assert (found.people, found.events, found.median) == (21, 9, 23)
    assert curve(days(PLACEBO)).median == 8
    assert (found.at(3).survival, found.at(3).low, found.at(3).at_risk) == (1, 1, 21)
    assert (found.at(8).at_risk, found.at(99).events, found.at(99).censored) == (16, 9, 12)


def test_the_tests_of_the_leukaemia_trial_are_the_printed_ones():
    # The same, chapter 2: log-rank 16.79, Wilcoxon 13.46.
    found = compared([days(DRUG), days(PLACEBO)])
    assert [(round(each.statistic, 2), each.df) for each in found] == [(16.79, 1), (13.46, 1)]


def test_the_hazard_ratio_of_the_leukaemia_trial_is_the_printed_one():
    # Venables and Ripley, Modern Applied Statistics with S, 4th edition (2002), 13.3, by Efron:
    # 1.57, hazard ratio 4.82, error 0.412, log likelihood 16.4 above none.
    found = by_arm({"drug": days(DRUG), "placebo": days(PLACEBO)}, reference="drug")
    (hazard,) = found.hazards
    assert hazard.term == "placebo"
    assert (round(hazard.coefficient, 2), round(hazard.ratio, 2)) == (1.57, 4.82)
    assert (round(hazard.error, 3), round(found.test.statistic, 1)) == (0.412, 16.4)
    assert (found.people, found.events, found.concordance) == (42, 30, None)


@pytest.fixture(scope="module")
def rossi():
    from lifelines.datasets import load_rossi

    return load_rossi()


def arm(rossi, aid):
    rows = rossi[rossi.fin == aid] if aid is not None else rossi
    return days(rows.week.where(rows.arrest == 1, -rows.week).tolist())


@pytest.mark.skipif(
    not EXPECTED.exists(), reason="the published figures lie outside the repository"
)
def test_rossis_trial_comes_out_as_published(rossi):
    expected = json.loads(EXPECTED.read_text())
    arms = {"fin1": arm(rossi, 1), "fin0": arm(rossi, 0), "all": arm(rossi, None)}
    for name, group in arms.items():
        found = curve(group)
        for week, survival in expected["km"][name].items():
            assert found.at(int(week)).survival == pytest.approx(survival, abs=5e-5)
        last = found.at(52)
        assert [last.low, last.high] == pytest.approx(expected["km52_ci95"][name], abs=5e-5)
    log_rank, wilcoxon = compared([arms["fin1"], arms["fin0"]])
    for name, test in {"logrank": log_rank, "wilcoxon_weighted": wilcoxon}.items():
        assert test.statistic == pytest.approx(expected[name]["stat"], abs=5e-5)
        assert test.p == pytest.approx(expected[name]["p"], abs=5e-5)
    (plain,) = by_arm({"none": arms["fin0"], "aid": arms["fin1"]}, reference="none").hazards
    assert matches(plain, expected["cox_unadjusted_fin"])
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    columns = {name: rossi[name].to_numpy() for name in names}
    model = fitted(
        rossi.week.to_numpy(), rossi.arrest.to_numpy(), columns, strata=None, ranked=True
    )
    adjusted = expected["cox_adjusted"]
    for hazard in model.hazards:
        assert matches(hazard, adjusted[hazard.term])
    assert model.log_likelihood == pytest.approx(adjusted["log_likelihood"], abs=5e-5)
    assert model.test.statistic == pytest.approx(adjusted["lrt_stat"], abs=5e-5)
    assert model.test.p == pytest.approx(adjusted["lrt_p"], abs=5e-8)
    assert model.concordance == pytest.approx(adjusted["concordance"], abs=5e-5)


def matches(hazard, expected):
    found = {
        "coef": hazard.coefficient,
        "hr": hazard.ratio,
        "se": hazard.error,
        "ci95": [hazard.low, hazard.high],
        "p": hazard.p,
    }
    return all(found[key] == pytest.approx(value, abs=5e-5) for key, value in expected.items())


def test_nothing_is_worked_out_from_nothing():
    import numpy as np

    nobody, none, some = [], [Day(9, 0, 5)], [Day(2, 3, 0), Day(9, 0, 4)]
    assert (curve(nobody).people, curve([Day(3, 0, 0)]).steps) == (0, ())
    assert (curve(nobody).at(5).survival, curve(nobody).at(5).at_risk) == (1, 0)
    assert curve(none).steps[0].low is None
    for groups in ([some, nobody], [none, none], [some]):
        assert {test.p for test in compared(groups)} == {None}
    for groups in ({"a": none, "b": none}, {"a": some, "b": nobody}, {"a": some, "b": none}):
        model = by_arm(groups, reference="a")
        assert {hazard.ratio for hazard in model.hazards} <= {None}
        assert model.log_likelihood is model.concordance is None
    assert concordance(np.array([5, 5]), np.array([0, 0]), np.array([1, 2])) is None


def test_a_term_that_says_nothing_of_its_own_is_left_out():
    import numpy as np

    time, status, group = spread({0: days(DRUG), 1: days(PLACEBO)})
    columns = {"arm": group, "same": 5 - 2 * group, "all": np.ones(42), "where": np.arange(42) % 2}
    strata = np.arange(42) % 2
    plain = fitted(time, status, columns, strata=None, ranked=False)
    assert ([each.term for each in plain.hazards], [*plain.left_out]) == (
        ["arm", "where"],
        ["same", "all"],
    )
    within = fitted(time, status, columns, strata=strata, ranked=False)
    assert ([each.term for each in within.hazards], [*within.left_out]) == (
        ["arm"],
        ["same", "all", "where"],
    )


def test_a_term_that_decides_everything_has_no_hazard():
    import numpy as np

    for time, status, term in (
        ([1, 2, 3], [0, 0, 1], [0, 0, 1]),
        ([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0]),
    ):
        found = fitted(
            np.array(time), np.array(status), {"term": np.array(term)}, strata=None, ranked=False
        )
        assert (found.hazards[0].ratio, found.test.p) == (None, None)


lives = st.lists(
    st.tuples(st.integers(0, 30), st.booleans()).map(lambda t: t[0] if t[1] and t[0] else -t[0]),
    min_size=3,
    max_size=40,
)


def rows(groups):
    import numpy as np

    times = np.array([abs(time) for group in groups for time in group])
    status = np.array([int(time > 0) for group in groups for time in group])
    return times, status, np.repeat(range(len(groups)), [len(group) for group in groups])


@settings(max_examples=25)
@given(lives)
def test_curves_are_those_of_lifelines(group):
    from lifelines import KaplanMeierFitter

    times, status, _ = rows([group])
    fitter = KaplanMeierFitter().fit(times, status)
    found = curve(days(group))
    for step in found.steps:
        assert step.survival == pytest.approx(float(fitter.predict(step.day)), abs=1e-9)
        assert step.at_risk == fitter.event_table.at_risk[step.day]
        bounds = fitter.confidence_interval_.loc[step.day].tolist()
        if step.low is not None and 0 < step.survival < 1:
            assert [step.low, step.high] == pytest.approx(bounds, abs=1e-6)


@settings(max_examples=25)
@given(st.lists(lives, min_size=2, max_size=4))
def test_tests_of_any_number_of_arms_are_those_of_lifelines(groups):
    from lifelines.statistics import multivariate_logrank_test

    found = compared([days(group) for group in groups])
    times, status, group = rows(groups)
    if found[0].p is None or found[0].p > 0.9999:
        return
    theirs = multivariate_logrank_test(times, group, status)
    assert found[0].statistic == pytest.approx(theirs.test_statistic, rel=1e-6, abs=1e-9)
    assert (found[0].df, found[0].p) == (len(groups) - 1, pytest.approx(theirs.p_value, abs=1e-8))


def test_a_group_that_was_gone_before_anything_happened_cannot_be_compared():
    found = compared([[Day(1, 0, 3)], [Day(5, 2, 1)]])
    assert [(each.statistic, each.p) for each in found] == [(None, None)] * 2


@settings(max_examples=15)
@given(lives, lives)
def test_hazard_ratios_are_those_of_lifelines(one, other):
    import pandas as pd
    from lifelines import CoxPHFitter
    from lifelines.utils import concordance_index

    times, status, group = rows([one, other])
    found = by_arm({"one": days(one), "other": days(other)}, reference="one")
    if any(status[group == each].sum() < 2 for each in (0, 1)) or found.log_likelihood is None:
        return
    if not status[times < times.max()].any():
        return  # nobody outlived anybody, and lifelines wants a pair to compare
    frame = pd.DataFrame({"time": times, "event": status, "arm": group})
    fitter = CoxPHFitter().fit(frame, "time", "event", fit_options={"precision": 1e-10})
    (hazard,) = found.hazards
    assert hazard.coefficient == pytest.approx(fitter.params_["arm"], abs=1e-4)
    assert hazard.error == pytest.approx(fitter.standard_errors_["arm"], rel=1e-3)
    ranks = concordance(times, status, hazard.coefficient * group)
    theirs = concordance_index(times, -hazard.coefficient * group, status)
    assert ranks == pytest.approx(theirs)
