import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.consent.states import (
    STEPS,
    ConsentAnswer,
    ConsentKind,
    ConsentNotStanding,
    ConsentStands,
    ConsentState,
    ConsentStep,
    may_be_allocated,
    may_be_enrolled,
    state_of,
    step,
)

PROGRAMME, RESEARCH, SHARING = ConsentKind
NOT_ASKED, GIVEN, DECLINED, WITHDRAWN = ConsentState
TABLE = {
    (NOT_ASKED, ConsentStep.GIVEN): GIVEN,
    (NOT_ASKED, ConsentStep.DECLINED): DECLINED,
    (DECLINED, ConsentStep.GIVEN): GIVEN,
    (DECLINED, ConsentStep.DECLINED): DECLINED,
    (WITHDRAWN, ConsentStep.GIVEN): GIVEN,
    (WITHDRAWN, ConsentStep.DECLINED): DECLINED,
    (GIVEN, ConsentStep.WITHDRAWN): WITHDRAWN,
}
REFUSED = [(state, happens) for state in ConsentState for happens in ConsentStep]
REFUSED = [pair for pair in REFUSED if pair not in TABLE]


def test_the_steps_are_those_of_the_table():
    assert dict(STEPS) == TABLE


@pytest.mark.parametrize(("state", "happens"), REFUSED)
def test_every_other_step_is_refused_with_where_it_stands(state, happens):
    kind = ConsentStands if state is GIVEN else ConsentNotStanding
    with pytest.raises(kind) as refused:
        step(state, happens, kind=RESEARCH)
    assert refused.value.facts == {"kind": "research", "state": state.value}


@pytest.mark.parametrize(
    ("answer", "withdrawn", "state"),
    [
        (None, False, NOT_ASKED),
        (ConsentAnswer.GIVEN, False, GIVEN),
        (ConsentAnswer.GIVEN, True, WITHDRAWN),
        (ConsentAnswer.DECLINED, False, DECLINED),
    ],
)
def test_where_one_stands_follows_from_its_last_answer(answer, withdrawn, state):
    assert state_of(answer, withdrawn=withdrawn) is state


HAPPENED = st.lists(st.tuples(st.sampled_from([*ConsentKind]), st.sampled_from([*ConsentStep])))


@given(HAPPENED)
def test_the_three_stand_by_themselves_whatever_happens_in_whatever_order(happened):
    states = dict.fromkeys(ConsentKind, NOT_ASKED)
    taken = {kind: [] for kind in ConsentKind}
    for kind, happens in happened:
        before = dict(states)
        try:
            states[kind] = step(states[kind], happens, kind=kind)
            taken[kind].append(happens)
        except (ConsentStands, ConsentNotStanding):
            assert (before[kind] is GIVEN) == (happens is not ConsentStep.WITHDRAWN)
        assert all(states[other] is before[other] for other in ConsentKind if other is not kind)
    for kind, steps in taken.items():
        gave, took_back = steps.count(ConsentStep.GIVEN), steps.count(ConsentStep.WITHDRAWN)
        assert gave - took_back == (states[kind] is GIVEN)
        answers = [each for each in steps if each is not ConsentStep.WITHDRAWN]
        last = ConsentAnswer(answers[-1].value) if answers else None
        withdrawn = bool(steps) and steps[-1] is ConsentStep.WITHDRAWN
        assert state_of(last, withdrawn=withdrawn) is states[kind]
    assert may_be_enrolled(states) == (states[PROGRAMME] is GIVEN)
    assert may_be_allocated(states) == (states[PROGRAMME] is states[RESEARCH] is GIVEN)


def test_nobody_is_enrolled_or_allocated_where_nothing_was_asked():
    assert not may_be_enrolled({})
    assert not may_be_allocated({SHARING: GIVEN, RESEARCH: GIVEN})
