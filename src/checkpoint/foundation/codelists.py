"""Code lists that clients build their forms from: dated, with source and ETag."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from checkpoint.foundation.answers import public
from checkpoint.foundation.schemas import View


class CodeView(View):
    """One value that a coded field may take."""

    code: str
    label: Annotated[str, Field(description="What staff call it.")]
    available_from: Annotated[date | None, Field(description="First day; null is always.")] = None
    available_until: Annotated[
        date | None, Field(description="First day no longer; null is open.")
    ] = None
    source: str | None = None


class CodeListView(View):
    """All values of one coded field."""

    name: Annotated[str, Field(examples=["interview-stances"])]
    title: str
    source: str
    items: list[CodeView]


def list_doors(
    router: APIRouter, lock: Any, lists: Mapping[str, tuple[str, str, Iterable[tuple[str, str]]]]
) -> None:
    """One door for each code list that lives in code.

    Args:
        router: where the doors are hung.
        lock: the dependency that guards them.
        lists: by name, the list's title, its source, and its pairs of code and label.
    """
    for name, (title, source, labels) in lists.items():
        _list_door(router, lock, code_list(name, title, source, labels))


def _list_door(router: APIRouter, lock: Any, view: CodeListView) -> None:
    async def read_list(request: Request) -> Response:
        return public(request, view)

    router.add_api_route(
        f"/{view.name}",
        read_list,
        name=f"list_{view.name.replace('-', '_')}",
        summary=f"{view.title}.",
        response_model=CodeListView,
        dependencies=[lock],
    )


def code_list(
    name: str, title: str, source: str, labels: Iterable[tuple[str, str]]
) -> CodeListView:
    """A list that lives in code, from pairs of code and label."""
    items = [CodeView(code=code, label=label) for code, label in labels]
    return CodeListView(name=name, title=title, source=source, items=items)
