"""How one criterion and one test are answered, term by term."""

from importlib.resources import files

import pytest

from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.rules import Criterion, Test, parse
from checkpoint.eligibility.states import Answer

TEXT = (files("checkpoint.eligibility") / "rulesets" / "2018-04-01.toml").read_text("utf-8")
CRITERIA = {criterion.code: criterion for criterion in parse(TEXT).criteria}
MET, NOT_MET, NOT_KNOWN = Answer.MET, Answer.NOT_MET, Answer.NOT_KNOWN
TODAY = "2026-11-05"


def finding(code, **facts):
    return CRITERIA[code].finding({"decided_on": TODAY} | facts)


@pytest.mark.parametrize(
    ("fact", "test", "value", "known", "holds"),
    [
        ("hate_crime", "is", False, False, True),
        ("hate_crime", "is", False, True, False),
        ("interview_stance", "is", "admitted", "admitted", True),
        ("interview_stance", "is", "admitted", "denied", False),
        ("interview_stance", "one_of", ["admitted", "denied"], "denied", True),
        ("interview_stance", "one_of", ["admitted", "denied"], "no_reply", False),
        ("age_at_arrest_years", "at_least", 18, 17, False),
        ("age_at_arrest_years", "at_least", 18, 18, True),
        ("age_at_arrest_years", "at_least", 18, 0, False),
        ("age_at_arrest_years", "less_than", 18, 17, True),
        ("age_at_arrest_years", "less_than", 18, 18, False),
        ("offence_classes", "all_in", ["theft", "fraud"], ["theft"], True),
        ("offence_classes", "all_in", ["theft", "fraud"], ["theft", "arson"], False),
        ("offence_classes", "any_in", ["theft", "fraud"], ["arson", "fraud"], True),
        ("offence_classes", "any_in", ["theft", "fraud"], ["arson"], False),
    ],
)
def test_each_test_holds_when_it_should_and_is_open_when_the_fact_is_not_known(
    fact, test, value, known, holds
):
    asked = Test(fact=fact, test=test, value=value)
    assert asked.holds({fact: known}) is holds
    assert asked.holds({fact: None}) is None
    assert asked.holds({}) is None


@pytest.mark.parametrize(
    ("offence", "last_day", "first_day_too_old"),
    [
        ("2026-08-05", "2026-11-04", "2026-11-05"),
        ("2026-08-31", "2026-11-29", "2026-11-30"),
        ("2026-11-29", "2027-02-27", "2027-02-28"),
        ("2026-11-30", "2027-02-27", "2027-02-28"),
        ("2026-12-01", "2027-02-28", "2027-03-01"),
        ("2027-11-29", "2028-02-28", "2028-02-29"),
        ("2027-11-30", "2028-02-28", "2028-02-29"),
        ("2028-02-29", "2028-05-28", "2028-05-29"),
        ("2026-10-15", "2027-01-14", "2027-01-15"),
    ],
)
def test_an_offence_of_exactly_three_months_ago_is_too_old(offence, last_day, first_day_too_old):
    dated = {"earliest_offence_on": offence}
    assert finding("RECENT", **dated, decided_on=offence).answer is MET
    assert finding("RECENT", **dated, decided_on=last_day).answer is MET
    assert finding("RECENT", **dated, decided_on=first_day_too_old).answer is NOT_MET


@pytest.mark.parametrize(
    ("then", "answer", "refers"),
    [(9, NOT_MET, False), (10, NOT_KNOWN, True), (17, NOT_KNOWN, True), (18, MET, False)],
)
def test_who_was_under_18_at_the_time_goes_to_a_supervisor(then, answer, refers):
    told = finding("AGETHEN", age_at_offence_years=then)
    assert (told.answer, told.refers) == (answer, refers)


def test_only_the_age_at_the_arrest_makes_an_adult():
    ages = {"age_at_offence_years": 18, "age_at_arrest_years": 17, "age_at_decision_years": 18}
    assert finding("ADULT", **ages).answer is NOT_MET
    ages = {"age_at_offence_years": 17, "age_at_arrest_years": 18, "age_at_decision_years": 18}
    assert finding("ADULT", **ages).answer is MET


@pytest.mark.parametrize(
    ("stance", "evidence", "answer", "refers", "missing"),
    [
        ("admitted", True, MET, False, ()),
        ("admitted", False, MET, False, ()),
        ("admitted", None, MET, False, ()),
        ("part_admission", True, NOT_KNOWN, True, ()),
        ("part_admission", None, NOT_KNOWN, True, ()),
        ("no_reply", True, MET, False, ()),
        ("no_reply", False, NOT_MET, False, ()),
        ("no_reply", None, NOT_KNOWN, False, ("evidential_test_met",)),
        ("denied", True, NOT_MET, False, ()),
        ("denied", None, NOT_MET, False, ()),
        ("not_interviewed", True, NOT_KNOWN, False, ("interview_stance",)),
        ("not_interviewed", None, NOT_KNOWN, False, ("interview_stance",)),
        (None, True, NOT_KNOWN, False, ("interview_stance",)),
        (None, None, NOT_KNOWN, False, ("evidential_test_met", "interview_stance")),
    ],
)
def test_what_was_said_in_interview_and_the_evidence_go_together(
    stance, evidence, answer, refers, missing
):
    told = finding("INTERVIEW", interview_stance=stance, evidential_test_met=evidence)
    assert (told.answer, told.refers, told.missing) == (answer, refers, missing)


@pytest.mark.parametrize(
    ("classes", "answer", "refers"),
    [
        (["theft"], MET, False),
        (["child_neglect", "theft"], MET, True),
        (["theft", "unclassified"], NOT_KNOWN, True),
        (["burglary_residential", "unclassified"], NOT_KNOWN, True),
        (["robbery", "unclassified"], NOT_MET, False),
        (["other"], NOT_MET, False),
        (["a_class_of_tomorrow"], NOT_MET, False),
    ],
)
def test_one_kind_of_offence_that_is_not_taken_outweighs_every_special_term(
    classes, answer, refers
):
    told = finding("OFFENCE", offence_classes=classes)
    assert (told.answer, told.refers) == (answer, refers)


@pytest.mark.parametrize(
    ("grade", "answer", "refers"),
    [
        ("none", MET, False),
        ("standard", MET, True),
        ("medium", MET, True),
        ("high", NOT_MET, False),
    ],
)
def test_domestic_abuse_is_taken_on_special_terms_unless_the_risk_is_high(grade, answer, refers):
    told = finding("DOMESTIC", domestic_abuse_grade=grade)
    assert (told.answer, told.refers) == (answer, refers)


def test_each_answer_gives_the_words_of_the_rules_and_asks_for_what_is_missing():
    criterion = CRITERIA["HATE"]
    assert finding("HATE", hate_crime=False).reason == criterion.if_met
    assert finding("HATE", hate_crime=True).reason == criterion.if_not_met
    asked = finding("HATE")
    assert asked.reason == f"Not known yet. {FACTS['hate_crime'].question}"
    assert asked.missing == ("hate_crime",)


def special(**facts):
    fraud = {"all": [{"fact": "offence_classes", "test": "any_in", "value": ["fraud"]}]}
    both = {
        "all": [
            {"fact": "hate_crime", "test": "is", "value": True},
            {"fact": "co_accused", "test": "is", "value": True},
        ]
    }
    return Criterion(
        code="SPECIAL",
        question="Is the person an adult?",
        met_when=[{"all": [{"fact": "age_at_arrest_years", "test": "at_least", "value": 18}]}],
        refer=[
            {"when": fraud, "answer": "met", "reason": "Fraud is special."},
            {"when": both, "answer": "not_known", "reason": "Both together are special."},
        ],
        if_met="An adult.",
        if_not_met="A child.",
        source="S1: made up",
    ).finding({"age_at_arrest_years": 30, "offence_classes": ["theft"]} | facts)


@pytest.mark.parametrize(
    ("facts", "answer", "refers", "missing"),
    [
        ({"hate_crime": False}, MET, False, ()),
        ({"hate_crime": True, "co_accused": False}, MET, False, ()),
        ({"hate_crime": True, "co_accused": True}, NOT_KNOWN, True, ()),
        ({"hate_crime": True}, NOT_KNOWN, False, ("co_accused",)),
        ({}, NOT_KNOWN, False, ("co_accused", "hate_crime")),
        ({"offence_classes": ["fraud"]}, MET, True, ()),
        ({"offence_classes": ["fraud"], "age_at_arrest_years": 17}, NOT_MET, False, ()),
        ({"age_at_arrest_years": 17}, NOT_MET, False, ()),
    ],
)
def test_a_special_term_that_may_yet_apply_keeps_the_answer_open(facts, answer, refers, missing):
    told = special(**facts)
    assert (told.answer, told.refers, told.missing) == (answer, refers, missing)


def test_the_first_special_term_that_applies_is_the_one_that_is_told():
    told = special(offence_classes=["fraud"], hate_crime=True, co_accused=True)
    assert told.reason == "Fraud is special."
