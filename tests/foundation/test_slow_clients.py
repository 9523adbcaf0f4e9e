"""Many slow clients at once: honest ones are served among them, and each slow one is ended."""

import asyncio
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import httpx
import psutil
import pytest

from builders import a_booking, a_key
from checkpoint.foundation import bodies, server
from services import running, token
from sockets import CHUNKED, JSON, post

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]

SERVE = ("-m", "checkpoint", "serve")
# The same process, a fifth as patient: for every day, when nobody has fifteen seconds.
HASTY = """
import sys, checkpoint.cli
from checkpoint.foundation import bodies, server
bodies.LIMIT_SECONDS, server.HEADER_SECONDS, server.BODY_SECONDS = 2.0, 2.0, 3.0
sys.argv = ["checkpoint", "serve"]
checkpoint.cli.main()
"""
PING = b"GET /ping HTTP/1.1\r\nHost: house\r\n\r\n"
SPARE = 200  # files that server and test open besides
# A hundred or a thousand connections that hang cost the honest next to nothing.
SLOWER, LATE = 10, 5.0
POOL = 10  # database connections, which open when many entries are written at once


@dataclass(frozen=True)
class Slow:
    """A way of being slow: what is said at first, what now and then, and which limit ends it."""

    first: bytes
    then: bytes
    limit: str
    told: bytes = b""


HALF_BODY = post("Content-Length: 1000", JSON, body=b'{"su')
ELSEWHERE = post("Content-Length: 1000", path="/local-issuer/token")
WAYS = (
    Slow(b"", b"", "head"),
    Slow(b"G", b"", "head"),
    Slow(b"GET /v1/x HTTP/1.1\r\nX-A: ", b"a", "head"),
    Slow(b"GET /v1/x HTTP/1.1\r\n", b"X: 1\r\n", "head"),
    Slow(PING + b"GET /", b"a", "head", b"HTTP/1.1 200 "),
    Slow(HALF_BODY, b"", "body under /v1", b"HTTP/1.1 408 "),
    Slow(post("Content-Length: 1000", JSON), b" ", "body under /v1", b"HTTP/1.1 408 "),
    Slow(post(CHUNKED, JSON), b"1\r\n \r\n", "body under /v1", b"HTTP/1.1 408 "),
    Slow(ELSEWHERE, b"a", "body"),
    Slow(post(CHUNKED, path="/local-issuer/token"), b"1\r\na\r\n", "body"),
)


class Dribbler(asyncio.Protocol):
    """One slow client, from its first byte to its end."""

    def __init__(self, way):
        self.way, self.heard = way, b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport, self.began = transport, time.monotonic()
        transport.write(self.way.first)

    def data_received(self, data):
        self.heard += data

    def connection_lost(self, fault):
        self.ended.set_result(time.monotonic() - self.began)

    def say(self):
        if self.way.then and not self.transport.is_closing():
            self.transport.write(self.way.then)


async def opened(address, many):
    """So many slow clients, of every way in turn."""
    host, port = httpx.URL(address).host, httpx.URL(address).port
    loop, slow = asyncio.get_running_loop(), []
    for place in range(many):
        way = WAYS[place % len(WAYS)]
        _, dribbler = await loop.create_connection(lambda way=way: Dribbler(way), host, port)
        slow.append(dribbler)
    return slow


async def dribble(slow, pause):
    while not all(client.ended.done() for client in slow):
        for client in slow:
            client.say()
        await asyncio.sleep(pause)  # this is how slow they are


async def honest(client, record, times):
    """How long each of several requests took; all of them are answered."""
    seconds = []
    for _ in range(times):
        for door in ("/health/liveness", record):
            began = time.monotonic()
            answer = await client.get(door)
            seconds.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text
    return seconds


async def besieged(process, address, many, limits):
    """Many slow clients come to a service with these limits, in seconds, and honest ones too."""
    headers = {"Authorization": f"Bearer {token(address)}"}
    async with (
        asyncio.timeout(max(limits.values()) + 60),  # or a server without limits would go on
        httpx.AsyncClient(base_url=address, headers=headers) as client,
    ):
        booked = await client.post("/v1/custody-records", json=a_booking(), headers=a_key())
        record = booked.headers["location"]
        alone = await honest(client, record, 25)
        files = process.num_fds()
        slow = await opened(address, many)
        dribbling = asyncio.create_task(dribble(slow, min(limits.values()) / 10))
        among, most = [], 0
        while not any(one.ended.done() for one in slow):  # so each was answered while all hang
            among += await honest(client, record, 1)
            most = max(most, process.num_fds())
        assert len(among) > 4, "the limits were faster than the honest"
        assert most >= files + many
        while not dribbling.done():  # they end in crowds, and leave entries
            await honest(client, record, 1)
        await dribbling
        assert process.num_fds() <= files + POOL
    assert median(among) < SLOWER * median(alone)
    for one in slow:
        limit, seconds = limits[one.way.limit], one.ended.result()
        assert limit * 0.9 < seconds < limit + LATE, (one.way, seconds)
        assert one.heard.startswith(one.way.told), (one.way, one.heard)


@contextmanager
def files_for(many):
    """As many open files as it takes, for this process and those it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = many + SPARE
    if needed > hard != resource.RLIM_INFINITY:
        pytest.skip(f"ulimit -Hn is {hard} here, and {many} clients take {needed}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def siege(folder, url, many, limits, command):
    with (
        files_for(many),
        running(
            folder, command, CHECKPOINT_DATABASE_URL=url, CHECKPOINT_REQUESTS_PER_MINUTE="1000000"
        ) as (process, address),
    ):
        await besieged(psutil.Process(process.pid), address, many, limits)


@pytest.fixture
def apart(make_database):
    return make_database()


async def test_a_hundred_slow_clients_hold_nobody_up_and_are_ended(tmp_path, apart):
    limits = {"head": 2.0, "body under /v1": 2.0, "body": 3.0}
    await siege(tmp_path, apart, 100, limits, ("-c", HASTY))


@pytest.mark.long
async def test_a_thousand_slow_clients_hold_nobody_up_and_are_ended(tmp_path, apart):
    limits = {
        "head": server.HEADER_SECONDS,
        "body under /v1": bodies.LIMIT_SECONDS,
        "body": server.BODY_SECONDS,
    }
    await siege(tmp_path, apart, 1_000, limits, SERVE)
