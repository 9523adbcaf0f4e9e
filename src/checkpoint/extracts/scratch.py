"""Rows set aside while an extract is built, on disk and in parts, so that memory does not grow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checkpoint.extracts.risk import Codes

BITS = 7  # of a pseudonym, by which its part is named
PARTS = 1 << BITS
AT_ONCE = 3 << 20  # bytes that wait before they are put into parts
ID_CODES = 8  # as many codes of two bytes as an id's 16 take up
TWICE = "somebody stands twice among the people of the cut"
Digests = NDArray[np.uint64]  # by row: the first and the last 64 bits
DIGEST = np.dtype(("<u8", (2,)))
# Where somebody stands in the order of pseudonyms: the part, then the place in it.
Places = NDArray[np.uint32]
PLACE = np.dtype("<u4")
IN_PART = np.uint32((1 << (32 - BITS)) - 1)
MOST_STEPS = 32
A_FEW = 1  # bits, so that two keys or so begin alike, and the table of beginnings stays small
# Spreads ids that begin alike; odd, and otherwise of no meaning.
MIXED_BY = np.uint64(0x9E3779B97F4A7C15)


def halves(given: bytes) -> Digests:
    """16 bytes a row as two numbers a row, so that the order of numbers is that of bytes."""
    return np.frombuffer(given, ">u8").reshape(-1, 2).astype(np.uint64)


class Parts:
    """Rows of codes, each under somebody's pseudonym or place, in parts by how that begins.

    Args:
        folder: nobody else's.
        name: of the files.
        columns: codes in a row, of two bytes each.
        key: what rows stand under: ``DIGEST`` or ``PLACE``.
    """

    def __init__(self, folder: Path, name: str, columns: int, key: np.dtype[Any] = DIGEST) -> None:
        self._paths = [folder / f"{name}-{part:02d}" for part in range(PARTS)]
        self._row = np.dtype([("key", key), ("codes", "<u2", (columns,))])
        self._shift = 8 * key.base.itemsize - BITS
        self.rows = 0
        self._waiting: list[NDArray[Any]] = []

    def add(self, keys: NDArray[Any], codes: Codes) -> None:
        """Set rows aside.

        Args:
            keys: by row.
            codes: by row and column.
        """
        rows = np.empty(len(keys), self._row)
        rows["key"], rows["codes"] = keys, codes
        self._waiting.append(rows)
        self.rows += len(rows)
        if sum(each.nbytes for each in self._waiting) > AT_ONCE:
            self._put()

    def _put(self) -> None:
        """Write what waits: many rows at a time, since each part's file is opened for it."""
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)
        self._waiting = []
        begins = rows["key"] if rows["key"].ndim == 1 else rows["key"][:, 0]
        part = (begins >> begins.dtype.type(self._shift)).astype(np.uint8)
        rows = rows[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=PARTS))
        for path, end, size in zip(self._paths, ends, np.diff(ends, prepend=0), strict=True):
            if size:
                with path.open("ab") as file:
                    rows[end - size : end].tofile(file)

    def __iter__(self) -> Iterator[tuple[NDArray[Any], NDArray[np.uint16]]]:
        """All parts in the order of pseudonyms, empty ones too; within a part as rows came."""
        self._put()
        for path in self._paths:
            rows: Any = np.fromfile(path, self._row) if path.exists() else np.empty(0, self._row)
            yield np.ascontiguousarray(rows["key"]), np.ascontiguousarray(rows["codes"])


def by_pseudonym(digests: Digests) -> NDArray[np.intp]:
    """The order of pseudonyms: the places of the least, the next and so on."""
    order = np.argsort(digests[:, 0])
    begins = digests[order, 0]
    if (begins[1:] == begins[:-1]).any():
        return np.lexsort([digests[:, 1], digests[:, 0]])
    return order


class People:
    """Who is in the extract, and where in its order: found by id while events are read.

    Args:
        folder: nobody else's.
    """

    def __init__(self, folder: Path) -> None:
        self._parts = Parts(folder, "people", ID_CODES)
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._places: Places = np.empty(0, np.uint32)
        # By how a key begins, the place of the first that begins so or later.
        self._begins: NDArray[np.int32] = np.empty(0, np.int32)
        self._shift = np.uint64(0)

    def add(self, ids: Digests, digests: Digests) -> None:
        """Put people down.

        Args:
            ids: by row.
            digests: their pseudonyms.
        """
        self._parts.add(digests, ids.view(np.uint16))

    def close(self) -> None:
        """Nobody comes any more; from now on they can be found.

        Raises:
            ValueError: somebody is there twice.
        """
        people, begin = self._parts.rows, 0
        keys, ids = np.empty(people, np.uint64), np.empty(people, np.uint64)
        places = np.empty(people, np.uint32)
        for part, (digests, codes) in enumerate(self._parts):
            order = by_pseudonym(digests)
            own, rows = codes[order].view(np.uint64), slice(begin, begin + len(order))
            keys[rows], ids[rows] = _mixed(own), own[:, 1]
            places[rows] = np.arange(len(order)) + (part << (32 - BITS))
            begin += len(order)
        order = np.argsort(keys)
        keys, ids, places = keys[order], ids[order], places[order]
        self._keys, self._ids, self._places = keys, ids, places
        if (self._keys[1:] == self._keys[:-1]).any():
            raise ValueError(TWICE)
        self._shift = np.uint64(64 - max(people.bit_length() - A_FEW, 1))
        heads = np.arange(int(self._keys.max(initial=0) >> self._shift) + 1, dtype=np.uint64)
        self._begins = np.searchsorted(self._keys, heads << self._shift).astype(np.int32)

    def found(self, ids: Digests) -> tuple[NDArray[np.bool_], Places]:
        """Who of these is in the extract.

        Args:
            ids: by row.

        Returns:
            By row whether they are, and their place; of no meaning where they are not.
        """
        if not len(self._keys):
            return np.zeros(len(ids), bool), np.zeros(len(ids), np.uint32)
        keys = _mixed(ids)
        near = self._near(keys)
        known: NDArray[np.bool_] = (self._keys[near] == keys) & (self._ids[near] == ids[:, 1])
        return known, self._places[near]

    def _near(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Where each would stand. Keys are spread evenly, so by how one begins its place is known but
        for a few steps; halving a million again and again looks all over the memory.
        """
        most = len(self._keys) - 1
        heads = (keys >> self._shift).clip(max=len(self._begins) - 1)
        places: NDArray[np.int32] = self._begins[heads.astype(np.intp)].clip(max=most)
        left = np.flatnonzero((self._keys[places] < keys) & (places < most))
        for _ in range(MOST_STEPS):
            if not len(left):
                return places
            places[left] += 1
            there = places[left]
            left = left[(self._keys[there] < keys[left]) & (there < most)]
        places[left] = np.searchsorted(self._keys, keys[left]).clip(max=most)  # keys that bunch
        return places


def _mixed(ids: Digests) -> NDArray[np.uint64]:
    """One number for the two of an id: with the second it gives back the first, so no two are one."""
    mixed: NDArray[np.uint64] = ids[:, 0] ^ (ids[:, 1] * MIXED_BY)
    return mixed
