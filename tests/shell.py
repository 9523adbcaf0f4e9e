"""Commands as somebody at a shell runs them, and what they left in the database."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import create_async_engine

from checkpoint import cli
from checkpoint.foundation.database import with_driver


@dataclass(frozen=True)
class Told:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Shell:
    """Runs commands in this process, on one database."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url, self._monkeypatch = url, monkeypatch
        self.environment = {
            "CHECKPOINT_ENVIRONMENT": "development",
            "CHECKPOINT_DATABASE_URL": url,
            "COLUMNS": "100",
            "TERM": "dumb",
        }
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)

    def __call__(self, *args: object) -> Told:
        self._monkeypatch.setattr(sys, "argv", ["checkpoint", *map(str, args)])
        code, out, err, logs = 0, io.StringIO(), io.StringIO(), structlog.get_config()
        structlog.reset_defaults()  # as in a process of its own
        try:
            with redirect_stdout(out), redirect_stderr(err):
                cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            structlog.configure(**logs)
        return Told(code, out.getvalue(), err.getvalue())

    def started(self, *args: object) -> "subprocess.Popen[str]":
        """The same command in a process of its own, which can be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "checkpoint", *map(str, args)],
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def found(self, query: str, **values: Any) -> Sequence[Any]:
        """What a query finds afterwards, asked by the login that may do anything."""
        return asyncio.run(_asked(self.url, query, values))


async def _asked(url: str, query: str, values: dict[str, Any]) -> Sequence[Any]:
    engine = create_async_engine(with_driver(url), poolclass=sa.NullPool)
    try:
        async with engine.begin() as connection:
            answer = await connection.execute(sa.text(query), values)
            return answer.all() if answer.returns_rows else []
    finally:
        await engine.dispose()
