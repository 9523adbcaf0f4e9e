"""Names as they sound, and the keys under which a person is found by name and birth. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType

import jellyfish

# Letters that have no accent to be taken off, as people write them without.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
APOSTROPHES = str.maketrans(dict.fromkeys("'`\u00b4\u2018\u2019\u02bc\u02b9\uff07", ""))
WORD = re.compile(r"[^\W_]+")
# Written apart or together, with the name that follows; or left out where they stand alone.
JOINED = frozenset({"o", "mac", "mc", "fitz"})
PARTICLES = frozenset(
    {"al", "ap", "bin", "ibn", "da", "de", "del", "den", "der", "di", "du", "el", "la", "le"}
    | {"ter", "van", "von"}
)
# Of very long names so many sounds are kept, the longest parts first; and so many letters in all,
# since one sign may stand for eighteen (U+FDFA), and comparing costs the square of them.
MOST_SOUNDS, MOST_LETTERS = 6, 200
# How telling a key is; candidates that share the most telling keys are looked at first.
SAME_DAY, SWAPPED_DAY, SLIPPED_DAY, UNDATED, PAIR, SOLE, PART = 8, 6, 3, 4, 5, 4, 1
SAME, SWAPPED, SLIP = "same", "swapped", "slip"


@lru_cache(maxsize=1 << 16)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name, without case, accents, punctuation and particles.

    O' and Mac belong to the word that follows. ``Séan O'Brien-van Dyk`` gives
    ``sean, obrien, dyk``; a name of nothing but particles keeps them.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(APOSTROPHES)).translate(PLAIN)
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = WORD.findall(plain[:MOST_LETTERS])
    found, before = [], ""
    for word in words:
        if word in JOINED and word != words[-1]:
            before += word
        elif before or word not in PARTICLES:
            found.append(before + word)
            before = ""
    return tuple(found or words)


@lru_cache(maxsize=1 << 16)
def sound(part: str) -> str:
    """How one part of a name sounds, by the Metaphone algorithm; else the part itself."""
    return jellyfish.metaphone(part)[:12] or part[:12]


@lru_cache(maxsize=1 << 16)
def sounds(family_name: str | None, given_names: str | None) -> tuple[str, ...]:
    """How a whole name sounds.

    Args:
        family_name: as it is written; None is not known.
        given_names: the same.

    Returns:
        Six sounds at most, each once, in an order that does not tell which came first.
    """
    words = {*parts(family_name or ""), *parts(given_names or "")}
    telling = [word for word in words if len(word) > 1] or [*words]
    longest = sorted(telling, key=lambda word: (-len(word), word))
    return tuple(sorted({sound(word) for word in longest[:MOST_SOUNDS]}))


def keys(family_name: str, given_names: str | None, born: date | None) -> set[str]:
    """The keys under which somebody of this name and birth is kept.

    Args:
        family_name: as it is written.
        given_names: None is not known.
        born: the date of birth; None is not known.

    Returns:
        For each sound one with the day of birth and one alone, one for each pair of sounds, and
        one that says where a name has a single sound.
    """
    heard = sounds(family_name, given_names)
    day = f"{born:%Y%m%d}" if born else ""
    found = {f"{day}|{one}" for one in heard} | {f"={one}" for one in heard}
    found |= {f"{one}+{other}" for one, other in combinations(heard, 2)}
    return found | ({f"1={heard[0]}"} if len(heard) == 1 else set())


def asked(family_name: str | None, given_names: str | None, born: date | None) -> Mapping[str, int]:
    """The keys to ask for, and how telling each is, when somebody is looked for.

    With a date of birth: every part of the name on that day and on the days near it, so that one
    slip in one part, a missing or a swapped part leaves another to be found by. Without one: pairs
    of parts, and single parts.

    Args:
        family_name: as it is written; None is not known.
        given_names: the same.
        born: the date of birth; None is not known.

    Returns:
        Keys with their weights, from 1 to 8; the more, the more telling.
    """
    heard, found = sounds(family_name, given_names), dict[str, int]()
    weights = {SAME: SAME_DAY, SWAPPED: SWAPPED_DAY, SLIP: SLIPPED_DAY}
    for day, kind in near(born).items() if born else ():
        found |= {f"{day:%Y%m%d}|{one}": weights[kind] for one in heard}
    found |= {f"|{one}": UNDATED for one in heard}
    found |= {f"{one}+{other}": PAIR for one, other in combinations(heard, 2)}
    if born is None:
        found |= {f"1={one}": SOLE for one in heard} | {f"={one}": PART for one in heard}
    return found


@lru_cache(maxsize=1 << 12)
def near(day: date) -> Mapping[date, str]:
    """The days that ``day`` may have been meant for, and what would have gone wrong.

    The day itself; day and month swapped; one figure wrong; two neighbouring figures of year,
    month or day swapped; the century wrong; a day, a month or a year too many or too few.
    """
    found = dict.fromkeys(_slips(day), SLIP)
    if swapped := _day(f"{day:%Y%d%m}"):
        found[swapped] = SWAPPED
    return MappingProxyType(found | {day: SAME})


def _slips(day: date) -> Iterator[date]:
    text = f"{day:%Y%m%d}"
    written = [text[:at] + figure + text[at + 1 :] for at in range(2, 8) for figure in "0123456789"]
    written += [text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in (2, 4, 6)]
    written += [century + text[2:] for century in ("19", "20")]
    written += [f"{day.year + step}{text[4:]}" for step in (-1, 1)]
    written += [f"{text[:4]}{day.month + step:02d}{text[6:]}" for step in (-1, 1)]
    yield from filter(None, map(_day, written))
    yield from (day + timedelta(days=step) for step in (-1, 1))


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
