"""What is refused before any room reads it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from checkpoint.foundation.bodies import (
    LIMIT_BYTES,
    AddressNotReadable,
    BodyNotAccepted,
    BodyNotJson,
    BodyTooDeep,
    BodyTooLarge,
    check_address,
    check_declared_length,
    check_json,
    check_media,
)

NOT_JSON = {
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "minus infinity": b"[-Infinity]",
    "too large a number": b"[1e999]",
    "too small a number": b"[-1e999]",
    "a number of 5,000 figures": b"1" * 5_000,
    "a name twice": b'{"a": 1, "a": 1}',
    "a name twice inside": b'{"x": [{"y": {"a": 1, "b": 2, "a": 3}}]}',
    "a name twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-16 without a mark": '{"a": 1}'.encode("utf-16-le"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "Latin-1": '{"a": "\u00e9"}'.encode("latin-1"),
    "a byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "NUL escaped": b'{"a": "b\\u0000"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "NUL in a list": b'["ok", "\\u0000"]',
    "NUL bare": b'{"a": "\0"}',
    "NUL after the end": b"{}\0",
    "NUL alone": b'"\\u0000"',
    "first half of a pair": b'{"a": "\\ud800"}',
    "second half of a pair": b'{"a": "\\udfff"}',
    "halves in the wrong order": b'{"a": "\\ude00\\ud83d"}',
    "half of a pair in a name": b'{"\\ud800": 1}',
    "half of a pair in UTF-8": b'"\xed\xa0\x80"',
    "overlong UTF-8": b'"\xc0\xaf"',
    "a comma too many": b"[1,]",
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // nothing",
    "two values": b"{}{}",
    "nothing": b"",
    "only spaces": b"   ",
    "a bare word": b"yes",
    "a line feed in a text": b'"a\nb"',
    "a leading nought": b"[01]",
}

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
values = st.recursive(
    plain | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


def nested(depth, opens=b"[", closes=b"]", inside=b""):
    return opens * depth + inside + closes * depth


def scope(query=b"", path="/v1/x"):
    return {"type": "http", "path": path, "query_string": query}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_two_readers_could_read_two_ways_is_refused(body):
    with pytest.raises(BodyNotJson):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 1}]}',
        '{"name": "Zo\u00eb \U0001f600"}'.encode(),
        b'"\\ud83d\\ude00"',
        b"1" * 4_000,
        b"-0.5e-10",
        b"1e-999",
        b' {"a" : null } \n',
    ],
)
def test_what_has_one_reading_is_let_through(body):
    assert check_json(body) is None


@given(value=values)
def test_whatever_is_well_formed_is_let_through(value):
    assert check_json(json.dumps(value).encode()) is None
    assert check_json(json.dumps(value, ensure_ascii=False).encode()) is None


@given(body=st.binary(max_size=60))
def test_any_bytes_are_let_through_or_refused_and_never_a_fault(body):
    try:
        check_json(body)
    except (BodyNotJson, BodyTooDeep):
        return
    assert json.loads(body.decode("utf-8")) is not NotImplemented


@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_32_levels_are_let_through_and_33_refused(opens, closes):
    levels = opens.count(b"[") + opens.count(b"{")
    assert check_json(nested(32 // levels, opens, closes, b"1")) is None
    with pytest.raises(BodyTooDeep):
        check_json(nested(33, opens, closes, b"1"))
    with pytest.raises(BodyTooDeep):
        check_json(b"[" + nested(32 // levels, opens, closes, b"1") + b"]")


@pytest.mark.parametrize("depth", [1_000, 100_000, LIMIT_BYTES // 2])
def test_a_body_nested_without_end_is_refused_and_breaks_nothing(depth):
    with pytest.raises(BodyTooDeep):
        check_json(nested(depth))
    with pytest.raises((BodyTooDeep, BodyNotJson)):
        check_json(b"[" * depth)
    with pytest.raises(BodyTooDeep):
        check_json(nested(depth, b'{"a":', b"}", b"1"))


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
    ],
)
def test_json_in_utf_8_is_accepted(kind):
    assert check_media(Headers({"content-type": kind})) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "text/plain; application/json"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_any_other_media_are_refused(headers):
    with pytest.raises(BodyNotAccepted):
        check_media(Headers(headers))


def test_the_declared_length_is_a_number_within_the_limit():
    assert check_declared_length(Headers({})) is None
    assert check_declared_length(Headers({"content-length": str(LIMIT_BYTES)})) is None
    for length in (str(LIMIT_BYTES + 1), "9" * 13, "9" * 5_000):
        with pytest.raises(BodyTooLarge):
            check_declared_length(Headers({"content-length": length}))
    for length in ("", "-1", "1e3", "0x10", "12 34", "+5", "\u00b2"):
        with pytest.raises(BodyNotJson):
            check_declared_length(Headers({"content-length": length}))


def test_addresses_without_control_characters_are_let_through():
    assert check_address(scope(b"name=Zo%C3%AB&page=2", "/v1/people")) is None


@pytest.mark.parametrize("query", [b"a=%00", b"a=%0a", b"a=%0A", b"a=%1f", b"a=%7F"])
def test_control_characters_in_the_query_are_refused(query):
    with pytest.raises(AddressNotReadable):
        check_address(scope(query))


@pytest.mark.parametrize("symbol", ["\0", "\n", "\x1f", "\x7f"])
def test_control_characters_in_the_path_are_refused(symbol):
    with pytest.raises(AddressNotReadable):
        check_address(scope(path=f"/v1/x{symbol}y"))
