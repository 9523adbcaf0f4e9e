"""Everybody stands in one stage; and the other way round from a deadline to a day."""

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.consent.states import ConsentState
from checkpoint.eligibility.states import Verdict
from checkpoint.journey.stages import (
    DISPOSE,
    MEANING,
    NEXT,
    REACHED,
    Entered,
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

OF_THE_ELIGIBLE = {
    "not_asked": "eligible",
    "given": "consented",
    "declined": "declined",
    "withdrawn": "withdrawn",
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


@pytest.mark.parametrize(
    ("verdict", "standing", "consent"), [*product(VERDICTS, VERDICTS, ConsentState)]
)  # fmt: skip
def test_consent_counts_while_a_case_stands_as_eligible(verdict, standing, consent):
    found = stage_of(screened=True, verdict=verdict, standing=standing, consent=consent)
    present = standing or verdict
    assert found == (OF_THE_ELIGIBLE[consent] if present == "eligible" else STAGES[True, present])


@pytest.mark.parametrize(
    ("entered", "verdict", "consent"), [*product(Entered, VERDICTS, ConsentState)]
)  # fmt: skip
def test_whoever_came_in_stays_there_whatever_is_decided_or_withdrawn(entered, verdict, consent):
    found = stage_of(screened=True, verdict=verdict, consent=consent, entered=entered)
    assert found == entered.value


def test_no_stage_is_named_after_an_arm():
    told = " ".join([*Stage, *MEANING.values(), *NEXT.values()]).casefold()
    assert not any(word in told for word in ("treatment", "control", "started", "crossover"))


def test_every_stage_has_its_meaning_and_what_comes_next():
    derived = {*STAGES.values(), *OF_THE_ELIGIBLE.values(), *Entered}
    assert set(MEANING) == set(NEXT) == set(Stage) == {Stage(name) for name in derived}


def test_who_came_further_came_as_far():
    each = [REACHED[name] for name in ("eligible", "asked", "consented", "entered")]
    assert all(further < nearer for nearer, further in pairwise(each))
    assert each[0] == {Stage(name) for name in (*OF_THE_ELIGIBLE.values(), *Entered)}


@pytest.mark.parametrize("stage", Stage)
def test_somebody_who_withdrew_after_they_came_in_is_told_of(stage):
    told = next_of(stage, changed=False, put_right=False, consent=ConsentState.WITHDRAWN)
    assert ("withdrew" in told) == (stage in {"enrolled", "allocated"})
    assert "again" in next_of(stage, changed=True, put_right=False, consent=ConsentState.WITHDRAWN)


@pytest.mark.parametrize("stage", Stage)
def test_a_case_that_has_changed_is_decided_again_before_anything_else(stage):
    told = next_of(stage, changed=False, put_right=False)
    assert told == NEXT[stage] + (DISPOSE if stage in REACHED["entered"] else "")
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
