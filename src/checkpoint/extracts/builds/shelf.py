"""Where packages are kept: one file for each, named by its digest, that its owner alone can read."""

import errno
import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool

from checkpoint.extracts.states import PackageNotKept
from checkpoint.foundation.logs import log
from checkpoint.foundation.settings import Settings

GULP = 1 << 20
# Whoever has no room or no right to write has none half a minute later either.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES})


def of_the_disk(fault: BaseException) -> bool:
    """Whether a file could not be written, which no other attempt mends."""
    return isinstance(fault, OSError) and fault.errno in FULL


def folder_of(settings: Settings) -> Path:
    """The folder of packages; made where there is none."""
    folder = settings.extract_folder or settings.folder / "extracts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def place(settings: Settings, digest: str) -> Path:
    """Where the package of a digest is, or would be."""
    return folder_of(settings) / f"{digest}.zip"


def put(settings: Settings, packed: Path, digest: str) -> None:
    """Keep a package that was just written; one of the same digest is the same."""
    packed.chmod(0o600)
    packed.replace(place(settings, digest))


def keep_only(settings: Settings, digests: Collection[str]) -> int:
    """Remove every package but these.

    Returns:
        How many were removed.
    """
    left = [path for path in folder_of(settings).glob("*.zip") if path.stem not in digests]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(GULP):
            summed.update(part)
    return summed.hexdigest()


async def checked(settings: Settings, release: Any) -> Path:
    """The package of a release, if it is here and is what the register says.

    Raises:
        PackageNotKept: it is not; the same build gives the same bytes again.
    """
    path = place(settings, release.digest)
    if not path.exists():
        raise PackageNotKept("Have it built again; its digest will be the same.")
    if await run_in_threadpool(digest_of, path) != release.digest:
        log.error("extract_package_changed", release=str(release.id))
        raise PackageNotKept("What is kept is not what was released. Have it built again.")
    return path
