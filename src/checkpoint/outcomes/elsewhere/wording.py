"""What is wrong with a manifest, or with a row of a file, in plain English and without values. Pure."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from checkpoint.foundation.faults import all_told, plainly
from checkpoint.foundation.schemas import AS_TEXT, NUMBER
from checkpoint.outcomes.elsewhere.rules import Covariate, HorizonAsked, Manifest, PrimaryAsked

ISO = "Write the day as 2016-08-31: year, month, day."
SERIAL = f"This is a number, such as spreadsheets keep for a day. {ISO}"
WHOLE = "Write a whole number in digits alone, such as 52."
FEWER_DAYS = (
    "From this day to the last observed one there are fewer days than custody_days says. Correct one "
    "of the two."
)
UNDER = "Write names with values under it: a table in TOML, an object in JSON."
# Where a file is written otherwise than a request; the rest is told in the words of requests.
PLAIN: Mapping[str, str] = {
    "missing": "Add it: it is required.",
    "date_parsing": ISO,
    "date_type": ISO,
    "date_from_datetime_parsing": ISO,
    "date_from_datetime_inexact": ISO,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "int_type": WHOLE,
    "float_parsing": "Write a number in digits alone, with a point before decimals.",
    "bool_parsing": "Write yes or no.",
    "bool_type": "Write yes or no.",
    "dict_type": UNDER,
    "model_type": UNDER,
    "model_attributes_type": UNDER,
    "list_type": "Write a list, in square brackets.",
    "tuple_type": "Write a list, in square brackets.",
}
# Of every key and column that there may be; a person's name begins with a capital letter.
NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$", re.ASCII)
WITHIN: Mapping[str, type[BaseModel]] = {
    "horizons": HorizonAsked,
    "covariates": Covariate,
    "primary": PrimaryAsked,
}


def faults_of(error: ValidationError) -> list[str]:
    """What is wrong where, without the values that were given.

    Args:
        error: of a manifest, or of a row.

    Returns:
        A sentence for each fault, after the place of it; items of a list are counted from 1.
    """
    return [
        ": ".join(part for part in (_place(fault["loc"]), _words(fault)) if part)
        for fault in all_told(error.errors(include_url=False))
    ]


def _place(parts: Sequence[Any]) -> str:
    """Where a fault is; a name that is in no agreed form might be somebody's, and is not told."""
    told = [
        str(part + 1) if isinstance(part, int) else part if NAME.match(part) else "a name in it"
        for part in parts
        if part != "[key]"
    ]
    return ", ".join(told)


def _words(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return _unknown(fault["loc"])
    told = PLAIN.get(fault["type"]) or str(plainly(fault)["detail"])
    if told == AS_TEXT:
        return SERIAL if _is_number(fault["input"]) else ISO
    return told


def _is_number(value: Any) -> bool:
    """Whether it stands there as a number, in quotes or not; what it is, is told to nobody."""
    return not isinstance(value, bool) and bool(NUMBER.match(str(value)))


def _unknown(parts: Sequence[Any]) -> str:
    kind = WITHIN.get(str(parts[0]), Manifest) if len(parts) > 1 else Manifest
    likely = get_close_matches(str(parts[-1]).lower(), kind.model_fields, 1, 0.7)
    meant = f"; is {likely[0]} meant?" if likely else "."
    return f"The manifest has no such key{meant} Leave it out{' otherwise' if likely else ''}."
