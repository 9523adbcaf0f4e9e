"""The schedules that offences stand in: read, loaded whole or not at all, and shown."""

import asyncio
import csv

import pytest
from pydantic import SecretStr

from builders import an_offence, booked
from checkpoint.custody.references import (
    NOT_SCHEDULES,
    SCHEDULES,
    Remark,
    ScheduleRow,
    UnreadableFile,
    rows_of,
    schedules_of,
)
from checkpoint.custody.states import OffenceSchedule
from checkpoint.foundation.settings import Environment, Settings
from conftest import ROOT, SHARED, Clients
from serving import service
from shell import Shell

NATIONAL = SHARED / "data" / "uk-justice" / "offence_schedules.csv"
STARTER = ROOT / "src/checkpoint/custody/reference/schedules.csv"
HEAD = "schedule_code,schedule_name,part,cjs_code,title\n"
GOOD = HEAD + (
    "15,Sch 15,1,TH68023,Robbery\n"
    "3,Sch 3,1,SX03128,Exposure\n"
    "15,Sch 15,2,SX03128,Exposure\n"
    "DVEO,not of an Act,1,FL96001,Breach\n"
)
STANDING = (
    "SELECT (SELECT count(*) FROM schedule_list), (SELECT count(*) FROM scheduled_offence), "
    "(SELECT count(*) FROM audit_entry)"
)


def read(text):
    return [*schedules_of(iter(text.splitlines(keepends=True)))]


def starter():
    with STARTER.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def load(shell, tmp_path):
    def load(content, *options):
        file = tmp_path / "schedules.csv"
        file.write_text(content)
        return shell("custody", "load-schedules", file, *options)

    return load


def test_each_line_is_an_offence_in_a_schedule_or_is_passed_over():
    robbery, _, exposure, passed = read(GOOD)
    assert robbery == ScheduleRow("TH68023", OffenceSchedule.SPECIFIED_VIOLENT)
    assert exposure == ScheduleRow("SX03128", OffenceSchedule.SPECIFIED_SEXUAL)
    why = "DVEO is not a schedule of an Act"
    assert passed == Remark(5, rejected=False, why=why, column="schedule_code")


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        ("15,Sch 15,4,TH68023,Robbery", "schedule_code, part", "known are 15 part 1, 15 part 2"),
        ("99,Sch 99,1,TH68023,Robbery", "schedule_code, part", "lines with DVEO, MURD"),
        ("15,Sch 15,1,TH6802,Robbery", "cjs_code", "such as TH68010"),
        ("15,Sch 15,1,,Robbery", "cjs_code", "it is empty"),
        ("15,Sch 15,1,TH68023", "", "4 cells where the header has 5"),
    ],
)
def test_a_line_that_does_not_fit_is_rejected_and_says_where_and_why(line, column, why):
    (told,) = read(f"{HEAD}{line}\n")
    assert (told.line, told.rejected, told.column) == (2, True, column)
    assert why in told.why


def test_an_offence_stands_in_a_schedule_once():
    *_, told = read(GOOD + "15,Sch 15,1,TH68023,Robbery\n")
    why = "the offence stands twice in that schedule"
    assert told == Remark(6, rejected=True, why=why, column="cjs_code")


@pytest.mark.parametrize("missing", ["schedule_code", "part", "cjs_code"])
def test_a_list_that_lacks_a_column_is_not_read_at_all(missing):
    with pytest.raises(UnreadableFile, match=missing):
        read(GOOD.replace(missing, "something"))


def test_offences_may_come_with_the_days_of_their_law():
    head = "cjs_code,category,title,valid_from,valid_until\n"
    lines = head + "ZZ26001,CM,A small offence,2018-11-13,\nZZ26002,CS,Another,,2020-01-01\n"
    first, second = rows_of(iter(lines.splitlines(keepends=True)))
    assert (str(first.valid_from), first.valid_until) == ("2018-11-13", None)
    assert (second.valid_from, str(second.valid_until)) == (None, "2020-01-01")
    assert first.category == "summary_motoring"


@pytest.mark.parametrize(
    ("days", "column", "why"),
    [
        ("soon,", "valid_from", "write YYYY-MM-DD"),
        (",2020-13-01", "valid_until", "write YYYY-MM-DD"),
        ("2020-01-01,2020-01-01", "valid_until", "after valid_from"),
    ],
)
def test_days_that_are_none_or_out_of_order_are_rejected(days, column, why):
    head = "cjs_code,category,title,valid_from,valid_until\n"
    (told,) = rows_of(iter([head, f"ZZ26001,CS,An offence,{days}\n"]))
    assert (told.rejected, told.column, why in told.why) == (True, column, True)


def test_our_starter_list_is_whole():
    rows = [(row["code"], row["schedule"]) for row in starter()]
    assert rows == sorted(rows)
    assert len(rows) == len(set(rows)) > 30
    assert all(OffenceSchedule(row["schedule"]) and row["source"] for row in starter())


@pytest.mark.skipif(not NATIONAL.exists(), reason="the national list is not at hand")
def test_our_starter_list_says_nothing_that_the_national_one_does_not():
    with NATIONAL.open(encoding="utf-8-sig", newline="") as file:
        found = [*schedules_of(file)]
    national = {(row.code, row.schedule) for row in found if isinstance(row, ScheduleRow)}
    assert not [row for row in found if isinstance(row, Remark) and row.rejected]
    assert {(row["code"], row["schedule"]) for row in starter()} <= national
    assert set(SCHEDULES.values()) == set(OffenceSchedule) == {row[1] for row in national}
    assert NOT_SCHEDULES


def test_a_list_is_loaded_whole_once_and_recorded(shell, load):
    ((lists, rows, entries),) = shell.found(STANDING)
    told = load(GOOD)
    assert told.code == 0, told.err
    assert told.out == "3 offences in schedules, 1 lines passed over, 0 rejected.\nLoaded.\n"
    assert shell.found(STANDING) == [(lists + 1, rows + 3, entries + 1)]
    (entry,) = shell.found(
        "SELECT * FROM audit_entry WHERE event = 'custody.schedules_loaded' ORDER BY at DESC LIMIT 1"
    )
    assert (entry.actor_role, entry.subject_kind) == ("operator", "schedule_list")
    again = load(GOOD)
    assert again.out.endswith("This very file was loaded before; nothing was changed.\n")
    assert shell.found(STANDING) == [(lists + 1, rows + 3, entries + 1)]


def test_one_bad_line_and_nothing_is_loaded(shell, load, tmp_path):
    before, report = shell.found(STANDING), tmp_path / "report.csv"
    told = load(GOOD + "99,Sch 99,1,TH68010,Theft\n", "--report", report)
    assert told.code == 22
    assert "line 6, schedule_code, part: the schedule and part are not known ones" in told.err
    assert shell.found(STANDING) == before
    assert len(report.read_text().splitlines()) == 4


def test_no_schedules_are_loaded_that_cannot_be_recorded(shell, load):
    shell.found("REVOKE INSERT ON audit_entry FROM checkpoint_owner")
    before = shell.found(STANDING)
    assert load(GOOD).code == 75
    assert shell.found(STANDING) == before


def test_a_list_that_a_force_loads_stands_alone_from_then_on(shell, load, tmp_path):
    assert load(HEAD + "15,Sch 15,1,TH68010,Theft\n").code == 0

    async def look():
        settings = Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(shell.url),
            local_issuer=True,
            data_folder=tmp_path,
        )
        app = service(settings)
        client = Clients(app)()
        offences = [an_offence(), an_offence(code="SX03128")]
        record = await booked(client, offences=offences)
        await client.aclose()
        await app.state.engine.dispose()
        return [offence["schedules"] for offence in record["offences"]]

    assert asyncio.run(look()) == [["cja2003_sch15_part1"], []]
