import pytest

from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import is_small, rests_on_few, rounded

OFFICE = (Role.STATISTICIAN, Role.TRIAL_MANAGER)


def test_from_one_to_nine_people_are_few():
    assert [n for n in range(12) if is_small(n)] == [*range(1, 10)]


@pytest.mark.parametrize("role", [each for each in Role if each not in OFFICE])
def test_nobody_but_the_trials_office_is_told_of_few(role):
    assert rests_on_few([0, 10, 9], role)
    assert not rests_on_few([0, 10, 30], role)


@pytest.mark.parametrize("role", OFFICE)
def test_the_trials_office_is_told_of_everybody(role):
    assert not rests_on_few([1], role)


def test_what_leaves_the_force_is_ten_or_more_and_rounded_to_five():
    assert [rounded(n) for n in (0, 9, 10, 12, 13, 17, 18)] == [None, None, 10, 10, 15, 15, 20]
