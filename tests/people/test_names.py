"""Names as they sound, the days that may have been meant, and the keys of both."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.people.names import SAME, SLIP, SWAPPED, asked, keys, near, parts, sound, sounds

DAY = date(1994, 2, 11)
PARTS = [
    ("Testperson", ["testperson"]),
    ("TESTPERSON", ["testperson"]),
    ("  Test  Person ", ["test", "person"]),
    ("Test-Person", ["test", "person"]),
    ("Test.Person,", ["test", "person"]),
    ("O'Test", ["otest"]),
    ("O\u2019Test", ["otest"]),
    ("O Test", ["otest"]),
    ("Mac Test", ["mactest"]),
    ("McTest", ["mctest"]),
    ("Zo\u00eb", ["zoe"]),
    ("Zoe\u0308", ["zoe"]),
    ("\u0141ukasz", ["lukasz"]),
    ("Stra\u00dfe", ["strasse"]),
    ("van der Test", ["test"]),
    ("al-Test", ["test"]),
    ("van", ["van"]),
    ("O'", ["o"]),
    ("Test Mac", ["test", "mac"]),
    ("7", ["7"]),
    ("--", []),
]
ALIKE = [
    ("Smith", "Smyth"),
    ("MacTest", "McTest"),
    ("Catherine", "Kathryn"),
    ("Stephen", "Steven"),
    ("Mohammed", "Muhamad"),
    ("Hussain", "Hussein"),
    ("M\u00fcller", "Mueller"),
    ("Jon", "John"),
]
NEAR = {
    "the day itself": ("1994-02-11", SAME),
    "day and month swapped": ("1994-11-02", SWAPPED),
    "the day before": ("1994-02-10", SLIP),
    "the day after": ("1994-02-12", SLIP),
    "the month before": ("1994-01-11", SLIP),
    "the month after": ("1994-03-11", SLIP),
    "the year before": ("1993-02-11", SLIP),
    "the year after": ("1995-02-11", SLIP),
    "a figure of the day": ("1994-02-17", SLIP),
    "the decade": ("1984-02-11", SLIP),
    "two figures of the year swapped": ("1949-02-11", SLIP),
    "the century": ("2094-02-11", SLIP),
}
names = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=12)
days = st.dates(date(1920, 1, 1), date(2015, 12, 31))


@pytest.mark.parametrize(("name", "words"), PARTS)
def test_a_name_comes_to_its_words(name, words):
    assert [*parts(name)] == words


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_sounds_alike_has_one_sound(one, other):
    assert sounds(one, None) == sounds(other, None)


def test_a_name_in_another_script_is_kept_as_it_is():
    assert sound("\u0442\u0435\u0441\u0442") == "\u0442\u0435\u0441\u0442"


@pytest.mark.parametrize(("other", "kind"), NEAR.values(), ids=NEAR)
def test_a_day_may_have_been_meant_for_another(other, kind):
    assert near(DAY)[date.fromisoformat(other)] == kind


@pytest.mark.parametrize("other", ["1994-05-20", "1972-02-11", "1994-02-28", "1960-12-31"])
def test_a_day_is_not_meant_for_just_any_other(other):
    assert date.fromisoformat(other) not in near(DAY)


@pytest.mark.parametrize("day", ["2000-02-29", "1999-12-31", "2000-01-01", "1900-01-01"])
def test_days_that_do_not_exist_are_left_out(day):
    found = near(date.fromisoformat(day))
    assert len(found) < 60
    assert date.fromisoformat(day) in found


@given(day=days)
def test_a_swapped_day_swapped_again_is_the_day(day):
    for other, kind in near(day).items():
        if kind == SWAPPED:
            assert near(other)[day] in (SWAPPED, SLIP)


@given(day=days, step=st.sampled_from([-1, 1]))
def test_the_neighbouring_day_is_near(day, step):
    assert day + timedelta(days=step) in near(day)


@given(family=names, given=names, day=st.none() | days)
def test_it_does_not_matter_which_name_came_first(family, given, day):
    assert keys(family, given, day) == keys(given, family, day)
    assert asked(family, given, day) == asked(given, family, day)


@given(family=names, given=names, day=st.none() | days)
def test_case_accents_and_punctuation_do_not_matter(family, given, day):
    written = f"  {family[:1]}\u0301{family[1:].upper()}. ", f"{given.title()},"
    if family not in ("o", "mc"):
        assert keys(*written, day) == keys(family, given, day)


@given(family=names, given=names, day=st.none() | days)
def test_everybody_is_asked_for_under_their_own_keys(family, given, day):
    assert asked(family, given, day).keys() & keys(family, given, day)


@given(text=st.text(max_size=100), other=st.none() | st.text(max_size=100), day=st.none() | days)
def test_any_text_makes_few_and_short_keys(text, other, day):
    found = keys(text, other, day)
    assert len(found) <= 6 + 6 + 15
    assert all(len(key) <= 40 for key in found)
    assert len(asked(text, other, day)) < 400


def test_of_a_name_that_grows_as_it_is_folded_so_many_letters_are_kept():
    assert len("".join(parts("\ufdfa" * 100))) <= 200
    assert parts("Long" * 25) == ("long" * 25,)
