"""What was typed beside what stands there: pure, by examples and by properties."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.differences import as_json, differences, sent_of
from checkpoint.foundation.preconditions import Overtaken, unchanged_since
from checkpoint.foundation.schemas import Command

ID = UUID(int=7)


class Stance(StrEnum):
    ADMITTED = "admitted"


class Part(Command):
    answer: str
    carried_over: bool = False


class Half(Command):
    link: Part | None = None
    own_view: str | None = None


class Form(Command):
    half: Half | None = None
    words: str | None = None


def told(yours, present, **more):
    return {
        each["pointer"]: (each["yours"], each["present"])
        for each in differences(yours, present, **more)
    }


@pytest.mark.parametrize(
    ("yours", "present", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, {}),
        ({"a": 1}, {"a": 2}, {"#/a": (1, 2)}),
        ({"a": None}, {}, {}),
        ({"a": None}, None, {}),
        ({"a": None}, {"a": "x"}, {"#/a": (None, "x")}),
        ({"a": True}, {"a": 1}, {"#/a": (True, 1)}),
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a/b": {"c~d": 1}}, {"a/b": {"c~d": 2}}, {"#/a~1b/c~0d": (1, 2)}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, {"#/a/c": (None, 2)}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": None}}, {}),
        ({"a": {"b": 1, "c": 3}}, {"a": {"b": 1, "d": 4}}, {"#/a/c": (3, None), "#/a/d": (None, 4)}),
        ({"a": {"b": 1}}, {"a": None}, {"#/a": ({"b": 1}, None)}),
        ({"a": ["x"]}, {"a": ["x", "y"]}, {"#/a": (["x"], ["x", "y"])}),
        ({"a": []}, {"a": [{"id": "1"}]}, {"#/a/-": (None, {"id": "1"})}),
        ({"a": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 1}, {"n": 3}]}, {"#/a/1/n": (2, 3)}),
        ({"a": [{"n": 1}]}, {"a": [{"n": 1}, {"n": 3}]}, {"#/a/1": (None, {"n": 3})}),
        ({"a": [{"n": 1}, {"n": 2}]}, {"a": [{"n": 1}]}, {"#/a/1": ({"n": 2}, None)}),
        (
            {"a": [{"id": "1", "n": 1}, {"id": "2", "n": 2}]},
            {"a": [{"id": "2", "n": 9}, {"id": "3", "n": 3}]},
            {
                "#/a/0": ({"id": "1", "n": 1}, None),
                "#/a/1/n": (2, 9),
                "#/a/-": (None, {"id": "3", "n": 3}),
            },
        ),
        ({"a": [{"id": "1", "n": 1}] * 2}, {"a": [{"id": "1", "n": 1}]}, {"#/a/1": ({"id": "1", "n": 1}, None)}),
    ],
)  # fmt: skip
def test_each_field_that_was_sent_and_differs_is_named_once(yours, present, found):
    assert told(yours, present) == found


def test_of_a_list_that_is_added_to_what_was_not_sent_is_no_difference():
    present = {"a": [{"question": "q", "option": "no"}, {"question": "r", "option": "no"}]}
    yours = {"a": [{"question": "q", "option": "yes"}]}
    assert told(yours, present, partial=True) == {"#/a/0/option": ("yes", "no")}
    assert told({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, partial=True) == {}
    assert told({"a": [{"n": 1}]}, {"a": [{"n": 1}, {"n": 2}]}, partial=True) == {
        "#/a/1": (None, {"n": 2})
    }


def test_what_stood_at_the_version_that_was_named_stands_beside_where_it_is_kept():
    (found,) = differences({"a": 1, "b": 2}, {"a": 3, "b": 2}, seen={"a": 0})
    assert found == {"pointer": "#/a", "yours": 1, "present": 3, "seen": 0}
    yours, present = {"a": [{"id": "1", "n": 1}]}, {"a": [{"id": "1", "n": 2}]}
    for before in ({"a": []}, {"a": None}, {}):
        assert differences(yours, present, seen=before)[0]["seen"] is None
    assert differences({"a": {"b": 1}}, {"a": {"b": 2}}, seen={"a": 5})[0]["seen"] is None


def test_values_are_told_as_clients_see_them():
    bst = timezone(timedelta(hours=1))
    values = {
        "at": datetime(2026, 6, 1, 10, tzinfo=bst),
        "on": date(2026, 6, 1),
        "id": ID,
        "stance": Stance.ADMITTED,
        "set": frozenset({Stance.ADMITTED}),
        "pair": (1, None),
        "form": Part(answer="yes"),
    }
    told_as = {
        "at": "2026-06-01T09:00:00Z",
        "on": "2026-06-01",
        "id": str(ID),
        "stance": "admitted",
        "set": ["admitted"],
        "pair": [1, None],
        "form": {"answer": "yes", "carried_over": False},
    }
    assert as_json(values) == told_as
    assert differences(values, SimpleNamespace(**values)) == []


def test_of_half_a_form_only_what_was_sent_counts_and_its_whole_parts_count_whole():
    sent = sent_of(Form(half=Half(link=Part(answer="yes"))), Half)
    assert sent == {"half": {"link": Part(answer="yes")}}
    assert sent_of(Form(words=None)) == {"words": None}
    present = {"half": {"link": {"answer": "yes", "carried_over": True}, "own_view": "x"}}
    assert told(sent, present, partial=True) == {"#/half/link/carried_over": (False, True)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab~/", max_size=2),
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "b"]), parts)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "id"]), JSON)


@given(yours=OBJECTS)
def test_nothing_differs_from_itself(yours):
    assert differences(yours, yours, seen={}) == differences(yours, yours, partial=True) == []


@given(yours=OBJECTS, present=OBJECTS, before=st.none() | OBJECTS, partial=st.booleans())
def test_anything_can_be_compared_and_only_what_was_sent_is_named(yours, present, before, partial):
    found = differences(yours, present, seen=before, partial=partial)
    for each in found:
        assert each["pointer"].split("/")[1] in yours
        assert each.keys() - {"seen"} == {"pointer", "yours", "present"}
        assert ("seen" in each) == (before is not None)
    changed = {name for name in yours if yours[name] is not None and present.get(name) is None}
    whole = {name for name in changed if not isinstance(yours[name], dict | list)}
    assert whole <= {each["pointer"].split("/")[1] for each in found}


def test_an_edit_of_the_present_version_is_let_through():
    assert unchanged_since(3, 3, sent={"a": 1}, stands={"a": 2}) is None


def test_an_overtaken_edit_says_what_differs_and_whom_it_shows():
    with pytest.raises(Overtaken) as refused:
        unchanged_since(2, 3, sent={"a": 1}, stands={"a": 2}, before={"a": 0}, about=[ID])
    told = refused.value.facts
    assert told["present_etag"] == '"3"'
    assert told["fields"] == [{"pointer": "#/a", "yours": 1, "present": 2, "seen": 0}]
    assert refused.value.shows == (ID,)
    with pytest.raises(Overtaken, match="stands there already") as refused:
        unchanged_since(2, 3, sent={"a": 1}, stands={"a": 1})
    assert refused.value.facts["fields"] == []
    with pytest.raises(Overtaken) as refused:
        unchanged_since("2", "3", short={"state": Stance.ADMITTED}, about=[ID])
    assert refused.value.facts["present"] == {"state": "admitted"}
    assert refused.value.shows == (ID,)
    with pytest.raises(Overtaken) as refused:
        unchanged_since("2", "3")
    assert refused.value.shows is None
