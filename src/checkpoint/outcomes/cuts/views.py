"""Data cuts that were read into views; no session."""

from collections.abc import Iterable, Mapping
from typing import Any

from checkpoint.outcomes.cuts.schemas import ChangesView, CutView, HorizonView, TakenCutView
from checkpoint.outcomes.cuts.states import CutPart, Measure, Origin


def cut(trial: str, row: Any) -> CutView:
    """One data cut."""
    return CutView(
        trial=trial,
        number=row.number,
        origin=Origin(row.origin),
        known_until=row.known_until,
        followed_until=row.followed_until,
        measures=[Measure(each) for each in row.measures],
        horizons=[HorizonView(**each) for each in row.horizons],
        conviction_lag_months=row.conviction_lag_months,
        definitions=row.definitions,
        definitions_digest=row.definitions_digest,
        rule_sets=row.rule_sets,
        harm_index=row.harm_index,
        masks=row.masks,
        participants=row.participants,
        events=row.events,
        digest=row.digest,
        software=row.software,
        taken_at=row.taken_at,
    )


def taken(trial: str, row: Any, rows: Iterable[Any]) -> TakenCutView:
    """One that was taken just now, with how it differs from the one before."""
    told = changes(trial, row.number, rows) if row.number > 1 else None
    return TakenCutView(**dict(cut(trial, row)), changes=told)


def changes(trial: str, number: int, rows: Iterable[Any]) -> ChangesView:
    """How a data cut differs from the one before, which has the number before."""
    counted: dict[CutPart, dict[str, int]] = {part: {} for part in CutPart}
    for row in rows:
        counted[row.part][row.field] = row.changed
    return ChangesView(
        trial=trial,
        number=number,
        before=number - 1 or None,
        participants=counted[CutPart.PARTICIPANTS],
        events_added=counted[CutPart.EVENTS_ADDED],
        events_gone=counted[CutPart.EVENTS_GONE],
        in_words=in_words(number, counted),
    )


def in_words(number: int, counted: Mapping[CutPart, Mapping[str, int]]) -> str:
    """How a cut of this number differs from the one before, as a sentence."""
    if number == 1:
        return "The first: nothing was there before."
    told = [
        f"{part.value.replace('_', ' ')}: "
        + ", ".join(f"{count:,} {name}" for name, count in sorted(counted[part].items()))
        for part in CutPart
        if counted[part]
    ]
    if not told:
        return f"Nothing changed since data cut {number - 1}."
    return f"Since data cut {number - 1}: {'; '.join(told)}."
