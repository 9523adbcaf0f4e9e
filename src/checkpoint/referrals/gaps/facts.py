"""What came of referrals and where offers are missing, as whoever reads it may be told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from checkpoint.foundation.disclosure import rounded
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import Pathway

SOURCE = "Small numbers: domain notes 7.1 f."
NOT_TOLD = "fewer than ten"


@dataclass(frozen=True, kw_only=True)
class Loop:
    """What came of the offers of one provider on one pathway, in numbers of referrals.

    ``shown`` counts offers shown for a case; ``attended`` referrals with a session that the person
    came to; ``waited`` those that were on a waiting list, and ``waiting_days`` their days there.
    """

    shown: int = 0
    chosen: int = 0
    attended: int = 0
    still_open: int = 0
    completed: int = 0
    disengaged: int = 0
    declined_by_person: int = 0
    declined_by_provider: int = 0
    no_place: int = 0
    withdrawn: int = 0
    waited: int = 0
    waiting_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What was asked for in one district on one pathway and not had, and how long people waited."""

    no_provider: int = 0
    no_place: int = 0
    waiting: int = 0
    waited: int = 0
    waiting_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What the directory lists in one district on one pathway; None where no places are stated."""

    offers: int = 0
    free_places: int | None = None


# Days are told as a mean, and a mean only where enough people waited.
COUNTED = {
    kind: tuple(each.name for each in fields(kind) if each.name != "waiting_days")
    for kind in (Loop, Demand)
}


def check_period(since: date, until: date) -> None:
    """A period does not end before it begins.

    Args:
        since: its first day.
        until: its last.

    Raises:
        RuleBroken: ends-before-it-begins.
    """
    if until < since:
        raise RuleBroken("query:until", "ends-before-it-begins", "This lies before since.")


def told_period(since: date | None, until: date) -> tuple[date, date]:
    """The period that is counted for whoever may not see cases: a quarter or a year of the calendar.

    Periods that overlap in any other way could be taken from each other, month by month, until
    the difference is one person.

    Args:
        since: the first day that is asked for; None for the whole year of the last.
        until: the last.

    Returns:
        The first and the last day of the quarter that holds both; else of the year that does.

    Raises:
        RuleBroken: over-a-year: no year of the calendar holds both.
    """
    first = since or until.replace(month=1, day=1)
    if first.year != until.year:
        raise RuleBroken("query:since", "over-a-year", "Ask for days of one year of the calendar.")
    begun = [3 * ((day.month - 1) // 3) for day in (first, until)]
    months = (begun[0] + 1, begun[1] + 3) if begun[0] == begun[1] else (1, 12)
    return date(until.year, months[0], 1), until + relativedelta(month=months[1], day=31)


def told(count: int, *, exact: bool) -> int | None:
    """A count as its reader may be told it.

    Args:
        count: 0 or more.
        exact: whether the reader may see the cases that were counted.

    Returns:
        None where it is too small to tell; else rounded to the nearest five.

    Source: domain notes 7.1 f.
    """
    return count if exact else rounded(count)


def parts_told(counts: Sequence[int], *, exact: bool) -> list[int | None]:
    """Counts whose total is told beside them.

    Args:
        counts: the parts of one total.
        exact: whether the reader may see the cases that were counted.

    Returns:
        Each as ``told``; where only one is too small to tell, the next smallest is not told
        either, or the total would tell both.
    """
    found = [told(count, exact=exact) for count in counts]
    shown = [place for place, value in enumerate(found) if value is not None]
    if len(found) - len(shown) == 1 and shown:
        found[min(shown, key=lambda place: counts[place])] = None
    return found


def mean_days(days: int, people: int, *, exact: bool) -> float | None:
    """How long people waited on average, in days to one place.

    Args:
        days: all their days together.
        people: how many waited.
        exact: whether the reader may see the cases that were counted.

    Returns:
        None where nobody waited, or too few to tell.
    """
    if not people or told(people, exact=exact) is None:
        return None
    return round(days / people, 1) if exact else float(round(days / people))


def loop_told(loop: Loop, *, exact: bool) -> dict[str, Any]:
    """One row of the summary as its reader may be told it.

    Args:
        loop: what was counted.
        exact: whether the reader may see the cases that were counted.

    Returns:
        By name, each count as ``told``, and how long people waited on average.
    """
    found: dict[str, Any] = {name: told(getattr(loop, name), exact=exact) for name in COUNTED[Loop]}
    return found | {"mean_waiting_days": mean_days(loop.waiting_days, loop.waited, exact=exact)}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One district of one pathway: what is missing beside what there is; None is not told."""

    district: str | None
    no_provider: int | None
    no_place: int | None
    waiting: int | None
    waited: int | None
    mean_waiting_days: float | None
    offers: int
    free_places: int | None


@dataclass(frozen=True, kw_only=True)
class PathwayGap:
    """One pathway: all its districts together, then each."""

    pathway: Pathway
    whole: Gap
    districts: tuple[Gap, ...]


Place = tuple[Pathway, str | None]


def gaps(
    demand: Mapping[Place, Demand], supply: Mapping[Place, Supply], *, exact: bool
) -> list[PathwayGap]:
    """Demand beside supply, by pathway and district.

    Args:
        demand: what was counted, by pathway and postcode district; None is a district not known.
        supply: what the directory lists, the same way; the row of None counts what no place is
            known of.
        exact: whether the reader may see the cases that were counted.

    Returns:
        Every pathway; its districts in the order of their codes, the unknown one last. For whoever
        may not see cases, a district with neither supply nor anything that may be told is left
        out: that it stands there would tell that somebody asked.
    """
    return [_of_pathway(pathway, demand, supply, exact=exact) for pathway in Pathway]


def _of_pathway(
    pathway: Pathway,
    demand: Mapping[Place, Demand],
    supply: Mapping[Place, Supply],
    *,
    exact: bool,
) -> PathwayGap:
    places = sorted(
        {place for place in (*demand, *supply) if place[0] is pathway},
        key=lambda place: (place[1] is None, place[1] or ""),
    )
    wanted = [demand.get(place, Demand()) for place in places]
    offered = [supply.get(place, Supply()) for place in places]
    counts = {
        name: parts_told([getattr(each, name) for each in wanted], exact=exact)
        for name in COUNTED[Demand]
    }
    rows = [
        Gap(
            district=place[1],
            **{name: values[row] for name, values in counts.items()},
            mean_waiting_days=_mean(wanted[row], counts["waited"][row], exact=exact),
            offers=offered[row].offers,
            free_places=offered[row].free_places,
        )
        for row, place in enumerate(places)
    ]
    shown = tuple(each for each in rows if exact or each.offers or _tells(each))
    return PathwayGap(pathway=pathway, whole=_whole(wanted, offered, exact=exact), districts=shown)


def _mean(each: Demand, waited: int | None, *, exact: bool) -> float | None:
    return None if waited is None else mean_days(each.waiting_days, each.waited, exact=exact)


def _tells(gap: Gap) -> bool:
    return any(getattr(gap, name) is not None for name in COUNTED[Demand])


def _whole(wanted: Sequence[Demand], offered: Sequence[Supply], *, exact: bool) -> Gap:
    sums = {name: sum(getattr(each, name) for each in wanted) for name in COUNTED[Demand]}
    days = sum(each.waiting_days for each in wanted)
    return Gap(
        district=None,
        **{name: told(count, exact=exact) for name, count in sums.items()},
        mean_waiting_days=mean_days(days, sums["waited"], exact=exact),
        offers=sum(each.offers for each in offered),
        free_places=_sum(each.free_places for each in offered),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    stated = [value for value in values if value is not None]
    return sum(stated) if stated else None


def in_words(label: str, gap: Gap) -> str:
    """A pathway or a district in a sentence, for whoever hears it.

    Args:
        label: its name.
        gap: what is told of it.

    Returns:
        One line of text; what is not told is told as fewer than ten.
    """
    places = "places not stated" if gap.free_places is None else f"{gap.free_places} free places"
    return (
        f"{label}: no provider {_count(gap.no_provider)}, no place {_count(gap.no_place)}, "
        f"waiting {_count(gap.waiting)}; offers {gap.offers}, {places}."
    )


def _count(value: int | None) -> str:
    return NOT_TOLD if value is None else str(value)
