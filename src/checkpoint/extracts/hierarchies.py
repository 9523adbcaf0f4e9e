"""What one value becomes, level by level: the same, then broader, then withheld. Pure."""

from bisect import bisect_right
from collections.abc import Callable
from math import isfinite

from checkpoint.extracts.columns import Kind
from checkpoint.extracts.references import Policy

# Withheld: nothing is told, not even whether anything is known.
WITHHELD = "[REDACTED]"
# What the policy has no broader group for, so that it does not pass for one of those of others.
NOT_GROUPED = "not_grouped"
Value = str | int | None
# Spreadsheets take a cell for a formula by how it begins, some after blanks (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# The hierarchies by the names by which the policy's order tells which goes first.
NAMES = {
    Kind.DAYS: "days",
    Kind.NUMBER: "numbers",
    Kind.ETHNICITY: "ethnicities",
    Kind.OFFENCE: "offences",
    Kind.QUARTER: "quarters",
    Kind.AGE: "ages",
    Kind.ENDING: "endings",
    Kind.PLACE: "places",
    Kind.CODE: "codes",
    Kind.YES_NO: "codes",
    Kind.SEX: "sexes",
}


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: breaks become blanks, and a formula stays words.

    Spreadsheets show a cell that begins with an apostrophe as it stands.
    """
    plain = "".join(" " if each < " " or each == "\x7f" else each for each in text).strip()
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def top(kind: Kind, policy: Policy) -> int:
    """The level at which a column of a kind is withheld.

    Args:
        kind: what its values are.
        policy: how many levels there are before.

    Returns:
        0 where it is never made coarser.
    """
    if kind not in NAMES:
        return 0
    levels = {
        Kind.DAYS: len(policy.steps.days),
        Kind.NUMBER: len(policy.steps.numbers) + 1,
        Kind.AGE: len(policy.bands),
        Kind.ETHNICITY: 2,
        Kind.OFFENCE: 2,
        Kind.QUARTER: 2,
        Kind.ENDING: 2,
    }
    return levels.get(kind, 1)


def generalised(value: str | None, kind: Kind, level: int, policy: Policy) -> Value:
    """What a value of a cut is told as.

    Args:
        value: as PostgreSQL writes it; None: not known, or there was none.
        kind: what the values of its column are.
        level: 0 tells most; from ``top`` on it is withheld.
        policy: steps, bands and groups.

    Returns:
        A whole number, a code or words; None where none is known, whatever the level is below the
        top; ``WITHHELD`` from there on.

    Raises:
        ValueError: it is no value of its kind.
    """
    if level and level >= top(kind, policy):
        return WITHHELD
    if value is None:
        return None
    return _TOLD[kind](value, level, policy)


def _floor(number: float, width: int) -> int:
    return int(number // width) * width


def _number(value: str, level: int, policy: Policy) -> Value:
    number = float(value)
    if not isfinite(number):
        raise ValueError("a covariate is no finite number")
    if level == 0:
        return str(int(number)) if number.is_integer() else repr(number)
    return _floor(number, policy.steps.numbers[level - 1])


def _days(value: str, level: int, policy: Policy) -> Value:
    return _floor(int(value), policy.steps.days[level])


def _age(value: str, level: int, policy: Policy) -> Value:
    bands = policy.bands[level]
    return bands.names[bisect_right(bands.begins, int(value)) - 1]


def _ethnicity(value: str, level: int, policy: Policy) -> Value:
    if level == 0:
        return harmless(value)
    return policy.groups.ethnicities.get(value.strip().lower(), NOT_GROUPED)


def _offence(value: str, level: int, policy: Policy) -> Value:
    if level == 0:
        return harmless(value)
    return policy.groups.offences.get(value.strip().lower(), NOT_GROUPED)


def _quarter(value: str, level: int, _policy: Policy) -> Value:
    year, quarter = value.split("-Q")
    return f"{int(year):04d}" if level else f"{int(year):04d}-Q{int(quarter)}"


def _ending(value: str, level: int, _policy: Policy) -> Value:
    return value if level == 0 or value == "data_cut" else "earlier"


def _yes_no(value: str, _level: int, _policy: Policy) -> Value:
    return {"t": "true", "true": "true", "f": "false", "false": "false"}[value]


def _code(value: str, _level: int, _policy: Policy) -> Value:
    return harmless(value)


def _distance(value: str, _level: int, policy: Policy) -> Value:
    return _floor(int(value), policy.steps.distance)


def _cost(value: str, _level: int, policy: Policy) -> Value:
    return _floor(int(value) // 100, policy.steps.cost)


def _harm(value: str, _level: int, policy: Policy) -> Value:
    begins = policy.steps.harm
    place = bisect_right(begins, float(value))
    if place == 0:
        return f"under {begins[0]}"
    if place == len(begins):
        return f"{begins[-1]} and over"
    return f"{begins[place - 1]} to {begins[place] - 1}"


_TOLD: dict[Kind, Callable[[str, int, Policy], Value]] = {
    Kind.ARM: _code,
    Kind.CODE: _code,
    Kind.SEX: _code,
    Kind.PLACE: _code,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _number,
    Kind.DAYS: _days,
    Kind.AGE: _age,
    Kind.ETHNICITY: _ethnicity,
    Kind.OFFENCE: _offence,
    Kind.QUARTER: _quarter,
    Kind.ENDING: _ending,
    Kind.DISTANCE: _distance,
    Kind.COST: _cost,
    Kind.HARM: _harm,
}


def in_words(kind: Kind, level: int, policy: Policy) -> str:
    """What a level of a hierarchy is, for the report of what was made coarser.

    Args:
        kind: what the values of the column are.
        level: 0 or more.
        policy: steps, bands and groups.

    Returns:
        A few words.
    """
    if level and level >= top(kind, policy):
        return "withheld"
    if kind is Kind.DAYS:
        width = policy.steps.days[level]
        return "single days" if width == 1 else f"steps of {width} days"
    if kind is Kind.NUMBER:
        return f"steps of {policy.steps.numbers[level - 1]}" if level else "as held"
    if kind is Kind.AGE:
        return f"bands: {', '.join(policy.bands[level].names)}"
    broader = {Kind.ETHNICITY: "white, other, not stated", Kind.QUARTER: "years"}
    return broader.get(kind, "broader groups") if level else "as held"
