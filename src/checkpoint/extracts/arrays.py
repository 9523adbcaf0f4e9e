"""Arrow arrays from numbers and texts, and back: pyarrow's own ways bring in pandas, 40 MB of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

KINDS = {np.dtype(np.int32): pa.int32(), np.dtype(np.float64): pa.float64()}


def numbers(values: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> Any:
    """An Arrow array of 32-bit whole numbers or 64-bit fractions.

    Args:
        values: of one of these types.
        missing: where there is none; None: nowhere.

    Returns:
        The array.
    """
    held = np.ascontiguousarray(values)
    return pa.Array.from_buffers(
        KINDS[held.dtype], len(held), [_valid(missing), pa.py_buffer(held)]
    )


def flags(values: NDArray[np.bool_], missing: NDArray[np.bool_]) -> Any:
    """An Arrow array of true and false.

    Args:
        values: of any value where there is none.
        missing: where there is none.

    Returns:
        The array.
    """
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [_valid(missing), pa.py_buffer(bits)])


def texts(values: Sequence[str]) -> Any:
    """An Arrow array of texts, null nowhere."""
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))
    )


def numbers_of(array: Any, missing: int) -> NDArray[np.int32]:
    """The numbers of an Arrow array.

    Args:
        array: of 32-bit whole numbers.
        missing: what stands for null.

    Returns:
        By row.
    """
    valid, held = array.buffers()
    rows = slice(array.offset, array.offset + len(array))
    values = np.frombuffer(held or b"", np.int32)[rows]
    if valid is None or not array.null_count:
        return values
    there = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")[rows]
    return np.where(there, values, np.int32(missing)).astype(np.int32)


def _valid(missing: NDArray[np.bool_] | None) -> Any:
    return None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
