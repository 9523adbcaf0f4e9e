"""Files as analysts send them: what is wrong is told by the line of the file, and nobody is named."""

import csv
import json
import shutil

import pytest

from builders import a_pnc_id
from checkpoint.foundation.problems import MOST_FAULTS
from checkpoint.outcomes.elsewhere import applying
from checkpoint.outcomes.elsewhere import reading as elsewhere
from checkpoint.outcomes.elsewhere.cli import files_of
from checkpoint.outcomes.elsewhere.reading import read_manifest
from checkpoint.outcomes.elsewhere.states import EditionRefused
from checkpoint.outcomes.followup import reading, reports, rules
from checkpoint.outcomes.followup.rules import Fault
from checkpoint.outcomes.followup.states import FollowUpTooLong, FollowUpUnreadable, Where
from conftest import rolled_back
from following import COLUMNS, a_row, as_csv, nothing, sent
from outcomes.conftest import CODE, MANIFEST, brought_in, changed, refused
from shell import Shell

PEOPLE, EVENTS = "participants.csv", "follow-up.csv"


def cells(*lines):
    return "\r\n".join([COLUMNS, *lines, ""]).encode()


def faults(content, **options):
    _, found = reading.cells_of(content, **options)
    return [(fault.row, fault.code, fault.detail) for fault in found.kept]


# Follow-up.


def test_a_misspelt_column_of_follow_up_is_told_by_its_place_and_what_is_meant():
    (missing, (line, code, told)) = faults(as_csv(a_row(1)).replace("arrest", "arest", 1).encode())
    assert (line, code, missing[1]) == (1, "column-unknown", "column-missing")
    assert told.startswith("Column 5, counted from the left, is not known; is arrest_date meant?")


def test_a_wrong_separator_is_told_alone_and_by_its_name():
    ((line, code, told),) = faults(as_csv(a_row(1)).replace(",", ";").encode())
    assert (line, code) == (1, "not-commas")
    assert told.startswith("Cells are separated by semicolons. Write commas.")


def test_how_many_rows_there_should_be_is_judged_beside_what_is_wrong_with_them():
    found = faults(cells("R1,x", "", "R2,y"), count=3)
    assert [(line, code) for line, code, _ in found] == [
        (2, "cells-count"),
        (4, "cells-count"),
        (0, "rows-count"),
    ]
    assert found[-1][2] == "It has 2 rows, and 3 were said to be in it."


def test_a_file_of_too_many_rows_is_left_where_it_is_too_long(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert len(reading.cells_of(as_csv(a_row(1), a_row(2)).encode())[0]) == 2
    for content in (as_csv(*map(a_row, range(3))).encode(), cells("R1,x", "R2,y", "R3,z")):
        with pytest.raises(FollowUpTooLong, match="Send at most 2 rows at once"):
            reading.cells_of(content)


def test_of_very_many_faults_the_first_are_told_and_all_are_counted(monkeypatch):
    monkeypatch.setattr(rules, "MOST_KEPT", 30)
    _, found = reading.cells_of(cells(*("R1,x" for _ in range(50))), count=51)
    read = [(None, [Fault(90, "pnc_id", "a", "b"), Fault(90, "event", "a", "b")])]
    with pytest.raises(FollowUpUnreadable) as refusal:
        reports.check_rows(read, found, where=Where.LINE)
    assert str(refusal.value) == "Faults: 53; lines at fault: 51."
    assert (refusal.value.count, refusal.value.facts["faults"]) == (53, 53)
    first = refusal.value.found
    assert [fault.row for fault in first] == [*range(2, 32)]
    assert reports.in_words(first, 53)[-1] == (
        "  and 33 more; --report FILE.csv writes the first 30 faults"
    )


def test_what_is_wrong_with_the_whole_file_is_no_line_at_fault():
    _, found = reading.cells_of(b"")
    with pytest.raises(FollowUpUnreadable) as refusal:
        reports.check_rows([], found, where=Where.LINE)
    assert str(refusal.value) == "Faults: 1."


async def test_people_nobody_knows_and_ends_before_allocation_are_told_at_once(shared_trial):
    gone = nothing(2, 0) | {"event": "death", "from_date": "2026-11-02"}
    stranger = a_row(3, pnc_id=a_pnc_id(6_900_002))
    answer = await sent(shared_trial.client(), a_row(1), gone, stranger, source="BOTH")
    assert answer.status_code == 422
    told = answer.json()
    assert [(each["pointer"], each["code"]) for each in told["errors"]] == [
        ("#/rows/1/from_date", "before-allocation"),
        ("#/rows/2/pnc_id", "nobody-allocated"),
    ]
    assert told["detail"].endswith("1 row tells of an end before allocation.")
    assert "allow 34 in a hundred" in told["detail"]
    assert stranger["pnc_id"] not in answer.text


async def test_an_answer_tells_the_first_faults_and_how_many_there_are(shared_trial):
    rows = [a_row(each, arrest_date="02/05/2027") for each in range(MOST_FAULTS + 9)]
    answer = await sent(shared_trial.client(), *rows, source="MANY")
    told = answer.json()
    assert (answer.status_code, len(told["errors"])) == (422, MOST_FAULTS)
    assert told["detail"] == "Of 509 faults the first 500 are in errors, field by field."


# Manifests.


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"participants": "many"}, ["participants: Write a whole number in digits alone"]),
        ({"participants": 4.5}, ["participants: Write a whole number in digits alone"]),
        ({"unit": ...}, ["unit: Add it: it is required."]),
        ({"unit": "month"}, ["unit: Choose one of: 'day', 'week' or 'date'."]),
        ({"particpants": 4}, ["particpants: The manifest has no such key; is participants meant?"]),
        ({"Tess Testperson": 4}, ["a name in it: The manifest has no such key."]),
        ({"Testperson": 4}, ["a name in it: The manifest has no such key."]),
        ({"arms": {"control": 1, "Testperson": 1}}, ["arms, a name in it: Write an arm's code"]),
        ({"flow": {"Testperson": 4}}, ["flow, a name in it: Write a name in small letters"]),
        (
            {"covariates": {"Testperson": {"type": "number", "label": "Theirs"}}},
            ["covariates, a name in it: Write a name in small letters"],
        ),
        (
            {"covariates": {"prior2": {"type": "number", "lable": "Priors", "label": "Priors"}}},
            ["covariates, prior2, lable: The manifest has no such key; is label meant?"],
        ),
        (
            {"primary": {"measures": "arrest", "horizon": "52 weeks"}},
            [
                "primary, measure: Add it: it is required.",
                "primary, measures: The manifest has no such key; is measure meant?",
            ],
        ),
        ({"title": "ab"}, ["title: Use at least 3 characters."]),
        ({"horizons": []}, ["horizons: Give at least 1."]),
        ({"horizons": {"name": "x"}}, ["horizons: Write a list, in square brackets."]),
        ({"horizons": [{"name": "x", "days": 0}]}, ["horizons, 1, days: The least is 1."]),
        ({"horizons": [{"name": "x", "day": 7}]}, ["horizons, 1, day: The manifest has no such"]),
        ({"arms": ["control", "aid"]}, ["arms: Write names with values under it: a table in TOML"]),
        ({"followed_until": "31/07/1972"}, ["followed_until: Write the day as 2016-08-31"]),
        ({"followed_until": 26_510}, ["followed_until: This is a number, such as spreadsheets"]),
        ({"followed_until": "26510"}, ["followed_until: This is a number, such as spreadsheets"]),
        ({"followed_until": True}, ["followed_until: Write the day as 2016-08-31"]),
        ({"followed_until": ["1972-09-29"]}, ["followed_until: Write the day as 2016-08-31"]),
        (
            {"unit": "month", "events": -1, "extra": 1},
            ["unit: Choose", "events: The least is 0.", "extra: The manifest has no such key."],
        ),
    ],
)
def test_a_manifest_is_told_all_that_is_wrong_with_it_in_plain_words(others, words):
    given = {name: each for name, each in (MANIFEST | others).items() if each is not ...}
    with pytest.raises(EditionRefused) as found:
        read_manifest(json.dumps(given))
    lines = str(found.value).splitlines()
    assert len(lines) == len(words)
    for line, said in zip(lines, words, strict=True):
        assert line.startswith(f"manifest: {said}")
        raw = ("Input", "validation", "Extra inputs", "Field required", "Testperson")
        assert not any(each in line for each in raw)


def test_a_manifest_that_is_no_toml_or_json_says_where_and_how_it_is_written():
    for text, is_json, where in (
        ('code = "A"\ntitle = plain\n', False, "at line 2, column 9"),
        ('{"code": 1,\n "code": 2}', True, "a name stands there twice"),
        ('{"code": 1,', True, "line 1 column 12"),
    ):
        with pytest.raises(EditionRefused, match=where) as found:
            read_manifest(text, is_json=is_json)
        assert "docs/trials-elsewhere.md" in str(found.value)
    with pytest.raises(EditionRefused, match="Write names with values under it"):
        read_manifest("[1, 2]", is_json=True)


def test_a_folder_with_two_manifests_is_not_chosen_from(folder):
    shutil.copy(folder / "manifest.json", folder / "manifest.toml")
    with pytest.raises(EditionRefused, match="Leave one of them"):
        files_of(folder)


# Participants and follow-up of trials from elsewhere.


async def test_faults_of_one_file_do_not_hide_those_of_the_other(owner, folder, vault):
    (folder / PEOPLE).write_text((folder / PEOPLE).read_text().replace(",", ";"))
    changed(folder, EVENTS, 3, "arrest", "arrested")
    with (folder / EVENTS).open("a") as file:
        file.write((folder / EVENTS).read_text().splitlines()[4] + "\n")
    told = await refused(owner, folder, vault)
    assert [line.partition(":")[0] for line in told[:5]] == [
        "Nothing was brought in; faults",
        "participants.csv line 1",
        "follow-up.csv line 3",
        "follow-up.csv",
        "follow-up.csv line 116",
    ]
    assert "separated by semicolons" in told[1]
    assert told[3] == "follow-up.csv: It has 115 rows, and the manifest tells of 114."
    assert told[4].startswith("follow-up.csv line 116: It says no more than an earlier one.")


async def test_rows_judged_together_are_told_by_the_line_of_the_file_though_lines_are_blank(
    owner, folder, vault
):
    text = (folder / EVENTS).read_text().splitlines()
    (folder / EVENTS).write_text("\n".join([text[0], "", ",,", *text[1:], ""]))
    changed(folder, EVENTS, 7, text[4].split(",")[0], "NOBODY")
    told = await refused(owner, folder, vault)
    assert told[1:] == [
        "follow-up.csv line 7: It tells of somebody who is none of the participants."
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("1e3", "observed: Write a whole number in digits alone"),
        ('"1,000"', "observed: Write a whole number in digits alone"),
        ("12.5", "observed: Write a whole number in digits alone"),
        ("1971-12-01", "observed: Write a whole number in digits alone"),
        ("-3", "observed: The least is 0."),
        ("9" * 40, "observed: The most is 100000."),
    ],
)
async def test_a_number_that_is_none_is_told_in_plain_words(owner, folder, vault, given, words):
    changed(folder, PEOPLE, 4, ",52,", f",{given},")
    told = await refused(owner, folder, vault)
    assert told[1].startswith(f"participants.csv line 4: {words}")


async def test_a_spreadsheets_own_number_of_a_day_is_told_for_what_it_is(owner, folder, vault):
    text = (folder / PEOPLE).read_text().replace("observed", "observed_until", 1)
    (folder / PEOPLE).write_text(text.replace(",52,", ",1972-09-29,"))
    changed(folder, PEOPLE, 4, "1972-09-29", "26571")
    told = await refused(owner, folder, vault)
    assert told[1].startswith(
        "participants.csv line 4: observed_until: This is a number, such as spreadsheets keep for "
        "a day. Write the day as 2016-08-31"
    )


async def test_numbers_with_spaces_around_them_are_taken(owner, folder, vault):
    changed(folder, PEOPLE, 4, ",52,", ", 12 ,")
    async with rolled_back(owner) as session:
        assert (await brought_in(session, folder, vault)).is_new


@pytest.fixture
def shell(make_database, monkeypatch, tmp_path):
    monkeypatch.setenv("CHECKPOINT_DATA_FOLDER", str(tmp_path / "data"))
    return Shell(make_database(), monkeypatch)


def test_all_faults_are_written_to_a_report_that_names_nobody(shell, folder, tmp_path):
    report = tmp_path / "report.csv"
    text = (folder / PEOPLE).read_text()
    (folder / PEOPLE).write_text(text.replace("R0", "Tess Testperson "))
    told = shell("trial", "import", folder, "--report", report)
    assert told.code == 22
    assert "participants.csv: … and 79 more." in told.err
    rows = list(csv.DictReader(report.read_text().splitlines()))
    assert (len(rows), rows[0]["file"], rows[0]["line"]) == (99, PEOPLE, "2")
    assert "Testperson" not in told.err + report.read_text()
    assert shell.found("SELECT * FROM trial_edition") == []
    (folder / PEOPLE).write_text(text)
    assert shell("trial", "import", folder, "--report", report).code == 0
    assert report.read_text() == "file,line,detail\n"  # nothing of the day before stays


def test_a_report_never_takes_the_place_of_what_is_imported(shell, folder):
    changed(folder, EVENTS, 2, "arrest", "proven")
    for name in (PEOPLE, EVENTS, "manifest.json", "manifest.toml"):
        before = {each.name: each.read_bytes() for each in folder.iterdir()}
        told = shell("trial", "import", folder, "--report", folder / name)
        assert told.code == 2
        assert "would take its place" in " ".join(told.err.split())
        assert before == {each.name: each.read_bytes() for each in folder.iterdir()}


def test_a_report_that_cannot_be_written_is_told_before_anything_is_read(shell, folder, tmp_path):
    (folder / PEOPLE).write_text("")
    told = shell("trial", "import", folder, "--report", tmp_path / "none" / "report.csv")
    assert (told.code, told.err) == (
        74,
        f"No such file or directory: {tmp_path}/none/report.csv. Name another file or folder.\n",
    )


def test_a_refusal_is_told_though_its_report_cannot_be_written(
    shell, folder, tmp_path, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    changed(folder, EVENTS, 2, "arrest", "proven")
    monkeypatch.setattr("pathlib.Path.replace", full)
    told = shell("trial", "import", folder, "--report", tmp_path / "report.csv")
    assert told.code == 22
    assert "The report report.csv cannot be written: No space left on device." in told.err
    assert "follow-up.csv line 2: measure: Write one of the manifest's measures." in told.err


@pytest.mark.parametrize(
    ("spoil", "rows"),
    [
        (
            {"unit": "month", "particpants": 4},
            [
                "manifest.json,0,\"unit: Choose one of: 'day', 'week' or 'date'.\"",
                (
                    "manifest.json,0,particpants: The manifest has no such key; is participants "
                    "meant? Leave it out otherwise."
                ),
            ],
        ),
        (b"\n\xff", ["manifest.json,2,It is not UTF-8. Save it as UTF-8."]),
        (None, [",0,The folder lacks manifest.toml."]),
        (
            {"flow": {"screened": 500, "screened_not_eligible": 67}},
            [",0,"],
        ),
    ],
)
def test_a_report_tells_of_this_import_whatever_is_wrong(shell, folder, tmp_path, spoil, rows):
    report, manifest = tmp_path / "report.csv", folder / "manifest.json"
    report.write_text("what was wrong the day before")
    if isinstance(spoil, dict):
        manifest.write_text(json.dumps(MANIFEST | spoil))
    elif spoil:
        manifest.write_bytes(spoil)
    else:
        manifest.unlink()
    assert shell("trial", "import", folder, "--report", report).code == 22
    head, *told = report.read_text().splitlines()
    assert (head, len(told)) == ("file,line,detail", len(rows))
    assert all(line.startswith(row) for line, row in zip(told, rows, strict=True))


async def test_strangers_beyond_those_that_are_kept_are_counted_and_told_together(
    owner, folder, vault, monkeypatch
):
    monkeypatch.setattr(elsewhere, "KEPT", 30)
    monkeypatch.setattr(applying, "KEPT", 30)
    lines = (folder / EVENTS).read_text().splitlines()
    told = [lines[0], *(f"X{line}" for line in lines[1:51]), *lines[51:-1], lines[60]]
    (folder / EVENTS).write_text("\n".join([*told, ""]))
    async with rolled_back(owner) as session:
        with pytest.raises(EditionRefused) as refusal:
            await brought_in(session, folder, vault)
    words = str(refusal.value).splitlines()
    assert words[0] == "Nothing was brought in; faults: 51."
    assert words[-1] == "follow-up.csv: … and 31 more."
    unknown = "It tells of somebody who is none of the participants."
    found = refusal.value.found
    assert found[:30] == [(EVENTS, line, unknown) for line in range(2, 32)]
    assert found[30:] == [
        (EVENTS, 0, f"20 more lines: {unknown}"),
        (EVENTS, 0, "1 more fault, not told one by one."),
    ]


async def test_a_bug_is_no_fault_of_a_line(owner, folder, vault, monkeypatch):
    def broken(*_):
        raise ValueError("R001 is secret")

    monkeypatch.setattr(applying, "participant_values", broken)
    async with rolled_back(owner) as session:
        with pytest.raises(ValueError, match="R001 is secret"):
            await brought_in(session, folder, vault)


def test_whoever_replaces_an_edition_and_does_not_say_why_is_told_so(shell, folder):
    assert "takes the place" not in shell("trial", "import", folder).out
    changed(folder, PEOPLE, 4, ",52,", ",51,")
    again = shell("trial", "import", folder)
    assert again.code == 0, again.err
    assert (
        "It takes the place of edition 1: Another edition; its manifest does not say what it "
        "changes.\n"
    ) in again.out
    assert 'Say so in the manifest, as changed = "Ages of two corrected"' in again.err
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"changed": "One was mended."}))
    third = shell("trial", "import", folder)
    assert f"{CODE}, edition 3" in third.out
    assert "It takes the place of edition 2: One was mended.\n" in third.out
    assert "Say so" not in third.err
