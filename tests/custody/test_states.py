"""The life of a custody record."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.access.permissions import Permission
from checkpoint.custody.states import (
    DOORS,
    STEPS,
    CustodyEvent,
    CustodyState,
    DomesticAbuseGrade,
    InterviewStance,
    ModeOfTrial,
    OffenceClass,
    StepNotAllowed,
    label,
    step,
    why_not,
)

DETAINED, RELEASED = CustodyState.DETAINED, CustodyState.RELEASED
# By hand, and not from STEPS: a property must not prove itself.
LEADS = {
    (DETAINED, CustodyEvent.SCREENED): DETAINED,
    (DETAINED, CustodyEvent.OFFENCE_ADDED): DETAINED,
    (DETAINED, CustodyEvent.PERSON_CORRECTED): DETAINED,
    (DETAINED, CustodyEvent.REIDENTIFIED): DETAINED,
    (DETAINED, CustodyEvent.RELEASED): RELEASED,
    (RELEASED, CustodyEvent.PERSON_CORRECTED): RELEASED,
    (RELEASED, CustodyEvent.REIDENTIFIED): RELEASED,
    (RELEASED, CustodyEvent.SCREENED): RELEASED,
    (RELEASED, CustodyEvent.OFFENCE_ADDED): RELEASED,
    (DETAINED, CustodyEvent.TRANSFERRED): DETAINED,
    (RELEASED, CustodyEvent.RETURNED): DETAINED,
    (RELEASED, CustodyEvent.ATTENDED): RELEASED,
    (DETAINED, CustodyEvent.TIMES_SET): DETAINED,
    (RELEASED, CustodyEvent.TIMES_SET): RELEASED,
    (DETAINED, CustodyEvent.REVIEWED): DETAINED,
    (RELEASED, CustodyEvent.REVIEWED): RELEASED,
    (DETAINED, CustodyEvent.EXTENDED): DETAINED,
    (RELEASED, CustodyEvent.EXTENDED): RELEASED,
    (DETAINED, CustodyEvent.PAUSED): DETAINED,
    (RELEASED, CustodyEvent.PAUSED): RELEASED,
    (DETAINED, CustodyEvent.SAFEGUARDS_SAVED): DETAINED,
    (RELEASED, CustodyEvent.SAFEGUARDS_SAVED): RELEASED,
    (DETAINED, CustodyEvent.NOT_SCREENED): DETAINED,
    (RELEASED, CustodyEvent.NOT_SCREENED): RELEASED,
    (DETAINED, CustodyEvent.CO_ACCUSED_CHANGED): DETAINED,
    (RELEASED, CustodyEvent.CO_ACCUSED_CHANGED): RELEASED,
}
CODED: list[type[StrEnum]] = [ModeOfTrial, OffenceClass, InterviewStance, DomesticAbuseGrade]


@pytest.mark.parametrize("state", CustodyState)
@pytest.mark.parametrize("event", CustodyEvent)
def test_each_event_leads_where_it_should_or_is_refused(state, event):
    if (state, event) in LEADS:
        assert step(state, event) is LEADS[state, event]
        return
    with pytest.raises(StepNotAllowed) as refused:
        step(state, event)
    assert refused.value.facts["state"] == state.value
    assert refused.value.detail == f"The person is {state} already."


@given(events=st.lists(st.sampled_from(CustodyEvent)))
def test_only_a_release_and_a_return_change_where_a_person_stands(events):
    state, changes = DETAINED, []
    for event in events:
        try:
            after = step(state, event)
        except StepNotAllowed:
            continue
        if after is not state:
            changes.append(event)
        state = after
    turns = [CustodyEvent.RELEASED, CustodyEvent.RETURNED]
    assert changes == [turns[number % 2] for number in range(len(changes))]


@pytest.mark.parametrize("state", CustodyState)
def test_a_refusal_lists_exactly_the_steps_that_would_be_taken(state):
    with pytest.raises(StepNotAllowed) as refused:
        step(state, CustodyEvent.OPENED)
    assert refused.value.facts["allowed"] == sorted(DOORS[e][0] for s, e in LEADS if s is state)
    assert str(refused.value.detail) == f"The person is {state} already."


def test_every_step_has_a_door_and_every_door_a_step():
    assert set(DOORS) == {event for _, event in LEADS}
    assert len({name for name, *_ in DOORS.values()}) == len(DOORS)


def test_steps_and_doors_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        STEPS[RELEASED, CustodyEvent.RELEASED] = DETAINED
    with pytest.raises(TypeError):
        del DOORS[CustodyEvent.SCREENED]


@pytest.mark.parametrize("state", CustodyState)
@pytest.mark.parametrize("event", DOORS)
def test_why_not_says_nothing_exactly_when_the_step_may_be_taken(state, event):
    assert (why_not(state, event, holds=lambda _: True) is None) is ((state, event) in LEADS)
    told = why_not(state, event, holds=lambda _: False)
    assert told == "Your role does not allow this; ask a custody officer."


def test_only_the_permission_of_the_door_opens_it():
    def screens(permission: Permission) -> bool:
        return permission is Permission.SAVE_SCREENING

    assert why_not(DETAINED, CustodyEvent.SCREENED, holds=screens) is None
    assert why_not(DETAINED, CustodyEvent.OFFENCE_ADDED, holds=screens) is None
    assert why_not(DETAINED, CustodyEvent.RELEASED, holds=screens) is not None


def test_why_not_says_that_the_person_is_released_already():
    told = why_not(RELEASED, CustodyEvent.RELEASED, holds=lambda _: True)
    assert told == "The person is released already."


@pytest.mark.parametrize("codes", CODED)
def test_every_code_has_a_label_of_its_own_that_is_not_the_code(codes):
    labels = [label(code) for code in codes]
    assert len(set(labels)) == len(labels)
    assert all(words[0].isupper() and "_" not in words for words in labels)
