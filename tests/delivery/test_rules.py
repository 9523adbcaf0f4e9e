"""What may be started, crossed, recorded and chased, by the rules alone."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.delivery import rules
from checkpoint.delivery.states import (
    ArmNotRead,
    ControlNotStartable,
    CrossoverState,
    DeviationNotPossible,
    DisposalStands,
    NotAControlCase,
    StartedAlready,
)
from checkpoint.foundation.errors import RuleBroken

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def broken(check, *args, **given):
    with pytest.raises(RuleBroken) as refused:
        check(*args, **given)
    return refused.value.faults[0]["code"]


@given(st.sampled_from(["treatment", None]), st.sampled_from(CrossoverState))
def test_whoever_was_given_the_programme_is_started_once(arm, crossover):
    rules.check_startable(arm, crossover=crossover, started=False)
    with pytest.raises(StartedAlready):
        rules.check_startable(arm, crossover=crossover, started=True)


@pytest.mark.parametrize("crossover", CrossoverState)
def test_a_control_case_is_started_only_after_a_confirmed_crossover(crossover):
    if crossover is CrossoverState.CONFIRMED:
        rules.check_startable("control", crossover=crossover, started=False)
        return
    with pytest.raises(ControlNotStartable):
        rules.check_startable("control", crossover=crossover, started=False)


def test_only_who_has_read_the_arm_acts_on_it():
    rules.check_has_read(has_read=True)
    with pytest.raises(ArmNotRead):
        rules.check_has_read(has_read=False)


def test_a_start_lies_between_its_permission_and_now():
    rules.check_start(NOW, since=NOW, now=NOW)
    early, late = NOW - HOUR, NOW + HOUR
    assert broken(rules.check_start, early, since=NOW, now=NOW) == "started-before-allowed"
    assert broken(rules.check_start, late, since=NOW, now=NOW) == "in-the-future"


def test_only_a_control_case_that_was_not_started_crosses():
    rules.check_may_cross("control", started=False)
    with pytest.raises(NotAControlCase):
        rules.check_may_cross("treatment", started=False)
    with pytest.raises(StartedAlready):
        rules.check_may_cross("control", started=True)


@pytest.mark.parametrize(
    ("arm", "started", "deviated"),
    [("control", False, False), ("treatment", True, False), ("treatment", False, True)],
)
def test_only_a_treatment_case_that_was_never_started_deviates_and_once(arm, started, deviated):
    rules.check_may_deviate("treatment", started=False, deviated=False)
    with pytest.raises(DeviationNotPossible):
        rules.check_may_deviate(arm, started=started, deviated=deviated)


def test_a_deviation_lies_between_the_allocation_and_now():
    rules.check_deviation(NOW, since=NOW, now=NOW)
    early, late = NOW - HOUR, NOW + HOUR
    assert broken(rules.check_deviation, early, since=NOW, now=NOW) == "deviated-before-allocation"
    assert broken(rules.check_deviation, late, since=NOW, now=NOW) == "in-the-future"


def test_a_disposal_lies_between_the_arrest_s_day_and_today():
    arrested = datetime(2026, 11, 2, 23, tzinfo=UTC)
    for day in (date(2026, 11, 2), date(2026, 11, 3)):
        rules.check_disposal_day(day, arrested_at=arrested, now=NOW)
    check = rules.check_disposal_day
    before, after = date(2026, 11, 1), date(2026, 11, 4)
    assert broken(check, before, arrested_at=arrested, now=NOW) == "disposed-before-arrest"
    assert broken(check, after, arrested_at=arrested, now=NOW) == "in-the-future"


def test_the_disposal_that_stands_is_named_by_the_next():
    one, other = uuid4(), uuid4()
    rules.check_replaces(None, standing=None)
    rules.check_replaces(one, standing=one)
    assert broken(rules.check_replaces, one, standing=None) == "nothing-to-replace"
    for named in (None, other):
        with pytest.raises(DisposalStands) as refused:
            rules.check_replaces(named, standing=one)
        assert refused.value.facts == {"disposal_id": str(one)}


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.randoms())
def test_every_entry_of_an_offence_leads_to_its_first(lengths, random):
    entries, expected = [], {}
    for length in lengths:
        chain = [uuid4() for _ in range(length)]
        before = [None, *chain[:-1]]
        entries += [
            SimpleNamespace(id=each, replaces_id=earlier)
            for each, earlier in zip(chain, before, strict=True)
        ]
        expected |= dict.fromkeys(chain, chain[0])
    random.shuffle(entries)
    assert rules.first_entries(entries) == expected


def test_a_missing_disposal_is_chased_from_a_day_in_england_on():
    policy = rules.policy_on(date(2026, 11, 3))
    assert policy is rules.policy_on(date(2014, 1, 1))
    midnight_in_summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in England
    assert rules.due_on(midnight_in_summer, policy) == date(2026, 7, 29)
    assert rules.due_on(NOW, policy) == date(2026, 12, 1)
