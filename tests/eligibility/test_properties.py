"""What holds of every rule set that ships, whatever the facts."""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.clocks import Timed, clock_of
from checkpoint.custody.states import (
    DomesticAbuseGrade,
    InForce,
    InterviewStance,
    ModeOfTrial,
    OffenceClass,
    OffenceSchedule,
)
from checkpoint.eligibility.facts import FACTS, UNCLASSIFIED, Alleged, Kind, gather
from checkpoint.eligibility.references import rule_files
from checkpoint.eligibility.rules import Criterion, decide, parse, stored, until_of
from checkpoint.eligibility.states import Answer, Verdict

FOLDER = files("checkpoint.eligibility") / "rulesets"
TEXTS = rule_files({file.name: file.read_text("utf-8") for file in FOLDER.iterdir()})
SETS = {name: parse(text) for name, text in TEXTS.items()}
every_set = pytest.mark.parametrize("name", SETS)
# What a verdict may become when something is not known any more, by hand: the same, or waiting.
# Waiting is no better than being refused: nobody is offered anything, and what is asked for is said.
MAY_BECOME = {verdict: {verdict, Verdict.PENDING} for verdict in Verdict}
CODES = ["TH68010", "CJ88001", "CJ88116", "CD98070", "SX03002", "COML025", "RT88007", "AB13001"]
DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))
BY_KIND = {
    Kind.YES_NO: st.booleans(),
    Kind.NUMBER: st.integers(-400, 800) | st.integers(8, 20),
    Kind.DAY: DAYS.map(str),
}


def values_of(name):
    """Any value that a fact may have."""
    fact = FACTS[name]
    if fact.kind in BY_KIND:
        return BY_KIND[fact.kind]
    codes = st.sampled_from(sorted(fact.choices) if fact.choices else CODES)
    return codes if fact.kind is Kind.CODE else st.lists(codes, max_size=3)


facts_known = st.fixed_dictionaries({name: values_of(name) for name in FACTS})
losable = sorted(set(FACTS) - {"decided_on", "arrested_on"})
losses = st.sets(st.sampled_from(losable), min_size=1)


@st.composite
def good(draw):
    """Cases that little speaks against, with a few facts at random."""
    facts = dict.fromkeys(FACTS) | {
        **dict.fromkeys(
            ["lives_in_area", "offences_in_area", "evidential_test_met", "understands_obligations"],
            True,
        ),
        **dict.fromkeys(
            [
                *("subject_to_order", "on_bail", "under_supervision", "detained_for_court"),
                *("detained_under_mental_health_act", "co_accused", "hate_crime"),
            ],
            False,
        ),
        **dict.fromkeys([name for name in FACTS if name.startswith("age_")], 30),
        "earliest_offence_on": "2026-11-01",
        "offence_classes": ["theft"],
        "offence_codes": ["TH68010"],
        "offence_schedules": [],
        "offences_in_force": "not_dated",
        "prosecution_limit": "none",
        "risk_band": "moderate",
        "interview_stance": "admitted",
        "domestic_abuse_grade": "none",
        "arrested_on": "2026-11-02",
        "decided_on": "2026-11-03",
    }
    changed = draw(st.lists(st.sampled_from(losable), max_size=3))
    return facts | {name: draw(values_of(name)) for name in changed}


@every_set
@given(facts=good() | facts_known, lost=losses)
def test_a_verdict_never_improves_when_a_fact_becomes_unknown(name, facts, lost):
    before = decide(SETS[name], facts)[0]
    after = decide(SETS[name], facts | dict.fromkeys(lost))[0]
    assert after in MAY_BECOME[before]


@pytest.mark.slow
@every_set
@given(facts=good() | facts_known, lost=losses)
def test_a_criterion_is_never_answered_better_for_knowing_less(name, facts, lost):
    known = decide(SETS[name], facts)[1]
    less = decide(SETS[name], facts | dict.fromkeys(lost))[1]
    for one, other in zip(known, less, strict=True):
        same = (one.answer, one.refers, one.reason) == (other.answer, other.refers, other.reason)
        waits = other.answer is Answer.NOT_KNOWN and not other.refers
        still_refers = one.refers and other.refers
        assert same or waits or still_refers


@pytest.mark.slow
@every_set
@given(facts=good() | facts_known)
def test_the_same_facts_and_set_give_the_same_findings_for_ever(name, facts):
    again = parse.__wrapped__(TEXTS[name])
    assert again is not SETS[name]
    assert decide(again, dict(reversed(facts.items()))) == decide(SETS[name], facts)


@every_set
@given(facts=good() | facts_known, place=st.integers(0, 30))
def test_adding_a_criterion_that_is_not_met_never_makes_anyone_eligible(name, facts, place):
    nobody = Criterion(
        code="NOBODY",
        question="Was it decided in ancient times?",
        met_when=[{"all": [{"fact": "risk_band", "test": "is", "value": "low"}]}],
        if_met="It was.",
        if_not_met="It was not.",
        source="S1: made up",
    )
    facts = facts | {"risk_band": "high"}
    rules = SETS[name]
    criteria = [*rules.criteria]
    criteria.insert(place, nobody)
    sources = rules.sources | {"S1": "A page made up for a test"}
    stricter = rules.model_copy(update={"criteria": tuple(criteria), "sources": sources})
    verdict, answered = decide(stricter, facts)
    assert verdict is Verdict.INELIGIBLE
    assert until_of(stored(answered)) is None


@every_set
@given(facts=good() | facts_known)
def test_an_ineligibility_ends_with_the_last_of_its_days_or_on_none(name, facts):
    verdict, answered = decide(SETS[name], facts)
    against = [found for found in answered if found.answer is Answer.NOT_MET]
    until = until_of(stored(answered))
    if verdict is not Verdict.INELIGIBLE or any(found.until is None for found in against):
        assert until is None
    else:
        assert until == max(found.until for found in against)
    assert all(found.until is None for found in answered if found not in against)


@st.composite
def cases(draw):
    """What gather is given: offences, screening and days, with gaps."""
    arrested = draw(st.dates(date(2015, 4, 7), date(2027, 12, 31)))
    offences = []
    for _ in range(draw(st.integers(1, 3))):
        offences.append(
            {
                "offence_class": draw(st.none() | st.sampled_from([*map(str, OffenceClass)])),
                "committed_from": arrested - timedelta(days=draw(st.integers(0, 900))),
                "committed_in_area": draw(st.none() | st.booleans()),
                "code": draw(st.sampled_from(CODES)),
                "mode_of_trial": draw(st.sampled_from(ModeOfTrial)),
                "in_force": draw(st.sampled_from(InForce)),
                "schedules": draw(st.lists(st.sampled_from(OffenceSchedule), max_size=2)),
                "domestic_abuse_grade": draw(st.none() | st.sampled_from(DomesticAbuseGrade)),
                "hate_crime": draw(st.none() | st.booleans()),
                "formally_reported_on": draw(st.none() | st.just(arrested)),
            }
        )
    screening = {
        name: draw(st.none() | values_of(name))
        for name, fact in FACTS.items()
        if fact.given_as.startswith("screening.")
    }
    born = draw(st.none() | st.just(date(1990, 1, 1)) | st.just(date(2008, 11, 3)))
    return arrested, arrested + timedelta(days=draw(st.integers(0, 300))), born, offences, screening


def facts_of(case):
    arrested, decided, born, offences, screening = case
    timed = ("code", "mode_of_trial", "committed_from", "formally_reported_on")
    grade = screening["domestic_abuse_grade"]
    clocks = [
        Timed(
            offence_id=None,
            domestic_abuse_grade=each["domestic_abuse_grade"] or grade,
            **{name: each[name] for name in timed},
        )
        for each in offences
    ]
    without = {"mode_of_trial", "formally_reported_on"}
    return gather(
        born=born,
        arrested_on=arrested,
        decided_on=decided,
        offences=[
            Alleged(**{k: v for k, v in each.items() if k not in without}) for each in offences
        ],
        screening=screening,
        clock=clock_of(clocks, on=decided),
    )


@pytest.mark.slow
@given(case=cases())
def test_facts_are_of_their_kind_and_of_codes_that_there_are(case):
    types = {Kind.YES_NO: bool, Kind.NUMBER: int, Kind.DAY: str, Kind.CODE: str, Kind.CODES: list}
    for name, value in facts_of(case).items():
        fact = FACTS[name]
        assert value is None or isinstance(value, types[fact.kind])
        if value is not None and fact.kind in (Kind.CODE, Kind.CODES):
            assert all(map(fact.may_be, value if isinstance(value, list) else [value]))


@pytest.mark.slow
@every_set
@given(case=cases(), lost=st.integers(0, 100))
def test_an_answer_of_the_suite_that_is_taken_back_makes_nobody_eligible(name, case, lost):
    *rest, screening = case
    answered = sorted(screening)
    without = screening | {answered[lost % len(answered)]: None}
    before = decide(SETS[name], facts_of(case))[0]
    after = decide(SETS[name], facts_of((*rest, without)))[0]
    if before is not Verdict.ELIGIBLE:
        assert after is not Verdict.ELIGIBLE


@pytest.mark.slow
@given(case=cases(), later=st.integers(1, 200))
def test_time_alone_never_gives_back_a_day_to_prosecute(case, later):
    arrested, decided, *rest = case
    now = facts_of(case)
    then = facts_of((arrested, decided + timedelta(days=later), *rest))
    assert now["prosecution_last_day"] == then["prosecution_last_day"]
    if now["prosecution_limit"] == "passed":
        assert then["prosecution_limit"] == "passed"
    if then["prosecution_limit"] == "passed":
        told = {found.code: found.answer for found in decide(SETS["2026-11-01.toml"], then)[1]}
        assert told["CLOCK"] is Answer.NOT_MET


def test_a_stance_of_every_kind_is_known_to_some_set():
    assert {*InterviewStance} == FACTS["interview_stance"].choices
    assert UNCLASSIFIED in FACTS["offence_classes"].choices
