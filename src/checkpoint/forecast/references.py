"""The forecasting tools that are known, as dated reference data. Pure."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import Field, model_validator

from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.errors import RuleBroken


class Tool(Part):
    """One version of one tool: how many trees it has, and from when to when it was in use."""

    tool: Annotated[str, Field(pattern=r"^[A-Z0-9_-]{1,40}$")]
    tool_version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    title: Annotated[str, Field(min_length=3)]
    trees: Annotated[int, Field(ge=1)]
    available_from: date | None = None
    available_until: date | None = None
    source: Annotated[str, Field(min_length=3)]

    def in_use(self, on: date) -> bool:
        """Whether the version was in use on a day; where it bears no dates, it always was."""
        begun = self.available_from is None or self.available_from <= on
        return begun and (self.available_until is None or on < self.available_until)


class Tools(Part):
    """A file of tools."""

    tools: tuple[Tool, ...]

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        names = [(tool.tool, tool.tool_version) for tool in self.tools]
        if len(set(names)) < len(names):
            raise ValueError("a version of a tool stands twice")
        return self


def parse(text: str) -> tuple[Tool, ...]:
    """The tools that ``text`` (TOML) lists.

    Raises:
        ValueError: not TOML, or a part is missing, unknown or doubled.
    """
    return Tools.model_validate(tomllib.loads(text)).tools


@lru_cache(maxsize=1)
def known() -> tuple[Tool, ...]:
    """The tools that ship with the package."""
    file = files("checkpoint.forecast") / "reference" / "tools.toml"
    return parse(file.read_text("utf-8"))


def tool_used(tools: Sequence[Tool], name: str, version: str, *, on: date) -> Tool:
    """The version of the tool that was used.

    Args:
        tools: those that are known.
        name: the tool's.
        version: the tool's, as it names it itself.
        on: the day in England on which it was used.

    Returns:
        The tool with its trees; one without dates was always in use.

    Raises:
        RuleBroken: no such version is known, or none was in use on the day.
    """
    for tool in tools:
        if (tool.tool, tool.tool_version) == (name, version) and tool.in_use(on):
            return tool
    raise RuleBroken(
        "#/tool_version",
        "tool-unknown",
        "No such version of that tool is in use; see /v1/reference/forecast-tools.",
    )
