"""No published count tells of few: small ones go, the rest is rounded, totals are made of these."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.evaluation.control import SUPPRESSED_AND_ROUNDED, rounded, table
from checkpoint.extracts.control import flow, flow_rows
from checkpoint.extracts.references import policy_on
from copied import POLICY

counts = st.integers(0, 60)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=5)
)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, None), (1, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (109, 110)],
)
def test_under_ten_is_suppressed_and_the_rest_rounded_to_five(count, shown):
    assert rounded(count, POLICY) == shown


def test_a_table_is_suppressed_then_rounded_and_its_totals_are_of_what_is_shown():
    shown = table([[48, 168], [66, 150]], POLICY)
    assert shown.cells == ((50, 170), (65, 150))
    assert (shown.rows, shown.columns, shown.total) == ((220, 215), (115, 320), 435)
    assert shown.policy == POLICY.version


def test_a_suppressed_count_is_never_alone_in_its_row_or_column():
    shown = table([[3, 40, 50], [20, 30, 60], [70, 80, 90]], POLICY)
    assert shown.cells == ((None, None, 50), (None, None, 60), (70, 80, 90))
    assert table([[3, 40, 12]], POLICY).cells == ((None, 40, None),)
    assert table([[3], [40], [40]], POLICY).cells == ((None,), (None,), (40,))
    assert table([[3]], POLICY).total is None
    assert table([], POLICY).total is None


def test_that_nobody_or_everybody_did_is_not_told():
    shown = table([[0, 20], [15, 30]], POLICY)
    assert shown.cells == ((None, None), (None, None))


@given(tables)
def test_no_published_cell_or_total_is_of_one_to_nine(given_counts):
    shown = table(given_counts, POLICY)
    everything = [
        *(c for row in shown.cells for c in row),
        *shown.rows,
        *shown.columns,
        shown.total,
    ]
    assert all(each is None or (each >= 10 and each % 5 == 0) for each in everything)


@given(tables)
def test_totals_are_the_sums_of_what_is_shown_and_nothing_suppressed_is_alone(given_counts):
    shown = table(given_counts, POLICY)
    for lines, totals in (
        (shown.cells, shown.rows),
        (zip(*shown.cells, strict=True), shown.columns),
    ):
        for line, total in zip(lines, totals, strict=True):
            assert (total or 0) == sum(each or 0 for each in line)
            assert len(line) == 1 or sum(each is None for each in line) != 1
    assert (shown.total or 0) == sum(each or 0 for each in shown.rows)


def test_a_flow_counts_who_stayed_behind_and_makes_gates_of_what_is_shown():
    gates = [("arrested", 1000), ("screened", 800), ("eligible", 797), ("consented", 500)]
    told = flow(gates, POLICY)
    assert told == {"arrested": 795, "screened": 795, "eligible": 795, "consented": 500}
    assert flow([("all", 12)], POLICY) == {"all": 10}
    assert flow([("all", 7)], POLICY) == {"all": None}
    assert flow([("none", 0)], POLICY) == {"none": None}
    with pytest.raises(ValueError, match="more people"):
        flow([("a", 1), ("b", 2)], POLICY)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=8))
def test_no_gate_and_no_difference_of_two_gates_is_of_one_to_nine(numbers):
    gates = [(f"g{n}", count) for n, count in enumerate(sorted(numbers, reverse=True))]
    told = [each or 0 for each in flow(gates, POLICY).values()]
    apart = [a - b for a, b in pairwise(told)]
    assert all(each == 0 or each >= 10 for each in (*told, *apart))


def test_the_evaluation_controls_counts_as_the_policy_in_force_does():
    here, rule = policy_on(date(2026, 12, 1)).aggregates, SUPPRESSED_AND_ROUNDED
    assert (rule.smallest, rule.rounding) == (here.smallest, here.rounding)


def test_a_flow_of_gates_arms_and_rows_reconciles():
    def told(gates, kept, **outcomes):
        rows = flow_rows(gates, outcomes, kept, POLICY)
        return {(gate, arm): people for gate, arm, people in rows}

    whole = told([("in_the_cut", 302)], {"A": 151, "B": 151}, A=(100, 51), B=(90, 61))
    assert {*whole.values()} == {302, 151}
    gates = [("screened", 700), ("eligible", 402)]
    some = told(gates, {"A": 151, "B": 131}, A=(100, 52), B=(90, 61))
    assert some["allocated", ""] == some["allocated", "A"] + some["allocated", "B"] == 300
    assert [some[gate, ""] for gate in ("screened", "eligible")] == [700, 400]
    few = told(gates, {"A": 151, "B": 0}, A=(100, 52), B=(4, 5))
    assert few["allocated", "B"] is few["allocated", ""] is None
    assert few["in_this_extract", ""] is None
