"""Covariates in the words of whoever ran the programme. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.extracts.columns import COVARIATE, Column

HEADING = "## Covariates"
SOURCE = "What was known at allocation, in the words of whoever ran the programme."
# What begins a link, emphasis, code, a table's cell, HTML, a formula or a mention in Markdown, and
# the point and colon by which an address becomes a link of its own (GFM, section 6.9).
ACTIVE = re.compile(r"[\\`*_\[\]<>|~&$#@!]|\.(?=\w)|:(?=/)")


def categories(column: Column, values: Iterable[str]) -> list[str] | list[dict[str, str]]:
    """The values of a column as a Table Schema lists them.

    Args:
        column: with what its codes mean, where that is told.
        values: its codes, in order.

    Returns:
        Each with a label where one is told; else the codes alone.
    """
    if not column.words:
        return [*values]
    return [{"value": each, "label": column.words.get(each, each)} for each in values]


def described(columns: Sequence[Column], told: Mapping[str, Any] | None) -> list[Column]:
    """Those of the columns that the cut's programme describes in words of its own.

    Args:
        columns: of the extract.
        told: what the programme says of covariates, by name; None: the cut was taken without.

    Returns:
        In their order.
    """
    sources = {f"{COVARIATE}{name}" for name in told or ()}
    return [each for each in columns if each.source in sources]


def plain(words: str) -> str:
    """Words that Markdown shows as they stand, on one line.

    Args:
        words: of anybody.

    Returns:
        The same with a backslash before each sign that would be more than itself.
    """
    return ACTIVE.sub(r"\\\g<0>", " ".join(words.split()))


def paragraphs(columns: Sequence[Column]) -> tuple[str, ...]:
    """What covariates mean, for the first page.

    Args:
        columns: those that the programme describes.

    Returns:
        Paragraphs of Markdown; none where none is described.
    """
    if not columns:
        return ()
    lines = []
    for column in columns:
        lines.append(f"- `{column.name}`: {plain(column.title)}")
        lines += [f"  - `{code}`: {plain(words)}" for code, words in sorted(column.words.items())]
    return HEADING, SOURCE, "\n".join(lines)


def dictionary(columns: Sequence[Column]) -> dict[str, Any]:
    """What covariates that people are counted by mean, for the descriptor of counts.

    Args:
        columns: those that the programme describes.

    Returns:
        A property of the descriptor; none where none is described.
    """
    told = [
        {"name": each.name, "title": each.title, "description": each.description}
        | ({"categories": categories(each, sorted(each.words))} if each.words else {})
        for each in columns
    ]
    return {"counted_by": told} if told else {}
