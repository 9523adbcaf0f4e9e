"""Which step leads where, and for which reasons."""

import itertools

import pytest

from checkpoint.contracts.agreements import states as agreed
from checkpoint.contracts.states import (
    ENDED,
    LABELS,
    LIVE,
    NEXT,
    OPEN,
    REASONS,
    WORDED,
    ContractEvent,
    ContractState,
    Fallback,
    StepNotAllowed,
    StepReason,
    check_reason,
    step,
)
from checkpoint.foundation.errors import RuleBroken

S, E = ContractState, ContractEvent
READS = {E.READ, E.LISTED, E.PRINTED}


def test_every_step_leads_where_the_table_says_and_no_other_begins():
    for state, event in itertools.product([None, *S], E):
        if (state, event) in NEXT:
            assert step(state, event) is NEXT[state, event]
            continue
        with pytest.raises(StepNotAllowed) as refused:
            step(state, event)
        assert refused.value.facts["state"] == (state.value if state else None)


def test_what_has_ended_stays_so_and_everything_open_can_end():
    assert not [event for state, event in NEXT if state in ENDED]
    for state in OPEN:
        assert {to for (at, _), to in NEXT.items() if at is state} & ENDED
    assert {*S} == OPEN | ENDED
    assert LIVE < OPEN
    assert {event for _, event in NEXT} == {*E} - READS


def test_a_step_has_a_reason_of_its_own_kind():
    for event, reason in itertools.product(E, StepReason):
        if reason in REASONS.get(event, ()):
            check_reason(event, reason, "In words.")
            continue
        with pytest.raises(RuleBroken) as broken:
            check_reason(event, reason, "In words.")
        assert broken.value.faults[0]["code"] == "reason-of-another-step"
    for event, reasons in REASONS.items():
        for reason in WORDED.intersection(reasons):
            with pytest.raises(RuleBroken) as broken:
                check_reason(event, reason, None)
            assert broken.value.faults[0]["code"] == "words-missing"


def test_every_code_has_its_label():
    for codes in (S, StepReason, Fallback):
        assert {*codes} <= LABELS.keys()
    for codes in (
        agreed.TermsKind,
        agreed.TermsReason,
        agreed.ConditionKind,
        agreed.CompletionRule,
        agreed.SignatureRole,
        agreed.SigningWay,
    ):
        assert {*codes} <= agreed.LABELS.keys()
    assert {*agreed.ConditionKind} == agreed.RULES.keys() == agreed.MOST_OF_A_KIND.keys()
