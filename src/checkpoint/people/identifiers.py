"""PNC IDs: every written form in, one canonical form out. Pure."""

import re
from datetime import date

ALPHABET = "ZABCDEFGHJKLMNPQRTUVWXY"  # 23 letters: no I, O or S
LONG = re.compile(r"^(\d{4}|\d{2})/(\d{1,7})([A-Z])$", re.ASCII)
# Without the stroke: a four-digit year only where all seven digits follow it.
SHORT = re.compile(r"^(?:(\d{4})(\d{7})|(\d{2})(\d{1,7}))([A-Z])$", re.ASCII)
EXAMPLE = "2002/0073319Z"


def parts(text: str) -> tuple[str, str, str] | None:
    """Year (two or four digits), serial and check letter; None if not in any written form."""
    tidy = text.strip().upper()
    if found := LONG.match(tidy):
        return found[1], found[2], found[3]
    if found := SHORT.match(tidy):
        return found[1] or found[3], found[2] or found[4], found[5]
    return None


def check_letter(year: str, serial: str) -> str:
    """The letter that must end the PNC ID.

    Args:
        year: two or four digits; only the last two count.
        serial: one to seven digits.

    Returns:
        One of 23 letters.

    Source: Ministry of Justice test vectors; the letter is number ``n mod 23`` of the alphabet
    ``ZABC…``, n being year and serial of seven digits read as one number. 2002/0073319 gives Z.
    """
    return ALPHABET[int(year[-2:] + serial.zfill(7)) % 23]


def is_pnc_id(text: str) -> bool:
    """Whether ``text`` is a PNC ID in some written form, its check letter right."""
    found = parts(text)
    return found is not None and check_letter(found[0], found[1]) == found[2]


def canonical(text: str, *, today: date) -> str:
    """``YYYY/NNNNNNNL``, the one form that is stored.

    Args:
        text: a valid PNC ID in any written form.
        today: decides the century of a two-digit year: this year or before is 20yy, else 19yy.

    Returns:
        Four digits of the year, seven of the serial, and the check letter in capitals.

    Raises:
        ValueError: not a PNC ID.
    """
    found = parts(text)
    if found is None or not is_pnc_id(text):
        raise ValueError("not a PNC ID")
    year, serial, letter = found
    if len(year) == 2:
        year = f"{20 if int(year) <= today.year % 100 else 19}{year}"
    return f"{year}/{serial.zfill(7)}{letter}"
