"""The files of an extract: CSV and Parquet of the same rows, from codes."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute, parquet

from checkpoint.extracts.arrays import flags, numbers, texts
from checkpoint.extracts.columns import Column, Kind
from checkpoint.extracts.hierarchies import WITHHELD, generalised, top
from checkpoint.extracts.references import Policy
from checkpoint.extracts.risk import Codes
from checkpoint.extracts.scratch import Digests

PSEUDONYM = "pseudonym"
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", np.uint8)
# By ten bits the two letters that they are written as: a tenth of the time of one by one.
PAIRS = np.stack([ALPHABET.repeat(32), np.tile(ALPHABET, 32)], axis=1).view(np.uint16).ravel()
LETTERS = 26
WHOLE = frozenset({Kind.DAYS, Kind.DISTANCE, Kind.COST})
LINE_END = "\r\n"  # RFC 4180
COMMA, END, NOTHING = texts([",", LINE_END, ""])
Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Told:
    """A column as it is told at one level: by the code of a value, what stands in either file.

    ``rank`` is where each code's value stands among all, for putting rows in order. ``values`` are
    those that may stand there, in order, where they are codes and not numbers.
    """

    column: Column
    level: int
    cells: Any
    typed: Any
    rank: NDArray[np.int32]
    values: tuple[str, ...]


def told(column: Column, values: Sequence[str | None], level: int, policy: Policy) -> Told:
    """How a column is told at a level.

    Args:
        column: the extract's.
        values: what its codes stand for, as the cut has them.
        level: from 0 on; from the hierarchy's top on it is withheld.
        policy: steps, bands and groups.

    Returns:
        What stands in the files for each code.
    """
    labels = [generalised(value, column.kind, level, policy) for value in values]
    order = sorted({*labels} - {None, WITHHELD}, key=_by_size)
    ranks: dict[Value, int] = {label: place for place, label in enumerate(order, 1)}
    cells = ["" if label is None else quoted(str(label)) for label in labels]
    plain = [None if label in {None, WITHHELD} else label for label in labels]
    return Told(
        column=column,
        level=level,
        cells=texts(cells),
        typed=_typed(column.kind, plain, [str(each) for each in order]),
        rank=np.array([ranks.get(label, 0) for label in labels], np.int32),
        values=tuple(str(each) for each in order) if categorical(column.kind) else (),
    )


def _by_size(label: str | int | None) -> tuple[int, str]:
    return (label, "") if isinstance(label, int) else (0, str(label))


def _typed(kind: Kind, plain: Sequence[Value], order: Sequence[str]) -> Any:
    missing = np.array([each is None for each in plain])
    if kind is Kind.YES_NO:
        return flags(np.array([each == "true" for each in plain]), missing)
    if kind is Kind.NUMBER:
        return numbers(np.array([float(each or 0) for each in plain]), missing)
    if kind in WHOLE:
        return numbers(np.array([int(each or 0) for each in plain], np.int32), missing)
    places = {each: place for place, each in enumerate(order)}
    codes = np.array([places.get(str(each), 0) for each in plain], np.int32)
    return pa.DictionaryArray.from_arrays(numbers(codes, missing), texts(order))


def categorical(kind: Kind) -> bool:
    """Whether the values of a column are codes, of which the data dictionary lists each."""
    return kind not in WHOLE | {Kind.NUMBER, Kind.YES_NO}


def quoted(text: str) -> str:
    """A cell of a CSV file (RFC 4180, section 2): in quotation marks where it must be."""
    if any(each in text for each in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def pseudonyms_of(digests: Digests) -> Any:
    """Pseudonyms as they are written, base 32 (RFC 4648, section 7), as an Arrow array of texts."""
    text = np.empty((len(digests), LETTERS // 2), np.uint16)
    for place in range(LETTERS // 2):
        text[:, place] = PAIRS.take(_ten_bits(digests, 10 * place))
    offsets = np.arange(len(digests) + 1, dtype=np.int32) * LETTERS
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(text))


def _ten_bits(digests: Digests, begin: int) -> NDArray[np.int64]:
    """What two letters stand for; zeros fill the last one up."""
    first, last = digests[:, 0], digests[:, 1]
    if begin <= 54:
        bits = first >> np.uint64(54 - begin)
    elif begin < 64:
        bits = (first << np.uint64(begin - 54)) | (last >> np.uint64(118 - begin))
    elif begin <= 118:
        bits = last >> np.uint64(118 - begin)
    else:
        bits = last << np.uint64(begin - 118)
    return (bits & np.uint64(1023)).view(np.int64)


def in_order(
    who: NDArray[np.uint32], codes: Codes, columns: Sequence[Told], first: Sequence[int] = ()
) -> NDArray[np.intp]:
    """The order of rows: by person, then by what they tell, so that how they came tells nothing.

    Args:
        who: by row, a person's place among people.
        codes: by row and column.
        columns: as they are told.
        first: places of the columns that count before the others.

    Returns:
        The rows' places.
    """
    words, free = [who.astype(np.int64)], 63 - int(who.max(initial=0)).bit_length()
    for place in [*first, *(n for n in range(len(columns)) if n not in first)]:
        rank = columns[place].rank
        bits = int(rank.max(initial=0)).bit_length()
        if bits > free:
            words.append(np.zeros(len(who), np.int64))
            free = 63
        words[-1] = (words[-1] << bits) | rank[codes[:, place]]
        free -= bits
    # Of one number a row that is an eighth of the time; rows with the same number tell the same.
    return np.argsort(words[0]) if len(words) == 1 else np.lexsort(words[::-1])


class Tables:
    """The two files of one table, written part by part.

    Args:
        columns: as they are told, behind the pseudonym.
        write: takes the bytes of the CSV file.
        twin: where the Parquet file goes.
        about: words that stand in the Parquet file, by name.
    """

    def __init__(
        self,
        columns: Sequence[Told],
        write: Callable[[bytes], object],
        twin: str,
        about: dict[str, str],
    ) -> None:
        self._columns = columns
        self._write = write
        self.rows = 0
        names = [PSEUDONYM, *(each.column.name for each in columns)]
        write((",".join(names) + LINE_END).encode())
        fields = [pa.field(PSEUDONYM, pa.dictionary(pa.int32(), pa.string()), nullable=False)]
        fields += [pa.field(each.column.name, each.typed.type) for each in columns]
        self._schema = pa.schema(fields, metadata=about)
        # What hardly any two rows share is in no dictionary, and nobody looks rows up by statistics.
        self._twin = parquet.ParquetWriter(
            twin,
            self._schema,
            compression="zstd",
            compression_level=1,
            store_schema=False,
            use_dictionary=names[1:],
            write_statistics=False,
        )
        # Each twin is written in a thread of its own while the next part is put in order.
        self._pool = ThreadPoolExecutor(1)
        self._going: Future[None] = self._pool.submit(lambda: None)
        last = columns[-1].cells
        self._ends = compute.binary_join_element_wise(last, END, NOTHING)

    def add(self, digests: Digests, who: NDArray[Any], codes: Codes) -> None:
        """Write rows.

        Args:
            digests: of people.
            who: by row, the place of somebody among these, in order.
            codes: by row and column.
        """
        if not len(who):
            return
        new = np.ones(len(who), bool)
        new[1:] = who[1:] != who[:-1]
        people = pseudonyms_of(digests[who[new]])
        rows = numbers(np.cumsum(new, dtype=np.int32) - np.int32(1))
        places = [numbers(column.astype(np.int32)) for column in codes.T]
        cells = [*(each.cells for each in self._columns[:-1]), self._ends]
        parts = [each.take(at) for each, at in zip(cells, places, strict=True)]
        lines = compute.binary_join_element_wise(people.take(rows), *parts, COMMA)
        self._write(lines.buffers()[2])
        names = pa.DictionaryArray.from_arrays(rows, people)
        typed = [each.typed.take(at) for each, at in zip(self._columns, places, strict=True)]
        held = pa.Table.from_arrays([names, *typed], schema=self._schema)
        self._going.result()
        self._going = self._pool.submit(self._twin.write_table, held)
        self.rows += len(who)

    def close(self) -> None:
        """Nothing comes any more."""
        self._pool.shutdown()
        self._going.result()
        self._twin.close()


def levels_of(columns: Sequence[Column], levels: Mapping[str, int], policy: Policy) -> list[int]:
    """The level of each column: its own, or that of the quasi-identifier of its kind.

    Days of any kind are told in the steps of the observed time, offences of events in the groups
    of the index offence; neither is ever withheld for that, but told at the last level before.

    Args:
        columns: the file's.
        levels: of the quasi-identifiers, by name.
        policy: how many levels there are.

    Returns:
        In the order of the columns.
    """
    follows = {
        Kind.DAYS: levels.get("observed_days", 0),
        Kind.OFFENCE: levels.get("offence_group", 0),
    }
    return [
        levels[each.name]
        if each.quasi and each.name in levels
        else min(follows.get(each.kind, 0), max(top(each.kind, policy) - 1, 0))
        for each in columns
    ]
