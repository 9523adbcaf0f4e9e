"""How a case is decided; how a rule file is refused is in test_rule_files.py."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.states import DomesticAbuseGrade, InterviewStance, OffenceClass
from checkpoint.eligibility.facts import FACTS, UNCLASSIFIED, Kind
from checkpoint.eligibility.rules import (
    Criterion,
    Finding,
    decide,
    missing_of,
    parse,
    stored,
    verdict_of,
)
from checkpoint.eligibility.states import MEANING, Answer, Verdict

TEXT = (files("checkpoint.eligibility") / "rulesets" / "2018-04-01.toml").read_text("utf-8")
RULES = parse(TEXT)
CODES = [
    *("ADULT", "AGETHEN", "RESIDENT", "PLACE", "RECENT", "OFFENCE", "INTERVIEW"),
    *("ORDERS", "COURT", "MENTAL", "ALONE", "DOMESTIC", "HATE", "CAPACITY"),
]
# From the best to the worst, by hand.
ORDER = [Verdict.ELIGIBLE, Verdict.REFER, Verdict.PENDING, Verdict.INELIGIBLE]
MET, NOT_MET, NOT_KNOWN = Answer.MET, Answer.NOT_MET, Answer.NOT_KNOWN

classes = [*map(str, OffenceClass), UNCLASSIFIED]
by_kind = {
    Kind.YES_NO: st.booleans(),
    Kind.NUMBER: st.integers(0, 99),
    Kind.DAY: st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str),
    Kind.CODE: st.sampled_from([*map(str, InterviewStance), *map(str, DomesticAbuseGrade)]),
    Kind.CODES: st.lists(st.sampled_from(classes), min_size=1, max_size=3),
}
# Anything at all, with or without gaps; a decision is always made on some day.
cases = st.fixed_dictionaries(
    {
        name: by_kind[fact.kind] if name == "decided_on" else st.none() | by_kind[fact.kind]
        for name, fact in FACTS.items()
    }
)
# Cases that nothing speaks against: eligible, or for a supervisor.
good = st.fixed_dictionaries(
    {name: st.just(False) for name in FACTS}
    | {
        **dict.fromkeys(
            ["lives_in_area", "offences_in_area", "evidential_test_met", "understands_obligations"],
            st.just(True),
        ),
        "age_at_offence_years": st.integers(16, 99),
        "age_at_arrest_years": st.integers(18, 99),
        "age_at_decision_years": st.integers(18, 99),
        "earliest_offence_on": st.dates(date(2026, 8, 6), date(2026, 11, 5)).map(str),
        "decided_on": st.just("2026-11-05"),
        "offence_classes": st.lists(
            st.sampled_from(["theft", "fraud", "drug_supply", UNCLASSIFIED]), min_size=1, max_size=2
        ),
        "interview_stance": st.sampled_from(["admitted", "no_reply", "part_admission"]),
        "domestic_abuse_grade": st.sampled_from(["none", "none", "standard", "medium"]),
    }
)
askable = sorted(set(FACTS) - {"decided_on"})


def found(answer, *, refers=False, code="SOME", missing=()):
    return Finding(
        code=code,
        question="?",
        answer=answer,
        refers=refers,
        reason="-",
        missing=missing,
        source="-",
    )


findings = st.lists(
    st.sampled_from(
        [
            *(found(answer, refers=refers) for answer in (MET, NOT_KNOWN) for refers in (0, 1)),
            found(NOT_MET),
        ]
    )
)


@given(facts=cases)
def test_the_same_facts_and_rules_give_the_same_findings(facts):
    again = parse.__wrapped__(TEXT)
    assert again is not RULES
    backwards, before = dict(reversed(facts.items())), repr(facts)
    assert decide(RULES, facts) == decide(again, backwards) == decide(RULES, facts)
    assert repr(facts) == before


@given(facts=cases)
def test_every_criterion_is_answered_once_and_in_order_with_its_question_and_source(facts):
    answered = decide(RULES, facts)[1]
    assert [each.code for each in answered] == CODES
    assert [each.question for each in answered] == [each.question for each in RULES.criteria]
    assert [each.source for each in answered] == [RULES.named(c.source) for c in RULES.criteria]
    assert all(each.reason for each in answered)


@given(facts=cases)
def test_what_is_missing_is_told_exactly_where_an_answer_waits_for_it(facts):
    for each in decide(RULES, facts)[1]:
        assert bool(each.missing) is (each.answer is NOT_KNOWN and not each.refers)
        assert set(each.missing) <= set(FACTS)
        assert all(FACTS[name].question in each.reason for name in each.missing)


@given(before=findings, after=findings)
def test_adding_a_criterion_that_is_not_met_never_makes_anyone_eligible(before, after):
    assert verdict_of((*before, found(NOT_MET), *after)) is Verdict.INELIGIBLE


@given(known=findings, more=findings)
def test_more_findings_never_improve_a_verdict(known, more):
    less = verdict_of(tuple(known))
    assert ORDER.index(verdict_of((*known, *more))) >= ORDER.index(less)


@given(facts=cases)
def test_adding_a_rule_that_is_not_met_to_the_set_makes_anyone_ineligible(facts):
    nobody = Criterion(
        code="NOBODY",
        question="Is anybody minus one year old?",
        met_when=[{"all": [{"fact": "age_at_arrest_years", "test": "less_than", "value": -1}]}],
        if_met="Somebody is.",
        if_not_met="Nobody is.",
        source="S2: made up",
    )
    stricter = RULES.model_copy(update={"criteria": (*RULES.criteria, nobody)})
    verdict, answered = decide(stricter, facts | {"age_at_arrest_years": 30})
    assert (verdict, answered[-1].answer) == (Verdict.INELIGIBLE, NOT_MET)


@given(facts=good, lost=st.sets(st.sampled_from(askable), min_size=1))
def test_a_case_that_nothing_speaks_against_never_improves_by_losing_a_fact(facts, lost):
    before = decide(RULES, facts)[0]
    assert before in (Verdict.ELIGIBLE, Verdict.REFER)
    after = decide(RULES, facts | dict.fromkeys(lost))[0]
    assert ORDER.index(after) >= ORDER.index(before)
    assert after is not Verdict.INELIGIBLE


@given(facts=good, lost=st.sets(st.sampled_from(askable), min_size=1))
def test_a_fact_that_is_absent_is_one_that_is_not_known(facts, lost):
    absent = {name: value for name, value in facts.items() if name not in lost}
    assert decide(RULES, absent) == decide(RULES, facts | dict.fromkeys(lost))


def test_when_nothing_is_known_the_case_waits_for_every_criterion():
    verdict, answered = decide(RULES, {"decided_on": "2026-11-05"})
    assert verdict is Verdict.PENDING
    assert {each.answer for each in answered} == {NOT_KNOWN}


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ([], Verdict.ELIGIBLE),
        (["met"], Verdict.ELIGIBLE),
        (["met", "met"], Verdict.ELIGIBLE),
        (["met!"], Verdict.REFER),
        (["not_known!"], Verdict.REFER),
        (["met", "met!"], Verdict.REFER),
        (["met!", "not_known!"], Verdict.REFER),
        (["not_known"], Verdict.PENDING),
        (["met", "not_known"], Verdict.PENDING),
        (["met!", "not_known"], Verdict.PENDING),
        (["not_known", "not_known!"], Verdict.PENDING),
        (["not_met"], Verdict.INELIGIBLE),
        (["met", "not_met"], Verdict.INELIGIBLE),
        (["not_met", "met!"], Verdict.INELIGIBLE),
        (["not_known", "not_met"], Verdict.INELIGIBLE),
        (["not_known!", "not_met"], Verdict.INELIGIBLE),
        (["met", "met!", "not_known", "not_known!", "not_met"], Verdict.INELIGIBLE),
    ],
)
def test_findings_come_to_the_verdict_of_the_table(answers, verdict):
    made = [found(Answer(each.rstrip("!")), refers=each.endswith("!")) for each in answers]
    assert verdict_of(tuple(made)) is verdict_of(tuple(reversed(made))) is verdict


def test_every_verdict_says_what_it_means():
    assert set(MEANING) == set(Verdict) == set(ORDER)


def test_what_is_missing_is_told_once_and_in_the_order_of_the_criteria():
    told = (
        found(NOT_KNOWN, missing=("hate_crime", "co_accused")),
        found(MET),
        found(NOT_KNOWN, missing=("co_accused", "lives_in_area")),
    )
    assert missing_of(stored(told)) == ["hate_crime", "co_accused", "lives_in_area"]
