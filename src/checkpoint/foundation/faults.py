"""What is wrong with a request, field by field, in plain English and without the value. Pure."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from checkpoint.foundation.schemas import MISMATCH

FIELD = re.compile(r"^[a-z][a-z_]{0,39}$")

# What pydantic says, in the words of somebody who has two minutes. Never the value.
PLAIN = MappingProxyType(
    {
        "missing": "This is required.",
        "extra_forbidden": "This field is not part of the request; leave it out.",
        "bool_type": "Answer true or false, without quotes, or null where not known.",
        "date_type": "Write the day as YYYY-MM-DD.",
        "date_parsing": "Write a day that exists, as YYYY-MM-DD.",
        "date_from_datetime_parsing": "Write a day that exists, as YYYY-MM-DD.",
        "date_from_datetime_inexact": "Write the day only, as YYYY-MM-DD.",
        "datetime_type": "Write the time as YYYY-MM-DDTHH:MM:SS with an offset, e.g. Z.",
        "datetime_parsing": "Write a time that exists, as YYYY-MM-DDTHH:MM:SS with an offset.",
        "datetime_from_date_parsing": "Write a time that exists, as YYYY-MM-DDTHH:MM:SS with an offset.",
        "timezone_aware": "Add the offset from UTC, e.g. Z, +00:00 (GMT) or +01:00 (BST).",
        "uuid_type": "Write an id as this service gave it.",
        "uuid_parsing": "Write an id as this service gave it.",
        "string_type": "Write this as text, in quotes.",
        "int_parsing": "Write a whole number.",
        "int_type": "Write a whole number.",
        "int_from_float": "Write a whole number.",
        "int_parsing_size": "Write a number of fewer digits.",
        "float_parsing": "Write a number.",
        "float_type": "Write a number.",
        "finite_number": "Write a number that is not infinite.",
        "bool_parsing": "Write true or false.",
        "json_invalid": "The body is not JSON.",
        "model_attributes_type": "Write this as an object.",
        "model_type": "Write this as an object.",
        "dict_type": "Write this as an object.",
        "list_type": "Write this as a list.",
        "tuple_type": "Write this as a list.",
    }
)

NO_SUCH_NAME = (
    "A field in here is not part of the request; leave it out. Names are written in small letters, "
    "as in family_name."
)

LIMITS = MappingProxyType(
    {
        "string_too_long": "Use at most {max_length} characters.",
        "string_too_short": "This must not be empty.",
        MISMATCH: "Write this in the form {pattern} (a regular expression).",
        "too_long": "Give at most {max_length}.",
        "too_short": "Give at least {min_length}.",
        "less_than_equal": "The most is {le}.",
        "greater_than_equal": "The least is {ge}.",
        "greater_than": "Write more than {gt}.",
        "less_than": "Write less than {lt}.",
    }
)


def all_told(errors: Sequence[Any]) -> list[Any]:
    """Pydantic's errors without those that only follow from others.

    A list whose items are wrong is told to be too short as well, as none of them was taken.

    Args:
        errors: as pydantic has them, each with ``type`` and ``loc``.

    Returns:
        Those that say something of their own, in order.
    """
    within = {tuple(error["loc"])[:depth] for error in errors for depth in range(len(error["loc"]))}
    return [
        error
        for error in errors
        if error["type"] != "too_short" or tuple(error["loc"]) not in within
    ]


def plainly(error: Mapping[str, Any]) -> dict[str, JsonValue]:
    """One of pydantic's errors as a fault: where, which rule, what would be right."""
    kind, context = str(error["type"]), error.get("ctx", {})
    place = [str(part) for part in error["loc"]]
    detail = _detail(kind, context, error)
    if kind == "extra_forbidden" and not FIELD.match(place[-1]):
        place = place[:-1]  # the name itself might be somebody's
        detail = NO_SUCH_NAME
    return {"pointer": pointer(place), "code": kind.replace("_", "-"), "detail": detail}


def unsent(required: Sequence[str]) -> list[JsonValue]:
    """The faults of a body that was not sent.

    Args:
        required: the fields that it must have, in order.

    Returns:
        One for each; where none is required, one for the body.
    """
    missing = PLAIN["missing"]
    return [
        {"pointer": f"#/{name}", "code": "missing", "detail": missing} for name in required
    ] or [{"pointer": "#/", "code": "missing", "detail": "Send a JSON object."}]


def pointer(place: list[str]) -> str:
    """A JSON pointer into the body, or the name of a header, query or path parameter."""
    where, *rest = place or ["body"]
    if where == "body":
        return "#/" + "/".join(rest)
    return f"{where}:{'/'.join(rest)}"


def _detail(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    if kind == MISMATCH and "words" in context:
        return str(error["msg"])
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind in ("enum", "literal_error"):
        return f"Choose one of: {context.get('expected')}."
    if kind == "too_short" and context.get("field_type") == "Value":
        return f"Use at least {context['min_length']} characters."
    if kind in LIMITS:
        return LIMITS[kind].format(**{name: _whole(value) for name, value in context.items()})
    return PLAIN.get(kind, "This is not in the agreed form; see the API document.")


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
