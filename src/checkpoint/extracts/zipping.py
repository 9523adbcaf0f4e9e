"""A zip whose bytes hang on what is in it alone: no clock, no machine, no order of chance."""

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO

# The first moment that a zip can tell (PKWARE APPNOTE 4.4.6), and the rights of a plain file.
MOMENT = (1980, 1, 1, 0, 0, 0)
RIGHTS = 0o644 << 16
UNIX = 3
LEVEL = 1  # three times as quick as the usual 6, for files a tenth larger
AHEAD = 1  # pieces of some megabytes that wait for being packed
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in the zip: its size and SHA-256 as it comes out again."""

    name: str
    size: int
    digest: str


class Entry:
    """A file that is being written into the zip."""

    def __init__(self, name: str, into: BinaryIO) -> None:
        self.name = name
        self._into = into
        self._digest = hashlib.sha256()
        self._size = 0
        self._queue: Queue[Any] = Queue(AHEAD)
        self._broken: BaseException | None = None
        # Packing takes as long as making the rows; a thread of its own halves that.
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            if self._broken is not None:
                continue
            try:
                self._digest.update(piece)
                self._into.write(piece)
            except BaseException as error:
                self._broken = error

    def write(self, piece: Any) -> None:
        """The next bytes."""
        if self._broken is not None:
            raise self._broken
        self._size += len(memoryview(piece))
        self._queue.put(piece)

    def end(self) -> Packed:
        """Nothing comes any more."""
        self._queue.put(None)
        self._thread.join()
        if self._broken is not None:
            raise self._broken
        return Packed(self.name, self._size, self._digest.hexdigest())


class Zip:
    """A zip file being written.

    Args:
        path: of the file; whatever was there goes.
    """

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", allowZip64=True)
        self.files: list[Packed] = []

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[Entry]:
        """A file of the zip, to be written piece by piece.

        Args:
            name: its name, of plain letters.
            packed: whether it is made smaller; what is small already is not.

        Yields:
            What takes its bytes.
        """
        info = zipfile.ZipInfo(name, MOMENT)
        info.external_attr = RIGHTS
        info.create_system = UNIX
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info._compresslevel = LEVEL if packed else None  # type: ignore[attr-defined]  # noqa: SLF001
        with self._zip.open(info, "w", force_zip64=True) as into:
            entry = Entry(name, into)  # type: ignore[arg-type]
            try:
                yield entry
            finally:
                packed_file = entry.end()
        self.files.append(packed_file)

    def add(self, name: str, content: bytes) -> None:
        """A whole file at once."""
        with self.entry(name) as entry:
            entry.write(content)

    def take(self, name: str, path: Path) -> None:
        """A file from the disk, as it is."""
        with self.entry(name, packed=False) as entry, path.open("rb") as file:
            while piece := file.read(PIECE):
                entry.write(piece)

    def close(self) -> None:
        """Nothing comes any more."""
        self._zip.close()
