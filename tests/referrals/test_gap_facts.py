"""What of the counts is told to whom, and how it is drawn."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import Pathway
from checkpoint.referrals.gaps import pages
from checkpoint.referrals.gaps.facts import (
    Demand,
    Loop,
    Supply,
    check_period,
    gaps,
    loop_told,
    mean_days,
    parts_told,
    told,
    told_period,
)

DAY = st.integers(0, 364)
COUNTS = st.lists(st.integers(0, 60), max_size=8)


@given(st.integers(0, 10_000))
def test_nothing_under_ten_is_told_and_all_else_to_the_nearest_five(count):
    found = told(count, exact=False)
    if count < 10:
        assert found is None
    else:
        assert found % 5 == 0
        assert abs(found - count) <= 2
    assert told(count, exact=True) == count


@given(COUNTS)
def test_no_single_part_can_be_taken_from_the_total_of_the_others(counts):
    found = parts_told(counts, exact=False)
    untold = [place for place, value in enumerate(found) if value is None]
    assert all(found[place] is None for place, count in enumerate(counts) if count < 10)
    assert len(untold) != 1 or len(counts) == 1
    assert parts_told(counts, exact=True) == counts


def test_a_mean_is_told_where_enough_people_waited():
    assert mean_days(25, 10, exact=False) == 2.0
    assert mean_days(25, 10, exact=True) == 2.5
    assert mean_days(25, 9, exact=False) is None
    assert mean_days(0, 0, exact=True) is None


def test_a_row_of_the_summary_is_told_exactly_to_whoever_sees_the_cases():
    loop = Loop(shown=40, chosen=12, attended=9, completed=3, waited=4, waiting_days=10)
    exact, rounded = (loop_told(loop, exact=exact) for exact in (True, False))
    assert (exact["chosen"], exact["attended"], exact["mean_waiting_days"]) == (12, 9, 2.5)
    assert (rounded["shown"], rounded["chosen"], rounded["attended"]) == (40, 10, None)
    assert rounded["mean_waiting_days"] is None
    assert "waiting_days" not in exact


FINANCE, HEALTH = Pathway.FINANCE, Pathway.HEALTH
WANTED = {
    (FINANCE, "DL1"): Demand(no_provider=12, waiting=2, waited=11, waiting_days=33),
    (FINANCE, "DL3"): Demand(no_provider=30),
    (FINANCE, None): Demand(no_place=1),
    (FINANCE, "DH1"): Demand(no_provider=21),
}
LISTED = {(FINANCE, "DL1"): Supply(offers=2, free_places=3), (HEALTH, None): Supply(offers=1)}


def test_demand_stands_beside_supply_by_pathway_and_district():
    found = {each.pathway: each for each in gaps(WANTED, LISTED, exact=True)}
    assert {*found} == {*Pathway}
    finance = found[FINANCE]
    assert [each.district for each in finance.districts] == ["DH1", "DL1", "DL3", None]
    assert (finance.whole.no_provider, finance.whole.no_place, finance.whole.waiting) == (63, 1, 2)
    assert (finance.whole.offers, finance.whole.free_places) == (2, 3)
    assert finance.districts[1].mean_waiting_days == 3.0
    assert found[HEALTH].whole.free_places is None
    assert found[Pathway.ATTITUDES].districts == ()


def test_whoever_sees_no_cases_is_told_no_small_number_and_of_no_row_that_would_tell_one():
    found = {each.pathway: each for each in gaps(WANTED, LISTED, exact=False)}
    finance = found[FINANCE]
    assert [each.district for each in finance.districts] == ["DH1", "DL1", "DL3"]
    # Of one that is too small to tell, the next smallest is not told either.
    assert [each.no_provider for each in finance.districts] == [20, None, 30]
    assert (finance.whole.no_provider, finance.whole.no_place) == (65, None)
    assert [each.mean_waiting_days for each in finance.districts] == [None, 3.0, None]


def test_a_period_does_not_end_before_it_begins():
    check_period(date(2026, 11, 3), date(2026, 11, 3))
    with pytest.raises(RuleBroken):
        check_period(date(2026, 11, 4), date(2026, 11, 3))


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 1), date(2026, 1, 1), date(2026, 12, 31)),
        (None, date(2026, 5, 31), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_whoever_sees_no_cases_is_told_of_a_quarter_or_a_year(since, until, first, last):
    assert told_period(since, until) == (first, last)


def test_no_two_years_are_told_of_together():
    with pytest.raises(RuleBroken) as broken:
        told_period(date(2025, 12, 31), date(2026, 1, 1))
    assert broken.value.faults[0]["code"] == "over-a-year"


@given(st.lists(st.tuples(st.sampled_from([2027, 2028]), DAY, DAY), min_size=2, max_size=2))
def test_periods_that_are_told_lie_in_each_other_or_apart(asked):
    (first, last), (begin, end) = (
        told_period(*(date(year, 1, 1) + timedelta(day) for day in sorted(days)))
        for year, *days in asked
    )
    apart = last < begin or end < first
    assert apart or (first <= begin and end <= last) or (begin <= first and last <= end)


def a_line(label, **gap):
    found = {"no_provider": None, "no_place": None, "waiting": None, "free_places": None}
    return pages.Line(label=label, words=f"{label}: said.", gap=SimpleNamespace(**found | gap))


def test_the_longest_bar_is_as_wide_as_the_picture_and_what_is_not_told_has_none():
    lines = [a_line("One", no_provider=15, waiting=5, free_places=10), a_line("Two")]
    first, second = pages.bars_of(lines)
    assert (first.wanted, first.free, first.figures) == (300.0, 150.0, "20 / 10")
    assert (second.wanted, second.free, second.figures) == (None, None, "not told / not told")
    drawn = pages.picture(lines, of="all", title="Two lines", period="all days")
    assert "One: said. Two: said." in drawn
    assert drawn.count("<rect") == 5
    assert "<script" not in drawn
