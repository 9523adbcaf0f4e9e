"""What differs between two records of one person, and what is read through."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.errors import RuleBroken
from checkpoint.people.merges.rules import (
    TOGETHER,
    check_two,
    differences,
    is_known,
    read_through,
)
from checkpoint.people.merges.states import (
    MERGE_LABELS,
    PARTING_LABELS,
    MergeReason,
    PartingReason,
)
from checkpoint.people.schemas import Particulars
from checkpoint.people.states import ObservedEthnicity, SelfDefinedEthnicity, Sex
from checkpoint.people.tables import Person

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
FIELDS = [field for group in TOGETHER for field in group]


def a_record(id=ONE, **particulars):
    return Person(id=id, **({"family_name": "Testperson"} | particulars))


def known_from(person, *others):
    return {each.field: (each.value, each.person_id) for each in read_through(person, others)}


def test_every_particular_is_compared():
    assert {*FIELDS} == {*Particulars.model_fields} | {"estimated_on"}


def test_what_stands_alike_is_no_difference():
    assert differences(a_record(), a_record(OTHER)) == []


def test_both_values_of_what_differs_are_told_and_none_is_chosen():
    kept = a_record(date_of_birth=date(1994, 2, 11), self_defined_ethnicity="W1")
    other = a_record(OTHER, given_names="Synthetic", date_of_birth=date(1994, 11, 2))
    told = [(each.field, each.kept, each.other) for each in differences(kept, other)]
    assert told == [
        ("given_names", None, "Synthetic"),
        ("date_of_birth", date(1994, 2, 11), date(1994, 11, 2)),
        ("self_defined_ethnicity", "W1", None),
    ]


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (None, False),
        (Sex.NOT_KNOWN, False),
        (Sex.NOT_SPECIFIED, False),
        (SelfDefinedEthnicity.NS, False),
        (ObservedEthnicity.IC9, False),
        ("NS", False),
        (Sex.FEMALE, True),
        (SelfDefinedEthnicity.W1, True),
        ("Testperson", True),
        (date(1994, 2, 11), True),
    ],
)
def test_a_code_that_says_nothing_is_not_known(value, known):
    assert is_known(value) is known


def test_what_is_not_known_is_read_from_the_first_record_that_knows():
    survivor = a_record(sex="not_known", self_defined_ethnicity="NS")
    second = a_record(OTHER, sex="female", observed_ethnicity="IC9")
    third = a_record(THIRD, sex="male", self_defined_ethnicity="B2", observed_ethnicity="IC3")
    assert known_from(survivor, second, third) == {
        "sex": ("female", OTHER),
        "self_defined_ethnicity": ("B2", THIRD),
        "observed_ethnicity": ("IC3", THIRD),
    }


def test_what_is_known_never_gives_way_to_what_is_not_nor_to_anything_else():
    survivor = a_record(self_defined_ethnicity="B2", date_of_birth=date(1994, 2, 11))
    other = a_record(
        OTHER,
        self_defined_ethnicity="NS",
        ethnicity_missing_reason="refused",
        date_of_birth=date(1993, 1, 1),
    )
    assert known_from(survivor, other) == {}


def test_an_estimate_comes_with_its_day_and_only_where_nobody_knows_the_birth():
    estimate = {"estimated_age_years": 30, "estimated_on": date(2026, 11, 2)}
    guessed = a_record(OTHER, **estimate)
    assert known_from(a_record(), guessed) == {
        field: (value, OTHER) for field, value in estimate.items()
    }
    born = {"date_of_birth": date(1994, 2, 11)}
    assert known_from(a_record(**born), guessed) == {}
    assert known_from(a_record(), guessed, a_record(THIRD, **born)) == {
        "date_of_birth": (born["date_of_birth"], THIRD)
    }


PARTICULARS = st.fixed_dictionaries(
    {},
    optional={
        "given_names": st.sampled_from([None, "Synthetic", "Another"]),
        "date_of_birth": st.none() | st.dates(date(1950, 1, 1), date(2005, 1, 1)),
        "sex": st.sampled_from([None, *Sex]),
        "self_defined_ethnicity": st.sampled_from([None, *SelfDefinedEthnicity]),
        "observed_ethnicity": st.sampled_from([None, *ObservedEthnicity]),
        "pnc_id": st.sampled_from([None, "2002/0073319Z"]),
    },
)


@given(ours=PARTICULARS, theirs=st.lists(PARTICULARS, max_size=4))
def test_only_what_is_not_known_is_read_and_only_what_is_known_elsewhere(ours, theirs):
    survivor = a_record(**ours)
    others = [a_record(UUID(int=n), **each) for n, each in enumerate(theirs, start=2)]
    before = [each.model_dump() for each in (survivor, *others)]
    for each in read_through(survivor, others):
        source = next(other for other in others if other.id == each.person_id)
        assert not is_known(getattr(survivor, each.field))
        assert is_known(each.value)
        assert getattr(source, each.field) == each.value
    assert [each.model_dump() for each in (survivor, *others)] == before


def test_nobody_is_merged_with_themselves():
    check_two(ONE, OTHER)
    with pytest.raises(RuleBroken) as refused:
        check_two(ONE, ONE)
    (fault,) = refused.value.facts["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/other_id", "same-person")


def test_every_reason_has_a_label():
    assert [*MERGE_LABELS] == [*MergeReason]
    assert [*PARTING_LABELS] == [*PartingReason]
