"""How old somebody is on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.facts import age_years

leap_days = st.integers(476, 524).map(lambda fourth: date(4 * fourth, 2, 29))
days = st.dates(date(1901, 1, 1), date(2099, 12, 31)) | leap_days


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 11, 2), date(2026, 11, 1), 17),
        (date(2008, 11, 2), date(2026, 11, 2), 18),
        (date(2008, 11, 2), date(2026, 11, 3), 18),
        (date(2026, 11, 2), date(2026, 11, 2), 0),
        (date(1926, 12, 31), date(2026, 12, 30), 99),
        (date(2008, 12, 31), date(2026, 1, 1), 17),
    ],
)
def test_an_age_is_reached_on_the_birthday(born, on, years):
    assert age_years(born, on) == years


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2026, 2, 27), 17),
        (date(2026, 2, 28), 17),
        (date(2026, 3, 1), 18),
        (date(2028, 2, 28), 19),
        (date(2028, 2, 29), 20),
        (date(2028, 3, 1), 20),
    ],
)
def test_somebody_born_on_a_leap_day_is_a_year_older_on_1_march_of_a_common_year(on, years):
    assert age_years(date(2008, 2, 29), on) == years


@given(born=days, years=st.integers(1, 99), off=st.integers(-2, 2))
def test_an_age_is_the_difference_of_years_less_one_before_the_birthday(born, years, off):
    on = date(born.year + years, born.month, min(born.day, 28)) + timedelta(days=off)
    before = (on.month, on.day) < (born.month, born.day)
    assert age_years(born, on) == on.year - born.year - before
