"""What became of made-up people: their PNC IDs, and what a bureau would find. Pure, and seeded.

Every share and length in this file is invented, and so large that something is seen within weeks.
It is told by PNC ID alone, so it can know of no arm: what the arms differ by is chance.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from checkpoint.demo.week import Chance, Deed, Step

LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"  # of a PNC ID's check letter: no I, O or S
YEAR, FIRST_SERIAL = 2020, 9_900_000
WITHOUT = 19  # of so many people, one has no PNC ID yet
UNANSWERED = 17  # of so many who were asked about, one is in no row
EACH = 1_000_003
DAYS_BETWEEN = (8, 88)  # from one arrest to the next
CODES = ("TH68010", "CD71039", "PU86116", "MD71530")
DISPOSALS: Mapping[str, int] = MappingProxyType(
    {"conviction": 55, "caution": 25, "acquitted": 8, "no_further_action": 12}
)
Row = Mapping[str, Any]


def pnc_id(number: int) -> str | None:
    """Somebody's PNC ID, of a serial that no year came to; every nineteenth person has none yet.

    Args:
        number: of the arrest, from 0 on.
    """
    if number % WITHOUT == WITHOUT - 1:
        return None
    serial = FIRST_SERIAL + number
    letter = LETTERS[int(f"{YEAR % 100}{serial}") % len(LETTERS)]
    return f"{YEAR}/{serial}{letter}"


def known_by_number(step: Step) -> Step:
    """The same step, with the PNC ID wherever it tells who somebody is."""
    body, own = dict(step.body), {"pnc_id": pnc_id(step.arrest)}
    if step.deed is Deed.BOOK_IN:
        body["person"] = body["person"] | own
    elif step.deed is Deed.CORRECT_PERSON:
        body |= own
    return Step(step.arrest, step.suite, step.at, step.deed, body, step.lost)


def found(numbers: Sequence[str], seed: int, *, since: date, until: date) -> list[Row]:
    """What a bureau finds of everybody it is asked about.

    Args:
        numbers: PNC IDs, as the roster has them: nothing else is known of anybody.
        seed: the same seed finds the same.
        since: the first day that is looked at.
        until: the last.

    Returns:
        Rows as ``POST /v1/follow-up-batches`` takes them. Somebody of whom nothing was found has a
        row that says so; some are in no row, one died and one was lost sight of.

    Source: none; every share is invented.
    """
    rows = list[dict[str, Any]]()
    for place, number in enumerate(sorted(numbers)):
        if place % UNANSWERED == UNANSWERED - 1:
            continue
        end = _end(place, len(numbers))
        # Numbers are in the order of arrests, so whoever is half-way had been allocated by then.
        last = since + (until - since) * 3 // 4 if end else until
        chance = Chance(seed * EACH + int(number[5:-1]))
        told = [*_arrests(chance, since, last)]
        if end:
            told.append({"event": end, "from_date": str(last)})
        rows += [{"pnc_id": number, **each} for each in told or [{"event": "nothing"}]]
    return [{"row_key": f"SYNTHETIC-{place:04}", **row} for place, row in enumerate(rows, start=1)]


def _end(place: int, of: int) -> str | None:
    return {of // 2: "death", of // 3: "lost_to_follow_up"}.get(place)


def _arrests(chance: Chance, since: date, last: date) -> Iterator[dict[str, Any]]:
    """One after the other; each offence some days before its arrest, and what came of it later."""
    on = since + timedelta(days=chance.between(0, DAYS_BETWEEN[1]))
    while on <= last:
        own = {"offence_code": chance.one_of(CODES)}
        own["offence_date"] = str(on - timedelta(days=chance.between(0, 3)))
        yield {"event": "arrest", "arrest_date": str(on)} | own
        yield from _what_followed(chance, own | {"arrest_date": str(on)}, on, last)
        on += timedelta(days=chance.between(*DAYS_BETWEEN))


def _what_followed(
    chance: Chance, own: Mapping[str, str], arrested: date, last: date
) -> Iterator[dict[str, Any]]:
    """Perhaps a charge, and after that perhaps a disposal, as far as the last day knows of them."""
    charged = arrested + timedelta(days=chance.between(1, 9))
    disposed = charged + timedelta(days=chance.between(5, 24))
    goes_on, ends = chance.often(75), chance.weighed(DISPOSALS)
    if goes_on and charged <= last:
        yield {"event": "charge", "charge_date": str(charged), **own}
        if disposed <= last:
            days = {"charge_date": str(charged), "disposal_date": str(disposed)}
            yield {"event": "disposal", "disposal": ends, **days, **own}
