"""Two releases differ by nobody or by a crowd."""

import pytest

from checkpoint.extracts.differencing import Difference, between, too_close
from copied import POLICY


@pytest.mark.parametrize(
    ("gone", "added", "changed", "close"),
    [
        (0, 0, 0, False),
        (0, 1, 0, True),
        (9, 0, 0, True),
        (0, 0, 3, True),
        (10, 0, 0, False),
        (20, 3, 0, True),
        (10, 10, 10, False),
    ],
)
def test_a_release_differs_from_an_earlier_one_by_nobody_or_by_ten(gone, added, changed, close):
    difference = Difference(gone, added, changed)
    assert too_close(difference, POLICY) is close
    assert difference.people == gone + added + changed


def test_populations_are_compared_by_who_is_in_one_alone():
    assert between(range(20), range(5, 30)) == Difference(gone=5, added=10)
    assert between([], []) == Difference()
