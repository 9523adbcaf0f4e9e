"""What a made-up bureau finds: by number alone, the same for a seed, its days in an order that could be."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.demo.followup import WITHOUT, found, known_by_number, pnc_id
from checkpoint.demo.week import Deed, Step
from checkpoint.people.identifiers import is_pnc_id
from conftest import NOON

SINCE, UNTIL = date(2026, 9, 1), date(2026, 11, 22)
NUMBERS = [number for number in map(pnc_id, range(60)) if number]


def by_event(rows, event):
    return [row for row in rows if row["event"] == event]


def test_pnc_ids_are_well_formed_and_told_apart_and_some_have_none():
    numbers = [pnc_id(number) for number in range(600)]
    known = [number for number in numbers if number]
    assert all(map(is_pnc_id, known))
    assert len(set(known)) == len(known) == 600 - 600 // WITHOUT


def test_a_number_stands_wherever_a_step_tells_who_somebody_is():
    def step(deed, body):
        return known_by_number(Step(3, "PETERLEE", NOON, deed, body, lost=True))

    booked = step(Deed.BOOK_IN, {"person": {"family_name": "Synthetic-Gorse"}, "suite": "PETERLEE"})
    assert booked.body["person"] == {"family_name": "Synthetic-Gorse", "pnc_id": pnc_id(3)}
    assert booked.lost
    corrected = step(Deed.CORRECT_PERSON, {"family_name": "Synthetic-Gorse"})
    assert corrected.body["pnc_id"] == pnc_id(3)
    assert step(Deed.RELEASE, {"kind": "charged"}).body == {"kind": "charged"}


@given(seed=st.integers(0, 2**32), people=st.integers(0, 60))
@settings(max_examples=30)
def test_the_same_seed_finds_the_same_in_an_order_that_could_be(seed, people):
    asked = NUMBERS[:people]
    rows = found(asked, seed, since=SINCE, until=UNTIL)
    assert rows == found(asked[::-1], seed, since=SINCE, until=UNTIL)
    assert {row["pnc_id"] for row in rows} <= {*asked}
    assert len({row["row_key"] for row in rows}) == len(rows)
    for row in rows:
        names = ("offence_date", "arrest_date", "charge_date", "disposal_date")
        days = [row[name] for name in names if name in row]
        assert days == sorted(days)
        assert all(day <= str(UNTIL) for day in days)


def test_each_thing_that_can_be_found_is_found_of_somebody():
    rows = found(NUMBERS, 2015, since=SINCE, until=UNTIL)
    events = {row["event"] for row in rows}
    assert events == {"arrest", "charge", "disposal", "nothing", "death", "lost_to_follow_up"}
    assert len({row["pnc_id"] for row in rows}) < len(NUMBERS)  # some are in no row
    (death,) = by_event(rows, "death")
    ended = death["from_date"]
    assert ended < str(UNTIL - timedelta(days=14))
    theirs = [row for row in rows if row["pnc_id"] == death["pnc_id"]]
    assert all(row.get("disposal_date", row.get("arrest_date", ended)) <= ended for row in theirs)
    disposals = {row["disposal"] for row in by_event(rows, "disposal")}
    assert {"conviction", "caution"} <= disposals
    apart = [row for row in by_event(rows, "arrest") if row["offence_date"] < row["arrest_date"]]
    assert len(apart) > 10
