"""Reports of commands: never over what is read, whole or not at all, and no verdict is lost."""

import os

import pytest
import typer

from checkpoint.foundation import reportfiles


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "data.csv"
    file.write_text("a,b\n")
    return file


def test_a_report_is_never_written_over_what_is_read_under_whatever_name(data, tmp_path):
    soft, hard, loop = (
        tmp_path / "soft.csv",
        tmp_path / "hard.csv",
        tmp_path / "x" / ".." / "data.csv",
    )
    soft.symlink_to(data)
    hard.hardlink_to(data)
    (tmp_path / "x").mkdir()
    for report in (data, soft, hard, loop):
        with pytest.raises(typer.BadParameter, match="Name another file for the report"):
            reportfiles.check(report, [data])
    missing = tmp_path / "manifest.toml"
    with pytest.raises(typer.BadParameter, match="would take its place"):
        reportfiles.check(missing, [data, missing])
    reportfiles.check(None, [data])
    assert data.read_text() == "a,b\n"


def test_where_nothing_can_be_written_is_told_beforehand_by_the_name_that_was_given(data, tmp_path):
    for report, words in (
        (tmp_path / "none" / "report.csv", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (data / "report.csv", "Not a directory"),
    ):
        with pytest.raises(OSError, match=words) as found:
            reportfiles.check(report, [])
        assert found.value.filename == str(report)


def test_what_may_not_be_written_is_not_replaced(data, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may write anything
    with pytest.raises(PermissionError):
        reportfiles.check(data, [])
    assert data.read_text() == "a,b\n"


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(data, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(data)
    reportfiles.check(link, [])
    reportfiles.write(link, "x\r\n")
    assert (data.read_bytes(), link.is_symlink()) == (b"x\r\n", True)
    with pytest.raises(UnicodeEncodeError):
        reportfiles.write(tmp_path / "new.csv", "\ud800")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data.csv", "link.csv"]


def test_a_failure_leaves_the_file_as_it_was(data, tmp_path, monkeypatch, capsys):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fails)
    with pytest.raises(OSError, match="No space left") as found:
        reportfiles.write(data, "x")
    assert found.value.filename == str(data)
    reportfiles.write_beside(data, "x")
    reportfiles.write_beside(None, "x")
    told = "The report data.csv cannot be written: No space left on device.\n"
    assert capsys.readouterr().err == told
    assert ([*tmp_path.iterdir()], data.read_text()) == ([data], "a,b\n")


def test_what_is_there_and_no_file_is_written_to_and_kept(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    reportfiles.check(pipe, [])
    reportfiles.write(pipe, "x")
    assert (os.read(reader, 9), pipe.is_fifo()) == (b"x", True)
    os.close(reader)
