"""The real command, run by somebody who makes a mistake: plain words, an exit code, nothing left."""

import asyncio
import os
import subprocess
import sys

import pytest
from sqlalchemy.engine import make_url

from checkpoint.foundation.embedded import embedded
from conftest import at_server
from services import free_port

pytestmark = pytest.mark.slow
CLOSED = "postgresql://someone:hunter2@127.0.0.1:1/checkpoint"
RULES = "2026-11-01"


@pytest.fixture
def run(tmp_path):
    """The command in an empty folder, with these settings and no others."""
    empty = tmp_path / "empty"
    empty.mkdir()

    def run(*args, folder=empty, **settings):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CHECKPOINT_")}
        given = {f"CHECKPOINT_{name}": str(value) for name, value in settings.items()}
        done = subprocess.run(
            [sys.executable, "-m", "checkpoint", *map(str, args)],
            cwd=folder,
            env=kept | given | {"COLUMNS": "200", "TERM": "dumb"},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        assert "hunter2" not in done.stderr + done.stdout
        return done.returncode, done.stderr

    run.folder = empty
    return run


TRYING = {"ENVIRONMENT": "development"}
AT_A_DATABASE = [
    ("housekeeping", "answers"),
    ("eligibility", "replay"),
    ("access", "revoke", "0190b3a0-0000-7000-8000-000000000000"),
    ("eligibility", "propose", RULES),
]


@pytest.mark.parametrize("command", AT_A_DATABASE, ids=" ".join)
def test_without_a_database_it_says_how_to_name_one_and_leaves_nothing(run, command):
    code, told = run(*command, **TRYING)
    assert (code, told.startswith("There is no database here. ")) == (78, True), told
    assert "CHECKPOINT_DATABASE_URL" in told
    assert "checkpoint migrate" in told
    assert [*run.folder.iterdir()] == []


def test_without_any_setting_it_says_how_to_try_it(run):
    code, told = run("housekeeping", "answers")
    assert (code, "set CHECKPOINT_ENVIRONMENT=development" in told) == (78, True), told
    assert [*run.folder.iterdir()] == []


@pytest.mark.parametrize(
    ("settings", "words", "expected"),
    [
        ({"DATABASE_URL": CLOSED}, "The database did not answer; nothing was changed.", 75),
        ({"DATABASE_URL": "postgresql:///x?host=/hunter2"}, "The database did not answer", 75),
        ({"DATABASE_URL": "hunter2"}, "CHECKPOINT_DATABASE_URL: write it as postgresql://", 78),
        ({"DATABASE_URL": "postgresql://h:hunter2/x"}, "write it as postgresql://", 78),
        ({"DATABASE_URL": "mysql://u:hunter2@h/x"}, "write it as postgresql://", 78),
        ({"DATABASE_URL": "postgresql://h/x?sslmode=hunter2"}, "for TLS write ?ssl=", 78),
        ({"ENVIRONMENT": "hunter2"}, "CHECKPOINT_ENVIRONMENT: input should be", 78),
        ({"PORT": "hunter2"}, "CHECKPOINT_PORT: input should be a valid integer", 78),
        ({"STRONG_ACR": "hunter2"}, "strong_acr", 78),
        ({"DATA_FOLDER": "/proc/none"}, "There is no database here.", 78),
    ],
)
def test_a_setting_that_will_not_do_is_named_and_not_repeated(run, settings, words, expected):
    code, told = run("housekeeping", "answers", **TRYING | settings)
    assert (code, words in told) == (expected, True), told
    assert [*run.folder.iterdir()] == []


def test_a_folder_that_cannot_be_made_and_a_host_that_is_not_ours_stop_the_start(run):
    here = TRYING | {"PORT": free_port()}
    code, told = run("run", **here, DATA_FOLDER="/proc/none")
    assert (code, "/proc/none" in told) == (74, True), told
    code, told = run("run", **here, HOST="192.0.2.1")
    assert (code, "CHECKPOINT_HOST is no address of this machine" in told) == (75, True), told
    code, told = run("serve", **here)
    assert (code, "`checkpoint serve` needs CHECKPOINT_DATABASE_URL" in told) == (78, True), told
    assert [*run.folder.iterdir()] == []


def test_a_database_of_its_own_that_was_never_migrated_is_no_traceback(run, tmp_path):
    with embedded(tmp_path / "data" / "postgresql"):
        pass
    code, told = run("housekeeping", "answers", **TRYING, DATA_FOLDER=tmp_path / "data")
    assert (code, "Run `checkpoint migrate` first." in told) == (78, True), told


@pytest.mark.parametrize("command", AT_A_DATABASE, ids=" ".join)
def test_a_database_that_is_not_migrated_says_so(run, command, make_database):
    code, told = run(*command, **TRYING, DATABASE_URL=make_database(empty=True))
    assert (code, "Run `checkpoint migrate` first." in told) == (78, True), told


def test_a_login_without_the_role_and_one_that_is_not_there_are_told(run, make_database):
    url, name = make_url(make_database()), f"stranger_{os.getpid()}"
    asyncio.run(at_server(f"CREATE ROLE {name} LOGIN PASSWORD 'hunter2'"))
    for user, database, words in (
        (name, url.database, "member of checkpoint_owner"),
        (f"no_{name}", url.database, "refused the login"),
        (url.username, f"no_{name}", "no database of that name"),
    ):
        password = "hunter2" if user != url.username else url.password
        asked = url.set(username=user, password=password, database=database)
        address = asked.render_as_string(hide_password=False)
        code, told = run("housekeeping", "answers", **TRYING, DATABASE_URL=address)
        assert (code, words in told) == (78, True), told
    asyncio.run(at_server(f"DROP ROLE {name}"))


def test_a_database_of_a_later_version_and_one_with_other_tables_are_not_migrated(
    run, make_database
):
    later, others = make_database(), make_database(empty=True)
    asyncio.run(at_server("UPDATE alembic_version SET version_num = '9999'", later))
    asyncio.run(at_server("CREATE TABLE audit_entry ()", others))
    for url, expected, words in ((later, 75, "a later version"), (others, 78, "an empty one")):
        code, told = run("migrate", **TRYING, DATABASE_URL=url)
        assert (code, words in told) == (expected, True), told


@pytest.mark.parametrize(
    ("command", "words", "expected"),
    [
        (("nonsense",), "No such command", 2),
        (("custody", "load-offences"), "Missing argument", 2),
        (("custody", "load-offences", "gone.csv"), "does not exist", 2),
        (("custody", "load-offences", "."), "is a directory", 2),
        (("custody", "load-offences", "bytes.csv"), "not UTF-8", 22),
        (("custody", "load-schedules", "bytes.csv"), "not UTF-8", 22),
        (("custody", "load-hours", "bytes.csv"), "not UTF-8", 22),
        (("custody", "load-hours", "empty.csv"), "the header lacks suite", 22),
        (("custody", "load-offences", "empty.csv", "--bogus"), "No such option", 2),
        (("custody", "load-offences", "good.csv", "--report", "no/r.csv"), "report", 22),
        (("eligibility", "check", "gone.toml"), "Name a rule file", 14),
        (("eligibility", "check", "."), "Name a rule file", 14),
        (("eligibility", "check", "x" * 5000), "Name a rule file", 14),
        (("eligibility", "check", "bytes.csv"), "not UTF-8", 22),
        (("eligibility", "check", "empty.csv"), "criteria", 22),
        (("access", "revoke", "me"), "valid uuid", 2),
        (("demo", "--days", "0"), "days", 2),
        (("demo", "--url", "http://127.0.0.1:1"), "Nobody answers", 75),
    ],
)
def test_a_wrong_word_or_file_on_the_line_is_told(run, command, words, expected):
    (run.folder / "bytes.csv").write_bytes(b"cjs_code,category,title\n\xff\xfe\x00")
    (run.folder / "empty.csv").write_text("")
    (run.folder / "good.csv").write_text("cjs_code,category,title\nZZ26001,CS,A small offence\n")
    code, told = run(*command, **TRYING, DATABASE_URL=CLOSED)
    assert (code, words.lower() in told.lower()) == (expected, True), (code, told)


def test_a_list_of_decisions_that_cannot_be_written_is_told(run, make_database):
    command = ("eligibility", "replay", "--against", RULES, "--out", "no/where.csv")
    code, told = run(*command, **TRYING, DATABASE_URL=make_database())
    assert code != 0
    assert "where.csv" in told
