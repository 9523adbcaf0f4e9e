from datetime import UTC, date, datetime, timedelta

from checkpoint.contracts.sessions.clocks import POLICIES, first_contact, policy_on, silence
from conftest import NOON

HOUR = timedelta(hours=1)


def test_a_policy_holds_from_its_first_day_and_the_first_one_before():
    (policy,) = POLICIES
    assert policy_on(date(2026, 11, 3)) is policy_on(date(2000, 1, 1)) is policy
    assert "no board has approved" in policy.source


def test_the_first_contact_is_due_within_72_hours_and_not_in_the_72nd():
    edge = NOON + 72 * HOUR
    soon, at_last = edge - timedelta(microseconds=1), edge
    assert first_contact(NOON, [], now=soon) == first_contact(NOON, [], now=NOON)
    found = first_contact(NOON, [], now=at_last)
    assert (found.due_at, found.made_at, found.overdue) == (edge, None, True)
    in_time = first_contact(NOON, [edge + HOUR, soon], now=edge + HOUR)
    assert (in_time.made_at, in_time.overdue) == (soon, False)
    assert first_contact(NOON, [edge], now=edge).overdue is True
    assert first_contact(NOON, [NOON - HOUR], now=edge).overdue is False  # before they started


def test_72_hours_run_on_while_the_clocks_on_the_wall_change():
    for started in (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)):
        assert first_contact(started, [], now=started).due_at - started == 72 * HOUR


def test_silence_is_worrying_from_the_fourteenth_day_on_in_england():
    started = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # 2 June in England
    found = silence(started, [], now=started)
    assert (found.last_on, found.worrying_from) == (date(2026, 6, 2), date(2026, 6, 16))
    assert not silence(started, [], now=datetime(2026, 6, 15, 22, 59, tzinfo=UTC)).worrying
    assert silence(started, [], now=datetime(2026, 6, 15, 23, tzinfo=UTC)).worrying
    heard = datetime(2026, 6, 10, 12, tzinfo=UTC)
    again = silence(started, [heard, started - HOUR], now=heard)
    assert (again.last_on, again.worrying_from) == (date(2026, 6, 10), date(2026, 6, 24))
