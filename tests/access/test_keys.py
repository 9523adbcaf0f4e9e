"""The identity provider's keys: rotated, forged, late, too large, or not there at all."""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from checkpoint.access import keys as module
from checkpoint.access.keys import LIMIT_BYTES, FetchedKeys, KeysUnavailable
from conftest import Clients
from forgeries import EC_KEY, JWKS, RSA_KEY, a_jwk, b64, bearer, signed
from traces import entries

URL = "https://idp.example/keys"
ROTATED = {"keys": [a_jwk(RSA_KEY, "rsa-2")]}
OCT = {"kty": "oct", "kid": "oct-1", "k": b64(b"x" * 32).decode(), "use": "sig", "alg": "HS256"}
WRONG = {
    "not JSON": b"<html>canary</html>",
    "not UTF-8": b"\xff\xfe",
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "no keys": b"{}",
    "keys a number": b'{"keys": 5}',
    "keys a text": b'{"keys": "canary"}',
    "keys null": b'{"keys": null}',
    "keys of numbers": b'{"keys": [1, null]}',
    "keys an object": b'{"keys": {"a": 1}}',
    "no key at all": b'{"keys": []}',
    "a key without numbers": b'{"keys": [{"kty": "RSA", "kid": "rsa-1"}]}',
    "a key of another kind": b'{"keys": [{"kty": "shiny", "kid": "rsa-1"}]}',
    "kid a number": b'{"keys": [{"kty": "oct", "kid": 7, "k": "eA"}]}',
    "nested without end": b"[" * 100_000,
    "a number of 5,000 figures": b"1" * 5_000,
    "too large": json.dumps(JWKS | {"padding": "x" * LIMIT_BYTES}).encode(),
}
FAULTS = {
    "time-out when connecting": httpx.ConnectTimeout("canary"),
    "time-out when reading": httpx.ReadTimeout("canary"),
    "refused": httpx.ConnectError("canary"),
    "cut off": httpx.RemoteProtocolError("canary"),
}


class Provider:
    """An identity provider that answers as told, and counts."""

    def __init__(self, answer=JWKS):
        self.answer, self.asked = answer, []

    async def __call__(self, request):
        self.asked.append(str(request.url))
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, httpx.Response):
            return self.answer
        whole = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        return httpx.Response(200, content=whole)

    def keys(self, cooldown=60.0):
        return FetchedKeys(URL, cooldown_seconds=cooldown, transport=httpx.MockTransport(self))


async def test_keys_are_fetched_once_and_kept():
    provider = Provider()
    keys = provider.keys()
    for kid in ("rsa-1", "ec-1", "rsa-1"):
        assert (await keys.find(kid)).key_id == kid
    assert provider.asked == [URL]


async def test_many_at_once_ask_for_the_first_keys_once():
    provider = Provider()
    keys = provider.keys()
    found = await asyncio.gather(*(keys.find("rsa-1") for _ in range(50)))
    assert {key.key_id for key in found} == {"rsa-1"}
    assert len(provider.asked) == 1


class Clock:
    """A clock that a test turns on."""

    def __init__(self):
        self.seconds = 1_000.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(module, "time", clock := Clock())
    return clock


async def test_a_rotated_key_is_accepted_after_the_cool_down(clock):
    provider = Provider()
    keys = provider.keys(cooldown=30)
    assert await keys.find("rsa-2") is None
    provider.answer = ROTATED
    clock.seconds += 29
    assert await keys.find("rsa-2") is None
    assert len(provider.asked) == 1
    clock.seconds += 2
    assert (await keys.find("rsa-2")).key_id == "rsa-2"
    assert await keys.find("rsa-1") is None, "a key that was taken away counts no more"
    assert len(provider.asked) == 2


async def test_a_hundred_made_up_ids_cost_one_fetch_more_at_most():
    provider = Provider()
    keys = provider.keys()
    assert await keys.find("rsa-1")
    found = await asyncio.gather(*(keys.find(str(uuid4())) for _ in range(100)))
    assert set(found) == {None}
    assert len(provider.asked) <= 2


async def test_symmetric_keys_and_keys_for_encryption_are_never_used():
    sealing = a_jwk(EC_KEY, "ec-2", use="enc")
    keys = Provider({"keys": [OCT, sealing, *JWKS["keys"]]}).keys()
    assert await keys.find("oct-1") is None
    assert await keys.find("ec-2") is None
    assert (await keys.find("rsa-1")).key_type == "RSA"


async def test_one_key_of_a_kind_we_do_not_know_does_not_hide_the_others():
    keys = Provider({"keys": [{"kty": "shiny", "kid": "x"}, *JWKS["keys"]]}).keys()
    assert (await keys.find("rsa-1")).key_id == "rsa-1"


async def test_a_redirect_is_not_followed():
    elsewhere = {"Location": "https://attacker.example/keys"}
    provider = Provider(httpx.Response(302, headers=elsewhere, content=json.dumps(JWKS)))
    with pytest.raises(KeysUnavailable):
        await provider.keys().find("rsa-1")
    assert provider.asked == [URL]


@pytest.mark.parametrize("status", [204, 304, 401, 404, 500, 503])
async def test_an_answer_that_is_no_success_gives_no_keys(status):
    provider = Provider(httpx.Response(status, content=json.dumps(JWKS)))
    with pytest.raises(KeysUnavailable):
        await provider.keys().find("rsa-1")


async def test_a_provider_that_dribbles_is_given_up_in_time(monkeypatch):
    async def dribbling():
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    monkeypatch.setattr(module, "FETCH_SECONDS", 0.1)
    provider = Provider(httpx.Response(200, content=dribbling()))
    async with asyncio.timeout(1):
        with pytest.raises(KeysUnavailable):
            await provider.keys().find("rsa-1")


@pytest.mark.parametrize("answer", [*WRONG.values(), *FAULTS.values()], ids=[*WRONG, *FAULTS])
async def test_without_keys_a_bad_answer_is_unavailable_until_there_is_a_good_one(answer, clock):
    provider = Provider(answer)
    keys = provider.keys(cooldown=30)
    for _ in range(2):
        with pytest.raises(KeysUnavailable) as refusal:
            await keys.find("rsa-1")
        assert "canary" not in str(refusal.value)
    assert len(provider.asked) == 1, "the cool-down holds for a provider in trouble too"
    provider.answer = JWKS
    clock.seconds += 31
    assert await keys.find("rsa-1")


@pytest.mark.parametrize("answer", [*WRONG.values(), *FAULTS.values()], ids=[*WRONG, *FAULTS])
async def test_keys_that_are_held_outlast_a_bad_answer(answer):
    provider = Provider()
    keys = provider.keys(cooldown=0.0)
    assert await keys.find("rsa-1")
    provider.answer = answer
    assert await keys.find("rsa-2") is None
    assert (await keys.find("rsa-1")).key_id == "rsa-1"


async def test_a_provider_in_trouble_is_503_at_the_door_and_says_when_to_try_again(
    app, owner, monkeypatch
):
    monkeypatch.setattr(app.state.gate, "keys", Provider(FAULTS["refused"]).keys())
    for _ in range(2):
        answer = await Clients(app).bare().get("/v1/custody-records", headers=bearer(signed()))
        assert answer.status_code == 503
        assert answer.json()["errorCode"] == "identity-provider-unavailable"
        assert int(answer.headers["retry-after"]) >= 1
        assert [row.outcome for row in await entries(owner, answer)] == [
            "identity-provider-unavailable"
        ]


@pytest.mark.parametrize("answer", [*WRONG.values(), *FAULTS.values()], ids=[*WRONG, *FAULTS])
async def test_the_log_says_once_that_keys_fail_and_once_that_they_are_back(answer):
    provider = Provider()
    keys = FetchedKeys(
        f"{URL}?code=canary",
        cooldown_seconds=0.0,
        transport=httpx.MockTransport(provider),
    )
    with capture_logs() as lines:
        for provider.answer in (JWKS, answer, answer, JWKS, JWKS):
            await keys.find("another")
    assert len(provider.asked) == 5
    failed, again = lines
    assert (failed["event"], failed["log_level"]) == ("keys_not_fetched", "warning")
    assert (failed["held"], again["event"]) == (2, "keys_fetched_again")
    assert "canary" not in str(lines)
    assert "idp.example" not in str(lines)
