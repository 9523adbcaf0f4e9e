"""Lines, weeks, warnings and masks; and who may unblind what."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.allocation import rules as allocation_rules
from checkpoint.foundation.errors import RuleBroken
from checkpoint.monitor import rules
from checkpoint.monitor.states import (
    UnblindingAnswered,
    UnblindingOutcome,
    UnblindingScope,
    UnblindingsFull,
    UnblindingStands,
    UnblindingTooEarly,
)
from checkpoint.oversight.rules import SecondPersonNeeded
from checkpoint.trials.states import TrialState

CASE, TRIAL = UnblindingScope.CASE, UnblindingScope.TRIAL
OPENS, CLOSES = date(2016, 8, 1), date(2018, 3, 31)
days = st.dates(date(2015, 1, 1), date(2030, 1, 1))
keys = st.binary(min_size=32, max_size=32)


@given(days, st.integers(-10, 400))
def test_weeks_are_mondays_that_hold_every_day_once(first, more):
    last = first + timedelta(days=more)
    found = rules.weeks(first, last)
    assert all(monday.isoweekday() == 1 for monday in found)
    inside = [first + timedelta(days=day) for day in range(more + 1)]
    assert found == sorted({rules.monday_of(day) for day in inside})


@given(st.integers(2, 2000), days)
def test_the_line_goes_from_nobody_to_the_target(target, end):
    found = rules.line_at(target, opens_on=OPENS, closes_on=CLOSES, end=end)
    assert 0 <= found <= target
    if end >= CLOSES:
        assert found == target
    if end <= OPENS:
        assert found == 0


def test_without_a_closing_there_is_no_line():
    assert rules.line_at(800, opens_on=OPENS, closes_on=None, end=CLOSES) is None
    assert rules.needed_a_week(800, allocated=1, closes_on=None, today=OPENS) is None


@pytest.mark.parametrize(
    ("allocated", "today", "needed"),
    [
        (0, CLOSES - timedelta(days=70), 80.0),
        (521, CLOSES - timedelta(days=14), 139.5),
        (800, CLOSES - timedelta(days=1), 0.0),
        (801, CLOSES, 0.0),
        (799, CLOSES, None),
        (799, CLOSES - timedelta(days=1), 7.0),
    ],
)
def test_what_is_needed_a_week_is_what_is_missing_over_the_weeks_left(allocated, today, needed):
    found = rules.needed_a_week(800, allocated=allocated, closes_on=CLOSES, today=today)
    assert found == needed


@given(st.integers(0, 2000), st.integers(1, 1000), keys, st.uuids())
def test_the_warning_is_never_late_and_at_most_twice_as_early(left, warn_below, key, stratum):
    low = allocation_rules.runs_low(left, warn_below=warn_below, key=key, stratum=stratum)
    if left < warn_below:
        assert low
    if left >= 2 * warn_below:
        assert not low


def test_when_it_warns_nobody_can_tell_how_many_are_left():
    key, found = bytes(32), set()
    for number in range(300):
        low = [
            allocation_rules.runs_low(left, warn_below=20, key=key, stratum=UUID(int=number))
            for left in range(60)
        ]
        assert low == sorted(low, reverse=True)
        found.add(sum(low))
    assert found == {*range(20, 41)}


def test_masks_hide_arms_and_say_nothing_by_their_order():
    arms = ("control", "treatment")
    found = [rules.masks(arms, key=bytes([n] * 32), trial="T") for n in range(40)]
    assert {tuple(sorted(each.values())) for each in found} == {("A", "B")}
    assert 8 < sum(each["control"] == "A" for each in found) < 32
    assert [*found[0]] in ([*arms], [*arms][::-1])
    for each in found:
        assert [*each.values()] == ["A", "B"]
    others = [rules.masks(arms, key=bytes(32), trial=f"T{n}")["control"] for n in range(40)]
    assert {*others} == {"A", "B"}


def test_a_case_is_named_where_one_is_meant_and_nowhere_else():
    rules.check_scope(CASE, uuid4())
    rules.check_scope(TRIAL, None)
    for scope, record in ((CASE, None), (TRIAL, uuid4())):
        with pytest.raises(RuleBroken):
            rules.check_scope(scope, record)


@pytest.mark.parametrize("state", [TrialState.ANNOUNCED, TrialState.OPEN])
def test_a_whole_trial_is_unblinded_only_once_it_is_closed(state):
    with pytest.raises(UnblindingTooEarly):
        rules.check_proposal(TRIAL, state, [], there=0)
    rules.check_proposal(CASE, state, [], there=0)
    rules.check_proposal(TRIAL, TrialState.CLOSED, [], there=0)


def test_what_was_declined_may_be_proposed_again_and_what_stands_may_not():
    closed, declined = TrialState.CLOSED, UnblindingOutcome.DECLINED
    rules.check_proposal(TRIAL, closed, [declined, declined], there=2)
    for last in (None, UnblindingOutcome.CONFIRMED):
        with pytest.raises(UnblindingStands):
            rules.check_proposal(TRIAL, closed, [last, declined], there=2)
    with pytest.raises(UnblindingsFull):
        rules.check_proposal(TRIAL, closed, [declined], there=rules.MOST_UNBLINDINGS)


def test_a_proposal_is_answered_once_and_by_somebody_else():
    first, second = uuid4(), uuid4()
    rules.check_answer(None, second, first=first)
    with pytest.raises(SecondPersonNeeded):
        rules.check_answer(None, first, first=first)
    for outcome in UnblindingOutcome:
        with pytest.raises(UnblindingAnswered):
            rules.check_answer(outcome, second, first=first)
