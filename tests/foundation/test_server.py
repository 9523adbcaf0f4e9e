"""What the server makes of requests that two servers could read two ways."""

import re

import pytest

from checkpoint.foundation.bodies import Guarded
from sockets import CHUNKED, HIDDEN, JSON, echo, exchange, post, served


@pytest.fixture(scope="module")
def address():
    with served(Guarded(echo), timeout_keep_alive=0.4) as address:
        yield address


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
    "a tunnel": b"CONNECT house:443 HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "a path beyond ASCII": b"GET /v1/\xff HTTP/1.1\r\nHost: house\r\n\r\n" + HIDDEN,
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("raw", SMUGGLED.values(), ids=SMUGGLED)
def test_a_request_that_two_servers_read_two_ways_is_400_and_the_end(address, raw):
    answer, closed = exchange(address, raw)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    assert closed
    assert b"hidden" not in answer
    assert b"CANARY" not in answer


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
