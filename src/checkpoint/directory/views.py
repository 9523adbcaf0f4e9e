"""Rows of the directory into views and into what is published; no session."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid5

from checkpoint.directory.meanings import folded
from checkpoint.directory.rules import is_stale
from checkpoint.directory.schemas import (
    CapacityView,
    ChaseView,
    ListingLineView,
    ListingView,
    StaleLineView,
)
from checkpoint.directory.states import ListingKind, ListingState
from checkpoint.foundation.schemas import utc_text
from checkpoint.needs.states import Pathway

# What every place that we count is counted in; its id is ours for ever.
PLACE_UNIT = {"id": "5c6f4e3a-52a5-5d0f-9e5b-6a2f3c1f7b10", "name": "place"}


def capacity_of(row: Any | None, document: Mapping[str, Any]) -> dict[str, Any]:
    """How many places are free, as HSDS 3.1 says it; nothing where it is not stated.

    What the document says of places itself comes after it.
    """
    if row is None:
        return {}
    own: dict[str, Any] = {
        "id": str(uuid5(row.service_id, "places")),
        "unit": dict(PLACE_UNIT),
        "available": row.maximum - row.held,
        "maximum": row.maximum,
        "updated": utc_text(row.updated_at),
    }
    if row.description:
        own["description"] = row.description
    others = [each for each in document.get("capacities", ()) if each["id"] != own["id"]]
    return {"capacities": [own, *others]}


def crosswalk_on(rows: Iterable[Any], on: date) -> dict[str, frozenset[Pathway]]:
    """What other taxonomies' terms mean on a day: by folded name, the pathways.

    Args:
        rows: all that was said, in order of term, pathway and number.
        on: the day.
    """
    holds: dict[tuple[str, Pathway], bool] = {}
    for row in rows:
        if row.valid_from <= on:
            holds[folded(row.term), Pathway(row.pathway)] = row.holds
    found: dict[str, frozenset[Pathway]] = {}
    for (term, pathway), held in holds.items():
        if held:
            found[term] = found.get(term, frozenset()) | {pathway}
    return found


def line_of(row: Any, *, days: int, on: date) -> ListingLineView:
    """One listing in a list.

    Args:
        row: the listing.
        days: after how many days nobody's word that it holds counts any more.
        on: today.
    """
    return ListingLineView(**_line(row, days=days, on=on))


def _line(row: Any, *, days: int, on: date) -> dict[str, Any]:
    names = (
        "id", "kind", "source", "external_id", "state", "version", "assured_on", "last_modified",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "name": name_of(row.document),
        "stale": has_to_be_assured(row) and is_stale(row.assured_on, days=days, on=on),
    }


def name_of(document: Mapping[str, Any]) -> str:
    """What people call a listing; a location need not have a name, but has an address or an id."""
    addresses = document.get("addresses") or [{}]
    return str(document.get("name") or addresses[0].get("address_1") or document["id"])


def has_to_be_assured(row: Any) -> bool:
    """Whether somebody has to say from time to time that a listing holds: services that stand."""
    return bool(row.kind == ListingKind.SERVICE and row.state == ListingState.LISTED)


def view_of(
    row: Any, *, capacity: Any | None, chases: Sequence[Any], days: int, on: date
) -> ListingView:
    """One listing, whole."""
    return ListingView(
        **_line(row, days=days, on=on),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        modified_offset_known=row.modified_offset_known,
        document=row.document,
        capacity=places_of(capacity),
        chases=[ChaseView.model_validate(each) for each in chases],
    )


def places_of(row: Any | None) -> CapacityView | None:
    """How many places a service has; None where nobody stated it."""
    if row is None:
        return None
    names = ("maximum", "held", "description", "updated_at", "version")
    values = {name: getattr(row, name) for name in names}
    return CapacityView(**values, free=row.maximum - row.held)


def stale_line_of(row: Any, *, days: int, on: date) -> StaleLineView:
    """A stale listing, and the last time somebody was asked about it."""
    overdue = row.due_on is not None and row.due_on < on
    return StaleLineView(
        **_line(row, days=days, on=on), asked_at=row.asked_at, due_on=row.due_on, overdue=overdue
    )
