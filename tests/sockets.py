"""The real server on a free port of this machine, and plain sockets to talk to it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from checkpoint.foundation.server import server_for

# How long a test that made the server impatient waits for it, and then some.
PATIENCE, SLACK = 0.4, 1.2
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
HIDDEN = b"GET /v1/hidden HTTP/1.1\r\nHost: house\r\n\r\n"


async def echo(scope: Any, receive: Any, send: Any) -> None:
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


class Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def served(app: Any, **changes: Any) -> Iterator[tuple[str, int]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = server_for(app, host="127.0.0.1", port=0)
        for name, value in ({"lifespan": "off"} | changes).items():
            setattr(config, name, value)
        running = Announced(config)
        thread = threading.Thread(target=running.run, args=([listener],))
        thread.start()
        try:
            assert running.listening.wait(10)
            yield listener.getsockname()
        finally:
            running.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


def said(connection: socket.socket, *, within: float = SLACK) -> tuple[bytes, bool]:
    """What the server says, and whether it closed the connection in time."""
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


def exchange(address: tuple[str, int], raw: bytes, *, within: float = SLACK) -> tuple[bytes, bool]:
    with socket.create_connection(address) as connection:
        connection.sendall(raw)
        return said(connection, within=within)


def post(*lines: str, body: bytes = b"", path: str = "/v1/x") -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: house", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body
