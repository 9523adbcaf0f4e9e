"""What an item takes over from those before it: pure, by examples."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.batches import rules
from checkpoint.batches.states import RestsOnFailed
from checkpoint.foundation.errors import Refusal, RuleBroken

DONE = {
    "one": {"status": 201, "etag": '"4"', "body": {"id": "abc", "list": [{"n": 7}], "a/b": "x/y"}},
    "bare": {"status": 204, "etag": None, "body": None},
    "failed": {"status": 409, "etag": None, "body": {"id": "abc"}},
}


def rule(refused):
    (fault,) = refused.value.faults
    return fault["pointer"], fault["code"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("/v1/x", "/v1/x"),
        ("/v1/x/{one#/id}/y/{one#/list/0/n}", "/v1/x/abc/y/7"),
        ("/v1/{nobody}", "/v1/{nobody}"),
    ],
)
def test_an_address_takes_what_an_earlier_answer_says(text, whole):
    assert rules.in_text(text, DONE, field="#/path") == whole


def test_a_version_is_an_earlier_items_etag():
    assert rules.in_text("{one#etag}", DONE, field="#/if_match") == '"4"'
    assert rules.in_text('"9"', DONE, field="#/if_match") == '"9"'


def test_a_body_takes_values_anywhere_and_keeps_the_rest():
    body = {"a": [{"$ref": "one#/id"}, 1], "b": {"c": {"$ref": "one#/list/0/n"}}, "$ref": "x"}
    assert rules.in_body(body, DONE) == {"a": ["abc", 1], "b": {"c": 7}, "$ref": "x"}
    assert rules.in_body({"etag": {"$ref": "one#etag"}}, DONE) == {"etag": '"4"'}


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("two#/id", "reference-not-earlier"),
        ("one#/none", "reference-finds-nothing"),
        ("one#/list", "reference-finds-nothing"),
        ("one#/list/1", "reference-finds-nothing"),
        ("one#/list/x", "reference-finds-nothing"),
        ("one#/id/x", "reference-finds-nothing"),
        ("bare#etag", "reference-finds-nothing"),
        ("one", "reference-form"),
        ("one#id", "reference-form"),
        ("one#/../id", "reference-form"),
        (5, "reference-form"),
    ],
)
def test_a_reference_that_finds_nothing_is_refused_where_it_stands(reference, code):
    with pytest.raises(RuleBroken) as refused:
        rules.in_body({"a": [{"Somebody Named": {"$ref": reference}}]}, DONE)
    assert rule(refused) == ("#/body/a/0/-", code)


def test_what_rests_on_a_failed_item_is_not_tried():
    for take in (
        lambda: rules.in_text("/v1/{failed#/id}", DONE, field="#/path"),
        lambda: rules.in_body({"$ref": "failed#/id"}, DONE),
    ):
        with pytest.raises(RestsOnFailed):
            take()


def test_nothing_but_a_segment_gets_into_an_address():
    done = {"one": {"status": 200, "etag": '"1"', "body": {"up": "..", "q": "a?b", "yes": True}}}
    for place in ("up", "q", "yes"):
        with pytest.raises(RuleBroken) as refused:
            rules.in_text(f"/v1/{{one#/{place}}}", done, field="#/path")
        assert rule(refused) == ("#/path", "reference-not-a-segment")


def test_each_id_stands_once():
    assert rules.check_id("two", DONE) is None
    with pytest.raises(RuleBroken) as refused:
        rules.check_id("one", DONE)
    assert rule(refused) == ("#/id", "id-used-twice")


def test_haste_and_absence_end_a_batch_and_nothing_else_does():
    assert {status for status in range(100, 600) if rules.ends(status)} == {429, 503}


@pytest.mark.parametrize(
    "path",
    [
        "/v2/x", "/v1", "/v1/", "/v1//x", "/v1/x/", "/v1/..", "/v1/x?y=1", "/v1/x#y", "/v1/%2e%2e",
        "/local-issuer/token", "//v1/x", "/v1/x\n", "/v1/{one}", "/v1/{one#}", "/v1/{one#/a}b", " /v1/x",
        "http://x/v1/y", "/v1/" + "x/" * 10 + "x",
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_none(path):
    assert re.fullmatch(rules.ADDRESS.removeprefix("^").removesuffix("$"), path) is None


@pytest.mark.slow
@given(
    body=st.recursive(
        st.none() | st.text() | st.integers(),
        lambda part: (
            st.lists(part) | st.dictionaries(st.text() | st.sampled_from(["$ref", "a"]), part)
        ),
    )
)
def test_any_body_is_taken_or_refused_and_without_references_it_stays(body):
    try:
        whole = rules.in_body(body, DONE)
    except Refusal:
        return
    assert whole == body or "$ref" in str(body)
