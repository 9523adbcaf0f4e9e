"""Rows into views, and reasons into words."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from checkpoint.navigators.caseload import LABELS, Suggestion
from checkpoint.navigators.rules import Placed
from checkpoint.navigators.schemas import (
    AssignmentView,
    CaseNavigatorView,
    CoverView,
    OfferView,
    PlannedView,
    SuggestionView,
)

SHOWN = AssignmentView.model_fields.keys() - {"navigator"}
OFFERED = OfferView.model_fields.keys()


def suggestion_view(found: Suggestion) -> SuggestionView:
    """A navigator for a case: ranked, or why not."""
    each, words = found.candidate, [LABELS[it] for it in found.blocks or found.merits]
    return SuggestionView(
        navigator_id=each.id,
        name=each.name,
        provider=each.provider,
        rank=found.rank,
        load=each.load,
        capacity=each.capacity,
        why_not=[*found.blocks],
        merits=[*found.merits],
        reasons=[*words, f"{each.load} of {each.capacity} cases"],
    )


def assignment_view(row: Any) -> AssignmentView:
    """Whose case it was, from when until when."""
    return AssignmentView(**{name: getattr(row, name) for name in SHOWN}, navigator=row.name)


def offer_view(row: Any) -> OfferView:
    """An offer, with where it stands."""
    return OfferView(**{name: getattr(row, name) for name in OFFERED})


def case_view(
    record_id: UUID,
    history: Sequence[Any],
    standing: Any | None,
    offers: Sequence[Any],
    coverer: Any,
) -> CaseNavigatorView:
    """Whose case it is, who covers it, what was offered, and whose it was."""
    told = [assignment_view(row) for row in history]
    cover = None
    if standing is not None and coverer is not None:
        cover = CoverView(
            navigator_id=coverer.id,
            navigator=coverer.name,
            covers_from=standing.covers_from,
            until=standing.until,
        )
    return CaseNavigatorView(
        custody_record_id=record_id,
        assignment=told[0] if standing is not None else None,
        cover=cover,
        offers=[offer_view(row) for row in offers],
        history=told,
    )


def planned_view(row: Any, placed: Placed) -> PlannedView:
    """Where one case of a caseload goes."""
    to = placed.candidate
    return PlannedView(
        custody_record_id=row.custody_record_id,
        reference=row.reference,
        suite=row.suite,
        since=row.assigned_at,
        navigator_id=to.id if to else None,
        navigator=to.name if to else None,
        provider=to.provider if to else None,
        holds=placed.holds,
        why_not=[*placed.blocks],
        beyond_capacity=placed.override is not None,
    )
