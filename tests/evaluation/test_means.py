"""Means, their differences and ratios from sums alone, beside print and the library's long way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.evaluation.means import Sums, mean, mean_difference, mean_ratio, rate

pytestmark = pytest.mark.xdist_group("evaluation")


def sums(values):
    return Sums(len(values), float(sum(values)), float(sum(value**2 for value in values)))


def test_the_difference_is_tested_as_in_the_nist_handbook():
    # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3, AUTO83B.DAT, unequal variances.
    def group(people, average, deviation):
        total = people * average
        return Sums(people, total, deviation**2 * (people - 1) + total**2 / people)

    found, test = mean_difference(group(249, 20.14458, 6.41470), group(79, 30.48101, 6.10771))
    assert round(test.statistic, 5) == -12.94627
    assert round(found.value, 5) == -10.33643
    assert found.low < found.value < found.high < 0
    assert test.p < 1e-20


def test_ten_events_have_the_exact_interval_of_the_tables():
    # Pearson and Hartley, Biometrika Tables for Statisticians I, table 40: 10 events, 4.80 to 18.39.
    found = rate(10, days=365 + 365 + 365 + 366)
    assert [round(4 * each, 2) for each in (found.value, found.low, found.high)] == [10, 4.8, 18.39]
    none = rate(0, days=36525)
    assert (none.value, none.low, round(none.high, 4)) == (0, 0, 0.0369)
    assert rate(0, days=0).value is None


def test_nothing_is_worked_out_from_nothing():
    nobody, one, none, some = sums([]), sums([2]), sums([0, 0]), sums([0, 3, 1])
    assert (mean(nobody).value, mean(one).value, mean(one).low) == (None, 2, None)
    assert (mean(none).low, mean(none).high) == (0, 0)
    for group, reference in ((nobody, some), (some, nobody), (one, some), (none, none)):
        found, test = mean_difference(group, reference)
        assert (found.low, test.p) == (None, None)
    assert mean_ratio(some, none).value is mean_ratio(nobody, some).value is None
    assert (mean_ratio(none, some).value, mean_ratio(none, some).low) == (0, None)
    assert (mean_ratio(one, some).value, mean_ratio(one, some).low) == (1.5, None)


counts = st.lists(st.integers(0, 12), min_size=2, max_size=40)


@settings(max_examples=30)
@given(counts, counts)
def test_they_are_what_the_libraries_find_from_each_person(ours, theirs):
    import numpy as np
    from scipy import stats
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    if 0 in (np.var(ours), np.var(theirs)):
        return
    found, test = mean_difference(sums(ours), sums(theirs))
    whole = CompareMeans(DescrStatsW(ours), DescrStatsW(theirs))
    assert (found.low, found.high) == pytest.approx(whole.tconfint_diff(usevar="unequal"))
    assert test.p == pytest.approx(stats.ttest_ind(ours, theirs, equal_var=False).pvalue)
    assert (mean(sums(ours)).low, mean(sums(ours)).high) == pytest.approx(whole.d1.tconfint_mean())


@settings(max_examples=15)
@given(counts, counts)
def test_a_ratio_is_what_a_robust_poisson_regression_finds(ours, theirs):
    import numpy as np
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    if 0 in (np.var(ours), np.var(theirs)):
        return
    counted = np.array([*ours, *theirs], dtype=float)
    group = np.repeat([1.0, 0.0], [len(ours), len(theirs)])
    model = GLM(counted, np.column_stack([np.ones_like(group), group]), family=Poisson())
    low, high = np.exp(model.fit(cov_type="HC0", tol=1e-12).conf_int()[1])
    found = mean_ratio(sums(ours), sums(theirs))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-5)
