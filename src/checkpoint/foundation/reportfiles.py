"""Files that a command writes for whoever started it: never over what it reads, and never by half."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

import typer


def check(report: Path | None, inputs: Iterable[Path]) -> None:
    """Before anything is read: a report can be written there, and nobody's data would be lost.

    Args:
        report: where it is to be written; None: nowhere.
        inputs: what the command reads, whether it is there or not.

    Raises:
        typer.BadParameter: it is one of the inputs, under whatever name.
        OSError: it cannot be written.
    """
    if report is None:
        return
    if any(_is_same(report, each) for each in inputs):
        raise typer.BadParameter(
            f"{report.name} is read by this command, and a report would take its place. "
            "Name another file for the report."
        )
    if report.is_dir() or (report.exists() and not os.access(report, os.W_OK)):
        code = errno.EISDIR if report.is_dir() else errno.EACCES
        raise OSError(code, os.strerror(code), str(report))
    if _is_replaced(report):
        draft = _draft(report)
        try:
            draft.touch()
        except OSError as error:
            raise _named(error, report) from error
        draft.unlink()


def write(file: Path, text: str) -> None:
    """Write a file whole: whoever reads it meanwhile, or after a failure, finds the one before.

    Args:
        file: where; a terminal or a pipe is written to as it is.
        text: the whole of it, with its own ends of lines.

    Raises:
        OSError: it cannot be written; it names the file.
    """
    if not _is_replaced(file):
        file.write_text(text, "utf-8", newline="")
        return
    draft = _draft(file)
    try:
        draft.write_text(text, "utf-8", newline="")
        draft.replace(file.resolve())
    except OSError as error:
        raise _named(error, file) from error
    finally:
        draft.unlink(missing_ok=True)


def write_beside(file: Path | None, text: str) -> None:
    """Write the report of a refusal, which is told whether its report can be written or not.

    Args:
        file: where; None: nowhere.
        text: the whole of it.
    """
    if file is None:
        return
    try:
        write(file, text)
    except OSError as error:
        typer.echo(f"The report {file.name} cannot be written: {error.strerror}.", err=True)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names mean one file; links of either kind are followed."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _is_replaced(file: Path) -> bool:
    """Whether another takes its place; what is there and no file, such as a pipe, is kept."""
    return file.is_file() or not file.exists()


def _draft(file: Path) -> Path:
    """Beside the file itself, not beside a link to it: a file is renamed within one disk alone."""
    file = file.resolve()
    return file.with_name(f".{file.name}.{os.getpid()}")


def _named(error: OSError, file: Path) -> OSError:
    """The same by the name that whoever started the command knows."""
    return OSError(error.errno, error.strerror, str(file))
