"""The server itself, over plain sockets: smuggled, dribbled and idle connections."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from checkpoint.foundation import bodies, server
from checkpoint.foundation.bodies import Guarded
from checkpoint.foundation.server import server_for

# Read when a connection opens or a body begins, so a test may make both short.
PATIENCE = 0.4
SLACK = 1.2


async def echo(scope, receive, send):
    """Answers with the body it was given, and with how often it was asked."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send(
        {"type": "http.response.body", "body": b"seen:" + body + b":" + scope["path"].encode()}
    )


@contextmanager
def served(app, **changes):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = server_for(app, host="127.0.0.1", port=0)
        for name, value in changes.items():
            setattr(config, name, value)
        config.lifespan = "off"
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listener],))
        thread.start()
        while not running.started:
            time.sleep(0.01)
        try:
            yield listener.getsockname()
        finally:
            running.should_exit = running.force_exit = True
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def address():
    with served(Guarded(echo), timeout_keep_alive=PATIENCE) as address:
        yield address


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(server, "HEADER_SECONDS", PATIENCE)
    monkeypatch.setattr(server, "BODY_SECONDS", 2 * PATIENCE)
    monkeypatch.setattr(bodies, "LIMIT_SECONDS", PATIENCE)


def said(connection, *, within=SLACK):
    """Everything the server says until it closes; None where it does not close in time."""
    connection.settimeout(within)
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except TimeoutError:
        return b"".join(parts), False
    except ConnectionResetError:
        pass
    return b"".join(parts), True


def exchange(address, raw, *, within=SLACK):
    with socket.create_connection(address) as connection:
        connection.sendall(raw)
        return said(connection, within=within)


def post(*lines, body=b"", path="/v1/x"):
    head = [f"POST {path} HTTP/1.1", "Host: house", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: house\r\n\r\n"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = {
    "length and chunks": post("Content-Length: 4", CHUNKED, body=b"0\r\n\r\n" + HIDDEN),
    "chunks and length": post(CHUNKED, "Content-Length: 4", body=b"0\r\n\r\n" + HIDDEN),
    "two lengths": post("Content-Length: 2", "Content-Length: 40", body=b"{}" + HIDDEN),
    "two equal lengths": post("Content-Length: 2", "Content-Length: 2", body=b"{}" + HIDDEN),
    "a list of lengths": post("Content-Length: 2, 40", body=b"{}" + HIDDEN),
    "a signed length": post("Content-Length: +2", body=b"{}" + HIDDEN),
    "a negative length": post("Content-Length: -2", body=b"{}" + HIDDEN),
    "a length in hexadecimal": post("Content-Length: 0x2", body=b"{}" + HIDDEN),
    "a length without end": post("Content-Length: " + "9" * 30, body=b"{}" + HIDDEN),
    "an empty length": post("Content-Length:", body=b"{}" + HIDDEN),
    "chunked twice": post(CHUNKED, CHUNKED, body=b"0\r\n\r\n" + HIDDEN),
    "chunked and then not": post(
        "Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + HIDDEN
    ),
    "chunked misspelt": post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked after a tab": post("Transfer-Encoding:\tchunked\x0b", body=b"0\r\n\r\n" + HIDDEN),
    "bare LF after a chunk's size": post(CHUNKED, body=b"2\n{}\r\n0\r\n\r\n" + HIDDEN),
    "bare LF after a chunk": post(CHUNKED, body=b"2\r\n{}\n0\r\n\r\n" + HIDDEN),
    "a chunk longer than it says": post(CHUNKED, body=b"2\r\n{}XX0\r\n\r\n" + HIDDEN),
    "a chunk's size signed": post(CHUNKED, body=b"+2\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk's size in 0x": post(CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk's size too large": post(CHUNKED, body=b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a bare CR in a chunk extension": post(CHUNKED, body=b"2;a\rb\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a space before the colon": post("Content-Length : 2", body=b"{}" + HIDDEN),
    "a folded header": post("X-A: 1", " Content-Length: 2", body=b"{}" + HIDDEN),
    "a header folded by a tab": post("X-A: 1", "\tb", "Content-Length: 2", body=b"{}" + HIDDEN),
    "NUL in a header": post("X-A: a\0b", "Content-Length: 2", body=b"{}" + HIDDEN),
    "bare CR in a header": post("X-A: a\rContent-Length: 40", "Content-Length: 2", body=b"{}"),
    "bare LF between headers": b"POST /v1/x HTTP/1.1\nHost: house\nContent-Length: 2\n\n{}"
    + HIDDEN,
    "a header without a name": post(": 1", "Content-Length: 2", body=b"{}" + HIDDEN),
    "a header without a colon": post("X-A", "Content-Length: 2", body=b"{}" + HIDDEN),
    "another version": b"GET /v1/x HTTP/9.9\r\nHost: house\r\n\r\n" + HIDDEN,
    "a method there is none": b"CANARY /v1/x HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "no path at all": b"OPTIONS * HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "a tunnel": b"CONNECT house:443 HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "a path beyond ASCII": b"GET /v1/\xff HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("raw", SMUGGLED.values(), ids=SMUGGLED)
def test_a_request_that_two_servers_read_two_ways_is_400_and_the_end(address, raw, short):
    answer, closed = exchange(address, raw)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    assert closed
    assert b"hidden" not in answer
    assert b"CANARY" not in answer


GET = b"GET /v1/x HTTP/1.1\r\nHost: house\r\n\r\n"


def test_an_honest_request_is_answered_and_says_nothing_of_the_server(address):
    answer, _ = exchange(address, post("Content-Length: 2", JSON, body=b"{}"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"seen:{}:/v1/x" in answer
    assert re.search(rb"(?im)^(server|x-powered-by):", answer) is None


def test_chunks_are_put_together(address):
    chunks = b"1\r\n{\r\n1;note=x\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n"
    answer, _ = exchange(address, post(CHUNKED, JSON, body=chunks))
    assert b"seen:{}:/v1/x" in answer


def test_two_requests_in_one_packet_get_two_answers_in_order(address):
    answer, _ = exchange(address, post("Content-Length: 2", JSON, body=b"{}") + HIDDEN)
    assert [found.decode() for found in re.findall(rb":(/v1/\w+)", answer)] == [
        "/v1/x",
        "/v1/hidden",
    ]


@pytest.mark.parametrize("last", ["Connection: close", "Connection: CLOSE, x"])
def test_what_follows_the_last_request_is_not_answered(address, last):
    answer, closed = exchange(address, post(last, "Content-Length: 2", JSON, body=b"{}") + HIDDEN)
    assert closed
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"hidden" not in answer


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
