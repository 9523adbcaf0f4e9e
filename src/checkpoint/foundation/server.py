"""The HTTP server, with the patience that uvicorn lacks."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 10.0


class Patient(HttpToolsProtocol):
    """Closes a connection whose headers have not arrived in ten seconds.

    uvicorn starts its keep-alive timer only after an answer, so a client that opens a
    connection and says nothing, or dribbles its headers, would hold it for ever.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._waiting = self.loop.call_later(HEADER_SECONDS, transport.close)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


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
        h11_max_incomplete_event_size=16_384,
        ws="none",
    )
