"""What an offer says and what is asked, as the words of one index, what is not said too. Pure."""

from collections.abc import Iterable, Mapping
from math import cos, radians
from typing import Any

from checkpoint.directory.lookups import names
from checkpoint.directory.lookups.facts import Sought
from checkpoint.directory.lookups.references import Spot
from checkpoint.directory.meanings import folded
from checkpoint.directory.offers import Offer
from checkpoint.directory.states import AccessWay

UNSAID = "?"
# A degree of latitude in km; across, a degree is less by the cosine, for the index by that of Durham.
DEGREE_KM, ACROSS = 111.2, "0.58"
# How they are ordered, what is asked, and whether what is not said counts as well.
Way = tuple[str, frozenset[str], bool]


def facets(offer: Offer) -> list[str]:
    """The words under which look-ups find an offer, as ``language:pl`` or ``language:?``.

    Args:
        offer: as its document says it.

    Returns:
        Sorted, each once. A point that is not said has the mark of what is unknown, and so an
        index finds that too.
    """
    ages = offer.minimum_age is not None or offer.maximum_age is not None
    cost = None if offer.is_free is None else ["free" if offer.is_free else "paid"]
    both = [AccessWay.WALK_IN.value, AccessWay.REFERRAL.value]
    access = None
    if offer.access is not None:
        access = both if offer.access is AccessWay.BOTH else [offer.access.value]
    found = {
        *_words("pathway", offer.pathways),
        *_words("age", ["said"] if ages else None),
        *_words("sex", offer.sexes),
        *_words("residence", offer.residence),
        *_words("language", offer.languages),
        *_words("cost", cost),
        *_words("access", access),
        *_spots(offer),
        *_days(offer),
    }
    return sorted(found)


def search_keys(offer: Offer) -> list[str]:
    """The keys under which an offer is found by words."""
    title = folded(f"{offer.name} {offer.organization_name or ''}")
    return names.keys(title, offer.search_text)


def _words(point: str, said: Iterable[str] | None) -> list[str]:
    return [f"{point}:{each}" for each in said or (UNSAID,)]


def _spots(offer: Offer) -> list[str]:
    """Whether some place of it has no coordinates, so that how far it is has to be guessed."""
    if not offer.places or any(place.latitude is None for place in offer.places):
        return [f"spot:{UNSAID}"]
    return []


def _days(offer: Offer) -> list[str]:
    """The days of the week; unknown as well where every opening may have ended or not begun."""
    days = [f"open:{each.weekday}" for each in offer.openings]
    lasting = any(each.valid_from is each.valid_until is None for each in offer.openings)
    return days if lasting else [*days, f"open:{UNSAID}"]


def rounds(sought: Sought) -> list[list[Way]]:
    """In which ways to look: the next round only where those before found too little.

    Args:
        sought: what is asked for.

    Returns:
        Rounds of ways; what a later round finds ranks behind what the ones before did.
    """
    asked = frozenset(_asked(sought))
    lives, elsewhere = ({"lives"}, {"elsewhere"}) if sought.residence else (set(), set())
    told = lives if sought.age is None else lives | {"age_told"}
    tiers = [(asked | told, False)] if asked or told else []
    tiers.append((asked | elsewhere, True))
    if sought.words:
        box = frozenset({"in_box"} if sought.within_km else ())
        return [
            [("assured", each | {word} | box, unknowns)]
            for word in ("said", "nearly")
            for each, unknowns in tiers
        ]
    if not sought.place:
        return [[("assured", each, unknowns)] for each, unknowns in tiers]
    box = frozenset({"box"} if sought.within_km else ())
    return [
        [("near", each | box, unknowns), ("unplaced", each, unknowns)] for each, unknowns in tiers
    ]


def _asked(sought: Sought) -> list[str]:
    """The names of what is asked and may be unknown, or exclude."""
    every = "all_pathways" if sought.every_pathway else "any_pathway"
    asked = {
        every: sought.pathways,
        "age": sought.age is not None,
        "sex": sought.sex,
        "language": sought.language,
        "cost": sought.is_free,
        "access": sought.access,
        "at" if sought.at else "day": sought.weekday,
        "free_places": sought.free_places,
    }
    return [name for name, value in asked.items() if value]


def given_of(sought: Sought) -> dict[str, Any]:
    """What the statements ask for, unknowns not counted."""
    found: dict[str, Any] = {
        "pathways": [f"pathway:{each}" for each in sorted(sought.pathways)],
        "age_told": ["age:said"],
        "age": sought.age,
        "sex": [f"sex:{sought.sex}"],
        "language": [f"language:{sought.language}"],
        "cost": ["cost:free"],
        "access": [f"access:{sought.access}"],
        "days": [f"open:{sought.weekday}"],
        "day": sought.weekday,
        "at": sought.at,
        "pathway_unsaid": [f"pathway:{UNSAID}"],
        "no_spot": [f"spot:{UNSAID}"],
    }
    if sought.residence:
        found["lives"] = [f"residence:{each}" for each in sorted(sought.residence.fits)]
        found["elsewhere"] = sorted(sought.residence.others)
    if sought.words:
        keys = [names.asked_keys(word) for word in sought.words]
        found["said"] = [root for root, _ in keys]
        for at in range(names.MOST_ASKED):
            root, nearly = keys[min(at, len(keys) - 1)]
            found |= {f"root_{at}": root, f"nearly_{at}": sorted(nearly)}
    if sought.place:
        found |= _box(sought.place, sought.within_km or 0)
    return found


def _box(place: Spot, within_km: float) -> dict[str, float]:
    across = float(ACROSS)
    x, y = place.longitude * across, place.latitude
    up = within_km / DEGREE_KM
    side = up / max(cos(radians(min(abs(place.latitude) + up, 89))), 0.01)
    west, east = place.longitude - side, place.longitude + side
    return {"x": x, "y": y, "west": west, "east": east, "south": y - up, "north": y + up}


def groups(given: Mapping[str, Any], asked: frozenset[str], *, unknowns: bool) -> dict[str, Any]:
    """What the statements ask for, with what is not said, where that counts.

    Args:
        given: what they ask for, what is not said left out.
        asked: the names of what is asked.
        unknowns: whether what is not said counts as well.

    Returns:
        By name of a parameter, its value.
    """
    marks = {
        "pathways": "pathway", "sex": "sex", "language": "language",
        "cost": "cost", "access": "access", "days": "open",
    }  # fmt: skip
    found = dict(given) | {"unknowns": unknowns}
    if unknowns:
        found |= {
            name: [*given[name], f"{point}:{UNSAID}"]
            for name, point in marks.items()
            if not (name == "pathways" and "all_pathways" in asked)
        }
    return found
