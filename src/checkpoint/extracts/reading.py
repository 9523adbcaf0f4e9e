"""Rows as the database gives them, read batch by batch into codes; a code stands for a value."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from checkpoint.extracts.arrays import numbers_of
from checkpoint.extracts.risk import Codes

ID_BYTES = 16
# Of one column; one with more is withheld whole. As many as two bytes tell apart, at the most.
MOST_VALUES = 10_000
# Arrow's own allocator keeps what it once had, some 60 MB more at the most.
pa.set_memory_pool(pa.system_memory_pool())
Clean = Callable[[str], str | None]


def text_of(value: object) -> str:
    """A value of the database as PostgreSQL writes it (its manual, sections 8.1.3 and 8.6)."""
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


class Codebook:
    """The values of one column, each with the number that stands for it while an extract is built.

    Numbers are given in the order in which values come first; what is written later hangs on the
    values alone, so that rows in another order give the same file.

    Args:
        clean: takes a value as a text and gives what counts of it, or None.
        most: values that are kept apart.
    """

    def __init__(self, clean: Clean | None = None, most: int = MOST_VALUES) -> None:
        self.values: list[str | None] = [None]
        self.overflown = False
        self._clean = clean
        self._most = most
        self._codes: dict[str | None, int] = {None: 0}

    def coded(self, column: Any) -> NDArray[np.uint16]:
        """The codes of a column of one batch.

        Args:
            column: an Arrow array of texts, numbers or yes and no; null is not known.

        Returns:
            By row; all 0 once there were too many values.
        """
        if not self.overflown:
            encoded = column.dictionary_encode()
            found = [*map(self._code, map(text_of, encoded.dictionary.to_pylist())), 0]
            self.overflown = len(self.values) > self._most + 1
        if self.overflown:
            return np.zeros(len(column), np.uint16)
        codes: NDArray[np.uint16] = np.array(found, np.uint16)[
            numbers_of(encoded.indices, len(found) - 1)
        ]
        return codes

    def _code(self, raw: str) -> int:
        value = raw if self._clean is None else self._clean(raw)
        code = self._codes.setdefault(value, len(self._codes))
        if code == len(self.values):
            self.values.append(value)
        return code


def ids_of(column: Any) -> tuple[bytes, NDArray[np.intp]]:
    """UUIDs as their bytes; the same that follow one another once.

    Args:
        column: an Arrow array of 16 bytes each, null nowhere.

    Returns:
        16 bytes for each UUID that differs from the one before, one behind the other; and for each
        row the place of its own among them.

    Raises:
        ValueError: what stands there is no UUID.
    """
    held = column.storage if isinstance(column, pa.ExtensionArray) else column
    if held.null_count or held.type != pa.binary(ID_BYTES):
        raise ValueError("an id is no UUID")
    rows = slice(held.offset, held.offset + len(held))
    words = np.frombuffer(held.buffers()[1] or b"", np.uint64).reshape(-1, 2)[rows]
    new = np.ones(len(words), bool)
    new[1:] = (words[1:] != words[:-1]).any(axis=1)
    return words[new].tobytes(), np.cumsum(new) - 1


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
    return np.stack(columns, axis=1) if columns else np.zeros((batch.num_rows, 0), np.uint16)
