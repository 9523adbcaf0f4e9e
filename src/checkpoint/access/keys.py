"""The issuer's public keys: fetched, kept, and fetched again when they rotate."""

import time
from typing import Any, Protocol

import httpx
import jwt
from anyio import Lock, fail_after

from checkpoint.foundation import errors
from checkpoint.foundation.logs import log, without_content

LIMIT_BYTES = 262_144
FETCH_SECONDS = 3.0
KEEP_SECONDS = 3600.0
# What a provider that is down, slow or confused can provoke.
UNUSABLE = (
    httpx.HTTPError,
    TimeoutError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    jwt.PyJWTError,
)


class KeysUnavailable(errors.Unavailable):
    slug = "identity-provider-unavailable"
    title = "Tokens cannot be checked just now"


class Keys(Protocol):
    """Where a key is found by its id."""

    async def find(self, kid: str) -> jwt.PyJWK | None: ...


class FixedKeys:
    """Keys that are known beforehand: the local issuer's, and those of tests."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._keys = _by_id(document)

    async def find(self, kid: str) -> jwt.PyJWK | None:
        return self._keys.get(kid)


class FetchedKeys:
    """Keys published at one address, from the settings and never from a token.

    An unknown ``kid`` asks again, at most once in ``cooldown_seconds``, so that a rotated key is
    accepted within that time and made-up ids cost the provider nothing. When fetching begins to
    fail, and when it works again, the log has one line.
    """

    def __init__(
        self,
        url: str,
        *,
        cooldown_seconds: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._cooldown = url, cooldown_seconds
        self._transport = transport
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = -float("inf")
        self._lock = Lock()
        self._failing = False

    async def find(self, kid: str) -> jwt.PyJWK | None:
        age = time.monotonic() - self._fetched
        if age > KEEP_SECONDS or (kid not in self._keys and age > self._cooldown):
            async with self._lock:
                if time.monotonic() - self._fetched > min(age, self._cooldown):
                    await self._fetch()
        if not self._keys:
            raise KeysUnavailable("The identity provider did not answer; try again.")
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        """Take the keys that are published now; keep the old ones if there are none to be had."""
        self._fetched = time.monotonic()
        try:
            with fail_after(FETCH_SECONDS):
                document = await self._document()
            found = _by_id(document)
            if not found:
                raise ValueError("no key that can be used")
        except UNUSABLE as fault:
            if not self._failing:
                # The address stays out: it may carry a secret in its query.
                log.warning("keys_not_fetched", held=len(self._keys), **without_content(fault))
            self._failing = True
            return
        if self._failing:
            log.info("keys_fetched_again")
        self._keys, self._failing = found, False

    async def _document(self) -> dict[str, Any]:
        client = httpx.AsyncClient(
            timeout=FETCH_SECONDS, follow_redirects=False, transport=self._transport
        )
        async with client, client.stream("GET", self._url) as response:
            if response.status_code != 200:
                raise ValueError("no key document")
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LIMIT_BYTES:
                    raise ValueError("key document too large")
        document = httpx.Response(200, content=body).json()
        if not isinstance(document, dict):
            raise TypeError("key document is not an object")
        return document


def _by_id(document: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    """Signing keys by id; symmetric ones are never accepted."""
    found = {}
    for key in jwt.PyJWKSet.from_dict(document).keys:
        if key.key_id and key.key_type in ("RSA", "EC") and key.public_key_use in (None, "sig"):
            found[key.key_id] = key
    return found
