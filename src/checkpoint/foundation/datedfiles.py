"""Dated files that never change: read, held against the digests beside them, put in order. Pure."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from checkpoint.foundation.tomlfiles import parsed

SUMS = "SHA256SUMS"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
Model = TypeVar("Model", bound=BaseModel)


class Part(BaseModel):
    """A part of a dated file, or the whole; nothing in it is unknown, and nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dated(Protocol):
    """What a dated file says of itself."""

    @property
    def version(self) -> str: ...

    @property
    def valid_from(self) -> date: ...


def digest(text: str) -> str:
    """SHA-256 of a dated file, in hexadecimal digits, as it is written down beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(kind: type[Model], text: str, unreadable: type[ValueError]) -> Model:
    """What a file (TOML) describes.

    Args:
        kind: what it has to be.
        text: the file, word for word.
        unreadable: the room's own error.

    Returns:
        One of that kind.

    Raises:
        ValueError: as ``unreadable``: not TOML, or a part is missing, unknown or wrong; every fault
            is told with its place.
    """
    try:
        return kind.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise unreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise unreadable("; ".join(faults)) from error


def in_order(
    texts: Mapping[str, str], parse: Callable[[str], Dated], unreadable: type[ValueError]
) -> dict[str, str]:
    """The dated files of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the others' digests.
        parse: how one of them is read.
        unreadable: the room's own error.

    Returns:
        Each file's text by version.

    Raises:
        ValueError: as ``unreadable``: a file cannot be read, is not named after its version, or has
            another digest than is written down. Every fault is told, with its file.
    """
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    named = {name: text for name, text in texts.items() if name.endswith(".toml")}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - named]
    found: dict[str, tuple[date, str]] = {}
    for name, text in named.items():
        try:
            dated = parse(text)
        except unreadable as error:
            faults.append(f"{name}: {error}")
            continue
        if name != f"{dated.version}.toml":
            faults.append(f"{name}: it is not named after its version, {dated.version}")
        if digest(text) != sums.get(name):
            faults.append(f"{name}: {SUMS} does not have its digest, {digest(text)}")
        found[dated.version] = (dated.valid_from, text)
    if faults:
        raise unreadable("; ".join(sorted(faults)))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return {version: text for version, (_, text) in ordered}
