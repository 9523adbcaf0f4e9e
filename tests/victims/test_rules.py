"""By when a victim is told."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.custody.movements.states import MovementKind, ReleaseKind
from checkpoint.foundation.calendar import BANK_HOLIDAYS, working_days_after
from checkpoint.victims.queries import timescales
from checkpoint.victims.rules import Timescales, due_on, duties, parse
from checkpoint.victims.states import OF_CONTRACTS, OF_RELEASE, NotificationKind

ARRESTED = NotificationKind.ARRESTED
CHRISTMAS_EVE = datetime(2026, 12, 24, 15, tzinfo=UTC)


def told_by(happened_at, vulnerable, scales=None):
    return due_on(ARRESTED, happened_at, vulnerable=vulnerable, timescales=scales or timescales())


@pytest.mark.parametrize(
    ("vulnerable", "last"),
    [(False, date(2027, 1, 5)), (True, date(2026, 12, 29)), (None, date(2026, 12, 29))],
)
def test_weekends_and_bank_holidays_do_not_count_and_not_known_counts_as_vulnerable(
    vulnerable, last
):
    # Friday 25 December, and Monday 28 for Boxing Day on a Saturday; 1 January.
    assert told_by(CHRISTMAS_EVE, vulnerable) == last


def test_the_day_is_the_day_in_england():
    summer = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # Tuesday, half past midnight
    assert told_by(summer, vulnerable=True) == date(2026, 7, 8)


def test_the_timescale_of_the_day_counts_and_before_the_first_there_is_none():
    old = Timescales(date(2026, 1, 1), "test", dict.fromkeys(NotificationKind, (5, 1)))
    new = Timescales(date(2026, 12, 24), "test", dict.fromkeys(NotificationKind, (2, 0)))
    assert told_by(CHRISTMAS_EVE, False, [new, old]) == date(2026, 12, 30)
    assert told_by(CHRISTMAS_EVE, True, [new, old]) == date(2026, 12, 24)
    assert told_by(datetime(2026, 12, 23, tzinfo=UTC), True, [new, old]) == date(2026, 12, 24)
    assert told_by(datetime(2015, 4, 1, tzinfo=UTC), True) is None


def test_a_timescale_need_not_name_what_is_told_of_contracts():
    for kind in OF_CONTRACTS:
        told = due_on(kind, CHRISTMAS_EVE, vulnerable=True, timescales=timescales())
        assert told is None


@given(
    day=st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    days=st.integers(1, 30),
)
def test_between_a_day_and_the_working_day_after_lie_just_so_many_working_days(day, days):
    last = working_days_after(day, days)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, last.toordinal() + 1)]
    working = [d for d in between if d.weekday() < 5 and d not in BANK_HOLIDAYS]
    assert len(working) == days
    assert working[-1] == last


def test_the_arrest_and_each_release_have_to_be_told():
    moves = [
        SimpleNamespace(kind=MovementKind.TRANSFERRED),
        SimpleNamespace(
            kind=MovementKind.RELEASED, release_kind=ReleaseKind.ON_BAIL, left_at=CHRISTMAS_EVE
        ),
    ]
    assert [*duties(ARRESTED_AT, moves)] == [
        (ARRESTED, ARRESTED_AT),
        (NotificationKind.RELEASED_ON_BAIL, CHRISTMAS_EVE),
    ]
    assert OF_RELEASE.keys() == set(ReleaseKind)


ARRESTED_AT = datetime(2026, 12, 23, tzinfo=UTC)
WHOLE = "\n".join(f"{kind} = {{ all = 5, enhanced = 1 }}" for kind in NotificationKind)


def test_every_timescale_in_the_package_says_its_source():
    assert len(timescales()) >= 1
    assert all("confirm" in scale.source for scale in timescales())


@pytest.mark.parametrize(
    "days",
    [
        "arrested = { all = 5, enhanced = 1 }",
        WHOLE.replace("enhanced = 1", "enhanced = 6", 1),
        WHOLE.replace("enhanced = 1", "enhanced = -1", 1),
        WHOLE + "\nforgotten = { all = 5, enhanced = 1 }",
    ],
)
def test_a_file_of_timescales_that_cannot_be_is_refused(days):
    head = 'in_force_from = 2021-04-01\nsource = "test"\n[working_days]\n'
    assert parse(head + WHOLE).in_force_from == date(2021, 4, 1)
    with pytest.raises(ValueError, match=r"no time|no later|not a valid"):
        parse(head + days)
