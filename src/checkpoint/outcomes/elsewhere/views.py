"""Editions that were read into views; no session."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.outcomes.elsewhere.schemas import EditionView, PartView, TrialElsewhereView
from checkpoint.outcomes.elsewhere.states import EditionOutcome, EditionState, PartKind

STATES = {
    None: EditionState.RECEIVING,
    EditionOutcome.COMPLETED: EditionState.COMPLETED,
    EditionOutcome.ABANDONED: EditionState.ABANDONED,
}


def trial(
    code: str,
    editions: Iterable[Any],
    received: Mapping[UUID, Mapping[PartKind, int]],
    parts: Sequence[Any] = (),
) -> TrialElsewhereView:
    """One trial, its last edition first."""
    return TrialElsewhereView(
        code=code,
        editions=[edition(each, received[each.id]) for each in editions],
        parts=[PartView(kind=each.kind, part=each.number, rows=each.rows) for each in parts],
    )


def edition(row: Any, received: Mapping[PartKind, int]) -> EditionView:
    """One edition; its digest, once it is complete."""
    manifest = Manifest.model_validate(row.manifest)
    return EditionView(
        number=row.number,
        state=STATES[row.outcome],
        title=manifest.title,
        source=manifest.source,
        changed=manifest.change(row.number),
        measures=[*manifest.measures],
        participants=manifest.participants,
        events=manifest.events,
        received=dict(received),
        digest=row.digest,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )
