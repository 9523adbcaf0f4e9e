"""Risks and what compares them, beside worked examples in print and the library's long way round."""

import json
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.evaluation.estimates import (
    CHI_SQUARE,
    FISHER,
    YATES,
    Group,
    association,
    odds_ratio,
    risk,
    risk_difference,
    risk_ratio,
)
from conftest import SHARED

pytestmark = pytest.mark.xdist_group("evaluation")
ROSSI = SHARED / "data" / "trials" / "rossi_1980.expected.json"


def interval(found):
    return round(found.low, 4), round(found.high, 4)


def test_risks_have_the_intervals_of_newcombes_table():
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    printed = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (events, people), expected in printed.items():
        assert interval(risk(Group(people, events))) == expected


def test_differences_have_the_intervals_of_newcombes_other_table():
    # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
    printed = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 20): (-0.1611, 0.2775),
        (0, 10, 0, 10): (-0.2775, 0.2775),
        (10, 10, 0, 20): (0.6791, 1.0000),
    }
    for (a, of_a, b, of_b), expected in printed.items():
        assert interval(risk_difference(Group(of_a, a), Group(of_b, b))) == expected


def test_ratios_are_those_of_the_aspirin_study():
    # Agresti, An Introduction to Categorical Data Analysis, 2nd edition (2007), 2.2 and 2.3.
    placebo, aspirin = Group(11034, 189), Group(11037, 104)
    ratio, odds = risk_ratio(placebo, aspirin), odds_ratio(placebo, aspirin)
    assert [round(each, 2) for each in (ratio.value, ratio.low, ratio.high)] == [1.82, 1.43, 2.31]
    assert [round(each, 2) for each in (odds.value, odds.low, odds.high)] == [1.83, 1.44, 2.33]


def test_tests_are_those_of_the_tea_and_of_three_parties():
    # Agresti, 2nd edition (2007), table 2.5 (gender and party, 30.1 on 2 df) and 2.6 (tea, 0.486).
    tea = {each.name: each for each in association([Group(4, 3), Group(4, 1)])}
    assert list(tea) == [CHI_SQUARE, YATES, FISHER]
    assert round(tea[FISHER].p, 3) == 0.486
    (parties,) = association([Group(762 + 484, 762), Group(327 + 239, 327), Group(468 + 477, 468)])
    assert (round(parties.statistic, 1), parties.df) == (30.1, 2)


@pytest.mark.skipif(not ROSSI.exists(), reason="the published figures lie outside the repository")
def test_the_rossi_trial_comes_out_as_published():
    expected = json.loads(ROSSI.read_text())
    aid, none = (Group(expected["arm_n"][arm], expected["events"][arm]) for arm in ("fin1", "fin0"))
    for name, found in {
        "risk_difference": risk_difference(aid, none),
        "risk_ratio": risk_ratio(aid, none),
        "odds_ratio": odds_ratio(aid, none),
    }.items():
        assert found.value == pytest.approx(expected[name], abs=5e-5)
    plain, yates, fisher = association([aid, none])
    for name, test in {"chi2_no_correction": plain, "chi2_yates": yates}.items():
        assert test.statistic == pytest.approx(expected[name]["stat"], abs=5e-5)
        assert test.p == pytest.approx(expected[name]["p"], abs=5e-5)
    assert fisher.p == pytest.approx(expected["fisher_two_sided_p"], abs=5e-5)


def test_nothing_is_worked_out_from_nothing():
    nobody, none, all_, some = Group(0, 0), Group(10, 0), Group(10, 10), Group(10, 4)
    assert risk(nobody).value is risk_difference(some, nobody).value is None
    assert risk_difference(nobody, some).low is risk_ratio(nobody, some).value is None
    assert risk_ratio(some, none).value is odds_ratio(some, none).value is None
    assert odds_ratio(all_, some).value is odds_ratio(some, all_).value is None
    assert odds_ratio(nobody, some).value is None
    for nil in (risk_ratio(none, some), odds_ratio(none, some)):
        assert (nil.value, nil.low, nil.high) == (0, None, None)
    for groups in ([some, nobody], [none, none], [all_, all_]):
        assert {each.p for each in association(groups)} == {None}


groups = st.integers(1, 400).flatmap(
    lambda people: st.integers(0, people).map(lambda events: Group(people, events))
)


@settings(max_examples=40)
@given(groups, groups)
def test_estimates_lie_in_their_intervals_and_turn_about(one, other):
    found = risk_difference(one, other), risk_difference(other, one)
    assert found[0].value == -found[1].value
    assert isclose(found[0].low, -found[1].high, abs_tol=1e-12)
    for each in (risk(one), *found, risk_ratio(one, other), odds_ratio(one, other)):
        if each.low is not None:
            assert each.low - 1e-12 <= each.value <= each.high + 1e-12
    both = risk_ratio(one, other), risk_ratio(other, one)
    if None not in (both[0].low, both[1].low):
        assert isclose(both[0].value * both[1].value, 1)
        assert isclose(both[0].low * both[1].high, 1)


@settings(max_examples=25)
@given(groups, groups)
def test_estimates_are_those_that_statsmodels_has_of_a_table(one, other):
    from statsmodels.stats.contingency_tables import Table2x2

    cells = [[g.with_event, g.people - g.with_event] for g in (one, other)]
    if 0 in (*cells[0], *cells[1]):
        return
    table = Table2x2(cells, shift_zeros=False)
    ratio, odds = risk_ratio(one, other), odds_ratio(one, other)
    assert ratio.value == pytest.approx(table.riskratio)
    assert (ratio.low, ratio.high) == pytest.approx(table.riskratio_confint())
    assert odds.value == pytest.approx(table.oddsratio)
    assert (odds.low, odds.high) == pytest.approx(table.oddsratio_confint())
    plain = association([one, other])[0]
    assert plain.p == pytest.approx(table.test_nominal_association().pvalue, abs=1e-12)
