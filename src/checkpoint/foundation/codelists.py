"""Code lists that clients build their forms from: dated, with source and ETag."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

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


def code_list(
    name: str, title: str, source: str, labels: Iterable[tuple[str, str]]
) -> CodeListView:
    """A list that lives in code, from pairs of code and label."""
    items = [CodeView(code=code, label=label) for code, label in labels]
    return CodeListView(name=name, title=title, source=source, items=items)
