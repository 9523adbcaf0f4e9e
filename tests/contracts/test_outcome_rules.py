from datetime import UTC, date, datetime

import pytest

from checkpoint.contracts.outcomes import clocks
from checkpoint.contracts.outcomes.rules import (
    BEFORE_22,
    TOLD_OF_END,
    UNDECIDED,
    check_ended,
    check_outcome_day,
    duties,
    proposal,
)
from checkpoint.contracts.outcomes.states import ContractNotEnded
from checkpoint.contracts.states import ENDED, ContractState, Fallback, StepReason
from checkpoint.delivery.references import known
from checkpoint.foundation.errors import RuleBroken
from checkpoint.victims.states import OF_CONTRACTS, NotificationKind

S, F, R = ContractState, Fallback, StepReason
DAY = date(2027, 3, 3)
BEGAN, ENDED_AT = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2027, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "reason", "fallback", "on", "code"),
    [
        (S.COMPLETED, R.CONDITIONS_MET, F.CHARGE, DAY, "22"),
        (S.COMPLETED, R.CONDITIONS_MET, F.CHARGE, date(2019, 4, 1), "22"),
        (S.COMPLETED, R.CONDITIONS_MET, F.CHARGE, date(2019, 3, 31), None),
        (S.FAILED, R.BREACH, F.CHARGE, DAY, "1"),
        (S.FAILED, R.OFFENDED, F.CAUTION, DAY, "3"),
        (S.WITHDRAWN, R.CONSENT_WITHDRAWN, F.CONDITIONAL_CAUTION, DAY, "3"),
        (S.CLOSED, R.DEATH, F.CHARGE, DAY, "5"),
        (S.CLOSED, R.TRANSFERRED, F.CHARGE, DAY, "20"),
        (S.CLOSED, R.MOVED_AWAY, F.CHARGE, DAY, None),
        (S.DECLINED, None, F.CHARGE, DAY, None),
    ],
)
def test_what_each_end_proposes(state, reason, fallback, on, code):
    found = proposal(state, reason, fallback, ended_on=on, known=known())
    assert found.code == code
    if code is None:
        assert found.why == (BEFORE_22 if state is S.COMPLETED else UNDECIDED)
    else:
        assert known().of(code) is not None


def test_a_list_that_knows_no_22_proposes_none():
    empty = known().model_copy(update={"outcomes": ()})
    found = proposal(S.COMPLETED, None, F.CHARGE, ended_on=DAY, known=empty)
    assert found.code is None


def test_an_outcome_waits_for_the_end_of_the_contract_and_for_its_day():
    for state in ContractState:
        if state in ENDED:
            check_ended(state)
            continue
        with pytest.raises(ContractNotEnded):
            check_ended(state)
    check_outcome_day(DAY, ended_on=DAY)
    with pytest.raises(RuleBroken, match="before the day"):
        check_outcome_day(date(2027, 3, 2), ended_on=DAY)


def test_victims_are_told_of_the_start_and_of_the_end():
    assert [*duties(S.DECLINED, started_at=None, ended_at=ENDED_AT)] == []
    started = (NotificationKind.CONTRACT_STARTED, BEGAN)
    assert [*duties(S.ACTIVE, started_at=BEGAN, ended_at=None)] == [started]
    for state, kind in TOLD_OF_END.items():
        told = [*duties(state, started_at=BEGAN, ended_at=ENDED_AT)]
        assert told == [started, (kind, ENDED_AT)]
    assert {started[0], *TOLD_OF_END.values()} == OF_CONTRACTS


def test_victims_are_told_within_working_days_and_the_vulnerable_sooner():
    eve = datetime(2026, 12, 24, 9, tzinfo=UTC)  # 28 December is Boxing Day in lieu
    assert clocks.tell_by(eve, vulnerable=False) == date(2027, 1, 5)
    assert clocks.tell_by(eve, vulnerable=True) == date(2026, 12, 29)
    assert clocks.tell_by(eve, vulnerable=None) == date(2026, 12, 29)


def test_an_objection_has_its_days_and_a_late_one_is_called_late():
    on = date(2026, 11, 3)
    assert clocks.acknowledge_by(on) == date(2026, 11, 17)
    assert clocks.decide_by(on) == date(2026, 12, 15)
    assert clocks.is_in_time(on, ended_on=None)
    assert clocks.is_in_time(date(2027, 2, 28), ended_on=date(2026, 11, 30))
    assert not clocks.is_in_time(date(2027, 3, 1), ended_on=date(2026, 11, 30))
    assert clocks.policy_on(date(2010, 1, 1)) is clocks.POLICIES[0]
