"""The HTTP server, with the patience that uvicorn lacks."""

import asyncio
import gc
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0
HEADER_BYTES = 32_768
# Under /v1 a slow body is answered sooner, by bodies.LIMIT_SECONDS; this ends all the others.
BODY_SECONDS = 15.0
TOO_LARGE = b"The headers are too large."
HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(TOO_LARGE), TOO_LARGE)
)


class HeadTooLarge(Exception):
    """Ends the reading of a request from inside the parser; never leaves this file."""


class Patient(HttpToolsProtocol):
    """Closes a connection whose request does not arrive in time, or whose headers do not end.

    uvicorn's one timer starts after an answer and stops at the next byte, so a client that says
    nothing, or dribbles its headers or its body, would hold a connection for ever; and httptools
    takes headers of any size.
    """

    _waiting: asyncio.TimerHandle | None = None
    _in_head = True
    # What arrived of a head that does not end; and what one holds as it is taken apart, since
    # that may all arrive in one read and be answered before the first number is looked at.
    _head_bytes, _parsed_bytes = 0, 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(HEADER_SECONDS)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > HEADER_BYTES:
            self._refuse_head()
        elif self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait(HEADER_SECONDS)  # an empty line stops uvicorn's timer and begins nothing

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._parsed_bytes = True, 0
        if self._waiting is None:
            self._wait(HEADER_SECONDS)

    def on_url(self, url: bytes) -> None:
        self._parse(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parse(len(name) + len(value) + len(": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        # uvicorn says this of whatever stops its parser; a head that is too large is told apart.
        if self._parsed_bytes > HEADER_BYTES:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _parse(self, size: int) -> None:
        self._parsed_bytes += size
        if self._parsed_bytes > HEADER_BYTES:
            raise HeadTooLarge

    def _refuse_head(self) -> None:
        self.transport.write(HEAD_TOO_LARGE)
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def settle() -> None:
    """Called once an app stands. What stands then stands for good: looking through it for garbage
    again and again costs a tenth of a request.
    """
    gc.freeze()
    gc.set_threshold(50_000)


def server_for(app: Any, *, host: str, port: int, workers: int = 1) -> uvicorn.Config:
    """How this service wants to be served: no access log (addresses carry ids), no server name.

    Args:
        app: the application, or the import path of its factory where there are several workers.
        host: the address to listen on.
        port: the port to listen on.
        workers: server processes.
    """
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=host,
        port=port,
        workers=workers,
        http=Patient,
        loop="auto",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
        ws="none",
    )
