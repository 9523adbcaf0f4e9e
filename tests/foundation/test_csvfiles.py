"""CSV that others wrote: whatever is wrong with it is told by line, and its rows come with theirs."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation import csvfiles
from checkpoint.foundation.csvfiles import Table, as_csv, unknown_columns
from checkpoint.foundation.faults import all_told

GOOD = b"a,b\n1,2\n3,4\n"


def read(content, columns=lambda names: names):
    faults = []
    table = Table(io.BytesIO(content), columns=columns, told=lambda *told: faults.append(told))
    rows = [(line, *cells.values()) for line, cells in table]
    assert not any("secret" in detail for _, _, detail in faults)
    return table, rows, [(line, code) for line, code, _ in faults], " ".join(f[2] for f in faults)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        codecs.BOM_UTF8 + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b'"a", b\n"1",2\n3,"4"\n',
    ],
)
def test_a_table_is_read_whatever_its_line_ends_or_quotes(content):
    table, rows, faults, _ = read(content)
    assert (rows, faults) == ([(2, "1", "2"), (3, "3", "4")], [])
    assert (table.rows, table.is_counted) == (2, True)


def test_lines_are_those_of_the_file_though_some_are_blank_or_cells_have_several():
    _, rows, faults, _ = read(b'a,b\n\n,\n1,"x\ny"\n  ,\n3,4\n5\n')
    assert rows == [(4, "1", "x\ny"), (7, "3", "4")]
    assert faults == [(8, "cells-count")]


@pytest.mark.parametrize(
    ("content", "found", "words"),
    [
        (b"", [(0, "empty")], "There is nothing in the file."),
        (b"\n1,2\n", [(1, "columns-missing")], "no names of columns"),
        (GOOD.replace(b",", b";"), [(1, "not-commas")], "separated by semicolons"),
        (GOOD.replace(b",", b"\t"), [(1, "not-commas")], "separated by tabs"),
        (b"a,b\n1;2\n", [(2, "cells-count")], "It has 1 cell; the first line names 2 columns. Its"),
        (GOOD.decode().encode("utf-16"), [(0, "not-utf-8")], "It is UTF-16."),
        (GOOD.decode().encode("utf-16-le"), [(0, "not-utf-8")], "It is UTF-16."),
        (GOOD.decode().encode("utf-32"), [(0, "not-utf-8")], "It is UTF-32."),
        (b"PK\x03\x04" + GOOD, [(0, "not-utf-8")], "It is a workbook and no text."),
        (b"\xe9,b\n1,2\n", [(1, "not-utf-8")], "CSV UTF-8"),
        (
            b"a,b\n1,\xe9\n3\n5,\xe9\n",
            [(3, "cells-count"), (2, "not-utf-8")],
            "It is not UTF-8. Save it as CSV UTF-8, comma delimited. 1 more line has the same fault.",
        ),
        (b"a,b\n" + b"1,\xe9\n" * 3, [(2, "not-utf-8")], " 2 more lines have the same fault."),
        (b"a\n1,2\n", [(2, "cells-count")], "It has 2 cells; the first line names 1 column."),
        (b"a,b\n1,\0\n", [(2, "not-text")], "Leave out NUL characters."),
        (GOOD[:-1], [(3, "cut-off")], "may be cut off here"),
        (b"a,b\n1,2", [(2, "cut-off")], "Write it out once more."),
        (b'a,b\n1,"secret', [(2, "cut-off")], "ends within a cell in quotes that begins on"),
        (b'a,b\n1,"secret\n3,4\n', [(2, "not-csv")], "Nothing from here to its end"),
        (b'a,b\n1,"x\n3,"secret"\n5\n', [(2, "not-csv"), (4, "cells-count")], "Lines 2 to 3 could"),
        (b'a,"b"c\n1,2\n', [(1, "not-csv")], "stands amid a cell"),
        (b"a,b\n1," + b"s" * 1001 + b"\n", [(2, "cell-too-long")], "more than 1,000 characters"),
        (b"a,b\n1," + b"s" * 200_000 + b"\n3\n", [(2, "not-csv"), (3, "cells-count")], "far more"),
    ],
)
def test_whatever_is_wrong_is_told_by_line_with_what_would_be_right(content, found, words):
    _, _, faults, told = read(content)
    assert faults == found
    assert words in told


def test_rows_are_counted_wrong_or_not_unless_they_cannot_be_told_apart():
    assert read(b"a,b\n1\n2,\xe9\n3,4\n5,")[0].rows == 4
    assert not read(b'a,b\n1,"2\n3,4\n')[0].is_counted
    assert not read(GOOD, columns=lambda _: None)[0].is_counted


LIKELY = st.text('ab,";\n\r \0é', max_size=40).map(str.encode)


@given(LIKELY | LIKELY.map(lambda text: b"a,b\n" + text + b"\n") | st.binary(max_size=200))
def test_bytes_without_a_fault_are_read_as_python_reads_them(content):
    table, rows, faults, _ = read(content, columns=lambda names: range(len(names)))
    if faults:
        return
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    _, *wanted = csv.reader(text, strict=True)
    told = [cells for cells in wanted if any(cell.strip() for cell in cells)]
    assert [[*cells] for _, *cells in rows] == told
    assert table.rows == len(told)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("length", range(6, 15))
def test_a_line_of_any_length_takes_no_more_memory_and_the_next_keeps_its_number(
    monkeypatch, end, length
):
    monkeypatch.setattr(csvfiles, "MOST_LINE", 8)
    long = "1," + "s" * (length - 2)
    lines = ["a,b", long, "3,4", "5"]
    _, rows, faults, _ = read("".join(line + end for line in lines).encode())
    is_long = length + len(end) >= 8
    assert rows == [*([] if is_long else [(2, *long.split(","))]), (3, "3", "4")]
    assert faults == [(4, "cells-count"), *([(2, "line-too-long")] if is_long else [])]


def test_a_long_line_that_has_no_end_is_cut_off_as_well(monkeypatch):
    monkeypatch.setattr(csvfiles, "MOST_LINE", 8)
    for length in range(8, 20):
        _, rows, faults, told = read(b"a,b\n1," + b"s" * (length - 2))
        assert (rows, faults) == ([], [(2, "cut-off"), (2, "line-too-long")])
        assert "Leave out lines of" in told


def test_of_a_million_bad_lines_the_first_is_kept_and_the_others_are_counted():
    lines = csvfiles._Lines(io.BytesIO(b"\xe9\n" * 1000))
    assert sum(1 for _ in lines) == 1000
    assert lines.spoilt == {"not-utf-8": (1, 999)}


def test_an_unknown_column_is_told_by_its_place_and_what_may_be_meant_and_not_by_its_name():
    known, names = {"arm", "participant"}, ["arm", "participnt", "", "Smith"]
    assert unknown_columns(names, known, most=3) == [
        "Column 2, counted from the left, is not known; is participant meant?",
        (
            "Column 3, counted from the left, has no name; is there a comma too many at the end of the "
            "line?"
        ),
        "Column 4, counted from the left, is not known.",
    ]
    assert (
        unknown_columns([*names, "x" * 900_000], known, most=3)[-1] == "1 more column is not known."
    )
    assert unknown_columns(["x"] * 900_000, known, most=0) == [
        "900,000 more columns are not known."
    ]
    assert len(unknown_columns(["arm" * 300_000], known, most=3)) == 1


def test_a_table_is_written_as_it_is_read():
    text = as_csv(("a", "b"), [(1, 'x,"y"')])
    assert text == 'a,b\r\n1,"x,""y"""\r\n'
    assert read(text.encode())[1] == [(2, "1", 'x,"y"')]


def test_a_list_whose_items_are_wrong_is_not_told_to_be_too_short_as_well():
    wrong = {"type": "int_parsing", "loc": ("rows", 0, "x")}
    short = {"type": "too_short", "loc": ("rows",)}
    assert all_told([wrong, short]) == [wrong]
    assert all_told([short]) == [short]
