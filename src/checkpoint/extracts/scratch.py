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
DIGEST_CODES = 8  # as many codes of two bytes as a pseudonym's 16 take up
TWICE = "somebody stands twice among the people of the cut"
Digests = NDArray[np.uint64]  # by row: the first and the last 64 bits
MOST_STEPS = 32
A_FEW = 1  # bits, so that two keys or so begin alike, and the table of beginnings stays small
# Spreads ids that begin alike; odd, and otherwise of no meaning.
MIXED_BY = np.uint64(0x9E3779B97F4A7C15)


def halves(given: bytes) -> Digests:
    """16 bytes a row as two numbers a row, so that the order of numbers is that of bytes."""
    return np.frombuffer(given, ">u8").reshape(-1, 2).astype(np.uint64)


class Parts:
    """Rows of codes, each under the pseudonym of somebody, in parts by how the pseudonym begins.

    Args:
        folder: nobody else's.
        name: of the files.
        columns: codes in a row, of two bytes each.
    """

    def __init__(self, folder: Path, name: str, columns: int) -> None:
        self._paths = [folder / f"{name}-{part:02d}" for part in range(PARTS)]
        self._row = np.dtype([("digest", "<u8", (2,)), ("codes", "<u2", (columns,))])
        self.rows = 0
        self._waiting: list[NDArray[Any]] = []

    def add(self, digests: Digests, codes: Codes) -> None:
        """Set rows aside.

        Args:
            digests: by row.
            codes: by row and column.
        """
        rows = np.empty(len(digests), self._row)
        rows["digest"], rows["codes"] = digests, codes
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
        part = (rows["digest"][:, 0] >> np.uint64(64 - BITS)).astype(np.uint8)
        rows = rows[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=PARTS))
        for path, end, size in zip(self._paths, ends, np.diff(ends, prepend=0), strict=True):
            if size:
                with path.open("ab") as file:
                    rows[end - size : end].tofile(file)

    def __iter__(self) -> Iterator[tuple[Digests, NDArray[np.uint16]]]:
        """All parts in the order of pseudonyms, empty ones too; within a part as rows came."""
        self._put()
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
    begins = np.sort(some[:, 0])
    places = np.searchsorted(begins, rows[:, 0]).clip(max=len(begins) - 1)
    found: NDArray[np.bool_] = begins[places] == rows[:, 0]
    found[found] = np.isin(_whole(rows[found]), _whole(some))  # hardly ever otherwise
    return found


def _whole(digests: Digests) -> NDArray[np.bytes_]:
    return digests.astype(">u8").view("S16").ravel()


class People:
    """Who is in the extract, and under which pseudonym: found by id while events are read.

    Args:
        folder: nobody else's.
    """

    def __init__(self, folder: Path) -> None:
        # Put in parts by a number made of the id, so that they are in order part by part.
        self._parts = Parts(folder, "people", DIGEST_CODES)
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._digests: Digests = np.empty((0, 2), np.uint64)
        # By how a key begins, the place of the first that begins so or later.
        self._begins: NDArray[np.int32] = np.empty(0, np.int32)
        self._shift = np.uint64(0)

    def add(self, ids: Digests, digests: Digests) -> None:
        """Put people down.

        Args:
            ids: by row.
            digests: their pseudonyms.
        """
        keys = np.stack([_mixed(ids), ids[:, 1]], axis=1)
        self._parts.add(keys, digests.view(np.uint16))

    def close(self) -> None:
        """Nobody comes any more; from now on they can be found.

        Raises:
            ValueError: somebody is there twice.
        """
        people, place = self._parts.rows, 0
        self._keys, self._ids = np.empty(people, np.uint64), np.empty(people, np.uint64)
        self._digests = np.empty((people, 2), np.uint64)
        for keys, codes in self._parts:
            order = np.argsort(keys[:, 0], kind="stable")
            rows = slice(place, place + len(order))
            self._keys[rows], self._ids[rows] = keys[order, 0], keys[order, 1]
            self._digests[rows] = codes[order].view(np.uint64)
            place += len(order)
        if (self._keys[1:] == self._keys[:-1]).any():
            raise ValueError(TWICE)
        self._shift = np.uint64(64 - max(people.bit_length() - A_FEW, 1))
        heads = np.arange(int(self._keys.max(initial=0) >> self._shift) + 1, dtype=np.uint64)
        self._begins = np.searchsorted(self._keys, heads << self._shift).astype(np.int32)

    def found(self, ids: Digests) -> tuple[NDArray[np.bool_], Digests]:
        """Who of these is in the extract.

        Args:
            ids: by row.

        Returns:
            By row whether they are, and the pseudonym; of no meaning where they are not.
        """
        if not len(self._keys):
            return np.zeros(len(ids), bool), np.zeros((len(ids), 2), np.uint64)
        keys = _mixed(ids)
        places = self._placed(keys)
        known: NDArray[np.bool_] = (self._keys[places] == keys) & (self._ids[places] == ids[:, 1])
        return known, self._digests[places]

    def _placed(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
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
