"""Sequences come out bit for bit the same, keep the ratio, and tell nothing by their digests."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.allocation.sequence import (
    Place,
    SequenceImpossible,
    Stream,
    blocks,
    commitment,
    digest,
    label_of,
    list_faults,
    listed,
    salt_of,
    sequence,
    shuffled,
)

EVEN = {"treatment": 1, "control": 1}
SEED = bytes(range(32))
KNOWN = "cctttcctttccttccttctccct"
COMMITTED = "e9ad8720e8f36cf87ba471e9b6c0e55b61a369a4f9be2c42f9ab4a91746a6ba1"
LISTED = "b37c3f186207ad81c6082ca5021c4b30e1d5ce29de2995a7a2e26a7df758f8bc"
seeds = st.binary(min_size=32, max_size=32)


def test_a_known_seed_gives_the_sequence_that_is_written_down_here():
    drawn = sequence(SEED, label_of("TEST-TRIAL", 1, "DURHAMGATE"), EVEN, (4, 6, 8), places=24)
    assert "".join(arm[0] for arm in drawn) == KNOWN


def test_a_known_seed_has_the_commitment_and_the_list_digest_that_are_written_down_here():
    places = listed(
        SEED, "TEST-TRIAL", 1, arms=EVEN, sizes=(4, 6, 8), places={"PETERLEE": 8, "DURHAMGATE": 8}
    )
    assert commitment(SEED) == COMMITTED
    assert digest(places, salt_of(SEED)) == LISTED


@given(seeds, st.integers(1, 400))
def test_a_sequence_begins_as_every_longer_one_does(seed, places):
    short = sequence(seed, "a", EVEN, (4, 6, 8), places=places)
    longer = sequence(seed, "a", EVEN, (4, 6, 8), places=places + 40)
    assert longer[: len(short)] == short
    assert places <= len(short) < places + 8


@given(seeds, st.sampled_from([EVEN, {"treatment": 2, "control": 1}, dict.fromkeys("abc", 1)]))
def test_every_block_keeps_the_ratio_and_has_a_size_that_it_may_have(seed, arms):
    parts = sum(arms.values())
    sizes = (2 * parts, 3 * parts, 4 * parts)
    for _, block in zip(range(20), blocks(seed, "a", arms, sizes), strict=False):
        assert len(block) in sizes
        assert Counter(block) == {arm: len(block) * share // parts for arm, share in arms.items()}


@given(seeds)
def test_other_labels_give_other_sequences(seed):
    made = {
        tuple(sequence(seed, label_of("T", number, suite), EVEN, (4, 6, 8), places=80))
        for number in (1, 2)
        for suite in ("DURHAMGATE", "PETERLEE")
    }
    assert len(made) == 4


def test_every_size_and_every_order_comes_up_about_as_often_as_any_other():
    found = [*zip(range(6000), blocks(SEED, "fair", EVEN, (4, 6, 8)), strict=False)]
    sizes = Counter(len(block) for _, block in found)
    assert all(abs(count - 2000) < 200 for count in sizes.values())  # over four deviations
    orders = Counter(tuple(block) for _, block in found if len(block) == 4)
    assert len(orders) == 6
    assert all(abs(count - sizes[4] / 6) < 90 for count in orders.values())


@given(seeds, st.integers(1, 1000))
def test_numbers_stay_below_their_limit(seed, limit):
    stream = Stream(seed, "numbers")
    assert all(0 <= stream.below(limit) < limit for _ in range(20))


def test_words_that_would_favour_small_numbers_are_passed_over():
    stream = Stream(SEED, "numbers")
    words = iter([(1 << 64) - 1, 5])
    stream._next = lambda: next(words)
    assert stream.below(3) == 2


@given(seeds, st.lists(st.sampled_from("tc"), max_size=12))
def test_shuffling_loses_nothing(seed, arms):
    assert Counter(shuffled(Stream(seed, "s"), arms)) == Counter(arms)


@pytest.mark.parametrize("sizes", [(), (3,), (1,), (4, 5)])
def test_sizes_that_do_not_keep_the_ratio_are_refused(sizes):
    with pytest.raises(SequenceImpossible, match="multiple of 2"):
        sequence(SEED, "a", EVEN, sizes, places=4)


def test_a_seed_of_another_length_is_refused():
    with pytest.raises(SequenceImpossible, match="32 bytes"):
        sequence(b"short", "a", EVEN, (4,), places=4)


@given(seeds, seeds)
def test_a_digest_without_its_salt_tells_nothing_of_a_short_list(seed, other):
    places = [Place("DURHAMGATE", 1, "treatment"), Place("DURHAMGATE", 2, "control")]
    same = digest(places, salt_of(seed)) == digest(places, salt_of(other))
    assert same == (seed == other)
    assert digest(places, salt_of(seed)) != digest(places[::-1], salt_of(seed))


def own(*arms, suite="DURHAMGATE"):
    return [Place(suite, position, arm) for position, arm in enumerate(arms, 1)]


def test_a_statistician_s_own_list_may_keep_the_ratio_in_any_order():
    places = own("control", "control", "treatment", "treatment")
    assert list_faults(places, arms=EVEN, strata=["DURHAMGATE"]) == []


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        (own("treatment", "treatment"), "does not keep the ratio"),
        (own("treatment", "placebo"), "placebo: no arm"),
        (own("treatment", "control")[::-1], "without a gap"),
        (own("treatment", "control")[1:], "without a gap"),
        ([*own("treatment", "control"), *own("control", suite="ATTIC")], "ATTIC: no stratum"),
        ([], "DURHAMGATE: no place"),
    ],
)
def test_a_statistician_s_own_list_is_refused_with_every_fault(places, fault):
    assert any(fault in found for found in list_faults(places, arms=EVEN, strata=["DURHAMGATE"]))


def test_positions_of_a_list_count_from_one_in_each_stratum():
    places = listed(SEED, "T", 1, arms=EVEN, sizes=(4,), places={"PETERLEE": 6, "DURHAMGATE": 4})
    assert [(p.stratum, p.position) for p in places] == [
        *(("DURHAMGATE", n) for n in range(1, 5)),
        *(("PETERLEE", n) for n in range(1, 9)),
    ]
    assert all(before <= after for before, after in pairwise([p.stratum for p in places]))
