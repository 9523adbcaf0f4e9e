"""A contract's days, reckoned by the calendar on the wall."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.contracts.clocks import (
    POLICIES,
    excused_days,
    last_day,
    limit_on,
    longest_on,
    moved,
    policy_on,
)

DAYS = st.dates(date(2015, 4, 7), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2015-04-07", "2015-08-06"),
        ("2026-05-01", "2026-08-31"),
        ("2026-03-01", "2026-06-30"),
        ("2026-08-31", "2026-12-30"),
        ("2026-10-31", "2027-02-28"),
        ("2027-10-31", "2028-02-29"),
        ("2026-10-30", "2027-02-28"),
        ("2026-10-29", "2027-02-28"),
        ("2027-10-29", "2028-02-28"),
        ("2026-11-01", "2027-02-28"),
        ("2027-11-01", "2028-02-29"),
        ("2028-02-29", "2028-06-28"),
        ("2026-12-31", "2027-04-30"),
        ("2026-11-03", "2027-03-02"),
    ],
)
def test_four_months_end_the_day_before_the_same_day_or_with_a_shorter_month(starts, ends):
    assert last_day(date.fromisoformat(starts), months=4) == date.fromisoformat(ends)


@given(DAYS)
def test_a_contract_that_starts_later_never_ends_sooner(day):
    assert last_day(day, months=4) <= last_day(day + timedelta(days=1), months=4)
    assert 119 <= (last_day(day, months=4) - day).days <= 123


@pytest.mark.parametrize(
    ("starts", "excused", "ends"),
    [
        ("2026-11-03", 0, "2027-05-02"),
        ("2026-11-03", 9, "2027-05-11"),
        ("2026-08-31", 0, "2027-02-28"),
        ("2027-08-31", 0, "2028-02-29"),
        ("2026-10-31", 0, "2027-04-30"),
        ("2028-02-29", 0, "2028-08-28"),
    ],
)
def test_the_longest_term_is_six_months_and_what_was_excused(starts, excused, ends):
    found = longest_on(date.fromisoformat(starts), excused, POLICIES[0])
    assert found == date.fromisoformat(ends)


@pytest.mark.parametrize(
    ("still", "on_again", "days"),
    [
        ("2027-03-27T23:30:00+00:00", "2027-03-29T00:10:00+01:00", 2),  # clocks forward between
        ("2026-10-24T23:30:00+01:00", "2026-10-26T00:10:00+00:00", 2),  # and back
        ("2026-06-30T23:30:00+00:00", "2026-07-01T00:10:00+00:00", 0),  # past midnight in England
        ("2026-11-03T12:00:00+00:00", "2026-11-03T18:00:00+00:00", 0),
        ("2026-12-24T12:00:00+00:00", "2027-01-04T09:00:00+00:00", 11),  # bank holidays count too
        ("2028-02-28T12:00:00+00:00", "2028-03-01T12:00:00+00:00", 2),
    ],
)
def test_excused_days_are_those_of_the_calendar_in_england(still, on_again, days):
    assert excused_days(datetime.fromisoformat(still), datetime.fromisoformat(on_again)) == days


def test_the_limit_is_the_first_deadline_less_its_margin():
    policy = POLICIES[0]
    assert limit_on([], policy) is None
    assert limit_on([None], policy) is None
    soon, late = date(2027, 5, 1), date(2027, 6, 1)
    assert limit_on([None, late, soon], policy) == date(2027, 4, 17)


@given(DAYS, st.integers(0, 500), st.one_of(st.none(), DAYS))
def test_an_excused_day_is_given_back_up_to_the_limit_and_never_shortens(ends, days, limit):
    later = moved(ends, days, limit=limit)
    assert ends <= later <= ends + timedelta(days=days)
    assert later == ends + timedelta(days=days) or later == max(ends, limit)


def test_the_earliest_policy_holds_for_days_before_it_too():
    assert policy_on(date(2001, 1, 1)) is policy_on(date(2026, 1, 1)) is POLICIES[0]
