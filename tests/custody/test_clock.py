"""Deadlines, by hand and by property."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.detention.clock import clock, stays
from checkpoint.custody.detention.queries import said_locally, standing
from checkpoint.custody.detention.spans import Span, counted, deadline, without
from checkpoint.custody.detention.states import Authority, EntryKind, EntryReason
from checkpoint.custody.movements.rules import suite_at
from checkpoint.custody.movements.states import MovementKind, ReturnReason, is_late

HOUR = timedelta(hours=1)
ARREST = datetime(2026, 11, 2, 21, tzinfo=UTC)
IN = ARREST + HOUR


def entry(kind, hours, *, until=None, authority=None, reason=None):
    """Something the clock heard of, so many hours after arrival."""
    return SimpleNamespace(
        kind=kind,
        happened_at=IN + hours * HOUR,
        until_at=None if until is None else IN + until * HOUR,
        authority=authority,
        reason=reason,
    )


def released(hours):
    return SimpleNamespace(
        kind=MovementKind.RELEASED,
        left_at=IN + hours * HOUR,
        arrived_at=None,
        return_reason=None,
        from_suite="A",
        to_suite=None,
    )


def came(hours, reason, suite="A"):
    return SimpleNamespace(
        kind=MovementKind.RETURNED,
        left_at=None,
        arrived_at=IN + hours * HOUR,
        return_reason=reason,
        from_suite="A",
        to_suite=suite,
    )


def moved(hours, there="B"):
    return SimpleNamespace(
        kind=MovementKind.TRANSFERRED,
        left_at=IN + hours * HOUR,
        arrived_at=IN + (hours + 1) * HOUR,
        return_reason=None,
        from_suite="A",
        to_suite=there,
    )


def after(hours, *entries, movements=()):
    return clock(stays(ARREST, IN, movements), entries, at=IN + hours * HOUR)


def hours_in(moment):
    return None if moment is None else (moment - IN) / HOUR


AUTHORISED = entry(EntryKind.AUTHORISED, 0.5)
SUPERINTENDENT = entry(EntryKind.EXTENDED, 22, until=36, authority=Authority.SUPERINTENDENT)
REVIEWS = [entry(EntryKind.REVIEWED, hours, authority=Authority.INSPECTOR) for hours in (6, 15)]


def test_detention_ends_24_hours_after_arrival_unless_somebody_extends_it():
    assert hours_in(after(1).ends_at) == 24
    assert not after(24).overdue
    assert after(24.1).overdue
    assert after(24.1).remarks[-1] == "Detention has lasted longer than was authorised."


def test_the_hours_count_from_the_relevant_time_where_that_was_elsewhere():
    earlier = entry(EntryKind.RELEVANT_TIME, -0.5)
    assert hours_in(after(1, earlier).ends_at) == 23.5
    assert after(1, earlier).counted == 1.5 * HOUR
    never = entry(EntryKind.RELEVANT_TIME, -2)  # before the arrest: of another clock
    assert hours_in(after(1, never).ends_at) == 24


def test_a_superintendent_may_allow_36_hours_and_magistrates_96():
    assert hours_in(after(23, *REVIEWS, SUPERINTENDENT).ends_at) == 36
    court = entry(EntryKind.EXTENDED, 35, until=71, authority=Authority.MAGISTRATES_COURT)
    assert hours_in(after(36, *REVIEWS, SUPERINTENDENT, court).ends_at) == 71
    last = entry(EntryKind.EXTENDED, 70, until=96, authority=Authority.MAGISTRATES_COURT)
    ended = after(97, *REVIEWS, SUPERINTENDENT, court, last)
    assert (hours_in(ended.ends_at), ended.overdue) == (96, True)


def test_what_is_odd_about_an_extension_is_said():
    early = after(23, AUTHORISED, SUPERINTENDENT)
    assert early.remarks == (
        "A superintendent extended detention before the second review was held.",
    )
    late = entry(EntryKind.EXTENDED, 25, until=36, authority=Authority.SUPERINTENDENT)
    told = after(26, AUTHORISED, *REVIEWS, late).remarks
    assert told == ("Detention was extended after its time had run out.",)
    assert after(23, AUTHORISED, *REVIEWS, SUPERINTENDENT).remarks == ()


def test_time_in_hospital_does_not_count():
    away = entry(EntryKind.PAUSED, 2, until=5, reason=EntryReason.HOSPITAL)
    assert hours_in(after(6, away).ends_at) == 27
    assert after(6, away).counted == 3 * HOUR
    assert not after(3, away).running
    assert after(6, away).running


def test_while_somebody_is_in_hospital_nobody_knows_when_detention_ends():
    away = entry(EntryKind.PAUSED, 2, reason=EntryReason.HOSPITAL)
    now = after(30, away)
    assert (now.ends_at, now.running, now.counted) == (None, False, 2 * HOUR)
    assert not now.overdue


def test_hospital_after_an_extension_moves_its_end_too():
    away = entry(EntryKind.PAUSED, 30, until=33, reason=EntryReason.HOSPITAL)
    assert hours_in(after(34, *REVIEWS, SUPERINTENDENT, away).ends_at) == 39
    before = entry(EntryKind.PAUSED, 2, until=5, reason=EntryReason.HOSPITAL)
    assert hours_in(after(34, *REVIEWS, SUPERINTENDENT, before).ends_at) == 36


def test_reviews_are_due_after_6_hours_and_then_every_9():
    assert hours_in(after(1, AUTHORISED).review_due_at) == 6.5
    first = entry(EntryKind.REVIEWED, 6, authority=Authority.INSPECTOR)
    now = after(7, AUTHORISED, first)
    assert (hours_in(now.review_due_at), now.reviews, now.review_overdue) == (15, 1, False)
    assert after(16, AUTHORISED, first).review_overdue


def test_while_nobody_knows_when_detention_was_authorised_the_earlier_time_counts_and_it_says_so():
    now = after(1)
    assert (hours_in(now.review_due_at), now.authorised_at) == (6, None)
    assert now.remarks == (
        "When detention was authorised is not known: reviews are counted from arrival.",
    )


def test_a_review_that_was_put_off_is_still_due_and_moves_no_later_one():
    put_off = entry(EntryKind.REVIEW_POSTPONED, 6, reason=EntryReason.QUESTIONING)
    waiting = after(7, AUTHORISED, put_off)
    assert (hours_in(waiting.review_due_at), waiting.review_overdue) == (6.5, True)
    assert waiting.postponed is EntryReason.QUESTIONING
    held = entry(EntryKind.REVIEWED, 8, authority=Authority.INSPECTOR)
    now = after(9, AUTHORISED, put_off, held)
    assert (hours_in(now.review_due_at), now.postponed) == (15.5, None)
    late = after(9, AUTHORISED, held)
    assert hours_in(late.review_due_at) == 17


def test_a_transfer_stops_nothing():
    there = after(3, movements=[moved(1)])
    assert (hours_in(there.ends_at), there.counted, there.running) == (24, 3 * HOUR, True)


def test_release_stops_the_clock_and_whoever_answers_bail_goes_on_where_they_were():
    gone = after(30, movements=[released(10)])
    assert (gone.ends_at, gone.review_due_at, gone.counted) == (None, None, 10 * HOUR)
    assert (gone.running, gone.overdue, gone.review_overdue) == (False, False, False)
    for reason in (ReturnReason.ANSWERING_BAIL, ReturnReason.FAILED_TO_ANSWER_BAIL):
        back = after(101, movements=[released(10), came(100, reason)])
        assert (hours_in(back.ends_at), back.counted) == (114, 11 * HOUR)
        assert hours_in(back.review_due_at) == 106
    anew = entry(EntryKind.AUTHORISED, 100.5)
    back = after(101, AUTHORISED, anew, movements=[released(10), came(100, reason)])
    assert hours_in(back.review_due_at) == 106.5


def test_whoever_is_arrested_again_on_new_evidence_has_a_clock_of_its_own():
    again = came(100, ReturnReason.ARRESTED_AGAIN)
    new = after(101, SUPERINTENDENT, *REVIEWS, movements=[released(10), again])
    assert (hours_in(new.ends_at), new.counted, new.reviews) == (124, HOUR, 0)
    station = entry(EntryKind.RELEVANT_TIME, 99)
    assert hours_in(after(101, station, movements=[released(10), again]).ends_at) == 123


@pytest.mark.parametrize("until", [None, 103], ids=["never ended", "ended after the release"])
def test_a_pause_is_over_with_the_stay_in_which_it_began(until):
    away = entry(EntryKind.PAUSED, 8, until=until, reason=EntryReason.HOSPITAL)
    bailed = [released(10), came(100, ReturnReason.ANSWERING_BAIL)]
    back = after(102, away, movements=bailed)
    assert (back.running, back.counted, hours_in(back.ends_at)) == (True, 10 * HOUR, 116)
    again = [released(10), came(100, ReturnReason.ARRESTED_AGAIN)]
    anew = after(125, away, movements=again)
    assert (anew.running, anew.counted, hours_in(anew.ends_at)) == (True, 25 * HOUR, 124)
    assert anew.overdue


def test_whoever_comes_voluntarily_is_not_held():
    came_in = came(100, ReturnReason.VOLUNTARY_ATTENDANCE)
    now = after(101, movements=[released(10), came_in])
    assert (now.running, now.ends_at, now.counted) == (False, None, 10 * HOUR)


@pytest.mark.parametrize(
    ("arrived", "ends", "said"),
    [
        ("2026-10-24T21:00:00+00:00", "2026-10-25T21:00:00+00:00", "Sunday 25 October 2026, 21:00 GMT"),
        ("2026-03-28T21:00:00+00:00", "2026-03-29T21:00:00+00:00", "Sunday 29 March 2026, 22:00 BST"),
        ("2026-10-24T00:30:00+00:00", "2026-10-25T00:30:00+00:00", "Sunday 25 October 2026, 01:30 BST"),
        ("2026-10-24T01:30:00+00:00", "2026-10-25T01:30:00+00:00", "Sunday 25 October 2026, 01:30 GMT"),
    ],
)  # fmt: skip
def test_24_hours_are_24_hours_on_a_night_when_the_clocks_change(arrived, ends, said):
    arrival = datetime.fromisoformat(arrived)
    now = clock(stays(arrival, arrival, []), [], at=arrival)
    assert now.ends_at == datetime.fromisoformat(ends)
    assert said_locally(now.ends_at) == said
    assert said_locally(None) is None


HOURS = st.integers(0, 200)
FINISHED = st.tuples(HOURS, HOURS).map(sorted).map(tuple)
PAUSES = st.lists(FINISHED | st.tuples(HOURS, st.none()), max_size=5)


@given(pauses=PAUSES, until=HOURS, ended=st.none() | HOURS)
def test_no_hour_counts_twice_and_none_in_a_pause(pauses, until, ended):
    span = Span(IN, None if ended is None else IN + ended * HOUR)
    away = [Span(IN + a * HOUR, None if b is None else IN + b * HOUR) for a, b in pauses]
    counting = [*without([span], away)]
    last = until if ended is None else min(until, ended)
    by_hand = [
        hour
        for hour in range(last)
        if not any(a <= hour and (b is None or hour < b) for a, b in pauses)
    ]
    assert counted(counting, IN + until * HOUR) == len(by_hand) * HOUR


@given(pauses=PAUSES, allowed=st.integers(1, 96))
def test_at_the_deadline_exactly_the_allowed_time_has_passed(pauses, allowed):
    away = [Span(IN + a * HOUR, None if b is None else IN + b * HOUR) for a, b in pauses]
    counting = [*without([Span(IN)], away)]
    end = deadline(counting, allowed * HOUR)
    if end is None:
        assert any(pause.ended is None for pause in away)
    else:
        assert counted(counting, end) == allowed * HOUR


def test_what_was_put_right_counts_no_more():
    first = SimpleNamespace(id=1, replaces_id=None, moot=False)
    second = SimpleNamespace(id=2, replaces_id=1, moot=False)
    assert standing([first, second]) == [second]
    assert standing([first], without=1) == []


def test_history_tells_the_suite_at_any_instant():
    story = [moved(1), released(5), came(9, ReturnReason.ANSWERING_BAIL, "C")]
    story[2].from_suite = "B"
    told = [suite_at("C", story, IN + hours * HOUR) for hours in (0, 1.5, 2, 7, 9)]
    assert told == ["A", "A", "B", "B", "C"]


def test_an_entry_is_late_after_three_hours():
    assert not is_late(IN, IN + 3 * HOUR)
    assert is_late(IN, IN + 3.01 * HOUR)
