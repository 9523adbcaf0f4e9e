from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.consent.facts import (
    AdultsOnly,
    ConsentNotOpen,
    SafeguardsNotKnown,
    SafeguardsNotThere,
    absence,
    age_on,
    came,
    hindrance,
    needs,
)
from checkpoint.custody.circumstances.states import AdultReason
from checkpoint.eligibility.states import Verdict
from conftest import NOON

HOUR = timedelta(hours=1)
DAY = date(2026, 11, 3)


def saved(**known):
    unknown = dict.fromkeys(
        (
            "appropriate_adult_needed",
            "appropriate_adult_reason",
            "appropriate_adult_came_at",
            "appropriate_adult_left_at",
            "interpreter_needed",
            "interpreter_came_at",
            "interpreter_left_at",
        )
    )
    return SimpleNamespace(**(unknown | known))


NOBODY = saved(appropriate_adult_needed=False, interpreter_needed=False)


@pytest.mark.parametrize(
    ("born", "estimated", "age"),
    [
        (date(2008, 11, 3), None, 18),
        (date(2008, 11, 4), None, 17),
        (None, (30, DAY), 30),
        (None, (17, date(2025, 11, 3)), 18),
        (None, (17, date(2025, 11, 4)), 17),
        (None, (30, date(2027, 1, 1)), 30),
        (None, None, None),
    ],
)
def test_age_is_counted_from_birth_or_else_from_an_estimate(born, estimated, age):
    years, on = estimated or (None, None)
    assert age_on(born, estimated_years=years, estimated_on=on, on=DAY) == age


def hindered(verdict=Verdict.ELIGIBLE, age=30, safeguards=NOBODY):
    return hindrance(verdict=verdict, age=age, safeguards=safeguards)


def test_nothing_stands_in_the_way_where_everything_is_known():
    assert hindered() is None


@pytest.mark.parametrize(
    "verdict", [None, *(verdict for verdict in Verdict if verdict is not Verdict.ELIGIBLE)]
)
def test_nobody_is_asked_whose_case_does_not_stand_as_eligible(verdict):
    refusal = hindered(verdict=verdict, age=None, safeguards=None)
    assert isinstance(refusal, ConsentNotOpen)
    assert refusal.facts == {"verdict": verdict.value if verdict else "not decided"}


@pytest.mark.parametrize(("age", "says"), [(None, "date of birth"), (17, "youth team")])
def test_only_adults_are_asked(age, says):
    refusal = hindered(age=age)
    assert isinstance(refusal, AdultsOnly)
    assert says in refusal.detail


def test_eighteen_is_an_adult():
    assert hindered(age=18) is None


def test_whom_the_record_says_to_be_under_18_is_asked_by_nobody():
    known = saved(
        appropriate_adult_needed=True,
        appropriate_adult_reason=AdultReason.UNDER_18,
        appropriate_adult_came_at=NOON,
        interpreter_needed=False,
    )
    assert isinstance(hindered(safeguards=known), AdultsOnly)


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        (None, ["appropriate_adult_needed", "interpreter_needed"]),
        (saved(), ["appropriate_adult_needed", "interpreter_needed"]),
        (saved(interpreter_needed=False), ["appropriate_adult_needed"]),
        (saved(appropriate_adult_needed=True), ["interpreter_needed"]),
    ],
)
def test_while_it_is_not_known_whether_somebody_is_needed_nobody_is_asked(known, missing):
    refusal = hindered(safeguards=known)
    assert isinstance(refusal, SafeguardsNotKnown)
    assert refusal.facts == {"missing": missing}
    assert "safeguards" in refusal.detail


def test_of_two_who_are_needed_it_is_said_that_they_are():
    needed = SimpleNamespace(**vars(NOBODY) | {f"{who}_needed": True for who in PEOPLE})
    refusal = hindered(safeguards=needed)
    assert "an appropriate adult and an interpreter are needed" in refusal.detail


PEOPLE = {"appropriate_adult": "an appropriate adult", "interpreter": "an interpreter"}


@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_is_needed_has_to_have_come(who):
    needed = vars(NOBODY) | {f"{who}_needed": True}
    refusal = hindered(safeguards=SimpleNamespace(**needed))
    assert isinstance(refusal, SafeguardsNotThere)
    assert f"{PEOPLE[who]} is needed" in refusal.detail
    assert refusal.facts == {"missing": [f"{who}_came_at"]}
    there = SimpleNamespace(**needed | {f"{who}_came_at": NOON})
    assert (needs(there, who), came(there, who)) == (True, True)
    assert hindered(safeguards=there) is None


MINUTES = st.integers(0, 120)


@given(adult=st.tuples(MINUTES, MINUTES | st.none()), interpreter=MINUTES, asked=MINUTES)
def test_whoever_is_needed_is_there_from_the_sheet_to_the_answers(adult, interpreter, asked):
    def at(minutes):
        return None if minutes is None else NOON + timedelta(minutes=minutes)

    came_at, left_at = adult
    known = saved(
        appropriate_adult_needed=True,
        appropriate_adult_came_at=at(came_at),
        appropriate_adult_left_at=at(left_at),
        interpreter_needed=True,
        interpreter_came_at=at(interpreter),
    )
    refusal = absence(known, since=at(asked), until=at(asked) + HOUR)
    adult_there = came_at <= asked and (left_at is None or left_at >= asked + 60)
    missing = [] if adult_there else ["appropriate_adult_came_at"]
    missing += [] if interpreter <= asked else ["interpreter_came_at"]
    assert (refusal.facts["missing"] if refusal else []) == missing


def test_who_is_not_needed_need_not_be_there():
    assert absence(NOBODY, since=NOON, until=NOON + HOUR) is None
