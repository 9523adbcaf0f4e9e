from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.forecast.references import known, parse, tool_used
from checkpoint.forecast.rules import check_votes, has_most_votes
from checkpoint.forecast.states import MEANING, RiskBand
from checkpoint.foundation.errors import RuleBroken

DAY = date(2026, 11, 3)
TOOL = """
[[tools]]
tool = "TEST"
tool_version = "a"
title = "A tool for tests"
trees = 3
available_from = 2016-08-01
available_until = 2018-01-01
source = "These tests"
"""


def votes(low, moderate, high):
    return {RiskBand.LOW: low, RiskBand.MODERATE: moderate, RiskBand.HIGH: high}


def test_the_example_of_the_source_adds_up():
    check_votes(votes(8, 87, 414), trees=509)
    assert has_most_votes(RiskBand.HIGH, votes(8, 87, 414))


@given(st.integers(0, 509), st.integers(0, 509), st.integers(0, 509))
def test_votes_add_up_to_the_trees_or_are_refused(low, moderate, high):
    given = votes(low, moderate, high)
    if low + moderate + high == 509:
        check_votes(given, trees=509)
        return
    with pytest.raises(RuleBroken) as refused:
        check_votes(given, trees=509)
    assert refused.value.facts["errors"][0]["pointer"] == "#/votes"


def test_a_tie_is_nobodys_most():
    assert not has_most_votes(RiskBand.LOW, votes(5, 5, 0))
    assert not has_most_votes(RiskBand.LOW, votes(4, 5, 0))
    assert has_most_votes(RiskBand.LOW, votes(5, 4, 0))


def test_the_packages_own_tool_is_the_one_that_the_source_tells_of():
    (hart,) = known()
    assert (hart.tool, hart.trees) == ("HART", 509)
    assert hart.source.startswith("S40")
    assert tool_used(known(), "HART", "509-trees", on=DAY) is hart


@pytest.mark.parametrize(
    ("name", "version", "on"),
    [
        ("HART", "a", date(2017, 1, 1)),
        ("TEST", "b", date(2017, 1, 1)),
        ("TEST", "a", date(2016, 7, 31)),
        ("TEST", "a", date(2018, 1, 1)),
    ],
    ids=["another tool", "another version", "not yet", "no longer"],
)
def test_a_tool_that_is_not_in_use_is_refused(name, version, on):
    tools = parse(TOOL)
    assert tool_used(tools, "TEST", "a", on=date(2016, 8, 1)) is tools[0]
    with pytest.raises(RuleBroken, match="forecast-tools"):
        tool_used(tools, name, version, on=on)


@pytest.mark.parametrize(
    "text", [TOOL * 2, TOOL.replace("= 3", "= 0"), TOOL + "more = 1", "tools = 1", "[["]
)
def test_a_file_of_tools_with_a_fault_is_refused(text):
    with pytest.raises(ValueError):
        parse(text)


def test_every_band_says_what_it_means():
    assert MEANING.keys() == {*RiskBand}
