"""What stands after the question mark: a name nobody knows is refused, not ignored."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from checkpoint.foundation import errors


class ParameterUnknown(errors.Unprocessable):
    slug = "parameter-unknown"
    title = "A query parameter is not known here"


KNOWN: dict[tuple[str, str], frozenset[str]] = {}


def parameters_of(route: APIRoute) -> frozenset[str]:
    """The query parameters that a route takes, its dependencies' included."""
    door = (route.name, route.path)
    if door not in KNOWN:
        KNOWN[door] = frozenset(_names(route.dependant))
    return KNOWN[door]


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for child in dependant.dependencies:
        yield from _names(child)


def refuse_unknown(request: Request) -> None:
    """A misspelt filter would otherwise answer with everything.

    Raises:
        ParameterUnknown: some name is not among the route's parameters; lists those that are.
    """
    route = request.scope["route"]
    known = parameters_of(route) if isinstance(route, APIRoute) else frozenset()
    if not request.query_params.keys() <= known:
        raise ParameterUnknown(f"It takes: {', '.join(sorted(known)) or 'none'}.")
