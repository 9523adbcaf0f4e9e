"""Rule files: what is read, and what is refused with the place and the fault."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from checkpoint.eligibility.rules import RulesUnreadable, decide, digest, parse
from checkpoint.eligibility.states import Verdict

GOOD = """
version = "2030-01-01"
title = "Rules made up for a test"
in_force_from = 2030-01-01
approved_by = "Nobody at all"

[sources]
S1 = "A page made up for a test"

[[criteria]]
code = "ADULT"
question = "Is the person an adult?"
met_when = [{ all = [{ fact = "age_at_arrest_years", test = "at_least", value = 18 }] }]
if_met = "An adult."
if_not_met = "A child."
source = "S1: adults"

[[criteria]]
code = "FREE"
question = "Is it free of hate?"
met_when = [{ all = [{ fact = "hate_crime", test = "is", value = false }] }]
refer = [{ when = { all = [{ fact = "interview_stance", test = "one_of", value = ["denied"] }] }, answer = "met", reason = "Ask." }]
if_met = "Free."
if_not_met = "Not free."
source = "S1: hate"
"""
ADULT, FREE = "criteria.0", "criteria.1"
FIRST, SECOND = f"{ADULT}.met_when.0.all.0", f"{FREE}.met_when.0.all.0"
SPECIAL = f"{FREE}.refer.0"
TESTS = '[{ fact = "hate_crime", test = "is", value = false }]'

# What is changed into what, where the refusal points, and what it says.
BAD = {
    "an unknown fact": ("age_at_arrest_years", "shoe_size", FIRST, "unknown fact shoe_size"),
    "an unknown fact in a special term": ("interview_stance", "mood", SPECIAL, "unknown fact mood"),
    "a doubled criterion": ('"FREE"', '"ADULT"', "", "criteria stand twice: ADULT"),
    "no source": ('source = "S1: adults"\n', "", f"{ADULT}.source", "required"),
    "a source that is not listed": ("S1: adults", "S9: adults", "ADULT", "no source S9"),
    "a source without its key": ("S1: adults", "the page says so", "ADULT", "no source"),
    "no sources": ('[sources]\nS1 = "A page made up for a test"\n', "", "sources", "required"),
    "an empty source": ('"A page made up for a test"', '""', "sources.S1", "at least 3"),
    "a test for another kind": ('"at_least"', '"any_in"', FIRST, "any_in cannot be put to age"),
    "a list test of one code": ('"one_of"', '"all_in"', SPECIAL, "all_in cannot be put to inter"),
    "months of an age": ('"at_least"', '"less_than_months_ago"', FIRST, "cannot be put to age"),
    "an unknown test": ('"at_least"', '"more_than"', f"{FIRST}.test", "at_least"),
    "a number in quotes": ("value = 18", 'value = "18"', FIRST, "value"),
    "half a year": ("value = 18", "value = 18.5", FIRST, "value"),
    "yes for a number": ("value = 18", "value = true", FIRST, "value"),
    "one code for a list": ('["denied"]', '"denied"', SPECIAL, "value"),
    "a number among codes": ('["denied"]', '["denied", 1]', SPECIAL, "value"),
    "a word for yes or no": ("value = false", 'value = "no"', SECOND, "value"),
    "nought for no": ("value = false", "value = 0", SECOND, "value"),
    "a list for yes or no": ("value = false", "value = [false]", SECOND, "value"),
    "no value": (", value = 18", "", f"{FIRST}.value", "required"),
    "nothing to meet": (f"[{{ all = {TESTS} }}]", "[]", f"{FREE}.met_when", "at least 1"),
    "no tests in a term": (TESTS, "[]", f"{FREE}.met_when.0.all", "at least 1"),
    "an unknown key of the set": ("approved_by", "aproved_by", "aproved_by", "not permitted"),
    "an unknown key of a criterion": ("if_met", "if_meet", f"{ADULT}.if_meet", "not permitted"),
    "an unknown key of a test": ("value = 18", "value = 18, unit = 1", f"{FIRST}.unit", "not perm"),
    "a code in small letters": ('"ADULT"', '"adult"', f"{ADULT}.code", "pattern"),
    "an answer that cannot refer": ('answer = "met"', 'answer = "not_met"', SPECIAL, "met"),
    "no reason to refer": (', reason = "Ask."', "", f"{SPECIAL}.reason", "required"),
    "no first day": ("in_force_from = 2030-01-01\n", "", "in_force_from", "required"),
    "a day that is none": ("= 2030-01-01", '= "soon"', "in_force_from", "date"),
    "an empty title": ('"Rules made up for a test"', '""', "title", "at least 3"),
    "a version with blanks": ('"2030-01-01"', '"new rules"', "version", "small letters"),
    "an end that is no fact": (
        'source = "S1: hate"',
        'until_fact = "soon"\nsource = "S1: hate"',
        FREE,
        "soon is not a fact that is a day (in FREE)",
    ),
    "an end that is no day": (
        'source = "S1: hate"',
        'until_fact = "hate_crime"\nsource = "S1: hate"',
        FREE,
        "hate_crime is not a fact that is a day",
    ),
    "an end before the beginning": (
        "in_force_from = 2030-01-01",
        "in_force_from = 2030-01-01\nin_force_until = 2030-01-01",
        "",
        "in_force_until is not after in_force_from",
    ),
    "an unknown way to apply": (
        "in_force_from = 2030-01-01",
        'in_force_from = 2030-01-01\napplies_to = "everybody"',
        "applies_to",
        "arrests_from",
    ),
    "not TOML": ("title =", "title", "line 3", "'='"),
    "a key twice": ("title =", "version =", "line 3", "overwrite"),
    "a day that is not in the calendar": ("= 2030-01-01", "= 2030-02-30", "line 4", ""),
}


def refusal(text):
    with pytest.raises(RulesUnreadable) as refused:
        parse(text)
    return str(refused.value)


def test_the_good_file_is_good():
    rules = parse(GOOD)
    assert [criterion.code for criterion in rules.criteria] == ["ADULT", "FREE"]
    known = {"age_at_arrest_years": 30, "hate_crime": False, "interview_stance": "admitted"}
    assert decide(rules, known)[0] is Verdict.ELIGIBLE


@pytest.mark.parametrize(("old", "new", "where", "what"), BAD.values(), ids=BAD)
def test_a_bad_rule_file_is_refused_and_says_where(old, new, where, what):
    assert old in GOOD
    words = refusal(GOOD.replace(old, new, 1))
    assert where in words
    assert what in words


def test_every_fault_of_a_file_is_told_at_once():
    words = refusal(GOOD.replace("age_at_arrest_years", "shoe_size").replace("hate_crime", "mood"))
    assert f"{FIRST}: " in words
    assert f"{SECOND}: " in words


@pytest.mark.parametrize("text", ["", "version = 1", "[[criteria]]", "\0", "x = 1"])
def test_what_is_no_rule_set_at_all_is_refused(text):
    assert refusal(text)


@given(text=st.text())
def test_any_text_is_refused_and_never_a_fault(text):
    assert refusal(text) is not None


def test_rules_cannot_be_changed_once_they_are_read():
    rules = parse(GOOD)
    with pytest.raises(ValidationError, match="frozen"):
        rules.title = "Other rules"
    with pytest.raises(ValidationError, match="frozen"):
        rules.criteria[0].if_met = "Other words."


def test_the_digest_is_the_sha_256_of_the_text():
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(GOOD) == hashlib.sha256(GOOD.encode("utf-8")).hexdigest()


@given(place=st.integers(0, len(GOOD) - 1))
def test_one_character_more_changes_the_digest(place):
    assert digest(GOOD[:place] + "#" + GOOD[place:]) != digest(GOOD)
