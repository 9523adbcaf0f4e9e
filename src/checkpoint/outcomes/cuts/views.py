"""Data cuts that were read into views; no session."""

from collections.abc import Iterable, Mapping
from typing import Any

from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import SMALLEST, rests_on_few
from checkpoint.outcomes.cuts.schemas import (
    ChangesView,
    CutView,
    HorizonView,
    PrimaryView,
    TakenCutView,
)
from checkpoint.outcomes.cuts.states import CutPart, Measure, Origin
from checkpoint.outcomes.cuts.values import primary_of

FEWER = f"fewer than {SMALLEST}"


def of_people(count: int, role: Role) -> int | None:
    """How many people a reader is told of.

    Args:
        count: 0 or more.
        role: the reader's.

    Returns:
        None where there are 1 to 9, unless the reader is of the trial's office.
    """
    return None if rests_on_few([count], role) else count


def cut(trial: str, row: Any, role: Role) -> CutView:
    """One data cut, as this role is told of it."""
    primary = primary_of(row)
    return CutView(
        trial=trial,
        number=row.number,
        origin=Origin(row.origin),
        known_until=row.known_until,
        followed_until=row.followed_until,
        measures=[Measure(each) for each in row.measures],
        horizons=[HorizonView(**each) for each in row.horizons],
        primary=primary and PrimaryView(measure=primary.measure, horizon=primary.horizon),
        conviction_lag_months=row.conviction_lag_months,
        definitions=row.definitions,
        definitions_digest=row.definitions_digest,
        rule_sets=row.rule_sets,
        harm_index=row.harm_index,
        masks=row.masks,
        participants=of_people(row.participants, role),
        events=of_people(row.events, role),
        digest=row.digest,
        software=row.software,
        taken_at=row.taken_at,
    )


def taken(trial: str, row: Any, rows: Iterable[Any], role: Role) -> TakenCutView:
    """One that was taken just now, with how it differs from the one before."""
    told = changes(trial, row.number, rows, role) if row.number > 1 else None
    return TakenCutView(**dict(cut(trial, row, role)), changes=told)


def changes(trial: str, number: int, rows: Iterable[Any], role: Role) -> ChangesView:
    """How a data cut differs from the one before, which has the number before."""
    counted: dict[CutPart, dict[str, int | None]] = {part: {} for part in CutPart}
    for row in rows:
        counted[row.part][row.field] = of_people(row.changed, role)
    return ChangesView(
        trial=trial,
        number=number,
        before=number - 1 or None,
        participants=counted[CutPart.PARTICIPANTS],
        events_added=counted[CutPart.EVENTS_ADDED],
        events_gone=counted[CutPart.EVENTS_GONE],
        in_words=in_words(number, counted),
    )


def in_words(number: int, counted: Mapping[CutPart, Mapping[str, int | None]]) -> str:
    """How a cut of this number differs from the one before, as a sentence."""
    if number == 1:
        return "The first: nothing was there before."
    told = [
        f"{part.value.replace('_', ' ')}: "
        + ", ".join(
            f"{FEWER if count is None else f'{count:,}'} {name}"
            for name, count in sorted(counted[part].items())
        )
        for part in CutPart
        if counted[part]
    ]
    if not told:
        return f"Nothing changed since data cut {number - 1}."
    return f"Since data cut {number - 1}: {'; '.join(told)}."
