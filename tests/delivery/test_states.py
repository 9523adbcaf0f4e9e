"""What was delivered follows from the events and from nothing else."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.delivery.states import (
    LABELS,
    ConditionKind,
    CrossoverNotAllowed,
    CrossoverReason,
    CrossoverState,
    DeliveredArm,
    DeliveryEvent,
    DeviationReason,
    Direction,
    DisposingAuthority,
    Given,
    ReplacingReason,
    crossed,
    crossing,
    crossover_state,
    delivered,
)
from checkpoint.oversight.states import Outcome

histories = st.lists(st.sampled_from(Given), max_size=8)
STATE, EVENT = CrossoverState, DeliveryEvent
STEPS = {
    (STATE.NONE, EVENT.PROPOSED): STATE.PROPOSED,
    (STATE.DECLINED, EVENT.PROPOSED): STATE.PROPOSED,
    (STATE.PROPOSED, EVENT.CONFIRMED): STATE.CONFIRMED,
    (STATE.PROPOSED, EVENT.DECLINED): STATE.DECLINED,
}


def test_each_history_of_one_event_delivers_what_is_written_here():
    assert delivered([]) is DeliveredArm.NONE_YET
    assert delivered([Given.STARTED]) is DeliveredArm.TREATMENT
    assert delivered([Given.DEVIATED]) is DeliveredArm.CONTROL
    assert delivered([Given.DISPOSED]) is DeliveredArm.CONTROL


@given(histories, st.randoms())
def test_neither_order_nor_repetition_changes_what_was_delivered(events, random):
    shuffled = [*events, *events]
    random.shuffle(shuffled)
    assert delivered(shuffled) is delivered(events)


@given(histories)
def test_a_start_is_never_taken_back_by_what_happens_besides(events):
    assert delivered([*events, Given.STARTED]) is DeliveredArm.TREATMENT


@given(histories, st.sampled_from(Given))
def test_once_something_was_delivered_it_is_never_nothing_again(events, more):
    assert delivered([*events, more]) is not DeliveredArm.NONE_YET


@given(st.sampled_from(["treatment", "control"]), histories)
def test_a_case_crossed_where_assigned_and_delivered_differ(assigned, events):
    found = delivered(events)
    direction = crossed(assigned, found)
    differ = found is not DeliveredArm.NONE_YET and found.value != assigned
    assert (direction is not None) == differ
    if differ:
        assert direction is Direction(f"to_{found.value}")


@given(histories)
def test_a_case_without_an_arm_crosses_nowhere(events):
    assert crossed(None, delivered(events)) is None


@pytest.mark.parametrize(
    ("state", "event"),
    [*product(CrossoverState, (EVENT.PROPOSED, EVENT.CONFIRMED, EVENT.DECLINED))],
)
def test_every_step_of_a_crossover_is_in_the_table_or_refused(state, event):
    if (state, event) in STEPS:
        assert crossing(state, event) is STEPS[state, event]
        return
    with pytest.raises(CrossoverNotAllowed) as refused:
        crossing(state, event)
    assert refused.value.facts == {"state": state.value}


def test_the_last_proposal_says_where_a_case_stands():
    assert crossover_state([]) is STATE.NONE
    assert crossover_state([None, Outcome.DECLINED]) is STATE.PROPOSED
    assert crossover_state([Outcome.CONFIRMED, Outcome.DECLINED]) is STATE.CONFIRMED
    assert crossover_state([Outcome.DECLINED]) is STATE.DECLINED


def test_every_code_has_a_label():
    lists = (CrossoverReason, DeviationReason, DisposingAuthority, ConditionKind, ReplacingReason)
    assert LABELS.keys() == {value for each in lists for value in each}
