"""The reader of national lists, and the list that ships with the package."""

import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.references import MODES, NOT_OFFENCES, Remark, UnreadableFile, rows_of
from checkpoint.custody.states import ModeOfTrial, OffenceClass

DATA = Path(__file__).parents[3] / "shared/data/uk-justice"
NATIONAL = DATA / "cjs_offences.csv"
STARTER = files("checkpoint.custody") / "reference" / "offences.csv"
HEADER = "cjs_code,category,title"
THEFT = "TH68010,CE,Theft from shop"

needs_national_list = pytest.mark.skipif(
    not NATIONAL.exists(), reason="the national list is not on this machine"
)


def read(*lines, header=HEADER):
    return [*rows_of(iter([f"{line}\n" for line in (header, *lines)]))]


def national():
    with NATIONAL.open(encoding="utf-8-sig", newline="") as file:
        return [*rows_of(file)]


def starter():
    return [*csv.DictReader(STARTER.read_text("utf-8").splitlines())]


@pytest.mark.parametrize(
    ("category", "mode"),
    [
        ("CS", "summary_only"),
        ("CM", "summary_only"),
        ("CE", "either_way"),
        ("CI", "indictable_only"),
    ],
)
def test_each_category_that_can_be_charged_has_its_mode_of_trial(category, mode):
    (row,) = read(f"TH68010,{category},Theft from shop")
    assert (row.code, row.title, row.mode_of_trial) == ("TH68010", "Theft from shop", mode)


def test_columns_may_stand_in_any_order_beside_others():
    (row,) = read("Theft,x,CE,TH68010", header="title,note,category,cjs_code")
    assert (row.code, row.title, row.mode_of_trial) == ("TH68010", "Theft", ModeOfTrial.EITHER_WAY)


@pytest.mark.parametrize("missing", ["cjs_code", "category", "title"])
def test_a_file_that_lacks_a_column_is_not_read_at_all(missing):
    header = ",".join(name for name in HEADER.split(",") if name != missing)
    with pytest.raises(UnreadableFile, match=missing):
        read("TH68010,CE", header=header)


def test_an_empty_file_is_not_read_and_names_every_column():
    with pytest.raises(UnreadableFile, match="cjs_code, category, title"):
        [*rows_of(iter([]))]


def test_a_header_that_is_not_csv_makes_the_file_unreadable():
    with pytest.raises(UnreadableFile):
        read(THEFT, header='"cjs_code,category,title')


@pytest.mark.parametrize("code", ["TH68010", "CJ88116A", "COML001", "COML001B"])
def test_codes_of_acts_and_of_the_common_law_are_taken(code):
    (row,) = read(f"{code},CI,Murder")
    assert row.code == code


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("TH68010,CE", "2 cells where the header has 3"),
        ("TH68010,CE,Theft,x", "4 cells where the header has 3"),
        ("", "0 cells"),
        ("TH6801,CE,Theft", "form of a CJS offence code"),
        ("th68010,CE,Theft", "form of a CJS offence code"),
        ("TH68010AB,CE,Theft", "form of a CJS offence code"),
        (" TH68010,CE,Theft", "form of a CJS offence code"),
        ("TH6801\u0660,CE,Theft", "form of a CJS offence code"),
        ('"TH68010\n",CE,Theft', "form of a CJS offence code"),
        ("TH68010\u200b,CE,Theft", "form of a CJS offence code"),
        ("TH68010,ZZ,Theft", "category"),
        ("TH68010,,Theft", "category"),
        ("TH68010,ce,Theft", "category"),
        ("TH68010,CE,", "title"),
        ("TH68010,CE,   ", "title"),
        (f"TH68010,CE,{'x' * 401}", "title"),
        ("TH68010,CE,The\u202eft", "title"),
        ("TH68010,CE,The\u200bft", "title"),
        ("TH68010,CE,The\tft", "title"),
        ('TH68010,CE,"The\nft"', "title"),
        ('TH68010,CE,"Theft', "not CSV"),
    ],
)
def test_a_bad_line_is_rejected_and_says_why(line, why):
    (remark,) = read(line)
    assert isinstance(remark, Remark)
    assert remark.rejected
    assert why in f"{remark.column}: {remark.why}"


def test_a_title_of_400_characters_is_taken():
    (row,) = read(f"TH68010,CE,{'x' * 400}")
    assert len(row.title) == 400


def test_a_code_that_stands_twice_is_taken_once_and_rejected_once():
    row, remark = read(THEFT, "TH68010,CS,Theft again")
    assert row.title == "Theft from shop"
    assert (remark.line, remark.rejected) == (3, True)
    assert "twice" in remark.why


@pytest.mark.parametrize("category", sorted(NOT_OFFENCES))
def test_a_category_that_nobody_can_be_charged_with_is_passed_over(category):
    remark, row = read(f"XX99999,{category},Not an offence", THEFT)
    assert (remark.line, remark.rejected) == (2, False)
    assert category in remark.why
    assert row.code == "TH68010"


def test_a_bad_line_does_not_hide_the_lines_after_it():
    found = read("TH68010,CE", THEFT, "rubbish,CE,x", "CJ88116,CS,Assault by beating")
    assert [isinstance(each, Remark) for each in found] == [True, False, True, False]


cells = st.text(st.characters(codec="utf-8", exclude_characters='\r\n",'), max_size=12)


@given(rows=st.lists(st.lists(cells, min_size=1, max_size=4), max_size=8))
def test_every_line_is_accounted_for_once_whatever_it_holds(rows):
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    found = read(*lines)
    assert len(found) == len(rows)
    taken = [row.code for row in found if not isinstance(row, Remark)]
    assert len(set(taken)) == len(taken)


@needs_national_list
def test_every_line_of_the_national_list_is_accounted_for():
    found = national()
    remarks = [each for each in found if isinstance(each, Remark)]
    assert len(found) == 15_352
    assert [each for each in remarks if each.rejected] == []
    assert len({each.line for each in remarks}) == len(remarks)
    with NATIONAL.open(encoding="utf-8-sig", newline="") as file:
        categories = Counter(row["category"] for row in csv.DictReader(file))
    assert sum(categories.values()) == 15_352
    assert len(found) - len(remarks) == sum(categories[name] for name in MODES)
    assert len(remarks) == sum(categories[name] for name in NOT_OFFENCES)


@needs_national_list
def test_our_starter_list_agrees_with_the_national_one_in_mode_of_trial():
    modes = {row.code: row.mode_of_trial for row in national() if not isinstance(row, Remark)}
    ours = {row["code"]: row["mode_of_trial"] for row in starter()}
    assert {code: mode for code, mode in ours.items() if modes.get(code) != mode} == {}


@needs_national_list
def test_our_starter_list_agrees_with_the_national_one_in_category():
    categories = {row.code: row.category for row in national() if not isinstance(row, Remark)}
    ours = {row["code"]: row["category"] for row in starter()}
    assert {code: each for code, each in ours.items() if categories[code] != each} == {}


def test_our_starter_list_is_whole():
    rows = starter()
    codes = [row["code"] for row in rows]
    assert 140 <= len(rows) <= 160
    assert len(set(codes)) == len(codes)
    assert codes == sorted(codes)
    assert {row["offence_class"] for row in rows} == set(OffenceClass)
    assert all(row["source"].strip() for row in rows)
    letters = {mode: category for category, mode in MODES.items()}
    lines = [f'{r["code"]},{letters[ModeOfTrial(r["mode_of_trial"])]},"{r["title"]}"' for r in rows]
    assert [each for each in read(*lines) if isinstance(each, Remark)] == []
