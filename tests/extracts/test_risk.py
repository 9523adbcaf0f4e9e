"""k, l and t, as pycanon has them; and what has to be coarser for them."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checkpoint.extracts.risk import (
    MOST_COUNTED,
    Classes,
    alike,
    columns_of,
    failing,
    measured,
    merged,
)

rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 3), st.integers(0, 1)),
    min_size=1,
    max_size=60,
)


def classes_of(people):
    """People by their quasi-identifiers; the last of each is the outcome."""
    table = np.array(people, np.int64)
    had = table[:, -1]
    return merged(Classes(table[:, :-1], np.stack([1 - had, had], axis=1)))


def test_k_l_and_t_of_a_file_worked_by_hand():
    # Two classes: 3 people of whom 1 had the outcome, 2 of whom both had: overall 3 in 5.
    found = measured(classes_of([(0, 0), (0, 0), (0, 1), (1, 1), (1, 1)]))
    assert (found.k, found.l, found.classes, found.people) == (2, 1, 2, 5)
    assert found.t == pytest.approx(0.4)  # |2/2 - 3/5|


def test_an_empty_file_has_none():
    empty = measured(Classes(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64)))
    assert (empty.k, empty.l, empty.t, empty.classes, empty.people) == (0, 0, 0, 0, 0)


@pytest.mark.slow
@settings(max_examples=60)
@given(rows)
def test_pycanon_agrees(people):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what pandas will not have for ever
        pd, anonymity = pytest.importorskip("pandas"), pytest.importorskip("pycanon.anonymity")
        table = pd.DataFrame(people, columns=["arm", "sex", "age", "outcome"])
        table["outcome"] = table["outcome"].map({0: "no", 1: "yes"}).astype(object)
        quasi, found = ["arm", "sex", "age"], measured(classes_of(people))
        assert found.k == anonymity.k_anonymity(table, quasi)
        assert found.l == anonymity.l_diversity(table, quasi, ["outcome"])
        assert found.t == pytest.approx(anonymity.t_closeness(table, quasi, ["outcome"]), abs=2e-6)


@given(rows, st.integers(2, 10))
def test_classes_that_fail_are_those_with_too_few_people_or_outcomes(people, k):
    found = classes_of(people)
    by_hand = {}
    for *quasi, had in people:
        by_hand.setdefault(tuple(quasi), []).append(had)
    failed = {tuple(map(int, row)) for row in found.codes[failing(found, k=k, l=2)]}
    assert failed == {q for q, had in by_hand.items() if len(had) < k or len({*had}) < 2}


wide = st.integers(1, 7).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9_000), min_size=width, max_size=width), min_size=1, max_size=40
    )
)


@given(wide)
def test_rows_that_are_alike_are_found_however_many_columns_they_have(table):
    codes = np.array(table, np.int64)
    first, inverse = alike(columns_of(codes))
    assert [*map(tuple, codes[first].tolist())] == sorted({*map(tuple, table)})
    assert (codes[first][inverse] == codes).all()


def test_a_few_rows_with_large_numbers_are_put_in_order_and_not_counted():
    codes = np.array([[MOST_COUNTED * 2], [3], [MOST_COUNTED * 2]], np.int64)
    first, inverse = alike(columns_of(codes))
    assert codes[first, 0].tolist() == [3, MOST_COUNTED * 2]
    assert inverse.tolist() == [1, 0, 1]


@given(rows)
def test_making_coarser_never_lowers_k(people):
    found = classes_of(people)
    coarser = merged(found, [np.zeros(9, np.int64), *[np.arange(9, dtype=np.int64)] * 2])
    assume(len(found.codes))
    assert measured(coarser).k >= measured(found).k
    assert measured(coarser).l >= measured(found).l
