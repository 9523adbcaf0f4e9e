"""Fetch from strangers: only from hosts that are allowed, only so much, only for so long."""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from checkpoint.directory.imports.addresses import (
    AddressRefused,
    Place,
    allowed,
    is_public,
    place_of,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
CONTENT_TYPES = frozenset({"application/json", "application/x-ndjson", "application/ndjson"})
# What the address of a host may be is no setting: whoever sets up the service cannot open it.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class FetchFailed(Exception):
    """Something was not fetched; says why, in words without what was sent."""


class NotThere(FetchFailed):
    """The server has nothing at this address."""


@dataclass(frozen=True)
class Limits:
    """How much, and for how long."""

    connect_seconds: float = 10
    read_seconds: float = 30
    answer_seconds: float = 120
    crawl_seconds: float = 3600
    answer_bytes: int = 16 * 1024 * 1024
    stream_bytes: int = 1024 * 1024 * 1024
    redirects: int = 5
    pages: int = 10_000
    items: int = 200_000


@dataclass(frozen=True)
class Answer:
    """What came back."""

    content_type: str
    charset: str
    body: bytes


async def resolved(host: str, port: int) -> Sequence[str]:
    """Every address that the resolver has for a host."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Fetcher:
    """Fetches JSON from allowed hosts, each request at an address that was checked for it.

    Args:
        hosts: the allow-list.
        limits: how much, and for how long.
        resolve: finds the addresses of a host.
        reachable: which addresses may be connected to; a test that listens on loopback says so.
    """

    def __init__(
        self,
        hosts: Sequence[Place],
        limits: Limits | None = None,
        *,
        resolve: Resolver = resolved,
        reachable: Callable[[str], bool] = is_public,
    ) -> None:
        self.hosts, self.limits = hosts, limits or Limits()
        self._resolve, self._reachable = resolve, reachable
        self._clients: dict[Place, httpx.AsyncClient] = {}
        self._ends: float | None = None

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(self, url: str) -> Answer:
        """One whole answer.

        Raises:
            FetchFailed: it is not allowed, not there, too large, too slow or no JSON.
        """
        body = bytearray()
        seconds = min(self.limits.answer_seconds, self._left())
        async with self._deadline(seconds), self._opened(url) as response:
            kind, charset = told_of(response)
            async for part in self._decoded(response, self.limits.answer_bytes):
                body += part
        return Answer(kind, charset, bytes(body))

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """An answer's content type, and its body in parts; for one that may be long."""
        async with self._opened(url) as response:
            kind, _ = told_of(response)
            yield kind, self._decoded(response, self.limits.stream_bytes)

    def _left(self) -> float:
        """How many seconds the crawl has left, counted from its first request."""
        now = asyncio.get_running_loop().time()
        if self._ends is None:
            self._ends = now + self.limits.crawl_seconds
        if now >= self._ends:
            raise FetchFailed(
                f"The feed has not ended within {self.limits.crawl_seconds:g} seconds."
            )
        return self._ends - now

    @asynccontextmanager
    async def _deadline(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise FetchFailed(f"No whole answer within {seconds:g} seconds.") from None

    @asynccontextmanager
    async def _opened(self, url: str) -> AsyncIterator[httpx.Response]:
        before: Place | None = None
        for _ in range(self.limits.redirects + 1):
            async with self._asked(url, before) as response:
                if response.status_code not in REDIRECTS:
                    _ready(response)
                    yield response
                    return
                before = place_of(url)
                url = urljoin(url, response.headers.get("location", ""))
        raise FetchFailed(f"More than {self.limits.redirects} redirects.")

    @asynccontextmanager
    async def _asked(self, url: str, before: Place | None) -> AsyncIterator[httpx.Response]:
        try:
            place = place_of(url)
            self._permitted(place, before)
            request = await self._request(url, place)
            client = self._client(place)
            response = await client.send(request, stream=True)
        except AddressRefused as fault:
            raise FetchFailed(str(fault)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as fault:
            raise FetchFailed(f"The host does not answer ({type(fault).__name__}).") from None
        try:
            yield response
        except httpx.HTTPError as fault:
            raise FetchFailed(f"The answer breaks off ({type(fault).__name__}).") from None
        finally:
            await response.aclose()

    def _permitted(self, place: Place, before: Place | None) -> None:
        if not allowed(place, self.hosts):
            raise AddressRefused(f"The host {place.host} is not on the list; see --allow-host.")
        if before is not None and before.scheme == "https" and place.scheme == "http":
            raise AddressRefused("It redirects from https to http.")

    async def _request(self, url: str, place: Place) -> httpx.Request:
        """Asks the address that was checked, in the host's name: no later look-up can change it."""
        found = await asyncio.wait_for(
            self._resolve(place.host, place.port), self.limits.connect_seconds
        )
        if not found:
            raise AddressRefused(f"The host {place.host} has no address.")
        if not all(self._reachable(address) for address in found):
            raise AddressRefused(f"The host {place.host} leads into a private network.")
        named = httpx.Request("GET", url, headers=HEADERS)
        return httpx.Request(
            "GET",
            named.url.copy_with(host=found[0].partition("%")[0]),
            headers=named.headers,
            extensions={"sni_hostname": place.host, "timeout": self._timeout().as_dict()},
        )

    def _timeout(self) -> httpx.Timeout:
        limits = self.limits
        return httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)

    def _client(self, place: Place) -> httpx.AsyncClient:
        """One for each host, so that no connection to another of the same address is used."""
        if place not in self._clients:
            self._clients[place] = httpx.AsyncClient(
                timeout=self._timeout(), follow_redirects=False, trust_env=False
            )
        return self._clients[place]

    async def _decoded(self, response: httpx.Response, most: int) -> AsyncIterator[bytes]:
        """The body in parts, never more than ``most`` bytes, packed or unpacked."""
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        engine = _engine(packed)
        sent = read = 0
        async for raw in response.aiter_raw():
            self._left()  # however slowly it drips
            sent += len(raw)
            for part in [raw] if engine is None else Unpacked(engine, raw):
                read += len(part)
                if max(sent, read) > most:
                    raise FetchFailed(f"The answer is larger than {most:,} bytes.")
                yield part
        if engine is not None and not engine.eof:
            raise FetchFailed("The answer breaks off.")


HEADERS = {
    "Accept": "application/json, application/x-ndjson;q=0.9",
    "Accept-Encoding": "gzip, identity",
    "User-Agent": "checkpoint-directory",
}
PART = 65_536


def _engine(packed: str) -> "zlib._Decompress | None":
    if packed in ("", "identity"):
        return None
    if packed in ("gzip", "x-gzip"):
        return zlib.decompressobj(wbits=31)
    raise FetchFailed("The answer is packed in a way that was not asked for.")


class Unpacked:
    """What packed bytes hold, in parts of 64 KiB: a bomb is never unpacked whole."""

    def __init__(self, engine: "zlib._Decompress", raw: bytes) -> None:
        self._engine, self._raw = engine, raw
        self._more = bool(raw)

    def __iter__(self) -> "Unpacked":
        return self

    def __next__(self) -> bytes:
        if not self._more or self._engine.eof:
            raise StopIteration
        try:
            part = self._engine.decompress(self._raw, PART)
        except zlib.error:
            raise FetchFailed("The answer cannot be unpacked.") from None
        self._raw = self._engine.unconsumed_tail
        self._more = bool(self._raw) or len(part) == PART  # a full part may not be the last
        return part


def _ready(response: httpx.Response) -> None:
    if response.status_code in (404, 410):
        raise NotThere("There is nothing at this address (404).")
    if response.status_code != 200:
        raise FetchFailed(f"The host answers with {response.status_code}.")


def told_of(response: httpx.Response) -> tuple[str, str]:
    """An answer's content type and charset.

    Raises:
        FetchFailed: it is no JSON by its own word.
    """
    told = response.headers.get("content-type", "")
    kind, _, rest = told.partition(";")
    kind = kind.strip().lower()
    if kind not in CONTENT_TYPES and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise FetchFailed("The answer is no JSON by its own word (Content-Type).")
    _, _, charset = rest.partition("charset=")
    return kind, charset.split(";")[0].strip().strip("\"'").lower()
