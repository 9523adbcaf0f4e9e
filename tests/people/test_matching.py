"""Who is found under which slip, and how likely they are said to be."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checkpoint.people.matching import PROBABLE, KnownName, Likeness, alike, compare
from checkpoint.people.names import asked, keys, near, parts
from checkpoint.people.states import AliasKind

DAY = date(1994, 2, 11)


def somebody(family="Testperson", given="Synthetic", born=DAY, **other):
    return Likeness([KnownName(family, given)], born, **other)


KNOWN = somebody()
# Who is sought; the score; one of the reasons.
FOUND = {
    "the same": (somebody(), 100, "Same date of birth"),
    "another case": (somebody("TESTPERSON", "synthetic"), 100, "Family name: the same"),
    "accents": (somebody("T\u00e9stperson"), 100, "Family name: the same"),
    "a hyphen": (somebody("Test-Person"), 100, "Family name: the same"),
    "swapped names": (somebody("Synthetic", "Testperson"), 97, "Family and given names are swapped"),
    "no given names": (somebody(given=None), 90, "Given names not known on both sides"),
    "no family name": (somebody(None), 70, "Family name not known on both sides"),
    "given name in the wrong place": (somebody("Synthetic", None), 69, "Family and given names are swapped"),
    "no date of birth": (somebody(born=None), 80, "Date of birth not known on both sides"),
    "family name only": (somebody(given=None, born=None), 50, "Family name: the same"),
    "day and month swapped": (somebody(born=date(1994, 11, 2)), 96, "Day and month of birth swapped"),
    "a figure wrong": (somebody(born=date(1984, 2, 11)), 92, "Date of birth one slip away"),
    "sounds alike": (somebody("Testpersson", "Synthetik"), 94, "Given names: sounds alike"),
    "a letter wrong": (somebody("Testperxon"), 96, "Family name: a slip or two away"),
    "the initial": (somebody(given="S"), 94, "Given names: the initial fits"),
    "a second given name": (somebody(given="Synthetic Fabricated"), 98, "Given names: the same, but a part is missing"),
    "given names in another order": (somebody(given="A B"), 75, "Given names: another"),
    "double-barrelled": (somebody("Testperson-Sample"), 96, "Family name: the same, but a part is missing"),
    "a twin": (somebody(given="Fabricated"), 75, "Given names: another"),
    "married": (somebody("Sampleton"), 65, "Family name: another"),
    "same year": (somebody(born=date(1994, 8, 25)), 72, "Same year of birth"),
    "another birth": (somebody(born=date(1961, 8, 25)), 60, "Another date of birth"),
    "nothing in common": (somebody("Sampleton", "Fabricated", date(1961, 8, 25)), 0, "Family name: another"),
    "age fits": (somebody(born=None, age=(30, date(2024, 5, 1))), 80, "Age fits the estimate"),
    "age does not fit": (somebody(born=None, age=(50, date(2024, 5, 1))), 60, "Age does not fit the estimate"),
    "no name that can be read": (somebody("--", None), 0, "Family name not known on both sides"),
}  # fmt: skip
names = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=3, max_size=12)
days = st.dates(date(1920, 1, 1), date(2015, 12, 31))


@pytest.mark.parametrize(("sought", "score", "reason"), FOUND.values(), ids=FOUND)
def test_how_alike_two_people_are_and_why(sought, score, reason):
    found = compare(sought, KNOWN)
    assert (found.score, reason in found.reasons) == (score, True), found


def test_whoever_holds_another_number_is_less_likely():
    one, other = ("2001/0000001J", None), ("2001/0000002K", None)
    found = compare(somebody(numbers=one), somebody(numbers=other))
    assert found.score == 90
    assert "Another PNC ID or CRO number" in found.reasons
    assert compare(somebody(numbers=one), KNOWN).score == 100


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (AliasKind.KNOWN_AS, "By another name they are known by"),
        (AliasKind.PUT_RIGHT, "By a name that stood on record before"),
    ],
)
def test_the_name_that_fits_best_counts(kind, reason):
    other = KnownName("Sampleton", "Fabricated", kind)
    known = Likeness([KnownName("Testperson", "Synthetic"), other], DAY)
    found = compare(somebody("Sampleton", "Fabricated"), known)
    assert (found.score, reason in found.reasons) == (100, True)
    assert compare(somebody(), known).reasons == compare(somebody(), KNOWN).reasons


WORDS = [
    ("Test Person", "Person Test", 0.97),
    ("Shaun", "Sean", 0.9),
    ("Anna-Test", "Hanna", 0.0),
    ("Smith Test", "Smyth", 0.85),
    ("Synthetical", "Synthesised", 0.0),
    ("Testpersonianas", "Testpersonixyza", 0.8),
    ("Test Anna", "Test Berta", 0.5),
    ("Ann", "Ian", 0.0),
]


@pytest.mark.parametrize(("one", "other", "points"), WORDS)
def test_how_alike_two_names_are(one, other, points):
    assert alike(parts(one), parts(other))[0] == points
    assert alike(parts(other), parts(one))[0] == points


@given(family=names, given=names, born=days)
def test_everybody_is_wholly_like_themselves(family, given, born):
    assert compare(somebody(family, given, born), somebody(family, given, born)).score == 100


@given(one=names, other=names)
def test_likeness_goes_both_ways(one, other):
    assert alike((one,), (other,)) == alike((other,), (one,))


def slipped(draw, name):
    """One letter left out, put in, exchanged, or two neighbours swapped."""
    at = draw(st.integers(0, len(name) - 2))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    kinds = [
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def slips(draw):
    """Somebody with three particulars, and the same with one slip of the documented kinds."""
    family, given, born = draw(names), draw(names), draw(days)
    # Particles are no names, and what sounds the same is one part.
    assume(len(parts(f"{family} {given}")) == 2)
    kind = draw(st.sampled_from(["family", "given", "born", "no given", "no family", "swapped"]))
    asked_for = {
        "family": lambda: (slipped(draw, family), given, born),
        "given": lambda: (family, slipped(draw, given), born),
        "born": lambda: (family, given, draw(st.sampled_from(sorted(near(born))))),
        "no given": lambda: (family, None, born),
        "no family": lambda: (None, given, born),
        "swapped": lambda: (given, family, born),
    }[kind]()
    return (family, given, born), asked_for


@given(slips())
def test_one_slip_hides_nobody(case):
    known, sought = case
    back = near(sought[2])
    assume(known[2] in back)  # a swap of figures may lead where only the way back is known
    assert asked(*sought).keys() & keys(*known)
    assert compare(somebody(*sought), somebody(*known)).score >= 60


def test_a_twin_stays_below_the_question_and_a_slip_above():
    assert compare(somebody(given="Fabricated"), KNOWN).score < PROBABLE
    assert compare(somebody("Testperxon", born=date(1994, 11, 2)), KNOWN).score >= PROBABLE
