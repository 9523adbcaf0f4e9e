"""Values become coarser level by level, each level made of whole ones before it; text is harmless."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.states import OffenceClass
from checkpoint.extracts.columns import Kind
from checkpoint.extracts.hierarchies import (
    NOT_GROUPED,
    WITHHELD,
    generalised,
    harmless,
    in_words,
    top,
)
from checkpoint.outcomes.cuts.states import EndOfObservation
from checkpoint.outcomes.elsewhere.tabular import ParticipantRow
from checkpoint.outcomes.own import rules
from checkpoint.people.states import SelfDefinedEthnicity, Sex
from copied import POLICY

VALUES = {
    Kind.DAYS: st.integers(0, 4000).map(str),
    Kind.NUMBER: st.integers(-300, 300).map(str),
    Kind.AGE: st.integers(10, 120).map(str),
    Kind.ETHNICITY: st.sampled_from(["W", "A", "B", "M", "O", "NS", "white", "black"]),
    Kind.OFFENCE: st.sampled_from(["theft", "robbery", "drugs", "fraud"]),
    Kind.QUARTER: st.sampled_from(["2024-Q1", "2024-Q4", "2025-Q1"]),
    Kind.ENDING: st.sampled_from(["data_cut", "death", "emigration"]),
    Kind.PLACE: st.sampled_from(["E06000047", "E06000005"]),
    Kind.SEX: st.sampled_from(["male", "female"]),
    Kind.YES_NO: st.sampled_from(["t", "f", "true", "false"]),
    Kind.CODE: st.sampled_from(["married", "single"]),
}


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (Kind.DAYS, "29", [29, 28, 28, 0, 0, WITHHELD]),
        (Kind.NUMBER, "17", ["17", 15, 10, 0, WITHHELD]),
        (Kind.NUMBER, "0.35", ["0.35", 0, 0, 0, WITHHELD]),
        (Kind.AGE, "17", ["under 18", "under 25", WITHHELD]),
        (Kind.AGE, "55", ["55+", "45+", WITHHELD]),
        (Kind.ETHNICITY, "W", ["W", "white", WITHHELD]),
        (Kind.ETHNICITY, "M", ["M", "other", WITHHELD]),
        (Kind.ETHNICITY, "NS", ["NS", "not_stated", WITHHELD]),
        (Kind.OFFENCE, "theft", ["theft", "property", WITHHELD]),
        (Kind.OFFENCE, "arson", ["arson", "property", WITHHELD]),
        (Kind.OFFENCE, "treason", ["treason", "not_grouped", WITHHELD]),
        (Kind.QUARTER, "2024-Q3", ["2024-Q3", "2024", WITHHELD]),
        (Kind.ENDING, "death", ["death", "earlier", WITHHELD]),
        (Kind.ENDING, "data_cut", ["data_cut", "data_cut", WITHHELD]),
        (Kind.PLACE, "E06000047", ["E06000047", WITHHELD]),
        (Kind.SEX, "male", ["male", WITHHELD]),
        (Kind.YES_NO, "t", ["true", WITHHELD]),
        (Kind.CODE, "x", ["x", WITHHELD]),
        (Kind.ARM, "A", ["A"]),
        (Kind.DISTANCE, "-3", [-5]),
        (Kind.COST, "123456", [1200]),
        (Kind.HARM, "0.5", ["under 1"]),
        (Kind.HARM, "5475", ["1825 and over"]),
        (Kind.HARM, "30", ["30 to 364"]),
    ],
)
def test_a_value_is_told_so_at_each_level(kind, value, told):
    assert [generalised(value, kind, level, POLICY) for level in range(len(told))] == told
    assert top(kind, POLICY) == (len(told) - 1)
    assert generalised(None, kind, 0, POLICY) is None


def test_every_code_that_a_cut_can_hold_has_a_broader_group():
    classes = [*OffenceClass, rules.SEVERAL]
    assert {rules.index_group([each]) for each in classes} == {*classes}
    said = {rules.ethnicity_group(each) for each in SelfDefinedEthnicity} - {None}
    taken = {*get_args(get_args(ParticipantRow.model_fields["ethnicity"].annotation)[0])}
    assert said == taken
    for kind, codes in ((Kind.OFFENCE, classes), (Kind.ETHNICITY, said)):
        assert NOT_GROUPED not in {generalised(each, kind, 1, POLICY) for each in codes}
    for kind, codes in ((Kind.SEX, Sex), (Kind.ENDING, EndOfObservation)):
        assert [generalised(each, kind, 0, POLICY) for each in codes] == [*codes]


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_what_is_alike_at_one_level_is_alike_at_every_coarser_one(kind, data):
    one, other = data.draw(VALUES[kind]), data.draw(VALUES[kind])
    alike = [
        generalised(one, kind, level, POLICY) == generalised(other, kind, level, POLICY)
        for level in range(top(kind, POLICY) + 1)
    ]
    assert alike == sorted(alike)
    assert alike[-1]


def test_withheld_does_not_tell_whether_anything_is_known():
    assert (
        generalised(None, Kind.SEX, 1, POLICY) == WITHHELD == generalised("m", Kind.SEX, 1, POLICY)
    )


@pytest.mark.parametrize("value", ["nan", "inf", "many"])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValueError):
        generalised(value, Kind.NUMBER, 0, POLICY)


@given(st.text(max_size=20))
def test_no_text_begins_as_a_formula_or_breaks_a_line(text):
    told = harmless(text)
    assert not told.startswith(
        ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    )
    assert not {"\n", "\r", "\t", "\0"} & {*told}


@pytest.mark.parametrize(
    "text", ["=1+1", "\t=1", " @SUM(A1)", "+44", "-2+3", "\r\n=cmd|' /C calc'!A0"]
)
def test_a_formula_stays_words(text):
    assert harmless(text).startswith("'")


def test_every_level_has_its_words():
    assert in_words(Kind.DAYS, 0, POLICY) == "single days"
    assert in_words(Kind.DAYS, 1, POLICY) == "steps of 7 days"
    assert in_words(Kind.NUMBER, 0, POLICY) == "as held"
    assert in_words(Kind.NUMBER, 2, POLICY) == "steps of 10"
    assert in_words(Kind.AGE, 1, POLICY) == "bands: under 25, 25-44, 45+"
    assert in_words(Kind.ETHNICITY, 1, POLICY) == "white, other, not stated"
    assert in_words(Kind.OFFENCE, 1, POLICY) == "broader groups"
    assert in_words(Kind.OFFENCE, 0, POLICY) == "as held"
    assert in_words(Kind.PLACE, 1, POLICY) == "withheld"
