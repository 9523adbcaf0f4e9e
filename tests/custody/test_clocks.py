"""The last day to start proceedings: worked examples by hand, and never after the statute."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.clocks import (
    COMMON_ASSAULT,
    LONGER_RULE_FROM,
    SOURCE,
    Timed,
    TimeLimit,
    clock_of,
    last_day,
)
from checkpoint.custody.states import DomesticAbuseGrade, ModeOfTrial

SUMMARY, EITHER, INDICTABLE = ModeOfTrial
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def an_offence(on, code="CJ88001", mode=SUMMARY, grade=None, reported=None):
    return Timed(None, code, mode, on, grade, reported)


offences = st.builds(
    an_offence,
    on=DAYS,
    code=st.sampled_from(["CJ88001", "CJ88116", "CJ67002", "TH68050"]),
    mode=st.sampled_from(ModeOfTrial),
    grade=st.none() | st.sampled_from(DomesticAbuseGrade),
    reported=st.none() | DAYS,
)


def months_on(day, months):
    """The same day so many months on, or the last of a shorter month; without the library."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@pytest.mark.parametrize(
    ("committed", "last"),
    [
        (date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 2, 28), date(2026, 8, 28)),
        (date(2028, 2, 29), date(2028, 8, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(2026, 5, 31), date(2026, 11, 30)),
        (date(2026, 10, 20), date(2027, 4, 20)),
    ],
)
def test_six_months_from_a_summary_offence_end_with_the_same_day_or_the_months_last(
    committed, last
):
    assert last_day(an_offence(committed)) == (TimeLimit.SUMMARY, last)


@pytest.mark.parametrize("mode", [EITHER, INDICTABLE])
def test_no_limit_runs_for_what_may_be_tried_on_indictment(mode):
    assert last_day(an_offence(date(2001, 1, 1), mode=mode)) == (TimeLimit.NONE, None)


@pytest.mark.parametrize(
    ("committed", "reported", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 1, 1), date(2026, 9, 1), date(2027, 3, 1)),
        (date(2025, 1, 15), date(2026, 8, 31), date(2027, 1, 15)),
        (date(2024, 2, 29), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2022, 6, 28), date(2022, 12, 31), date(2023, 6, 30)),
    ],
)
def test_domestic_common_assault_has_six_months_from_the_report_and_two_years_in_all(
    committed, reported, last
):
    for code in COMMON_ASSAULT:
        offence = an_offence(committed, code, grade="medium", reported=reported)
        assert last_day(offence) == (TimeLimit.DOMESTIC_COMMON_ASSAULT, last)


@pytest.mark.parametrize(
    "offence",
    [
        an_offence(date(2026, 1, 1), grade="none", reported=date(2026, 9, 1)),
        an_offence(date(2026, 1, 1), grade=None, reported=date(2026, 9, 1)),
        an_offence(date(2026, 1, 1), "PH97004", grade="high", reported=date(2026, 9, 1)),
        an_offence(date(2026, 1, 1), grade="high", reported=None),
        an_offence(date(2026, 1, 1), grade="high", reported=date(2025, 9, 1)),
        an_offence(date(2022, 6, 27), grade="high", reported=date(2022, 9, 1)),
    ],
    ids=["not linked", "link not known", "harassment", "no report", "before it", "before the Act"],
)
def test_the_shorter_rule_counts_wherever_the_longer_one_is_not_certain(offence):
    assert last_day(offence) == (TimeLimit.SUMMARY, months_on(offence.committed_from, 6))


@given(offence=offences)
def test_the_clock_never_passes_the_statute(offence):
    rule, day = last_day(offence)
    assert (day is None) == (offence.mode_of_trial is not SUMMARY) == (rule is TimeLimit.NONE)
    if rule is TimeLimit.SUMMARY:
        assert day <= months_on(offence.committed_from, 6)
    if rule is TimeLimit.DOMESTIC_COMMON_ASSAULT:
        assert offence.committed_from >= LONGER_RULE_FROM
        assert day <= months_on(offence.committed_from, 24)
        assert day <= months_on(offence.formally_reported_on, 6)
        assert day >= months_on(offence.committed_from, 6)


@given(offence=offences, later=st.integers(1, 800))
def test_a_later_offence_never_has_an_earlier_last_day(offence, later):
    moved = Timed(None, "CJ67002", SUMMARY, offence.committed_from + timedelta(days=later))
    before = Timed(None, "CJ67002", SUMMARY, offence.committed_from)
    assert last_day(moved)[1] >= last_day(before)[1]


@given(listed=st.lists(offences, max_size=4), on=DAYS)
def test_the_first_last_day_among_several_is_the_one_that_counts(listed, on):
    clock = clock_of(listed, on=on)
    days = [last_day(offence)[1] for offence in listed]
    assert [each.last_day for each in clock.offences] == days
    first = min((day for day in days if day), default=None)
    assert clock.last_day == first
    assert clock.days_left == (None if first is None else first.toordinal() - on.toordinal())


def test_days_are_counted_down_to_none_on_the_last_day_and_below_it_afterwards():
    offence = an_offence(date(2026, 1, 1))
    left = [clock_of([offence], on=date(2026, 7, day)).days_left for day in (1, 2)]
    assert left == [0, -1]
    assert clock_of([offence], on=date(2026, 6, 29)).days_left == 2


def test_the_clock_says_by_which_rule_and_what_would_give_longer():
    unreported = an_offence(date(2026, 1, 1), grade="standard")
    (told,) = clock_of([unreported], on=date(2026, 1, 2)).offences
    assert "statement" in told.note
    assert told.source == SOURCE[TimeLimit.SUMMARY]
    (plain,) = clock_of([an_offence(date(2026, 1, 1))], on=date(2026, 1, 2)).offences
    assert plain.note is None
    assert set(SOURCE) == set(TimeLimit)
