"""How alike two people are by name and birth: a score, and its reasons in words. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import jellyfish

from checkpoint.people.names import SAME, SLIP, SWAPPED, near, parts, sound
from checkpoint.people.states import AliasKind

# What each thing is worth where it is known on both sides.
FAMILY, GIVEN, BIRTH = 35, 25, 40
# The most that can be said where something is not known on one side.
WITHOUT_GIVEN, WITHOUT_FAMILY, WITHOUT_BIRTH, ONE_NAME_ONLY = 90, 70, 80, 50
OTHER_NUMBER = 10
# From here on somebody is probably the same person, and whoever books them in is asked.
PROBABLE = 80
# An estimate of age may be so many years out.
AGE_SLACK_YEARS = 3
CROSSED = 0.95
# Two slips are forgiven in a name of so many letters, one in a shorter; Jaro-Winkler similarity.
LONG_NAME, WRITTEN_ALIKE = 8, 0.92
Parts = tuple[str, ...]
HOW_BORN = {
    SAME: (1.0, "Same date of birth"),
    SWAPPED: (0.9, "Day and month of birth swapped"),
    SLIP: (0.8, "Date of birth one slip away"),
}


@dataclass(frozen=True)
class KnownName:
    """One name of somebody; ``kind`` is None for the one on record now."""

    family_name: str | None
    given_names: str | None
    kind: AliasKind | None = None


@dataclass(frozen=True)
class Likeness:
    """Somebody, as far as they can be told from another.

    ``age`` is years of age estimated on a day, where there is no date of birth.
    """

    names: Sequence[KnownName]
    born: date | None = None
    age: tuple[int, date] | None = None
    numbers: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True)
class Match:
    """How alike, 0 to 100, and why."""

    score: int
    reasons: tuple[str, ...]


def compare(sought: Likeness, known: Likeness) -> Match:
    """How probably ``known`` is who is ``sought``.

    Args:
        sought: has one name, of which family name or given names may be missing.
        known: every name they have been known by; the one that fits best counts.

    Returns:
        100 where everything is known and the same. ``PROBABLE`` and more is worth a question
        before somebody is put on record anew; twins with unlike given names stay below it.
    """
    return max((_by(name, sought, known) for name in known.names), key=lambda match: match.score)


def _by(name: KnownName, sought: Likeness, known: Likeness) -> Match:
    asked = sought.names[0]
    straight = _names(asked, name)
    crossed = _names(KnownName(asked.given_names, asked.family_name), name)
    earned, possible, reasons = straight
    if crossed[0] * CROSSED > earned or not possible:
        earned, possible = crossed[0] * CROSSED, crossed[1]
        reasons = ["Family and given names are swapped", *crossed[2]]
    most = {0: 0, FAMILY: WITHOUT_GIVEN, GIVEN: WITHOUT_FAMILY}.get(possible, 100)
    points, how = _birth(sought, known)
    if points is None:
        most = min(WITHOUT_BIRTH, ONE_NAME_ONLY if most < 100 else 100)
    else:
        earned, possible = earned + points * BIRTH, possible + BIRTH
    score = earned / possible * most if possible else 0.0
    if any(a and b and a != b for a, b in zip(sought.numbers, known.numbers, strict=True)):
        score, reasons = score - OTHER_NUMBER, [*reasons, "Another PNC ID or CRO number"]
    if name.kind is AliasKind.KNOWN_AS:
        reasons = ["By another name they are known by", *reasons]
    elif name.kind is AliasKind.PUT_RIGHT:
        reasons = ["By a name that stood on record before", *reasons]
    return Match(max(0, round(score)), (how, *reasons))


def _names(asked: KnownName, name: KnownName) -> tuple[float, int, list[str]]:
    """What the two names are worth, out of how much, and why."""
    earned, possible, reasons = 0.0, 0, []
    pairs = (
        (FAMILY, "family name", asked.family_name, name.family_name),
        (GIVEN, "given names", asked.given_names, name.given_names),
    )
    for worth, word, one, other in pairs:
        words, words_other = parts(one or ""), parts(other or "")
        if not words or not words_other:
            reasons.append(f"{word.capitalize()} not known on both sides")
            continue
        points, how = alike(words, words_other)
        earned, possible = earned + points * worth, possible + worth
        reasons.append(f"{word.capitalize()}: {how}")
    return earned, possible, reasons


def alike(one: Parts, other: Parts) -> tuple[float, str]:
    """How alike two names are, and why.

    Args:
        one: the words of a name, as ``names.parts`` gives them; at least one.
        other: the words of the other.

    Returns:
        From 0, another, to 1, the same; and the reason in words for an officer.
    """
    found = ((points, how) for points, how, holds in LIKENESSES if holds(one, other))
    return next(found, (0.0, "another"))


def _heard(words: Parts) -> set[str]:
    return {sound(word) for word in words}


def _within(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one


def _sounds_alike(one: Parts, other: Parts) -> bool:
    whole, whole_other = "".join(one), "".join(other)
    return _heard(one) == _heard(other) or jellyfish.nysiis(whole) == jellyfish.nysiis(whole_other)


def _slipped(one: Parts, other: Parts) -> bool:
    whole, whole_other = "".join(one), "".join(other)
    allowed = 2 if min(len(whole), len(whole_other)) >= LONG_NAME else 1
    if abs(len(whole) - len(whole_other)) > allowed:  # each slip adds or drops one letter at most
        return False
    return jellyfish.damerau_levenshtein_distance(whole, whole_other) <= allowed


def _written_alike(one: Parts, other: Parts) -> bool:
    return jellyfish.jaro_winkler_similarity("".join(one), "".join(other)) >= WRITTEN_ALIKE


def _initial(one: Parts, other: Parts) -> bool:
    short, long = sorted([one[0], other[0]], key=len)
    return len(short) == 1 and long.startswith(short)


# From the strongest; the first that holds counts.
LIKENESSES: Sequence[tuple[float, str, Callable[[Parts, Parts], bool]]] = (
    (1.0, "the same", lambda one, other: "".join(one) == "".join(other)),
    (0.97, "the same, in another order", lambda one, other: {*one} == {*other}),
    (0.9, "the same, but a part is missing", lambda one, other: _within({*one}, {*other})),
    (0.9, "sounds alike", _sounds_alike),
    (0.88, "a slip or two away", _slipped),
    (0.85, "sounds alike, but a part is missing", lambda a, b: _within(_heard(a), _heard(b))),
    (0.8, "written alike", _written_alike),
    (0.75, "the initial fits", _initial),
    (0.5, "a part is alike", lambda one, other: not _heard(one).isdisjoint(_heard(other))),
)


def _birth(sought: Likeness, known: Likeness) -> tuple[float | None, str]:
    """What date of birth or age is worth, from 0 to 1; None where nothing can be said."""
    if sought.born and known.born:
        kind = near(sought.born).get(known.born)
        if kind is not None:
            return HOW_BORN[kind]
        same_year = sought.born.year == known.born.year
        return (0.3, "Same year of birth") if same_year else (0.0, "Another date of birth")
    born, age = sought.born or known.born, sought.age or known.age
    if born and age:
        years, on = age
        out = abs(on.year - born.year - ((on.month, on.day) < (born.month, born.day)) - years)
        fits = out <= AGE_SLACK_YEARS
        return (0.5, "Age fits the estimate") if fits else (0.0, "Age does not fit the estimate")
    return None, "Date of birth not known on both sides"
