"""Definitions of outcomes as dated files, each with its digest. Pure."""

from functools import lru_cache
from importlib.resources import files

from checkpoint.foundation.datedfiles import digest, in_order, read
from checkpoint.outcomes.definitions import Definitions


class DefinitionsUnreadable(ValueError):
    """A file is not what definitions must be; says where."""


def parse(text: str) -> Definitions:
    """The definitions that ``text`` (TOML) describes.

    Raises:
        DefinitionsUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is
            told with its place.
    """
    return read(Definitions, text, DefinitionsUnreadable)


def opened(text: str, expected: str) -> Definitions:
    """Published definitions, if they still are what was published.

    Args:
        text: the file, word for word.
        expected: the digest that it was published with.

    Returns:
        The definitions.

    Raises:
        DefinitionsUnreadable: the bytes are others.
    """
    if digest(text) != expected:
        raise DefinitionsUnreadable("they are not what was published: the digest differs")
    return _opened(text)


@lru_cache(maxsize=32)
def _opened(text: str) -> Definitions:
    return parse(text)


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The definitions that ship with the package, by version."""
    folder = files("checkpoint.outcomes") / "measures"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    return in_order(texts, parse, DefinitionsUnreadable)
