import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.states import Basis, Verdict
from checkpoint.oversight.states import (
    DOORS,
    LABELS,
    MEANING,
    REMEDY,
    DeterminationReason,
    OverrideReason,
    OversightEvent,
    OversightNotAllowed,
    OversightState,
    step,
    why_not,
)

STEPS = {
    ("referred", "oversight.determined"): "determined",
    ("settled", "oversight.override_proposed"): "proposed",
    ("declined", "oversight.override_proposed"): "proposed",
    ("proposed", "oversight.override_confirmed"): "overridden",
    ("proposed", "oversight.override_declined"): "declined",
}
ENDINGS = {"determined", "overridden", "superseded", "pending"}


@pytest.mark.parametrize("state", OversightState)
@pytest.mark.parametrize("event", OversightEvent)
def test_only_the_steps_in_the_table_are_allowed(state, event):
    if (state, event) in STEPS:
        assert step(state, event) == STEPS[state, event]
        return
    with pytest.raises(OversightNotAllowed) as refused:
        step(state, event)
    assert refused.value.detail == REMEDY[state]
    assert refused.value.facts["state"] == state.value
    allowed = sorted(e for s, e in STEPS if s == state)
    assert refused.value.facts["allowed"] == allowed


@given(st.lists(st.sampled_from(OversightEvent)))
def test_what_was_confirmed_or_determined_never_changes_again(events):
    for begin in (OversightState.SETTLED, OversightState.REFERRED):
        state = begin
        for event in events:
            try:
                after = step(state, event)
            except OversightNotAllowed:
                continue
            assert state not in ENDINGS
            state = after


def test_each_step_of_a_person_has_a_door_and_nothing_else_has():
    assert {event.value for event in DOORS} == {event for _, event in STEPS}


def asked(event, *, holding=True, ranks_enough=True, is_first_person=False, is_overtaken=False):
    return why_not(
        event,
        holds=lambda _: holding,
        ranks_enough=ranks_enough,
        is_first_person=is_first_person,
        is_overtaken=is_overtaken,
    )


def test_a_reader_is_told_why_they_may_not():
    assert {asked(event) for event in DOORS} == {None}
    told = {asked(event, holding=False) for event in DOORS}
    assert told == {"Your role does not allow this; ask a supervisor."}
    low = {event: asked(event, ranks_enough=False) for event in DOORS}
    assert [event for event, reason in low.items() if reason] == [OversightEvent.PROPOSED]
    first = {event: asked(event, is_first_person=True) for event in DOORS}
    assert {event for event, reason in first.items() if reason} == {
        OversightEvent.CONFIRMED,
        OversightEvent.DECLINED,
    }


def test_of_what_has_changed_nobody_is_offered_a_step_whatever_their_role():
    for holding in (True, False):
        told = {asked(event, holding=holding, is_overtaken=True) for event in DOORS}
        assert told == {"What this decision rested on has changed since: decide again."}


def test_every_reason_and_every_standing_has_words():
    assert LABELS.keys() == {*DeterminationReason, *OverrideReason}
    settled = (Verdict.ELIGIBLE, Verdict.INELIGIBLE)
    assert MEANING.keys() == {
        (basis, verdict) for basis in Basis if basis is not Basis.RULES for verdict in settled
    }
    assert REMEDY.keys() == {*OversightState}
