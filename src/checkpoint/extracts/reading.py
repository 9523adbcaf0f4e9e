"""Rows as PostgreSQL copies them out, read batch by batch into codes; a code stands for a value."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from checkpoint.extracts.arrays import numbers_of
from checkpoint.extracts.risk import Codes

# Bytes of CSV in one batch; Arrow reads up to 32 of them ahead, whatever it is told of threads.
BLOCK = 1 << 19
MOST_VALUES = 10_000  # of one column; one with more is withheld whole
# Where the 32 digits of a UUID stand among its 36 characters.
DIGITS = [place for place in range(36) if place not in {8, 13, 18, 23}]
# Arrow's own allocator keeps what it once had, some 60 MB more at the most.
pa.set_memory_pool(pa.system_memory_pool())
Clean = Callable[[str], str | None]


class Codebook:
    """The values of one column, each with the number that stands for it while an extract is built.

    Numbers are given in the order in which values come first; what is written later hangs on the
    values alone, so that rows in another order give the same file.

    Args:
        clean: takes a value as PostgreSQL writes it and gives what counts of it, or None.
        most: values that are kept apart.
    """

    def __init__(self, clean: Clean | None = None, most: int = MOST_VALUES) -> None:
        self.values: list[str | None] = [None]
        self.overflown = False
        self._clean = clean
        self._most = most
        self._codes: dict[str | None, int] = {None: 0}

    def coded(self, column: Any) -> NDArray[np.int32]:
        """The codes of a column of one batch.

        Args:
            column: an Arrow array of strings; null is not known.

        Returns:
            By row; all 0 once there were too many values.
        """
        if self.overflown:
            return np.zeros(len(column), np.int32)
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        table = np.array([*map(self._code, encoded.dictionary.to_pylist()), 0], np.int32)
        self.overflown = len(self.values) > self._most + 1
        codes: NDArray[np.int32] = table[numbers_of(encoded.indices, len(table) - 1)]
        return codes

    def _code(self, raw: str) -> int:
        value = raw if self._clean is None else self._clean(raw)
        code = self._codes.setdefault(value, len(self._codes))
        if code == len(self.values):
            self.values.append(value)
        return code


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not len(self._rest):
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def batches(chunks: Iterable[bytes], columns: Sequence[str]) -> Iterator[Any]:
    """What ``COPY … TO STDOUT (FORMAT csv, HEADER true)`` wrote, batch by batch.

    Args:
        chunks: its bytes, cut anywhere.
        columns: those that are needed, by the names in the header.

    Yields:
        Arrow record batches of dictionary-coded strings, in these columns' order.

    Raises:
        ValueError: a column is missing, or the bytes are not such a file.
    """
    stream = io.BufferedReader(_Stream(chunks), BLOCK)
    try:
        reader = csv.open_csv(
            stream,
            read_options=csv.ReadOptions(block_size=BLOCK, use_threads=False),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                include_columns=[*columns],
                column_types={
                    name: pa.string()
                    if name == columns[0]
                    else pa.dictionary(pa.int32(), pa.string())
                    for name in columns
                },
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise ValueError(f"the rows cannot be read: {error}") from None
    yield from reader


def ids_of(column: Any) -> tuple[bytes, NDArray[np.intp]]:
    """UUIDs as PostgreSQL writes them, as their bytes; the same that follow one another once.

    Args:
        column: an Arrow array of texts of 36 characters, null nowhere.

    Returns:
        16 bytes for each UUID that differs from the one before, one behind the other; and for each
        row the place of its own among them.

    Raises:
        ValueError: a text is not as long.
    """
    rows = len(column)
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + rows + 1]
    if column.null_count or (np.diff(ends) != 36).any():
        raise ValueError("an id is no UUID")
    text = np.frombuffer(column.buffers()[2] or b"", np.uint8)
    text = text[ends[0] : ends[-1]].reshape(rows, 36) if rows else np.empty((0, 36), np.uint8)
    new = np.ones(rows, bool)
    words = np.ascontiguousarray(text).view(np.uint32)  # a quarter as many to compare
    new[1:] = (words[1:] != words[:-1]).any(axis=1)
    digits = text[new][:, DIGITS]
    nibbles = (digits & 15) + (digits >> 6) * 9
    ids = ((nibbles[:, ::2] << 4) | nibbles[:, 1::2]).tobytes()
    return ids, np.cumsum(new) - 1


def table_of(books: Sequence[Codebook], batch: Any, first: int) -> Codes:
    """The codes of a batch's columns.

    Args:
        books: one for each column.
        batch: Arrow record batch.
        first: the place of the first of these columns in the batch.

    Returns:
        By row and column.
    """
    columns = [book.coded(batch.column(first + n)) for n, book in enumerate(books)]
    return np.stack(columns, axis=1) if columns else np.zeros((batch.num_rows, 0), np.int32)
