"""Rows that were found into what is compared, and what was ranked into views; no session."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from checkpoint.directory.lookups import ranking
from checkpoint.directory.lookups.facts import Offered, Sought, Where
from checkpoint.directory.lookups.matching import likeness
from checkpoint.directory.lookups.ranking import Ranked
from checkpoint.directory.lookups.references import Spot
from checkpoint.directory.lookups.schemas import ServiceOfferView
from checkpoint.directory.meanings import folded
from checkpoint.directory.rules import is_stale


def ranked(
    rows: Sequence[Any],
    places: Mapping[UUID, Sequence[Any]],
    sought: Sought,
    *,
    known: Mapping[str, Spot],
    days: int,
    on: date,
) -> list[tuple[Ranked, Any]]:
    """What was found, ranked, each with its row.

    Args:
        rows: candidates.
        places: by service, where it is given; needed where a place is sought.
        sought: what is asked for.
        known: places by name.
        days: after how many days nobody's word that a listing holds counts any more.
        on: today.
    """
    own = {row.service_id: row for row in rows}
    offers = (
        _offered(row, places.get(row.service_id, ()), sought, days=days, on=on) for row in rows
    )
    found = ranking.ranked(offers, sought, known=known, on=on)
    return [(each, own[each.offered.service_id]) for each in found]


def _offered(row: Any, places: Sequence[Any], sought: Sought, *, days: int, on: date) -> Offered:
    found = {}
    if sought.words:
        said = [getattr(row, f"said_{at}") for at in range(len(sought.words))]
        title = folded(f"{row.name} {row.organization_name or ''}")
        found["likeness"] = likeness(sought.words, said, title)
    return Offered(
        service_id=row.service_id,
        name=row.name,
        organization_name=row.organization_name,
        pathways=frozenset(row.pathways),
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        sexes=_set(row.sexes),
        residence=_set(row.residence),
        languages=_set(row.languages),
        is_free=row.is_free,
        access=row.access,
        open_then=row.open_then,
        maximum=row.maximum,
        held=row.held,
        assured_on=row.assured_on,
        is_stale=is_stale(row.assured_on, days=days, on=on),
        places=tuple(
            Where(each.latitude, each.longitude, each.district, each.locality) for each in places
        ),
        **found,
    )


def _set(values: Sequence[str] | None) -> frozenset[str] | None:
    return frozenset(values) if values else None


def offer_view(
    one: Ranked, row: Any, *, rank: int, places: Sequence[Any], hours: Sequence[Any]
) -> ServiceOfferView:
    """One offer as it is shown."""
    shown = (
        "service_id", "name", "organization_name", "pathways", "minimum_age", "maximum_age",
        "sexes", "residence", "languages", "is_free", "access", "valid_from", "valid_until",
        "assured_on",
    )  # fmt: skip
    far = one.far
    return ServiceOfferView.model_validate(
        {name: getattr(row, name) for name in shown}
        | {
            "why": one.why,
            "unknown": one.unknown,
            "behind": one.behind,
            "rank": rank,
            "distance_km": round(far.km, 1) if far else None,
            "distance_is_rough": far.rough if far else None,
            "places": places,
            "hours": hours,
            "maximum_places": row.maximum,
            "free_places": None if row.maximum is None else row.maximum - row.held,
            "stale": one.offered.is_stale,
        }
    )
