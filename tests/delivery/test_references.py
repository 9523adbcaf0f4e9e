"""Outcomes are dated, and some are guarded."""

from datetime import date, timedelta

import pytest

from checkpoint.delivery.references import Outcomes, check_outcome, known, label_of, parse
from checkpoint.foundation.errors import RuleBroken

TODAY = date(2026, 11, 3)
FIRST_OF_22 = date(2019, 4, 1)


def rule(code, *, on=TODAY, completed=False, last_day=None):
    try:
        check_outcome(known(), code, on=on, completed=completed, last_day=last_day)
    except RuleBroken as broken:
        (fault,) = broken.faults
        assert fault["pointer"] == "#/outcome_code"
        return fault["code"]
    return None


def test_every_code_of_the_counting_rules_is_listed_once():
    assert [outcome.code for outcome in known().outcomes] == [str(n) for n in range(23)]
    assert known().open_codes == ["0"]


def test_whoever_was_arrested_is_a_suspect():
    assert rule("18") == rule("19") == "outcome-never-here"


def test_diversion_is_recorded_only_of_what_was_completed():
    assert rule("22") == "no-completed-contract"
    assert rule("22", completed=True) is None


def test_diversion_has_a_code_only_from_its_first_day_on():
    assert rule("22", on=FIRST_OF_22, completed=True) is None
    assert rule("22", on=FIRST_OF_22 - timedelta(days=1), completed=True) == "outcome-not-listed"


def test_a_time_limit_has_expired_only_after_its_last_day():
    assert rule("17") == rule("17", last_day=TODAY) == "time-limit-not-passed"
    assert rule("17", last_day=TODAY - timedelta(days=1)) is None


def test_everything_else_is_recorded_as_it_is():
    guarded = {"17", "18", "19", "22"}
    assert {code for n in range(23) if rule(code := str(n))} == guarded


def test_a_code_that_was_never_listed_is_refused_and_is_its_own_label():
    assert rule("23") == "outcome-not-listed"
    assert (label_of("23"), label_of("1")) == ("23", "Charged or summonsed")


def test_a_code_has_a_last_day_too():
    text = 'source = "Made up"\n[[outcomes]]\ncode = "1"\nlabel = "Ended"\n'
    listed = parse(f"{text}available_until = 2020-01-01\n")
    assert listed.outcomes[0].may_be_given(date(2019, 12, 31))
    assert not listed.outcomes[0].may_be_given(date(2020, 1, 1))


def test_a_code_stands_once():
    twice = [outcome.model_dump() for outcome in known().outcomes[:1]] * 2
    with pytest.raises(ValueError, match="stands twice"):
        Outcomes.model_validate({"source": "Made up", "outcomes": twice})
