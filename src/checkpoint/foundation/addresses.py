"""Addresses: what may stand after the question mark, and where it is read what a door has made."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, cast, get_args, get_origin

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import JsonValue

from checkpoint.foundation import errors
from checkpoint.foundation.problems import RequestNotUnderstood


class ParameterUnknown(errors.Unprocessable):
    slug = "parameter-unknown"
    title = "A query parameter is not known here"


PLACE = re.compile(r"\{[^}]*\}")
KNOWN: dict[tuple[str, str], Mapping[str, bool]] = {}


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the app, however deep its router lies."""

    def walk(routes: list[Any]) -> Any:
        for route in routes:
            if isinstance(route, APIRoute):
                yield route
            elif hasattr(route, "original_router"):
                yield from walk(route.original_router.routes)

    return [*walk(cast("list[Any]", app.routes))]


@lru_cache(maxsize=4)
def _readable(app: FastAPI) -> frozenset[str]:
    """The patterns of addresses that are read, whatever their places are called."""
    return frozenset(PLACE.sub("{}", r.path) for r in routes_of(app) if "GET" in (r.methods or ()))


def read_at(app: FastAPI, pattern: str, path: str) -> str:
    """Where it is read what a door has made, or has added to.

    Args:
        app: with its routes.
        pattern: the door's, as in ``/v1/cases/{id}/warnings``.
        path: as it was asked for, with as many parts.

    Returns:
        The nearest address above that is read, the door's own first; its own where there is none.
    """
    parts, asked = PLACE.sub("{}", pattern).split("/"), path.split("/")
    while len(parts) > 1:
        if "/".join(parts) in _readable(app):
            return "/".join(asked[: len(parts)])
        parts.pop()
    return path


def parameters_of(route: APIRoute) -> Mapping[str, bool]:
    """The query parameters that a route takes, its dependencies' included, and which are lists."""
    door = (route.name, route.path)
    if door not in KNOWN:
        KNOWN[door] = dict(_parameters(route.dependant))
    return KNOWN[door]


def _parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        yield field.alias, _is_list(field.field_info.annotation)
    for child in dependant.dependencies:
        yield from _parameters(child)


def _is_list(annotation: Any) -> bool:
    """Whether a parameter takes several values, or several or none."""
    return list in (get_origin(each) for each in (annotation, *get_args(annotation)))


def refuse_unclear(request: Request) -> None:
    """A misspelt filter would otherwise answer with everything, one said twice with the last alone.

    Raises:
        ParameterUnknown: some name is not among the route's parameters; lists those that are.
        RequestNotUnderstood: a name that takes one value is said twice; says which.
    """
    route = request.scope["route"]
    known = parameters_of(route) if isinstance(route, APIRoute) else {}
    if not request.query_params.keys() <= known.keys():
        raise ParameterUnknown(f"It takes: {', '.join(sorted(known)) or 'none'}.")
    refuse_repeated(request, lists={name for name, is_list in known.items() if is_list})


def refuse_repeated(request: Request, *, lists: AbstractSet[str] = frozenset()) -> None:
    """Nobody can tell which of two values is meant.

    Args:
        request: whose address is read.
        lists: names that take several values.

    Raises:
        RequestNotUnderstood: another name is said twice; says which.
    """
    names = [name for name, _ in request.query_params.multi_items() if name not in lists]
    if len(names) == len({*names}):
        return
    faults: list[JsonValue] = [
        {"pointer": f"query:{name}", "code": "said-twice", "detail": "Say it once."}
        for name in sorted({*names})
        if names.count(name) > 1 and name.isidentifier() and name.islower()
    ]
    raise RequestNotUnderstood("Say each parameter once.", errors=faults)
