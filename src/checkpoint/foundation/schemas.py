"""What is asked (Command), what is shown (View), and the plain types both are made of."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StrictBool,
    StringConstraints,
    ValidationError,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from checkpoint.foundation.calendar import LONDON

# Categories that no name, note or code needs: control, format (bidi, zero-width), surrogate,
# unassigned, private, line and paragraph separators.
HARMFUL = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
# What pydantic would take for seconds since 1970, even in quotes.
NUMBER = re.compile(r"^\s*[+-]?[\d_.]+([eE][+-]?\d+)?\s*$")
MISMATCH = "string_pattern_mismatch"
FIRST_YEAR, LAST_YEAR = 1900, 2100
AS_TEXT = "Write it as text, in quotes, as 2026-11-03 or 2026-11-03T12:00:00Z."


class Command(BaseModel):
    """What a caller asks for. Unknown fields are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class View(BaseModel):
    """What a caller is shown. Every field is listed by hand."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def example(**body: Any) -> ConfigDict:
    """A body that works, for the API document: what the docs page puts into its box."""
    return ConfigDict(json_schema_extra={"examples": [body]})


def harmless(text: str) -> str:
    """``text`` in Unicode's composed form, or a refusal of hidden characters."""
    if any(unicodedata.category(symbol) in HARMFUL for symbol in text):
        raise ValueError("Leave out control, invisible and text-direction characters.")
    return unicodedata.normalize("NFC", text)


def as_written(value: Any) -> Any:
    """Dates come as text: a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str | date) or (isinstance(value, str) and NUMBER.match(value)):
        raise ValueError(AS_TEXT)
    return value


def in_range(moment: Any) -> Any:
    """Refuse years that no living person and no record here can have."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


def which_instant(value: Any) -> Any:
    """Ask for the offset where it is missing, and say why where the local time is not enough."""
    if not isinstance(value, str):
        return value
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        return value  # the type itself says what is wrong with it
    if local.tzinfo is not None:
        return value
    first, second = (local.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        raise ValueError("Add the offset from UTC, e.g. Z, +00:00 (GMT) or +01:00 (BST).")
    if first is not None and second is not None and first > second:
        raise ValueError(
            "The clocks went back and this hour happened twice: "
            "add +01:00 for the first time round, +00:00 for the second."
        )
    raise ValueError("The clocks went forward and this hour did not happen: check the time.")


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Spelt:
    """What a pattern says, in words: a refusal tells them with an example, not the pattern."""

    def __init__(self, words: str, example: str) -> None:
        self.words, self.example = words, example

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._taken, handler(source))

    def _taken(self, value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError as fault:
            if fault.errors(include_input=False)[0]["type"] != MISMATCH:
                raise
        told = {"words": self.words, "example": self.example}
        raise PydanticCustomError(MISMATCH, "Write {words}, as {example}.", told)


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(harmless)
]
Name = Annotated[Text, Field(max_length=100, examples=["Testperson"])]
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9_-]{1,40}$"),
    Spelt("a code of at most 40 letters, digits, - and _, without spaces", "DURHAMGATE"),
]
VERSION = r"^[a-z0-9][a-z0-9-]{3,39}$"
Version = Annotated[
    str,
    StringConstraints(pattern=VERSION),
    Spelt("its name in small letters, digits and -, 4 to 40 of them", "2026-11-01"),
]
Language = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z]{2,3}$"),
    Spelt("an ISO 639 code of two or three letters", "pl"),
]
YesNo = StrictBool
Day = Annotated[date, BeforeValidator(as_written), AfterValidator(in_range)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(which_instant),
    BeforeValidator(as_written),
    AfterValidator(in_range),
]
Moment = Annotated[datetime, PlainSerializer(utc_text, return_type=str, when_used="json")]


class Offered:
    """Which of a list's codes one door takes, as its document says and its refusal lists.

    Another code of the same list goes on to the rule that says why it does not fit.
    """

    def __init__(self, codes: Iterable[StrEnum]) -> None:
        self.codes = [code.value for code in codes]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._taken, handler(source))

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "enum": self.codes}

    def _taken(self, value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticKnownError("enum", {"expected": ", ".join(self.codes)}) from None


class NextStep(View):
    """One thing the reader may do with this now, or may not yet, and why."""

    step: Annotated[str, Field(examples=["save_screening"])]
    method: Annotated[str, Field(examples=["PUT"])]
    href: Annotated[str, Field(examples=["/v1/custody-records/{id}/screening"])]
    allowed: bool
    why_not: Annotated[str | None, Field(description="In plain English; null when allowed.")] = None
    missing: Annotated[
        list[str], Field(description="What has to be known or done first; may be empty.")
    ] = []
