"""How well an offer fits what is sought: why, what is unknown, what puts it behind. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from checkpoint.directory.lookups.facts import Offered, Residence, Sought
from checkpoint.directory.lookups.matching import How, Likeness
from checkpoint.directory.lookups.references import Spot, km_between
from checkpoint.directory.lookups.states import OfferPoint

WHY, UNKNOWN, BEHIND, EXCLUDES = "why", "unknown", "behind", "excludes"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A place known by its district or town alone may be so far from the middle of that.
ROUGH_KM = 5.0
# What is nowhere stands behind whatever is somewhere; in tenths of a kilometre, and in days.
NOWHERE, NEVER = 1_000_000, 100_000


class Told(NamedTuple):
    """One point, in plain English."""

    point: OfferPoint
    words: str


class Far(NamedTuple):
    """How far the nearest place is, in km; rough where only its district or town is known."""

    km: float
    rough: bool


# For or against an offer, by which point, and the sentence with what stands in its gaps: only
# offers that are shown have theirs put into words.
Found = tuple[str, OfferPoint, str, tuple[object, ...]]
Compare = Callable[[Offered, Sought], Found]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An offer with its place among others: the lower the key, the better it fits."""

    offered: Offered
    far: Far | None
    found: tuple[Found, ...]
    key: tuple[int, ...]

    @property
    def why(self) -> tuple[Told, ...]:
        return self._told(WHY)

    @property
    def unknown(self) -> tuple[Told, ...]:
        return self._told(UNKNOWN)

    @property
    def behind(self) -> tuple[Told, ...]:
        return self._told(BEHIND)

    def _told(self, kind: str) -> tuple[Told, ...]:
        return tuple(
            Told(point, words.format(*map(_listed, gaps)))
            for each, point, words, gaps in self.found
            if each == kind
        )


def _listed(gap: object) -> object:
    return ", ".join(sorted(gap)) if isinstance(gap, frozenset) else gap


def ranked(
    offers: Iterable[Offered], sought: Sought, *, known: Mapping[str, Spot], on: date
) -> list[Ranked]:
    """Offers that nothing excludes, the one that fits best first.

    Args:
        offers: in any order.
        sought: what is asked for.
        known: places by name, for offers of which only district or town is known.
        on: today.

    Returns:
        Without those that something they say excludes; what is not said excludes none. First those
        that say the words that are sought the plainest; of these, those of which it is known that
        they are for a pathway that is sought; then those of which least is unknown; then those that are not full; then the nearest; then those that are not stale; then those
        that were assured last. Whatever is equal, by id.
    """
    points = [compare for asked, compare in POINTS if asked(sought)]
    found = (_rank(each, sought, points, known=known, on=on) for each in offers)
    return sorted((each for each in found if each), key=order)


def order(one: Ranked) -> tuple[tuple[int, ...], UUID]:
    """By what offers are ordered, without equals."""
    return one.key, one.offered.service_id


def _rank(
    offered: Offered,
    sought: Sought,
    points: Sequence[Compare],
    *,
    known: Mapping[str, Spot],
    on: date,
) -> Ranked | None:
    """None where something that it says excludes it. What it does not say never does."""
    far = _nearest(offered, sought.place, known) if sought.place else None
    found = tuple(_findings(offered, sought, points, far))
    kinds = [each[0] for each in found]
    if EXCLUDES in kinds:
        return None
    full = offered.maximum is not None and offered.maximum == offered.held
    key = (
        offered.likeness.slips,
        int(bool(sought.pathways) and not offered.pathways),
        kinds.count(UNKNOWN),
        int(full),
        NOWHERE if far is None and sought.place else round(10 * far.km) if far else 0,
        int(offered.is_stale),
        (on - offered.assured_on).days if offered.assured_on else NEVER,
    )
    return Ranked(offered, far, found, key)


def _nearest(offered: Offered, place: Spot, known: Mapping[str, Spot]) -> Far | None:
    here = (place.latitude, place.longitude)
    found = []
    for each in offered.places:
        if each.latitude is not None and each.longitude is not None:
            found.append(Far(km_between(here, (each.latitude, each.longitude)), rough=False))
            continue
        names = ((each.district or "").casefold(), each.locality or "")
        spot = next((known[name] for name in names if name in known), None)
        if spot:
            found.append(Far(km_between(here, (spot.latitude, spot.longitude)), rough=True))
    return min(found, default=None)


def _findings(
    offered: Offered, sought: Sought, points: Sequence[Compare], far: Far | None
) -> Iterator[Found]:
    yield from _words(offered.likeness)
    if sought.place:
        yield _place(far, sought.place, sought.within_km)
    for compare in points:
        yield compare(offered, sought)
    yield from _free_places(offered, asked=sought.free_places)
    if offered.is_stale:
        yield _stale(offered.assured_on)


def _words(likeness: Likeness) -> Iterator[Found]:
    for how, word in likeness.hows:
        yield WHY, OfferPoint.WORDS, HOWS[how], (word,)


HOWS = {
    How.NAMED: "Its name or its provider's has “{}”.",
    How.SAID: "What it says of itself has “{}”.",
    How.NAMED_NEARLY: "Its name or its provider's has “{}”, which is spelt nearly so.",
    How.SOUNDS: "What it says of itself has a word that sounds like “{}”.",
}


def _pathway(offered: Offered, sought: Sought) -> Found:
    if not offered.pathways:
        return UNKNOWN, OfferPoint.PATHWAY, "Its terms name none of the pathways.", ()
    both = offered.pathways & sought.pathways
    if not both or (sought.every_pathway and both != sought.pathways):
        return EXCLUDES, OfferPoint.PATHWAY, "It is for other pathways.", ()
    return WHY, OfferPoint.PATHWAY, "It is for: {}.", (frozenset(map(_spoken, both)),)


def _spoken(pathway: str) -> str:
    return pathway.replace("_", " ")


def _place(far: Far | None, place: Spot, within_km: float | None) -> Found:
    point = OfferPoint.PLACE
    if far is None:
        unsaid = "It does not say where it is, or not so that it can be told how far."
        return UNKNOWN, point, unsaid, ()
    off = 0 if within_km is None else far.km - within_km
    if off > (ROUGH_KM if far.rough else 0):
        return EXCLUDES, point, "It is farther.", ()
    gaps = (far.km, place.name)
    if not far.rough:
        return WHY, point, "It is {:.1f} km from {} as the crow flies.", gaps
    about = "about {:.0f} km from {}, by its postcode district or town alone"
    if off > 0:
        return UNKNOWN, point, f"It may be farther: {about}.", gaps
    return WHY, point, f"It is {about}.", gaps


def _open(offered: Offered, sought: Sought) -> Found:
    weekday, at = sought.weekday or 0, sought.at
    then = "on {}" + (" at {:%H:%M}" if at else "")
    gaps = (DAYS[weekday - 1], at)
    if offered.open_then:
        return WHY, OfferPoint.OPEN, f"It is open {then}.", gaps
    return UNKNOWN, OfferPoint.OPEN, f"It does not say whether it is open {then}.", gaps


def _age(offered: Offered, sought: Sought) -> Found:
    age, least, most = sought.age or 0, offered.minimum_age, offered.maximum_age
    if least is None and most is None:
        return UNKNOWN, OfferPoint.AGE, "It does not say for which ages it is.", ()
    # Whole years: somebody is 25 until the day before their 26th birthday.
    if age < (0 if least is None else least) or age > (age if most is None else most):
        return EXCLUDES, OfferPoint.AGE, "It is for other ages.", ()
    return WHY, OfferPoint.AGE, "It is for people of {} years.", (age,)


def _sex(offered: Offered, sought: Sought) -> Found:
    said = "for which sex it is"
    return _said(OfferPoint.SEX, offered.sexes, sought.sex, said, "It is for")


def _language(offered: Offered, sought: Sought) -> Found:
    said = "which languages are spoken"
    return _said(OfferPoint.LANGUAGE, offered.languages, sought.language, said, "It speaks")


def _said(
    point: OfferPoint, said: frozenset[str] | None, asked: str | None, what: str, verb: str
) -> Found:
    if not said:
        return UNKNOWN, point, "It does not say {}.", (what,)
    if asked not in said:
        return EXCLUDES, point, "{} others.", (verb,)
    return WHY, point, "{}: {}.", (verb, said)


def _residence(offered: Offered, sought: Sought) -> Found:
    said, point = offered.residence, OfferPoint.RESIDENCE
    lives = sought.residence or Residence(frozenset(), frozenset())
    if not said:
        return UNKNOWN, point, "It does not say where people must live.", ()
    named = "It is for people who live in: {}."
    if said & lives.fits:
        return WHY, point, named, (said,)
    if said <= lives.others:
        return EXCLUDES, point, named, (said,)
    return UNKNOWN, point, f"{named} Ask whether that fits.", (said,)


def _cost(offered: Offered, _: Sought) -> Found:
    if offered.is_free is None:
        return UNKNOWN, OfferPoint.COST, "It does not say whether it costs anything.", ()
    if offered.is_free:
        return WHY, OfferPoint.COST, "It is free of charge.", ()
    return EXCLUDES, OfferPoint.COST, "It costs money.", ()


def _access(offered: Offered, sought: Sought) -> Found:
    if offered.access is None:
        return UNKNOWN, OfferPoint.ACCESS, "It does not say how people come to it.", ()
    if offered.access not in (sought.access, "both"):
        return EXCLUDES, OfferPoint.ACCESS, "People come to it in another way.", ()
    way = "can walk in" if sought.access == "walk_in" else "can be referred"
    return WHY, OfferPoint.ACCESS, "People {}.", (way,)


# By what is asked, what compares an offer with that.
POINTS: Sequence[tuple[Callable[[Sought], object], Compare]] = (
    (lambda sought: sought.pathways, _pathway),
    (lambda sought: sought.weekday, _open),
    (lambda sought: sought.age is not None, _age),
    (lambda sought: sought.sex, _sex),
    (lambda sought: sought.residence, _residence),
    (lambda sought: sought.language, _language),
    (lambda sought: sought.is_free, _cost),
    (lambda sought: sought.access, _access),
)


def _free_places(offered: Offered, *, asked: bool) -> Iterator[Found]:
    point, most = OfferPoint.FREE_PLACES, offered.maximum
    if most is None or offered.held is None:
        if asked:
            yield UNKNOWN, point, "Nobody stated how many places it has.", ()
        return
    if free := most - offered.held:
        yield WHY, point, "{} of its {} places are free.", (free, most)
        return
    full = "None of its places is free: people would wait."
    yield EXCLUDES if asked else BEHIND, point, full, ()


def _stale(on: date | None) -> Found:
    if on is None:
        never = "Nobody ever said that this listing holds: ask before you rely on it."
        return BEHIND, OfferPoint.ASSURED, never, ()
    since = "Nobody has said since {} {:%B %Y} that this listing holds: ask before you rely on it."
    return BEHIND, OfferPoint.ASSURED, since, (on.day, on)
