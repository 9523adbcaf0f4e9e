"""Data cuts that were read into views; no session."""

from collections.abc import Iterable
from typing import Any

from checkpoint.outcomes.cuts.schemas import ChangesView, CutView, HorizonView
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
    )
