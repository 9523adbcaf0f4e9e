"""Information sheets and the reasons that people give, as dated reference data. Pure."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from checkpoint.consent.states import ConsentAnswer, ConsentKind
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.tomlfiles import parsed

SUMS = "SHA256SUMS"
VERSION = r"^[a-z0-9][a-z0-9-]{3,39}$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]


class SheetUnreadable(ValueError):
    """A sheet is not what a sheet must be; says where."""


class Asked(BaseModel):
    """What one consent covers, and what withdrawing it means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    covers: Words
    withdrawing: Words


class Sheet(BaseModel):
    """What a person is told before they are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(pattern=VERSION)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    title: Words
    valid_from: date
    valid_until: date | None = None
    source: Words
    note: Words
    introduction: Words
    programme: Asked
    research: Asked
    information_sharing: Asked

    @model_validator(mode="after")
    def days_in_order(self) -> Self:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until: it ends before it begins")
        return self

    def of(self, kind: ConsentKind) -> Asked:
        """What it says of one of the three."""
        asked: Asked = getattr(self, kind.value)
        return asked


def digest(text: str) -> str:
    """SHA-256 of a sheet's file, as it is written down beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> Sheet:
    """The sheet that ``text`` (TOML) describes.

    Raises:
        SheetUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is told.
    """
    try:
        return Sheet.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise SheetUnreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise SheetUnreadable("; ".join(faults)) from error


def opened(text: str, expected: str) -> Sheet:
    """A published sheet, if it still is what was published.

    Args:
        text: its file, word for word.
        expected: the digest that it was published with.

    Returns:
        The sheet.

    Raises:
        SheetUnreadable: the bytes are others.
    """
    if digest(text) != expected:
        raise SheetUnreadable("it is not what was published: the digest differs")
    return parse(text)


def sheet_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The sheets among the files of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the sheets' digests.

    Returns:
        Each sheet's text by version.

    Raises:
        SheetUnreadable: a sheet cannot be read, is not named after its version, or has another
            digest than is written down. Every fault is told, with its file.
    """
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    named = {name: text for name, text in texts.items() if name.endswith(".toml")}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - named]
    read: dict[str, tuple[date, str]] = {}
    for name, text in named.items():
        try:
            sheet = parse(text)
        except SheetUnreadable as error:
            faults.append(f"{name}: {error}")
            continue
        if name != f"{sheet.version}.toml":
            faults.append(f"{name}: it is not named after its version, {sheet.version}")
        if digest(text) != sums.get(name):
            faults.append(f"{name}: {SUMS} does not have its digest, {digest(text)}")
        read[sheet.version] = (sheet.valid_from, text)
    if faults:
        raise SheetUnreadable("; ".join(sorted(faults)))
    ordered = sorted(read.items(), key=lambda item: (item[1][0], item[0]))
    return {version: text for version, (_, text) in ordered}


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The sheets that ship with the package, by version, in the order of their first days."""
    folder = files("checkpoint.consent") / "sheets"
    return sheet_files({file.name: file.read_text("utf-8") for file in folder.iterdir()})


def is_in_use(version: str, sheets: Iterable[Sheet], *, on: date) -> bool:
    """Whether a sheet is the one that is given in its language on a day.

    Args:
        version: its name.
        sheets: all that are published.
        on: a day in England.

    Returns:
        True for the last of its language to have begun, until its own last day.
    """
    begun = [sheet for sheet in sheets if sheet.valid_from <= on]
    found = next((sheet for sheet in begun if sheet.version == version), None)
    if found is None or (found.valid_until is not None and found.valid_until <= on):
        return False
    return not any(
        other.language == found.language and other.valid_from > found.valid_from for other in begun
    )


class Reason(BaseModel):
    """A reason, as a neutral code, from when to when it may be given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    label: Words
    available_from: date
    available_until: date | None = None

    def may_be_given(self, on: date) -> bool:
        """Whether it stands in the list on a day."""
        return self.available_from <= on and (
            self.available_until is None or on < self.available_until
        )


class Reasons(BaseModel):
    """The two lists of reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Words
    declining: tuple[Reason, ...]
    withdrawing: tuple[Reason, ...]

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        for reasons in (self.declining, self.withdrawing):
            if len({reason.code for reason in reasons}) < len(reasons):
                raise ValueError("a reason stands twice")
        return self


def parse_reasons(text: str) -> Reasons:
    """The reasons that ``text`` (TOML) lists.

    Raises:
        ValueError: not TOML, or a part is missing, unknown or doubled.
    """
    return Reasons.model_validate(tomllib.loads(text))


@lru_cache(maxsize=1)
def known() -> Reasons:
    """The reasons that ship with the package."""
    file = files("checkpoint.consent") / "reference" / "reasons.toml"
    return parse_reasons(file.read_text("utf-8"))


def check_reason(reasons: Iterable[Reason], code: str, *, on: date, field: str) -> None:
    """A reason stands in its list on a day.

    Args:
        reasons: those that are known.
        code: what was sent.
        on: the day in England on which it was given.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: reason-not-listed; lists those of that day.
    """
    offered = [reason.code for reason in reasons if reason.may_be_given(on)]
    if code not in offered:
        raise RuleBroken(field, "reason-not-listed", f"Choose one of: {', '.join(offered)}.")


def label_of(answer: ConsentAnswer | None, code: str) -> str:
    """What staff call a reason.

    Args:
        answer: declined for a reason to decline; None for one to withdraw.
        code: a reason that was ever listed.

    Returns:
        Its label; the code itself where the list has lost it.
    """
    reasons = known().withdrawing if answer is None else known().declining
    return next((reason.label for reason in reasons if reason.code == code), code)
