"""The rule files as a whole: what does not load, and where it says so."""

import shutil
import subprocess
from datetime import date
from importlib.resources import files

import pytest

from checkpoint.eligibility.references import SUMS, chain_faults, rule_files
from checkpoint.eligibility.rules import (
    RulesUnreadable,
    chosen_because,
    digest,
    opened,
    parse,
)
from conftest import ROOT

FOLDER = files("checkpoint.eligibility") / "rulesets"
TEXTS = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
PILOT, TRIAL, PAGE, NEWEST = sorted(
    name for name in TEXTS if name.endswith(".toml") and not name.endswith(".cases.toml")
)


def refusal(**changed):
    """What is said of the files with these put in their place; None takes one away."""
    texts = {name: text for name, text in (TEXTS | changed).items() if text is not None}
    with pytest.raises(RulesUnreadable) as refused:
        rule_files(texts)
    return str(refused.value)


def summed(**changed):
    """The same, with the digests written anew."""
    texts = TEXTS | changed
    names = [name for name in (PILOT, TRIAL, PAGE, NEWEST) if texts[name] is not None]
    return refusal(
        **changed, **{SUMS: "".join(f"{digest(texts[name])}  {name}\n" for name in names)}
    )


def test_the_files_that_ship_load_in_the_order_of_their_first_days():
    assert [*rule_files(TEXTS)] == [PILOT, TRIAL, PAGE, NEWEST]


def test_there_are_three_dated_rule_sets_and_the_one_with_the_clock():
    days = [parse(TEXTS[name]).in_force_from for name in (PILOT, TRIAL, PAGE, NEWEST)]
    assert days == [date(2015, 4, 7), date(2016, 8, 1), date(2018, 4, 1), date(2026, 11, 1)]


def test_each_set_says_where_it_follows_its_own_source():
    for name in (PILOT, TRIAL, NEWEST):
        assert "silent" in parse(TEXTS[name]).notes


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (PILOT, "= 2016-08-01", "= 2016-07-01", "2015-04-07: in_force_until: gap, 2016-08-01"),
        (PILOT, "= 2016-08-01", "= 2016-09-01", "2015-04-07: in_force_until: overlap, 2016-08-01"),
        (TRIAL, "from = 2016-08-01", "from = 2015-04-07", "overlap, 2015-04-07 begins that day"),
        (TRIAL, '"risk_band"', '"shoe_size"', "2016-08-01.toml: criteria.10.met_when"),
        (TRIAL, '"risk_band"', '"shoe_size"', "unknown fact shoe_size (in RISK)"),
        (TRIAL, "S7: the cohort", "S9: the cohort", "2016-08-01.toml: : Value error, RISK: no source S9"),
        (NEWEST, 'source = "S2: 18 or over"', "", "2026-11-01.toml: criteria.2.source: Field required (in AGENOW)"),
        (NEWEST, 'version = "2026', 'version = "2025', "2026-11-01.toml: version: it is not named"),
    ],
    ids=["gap", "overlap", "one day", "unknown fact", "in which", "no such source", "none", "name"],
)  # fmt: skip
def test_a_rule_file_with_a_fault_does_not_load_and_says_where(name, old, new, told):
    assert old in TEXTS[name]
    assert told in summed(**{name: TEXTS[name].replace(old, new, 1)})


def test_a_rule_file_with_a_changed_digest_does_not_load():
    told = refusal(**{PAGE: TEXTS[PAGE] + "# a word more\n"})
    assert told.startswith(f"{PAGE}: digest: it is ")
    assert digest(TEXTS[PAGE]) in told


def test_a_rule_file_that_nobody_wrote_down_does_not_load_and_one_that_is_gone_is_missed():
    lines = TEXTS[SUMS].splitlines(keepends=True)
    assert refusal(**{SUMS: "".join(lines[1:])}) == f"{PILOT}: {SUMS} does not name it"
    assert refusal(**{NEWEST: None}) == f"{NEWEST}: {SUMS} names it and it is not there"


def test_the_last_rules_have_no_end():
    text = TEXTS[NEWEST].replace("= 2026-11-01", "= 2026-11-01\nin_force_until = 2030-01-01", 1)
    assert "2026-11-01: in_force_until: gap, nothing begins 2030-01-01" in summed(**{NEWEST: text})


def test_every_fault_of_every_file_is_told_at_once():
    told = summed(**{PILOT: "x = 1", NEWEST: "not TOML"})
    assert f"{PILOT}: " in told
    assert f"{NEWEST}: " in told


def test_no_rules_at_all_have_no_fault():
    assert chain_faults([]) == []
    assert rule_files({}) == {}


def test_a_published_set_is_opened_only_as_it_was_published():
    text = TEXTS[PAGE]
    assert opened(text, digest(text)) is parse(text)
    with pytest.raises(RulesUnreadable, match="when published"):
        opened(text + " ", digest(text))


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed here")
def test_the_digests_can_be_checked_without_this_software():
    folder = ROOT / "src/checkpoint/eligibility/rulesets"
    checked = subprocess.run(["sha256sum", "-c", SUMS], cwd=folder, check=True, capture_output=True)
    assert checked.stdout.count(b": OK") == 4


def test_decisions_from_before_the_arrest_was_a_fact_say_that_the_day_of_the_decision_counted():
    old = {"decided_on": "2026-10-20"}
    assert chosen_because(parse(TEXTS[PAGE]), old) == (
        "In force on the day of the decision, 2026-10-20."
    )
