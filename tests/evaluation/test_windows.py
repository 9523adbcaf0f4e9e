"""Until when something counts, and for whom that day has passed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.evaluation.windows import (
    calendar,
    common,
    days_between,
    denominator,
    horizons_of,
    nominal,
    window,
    words,
)
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.references import packaged, parse

SIX, YEAR = Horizon("6 months", months=6), Horizon("a year", months=12)
WEEKS = Horizon("26 weeks", days=182)


def test_months_are_those_of_the_calendar_and_days_are_days():
    # Domain notes 7.1 d: the day before the same day, clipped to the end of a shorter month.
    assert window(SIX, date(2026, 4, 7)) == (date(2026, 10, 6) - date(2026, 4, 7)).days == 182
    assert window(SIX, date(2026, 8, 31)) == (date(2027, 2, 28) - date(2026, 8, 31)).days
    assert window(YEAR, date(2024, 2, 29)) == (date(2025, 2, 28) - date(2024, 2, 29)).days
    assert window(WEEKS, date(2026, 8, 31)) == 182
    assert window(Horizon("6 months", months=6, days=1), date(2026, 4, 7)) == 182
    assert [nominal(each) for each in (SIX, YEAR, WEEKS)] == [181, 364, 182]
    assert [words(each) for each in (SIX, WEEKS, Horizon("1", months=1))] == [
        "6 months",
        "182 days",
        "1 month",
    ]


def test_a_curve_is_read_on_the_day_that_counts_where_that_is_one():
    first = date(2026, 2, 1)
    assert common(SIX, first, first) == window(SIX, first) == 180
    assert common(SIX, first, date(2026, 2, 28)) == 180
    assert common(SIX, first, date(2026, 3, 1)) == nominal(SIX) == 181
    assert common(SIX, first, date(2028, 2, 1)) == 181
    assert common(WEEKS, first, date(2028, 2, 1)) == 182


def test_a_cut_keeps_its_horizons_as_they_are():
    stored = [{"name": "6 months", "months": 6}, {"name": "26 weeks", "days": 182, "months": None}]
    assert horizons_of(stored) == (SIX, WEEKS)


def test_the_denominator_is_told_in_words():
    told = denominator(SIX, Measure.PROVEN, date(2026, 3, 5))
    assert told.startswith("People whose 6 months from allocation had passed by 5 March 2026")
    assert "what was proven since" in told
    assert "what was proven" not in denominator(SIX, Measure.ARREST, date(2026, 3, 5))


# By the rule for months of a contract: the day before the same day so many months on.
@pytest.mark.parametrize(
    ("allocated_on", "months", "last"),
    [
        (date(2017, 4, 7), 6, date(2017, 10, 6)),
        (date(2017, 4, 1), 6, date(2017, 9, 30)),
        (date(2017, 10, 31), 4, date(2018, 2, 28)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2017, 4, 7), 24, date(2019, 4, 6)),
    ],
)
def test_a_horizon_ends_on_the_day_before_the_same_day(allocated_on, months, last):
    assert window(Horizon("", months=months), allocated_on) == (last - allocated_on).days


@given(st.dates(date(2015, 4, 7), date(2040, 1, 1)))
def test_a_longer_horizon_ends_later(allocated_on):
    ends = [window(Horizon("", months=months), allocated_on) for months in (6, 12, 18, 24)]
    assert ends == sorted({*ends})


@given(st.dates(date(2016, 1, 1), date(2026, 1, 1)), st.integers(0, 90), st.integers(0, 800))
def test_a_horizon_has_passed_once_its_last_day_is_complete(first, days, later):
    last, until = (
        date.fromordinal(first.toordinal() + days),
        date.fromordinal(first.toordinal() + later),
    )
    days = days_between(first, last)
    assert (days[0], days[-1], len(days)) == (first, last, 1 + (last - first).days)
    for horizon in (SIX, WEEKS):
        for day, width in zip(days, calendar(first, last, horizon, until=until), strict=True):
            end = date.fromordinal(day.toordinal() + window(horizon, day))
            assert (width is not None) == (end <= until)
            assert width in (None, window(horizon, day))


@pytest.mark.parametrize("horizon", [SIX, YEAR, WEEKS])
def test_a_nominal_last_day_is_within_two_days_of_every_real_one(horizon):
    for month in range(1, 13):
        assert abs(window(horizon, date(2025, month, 15)) - nominal(horizon)) <= 3


@pytest.mark.parametrize("text", [*packaged().values()])
@given(allocated_on=st.dates(date(2015, 4, 7), date(2040, 1, 1)))
def test_a_horizon_in_months_is_near_the_days_that_its_definitions_say(text, allocated_on):
    for horizon in parse(text).horizons:
        last = window(Horizon("", months=horizon.months), allocated_on)
        assert abs(last - horizon.days) <= 3
