"""The hours that suites keep."""

from datetime import date, datetime, time
from types import SimpleNamespace
from uuid import uuid4

import pytest

from builders import booked, make_suite
from checkpoint.custody.suites.rules import COLUMNS, is_open, parse
from checkpoint.custody.suites.tables import SuiteHours
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from shell import Shell

LINE = {
    "suite": "PETERLEE",
    "weekday": "1",
    "opens": "08:00",
    "closes": "20:00",
    "available_from": "2026-01-01",
    "available_until": "",
    "source": "test",
}


def opening(**fields):
    given = {
        "weekday": 1,
        "opens": time(8),
        "closes": time(20),
        "available_from": date(2026, 1, 1),
        "available_until": None,
    }
    return SimpleNamespace(**(given | fields))


def at(text):
    return datetime.fromisoformat(text)


MONDAY, TUESDAY = "2026-11-02T", "2026-11-03T"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (MONDAY + "07:59:59+00:00", False),
        (MONDAY + "08:00:00+00:00", True),
        (MONDAY + "19:59:59+00:00", True),
        (MONDAY + "20:00:00+00:00", False),
        (TUESDAY + "12:00:00+00:00", False),
        ("2026-07-06T07:00:00+00:00", True),  # eight o'clock in summer
        ("2025-12-29T03:00:00+00:00", True),  # no hours are known for that day
    ],
)
def test_a_suite_is_open_in_its_hours_as_the_clock_in_england_has_them(moment, expected):
    assert is_open([opening()], at(moment)) is expected


def test_a_night_goes_over_two_lines_and_midnight_ends_the_first():
    night = [
        opening(opens=time(20), closes=time()),
        opening(weekday=2, opens=time(), closes=time(6)),
    ]
    assert is_open(night, at(MONDAY + "23:59:59+00:00"))
    assert is_open(night, at(TUESDAY + "00:00:00+00:00"))
    assert not is_open(night, at(TUESDAY + "06:00:00+00:00"))


def test_the_timetable_that_began_last_counts_and_after_the_last_nothing_is_known():
    old = opening(available_until=date(2026, 11, 9))
    new = opening(
        available_from=date(2026, 11, 1), opens=time(10), available_until=date(2026, 11, 9)
    )
    assert not is_open([old, new], at(MONDAY + "09:00:00+00:00"))
    assert is_open([old, new], at("2026-11-09T03:00:00+00:00"))
    assert is_open([], at(MONDAY + "03:00:00+00:00"))


def test_a_file_of_hours_is_read_line_by_line():
    (hours,) = parse([LINE | {"available_until": "2027-01-01"}])
    assert (hours.weekday, hours.opens, hours.closes) == (1, time(8), time(20))
    assert hours.available_until == date(2027, 1, 1)
    (whole,) = parse([LINE | {"opens": "00:00", "closes": "00:00"}])
    assert whole.closes == time()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"weekday": "8"}, "line 2, weekday: write a number from 1, Monday, to 7"),
        ({"weekday": "Monday"}, "line 2, weekday: write a number"),
        ({"weekday": ""}, "line 2, weekday: write a number"),
        ({"opens": "25:00"}, "line 2, opens: write a time"),
        ({"closes": "late"}, "line 2, closes: write a time"),
        ({"opens": "20:00"}, "line 2, closes: it closes before"),
        ({"available_from": ""}, "line 2, available_from: write a day"),
        ({"available_until": "soon"}, "line 2, available_until: write a day"),
        ({"available_until": "2026-01-01"}, "line 2, available_until: its last day"),
        ({"source": None}, "line 2, source: say where"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_their_line(fields, why):
    with pytest.raises(ValueError, match=why):
        [*parse([LINE | fields])]


def test_a_file_without_a_column_is_refused():
    with pytest.raises(ValueError, match="the header lacks weekday"):
        [*parse([{name: value for name, value in LINE.items() if name != "weekday"}])]


async def test_whoever_comes_out_of_hours_is_booked_in_and_that_is_said(owner, clients):
    async with transaction(owner) as session:
        suite = (await make_suite(session)).code
        await insert(session, hours_of(suite))
    officer = clients(Role.CUSTODY_OFFICER, suite)
    evening = await booked(officer, suite=suite)
    assert evening["detention"]["outside_hours"]
    times = {"arrested_at": "2026-11-02T10:00:00Z", "arrived_at": "2026-11-02T10:30:00Z"}
    assert not (await booked(officer, suite=suite, **times))["detention"]["outside_hours"]
    listed = (await officer.get("/v1/reference/suites")).json()["items"]
    kept = {item["code"]: item["hours"] for item in listed}
    assert [(each["opens"], each["closes"]) for each in kept[suite]] == [("08:00", "20:00")]
    assert kept["DURHAMGATE"] == []


def hours_of(suite):
    return SuiteHours(
        suite=suite,
        weekday=1,
        opens=time(8),
        closes=time(20),
        available_from=date(2026, 1, 1),
        source="test",
    )


@pytest.fixture
def load(make_database, monkeypatch, tmp_path):
    shell = Shell(make_database(), monkeypatch)

    def load(*lines):
        file = tmp_path / f"{uuid4()}.csv"
        rows = [COLUMNS, *([line[name] for name in COLUMNS] for line in lines)]
        file.write_text("\n".join(",".join(row) for row in rows))
        return shell("custody", "load-hours", file)

    load.shell = shell
    return load


def test_hours_are_loaded_at_the_shell_once(load):
    told = load(LINE, LINE | {"weekday": "2"})
    assert (told.code, told.out) == (0, "2 openings added, 0 were there.\n")
    again = load(LINE)
    assert (again.code, again.out) == (0, "0 openings added, 1 were there.\n")
    (entry,) = load.shell.found(
        "SELECT door, subject_ids FROM audit_entry WHERE event = 'custody.reference_added'"
        " AND door = 'shell' AND cardinality(subject_ids) = 2"
    )
    assert entry.door == "shell"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"suite": "NOWHERE"}, "no suite NOWHERE"),
        ({"weekday": "0"}, "line 2, weekday: write a number"),
    ],
)
def test_hours_that_cannot_be_change_nothing(load, fields, why):
    told = load(LINE, LINE | fields) if "suite" in fields else load(LINE | fields)
    assert told.code != 0
    assert why in told.err
    assert load.shell.found("SELECT count(*) FROM suite_hours")[0][0] == 0


def test_every_wrong_line_of_hours_is_told_at_once_and_the_rest_counted(load):
    told = load(LINE, *[LINE | {"opens": "late"}] * 22)
    assert told.code == 22
    assert "Lines to mend: 22." in told.err
    assert "line 3, opens" in told.err
    assert "line 22, opens" in told.err
    assert "line 23" not in told.err
    assert "and 2 more" in told.err


def test_hours_that_are_not_csv_are_refused(load, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text(",".join(COLUMNS) + '\n"never closed')
    told = load.shell("custody", "load-hours", file)
    assert (told.code, "not CSV" in told.err) == (22, True), told.err
