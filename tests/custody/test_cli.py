import csv

import pytest

from checkpoint.custody.references import NO_CATEGORY
from shell import Shell

HEAD = "cjs_code,category,recordable_on_pnc,title\n"
GOOD = HEAD + (
    "TH68010,CE,true,Theft from a shop as the nation has it\n"
    "ZZ26001,CS,false,A small offence\n"
    'ZZ26002,CI,true,"A grave one, with a comma"\n'
    "ZZ26003,CB,false,A breach and no offence\n"
)
LISTS = "SELECT name, digest, loaded_by FROM offence_list ORDER BY loaded_at"
TITLES = "SELECT title FROM offence WHERE code = :code"
TOLD = "SELECT * FROM audit_entry WHERE event = 'custody.offences_loaded' ORDER BY at"


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def load(shell, tmp_path):
    """Load a list with this content."""

    def load(content, *options):
        file = tmp_path / "list.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return shell("custody", "load-offences", file, *options)

    return load


def standing(shell):
    """All that a load could change."""
    tables = ("offence_list", "offence", "audit_entry")
    return [shell.found(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_a_small_list_is_loaded_whole_and_recorded(shell, load):
    lists, offences, entries = standing(shell)
    told = load(GOOD)
    assert told.code == 0
    assert told.out == "3 offences, 1 lines passed over, 0 rejected.\nLoaded.\n"
    assert standing(shell) == [lists + 1, offences + 3, entries + 1]
    (title,) = shell.found(TITLES, code="ZZ26002")
    assert title == ("A grave one, with a comma",)
    listed, entry = shell.found(LISTS)[-1], shell.found(TOLD)[-1]
    assert listed.name == "list.csv"
    assert (entry.door, entry.actor_role, entry.operation) == ("shell", "operator", "collection")
    assert (entry.actor_id, entry.subject_kind) == (listed.loaded_by, "offence_list")


@pytest.mark.parametrize(
    ("line", "number", "why"),
    [
        ("TH6801,CE,true,Too short a code\n", "6, cjs_code", "it is not in the form of a CJS offence code; a CJS"),
        (",CE,true,No code\n", "6, cjs_code", "it is empty"),
        ("ZZ26004,XX,true,A category nobody knows\n", "6, category", "it is none of the CJS offence index; an offence has one of CS, CM, CE, CI"),
        ("ZZ26001,CE,true,The same code again\n", "6, cjs_code", "the code stands twice"),
        ("ZZ26004,CE,true,\n", "6, title", "the title is empty"),
        ("ZZ26004,CE,true\n", "6", "3 cells where the header has 4"),
        ('ZZ26004,CE,true,"never closed\n', "6", "not CSV"),
    ],
)  # fmt: skip
def test_one_bad_line_and_nothing_is_loaded(shell, load, line, number, why):
    before = standing(shell)
    told = load(GOOD + line)
    assert told.code == 22
    assert f"line {number}: {why}" in told.err
    assert "nothing was changed" in told.err
    assert "Traceback" not in told.err
    assert standing(shell) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the header lacks"),
        (b"cjs_code,title\nZZ26001,No category\n", "the header lacks category"),
        (GOOD.encode("utf-16"), "not UTF-8"),
        (HEAD + "ZZ26003,CB,false,No offence in it\n", "The file holds no offences."),
    ],
)
def test_a_file_that_is_no_list_is_refused(shell, load, content, why):
    before = standing(shell)
    told = load(content)
    assert (told.code, why in told.err) == (22, True), told.err
    assert standing(shell) == before


def test_a_report_says_what_became_of_each_line(load, tmp_path):
    report = tmp_path / "report.csv"
    told = load(GOOD + "ZZ26004,XX,true,What is this\n", "--report", report)
    assert told.code == 22
    with report.open(newline="", encoding="utf-8") as file:
        assert [*csv.DictReader(file)] == [
            {
                "line": "5",
                "column": "category",
                "result": "passed over",
                "why": "category CB is not an alleged offence",
            },
            {
                "line": "6",
                "column": "category",
                "result": "rejected",
                "why": NO_CATEGORY,
            },
            {"line": "", "column": "", "result": "taken", "why": "3"},
        ]


def test_the_same_file_twice_changes_nothing(shell, load):
    assert load(GOOD).code == 0
    before = standing(shell)
    told = load(GOOD)
    assert told.code == 0
    assert told.out.endswith("This very file was loaded before; nothing was changed.\n")
    assert standing(shell) == before


def test_a_file_from_a_spreadsheet_with_its_mark_and_line_ends_is_read(shell, load):
    told = load(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert (told.code, "3 offences" in told.out) == (0, True), told.err


@pytest.mark.slow
def test_the_bar_goes_to_standard_error_and_the_result_to_standard_output(shell, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(GOOD)
    process = shell.started("custody", "load-offences", file)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == "3 offences, 1 lines passed over, 0 rejected.\nLoaded.\n"
    assert "Reading" in err


def test_a_report_that_cannot_be_written_is_not_blamed_on_the_database(shell, load, tmp_path):
    before = standing(shell)
    told = load(GOOD, "--report", tmp_path / "nowhere" / "report.csv")
    assert told.code not in (0, 75), told.err
    assert "report" in told.err
    assert "Traceback" not in told.err
    assert standing(shell) == before


def test_every_bad_line_is_told_at_once_and_those_past_twenty_are_counted(load):
    told = load(GOOD + "ZZ26004,XX,true,What is this\n" * 25)
    assert told.code == 22
    assert "line 25, category" in told.err
    assert "line 26, category" not in told.err
    assert "and 5 more" in told.err
    assert "25 lines were rejected" in told.err
