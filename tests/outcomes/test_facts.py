from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.outcomes.cuts.facts import (
    Ended,
    Happened,
    Horizon,
    Programme,
    Taken,
    day_of,
    gathered,
    seen_until,
)
from checkpoint.outcomes.cuts.spans import Spell, days_within, first_in_custody
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure

ARREST, CHARGE, PROVEN = Measure
CUT, DEATH, GONE, LOST = EndOfObservation
DAY = date(2017, 8, 31)


def programme(**others):
    told = {
        "followed_until": date(2018, 8, 31),
        "measures": (ARREST, PROVEN),
        "definitions": "made-up",
        "definitions_digest": "0" * 64,
        "horizons": (Horizon("12 months", months=12),),
    }
    return Programme(**told | others)


def taken(*events, **others):
    told = {"participant_id": UUID(int=1), "mask": "A", "allocated_on": DAY, "stratum": "S"}
    return Taken(**{"per_protocol": True, "events": events} | told | others)


def test_days_count_from_allocation_and_the_first_of_each_measure_is_kept():
    events = (Happened(ARREST, 30), Happened(ARREST, 7), Happened(PROVEN, 5), Happened(CHARGE, 1))
    found = gathered(taken(*events), programme())
    assert found.first == {ARREST: 7, PROVEN: 5}
    assert [each.day for each in found.events] == [5, 7, 30]
    assert (found.observed_days, found.ended_by) == (365, CUT)
    assert day_of(date(2017, 9, 1), allocated_on=DAY) == 1


def test_what_lies_outside_the_time_that_was_observed_is_not_in_the_cut():
    events = [Happened(ARREST, day) for day in (-1, 0, 100, 101)]
    ended = (Ended(LOST, 200), Ended(DEATH, 100))
    found = gathered(taken(*events, ends=ended), programme())
    assert [each.day for each in found.events] == [0, 100]
    assert (found.observed_days, found.ended_by) == (100, DEATH)
    late = gathered(taken(Happened(ARREST, 0)), programme(first_day=1))
    assert late.events == ()
    unproven = gathered(taken(Happened(PROVEN, 1)), programme(measures=(ARREST,)))
    assert unproven.events == ()


def test_an_end_by_itself_says_more_than_the_end_of_the_data_on_that_day():
    found = gathered(taken(ends=(Ended(GONE, 365),)), programme())
    assert found.ended_by is GONE
    own = gathered(taken(followed_until=date(2017, 9, 10)), programme())
    assert (own.observed_days, own.ended_by) == (10, CUT)
    beyond = gathered(taken(followed_until=date(2030, 1, 1)), programme())
    assert beyond.observed_days == 365


def test_nobody_is_observed_before_allocation():
    found = gathered(taken(Happened(ARREST, 0)), programme(followed_until=date(2017, 8, 1)))
    assert (found.observed_days, found.events) == (0, ())


def test_proven_reoffences_count_only_as_far_as_convictions_can_be_in():
    lagging = programme(conviction_lag_months=6)
    assert seen_until(PROVEN, lagging.followed_until, lag_months=6) == date(2018, 2, 28)
    assert seen_until(ARREST, lagging.followed_until, lag_months=6) == date(2018, 8, 31)
    last = day_of(date(2018, 2, 28), allocated_on=DAY)
    events = (Happened(PROVEN, last + 1), Happened(ARREST, last + 1), Happened(PROVEN, last))
    found = gathered(taken(*events), lagging)
    assert found.first == {ARREST: last + 1, PROVEN: last}
    assert len(found.events) == 2


@pytest.mark.parametrize(("reason", "last"), [(LOST, 30), (DEATH, 212), (GONE, 212)])
def test_the_lag_is_counted_from_the_last_day_on_which_proof_could_be_seen(reason, last):
    lagging = programme(conviction_lag_months=6)
    events = [Happened(PROVEN, day) for day in (30, 31, 181)] + [Happened(ARREST, 212)]
    # Their own last day is 31 March: of whoever was lost, proof was seen until then and no longer.
    found = gathered(taken(*events, ends=(Ended(reason, 212),)), lagging)
    assert (found.observed_days, found.ended_by) == (212, reason)
    proven = [each.day for each in found.events if each.measure is PROVEN]
    assert proven == [day for day in (30, 31, 181) if day <= last]
    assert found.first[ARREST] == 212


@pytest.mark.parametrize(
    ("spells", "days"),
    [
        ([], 0),
        ([Spell(0, 0)], 0),
        ([Spell(0, 1)], 1),
        ([Spell(5, 9), Spell(8, 12)], 8),
        ([Spell(8, 12), Spell(5, 20)], 16),
        ([Spell(95, None)], 6),
        ([Spell(90, 500), Spell(200, 300), Spell(-10, 1)], 12),
        ([Spell(101, 120)], 0),
    ],
)
def test_each_day_in_custody_counts_once(spells, days):
    assert days_within(spells, 100) == days


@given(
    st.lists(
        st.tuples(st.integers(-20, 120), st.integers(0, 60)).map(lambda s: Spell(s[0], sum(s)))
    )
)
def test_days_in_custody_are_those_that_lie_in_any_spell(spells):
    covered = {day for spell in spells for day in range(spell.first_day, spell.last_day + 1)}
    assert days_within(spells, 100) == len(covered & set(range(1, 101)))


@given(
    st.lists(st.builds(Happened, st.sampled_from(Measure), st.integers(-50, 500))),
    st.permutations(range(8)),
)
def test_a_cut_does_not_depend_on_the_order_of_rows(events, order):
    first = gathered(taken(*events), programme())
    shuffled = [events[place] for place in order if place < len(events)] + events[8:]
    assert gathered(taken(*shuffled), programme()) == first


def test_the_first_day_in_custody_counts_from_allocation():
    assert first_in_custody([]) is None
    assert first_in_custody([Spell(-9, -1)]) is None
    assert first_in_custody([Spell(40, 50), Spell(12, 13), Spell(-9, -2)]) == 12
    assert first_in_custody([Spell(-9, 0)]) is None
    assert first_in_custody([Spell(-9, 1)]) == first_in_custody([Spell(-9, None)]) == 0


def test_custody_that_came_after_the_last_observed_day_is_not_in_the_cut():
    in_it = taken(spells=(Spell(365, 400),), custody_day=365)
    found = gathered(in_it, programme())
    assert (found.custody_days, found.custody_day) == (1, 365)
    after = gathered(taken(spells=(Spell(366, None),), custody_day=366), programme())
    assert (after.custody_days, after.custody_day) == (0, None)
