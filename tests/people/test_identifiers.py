"""PNC IDs and CRO numbers: written forms, check letters, centuries."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.people.identifiers import (
    ALPHABET,
    canonical,
    canonical_cro,
    check_letter,
    is_cro,
    is_pnc_id,
    readings,
)

TODAY = date(2026, 11, 5)
VECTORS = Path(__file__).parents[3] / "shared/data/uk-justice/identifier_test_vectors.json"

# Worked by hand, e.g. 19/0000001: 190000001 = 23 x 8260869 + 14, and letter 14 from Z = 0 is P.
WRITTEN = [
    ("2019/0000001P", "2019/0000001P"),
    ("2019/1P", "2019/0000001P"),
    ("19/1P", "2019/0000001P"),
    ("191P", "2019/0000001P"),
    ("190000001P", "2019/0000001P"),
    ("20190000001P", "2019/0000001P"),
    ("2000/0000000Z", "2000/0000000Z"),
    ("00/0Z", "2000/0000000Z"),
    ("00/22Y", "2000/0000022Y"),
    ("00/23Z", "2000/0000023Z"),
    ("1999/9999999V", "1999/9999999V"),
    ("  2019/0000001p\n", "2019/0000001P"),
]
NOT_WRITTEN_SO = [
    "",
    "P",
    "2019",
    "2019/P",
    "/0000001P",
    "019/0000001P",
    "2019/00000001P",
    "2019-0000001P",
    "2019//0000001P",
    "2019/0000001",
    "2019/0000001PP",
    "2019 0000001P",
    "2019/000 001P",
    "2019/-000001P",
    "2019000001P",
    "\u0662\u0660\u0661\u0669/0000001P",  # figures, but not ours
    "2019/000000\uff11P",  # a wide 1
    "2019/0000001\u0420",  # a Cyrillic letter that looks like P
]

years = st.integers(1900, 2099).map(str)
serials = st.integers(0, 9_999_999).map(str)


@st.composite
def pnc_ids(draw):
    year, serial = draw(years), draw(serials)
    whole = serial.zfill(7)
    letter = ALPHABET[int(year[2:] + whole) % 23]
    forms = [(year, "/", serial), (year, "/", whole), (year, "", whole)]
    short = [(year[2:], "/", serial), (year[2:], "", serial), (year[2:], "", whole)]
    text = "".join(draw(st.sampled_from(forms + short))) + letter
    return text if draw(st.booleans()) else text.lower()


@pytest.mark.parametrize(("text", "form"), WRITTEN)
def test_every_written_form_comes_to_one_form(text, form):
    assert is_pnc_id(text)
    assert canonical(text, today=TODAY) == form


@pytest.mark.parametrize("text", NOT_WRITTEN_SO)
def test_what_is_not_written_so_is_refused(text):
    assert not is_pnc_id(text)
    with pytest.raises(ValueError, match="not a PNC ID"):
        canonical(text, today=TODAY)


def test_the_alphabet_has_23_letters_and_none_that_look_like_figures():
    assert len(set(ALPHABET)) == 23
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(ALPHABET) == set("IOS")


@pytest.mark.parametrize(
    ("year", "century"),
    [("00", 20), ("25", 20), ("26", 20), ("27", 19), ("67", 19), ("99", 19)],
)
def test_a_two_digit_year_after_this_one_is_of_the_last_century(year, century):
    text = f"{year}/0000001{check_letter(year, '1')}"
    assert canonical(text, today=TODAY).startswith(f"{century}{year}/")


def test_the_century_turns_with_the_new_year():
    text = f"27/0000001{check_letter('27', '1')}"
    assert canonical(text, today=date(2026, 12, 31)).startswith("1927/")
    assert canonical(text, today=date(2027, 1, 1)).startswith("2027/")


@given(text=pnc_ids())
def test_the_canonical_form_of_a_canonical_form_is_itself(text):
    form = canonical(text, today=TODAY)
    assert canonical(form, today=TODAY) == form
    assert len(form) == 13
    assert form.isascii()
    assert is_pnc_id(form)


@given(year=years, serial=serials)
def test_every_single_wrong_check_letter_is_refused(year, serial):
    right = check_letter(year, serial)
    passed = {
        letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if is_pnc_id(f"{year}/{serial}{letter}")
    }
    assert passed == {right}


@given(year=years, serial=serials, place=st.integers(0, 8), other=st.sampled_from("0123456789"))
def test_one_wrong_figure_never_passes(year, serial, place, other):
    figures = year[2:] + serial.zfill(7)
    wrong = figures[:place] + other + figures[place + 1 :]
    text = f"{wrong[:2]}/{wrong[2:]}{check_letter(year, serial)}"
    assert is_pnc_id(text) is (wrong == figures)


@given(text=st.text(max_size=16))
def test_any_text_is_answered_without_a_fault(text):
    assert is_pnc_id(text) in (True, False)


@pytest.mark.skipif(not VECTORS.exists(), reason="the Ministry's vectors are not on this machine")
def test_the_vectors_of_the_ministry_of_justice_come_out():
    vectors = json.loads(VECTORS.read_text("utf-8"))
    assert vectors["alphabet"] == ALPHABET
    found = {text: canonical(text, today=TODAY) for text, _ in vectors["pnc"]["valid"]}
    assert found == dict(vectors["pnc"]["valid"])
    assert [text for text in vectors["pnc"]["invalid"] if is_pnc_id(text)] == []
    assert {text: canonical_cro(text) for text, _ in vectors["cro"]["valid"]} == dict(
        vectors["cro"]["valid"]
    )
    assert [text for text in vectors["cro"]["invalid"] if is_cro(text)] == []


# Worked by hand: 19/000001 is 19000001 = 23 x 826087 + 0, and letter 0 is Z; SF19/1 is 191 and 7, G.
CRO_WRITTEN = [
    ("000001/19Z", "000001/19Z"),
    ("1/19Z", "000001/19Z"),
    ("1/19z", "000001/19Z"),
    ("00000119Z", "000001/19Z"),
    (" 65656/91H\n", "065656/91H"),
    ("SF19/1G", "SF19/1G"),
    ("sf19/1g", "SF19/1G"),
    ("SF191G", "SF19/1G"),
    ("SF 19/1G", "SF19/1G"),
    ("SF19/000001G", "SF19/1G"),
]
NO_CRO = [
    "",
    "1/19A",
    "1/19",
    "/19Z",
    "1/9Z",
    "119Z",
    "1/2019Z",
    "1234567/19Z",
    "1-19Z",
    "SF19/1A",
    "SF19/",
    "SF/1G",
    "SF19/1234567G",
    "S19/1G",
    "\u0661/19Z",
]
two_figures = st.integers(0, 99).map("{:02d}".format)


@pytest.mark.parametrize(("text", "form"), CRO_WRITTEN)
def test_every_written_form_of_a_cro_number_comes_to_one_form(text, form):
    assert is_cro(text)
    assert canonical_cro(text) == form


@pytest.mark.parametrize("text", NO_CRO)
def test_what_is_no_cro_number_is_refused(text):
    assert not is_cro(text)
    with pytest.raises(ValueError, match="not a CRO number"):
        canonical_cro(text)


@given(year=two_figures, serial=st.integers(0, 999_999), files=st.booleans())
def test_one_letter_fits_a_cro_number_and_its_form_stays(year, serial, files):
    text = f"SF{year}/{serial}" if files else f"{serial}/{year}"
    (letter,) = (letter for letter in ALPHABET if is_cro(f"{text}{letter}"))
    form = canonical_cro(f"{text}{letter}")
    assert canonical_cro(form) == form
    assert len(form) <= 12


@given(text=st.text(max_size=16))
def test_any_text_is_no_fault_as_a_cro_number(text):
    assert is_cro(text) in (True, False)


def test_a_text_that_may_be_either_is_read_as_both():
    assert readings("2002/0073319Z", today=TODAY) == ("2002/0073319Z", None)
    assert readings("65656/91H", today=TODAY) == (None, "065656/91H")
    assert readings("nobody", today=TODAY) == (None, None)
    both = [
        text
        for number in range(99)
        for letter in ALPHABET
        if is_pnc_id(text := f"{number:02d}/26{letter}") and is_cro(text)
    ]
    assert both
    for text in both:
        pnc_id, cro_number = readings(text, today=TODAY)
        assert (pnc_id[-1], cro_number[-1]) == (text[-1], text[-1])
