"""Rows set aside on disk, people found by id, and files that are written in a thread."""

import zipfile
from random import Random
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.extracts.arrays import numbers, numbers_of, texts
from checkpoint.extracts.columns import EVENT_COLUMNS, Kind
from checkpoint.extracts.reading import Codebook, ids_of
from checkpoint.extracts.references import policies
from checkpoint.extracts.scratch import BITS, IN_PART, PLACE, Parts, People, by_pseudonym, halves
from checkpoint.extracts.writing import in_order, quoted, told
from checkpoint.extracts.zipping import Zip

POLICY = policies()["2026-11-23"]


def bytes_of(*numbers_given):
    return b"".join(each.to_bytes(16, "big") for each in numbers_given)


def stand(places, pseudonyms):
    """Whose pseudonym each place is, of these."""
    ordered = sorted(pseudonyms)
    begins = [each >> (128 - BITS) for each in ordered]
    return [
        ordered[begins.index(place >> (32 - BITS)) + (place & int(IN_PART))]
        for place in places.tolist()
    ]


def test_people_are_found_by_id_where_their_pseudonym_stands_and_strangers_are_not(tmp_path):
    lot = Random(1)
    ids = [lot.getrandbits(128) for _ in range(2_000)]
    pseudonyms = [lot.getrandbits(128) for _ in range(1_500)]
    crowd = People(tmp_path)
    crowd.add(halves(bytes_of(*ids[:900])), halves(bytes_of(*pseudonyms[:900])))
    crowd.add(halves(bytes_of(*ids[900:1_500])), halves(bytes_of(*pseudonyms[900:])))
    crowd.close()
    known, places = crowd.found(halves(bytes_of(*ids)))
    assert known.tolist() == [True] * 1_500 + [False] * 500
    assert stand(places[:1_500], pseudonyms) == pseudonyms


ANY_ID = st.integers(0, 2**128 - 1) | st.integers(0, 40)


@given(st.sets(ANY_ID, min_size=1, max_size=30), st.lists(ANY_ID, max_size=30))
def test_whoever_is_there_is_found_and_nobody_else(tmp_path_factory, there, others):
    asked = [*there, *others]
    crowd = People(tmp_path_factory.mktemp("people"))
    crowd.add(halves(bytes_of(*there)), halves(bytes_of(*there)))
    crowd.close()
    known, places = crowd.found(halves(bytes_of(*asked)))
    assert known.tolist() == [each in there for each in asked]
    assert stand(places[known], there) == [each for each in asked if each in there]


def test_where_nobody_is_nobody_is_found(tmp_path):
    crowd = People(tmp_path)
    crowd.close()
    known, _ = crowd.found(halves(bytes_of(1, 2)))
    assert known.tolist() == [False, False]


@given(st.lists(ANY_ID, max_size=40))
def test_pseudonyms_are_put_in_order_however_alike_they_begin(pseudonyms):
    order = by_pseudonym(halves(bytes_of(*pseudonyms)))
    assert [pseudonyms[place] for place in order] == sorted(pseudonyms)


def test_parts_come_back_in_the_order_of_pseudonyms(tmp_path):
    lot = Random(2)
    given_ids = [lot.getrandbits(128) for _ in range(500)]
    parts = Parts(tmp_path, "rows", 1)
    parts.add(halves(bytes_of(*given_ids)), np.arange(500, dtype=np.int32).reshape(-1, 1))
    first = [int(digest[0]) >> 58 for digests, _ in parts for digest in digests]
    assert first == sorted(first)
    assert sorted(int(n) for _, codes in parts for n in codes[:, 0]) == [*range(500)]


def test_parts_of_places_are_those_of_the_pseudonyms(tmp_path):
    lot = Random(3)
    pseudonyms = [lot.getrandbits(128) for _ in range(500)]
    crowd = People(tmp_path)
    crowd.add(halves(bytes_of(*pseudonyms)), halves(bytes_of(*pseudonyms)))
    crowd.close()
    people, happened = Parts(tmp_path, "rows", 1), Parts(tmp_path, "events", 1, PLACE)
    numbered = np.arange(500, dtype=np.uint16).reshape(-1, 1)
    people.add(halves(bytes_of(*pseudonyms)), numbered)
    happened.add(crowd.found(halves(bytes_of(*pseudonyms)))[1], numbered)
    for (digests, codes), (places, others) in zip(people, happened, strict=True):
        order = by_pseudonym(digests)
        assert dict(zip(places & IN_PART, others[:, 0], strict=True)) == dict(
            enumerate(codes[order, 0])
        )


def test_a_codebook_gives_up_on_a_column_with_too_many_values():
    book = Codebook(most=3)
    assert book.coded(texts(["a", "b", "a"])).tolist() == [1, 2, 1]
    assert not book.overflown
    book.coded(texts(["c", "d"]))
    assert book.overflown
    assert book.coded(texts(["a", "b"])).tolist() == [0, 0]


@given(st.lists(st.none() | st.integers(-5, 5), max_size=20), st.integers(0, 5))
def test_numbers_come_out_of_arrow_as_they_went_in(values, start):
    array = pa.array(values, pa.int32())[start:]
    assert numbers_of(array, -9).tolist() == [-9 if n is None else n for n in values[start:]]
    whole = [n or 0 for n in values]
    assert numbers(np.array(whole, np.int32)).to_pylist() == whole


@pytest.mark.parametrize("kind", [pa.binary(16), pa.uuid()], ids=str)
def test_ids_that_follow_one_another_are_read_once(kind):
    one, other = UUID("018f0000-0000-7000-8000-00000000abcd").bytes, b"\xff" * 16
    ids, rows = ids_of(pa.array([one, one, other, one], kind)[1:])
    assert ids == one + other + one
    assert rows.tolist() == [0, 1, 2]
    assert ids_of(pa.array([], kind))[0] == b""


@pytest.mark.parametrize("ids", [texts(["short"]), pa.array([None], pa.binary(16))], ids=str)
def test_what_is_no_uuid_is_refused(ids):
    with pytest.raises(ValueError, match="no UUID"):
        ids_of(ids)


def test_values_count_as_postgresql_writes_them():
    book = Codebook()
    for values in ([True, None, False], [3.0, 5.5], [7], ["a"]):
        book.coded(pa.array(values))
    assert book.values == [None, "t", "f", "3", "5.5", "7", "a"]


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 9))
def test_rows_are_put_in_order_by_pseudonym_and_then_by_what_they_tell(seed, wide):
    lot = Random(seed)
    day = next(each for each in EVENT_COLUMNS if each.kind is Kind.DAYS)
    values = [None, *(str(n) for n in lot.sample(range(4_000), 600))]
    columns = [told(day, values, 0, POLICY)] * wide
    codes = np.array([[lot.randrange(601) for _ in columns] for _ in range(40)], np.int32)
    who = np.array([lot.randrange(3) << lot.choice([0, 24]) for _ in range(40)], np.uint32)
    order = in_order(who, codes, columns, [wide - 1])
    turns = [wide - 1, *range(wide - 1)]
    rows = [
        (
            int(who[n]),
            *(-1 if (v := values[codes[n, c]]) is None else int(v) for c in turns),
        )
        for n in order
    ]
    assert rows == sorted(rows)


@pytest.mark.parametrize(
    ("text", "cell"),
    [("plain", "plain"), ("a,b", '"a,b"'), ('say "a"', '"say ""a"""'), (" a", '" a"'), ("", "")],
)
def test_a_cell_is_quoted_where_it_must_be(text, cell):
    assert quoted(text) == cell


def test_what_breaks_while_a_file_is_packed_is_told_to_whoever_writes(tmp_path):
    package = Zip(tmp_path / "broken.zip")
    with pytest.raises(AttributeError), package.entry("a.csv") as entry:
        entry._into = None
        for _ in range(9):
            entry.write(b"x" * 9)
            entry._thread.join(0.05)
    package.close()


def test_a_file_that_breaks_with_its_last_piece_is_told_at_its_end(tmp_path):
    package = Zip(tmp_path / "broken.zip")
    with pytest.raises(AttributeError), package.entry("a.csv") as entry:
        entry._into = None
        entry.write(b"x")
    package.close()
    assert package.files == []


def test_a_whole_zip_is_read_again(tmp_path):
    package = Zip(tmp_path / "whole.zip")
    package.add("a.txt", b"hello")
    package.close()
    with zipfile.ZipFile(tmp_path / "whole.zip") as again:
        assert again.testzip() is None
        assert again.read("a.txt") == b"hello"
    assert [(each.name, each.size) for each in package.files] == [("a.txt", 5)]
