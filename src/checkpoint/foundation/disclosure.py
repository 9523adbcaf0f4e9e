"""The words for how much a column reveals; attached to every column."""

from enum import StrEnum
from typing import Any


class Disclosure(StrEnum):
    """How much one column tells a stranger about one person."""

    DIRECT = "direct"  # names somebody by itself
    INDIRECT = "indirect"  # helps to find somebody, joined with other columns
    SAFE = "safe"  # finds nobody
    NEVER = "never"  # leaves this database in no extract: content, secrets, free text


def described(comment: str, disclosure: Disclosure) -> dict[str, Any]:
    """A column's comment and disclosure class, for ``sa_column_kwargs``."""
    return {"comment": comment, "info": {"disclosure": disclosure}}
