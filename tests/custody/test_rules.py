"""Dates that cannot be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody import rules
from checkpoint.foundation.errors import RuleBroken

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TODAY = NOW.date()


def fault(check, *args, **kwargs):
    """Where and which rule, or None; a refusal must also carry words, and once."""
    try:
        check(*args, **kwargs)
    except RuleBroken as refusal:
        refused = refusal
    else:
        return None
    (found,) = refused.facts["errors"]
    assert found["detail"] == refused.detail
    assert refused.detail.endswith(".")
    return found["pointer"], found["code"]


@pytest.mark.parametrize(
    ("arrested", "arrived", "expected"),
    [
        (-60, -30, None),
        (-30, -30, None),
        (-30, -31, ("#/arrived_at", "arrived-before-arrest")),
        (0, 5, None),
        (5, 5, None),
        (0, 6, ("#/arrived_at", "in-the-future")),
        (6, 6, ("#/arrested_at", "in-the-future")),
        (6, -30, ("#/arrested_at", "in-the-future")),
    ],
)
def test_arrest_comes_before_arrival_and_arrival_before_now(arrested, arrived, expected):
    times = NOW + arrested * MINUTE, NOW + arrived * MINUTE
    assert fault(rules.check_times, *times, now=NOW) == expected


def test_the_clocks_may_differ_by_five_minutes_and_no_more():
    tick = timedelta(microseconds=1)
    assert fault(rules.check_times, NOW, NOW + 5 * MINUTE, now=NOW) is None
    assert fault(rules.check_times, NOW, NOW + 5 * MINUTE + tick, now=NOW) is not None


@given(
    minutes=st.lists(st.integers(-10_000, 4), min_size=2, max_size=2).map(sorted),
)
def test_times_in_order_are_never_refused(minutes):
    arrested, arrived = (NOW + minute * MINUTE for minute in minutes)
    assert fault(rules.check_times, arrested, arrived, now=NOW) is None


def test_nobody_is_arrested_before_they_are_born():
    refused = ("#/person/date_of_birth", "born-after-arrest")
    assert fault(rules.check_birth, TODAY, arrested_at=NOW) is None
    assert fault(rules.check_birth, TODAY + DAY, arrested_at=NOW) == refused


def test_an_unknown_date_of_birth_is_in_nobodys_way():
    assert fault(rules.check_birth, None, arrested_at=NOW) is None


def test_the_day_of_the_arrest_is_the_day_in_england():
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight in England, on the 2nd
    second = date(2026, 7, 2)
    assert fault(rules.check_birth, second, arrested_at=late) is None
    days = {"arrested_at": late, "born": None, "field": "#/offences"}
    assert fault(rules.check_offence_dates, [(second, second)], **days) is None
    assert fault(rules.check_offence_dates, [(second, second + DAY)], **days) is not None


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 0, None),
        (-9, -2, None),
        (-9, 0, None),
        (-2, -3, ("#/offences/1/committed_until", "dates-in-order")),
        (-2, 1, ("#/offences/1/committed_until", "offence-after-arrest")),
        (1, 1, ("#/offences/1/committed_from", "offence-after-arrest")),
        (-10, -10, None),
        (-11, -11, ("#/offences/1/committed_from", "offence-before-birth")),
        (-11, 0, ("#/offences/1/committed_from", "offence-before-birth")),
    ],
)
def test_an_offence_lies_between_birth_and_arrest(first, last, expected):
    days = [(TODAY, TODAY), (TODAY + first * DAY, TODAY + last * DAY)]
    facts = {"arrested_at": NOW, "born": TODAY - 10 * DAY, "field": "#/offences"}
    assert fault(rules.check_offence_dates, days, **facts) == expected


def test_a_single_offence_is_pointed_at_without_a_place_in_a_list():
    facts = {"arrested_at": NOW, "born": None, "field": "#"}
    late = (TODAY + DAY, TODAY + DAY)
    assert fault(rules.check_offence_dates, [late], **facts) == (
        "#/committed_from",
        "offence-after-arrest",
    )


def test_without_a_date_of_birth_no_offence_is_too_early():
    facts = {"arrested_at": NOW, "born": None, "field": "#/offences"}
    assert fault(rules.check_offence_dates, [(date(1900, 1, 1), TODAY)], **facts) is None


@pytest.mark.parametrize(
    ("opens", "closes", "open_on_the_day"),
    [
        (None, None, True),
        (TODAY, None, True),
        (TODAY + DAY, None, False),
        (None, TODAY + DAY, True),
        (None, TODAY, False),
        (TODAY, TODAY + DAY, True),
        (TODAY - 9 * DAY, TODAY - DAY, False),
    ],
)
def test_a_suite_takes_people_from_its_first_day_until_the_first_day_no_longer(
    opens, closes, open_on_the_day
):
    found = fault(rules.check_suite, opens, closes, on=TODAY)
    assert found == (None if open_on_the_day else ("#/suite", "suite-closed"))


def test_a_code_that_no_list_has_is_pointed_at_by_its_place():
    listed = {"TH68010", "CJ88116"}
    check = rules.check_listed
    assert fault(check, ["TH68010", "CJ88116"], listed, field="#/offences") is None
    assert fault(check, ["TH68010", "XX00000"], listed, field="#/offences") == (
        "#/offences/1/code",
        "offence-unknown",
    )
    assert fault(check, ["XX00000"], listed, field="#") == ("#/code", "offence-unknown")
