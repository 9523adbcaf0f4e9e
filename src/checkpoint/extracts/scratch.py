"""Rows set aside while an extract is built, on disk and in parts, so that memory does not grow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkpoint.extracts.risk import Codes

PARTS = 64
Digests = NDArray[np.uint64]  # by row: the first and the last 64 bits
# To find people by one number of 64 bits; odd, and otherwise of no meaning.
MIXED_BY = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)


def halves(given: bytes) -> Digests:
    """16 bytes a row as two numbers a row, so that the order of numbers is that of bytes."""
    return np.frombuffer(given, ">u8").reshape(-1, 2).astype(np.uint64)


class Parts:
    """Rows of codes, each under the pseudonym of somebody, in parts by how the pseudonym begins.

    Args:
        folder: nobody else's.
        name: of the files.
        columns: codes in a row.
    """

    def __init__(self, folder: Path, name: str, columns: int) -> None:
        self._paths = [folder / f"{name}-{part:02d}" for part in range(PARTS)]
        self._row = np.dtype([("digest", "<u8", (2,)), ("codes", "<i4", (columns,))])
        self.rows = 0

    def add(self, digests: Digests, codes: Codes) -> None:
        """Set rows aside.

        Args:
            digests: by row.
            codes: by row and column.
        """
        rows = np.empty(len(digests), self._row)
        rows["digest"], rows["codes"] = digests, codes
        part = (digests[:, 0] >> np.uint64(58)).astype(np.uint8)
        rows = rows[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=PARTS))
        for path, end, size in zip(self._paths, ends, np.diff(ends, prepend=0), strict=True):
            if size:
                with path.open("ab") as file:
                    rows[end - size : end].tofile(file)
        self.rows += len(rows)

    def __iter__(self) -> Iterator[tuple[Digests, NDArray[np.int32]]]:
        """All parts in the order of pseudonyms, empty ones too; within a part as rows came."""
        for path in self._paths:
            rows: Any = np.fromfile(path, self._row) if path.exists() else np.empty(0, self._row)
            yield np.ascontiguousarray(rows["digest"]), np.ascontiguousarray(rows["codes"])


def among(rows: Digests, some: Digests) -> NDArray[np.bool_]:
    """Which rows bear one of some pseudonyms.

    Args:
        rows: pseudonyms by row.
        some: pseudonyms, in any order.

    Returns:
        By row.
    """
    if not len(some):
        return np.zeros(len(rows), bool)
    ordered = some[np.lexsort([some[:, 1], some[:, 0]])]
    places = np.searchsorted(ordered[:, 0], rows[:, 0]).clip(max=len(ordered) - 1)
    found: NDArray[np.bool_] = (ordered[places] == rows).all(axis=1)
    return found


class People:
    """Who is in the extract, and under which pseudonym: found by id while events are read.

    Args:
        folder: nobody else's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "people"
        self._row = np.dtype([("id", "<u8", (2,)), ("digest", "<u8", (2,))])
        self._multiplier = np.uint64(0)
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._order: NDArray[np.int32] = np.empty(0, np.int32)
        self._rows: Any = np.empty(0, self._row)

    def add(self, ids: Digests, digests: Digests) -> None:
        """Put people down.

        Args:
            ids: by row.
            digests: their pseudonyms.
        """
        rows = np.empty(len(ids), self._row)
        rows["id"], rows["digest"] = ids, digests
        with self._path.open("ab") as file:
            rows.tofile(file)

    def close(self) -> None:
        """Nobody comes any more; from now on they can be found.

        Raises:
            ValueError: somebody is there twice.
        """
        if not self._path.exists():
            return
        self._rows = np.memmap(self._path, self._row, "r")
        for multiplier in MIXED_BY:
            self._multiplier = np.uint64(multiplier)
            keys = self._mixed(self._rows["id"])
            self._order = np.argsort(keys, kind="stable").astype(np.int32)
            self._keys = keys[self._order]
            if not (self._keys[1:] == self._keys[:-1]).any():
                return
        raise ValueError("somebody stands twice among the people of the cut")

    def _mixed(self, ids: Digests) -> NDArray[np.uint64]:
        with np.errstate(over="ignore"):
            mixed: NDArray[np.uint64] = ids[:, 0] * self._multiplier ^ ids[:, 1]
        return mixed

    def found(self, ids: Digests) -> tuple[NDArray[np.bool_], Digests]:
        """Who of these is in the extract.

        Args:
            ids: by row; the same in rows that follow one another is looked up once.

        Returns:
            By row whether they are, and the pseudonyms of those who are.
        """
        if not len(self._keys) or not len(ids):
            return np.zeros(len(ids), bool), np.empty((0, 2), np.uint64)
        new = np.ones(len(ids), bool)
        new[1:] = (ids[1:] != ids[:-1]).any(axis=1)
        asked = ids[new]
        places = np.searchsorted(self._keys, self._mixed(asked)).clip(max=len(self._keys) - 1)
        rows = self._rows[self._order[places]]
        known = (rows["id"] == asked).all(axis=1)
        runs = np.cumsum(new) - 1
        there: NDArray[np.bool_] = known[runs]
        return there, rows["digest"][runs[there]]
