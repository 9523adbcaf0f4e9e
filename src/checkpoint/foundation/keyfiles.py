"""Secrets that are made once and kept in a file that its owner alone can read."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """A secret from its file; made and kept first, where there is none.

    Args:
        path: the file; its folder is made too.
        make: gives a new secret.

    Returns:
        What stands in the file. Of several processes that start at once, one makes it for all.
    """
    if not path.exists():
        _keep(path, make())
    return path.read_bytes()


def _keep(path: Path, secret: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)
    with suppress(FileExistsError):
        path.hardlink_to(draft)  # whole or not at all, and whoever is first wins
    draft.unlink()
