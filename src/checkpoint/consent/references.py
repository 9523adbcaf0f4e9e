"""Information sheets and the reasons that people give, as dated reference data. Pure."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import (
    Field,
    model_validator,
)

from checkpoint.consent.states import ConsentAnswer, ConsentKind
from checkpoint.foundation.datedfiles import Part, Words, digest, in_order, read
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.schemas import Language, Version
from checkpoint.foundation.tomlfiles import parsed


class SheetUnreadable(ValueError):
    """A sheet is not what a sheet must be; says where."""


class Asked(Part):
    """What one consent covers, and what withdrawing it means."""

    covers: Words
    withdrawing: Words


class Sheet(Part):
    """What a person is told before they are asked."""

    version: Version
    language: Language
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


def parse(text: str) -> Sheet:
    """The sheet that ``text`` (TOML) describes.

    Raises:
        SheetUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is told.
    """
    return read(Sheet, text, SheetUnreadable)


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


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The sheets that ship with the package, by version, in the order of their first days."""
    folder = files("checkpoint.consent") / "sheets"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    return in_order(texts, parse, SheetUnreadable)


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


class Reason(Part):
    """A reason, as a neutral code, from when to when it may be given."""

    code: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    label: Words
    available_from: date
    available_until: date | None = None

    def may_be_given(self, on: date) -> bool:
        """Whether it stands in the list on a day."""
        return self.available_from <= on and (
            self.available_until is None or on < self.available_until
        )


class Reasons(Part):
    """The two lists of reasons."""

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
    return Reasons.model_validate(parsed(text))


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
