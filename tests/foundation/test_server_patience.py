"""Slow, idle and endless connections: each is ended in time, and nobody honest waits for them."""

import asyncio
import socket
import time

import pytest

from checkpoint.foundation import bodies, server
from checkpoint.foundation.bodies import Guarded
from sockets import CHUNKED, JSON, PATIENCE, SLACK, echo, exchange, post, said, served

GET = b"GET /v1/x HTTP/1.1\r\nHost: house\r\n\r\n"


@pytest.fixture(scope="module")
def address():
    with served(Guarded(echo), timeout_keep_alive=PATIENCE) as address:
        yield address


@pytest.fixture
def short(monkeypatch):
    """The constants are read whenever a connection opens or a body begins."""
    monkeypatch.setattr(server, "HEADER_SECONDS", PATIENCE)
    monkeypatch.setattr(server, "BODY_SECONDS", 2 * PATIENCE)
    monkeypatch.setattr(bodies, "LIMIT_SECONDS", PATIENCE)


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"G", b"GET /v1/x HTTP/1.1\r\nHost: h"])
@pytest.mark.parametrize("earlier", [b"", GET], ids=["new", "kept alive"])
def test_a_connection_that_says_nothing_more_is_closed_in_time(address, short, begun, earlier):
    answer, closed = exchange(address, earlier + begun)
    assert closed
    assert answer.count(b"HTTP/1.1 200 ") == len(earlier) // len(GET)


def dribbled(address, first, letter):
    """How long the server lets somebody send one byte now and then; and what it said."""
    began = time.monotonic()
    with socket.create_connection(address) as connection:
        connection.sendall(first)
        while time.monotonic() - began < 10 * PATIENCE:
            try:
                connection.sendall(letter)
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(PATIENCE / 10)
        return time.monotonic() - began, said(connection)[0]


@pytest.mark.parametrize(
    ("first", "letter"),
    [
        (b"GET /v1/x HTTP/1.1\r\nX-A: ", b"a"),
        (b"GET /v1/x HTTP/1.1\r\n", b"X: 1\r\n"),
        (b"GET /", b"a"),
        (b"", b"\r\n"),
        (GET, b"\r\n"),
        (GET + b"GET /", b"a"),
    ],
    ids=["a header", "many headers", "an address", "empty lines", "empty lines later", "a second"],
)
def test_headers_that_dribble_are_closed_in_time(address, short, first, letter):
    seconds, _ = dribbled(address, first, letter)
    assert seconds < PATIENCE + SLACK


@pytest.mark.parametrize("head", ["Content-Length: 1000", CHUNKED])
def test_a_body_that_dribbles_is_408_and_the_end(address, short, head):
    letter = b" " if "Length" in head else b"1\r\n \r\n"
    seconds, answer = dribbled(address, post(head, JSON), letter)
    assert seconds < 2 * PATIENCE + SLACK
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("path", ["/v1/x", "/ping"])
def test_a_body_that_never_comes_ends_the_connection_at_any_address(address, short, path):
    answer, closed = exchange(address, post("Content-Length: 9", JSON, path=path), within=3)
    assert closed
    assert answer.startswith(b"HTTP/1.1 408 ") == (path == "/v1/x")


def flood(address, head, part, times):
    """Send a lot, until it is refused."""
    with socket.create_connection(address) as connection:
        sent = 0
        try:
            connection.sendall(head)
            for _ in range(times):
                connection.sendall(part)
                sent += len(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return sent, *said(connection)


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"GET /v1/x HTTP/1.1\r\nX-A: ", b"a" * 65_536),
        (b"GET /v1/x HTTP/1.1\r\n", b"X-A: b\r\n" * 8_000),
        (b"GET /v1/", b"a" * 65_536),
    ],
    ids=["one header", "many headers", "the address"],
)
def test_headers_without_end_are_refused_early(address, head, part):
    sent, answer, closed = flood(address, head, part, 300)
    assert sent < 10_000_000
    assert closed
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


def test_a_body_without_end_is_413_and_the_end(address):
    head = post(CHUNKED, JSON)
    sent, answer, closed = flood(address, head, b"10000\r\n" + b" " * 65_536 + b"\r\n", 300)
    assert sent < 10_000_000
    assert closed
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")


async def test_slow_clients_do_not_hold_up_an_honest_one(address):
    slow = [await asyncio.open_connection(*address) for _ in range(200)]
    for _, writer in slow:
        writer.write(b"POST /v1/x HTTP/1.1\r\nContent-Le")
    began = time.monotonic()
    answer, _ = await asyncio.to_thread(exchange, address, post("Connection: close"))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - began < 1
    for _, writer in slow:
        writer.close()
