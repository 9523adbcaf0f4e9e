"""What a reader may do next to have a case enrolled or allocated."""

from collections.abc import Iterable
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
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
