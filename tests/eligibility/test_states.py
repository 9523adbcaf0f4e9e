"""How answers go together that may be unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.states import all_of, any_of, worst_of

answers = st.lists(st.sampled_from([True, False, None]), max_size=6)


@pytest.mark.parametrize(
    ("one", "two", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, True, None, True),
        (None, False, False, None),
        (None, None, None, None),
    ],
)
def test_and_and_or_are_kleenes(one, two, both, either):
    assert all_of([one, two]) is both
    assert any_of([one, two]) is either


def test_of_nothing_everything_holds_and_nothing_does():
    assert all_of([]) is True
    assert any_of([]) is False


@given(parts=answers)
def test_not_both_is_one_or_the_other_not(parts):
    turned = [None if part is None else not part for part in parts]
    whole = all_of(parts)
    assert any_of(turned) is (None if whole is None else not whole)


@given(parts=answers, order=st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(parts, order):
    other = [*parts]
    order.shuffle(other)
    assert (all_of(other), any_of(other)) == (all_of(parts), any_of(parts))


@given(
    codes=st.lists(st.none() | st.sampled_from(["none", "standard", "medium", "high"]), min_size=1)
)
def test_what_is_not_known_might_be_the_worst_and_nothing_is_worse_than_that(codes):
    order = ["none", "standard", "medium", "high"]
    worst = worst_of(codes, order)
    guesses = [worst_of([code or guess for code in codes], order) for guess in order]
    assert worst == (guesses[0] if len(set(guesses)) == 1 else None)
