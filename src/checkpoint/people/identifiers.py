"""PNC IDs and CRO numbers: every written form in, one canonical form out. Pure."""

import re
from datetime import date

ALPHABET = "ZABCDEFGHJKLMNPQRTUVWXY"  # 23 letters: no I, O or S
LONG = re.compile(r"^(\d{4}|\d{2})/(\d{1,7})([A-Z])$", re.ASCII)
# Without the stroke: a four-digit year only where all seven digits follow it.
SHORT = re.compile(r"^(?:(\d{4})(\d{7})|(\d{2})(\d{1,7}))([A-Z])$", re.ASCII)
EXAMPLE = "2002/0073319Z"
# Without the stroke a CRO number is told apart only in its full length, or by its SF.
CRO = re.compile(r"^(?:(\d{1,6})/(\d{2})|(\d{6})(\d{2}))([A-Z])$", re.ASCII)
SF = re.compile(r"^SF ?(\d{2})/?(\d{1,6})([A-Z])$", re.ASCII)
CRO_EXAMPLE = "065656/91H"


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


def canonical_cro(text: str) -> str:
    """``NNNNNN/YYL`` or ``SFYY/NL``, the forms that are stored.

    Args:
        text: a CRO number in any written form; SF numbers are kept in files and have no fingerprints.

    Raises:
        ValueError: not a CRO number, or its check letter is wrong.

    Source: Ministry of Justice test vectors; the letter is number ``n mod 23`` of the PNC ID's
    alphabet, n being year and serial read as one number, the serial padded to six digits in the
    first form and as it is written in the second. 65656/91 gives H.
    """
    tidy = text.strip().upper()
    if found := CRO.match(tidy):
        year, serial = found[2] or found[4], (found[1] or found[3]).zfill(6)
        if ALPHABET[int(year + serial) % 23] == found[5]:
            return f"{serial}/{year}{found[5]}"
    elif found := SF.match(tidy):
        # As it stands, or as it would stand had nobody put noughts before it.
        for serial in (found[2], str(int(found[2]))):
            if ALPHABET[int(found[1] + serial) % 23] == found[3]:
                return f"SF{found[1]}/{serial}{found[3]}"
    raise ValueError("not a CRO number")


def is_cro(text: str) -> bool:
    """Whether ``text`` is a CRO number in some written form, its check letter right."""
    try:
        return bool(canonical_cro(text))
    except ValueError:
        return False


def readings(text: str, *, today: date) -> tuple[str | None, str | None]:
    """The canonical PNC ID and CRO number that ``text`` may be; a few texts may be either.

    Args:
        text: a number in some written form.
        today: the day by which a year of two figures is told.

    Returns:
        The PNC ID and the CRO number, each in canonical form, or None where it is not one. A few
        texts may be either.
    """
    return (
        canonical(text, today=today) if is_pnc_id(text) else None,
        canonical_cro(text) if is_cro(text) else None,
    )
