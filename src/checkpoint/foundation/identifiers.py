"""Opaque ids, and references that people can say aloud."""

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
    """A random reference such as ``CP-7K3M-2QXH-9``; the last symbol checks the others.

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
    """A reference as it was heard or misread: any case, and O, I, L for 0 and 1.

    Raises:
        ValueError: the check symbol does not fit, so a symbol is wrong.
    """
    prefix, _, rest = text.strip().upper().partition("-")
    tidy = f"{prefix}-{rest.translate(MISREAD)}"
    if not is_reference(tidy):
        raise ValueError("The check symbol does not fit: ask for the reference again.")
    return tidy
