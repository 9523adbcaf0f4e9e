"""A made-up week: the same for a seed, plainly made up, and possible from beginning to end."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.custody.movements.schemas import Release
from checkpoint.custody.schemas import AddOffence, OpenCustodyRecord, SaveScreening
from checkpoint.custody.states import ENDS
from checkpoint.custody.tables import SCREENING_FACTS
from checkpoint.demo.week import (
    COURSES,
    KNOWN,
    MARK,
    MISTAKEN,
    NOT_TAKEN,
    ON_SPECIAL_TERMS,
    TAKEN,
    Chance,
    Deed,
    week,
)
from checkpoint.people.schemas import CorrectPerson

UNTIL = datetime(2026, 11, 22, 16, tzinfo=UTC)
SUITES = ("DURHAMGATE", "PETERLEE")
SEEDS = st.integers(0, 2**32)
COMMANDS = {
    Deed.BOOK_IN: OpenCustodyRecord,
    Deed.SAVE: SaveScreening,
    Deed.REPLACE_OFFENCE: AddOffence,
    Deed.CORRECT_PERSON: CorrectPerson,
    Deed.RELEASE: Release,
}


def played(seed=2015, *, days=7, until=UNTIL):
    return week(seed, days=days, suites=SUITES, until=until)


def of(steps, deed):
    return [step for step in steps if step.deed is deed]


@given(seed=SEEDS)
@settings(max_examples=20)
def test_the_same_seed_is_the_same_week_whenever_it_is_played(seed):
    assert played(seed) == played(seed)
    later = played(seed, until=UNTIL + timedelta(days=100, hours=5))
    shape = [(step.arrest, step.suite, step.deed, step.lost) for step in played(seed)]
    assert shape == [(step.arrest, step.suite, step.deed, step.lost) for step in later]


def test_another_seed_is_another_week():
    assert played(1) != played(2)


@given(seed=SEEDS, days=st.integers(1, 14))
@settings(max_examples=20)
def test_every_step_is_one_that_the_suite_could_take(seed, days):
    steps = played(seed, days=days)
    begun = set()
    for earlier, later in pairwise(steps):
        assert earlier.at <= later.at
    for step in steps:
        assert step.at <= UNTIL
        assert (step.deed is Deed.BOOK_IN) == (step.arrest not in begun)
        begun.add(step.arrest)
        if step.deed in COMMANDS:
            COMMANDS[step.deed].model_validate_json(sent(step))


def sent(step):
    return json.dumps(dict(step.body))


@given(seed=SEEDS)
@settings(max_examples=20)
def test_nothing_happens_before_its_time(seed):
    for step in of(played(seed), Deed.BOOK_IN):
        booking = OpenCustodyRecord.model_validate_json(sent(step))
        (offence,) = booking.offences
        assert booking.person.date_of_birth < offence.committed_from
        assert offence.committed_from < booking.arrested_at.date()
        assert booking.arrested_at < booking.arrived_at < step.at


def test_everybody_is_plainly_made_up_and_nobody_twice():
    people = [step.body["person"] for step in of(played(days=28), Deed.BOOK_IN)]
    people += [step.body for step in of(played(), Deed.CORRECT_PERSON)]
    assert all(person["family_name"].startswith(MARK) for person in people)
    assert not any("pnc_id" in person for person in people)
    names = [(p["family_name"], p["given_names"], p["date_of_birth"]) for p in people[:600]]
    assert len(set(names)) == len(names) > 300


def test_the_offences_are_real_ones_of_the_starter_list():
    text = (files("checkpoint.custody") / "reference" / "offences.csv").read_text("utf-8")
    listed = {row["code"]: row["offence_class"] for row in csv.DictReader(text.splitlines())}
    assert {*TAKEN, *NOT_TAKEN, *ON_SPECIAL_TERMS, MISTAKEN} <= listed.keys()
    assert {listed[code] for code in NOT_TAKEN} == {"driving", "robbery"}


def test_every_fact_of_the_screening_is_known_in_the_end():
    assert KNOWN.keys() == {*SCREENING_FACTS} - {*ENDS.values()}


def test_a_week_has_something_of_everything():
    steps = played()
    assert sum(COURSES.values()) == 100
    assert {step.deed for step in steps} == {Deed.DECIDE, *COMMANDS}
    assert {step.suite for step in steps} == set(SUITES)
    assert {step.lost for step in steps} == {True, False}
    hours = {step.at.hour for step in of(steps, Deed.BOOK_IN)}
    assert len(hours) > 12
    ages = [date.fromisoformat(s.body["person"]["date_of_birth"]) for s in of(steps, Deed.BOOK_IN)]
    assert max(ages) > date(2008, 1, 1)  # somebody of 17


def test_some_are_still_in_the_suite_when_the_week_ends():
    steps = played()
    assert len(of(steps, Deed.RELEASE)) < len(of(steps, Deed.BOOK_IN))


@given(seed=SEEDS, least=st.integers(0, 50), more=st.integers(0, 50))
def test_a_chance_stays_within_its_bounds(seed, least, more):
    chance = Chance(seed)
    assert all(least <= chance.between(least, least + more) <= least + more for _ in range(20))
    assert not any(chance.often(0) for _ in range(20))
    assert all(chance.often(100) for _ in range(20))


def test_a_seed_falls_the_same_way_on_every_python():
    chance = Chance(2015)
    assert [chance.between(0, 999) for _ in range(5)] == [726, 640, 979, 130, 640]
