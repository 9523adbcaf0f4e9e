"""Opaque ids, and references that people can say aloud."""

import re
import secrets
from uuid import UUID

from stdnum import luhn
from uuid_utils.compat import uuid7

# Crockford's alphabet: no I, L, O or U to be misheard or misread.
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
REFERENCE_PATTERN = r"^CP-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$"


def new_id() -> UUID:
    """A UUIDv7: opaque, and in order of its making, so that indexes stay compact."""
    return uuid7()


def new_reference() -> str:
    """A random reference such as ``CP-7K3M-2QXH-N``; the last symbol checks the others.

    Eight random symbols of 32 (1.1e12 references), never a counter, so that nobody can walk
    from one case to the next. The check symbol is Luhn's, modulo 32.
    """
    body = "".join(secrets.choice(SYMBOLS) for _ in range(8))
    return f"CP-{body[:4]}-{body[4:]}-{luhn.calc_check_digit(body, SYMBOLS)}"


def is_reference(text: str) -> bool:
    """Whether ``text`` is in the form of a reference and its check symbol is right."""
    parts = text.split("-")
    if [len(part) for part in parts] != [2, 4, 4, 1] or parts[0] != "CP":
        return False
    return bool(luhn.is_valid("".join(parts[1:]), SYMBOLS))


def heard_reference(text: str) -> str:
    """A reference as it was heard or misread.

    Any case, with or without ``CP``, hyphens and spaces, and O, I and L for 0 and 1.

    Raises:
        ValueError: not nine symbols, or the check symbol does not fit, so one is wrong.
    """
    symbols = re.sub(r"[\s-]", "", text.upper())
    if len(symbols) != 9:
        symbols = symbols.removeprefix("CP")
    symbols = symbols.translate(MISREAD)
    if len(symbols) != 9:
        raise ValueError("A reference is CP and nine letters and digits, e.g. CP-7K3M-2QXH-N.")
    tidy = f"CP-{symbols[:4]}-{symbols[4:8]}-{symbols[8]}"
    if not is_reference(tidy):
        raise ValueError("One symbol is wrong, since the last one does not fit: ask again.")
    return tidy
