"""Definitions of outcomes as dated files, each with its digest. Pure."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files

from pydantic import ValidationError

from checkpoint.foundation.tomlfiles import parsed
from checkpoint.outcomes.definitions import Definitions

SUMS = "SHA256SUMS"


class DefinitionsUnreadable(ValueError):
    """A file is not what definitions must be; says where."""


def digest(text: str) -> str:
    """SHA-256 of a file of definitions, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> Definitions:
    """The definitions that ``text`` (TOML) describes.

    Raises:
        DefinitionsUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is
            told with its place.
    """
    try:
        return Definitions.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionsUnreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise DefinitionsUnreadable("; ".join(faults)) from error


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


def dated_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The definitions of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the others' digests.

    Returns:
        Each file's text by version.

    Raises:
        DefinitionsUnreadable: a file cannot be read, is not named after its version, or has another
            digest than is written down. Every fault is told, with its file.
    """
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    named = {name: text for name, text in texts.items() if name.endswith(".toml")}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - named]
    found: dict[str, tuple[date, str]] = {}
    for name, text in named.items():
        try:
            read = parse(text)
        except DefinitionsUnreadable as error:
            faults.append(f"{name}: {error}")
            continue
        if name != f"{read.version}.toml":
            faults.append(f"{name}: it is not named after its version, {read.version}")
        if digest(text) != sums.get(name):
            faults.append(f"{name}: {SUMS} does not have its digest, {digest(text)}")
        found[read.version] = (read.valid_from, text)
    if faults:
        raise DefinitionsUnreadable("; ".join(sorted(faults)))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return {version: text for version, (_, text) in ordered}


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The definitions that ship with the package, by version."""
    folder = files("checkpoint.outcomes") / "measures"
    return dated_files({file.name: file.read_text("utf-8") for file in folder.iterdir()})
