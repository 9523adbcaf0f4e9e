"""By when something is due, how urgently, and how much of it there is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.access.permissions import GRANTS, holds
from checkpoint.contracts.reviews.clocks import raise_by
from checkpoint.contracts.sessions.clocks import silence
from checkpoint.contracts.states import ENDED
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import london_day
from checkpoint.journey.worklist.clocks import FROM_DAYS, FromDay, FromInstant
from checkpoint.journey.worklist.counts import SOURCES
from checkpoint.journey.worklist.duties import DUTIES
from checkpoint.journey.worklist.facts import MATTERS, is_told, why_not
from checkpoint.journey.worklist.names import AFTER, LABELS
from checkpoint.journey.worklist.queries import RECKONED
from checkpoint.journey.worklist.rules import (
    COUNTED,
    POLICIES,
    Due,
    Opened,
    merged,
    moment_of,
    policy_on,
    reckoning_of,
    stretch_of,
    tallied,
    urgency_of,
)
from checkpoint.journey.worklist.states import Kind, Urgency

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = policy_on(NOW.date())
ID = UUID(int=7)
DEADLINE = FROM_DAYS[Kind.PROSECUTION_DEADLINE]
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def a_due(kind=Kind.FIRST_CONTACT, *, hours=0, number=1):
    at = NOW + hours * HOUR
    return Due(kind=kind, place=at, due=at, id=UUID(int=number))


def test_every_kind_has_its_row_everywhere():
    assert {*DUTIES} == {*Kind} == {*POLICY.allowances}
    assert {*LABELS} == {*Kind, *Urgency}
    assert {*AFTER} == ENDED
    read = [{source.kind for source in SOURCES}, {each.kind for each in MATTERS}, {*RECKONED}]
    assert set.union(*read) == {*Kind}
    assert sum(map(len, read)) == len(Kind)


def test_every_door_is_one_that_somebody_who_is_told_may_open():
    for kind, duty in DUTIES.items():
        told = [role for role in Role if is_told(kind, holds=GRANTS[role].__contains__)]
        assert told
        assert any(holds(role, duty.opens) for role in told)


def test_whoever_may_not_go_through_the_door_hears_whom_to_ask():
    navigator = GRANTS[Role.NAVIGATOR].__contains__
    assert is_told(Kind.CLEARANCE_EXPIRING, holds=navigator)
    assert "supervisor" in why_not(Kind.CLEARANCE_EXPIRING, holds=navigator)
    assert why_not(Kind.CLEARANCE_EXPIRING, holds=GRANTS[Role.SUPERVISOR].__contains__) is None
    assert not is_told(Kind.VICTIM_TO_TELL, holds=navigator)


def test_the_earliest_policy_holds_for_all_days_before_too():
    assert policy_on(date(1990, 1, 1)) is policy_on(date(2090, 1, 1)) is POLICIES[0]


@pytest.mark.parametrize(
    ("kind", "left", "urgency"),
    [
        (Kind.FIRST_CONTACT, timedelta(0), Urgency.OVERDUE),
        (Kind.FIRST_CONTACT, timedelta(microseconds=1), Urgency.DUE),
        (Kind.FIRST_CONTACT, 24 * HOUR, Urgency.DUE),
        (Kind.FIRST_CONTACT, 25 * HOUR, Urgency.AT_RISK),
        (Kind.FIRST_CONTACT, 72 * HOUR, Urgency.AT_RISK),
        (Kind.FIRST_CONTACT, 73 * HOUR, None),
        (Kind.PROSECUTION_DEADLINE, timedelta(days=15), Urgency.DUE),  # the last day, and 14
        (Kind.PROSECUTION_DEADLINE, timedelta(days=15, hours=1), Urgency.AT_RISK),
        (Kind.PROSECUTION_DEADLINE, timedelta(days=31), Urgency.AT_RISK),
        (Kind.PROSECUTION_DEADLINE, timedelta(days=31, hours=1), None),
    ],
)
def test_what_is_coming_gets_more_urgent(kind, left, urgency):
    assert urgency_of(NOW + left, POLICY.allowances[kind], now=NOW) is urgency


def test_what_another_room_gives_time_for_is_counted_by_that():
    assert reckoning_of(Kind.DISPOSAL_MISSING, POLICY, after=28 * 24 * HOUR).due(NOW) == (
        NOW + timedelta(days=28)
    )
    assert reckoning_of(Kind.FIRST_CONTACT, POLICY).due(NOW) == NOW + 72 * HOUR
    assert reckoning_of(Kind.PROSECUTION_DEADLINE, POLICY) is DEADLINE


@pytest.mark.parametrize(
    ("committed", "due"),
    [
        (date(2026, 1, 1), datetime(2026, 7, 1, 23, tzinfo=UTC)),  # summer time
        (date(2026, 8, 29), datetime(2027, 3, 1, tzinfo=UTC)),
        (date(2026, 8, 31), datetime(2027, 3, 1, tzinfo=UTC)),
        (date(2027, 8, 31), datetime(2028, 3, 1, tzinfo=UTC)),  # after a leap day
        (date(2026, 4, 30), datetime(2026, 10, 31, tzinfo=UTC)),
    ],
)
def test_proceedings_can_begin_until_the_end_of_the_last_day(committed, due):
    assert DEADLINE.due(committed) == due


@given(DAYS, DAYS)
def test_a_place_keeps_the_order_of_days_and_leads_back_to_its_day(one, other):
    assert (DEADLINE.place(one) < DEADLINE.place(other)) == (one < other)
    assert DEADLINE.bound(DEADLINE.place(one), ID) == (one, ID)
    day, id = DEADLINE.bound(DEADLINE.due(one) + HOUR, ID)
    assert (DEADLINE.due(day), id) == (DEADLINE.due(one), UUID(int=2**128 - 1))
    assert DEADLINE.last_due(DEADLINE.due(one)) >= one
    assert DEADLINE.due(DEADLINE.last_due(DEADLINE.due(one))) == DEADLINE.due(one)


@given(st.dates(date(2015, 4, 7), date(2040, 1, 1)), st.dates(date(2015, 4, 7), date(2040, 1, 1)))
def test_silence_and_arrests_are_due_by_their_own_rooms_clocks(one, other):
    at = datetime(one.year, one.month, one.day, 12, tzinfo=UTC)
    by = FROM_DAYS[Kind.NO_CONTACT].due(one)
    assert london_day(by) == silence(at, [], now=at).worrying_from
    reckoning = FROM_DAYS[Kind.ARREST_UNREVIEWED]
    assert london_day(reckoning.due(one) - HOUR) == raise_by(at)
    assert (reckoning.place(one) < reckoning.place(other)) == (one < other)


def test_an_instant_leads_to_its_place_and_back():
    reckoning = FromInstant(72 * HOUR)
    assert reckoning.bound(reckoning.place(NOW), ID) == (NOW, ID)
    assert reckoning.last_due(reckoning.due(NOW)) == NOW


@given(
    st.lists(st.lists(st.integers(-5, 5), max_size=6), max_size=4),
    st.integers(1, 5),
)
def test_pages_walk_the_whole_list_once(hours, size):
    numbers = iter(range(1, 100))
    lists = [[a_due(hours=each, number=next(numbers)) for each in one] for one in hours]
    walked, after = [], None
    while page := merged(lists, after=after, most=size):
        walked += page
        after = page[-1].key
    assert walked == sorted((one for each in lists for one in each), key=lambda one: one.key)


def counted(lists):
    return [one for each in lists if (one := stretch_of(each, POLICY, now=NOW))]


def test_what_is_kept_is_counted_as_what_was_read():
    kinds = (Kind.FIRST_CONTACT, FromInstant(timedelta(hours=72))), (Kind.REVIEW_DUE, FromDay())
    for kind, reckoning in kinds:
        sinces = sorted(
            moment_of(reckoning.last_due(NOW + timedelta(hours=6 * n))) for n in range(-4, 70)
        )
        ids = [UUID(int=n) for n in range(len(sinces))]
        opened = Opened(kind, reckoning, sinces, ids)
        read = []
        for (place, id), _ in opened.standing():
            since = sinces[id.int]
            at, due = opened.times(since)
            assert at == place
            read.append(Due(kind=kind, place=place, due=due, id=id))
        assert opened.counted(POLICY, now=NOW) == stretch_of(read, POLICY, now=NOW)
    many = Opened(kind, reckoning, [*sinces, *sinces], [*ids, *ids])
    assert many.counted(POLICY, now=NOW).or_more


def test_counts_are_by_kind_and_by_urgency():
    lists = [
        [a_due(hours=-1), a_due(hours=1)],
        [a_due(Kind.NO_NAVIGATOR, hours=-2)],
        [],
        [a_due(Kind.PROSECUTION_DEADLINE, hours=24 * 20)],
        [a_due(Kind.PROSECUTION_DEADLINE, hours=24 * 90)],
    ]
    kinds, urgencies = tallied(counted(lists))
    assert {kind: tally.items for kind, tally in kinds.items()} == {
        Kind.PROSECUTION_DEADLINE: 2,
        Kind.FIRST_CONTACT: 2,
        Kind.NO_NAVIGATOR: 1,
    }
    assert {urgency: tally.items for urgency, tally in urgencies.items()} == {
        Urgency.OVERDUE: 2,
        Urgency.DUE: 1,
        Urgency.AT_RISK: 2,
    }
    assert not any(tally.or_more for tally in [*kinds.values(), *urgencies.values()])


def test_what_was_left_uncounted_is_no_more_urgent_than_what_was_counted_last():
    many = [replace(a_due(hours=1), id=UUID(int=n)) for n in range(COUNTED + 1)]
    kinds, urgencies = tallied(counted([many]))
    assert (kinds[Kind.FIRST_CONTACT].items, kinds[Kind.FIRST_CONTACT].or_more) == (COUNTED, True)
    assert [urgencies[each].or_more for each in Urgency] == [False, True, True]
