"""What a reader is shown of allocations, and what they may do next to have a case come in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation.schemas import AllocationView, AnnotationView, EnrolmentView
from checkpoint.allocation.states import (
    ARM_MEANING,
    EARLIER_CASE,
    LABELS,
    WRONGLY_NAMED,
    AnnotationKind,
)
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep

ROLE = "Your role does not allow this; ask a custody officer."
PLACES = {"allocate": "allocation", "enrol": "enrolment"}


def way_in_step(
    record_id: UUID, way: str, refusals: Iterable[errors.Refusal | None], *, by: Actor
) -> NextStep:
    """The one step by which a case comes in, and everything that stands in its way.

    Args:
        record_id: the case.
        way: ``allocate`` or ``enrol``.
        refusals: what was found, the most telling first; None is no hindrance.
        by: the reader.
    """
    hindrances = [refusal for refusal in refusals if refusal is not None]
    told = " ".join(f"{refusal.title}. {refusal.detail}" for refusal in hindrances)
    why_not = told or None if holds(by.role, Permission.ALLOCATE) else ROLE
    missing = [kind for refusal in hindrances for kind in listed(refusal)]
    return NextStep(
        step=way,
        method="PUT",
        href=f"/v1/custody-records/{record_id}/{PLACES[way]}",
        allowed=why_not is None,
        why_not=why_not,
        missing=[f"consents.{kind}" for kind in missing],
    )


def listed(refusal: errors.Refusal) -> list[str]:
    """The consents that a refusal says are missing."""
    missing = refusal.facts.get("missing")
    return [str(kind) for kind in missing] if isinstance(missing, list) else []


def view(
    found: Any, arm: str, *, record_id: UUID, is_first: bool, is_theirs: bool, seen: bool
) -> AllocationView:
    """An allocation with its arm, as the reader of one case may see it.

    Args:
        found: the allocation.
        arm: what was drawn.
        record_id: the case that is read.
        is_first: whether it stands.
        is_theirs: whether it is of the person this case is about now.
        seen: whether the reader reaches the case that was allocated.
    """
    own = found.custody_record_id == record_id
    meaning = ARM_MEANING.get(arm, ARM_MEANING[None])
    elsewhere = EARLIER_CASE if is_theirs else WRONGLY_NAMED
    return AllocationView(
        id=found.id,
        trial=found.trial,
        kind=found.kind,
        protocol_version=found.protocol_version,
        arm=arm,
        meaning=meaning if own and is_first else elsewhere,
        stratum=found.stratum,
        custody_record_id=found.custody_record_id if seen else None,
        for_this_case=own,
        stands=is_first,
        eligibility_decision_id=found.eligibility_decision_id if seen else None,
        allocated_at=found.allocated_at,
    )


def enrolment_view(found: Any) -> EnrolmentView:
    return EnrolmentView.model_validate(found)


def annotation_view(found: Any) -> AnnotationView:
    return AnnotationView(
        id=found.id,
        kind=found.kind,
        label=LABELS[AnnotationKind(found.kind)],
        words=found.words,
        noted_at=found.noted_at,
        noted_by=found.noted_by,
    )
