"""Policies of disclosure control are dated, digested, and never changed."""

from datetime import date

import pytest

from checkpoint.extracts.references import (
    PolicyUnreadable,
    opened,
    parse,
    policies,
    policy_on,
)
from checkpoint.foundation.datedfiles import SUMS, digest
from conftest import ROOT

FOLDER = ROOT / "src" / "checkpoint" / "extracts" / "policies"
PUBLISHED = {"2026-11-23": "fb3a2158cab3ceeced105cabc4be0f67af3ee61c07291f9d60eb4fa7ba20cfe3"}
TEXT = (FOLDER / "2026-11-23.toml").read_text("utf-8")


def test_a_published_policy_never_changes():
    assert {f.stem: digest(f.read_text("utf-8")) for f in FOLDER.glob("*.toml")} == PUBLISHED


def test_the_policy_of_a_day_is_the_one_that_began_last():
    assert policy_on(date(2026, 1, 1)) is policies()["2026-11-23"]
    assert (policy_on(date(2026, 1, 1)).people.k, policy_on(date(2026, 1, 1)).people.l) == (10, 2)
    with pytest.raises(LookupError, match="2015-04-06"):
        policy_on(date(2015, 4, 6))


def test_a_policy_that_was_tampered_with_is_not_opened():
    sums = f"{digest(TEXT)}  2026-11-23.toml\n"
    files = {"2026-11-23.toml": TEXT, SUMS: sums}
    assert [*opened(files)] == ["2026-11-23"]
    for wrong in (
        files | {"2026-11-23.toml": TEXT.replace("k = 10 ", "k = 3 ")},
        {"2026-11-24.toml": TEXT, SUMS: sums.replace("23.toml", "24.toml")},
        {"2026-11-23.toml": TEXT},
    ):
        with pytest.raises(PolicyUnreadable, match="not what was published"):
            opened(wrong)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("k = 10 ", "k = 1 ", "people.k"),
        ("[1, 7, 28, 84, 168]", "[1, 7, 30]", "days: a step"),
        ("[5, 10, 50]", "[5, 5]", "numbers: a step"),
        ("[1, 30, 365, 1825]", "[30, 1]", "harm: the bands"),
        ("from = [0, 25, 45]", "from = [0, 26, 45]", "level 1 is not made of whole bands"),
        ("from = [0, 25, 45]", "from = [1, 25, 45]", "they begin at 0"),
        ("level = 1", "level = 2", "the levels count from 0"),
        ('title = "', 'titel = "', "titel"),
        ("version =", "version", "the file|Expected"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_every_fault(old, new, told):
    assert old in TEXT
    with pytest.raises(PolicyUnreadable, match=told):
        parse(TEXT.replace(old, new, 1))
