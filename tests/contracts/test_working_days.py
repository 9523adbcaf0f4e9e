"""The working-day clocks of contracts, by a table of days written out by hand from a wall calendar.

Bank holidays of England: gov.uk/bank-holidays.
"""

from datetime import date, datetime

import pytest

from checkpoint.contracts.outcomes import clocks as outcomes
from checkpoint.contracts.reviews import clocks as reviews

# An arrest, as an instant; and the second working day after its day in England.
RAISED = {
    "2026-08-28T12:00:00Z": "2026-09-02",  # a Friday; 31 August is the summer bank holiday
    "2026-08-31T12:00:00Z": "2026-09-02",  # that holiday itself
    "2023-08-31T12:00:00Z": "2023-09-04",  # 31 August as any other day
    "2026-10-31T12:00:00Z": "2026-11-03",  # a Saturday
    "2025-10-31T12:00:00Z": "2025-11-04",  # a Friday
    "2028-02-28T12:00:00Z": "2028-03-01",  # over a leap day
    "2028-02-29T12:00:00Z": "2028-03-02",  # on a leap day
    "2027-02-26T12:00:00Z": "2027-03-02",  # no leap day
    "2026-03-28T23:30:00Z": "2026-03-31",  # the evening before the clocks go forward
    "2026-03-29T22:30:00Z": "2026-03-31",  # 23:30 in England, on the day that has 23 hours
    "2026-03-29T23:30:00Z": "2026-04-01",  # 00:30 in England, on the Monday after
    "2026-10-23T22:30:00Z": "2026-10-27",  # 23:30 in England, on a Friday
    "2026-10-25T23:30:00Z": "2026-10-27",  # 23:30 in England too, on the day that has 25 hours
    "2026-10-26T00:10:00Z": "2026-10-28",  # and the Monday after
    "2026-04-02T12:00:00Z": "2026-04-08",  # Maundy Thursday
    "2027-03-25T12:00:00Z": "2027-03-31",  # the same; the clocks go forward on Easter Sunday
    "2026-12-24T12:00:00Z": "2026-12-30",  # Boxing Day a Saturday: 28 December in its stead
    "2027-12-24T12:00:00Z": "2027-12-30",  # Christmas a Saturday: 27 and 28 December
    "2022-12-23T12:00:00Z": "2022-12-29",  # Christmas a Sunday: 26 and 27 December
    "2027-12-31T12:00:00Z": "2028-01-05",  # New Year's Day a Saturday: 3 January
    "2022-09-16T12:00:00Z": "2022-09-21",  # 19 September 2022, once
    "2023-05-05T12:00:00Z": "2023-05-10",  # 8 May 2023, once
    "2026-11-27T12:00:00Z": "2026-12-01",  # St Andrew's Day is Scotland's
    "2026-03-16T12:00:00Z": "2026-03-18",  # St Patrick's Day is Northern Ireland's
}
# From an instant, the fifth; to decide a review, and to tell a victim.
FIFTH = {
    "2026-08-28T12:00:00Z": "2026-09-07",
    "2026-10-31T12:00:00Z": "2026-11-06",
    "2028-02-24T12:00:00Z": "2028-03-02",
    "2026-03-27T12:00:00Z": "2026-04-07",  # Good Friday and Easter Monday between
    "2026-12-24T12:00:00Z": "2027-01-05",  # 25, 28 December and 1 January
    "2027-12-23T12:00:00Z": "2028-01-04",  # 27, 28 December and 3 January
}
# The first, for a victim who is vulnerable, or of whom that is not known.
FIRST = {
    "2026-08-30T23:30:00Z": "2026-09-01",  # 00:30 on the holiday in England
    "2026-10-31T12:00:00Z": "2026-11-02",
    "2028-02-28T12:00:00Z": "2028-02-29",
    "2026-04-02T12:00:00Z": "2026-04-07",
    "2027-12-24T12:00:00Z": "2027-12-29",
}
TENTH = {"2026-12-11": "2026-12-29", "2026-08-21": "2026-09-07", "2028-02-15": "2028-02-29"}
THIRTIETH = {"2026-12-01": "2027-01-15", "2026-03-02": "2026-04-15", "2026-08-31": "2026-10-12"}


@pytest.mark.parametrize(
    ("clock", "days"),
    [
        (reviews.raise_by, RAISED),
        (reviews.decide_by, FIFTH),
        (lambda at: outcomes.tell_by(at, vulnerable=False), FIFTH),
        (lambda at: outcomes.tell_by(at, vulnerable=True), FIRST),
        (lambda at: outcomes.tell_by(at, vulnerable=None), FIRST),
        (lambda at: outcomes.acknowledge_by(at.date()), TENTH),
        (lambda at: outcomes.decide_by(at.date()), THIRTIETH),
    ],
    ids=["raise", "decide", "tell", "tell-vulnerable", "tell-unknown", "acknowledge", "answer"],
)
def test_what_is_due_in_working_days_is_due_on_the_day_the_wall_calendar_says(clock, days):
    found = {since: clock(datetime.fromisoformat(since)).isoformat() for since in days}
    assert found == days


def test_months_to_object_are_clipped_to_a_shorter_month():
    for ended, last in (
        ("2026-08-31", "2026-11-30"),
        ("2026-10-31", "2027-01-31"),
        ("2026-11-30", "2027-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2028-02-29", "2028-05-29"),
    ):
        ended_on, on = date.fromisoformat(ended), date.fromisoformat(last)
        assert outcomes.is_in_time(on, ended_on=ended_on)
        assert not outcomes.is_in_time(date.fromordinal(on.toordinal() + 1), ended_on=ended_on)
