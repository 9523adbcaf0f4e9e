"""Definitions are published from the shell, and follow-up is taken in from files."""

import asyncio
import csv
import os
import signal

import pytest

from builders import a_pnc_id
from checkpoint import cli, starter
from checkpoint.foundation.datedfiles import digest
from checkpoint.outcomes import cli as outcomes
from checkpoint.outcomes.followup import reading
from checkpoint.outcomes.references import packaged
from conftest import at_server
from following import LATER, NUMBERS, UNTIL, a_row, as_csv, followed, nothing
from shell import Shell
from staging import Stage

TEXT = packaged()["2015-04-07-starter"]
PUBLISHED = "SELECT * FROM outcome_definitions ORDER BY valid_from"
PRIMARY_AND = 'primary = { measure = "proven", months = 24 }\nhorizons ='
ROWS = [a_row(1), a_row(2, 1), nothing(3, 2)]


def definitions(version="test-2099", first_day="2099-01-01"):
    text = TEXT.replace('version = "2015-04-07-starter"', f'version = "{version}"')
    return text.replace("valid_from = 2015-04-07", f"valid_from = {first_day}")


@pytest.fixture
def empty(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def publish(empty, tmp_path):
    def publish(content, command="publish"):
        file = tmp_path / "definitions.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return empty("outcomes", command, file)

    return publish


def test_a_force_checks_and_publishes_its_own_definitions(empty, publish):
    own = [(version, digest(text)) for version, text in packaged().items()]
    assert [(row.version, row.digest) for row in empty.found(PUBLISHED)] == own
    checked = publish(definitions(), "check")
    assert checked.code == 0
    assert "Horizons: 6, 12, 18, 24 months from allocation.\n" in checked.out
    assert "Primary outcome: none is fixed.\n" in checked.out
    named = empty("outcomes", "check", "2016-04-01-primary")
    assert "Primary outcome: proven within 24 months.\n" in named.out
    told = publish(definitions())
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Published test-2099, used from 01 January 2099.\nSHA-256 ")
    assert empty.found(PUBLISHED)[-1].content == definitions()
    for again in (publish(definitions()), publish(definitions("other-2099"))):
        assert again.code == 19
    assert empty("outcomes", "publish", "2015-04-07-starter").code == 19


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (definitions(first_day="2026-01-01"), "let them begin tomorrow or later"),
        (definitions().replace('"arrest"', '"fun"'), "measures.0.measure"),
        (b"\xff", "not UTF-8: look at byte 0"),
    ],
)
def test_definitions_that_will_not_do_are_refused(empty, publish, content, says):
    told = publish(content)
    assert (told.code, told.out) == (22, "")
    assert says in told.err
    assert "No such file" in empty("outcomes", "publish", "nowhere.toml").err


@pytest.mark.slow
def test_the_packages_definitions_are_never_loaded_over_a_forces_own(empty, publish):
    publish(definitions())
    asyncio.run(at_server("ALTER TABLE outcome_definitions DISABLE TRIGGER ALL", empty.url))
    empty.found("DELETE FROM outcome_definitions WHERE version <> 'test-2099'")
    asyncio.run(starter.load_starter(empty.url))
    assert [row.version for row in empty.found(PUBLISHED)] == ["test-2099"]
    asyncio.run(starter.load_starter(empty.url, trial=True))
    assert [row.version for row in empty.found(PUBLISHED)] == [*packaged(), "test-2099"]
    empty.found("UPDATE outcome_definitions SET digest = 'x' WHERE version LIKE '2015%'")
    told = empty("migrate")
    assert told.code == 22
    assert "they were published with other bytes" in told.err


@pytest.fixture(scope="session")
def followed_shell_url(make_database, tmp_path_factory):
    """A database where four people were allocated, before anybody is at the shell."""
    url, folder = make_database(), tmp_path_factory.mktemp("followed-shell")

    async def allocate():
        stage = Stage(url, folder)
        await followed(stage)
        await stage.close()

    asyncio.run(allocate())
    return url


@pytest.fixture
def shell(followed_shell_url, monkeypatch):
    monkeypatch.setattr(outcomes, "utc_now", lambda: LATER)
    return Shell(followed_shell_url, monkeypatch)


@pytest.fixture
def changing(shell):
    """The shell, where definitions may be taken away; all of the package's stand again afterwards."""
    for table in ("outcome_definitions", "trial"):
        asyncio.run(at_server(f"ALTER TABLE {table} DISABLE TRIGGER ALL", shell.url))
    yield shell
    shell.found("DELETE FROM outcome_definitions")
    asyncio.run(starter.load_starter(shell.url))


@pytest.fixture
def live(changing):
    """The same, where the trial is no test."""
    named = "UPDATE trial SET code = '{}', kind = '{}'"
    changing.found(named.format("LIVE-TRIAL", "live"))
    yield changing
    changing.found(named.format("TEST-TRIAL", "test"))


def standing(shell):
    return [row.version for row in shell.found(PUBLISHED)]


def test_what_counts_for_somebody_is_not_fixed_after_they_were_allocated(live):
    live.found("DELETE FROM outcome_definitions WHERE version <> '2015-04-07-starter'")
    refused = live("outcomes", "publish", "2016-04-01-primary")
    assert refused.code == 22
    assert "Somebody has been allocated: what counts for them was fixed by then." in refused.err
    for trial in (False, True):
        asyncio.run(starter.load_starter(live.url, trial=trial))
        assert standing(live) == ["2015-04-07-starter"]
    live.found("DELETE FROM outcome_definitions")
    asyncio.run(starter.load_starter(live.url, trial=True))
    assert standing(live) == ["2015-04-07-starter"]


def test_a_service_from_before_there_were_definitions_starts_and_gets_those_without_a_primary(
    live, publish_here
):
    live.found("DELETE FROM outcome_definitions")
    assert live("outcomes", "publish", "2016-04-01-primary").code == 22
    begun = publish_here(definitions().replace("2099-01-01", "2026-01-01"))
    assert (begun.code, "let them begin tomorrow or later" in begun.err) == (22, True)
    assert standing(live) == []
    for _ in range(2):
        started = live("migrate")
        assert started.code == 0, started.err
        assert standing(live) == ["2015-04-07-starter"]
    named = definitions("named-2099").replace("horizons =", PRIMARY_AND, 1)
    assert publish_here(named).code == 0
    assert standing(live) == ["2015-04-07-starter", "named-2099"]


def test_whoever_is_in_a_test_trial_bars_no_definitions(changing):
    changing.found("DELETE FROM outcome_definitions WHERE version = '2016-04-01-primary'")
    asyncio.run(starter.load_starter(changing.url, trial=True))
    assert standing(changing) == [*packaged()]
    changing.found("DELETE FROM outcome_definitions")
    assert changing("outcomes", "publish", "2016-04-01-primary").code == 0
    assert changing("outcomes", "publish", "2015-04-07-starter").code == 0


@pytest.fixture
def publish_here(shell, tmp_path):
    def publish_here(content):
        file = tmp_path / "definitions.toml"
        file.write_text(content)
        return shell("outcomes", "publish", file)

    return publish_here


@pytest.fixture
def imported(shell, tmp_path):
    def imported(content, source, *options, trial="TEST-TRIAL"):
        file = tmp_path / "follow-up.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        where = ("--trial", trial, "--source", source, "--followed-until", UNTIL)
        return shell("outcomes", "import", file, *where, *options)

    return imported


def of_source(shell, source):
    return shell.found(
        "SELECT count(*) AS n FROM follow_up_entry WHERE source = :source", source=source
    )[0].n


@pytest.mark.slow
def test_a_file_is_taken_in_with_a_bar_and_a_report_and_once(shell, imported, tmp_path):
    report = tmp_path / "report.csv"
    told = imported(as_csv(*ROWS), "pnc", "--report", report, "--rows", 3)
    assert told.code == 0, told.err
    number = told.out.partition("Batch ")[2].partition(" ")[0]
    assert told.out == (
        f"Batch {number} of TEST-TRIAL:\n"
        "3 rows: 3 new, 0 corrected, 0 repeated, 0 left out, 0 ambiguous, 0 unmatched.\n"
        "It tells of 3 people; of those who were allocated it lacks 1.\n"
    )
    assert "Reading" in told.err
    assert "Taking in" in told.err
    assert [row["code"] for row in csv.DictReader(report.read_text().splitlines())] == ["new"] * 3
    again = imported("\ufeff" + as_csv(*ROWS, end="\n"), "PNC")
    assert "Batch" in again.out
    assert "was taken in before" in again.out
    assert of_source(shell, "PNC") == 3


@pytest.mark.parametrize(
    ("content", "says", "options"),
    [
        (as_csv(*ROWS).replace("disposal_date,", ""), "line 1, disposal_date: Add the column", ()),
        (as_csv(ROWS[0], *ROWS), "line 3, row_key: Line 2 has the same key", ()),
        (
            as_csv(*ROWS, a_row(4, arrest_date="02/05/2027")),
            "line 5, arrest_date: It is like 03/11/2026; only if all days are, say",
            (),
        ),
        (
            as_csv(*ROWS),
            "line 2, arrest_date: It is like 2026-11-03; only if all days are, say --dates iso. Write ",
            ("--dates", "day_first"),
        ),
        (as_csv(*ROWS, a_row(4, pnc_id=a_pnc_id(6_900_001))), "line 5, pnc_id: Nobody of", ()),
        (
            "\ufeff".encode() + as_csv(*ROWS).encode()[:-2] + b"\xe9\r\n",
            "line 4: It is not UTF-8. Save it as CSV UTF-8",
            (),
        ),
        (as_csv(*ROWS)[:-9], "line 4: The last line has no end", ()),
        (as_csv(*ROWS), "the file: It has 3 rows, and 4 were said", ("--rows", 4)),
        (b"\x00" * 9, "line 1: Leave out NUL", ()),
    ],
)
def test_bad_files_are_told_by_line_and_nothing_is_loaded(
    shell, imported, tmp_path, content, says, options
):
    report = tmp_path / "report.csv"
    told = imported(content, "BAD", *options, "--report", report)
    assert (told.code, told.out) == (22, "")
    assert says in told.err.replace("\n", " ").replace("  ", " ") or says in told.err
    assert of_source(shell, "BAD") == 0
    lines = list(csv.DictReader(report.read_text().splitlines()))
    assert lines
    assert not any(number in report.read_text() + told.err for number in NUMBERS)


def test_a_report_never_takes_the_place_of_the_file_that_is_taken_in(shell, imported, tmp_path):
    file, content = tmp_path / "follow-up.csv", as_csv(*ROWS)
    told = imported(content, "OVER", "--report", file)
    assert told.code == 2
    assert "would take its place" in " ".join(told.err.split())
    assert file.read_bytes() == content.encode()
    nowhere = tmp_path / "none" / "report.csv"
    told = imported(content, "OVER", "--report", nowhere)
    assert (told.code, "Reading" in told.err, str(nowhere) in told.err) == (74, False, True)
    assert of_source(shell, "OVER") == 0


def test_a_report_says_why_a_file_was_refused_as_a_whole(imported, tmp_path, monkeypatch):
    report = tmp_path / "report.csv"
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert imported(as_csv(*ROWS), "LARGE", "--report", report).code == 22
    assert report.read_text() == (
        "line,column,code,detail\n0,,follow-up-too-long,Send at most 2 rows at once.\n"
    )


def test_unknown_numbers_are_left_out_only_where_that_is_allowed(shell, imported):
    rows = [*(nothing(each, each % 3) for each in range(97)), *(
        a_row(each, pnc_id=a_pnc_id(6_900_000 + each)) for each in range(97, 100)
    )]  # fmt: skip
    assert imported(as_csv(*rows), "SOME", "--accept-unmatched", 2).code == 22
    assert of_source(shell, "SOME") == 0
    told = imported(as_csv(*rows), "SOME", "--accept-unmatched", 3)
    assert told.code == 0, told.err
    assert (
        "100 rows: 97 new, 0 corrected, 0 repeated, 0 left out, 0 ambiguous, 3 unmatched."
        in told.out
    )


def test_a_file_that_is_too_large_or_not_there_is_refused(shell, imported, monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert "at most 2 rows" in imported(as_csv(*ROWS), "LARGE").err
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert "at most 10 bytes" in imported(as_csv(*ROWS), "LARGE").err
    where = ("--trial", "TEST-TRIAL", "--source", "X", "--followed-until", UNTIL)
    assert "No such file" in shell("outcomes", "import", tmp_path / "none.csv", *where).err
    assert imported(as_csv(*ROWS), "=cmd()").code == 2


def test_an_import_that_is_stopped_does_not_end_as_if_it_were_done(empty, tmp_path):
    pipe = tmp_path / "follow-up.csv"
    os.mkfifo(pipe)
    where = ("--trial", "TEST-TRIAL", "--source", "PNC", "--followed-until", UNTIL)
    process = empty.started("outcomes", "import", pipe, *where)
    with pipe.open("w"):  # it is opened once the command reads it, and says nothing
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 143
    assert "Traceback" not in said


@pytest.mark.parametrize(("command", "code"), [("run", 0), ("serve", 0), ("demo", 143), ("", 143)])
def test_what_serves_waits_for_a_signal_and_anything_else_is_cut_short(command, code):
    with pytest.raises(SystemExit) as end, cli._stopped_by_signal(command):
        signal.raise_signal(signal.SIGTERM)
    assert end.value.code == code


def test_follow_up_of_a_trial_that_is_not_there_is_refused(imported):
    refused = imported(as_csv(*ROWS), "LOST", trial="NO-TRIAL")
    assert refused.code == 14
    assert "There is no trial of that name" in refused.err


def test_the_roster_holds_every_number_once_and_no_arm(shell, tmp_path):
    file = tmp_path / "roster.csv"
    told = shell(
        "outcomes", "roster", "--trial", "TEST-TRIAL", "--output", file, "--recipient", "pnc"
    )
    assert told.code == 0, told.err
    assert told.out == "3 PNC IDs written; 1 person has none on record.\n"
    assert file.read_text() == "".join(f"{line}\n" for line in ("pnc_id", *NUMBERS[:3]))
    (entry,) = shell.found(
        "SELECT operation, recipient FROM audit_entry WHERE event = 'outcomes.follow_up_roster_written'"
    )
    assert tuple(entry) == ("disclosure", "PNC")
    nowhere = tmp_path / "none" / "roster.csv"
    told = shell(
        "outcomes", "roster", "--trial", "TEST-TRIAL", "--output", nowhere, "--recipient", "x"
    )
    assert (told.code, told.err.startswith("No such file or directory: ")) == (74, True)
    assert f"{nowhere}. Name another file or folder." in told.err
