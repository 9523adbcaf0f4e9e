"""Days as they are lived in England."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.calendar import london_day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 15, 23, 59, 59, tzinfo=UTC), date(2026, 1, 15)),
        (datetime(2026, 1, 16, 0, 0, tzinfo=UTC), date(2026, 1, 16)),
        (datetime(2026, 7, 15, 22, 59, 59, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 15, 23, 0, tzinfo=UTC), date(2026, 7, 16)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_day_changes_at_midnight_in_england(at, day):
    assert london_day(at) == day


def test_the_hour_that_happens_twice_is_of_one_day():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert london_day(first) == london_day(first + timedelta(hours=1)) == date(2026, 10, 25)


@given(
    at=st.datetimes(datetime(1972, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hours=st.integers(-12, 14),
)
def test_the_same_instant_is_of_the_same_day_whatever_its_offset(at, hours):
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    assert london_day(elsewhere) == london_day(at)
    assert london_day(at) - at.date() in (timedelta(), timedelta(days=1))
