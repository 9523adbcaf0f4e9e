import ast
from inspect import isasyncgenfunction, iscoroutinefunction

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import SQLModel

from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.database import Transaction, request_transaction
from conftest import ROOT

SOURCES = sorted((ROOT / "src").rglob("*.py"))


def every(kind):
    for child in kind.__subclasses__():
        yield child
        yield from every(child)


def dependencies(dependant):
    for child in dependant.dependencies:
        yield child
        yield from dependencies(child)


def test_no_record_reaches_for_another_by_itself():
    tied = {
        t.__tablename__: len(sa.inspect(t).relationships)
        for t in every(SQLModel)
        if hasattr(t, "__table__")
    }
    assert tied == dict.fromkeys(SQLModel.metadata.tables, 0)


def test_nothing_in_a_request_waits_for_a_worker_thread(app):
    called = [r.endpoint for r in routes_of(app)]
    called += [d.call for r in routes_of(app) for d in dependencies(r.dependant)]
    ours = [call for call in app.exception_handlers.values() if "starlette" not in call.__module__]
    blocking = [
        call
        for call in called + ours
        if "fastapi.exception_handlers" not in getattr(call, "__module__", "")
        and not (
            iscoroutinefunction(call)
            or iscoroutinefunction(type(call).__call__)
            or isasyncgenfunction(call)
        )
    ]
    assert blocking == []
    assert len(called) > 2 * len(app.openapi()["paths"])


def test_every_transaction_is_committed_before_its_answer_leaves(app):
    scopes = {
        d.scope
        for r in routes_of(app)
        for d in dependencies(r.dependant)
        if d.call is request_transaction
    }
    assert scopes == {"function"}


async def test_a_success_is_never_answered_when_the_commit_fails():
    async def refused():
        yield None
        raise ConnectionError("the commit failed")

    app = FastAPI()

    @app.get("/")
    async def _(session: Transaction) -> str:
        return "done"

    app.dependency_overrides[request_transaction] = refused
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        assert (await client.get("/")).status_code == 500


def test_only_one_place_asks_what_time_it_is():
    clock = {"now", "utcnow", "today"}
    askers = {
        str(path.relative_to(ROOT / "src" / "checkpoint"))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in clock
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    }
    assert askers == {"foundation/clock.py"}


def test_no_annotation_is_postponed():
    postponed = [p for p in SOURCES if "from __future__ import annotations" in p.read_text()]
    assert postponed == []
