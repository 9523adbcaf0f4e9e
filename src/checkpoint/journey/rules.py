"""Which decisions rested on what was put right later. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from checkpoint.eligibility.facts import FACTS

MOVED = "person_id"
# The particulars of a person from which some fact of a decision comes.
RESTED_ON = frozenset(
    fact.given_as.removeprefix("person.")
    for fact in FACTS.values()
    if fact.given_as.startswith("person.")
)


def relied(correction: Any, corrections: Sequence[Any], decisions: Sequence[Any]) -> list[Any]:
    """The decisions that were taken while what was put right still stood, and rested on it.

    Args:
        correction: what was put right.
        corrections: all of the same people and records, in the order of their ids.
        decisions: all that may be meant, each with ``custody_record_id`` and with the
            ``person_id`` of its record now.

    Returns:
        Those between the last correction of the same thing and this one. Ids tell the order: they
        are made in the order of time, and whoever corrects or decides holds the record.
    """
    earlier = [
        other.id for other in corrections if _same(other, correction) and other.id < correction.id
    ]
    since = max(earlier, default=UUID(int=0))
    taken = [one for one in decisions if since < one.id < correction.id]
    if correction.field == MOVED:
        return [one for one in taken if one.custody_record_id == correction.custody_record_id]
    if correction.field not in RESTED_ON:
        return []
    return [one for one in taken if _person_then(one, corrections) == correction.person_id]


def _same(one: Any, other: Any) -> bool:
    """Whether two corrections are about the same thing: a person's field, or a record's person."""
    if one.field != other.field:
        return False
    if one.field == MOVED:
        return bool(one.custody_record_id == other.custody_record_id)
    return bool(one.person_id == other.person_id)


def _person_then(decision: Any, corrections: Sequence[Any]) -> UUID:
    """Whom the record was about when it was decided: whoever the next move took it from."""
    moves: Iterator[UUID] = (
        move.person_id
        for move in corrections
        if move.field == MOVED
        and move.custody_record_id == decision.custody_record_id
        and move.id > decision.id
    )
    present: UUID = decision.person_id
    return next(moves, present)
