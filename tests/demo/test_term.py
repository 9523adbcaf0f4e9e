"""Made-up months: spread over their days, the same for a seed, and in an order that could be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.demo.term import COURSES, term
from checkpoint.demo.week import COURSES as OF_A_WEEK
from checkpoint.demo.week import MARK, Deed

SINCE, UNTIL = datetime(2026, 7, 22, 23, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)
SUITES = ("DURHAMGATE", "PETERLEE")


def played(seed=2015, *, cases=200, suites=SUITES):
    return term(seed, cases=cases, suites=suites, since=SINCE, until=UNTIL)


@given(seed=st.integers(0, 2**32), cases=st.integers(5, 40))
@settings(max_examples=10)
def test_the_same_seed_is_the_same_term_in_the_order_in_which_it_happens(seed, cases):
    steps = played(seed, cases=cases)
    assert steps == played(seed, cases=cases)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert all(SINCE <= step.at <= UNTIL for step in steps)
    begun = set()
    for step in steps:
        assert (step.deed is Deed.BOOK_IN) == (step.arrest not in begun)
        begun.add(step.arrest)


def test_arrests_are_spread_over_the_months_and_the_suites():
    booked = [step for step in played() if step.deed is Deed.BOOK_IN]
    assert len(booked) in range(195, 201)
    assert all(step.body["person"]["family_name"].startswith(MARK) for step in booked)
    months = {(step.at - SINCE) // timedelta(days=31) for step in booked}
    assert months == {0, 1, 2, 3}
    suites = [step.suite for step in booked]
    assert suites.count("DURHAMGATE") > suites.count("PETERLEE") > 40
    assert {step.suite for step in played(suites=("DURHAMGATE",))} == {"DURHAMGATE"}


def test_cases_go_every_way_there_is():
    assert COURSES.keys() == OF_A_WEEK.keys()
    assert sum(COURSES.values()) == 100
    assert {step.deed for step in played()} == {*Deed}
