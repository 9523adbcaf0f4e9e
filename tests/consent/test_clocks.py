from datetime import date, datetime, timedelta

import pytest

from checkpoint.consent import clocks
from checkpoint.consent.clocks import DraftPolicy, expiry_of, state_of_draft
from checkpoint.consent.states import AskingState
from conftest import NOON

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def test_a_draft_is_kept_for_a_day_after_it_was_last_saved():
    for on in (date(2015, 4, 6), date(2026, 11, 3)):
        assert expiry_of(NOON, on=on) == NOON + DAY


def test_a_later_policy_counts_from_its_first_day(monkeypatch):
    later = DraftPolicy(available_from=date(2026, 11, 4), keep_hours=2, source="test")
    monkeypatch.setattr(clocks, "POLICIES", (*clocks.POLICIES, later))
    assert expiry_of(NOON, on=date(2026, 11, 3)) == NOON + DAY
    assert expiry_of(NOON, on=date(2026, 11, 4)) == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    ("now", "taken", "state"),
    [
        (NOON - TICK, False, AskingState.DRAFT),
        (NOON, False, AskingState.EXPIRED),
        (NOON + DAY, True, AskingState.TAKEN),
        (datetime(2030, 1, 1, tzinfo=NOON.tzinfo), False, AskingState.EXPIRED),
    ],
)
def test_a_draft_expires_at_its_very_instant(now, taken, state):
    assert state_of_draft(NOON, taken=taken, now=now) is state
