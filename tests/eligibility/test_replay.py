"""Stored decisions, decided again under other rules: who would have been decided otherwise."""

import csv

import pytest

from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.replays import change_of
from checkpoint.eligibility.rules import decide, parse, stored
from checkpoint.eligibility.states import Verdict
from publishing import NEXT, RULES, TOLD

# Nobody with a hate crime is excluded; everybody must be 99.
KINDER = NEXT.replace(
    '  { fact = "hate_crime", test = "is", value = false },\n',
    "",
)
OLDER = NEXT.replace(
    'fact = "age_at_decision_years", test = "at_least", value = 18',
    'fact = "age_at_decision_years", test = "at_least", value = 99',
)
EVERYTHING = "SELECT md5(string_agg(t::text, '' ORDER BY id)) AS sum FROM {} AS t"
TABLES = ("eligibility_decision", "rule_set_version", "rule_set_proposal", "custody_record")


def test_a_draft_says_who_would_change_and_by_which_criterion(shell, decisions, written, tmp_path):
    assert KINDER != NEXT
    before = [shell.found(EVERYTHING.format(table)) for table in TABLES], shell.found(TOLD)
    out = tmp_path / "changed.csv"
    told = shell("eligibility", "replay", "--against", written(KINDER), "--out", out)
    assert told.code == 0, told.err
    assert told.out == (
        "3 decisions replayed against test-2099; 1 would come out differently.\n"
        "  1 from ineligible to eligible\n"
        "By criterion; one decision may differ in several:\n"
        "  1 HATE: not met -> met\n"
    )
    assert "Replaying" in told.err
    rows = [*csv.reader(out.read_text().splitlines())]
    assert rows == [
        ["decision_id", "verdict", "verdict_then", "criteria"],
        [decisions[2]["id"], "ineligible", "eligible", "HATE"],
    ]
    *earlier, entry = shell.found(TOLD)
    assert [shell.found(EVERYTHING.format(table)) for table in TABLES] == before[0]
    assert earlier == before[1]
    assert (entry.operation, entry.event) == ("consultation", "eligibility.replayed")


def test_without_a_file_the_first_are_named(shell, decisions, written):
    told = shell("eligibility", "replay", "--against", written(OLDER))
    assert "2 would come out differently." in told.out
    assert "  1 from eligible to ineligible\n  1 from pending to ineligible\n" in told.out
    assert "  2 AGENOW: met -> not met\n" in told.out
    named = told.out.splitlines()[-1]
    assert decisions[0]["id"] in named
    assert decisions[1]["id"] in named
    assert decisions[2]["id"] not in named


@pytest.mark.slow
def test_a_published_version_or_a_packaged_one_can_be_named(shell, decisions, publish):
    assert publish(OLDER).code == 0
    for version, changed in (("test-2099", 2), ("2018-04-01", 0)):
        told = shell("eligibility", "replay", "--against", version)
        assert f"replayed against {version}; {changed} would" in told.out
    assert shell("eligibility", "replay", "--against", "no-such").code == 14


def test_a_draft_with_a_fault_replays_nothing(shell, decisions, written):
    before = shell.found(TOLD)
    told = shell("eligibility", "replay", "--against", written(NEXT.replace("[sources]", "[")))
    assert told.code == 22
    assert shell.found(TOLD) == before


def test_what_cannot_be_read_is_named_and_not_counted(shell, decisions, written):
    tampered = (
        "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
        "UPDATE eligibility_decision SET facts = '[\"odd\"]' FROM off WHERE id = CAST(:id AS uuid)"
    )
    shell.found(tampered, id=decisions[2]["id"])
    told = shell("eligibility", "replay", "--against", written(KINDER))
    assert told.code == 19
    assert "0 would come out differently" in told.out
    assert f"These cannot be read: {decisions[2]['id']}" in told.err


FIT = {
    "age_at_offence_years": 34,
    "age_at_arrest_years": 34,
    "age_at_decision_years": 34,
    "lives_in_area": True,
    "offences_in_area": True,
    "earliest_offence_on": "2026-10-20",
    "offence_classes": ["theft"],
    "offence_codes": ["TH68010"],
    "offence_schedules": [],
    "offences_in_force": "not_dated",
    "prosecution_limit": "none",
    "interview_stance": "admitted",
    "evidential_test_met": True,
    "subject_to_order": False,
    "detained_for_court": False,
    "detained_under_mental_health_act": False,
    "co_accused": False,
    "domestic_abuse_grade": "none",
    "hate_crime": False,
    "understands_obligations": True,
    "decided_on": "2026-11-05",
}
BANDED = (
    NEXT
    + """
[[criteria]]
code = "BAND"
question = "Did the tool say moderate?"
met_when = [{ all = [{ fact = "risk_band", test = "is", value = "moderate" }] }]
if_met = "It said moderate."
if_not_met = "It said something else."
source = "S2: none; for this test"
"""
)


def decided(facts):
    verdict, findings = decide(parse(RULES), facts)
    return verdict, stored(findings), facts


def test_the_same_rules_change_nothing():
    assert change_of(*decided(FIT), parse(NEXT)) is None


def test_a_fact_that_was_not_asked_then_is_not_known():
    assert "risk_band" not in FIT
    assert "risk_band" in FACTS
    change = change_of(*decided(FIT), parse(BANDED))
    assert change.verdicts == (Verdict.ELIGIBLE, Verdict.PENDING)
    assert change.criteria == {"BAND": ("not asked", "not known")}


def test_a_criterion_that_is_asked_no_more_is_named_too():
    start = NEXT.index('[[criteria]]\ncode = "HATE"')
    end = NEXT.index('[[criteria]]\ncode = "CAPACITY"')
    change = change_of(*decided(FIT | {"hate_crime": True}), parse(NEXT[:start] + NEXT[end:]))
    assert change.verdicts == (Verdict.INELIGIBLE, Verdict.ELIGIBLE)
    assert change.criteria == {"HATE": ("not met", "not asked")}


@pytest.mark.parametrize(("grade", "answer"), [("standard", "met, refers"), ("high", "not met")])
def test_special_terms_are_told_as_such(grade, answer):
    change = change_of(
        *decided(FIT | {"domestic_abuse_grade": grade}),
        parse(NEXT.replace("Domestic abuse of standard", "Violence of standard").replace(
            '["none", "standard", "medium"]', '["none", "standard", "medium", "high"]'
        ).replace('refer = [{ when = { all = [{ fact = "domestic_abuse_grade"', 'refer = [{ when = { all = [{ fact = "hate_crime", test = "is", value = true }, { fact = "domestic_abuse_grade"')),
    )  # fmt: skip
    assert change.criteria == {"DOMESTIC": (answer, "met")}
