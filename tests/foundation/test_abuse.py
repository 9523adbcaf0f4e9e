"""What hostile bodies meet at the doors: a plain refusal, no echo, and nothing changed."""

import gzip
import json
import re
import resource

import pytest

from builders import KNOWN, a_booking, a_key, a_person, an_offence, booked
from checkpoint.foundation.bodies import LIMIT_BYTES
from traces import counts, entries

CANARY = "Canary-5kq"
JSON = {"Content-Type": "application/json"}
DOORS = ("book in", "screen", "preview")
PREVIEW = {"offences": [an_offence()], "screening": KNOWN}
GOOD = {"book in": a_booking(), "screen": KNOWN, "preview": PREVIEW}


@pytest.fixture
async def knock(client, owner):
    """Send bytes to a door; whatever is refused must have changed nothing and be on record."""
    record = await booked(client)

    async def send(door, content, headers=JSON):
        method, address, more = {
            "book in": ("POST", "/v1/custody-records", a_key()),
            "screen": ("PUT", f"/v1/custody-records/{record['id']}/screening", {"If-Match": '"1"'}),
            "preview": ("POST", "/v1/eligibility/preview", {}),
        }[door]
        before = await counts(owner)
        answer = await client.request(method, address, content=content, headers=more | headers)
        assert answer.status_code >= 400, answer.text
        assert await counts(owner) == before
        assert len(await entries(owner, answer)) == 1
        assert answer.headers["content-type"] == "application/problem+json"
        assert CANARY not in answer.text
        return answer

    return send


def beside(door, raw):
    """A good body that has one member more."""
    return b'{"zz": [%b, "%b"], ' % (raw, CANARY.encode()) + json.dumps(GOOD[door]).encode()[1:]


RAW = {
    "NUL": rb'"a\u0000b"',
    "first half of a pair": rb'"\ud800"',
    "second half of a pair": rb'"\udc00"',
    "NaN": b"NaN",
    "infinity": b"Infinity",
    "minus infinity": b"-Infinity",
    "1e999": b"1e999",
    "5,000 figures": b"7" * 5_000,
    "a name twice": b'{"a": 1, "a": 2}',
    "not UTF-8": b'"\xff"',
    "a comma too many": b"[1,]",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
async def test_what_is_not_plain_json_is_refused_at_every_door(knock, door, raw):
    answer = await knock(door, beside(door, raw))
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "body-not-json")


@pytest.mark.parametrize("door", DOORS)
async def test_a_field_said_twice_is_refused_even_with_one_value(knock, door):
    good = json.dumps(GOOD[door])
    first = re.match(r'\{("\w+": (?:\{[^}]*\}|\[[^\]]*\]|[^,]+))', good)[1]
    answer = await knock(door, f"{{{first}, {good[1:]}")
    assert answer.status_code == 400


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
async def test_any_encoding_but_utf_8_is_refused(knock, door, encoding):
    answer = await knock(door, json.dumps(GOOD[door]).encode(encoding))
    assert answer.status_code == 400


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/problem+json"},
        {"Content-Type": "text/html, application/json"},
    ],
    ids=str,
)
async def test_any_media_type_but_json_is_refused(knock, door, headers):
    answer = await knock(door, json.dumps(GOOD[door]), headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (415, "body-not-accepted")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip", "x"])
async def test_a_packed_body_is_never_unpacked(knock, door, coding):
    bomb = gzip.compress(b" " * 20_000_000 + json.dumps(GOOD[door]).encode())
    answer = await knock(door, bomb, JSON | {"Content-Encoding": coding})
    assert answer.status_code == 415


async def endless(sent):
    """20 MB, without a length, counted as they are taken."""
    for _ in range(320):
        sent.append(65_536)
        yield b" " * 65_536


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("length", [{}, {"Content-Length": "20971520"}, {"Content-Length": "5"}])
async def test_a_body_of_20_mb_is_given_up_at_the_limit(knock, door, length):
    before, sent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    answer = await knock(door, endless(sent), JSON | length)
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "body-too-large")
    assert sum(sent) <= LIMIT_BYTES + 65_536
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50 * 1024, f"{grown} KiB more than before"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("depth", [33, 900, 10_000, 45_000, 100_000])
@pytest.mark.parametrize("shape", ["[]", '{"a":}'])
async def test_a_deep_body_is_refused(knock, door, depth, shape):
    opens, closes = shape[:-1], shape[-1]
    nest = (opens * depth + "1" + closes * depth).encode()
    answer = await knock(door, nest)
    expected = (413, "body-too-large") if len(nest) > LIMIT_BYTES else (422, "body-too-deep")
    assert (answer.status_code, answer.json()["errorCode"]) == expected


@pytest.mark.parametrize("value", [[], "x", 7, True, None, [{}]], ids=repr)
@pytest.mark.parametrize("door", DOORS)
async def test_a_body_that_is_no_object_is_refused(knock, door, value):
    answer = await knock(door, json.dumps(value))
    assert answer.status_code == 422


HIDDEN = {
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "left-to-right mark": "\u200e",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "tag letter": "\U000e0041",
    "line separator": "\u2028",
    "escape": "\x1b",
    "line feed": "\n",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
}


@pytest.mark.parametrize("field", ["family_name", "given_names"])
@pytest.mark.parametrize("symbol", HIDDEN.values(), ids=HIDDEN)
async def test_hidden_characters_in_a_name_are_refused(knock, field, symbol):
    body = a_booking(person=a_person(**{field: f"{CANARY}{symbol}x"}))
    answer = await knock("book in", json.dumps(body))
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (f"#/person/{field}", "value-error")


async def test_one_name_written_in_two_ways_is_stored_as_one(client):
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    assert composed != decomposed
    records = [
        await booked(client, person=a_person(given_names=name, date_of_birth=born))
        for name, born in ((composed, "1961-03-29"), (decomposed, "1978-12-04"))
    ]
    assert [record["person"]["given_names"] for record in records] == [composed, composed]


async def test_the_number_of_letters_is_counted_after_composing(client):
    record = await booked(client, person=a_person(family_name="e\u0301" * 60))
    assert record["person"]["family_name"] == "\u00e9" * 60
