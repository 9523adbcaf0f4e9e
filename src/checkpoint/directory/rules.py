"""What staff may enter and do, and what is stale. Pure."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from checkpoint.directory.states import (
    AccessWay,
    ChaseOpen,
    ListingInUse,
    ListingKind,
    ListingNotListed,
    ListingOfFeed,
    ListingStands,
    ListingState,
    PlacesHeld,
)
from checkpoint.foundation.errors import RuleBroken

SEXES = frozenset({"female", "male"})
LONGEST_CHAIN = 20
OLDEST, MIDNIGHT = 150, "00:00"
DAY = r"([+-]?([1-9]|[1-4]\d|5[0-3]))?(MO|TU|WE|TH|FR|SA|SU)"
WEEKDAYS = re.compile(rf"^{DAY}( *, *{DAY})*$", re.ASCII | re.IGNORECASE)


def check_own_words(document: Mapping[str, Any]) -> None:
    """What our own keys say is in the agreed form.

    Raises:
        RuleBroken: one is not.
    """
    sexes = document.get("eligible_sexes")
    if sexes is not None and not (isinstance(sexes, list) and SEXES.issuperset(map(str, sexes))):
        raise RuleBroken(
            "#/document/eligible_sexes", "sex-unknown", "Give a list of female, male, or both."
        )
    where = document.get("eligible_residence")
    if where is not None and not (
        isinstance(where, list) and all(isinstance(each, str) for each in where)
    ):
        raise RuleBroken(
            "#/document/eligible_residence",
            "residence-unreadable",
            "Give a list of towns or postcode districts, as Bishop Auckland or DL14.",
        )
    if document.get("access_way", AccessWay.BOTH) not in [*AccessWay]:
        raise RuleBroken(
            "#/document/access_way", "access-unknown", "Choose one of: walk_in, referral, both."
        )
    for name in ("valid_from", "valid_until"):
        if name in document and day_of(document[name]) is None:
            raise RuleBroken(f"#/document/{name}", "day-unreadable", "Write a day as 2026-03-31.")
    first, last = (day_of(document.get(name)) for name in ("valid_from", "valid_until"))
    if first is not None and last is not None and last < first:
        raise RuleBroken(
            "#/document/valid_until", "ends-before-it-begins", "This lies before valid_from."
        )


def check_possible(document: Mapping[str, Any]) -> None:
    """Ages, amounts and weekly hours are such as can be. Imports mend these instead.

    Raises:
        RuleBroken: some are not.

    Source: RFC 5545, 3.3.10 (weekdays); docs/directory.md.
    """
    if found := [*_impossible(document)]:
        found[0].faults[:] = [fault for each in found for fault in each.faults]
        raise found[0]


def _impossible(document: Mapping[str, Any]) -> Iterator[RuleBroken]:
    for name in ("minimum_age", "maximum_age"):
        if not 0 <= document.get(name, 0) <= OLDEST:
            detail = f"Give years from 0 to {OLDEST}."
            yield RuleBroken(f"#/document/{name}", "age-impossible", detail)
    if document.get("minimum_age", 0) > document.get("maximum_age", math.inf):
        detail = "Give minimum_age or more, or leave it out."
        yield RuleBroken("#/document/maximum_age", "ages-crossed", detail)
    for number, cost in enumerate(document.get("cost_options", ())):
        if cost.get("amount", 0) < 0:
            here = f"#/document/cost_options/{number}/amount"
            yield RuleBroken(here, "amount-negative", "Give 0 where it is free, or what it costs.")
    yield from _impossible_hours(document, "#/document")
    for number, place in enumerate(document.get("service_at_locations", ())):
        yield from _impossible_hours(place, f"#/document/service_at_locations/{number}")


def _impossible_hours(holder: Mapping[str, Any], here: str) -> Iterator[RuleBroken]:
    for number, each in enumerate(holder.get("schedules", ())):
        there = f"{here}/schedules/{number}"
        if not WEEKDAYS.match(each.get("byday", "MO")):
            yield RuleBroken(f"{there}/byday", "weekday-unknown", "Write weekdays as MO,TU,WE.")
        opens, closes = (each.get(name, "")[:5] for name in ("opens_at", "closes_at"))
        if opens and closes and closes != MIDNIGHT and closes < opens:
            yield RuleBroken(
                f"{there}/closes_at",
                "closes-before-it-opens",
                "Give a time after opens_at. For hours past midnight enter two schedules: one that "
                "closes at 00:00, and one of the next weekday that opens at 00:00.",
            )


def day_of(value: Any) -> date | None:
    """A day as it stands in a document; None where there is none that can be read."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def check_provider(kind: ListingKind, document: Mapping[str, Any]) -> None:
    """A service has somebody who provides it.

    Args:
        kind: what is entered.
        document: what it says.

    Raises:
        RuleBroken: it is a service and names nobody.

    Source: Open Referral UK 3.0, compliance.
    """
    if kind is ListingKind.SERVICE and "organization_id" not in document:
        raise RuleBroken(
            "#/document/organization_id",
            "provider-missing",
            "Give the id of the organization that provides it; enter that one first.",
        )


def check_named(
    named: Mapping[ListingKind, Iterable[UUID]],
    terms: Iterable[UUID],
    *,
    kinds: Mapping[UUID, ListingKind],
) -> None:
    """What a document names stands in the directory.

    Args:
        named: by kind, the ids that it names.
        terms: the ids of the terms by which it is classified.
        kinds: the kinds of the listings that stand, by id.

    Raises:
        RuleBroken: an id is of nothing that stands, or of another kind.
    """
    wanted = [*named.items(), (ListingKind.TAXONOMY_TERM, terms)]
    for kind, ids in wanted:
        if any(kinds.get(each) is not kind for each in ids):
            raise RuleBroken(
                "#/document",
                f"{kind.value.replace('_', '-')}-unknown",
                f"It names a {kind.value} that does not stand here: enter or restore that first.",
            )


def check_assured(assured_on: date, *, today: date) -> None:
    """Nobody said tomorrow that a listing holds.

    Args:
        assured_on: when somebody said so.
        today: the day.

    Raises:
        RuleBroken: the day is still to come.
    """
    if assured_on > today:
        raise RuleBroken("#/assured_on", "day-to-come", "Give today or an earlier day.")


def check_not_asked(due: Iterable[date], *, today: date) -> None:
    """Nobody is asked twice while they still have time to answer.

    Args:
        due: until when those who were asked and have not answered have time.
        today: the day.

    Raises:
        ChaseOpen: somebody still has time.
    """
    if any(day >= today for day in due):
        raise ChaseOpen("Wait for the answer that is due, or assure the listing.")


def check_places(maximum: int, *, held: int) -> None:
    """What is held stays held.

    Args:
        maximum: how many places are stated.
        held: how many are held.

    Raises:
        PlacesHeld: fewer places are stated than are held.
    """
    if maximum < held:
        raise PlacesHeld(f"{held} places are held: state at least as many, or release some first.")


def check_mapping(valid_from: date, said: Iterable[date], *, today: date) -> None:
    """What a term means begins today or before, and never before what was said last.

    Args:
        valid_from: its first day.
        said: the first days of what was said before of the same.
        today: the day.

    Raises:
        RuleBroken: it begins later, or earlier than the last.
    """
    if valid_from > today:
        raise RuleBroken("#/valid_from", "day-to-come", "Give today or an earlier day.")
    if any(valid_from < day for day in said):
        raise RuleBroken(
            "#/valid_from",
            "earlier-than-last",
            "Give the day of what was said last, or a later one.",
        )


def check_chain(id: UUID, parents: Iterable[UUID]) -> None:
    """A term is not wider than itself.

    Args:
        id: the term's.
        parents: its parent, that one's parent, and so on.

    Raises:
        RuleBroken: it is its own parent in the end, or the chain is too long to be meant.
    """
    for number, parent in enumerate(parents):
        if parent == id or number >= LONGEST_CHAIN:
            raise RuleBroken(
                "#/document/parent_id",
                "term-cycle",
                "Choose a parent that does not stand below this term.",
            )


def check_kept_here(source: str, *, kept: Iterable[str]) -> None:
    """Only what staff enter is changed by staff.

    Args:
        source: whose the listing is.
        kept: the sources whose listings staff keep.

    Raises:
        ListingOfFeed: its source would overwrite what they write.
    """
    if source not in kept:
        raise ListingOfFeed("Ask its source to change it; it comes back with the next import.")


def check_listed(state: ListingState) -> None:
    """What was taken out of the directory is not changed.

    Raises:
        ListingNotListed: it was taken out.
    """
    if state is not ListingState.LISTED:
        raise ListingNotListed("Restore it first.")


def check_withdrawn(state: ListingState) -> None:
    """Only what staff took out is put back by staff.

    Raises:
        ListingStands: it was not taken out, or its feed no longer has it.
    """
    if state is not ListingState.WITHDRAWN:
        raise ListingStands("Only what staff have withdrawn is restored.")


def check_unused(users: int) -> None:
    """What others rest on stays.

    Raises:
        ListingInUse: listings that stand name this one.
    """
    if users:
        raise ListingInUse(f"{users} listings name it: change or withdraw those first.")


def is_stale(assured_on: date | None, *, days: int, on: date) -> bool:
    """Whether nobody has said for too long that a listing holds.

    Args:
        assured_on: when somebody last did; None: never.
        days: after how many days that counts no more.
        on: today.

    Returns:
        True where nobody ever did.
    """
    return assured_on is None or assured_on + timedelta(days=days) < on
