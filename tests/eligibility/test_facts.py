"""What the rules may ask about, and how it is come by."""

from datetime import date
from itertools import permutations

import pytest

from checkpoint.custody.clocks import Timed, clock_of
from checkpoint.custody.schemas import AllegeOffence, SaveScreening
from checkpoint.eligibility.facts import (
    FACTS,
    UNCLASSIFIED,
    Alleged,
    gather,
)
from checkpoint.forecast.schemas import RecordForecast
from checkpoint.people.schemas import RegisterPerson

BORN, ARREST, DECISION = date(1992, 3, 4), date(2026, 11, 2), date(2026, 11, 5)


def theft(on=date(2026, 11, 1), *, area=True, kind="theft", **more):
    particulars = {"code": "TH68010", "in_force": "not_dated"} | more
    return Alleged(offence_class=kind, committed_from=on, committed_in_area=area, **particulars)


def a_clock(on=DECISION, *offences):
    return clock_of(offences, on=on)


def gathered(*offences, **facts):
    whole = {"born": BORN, "arrested_on": ARREST, "decided_on": DECISION, "screening": {}}
    whole["clock"] = a_clock()
    return gather(offences=offences or [theft()], **whole | facts)


def ages(facts):
    return [facts[f"age_at_{when}_years"] for when in ("offence", "arrest", "decision")]


def test_without_a_date_of_birth_no_age_is_known():
    assert ages(gathered(born=None)) == [None, None, None]


def test_an_estimate_is_told_and_no_age_follows_from_it():
    assert ages(gathered(born=None, age_estimated=True)) == [None, None, None]
    assert gathered(born=None, age_estimated=True)["age_estimated"] is True
    assert gathered()["age_estimated"] is False


def test_the_ages_of_somebody_turning_18_differ_from_day_to_day():
    offence, arrest, decision = (date(2026, 11, day) for day in (1, 2, 3))
    facts = {"arrested_on": arrest, "decided_on": decision}
    assert ages(gathered(theft(offence), born=date(2008, 11, 1), **facts)) == [18, 18, 18]
    assert ages(gathered(theft(offence), born=date(2008, 11, 2), **facts)) == [17, 18, 18]
    assert ages(gathered(theft(offence), born=date(2008, 11, 3), **facts)) == [17, 17, 18]
    assert ages(gathered(theft(offence), born=date(2008, 11, 4), **facts)) == [17, 17, 17]


def test_the_age_at_the_offence_is_that_at_the_earliest_one():
    facts = gathered(theft(), theft(date(2009, 3, 4)), theft(date(2020, 1, 1)))
    assert facts["age_at_offence_years"] == 17
    assert facts["earliest_offence_on"] == "2009-03-04"


def test_every_fact_is_answered_and_none_besides():
    assert set(gathered()) == set(FACTS)
    assert set(gathered(screening={"shoe_size": 43, "hate_crime": False})) == set(FACTS)


def test_what_the_suite_did_not_answer_is_not_known():
    facts = gathered(born=None, screening={"hate_crime": False, "co_accused": None})
    known = {name for name, value in facts.items() if value is not None}
    by_itself = {
        *("offences_in_area", "earliest_offence_on", "offence_classes", "offence_codes"),
        *("offence_schedules", "offences_in_force", "prosecution_limit"),
        *("arrested_on", "decided_on", "age_estimated"),
    }
    assert known == by_itself | {"hate_crime"}
    assert facts["hate_crime"] is False


def test_the_suite_cannot_answer_for_the_record():
    screening = {"age_at_arrest_years": 40, "decided_on": "1999-01-01", "offence_classes": []}
    assert gathered(screening=screening) == gathered()


def test_days_are_text_so_that_a_stored_decision_can_be_replayed():
    facts = gathered()
    assert (facts["earliest_offence_on"], facts["decided_on"]) == ("2026-11-01", "2026-11-05")


def test_classes_are_told_once_and_in_order_and_a_missing_one_as_unclassified():
    facts = gathered(theft(kind="theft"), theft(kind=None), theft(kind="fraud"), theft(), theft())
    assert facts["offence_classes"] == ["fraud", "theft", UNCLASSIFIED]


@pytest.mark.parametrize(
    ("places", "everywhere"),
    [
        ([True, True], True),
        ([True, False], False),
        ([True, None], None),
        ([None, False], False),
        ([None], None),
    ],
)
def test_one_offence_outside_the_area_settles_it_and_one_unknown_leaves_it_open(places, everywhere):
    assert gathered(*[theft(area=place) for place in places])["offences_in_area"] is everywhere


def test_the_order_of_the_offences_changes_nothing():
    offences = [theft(), theft(date(2026, 10, 1), area=None, kind="fraud"), theft(kind=None)]
    assert len({str(gathered(*order)) for order in permutations(offences)}) == 1


def test_every_fact_is_asked_for_in_words_and_names_a_field_that_can_be_sent():
    rooms = {"person": RegisterPerson, "offences": AllegeOffence, "screening": SaveScreening}
    rooms["risk_forecast"] = RecordForecast
    for fact in FACTS.values():
        assert fact.question.endswith("?")
        room, _, field = fact.given_as.partition(".")
        known_by_itself = fact.given_as in {"the day itself", "the arrest itself"}
        assert known_by_itself or room == "risk_forecast" or field in rooms[room].model_fields
    assert len({fact.question for fact in FACTS.values()}) == len(FACTS)


def test_what_is_screened_is_asked_about_by_the_same_name():
    asked = {name for name, fact in FACTS.items() if fact.given_as.startswith("screening.")}
    assert asked == set(SaveScreening.model_fields)
    assert all(FACTS[name].given_as == f"screening.{name}" for name in asked)


@pytest.mark.parametrize(
    ("own", "of_the_case", "found"),
    [
        ([None], "medium", "medium"),
        (["none"], "medium", "none"),
        (["standard", None], "none", "standard"),
        (["none", None], None, None),
        (["high", None], None, "high"),
        (["none", "standard", "medium"], None, "medium"),
        ([None], None, None),
    ],
)
def test_the_worst_grade_counts_and_the_cases_own_where_an_offence_has_none(
    own, of_the_case, found
):
    offences = [theft(domestic_abuse_grade=grade) for grade in own]
    facts = gathered(*offences, screening={"domestic_abuse_grade": of_the_case})
    assert facts["domestic_abuse_grade"] == found


@pytest.mark.parametrize(
    ("own", "of_the_case", "found"),
    [
        ([None], True, True),
        ([False], True, False),
        ([False, None], True, True),
        ([True, None], None, True),
        ([False, None], None, None),
    ],
)
def test_one_hate_flag_settles_it_and_the_cases_counts_where_an_offence_has_none(
    own, of_the_case, found
):
    facts = gathered(
        *[theft(hate_crime=flag) for flag in own], screening={"hate_crime": of_the_case}
    )
    assert facts["hate_crime"] is found


def test_codes_and_schedules_are_told_once_and_in_order():
    sexual = theft(code="SX03128", schedules=["soa2003_sch3", "cja2003_sch15_part2"])
    facts = gathered(theft(), sexual, theft())
    assert facts["offence_codes"] == ["SX03128", "TH68010"]
    assert facts["offence_schedules"] == ["cja2003_sch15_part2", "soa2003_sch3"]
    assert gathered()["offence_schedules"] == []


@pytest.mark.parametrize(
    ("found", "worst"),
    [
        (["in_force", "not_dated"], "not_dated"),
        (["not_dated", "partly_in_force"], "partly_in_force"),
        (["not_in_force", "in_force", "partly_in_force"], "not_in_force"),
        (["in_force"], "in_force"),
    ],
)
def test_one_offence_that_was_none_on_its_day_settles_it(found, worst):
    assert gathered(*[theft(in_force=each) for each in found])["offences_in_force"] == worst


@pytest.mark.parametrize(
    ("decided", "limit", "left"),
    [
        (date(2026, 11, 5), "running", 137),
        (date(2027, 3, 22), "running", 0),
        (date(2027, 3, 23), "passed", -1),
    ],
)
def test_the_clock_is_a_fact_as_of_the_day_of_the_decision(decided, limit, left):
    drunk = Timed(None, "CJ67002", "summary_only", date(2026, 9, 22))
    facts = gathered(decided_on=decided, clock=a_clock(decided, drunk))
    told = [facts[f"prosecution_{name}"] for name in ("limit", "last_day", "days_left")]
    assert told == [limit, "2027-03-22", left]


def test_where_no_limit_runs_no_day_is_missing():
    facts = gathered()
    assert facts["prosecution_limit"] == "none"
    assert (facts["prosecution_last_day"], facts["prosecution_days_left"]) == (None, None)


ENDING = [
    ("subject_to_order", "order_ends_on"),
    ("on_bail", "bail_ends_on"),
    ("under_supervision", "supervision_ends_on"),
]


@pytest.mark.parametrize(("what", "ends"), ENDING)
@pytest.mark.parametrize(
    ("last", "still"),
    [(date(2026, 11, 4), False), (date(2026, 11, 5), True), (date(2026, 11, 6), True)],
)
def test_what_ended_before_the_decision_is_none_any_more(what, ends, last, still):
    facts = gathered(screening={what: True, ends: last})
    assert (facts[what], facts[ends]) == (still, last.isoformat())
    assert gathered(screening={what: True, ends: last.isoformat()}) == facts


@pytest.mark.parametrize(("what", "ends"), ENDING)
def test_what_has_no_known_end_goes_on(what, ends):
    for answer in (True, False, None):
        facts = gathered(screening={what: answer})
        assert (facts[what], facts[ends]) == (answer, None)


def test_the_forecast_is_a_fact_where_there_is_one():
    assert gathered()["risk_band"] is None
    assert gathered(risk_band="moderate")["risk_band"] == "moderate"


def test_a_code_may_be_one_of_its_choices_or_of_its_form():
    assert FACTS["offence_codes"].may_be("TH68010")
    assert not FACTS["offence_codes"].may_be("theft")
    assert not FACTS["offence_codes"].may_be(68010)
    assert FACTS["risk_band"].may_be("low")
    assert not FACTS["risk_band"].may_be("medium")


def test_facts_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        FACTS["shoe_size"] = FACTS["hate_crime"]
