"""Everybody stands in one stage; and the other way round from a deadline to a day."""

from datetime import date, timedelta
from itertools import product

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.states import Verdict
from checkpoint.journey.stages import (
    MEANING,
    NEXT,
    Stage,
    first_offence_due,
    next_of,
    prosecution_deadline,
    stage_of,
)

VERDICTS = [None, *Verdict]
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))

# By hand, from the domain notes 4.4.
STAGES = {
    (False, None): "not_screened",
    (True, None): "screening",
    (False, "pending"): "pending",
    (True, "pending"): "pending",
    (False, "ineligible"): "ineligible",
    (True, "ineligible"): "ineligible",
    (False, "refer"): "referred",
    (True, "refer"): "referred",
    (False, "eligible"): "eligible",
    (True, "eligible"): "eligible",
}


@pytest.mark.parametrize(("screened", "verdict"), [*product([False, True], VERDICTS)])
def test_whatever_the_facts_there_is_one_stage(screened, verdict):
    assert stage_of(screened=screened, verdict=verdict) == STAGES[screened, verdict]


@pytest.mark.parametrize(
    ("screened", "verdict", "standing"), [*product([False, True], VERDICTS, Verdict)]
)  # fmt: skip
def test_what_a_supervisor_put_in_its_place_counts(screened, verdict, standing):
    found = stage_of(screened=screened, verdict=verdict, standing=standing)
    assert found == STAGES[screened, standing]


def test_every_stage_has_its_meaning_and_what_comes_next():
    assert set(MEANING) == set(NEXT) == set(Stage) == {Stage(name) for name in STAGES.values()}


@pytest.mark.parametrize("stage", Stage)
def test_a_case_that_has_changed_is_decided_again_before_anything_else(stage):
    assert next_of(stage, changed=False, put_right=False) == NEXT[stage]
    assert "Decide again" in next_of(stage, changed=True, put_right=False)


@pytest.mark.parametrize(("stage", "changed"), [*product(Stage, [False, True])])
def test_what_no_longer_stands_on_the_facts_is_decided_again(stage, changed):
    told = next_of(stage, changed=changed, put_right=True)
    assert told == "Decide again: what the decision rested on was put right since."


@pytest.mark.parametrize(
    ("committed", "deadline"),
    [
        ("2026-05-03", "2026-11-03"),
        ("2026-08-31", "2027-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2026-03-31", "2026-09-30"),
    ],
)
def test_proceedings_begin_within_six_calendar_months(committed, deadline):
    found = prosecution_deadline(date.fromisoformat(committed))
    assert found == date.fromisoformat(deadline)


def test_without_a_summary_offence_there_is_no_deadline():
    assert prosecution_deadline(None) is None


@given(on=DAYS)
def test_the_first_offence_due_is_due_then_and_the_one_before_it_sooner(on):
    first = first_offence_due(on)
    assert prosecution_deadline(first) >= on
    assert prosecution_deadline(first - timedelta(days=1)) < on


@given(on=DAYS, committed=DAYS)
def test_comparing_days_says_the_same_as_comparing_deadlines(on, committed):
    assert (committed >= first_offence_due(on)) == (committed + relativedelta(months=6) >= on)
