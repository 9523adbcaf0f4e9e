"""Slow, idle and endless connections: each is ended in time, and nobody honest waits for them."""

import asyncio
import socket
import time

import pytest

from checkpoint.foundation import bodies, server
from checkpoint.foundation.bodies import Guarded
from sockets import CHUNKED, JSON, PATIENCE, SLACK, echo, exchange, post, said, served

pytestmark = pytest.mark.slow

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
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


HEAD = b"GET /v1/x HTTP/1.1\r\nHost: house\r\n"


def a_head(size):
    """A whole head of so many bytes, the request's first line not counted."""
    least = len(b"/v1/x") + len(b"Host: house\r\n")
    return HEAD + b"X-A: " + b"a" * (size - least - len(b"X-A: \r\n")) + b"\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        a_head(server.HEADER_BYTES + 1),
        a_head(60_000),
        HEAD + b"X-A: b\r\n" * 5_000 + b"\r\n",
        b"GET /v1/" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: house\r\n\r\n",
        post("Content-Length: 2", "X-A: " + "a" * 40_000, body=b"{}") + GET,
    ],
    ids=["one byte more", "one header", "many headers", "the address", "with a body and another"],
)
def test_a_head_that_arrives_whole_and_too_large_is_431_and_the_end(address, raw):
    answer, closed = exchange(address, raw)
    assert closed
    assert answer.startswith(b"HTTP/1.1 431 "), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"seen:" not in answer


def test_a_head_about_as_large_as_may_be_is_read(address):
    answer, _ = exchange(address, a_head(server.HEADER_BYTES - 100))
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:80]


def test_one_connection_may_send_large_heads_one_after_the_other(address):
    with socket.create_connection(address) as connection:
        for _ in range(3):
            connection.sendall(a_head(30_000))
            answer = b""
            while not answer.endswith(b"0\r\n\r\n"):
                answer += connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 ")


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
