"""Worked cases of every rule set that ships with the package."""

import tomllib
from importlib.resources import files

import pytest

from checkpoint.eligibility.facts import FACTS, Kind
from checkpoint.eligibility.rules import decide, parse, stored, until_of
from checkpoint.eligibility.states import Answer, Verdict

FOLDER = files("checkpoint.eligibility") / "rulesets"
TEXTS = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
SETS = sorted(
    name.removesuffix(".toml")
    for name in TEXTS
    if name.endswith(".toml") and not name.endswith(".cases.toml")
)
WORKED = {
    name.removesuffix(".cases.toml"): tomllib.loads(text)
    for name, text in TEXTS.items()
    if name.endswith(".cases.toml")
}
RUN = [(stem, case) for stem, sheet in sorted(WORKED.items()) for case in sheet["cases"]]
# What every record has: an offence has its day and its code, and a decision is made on a day.
ALWAYS_KNOWN = {
    *("earliest_offence_on", "offence_classes", "offence_codes", "offence_schedules"),
    *("offences_in_force", "prosecution_limit", "arrested_on", "decided_on"),
}
# No days are left where no limit runs, which is known and not missing.
NEVER_WANTED = ALWAYS_KNOWN | {"prosecution_days_left", "prosecution_last_day"}
CODED = (Kind.CODE, Kind.CODES)
TYPES = {Kind.YES_NO: bool, Kind.NUMBER: int, Kind.DAY: str, Kind.CODE: str, Kind.CODES: list}


def facts_of(stem, case):
    differences = case.get("facts", {}) | dict.fromkeys(case.get("unknown", []))
    return WORKED[stem]["base"] | differences


def outcome(stem, case):
    return decide(parse(TEXTS[f"{stem}.toml"]), facts_of(stem, case))


def noted(findings):
    return [found for found in findings if found.answer is not Answer.MET or found.refers]


def test_every_rule_set_has_worked_cases_and_every_sheet_of_cases_a_rule_set():
    assert SETS
    assert sorted(WORKED) == SETS
    assert all(sheet["cases"] for sheet in WORKED.values())
    assert len(TEXTS) == 2 * len(SETS) + 1  # and their digests


@pytest.mark.parametrize("stem", SETS)
def test_a_rule_set_is_named_after_its_version(stem):
    assert parse(TEXTS[f"{stem}.toml"]).version == stem


@pytest.mark.parametrize(("stem", "case"), RUN, ids=[f"{s}: {c['name']}" for s, c in RUN])
def test_a_worked_case_comes_out_as_it_was_worked(stem, case):
    verdict, findings = outcome(stem, case)
    assert (verdict.value, [found.code for found in noted(findings)]) == (
        case["verdict"],
        case["because"],
    )
    assert str(until_of(stored(findings)) or "") == case.get("until", "")


@pytest.mark.parametrize("stem", WORKED)
def test_the_case_that_all_start_from_is_eligible_and_says_every_fact_that_is_asked(stem):
    base = WORKED[stem]["base"]
    rules = parse(TEXTS[f"{stem}.toml"])
    asked = {test.fact for criterion in rules.criteria for test in criterion.tests()}
    assert asked - NEVER_WANTED <= set(base) <= set(FACTS)
    assert decide(parse(TEXTS[f"{stem}.toml"]), base)[0] is Verdict.ELIGIBLE


@pytest.mark.parametrize("stem", WORKED)
def test_cases_are_told_once_in_sentences_and_say_only_what_differs(stem):
    cases = WORKED[stem]["cases"]
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names)
    assert all(name.endswith(".") for name in names)
    base = WORKED[stem]["base"]
    for case in cases:
        assert set(case) <= {"name", "facts", "unknown", "verdict", "because", "until"}
        given = case.get("facts", {})
        assert {name for name, value in given.items() if base.get(name) == value} == set()
        assert not set(given) & set(case.get("unknown", []))


@pytest.mark.parametrize("stem", WORKED)
def test_cases_hold_only_facts_and_codes_that_there_are(stem):
    for case in WORKED[stem]["cases"]:
        for name, value in facts_of(stem, case).items():
            if value is None:
                assert name not in ALWAYS_KNOWN
                continue
            assert type(value) is TYPES[FACTS[name].kind]
            if FACTS[name].kind in CODED:
                assert all(map(FACTS[name].may_be, value if isinstance(value, list) else [value]))


@pytest.mark.parametrize("stem", SETS)
def test_rules_speak_only_of_codes_that_there_are(stem):
    spoken = [
        test for criterion in parse(TEXTS[f"{stem}.toml"]).criteria for test in criterion.tests()
    ]
    coded = [test for test in spoken if FACTS[test.fact].kind in CODED]
    assert coded
    for test in coded:
        value = test.value if isinstance(test.value, list) else [test.value]
        assert all(map(FACTS[test.fact].may_be, value))


@pytest.mark.parametrize("stem", SETS)
def test_every_criterion_stops_or_refers_some_case_all_by_itself(stem):
    alone = set()
    for case in WORKED[stem]["cases"]:
        findings = noted(outcome(stem, case)[1])
        if len(findings) == 1 and (findings[0].answer is Answer.NOT_MET or findings[0].refers):
            alone.add(findings[0].code)
    assert alone == {criterion.code for criterion in parse(TEXTS[f"{stem}.toml"]).criteria}


@pytest.mark.parametrize("stem", SETS)
def test_every_criterion_that_can_want_for_a_fact_does_so_in_some_case(stem):
    wanting = {
        criterion.code
        for criterion in parse(TEXTS[f"{stem}.toml"]).criteria
        if not {test.fact for test in criterion.tests()} <= NEVER_WANTED
    }
    waiting = {
        found.code
        for case in WORKED[stem]["cases"]
        for found in outcome(stem, case)[1]
        if found.answer is Answer.NOT_KNOWN and found.missing
    }
    assert wanting <= waiting


@pytest.mark.parametrize("stem", SETS)
def test_every_special_term_refers_some_case(stem):
    reasons = {
        special.reason
        for criterion in parse(TEXTS[f"{stem}.toml"]).criteria
        for special in criterion.refer
    }
    told = {
        found.reason
        for case in WORKED[stem]["cases"]
        for found in outcome(stem, case)[1]
        if found.refers
    }
    assert told == reasons
