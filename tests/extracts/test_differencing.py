"""Two releases differ by nobody or by a crowd."""

import pytest

from checkpoint.extracts.differencing import Difference, told_apart, too_close
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
    assert too_close(Difference(gone, added, changed), POLICY) is close


@pytest.mark.parametrize(
    ("crowds", "apart"),
    [
        # Everybody, men, women: 4 whose sex is not known are left.
        ({"110": 190, "101": 206, "100": 4}, True),
        ({"110": 190, "101": 196, "100": 14}, False),
        ({"110": 190, "101": 210}, False),
        ({"11": 200, "10": 4}, True),
        # Whoever adds the two to one another, less everybody, is left with those in both.
        ({"110": 190, "111": 4, "101": 206}, True),
        # Two small groups that only come together are one crowd.
        ({"1100": 190, "1010": 200, "1000": 6, "1001": 6, "0001": 90}, False),
        # Nobody is left whom the releases before had not told apart already.
        ({"1100": 190, "1010": 206, "1000": 4, "0001": 90}, False),
        # What large crowds come to together cancels a small one; the other small one is left.
        ({"101": 190, "010": 200, "111": 4, "001": 3}, True),
        ({"10": 3, "01": 5}, False),
        ({}, False),
    ],
)
def test_few_are_told_by_no_sum_and_difference_of_releases(crowds, apart):
    assert told_apart(crowds, POLICY) is apart
