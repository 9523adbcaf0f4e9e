"""Opaque ids, and references that people say aloud."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.identifiers import (
    REFERENCE_PATTERN,
    SYMBOLS,
    is_reference,
    new_id,
    new_reference,
)

# By hand, from the right: 1 doubled is 2, and 32 - 2 is 30, which is Y; 1 not doubled leaves Z.
GOOD = ["CP-0000-0000-0", "CP-0000-0001-Y", "CP-0000-0010-Z"]


def by_hand(body):
    total = 0
    for place, symbol in enumerate(reversed(body)):
        value = SYMBOLS.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return SYMBOLS[-total % 32]


bodies = st.text(SYMBOLS, min_size=8, max_size=8)


def reference(body):
    return f"CP-{body[:4]}-{body[4:]}-{by_hand(body)}"


def test_the_symbols_leave_out_what_is_misheard_or_misread():
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 32
    assert not set(SYMBOLS) & set("ILOU")


@pytest.mark.parametrize("text", GOOD)
def test_references_worked_by_hand_are_good(text):
    assert is_reference(text)


@given(body=bodies)
def test_the_check_symbol_is_luhns_modulo_32(body):
    assert is_reference(reference(body))
    assert re.fullmatch(REFERENCE_PATTERN, reference(body))


@given(body=bodies, place=st.integers(0, 8))
def test_every_wrong_symbol_in_every_place_is_caught(body, place):
    symbols = body + by_hand(body)
    passed = set()
    for other in SYMBOLS:
        wrong = symbols[:place] + other + symbols[place + 1 :]
        if is_reference(f"CP-{wrong[:4]}-{wrong[4:8]}-{wrong[8]}"):
            passed.add(other)
    assert passed == {symbols[place]}


@given(body=bodies, place=st.integers(0, 7))
def test_neighbours_that_changed_places_are_caught_but_for_the_first_and_last_symbol(body, place):
    symbols = [*body, by_hand(body)]
    one, two = symbols[place : place + 2]
    symbols[place : place + 2] = two, one
    wrong = "".join(symbols)
    missed = one == two or {one, two} == {"0", "Z"}
    assert is_reference(f"CP-{wrong[:4]}-{wrong[4:8]}-{wrong[8]}") is missed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CP",
        "CP-0000-0000",
        "CP-0000-0000-",
        "CP-0000-0000-00",
        "CP-00000-000-0",
        "XX-0000-0000-0",
        "cp-0000-0000-0",
        "CP-0000-0001-y",
        "CP00000000-0",
        "CP-000O-0000-0",
        "CP-0000-0000-0\n",
        " CP-0000-0000-0",
        "CP-\u0660000-0000-0",
        "CP-0000-0000-0-0",
    ],
)
def test_what_is_not_in_the_form_of_a_reference_is_refused(text):
    assert not is_reference(text)


@given(text=st.text(max_size=16))
def test_only_what_the_pattern_allows_is_ever_a_reference(text):
    assert not is_reference(text) or re.fullmatch(REFERENCE_PATTERN, text)


def test_new_references_are_good_and_do_not_repeat():
    made = [new_reference() for _ in range(2_000)]
    assert all(map(is_reference, made))
    assert len(set(made)) == len(made)


def test_new_references_use_every_symbol_in_every_place_but_the_check():
    made = [new_reference() for _ in range(2_000)]
    assert all({text[place] for text in made} == set(SYMBOLS) for place in (3, 6, 8, 11))


def test_new_ids_are_of_version_7_and_in_the_order_of_their_making():
    made = [new_id() for _ in range(5_000)]
    assert {each.version for each in made} == {7}
    assert all(earlier < later for earlier, later in pairwise(made))
    assert [str(each) for each in made] == sorted(str(each) for each in made)
