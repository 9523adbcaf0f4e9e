"""Which decisions rested on what was put right later, how paper says so; what was entered late. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from checkpoint.custody.detention.states import EntryKind
from checkpoint.eligibility.rules import MOVED, RESTED_ON
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import day, london_day
from checkpoint.journey.states import Recipient

# What of a person stands on paper, and how it is called there.
NAMED: Mapping[str, str] = {
    "family_name": "family name",
    "given_names": "given names",
    "date_of_birth": "date of birth",
    "pnc_id": "PNC ID",
}


# Rooms whose doors are open to one arm, or answer by it: what somebody did there tells the arm.
TELLING = (
    "programme-start",
    "crossover",
    "deviation",
    "navigator",
    "contract",
    "appointment",
    "sessions",
    "{record_id}/contacts",
    "{record_id}/warnings",
    "calendars",
)


def shown_by(entries: Iterable[Any]) -> list[UUID]:
    """What the arm can be told of, by whoever reads these entries of the ledger.

    Args:
        entries: with ``door``, ``actor_role`` and ``subject_ids``.

    Returns:
        The ids that entries of telling doors are about, cases and others, each once; and those of
        whatever a navigator did, who reaches no case but those they were given.
    """
    telling = [
        row
        for row in entries
        if row.actor_role == Role.NAVIGATOR or any(word in row.door for word in TELLING)
    ]
    return sorted({each for row in telling for each in row.subject_ids})


def late_entries(record: Any, history: Any) -> list[dict[str, Any]]:
    """What of a detention was entered long after it happened.

    Args:
        record: with ``arrived_at`` and ``opened_at``.
        history: the detention's movements and entries, each with ``entered_late``; a movement that
            was withdrawn is not told.

    Returns:
        Each with what it was, when it happened, when it was entered, and why so late where
        somebody said; the earliest to happen first. The entry that keeps why somebody was booked
        in late is told as the booking itself.
    """
    told = []
    if history.detention.entered_late:
        reason = history.detention.late_reason
        told.append(_late("booked_in", record.arrived_at, record.opened_at, reason))
    for row in history.movements:
        if row.entered_late and row.withdrawn is None:
            at = row.arrived_at or row.left_at
            told.append(_late(row.kind, at, row.recorded_at, row.late_reason))
    told += [
        _late(row.kind, row.happened_at, row.recorded_at, row.late_reason)
        for row in history.entries
        if row.entered_late and row.kind is not EntryKind.ARRIVED
    ]
    return sorted(told, key=lambda one: (one["happened_at"], one["recorded_at"]))


def _late(what: str, happened_at: Any, recorded_at: Any, reason: Any) -> dict[str, Any]:
    return {
        "what": what,
        "happened_at": happened_at,
        "recorded_at": recorded_at,
        "late_reason": reason,
    }


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
    return [one for one in taken if person_then(one, corrections) == correction.person_id]


def relied_on_offence(correction: Any, decisions: Sequence[Any]) -> list[Any]:
    """The decisions that were taken while an alleged offence stood that was put right later.

    Args:
        correction: with the ids of the offence ``before`` and the one ``after``.
        decisions: those of the same record.

    Returns:
        Those whose ids lie between the two: they are made in the order of time, and whoever
        alleges or decides holds the record.
    """
    return [one for one in decisions if correction.before < one.id < correction.after]


def _same(one: Any, other: Any) -> bool:
    """Whether two corrections are about the same thing: a person's field, or a record's person."""
    if one.field != other.field:
        return False
    if one.field == MOVED:
        return bool(one.custody_record_id == other.custody_record_id)
    return bool(one.person_id == other.person_id)


def person_then(decision: Any, corrections: Sequence[Any]) -> UUID:
    """Whom the record was about when it was decided: whoever the next move took it from.

    Args:
        decision: with the ``person_id`` of its record now.
        corrections: all of its record, in the order of their ids.

    Returns:
        A person's id.
    """
    moves: Iterator[UUID] = (
        move.person_id
        for move in corrections
        if move.field == MOVED
        and move.custody_record_id == decision.custody_record_id
        and move.id > decision.id
    )
    present: UUID = decision.person_id
    return next(moves, present)


def taken_otherwise(merge: Any, decisions: Sequence[Any]) -> list[Any]:
    """The decisions that were taken while it was believed otherwise who is one person.

    Args:
        merge: with its id, and with ``parting_id``; None while it stands.
        decisions: of the records of both people.

    Returns:
        Of a merge that stands those taken before it; of one that was parted those taken while it
        stood. Ids tell the order: they are made in the order of time.
    """
    if merge.parting_id is None:
        return [one for one in decisions if one.id < merge.id]
    return [one for one in decisions if merge.id < one.id < merge.parting_id]


def put_right_since(decision: Any, corrections: Sequence[Any]) -> list[Any]:
    """What was put right after a decision of whom it was about, and of whom its record is about.

    Args:
        decision: with the ``person_id`` of its record now.
        corrections: all of its record and of the person it was about, in the order of their ids.

    Returns:
        In that order; whether the decision rested on it or not.
    """
    whom = person_then(decision, corrections)
    later = [one for one in corrections if one.id > decision.id]
    return [one for one in later if _concerns(one, decision, whom)]


def _concerns(correction: Any, decision: Any, whom: UUID) -> bool:
    if correction.field == MOVED:
        return bool(correction.custody_record_id == decision.custody_record_id)
    return bool(correction.person_id == whom)


def told_since(
    decision: Any, corrections: Sequence[Any], *, recipient: Recipient | None
) -> tuple[str, ...]:
    """What was put right after a decision, as its paper tells it: what, and on which day.

    Args:
        decision: with the ``person_id`` of its record now.
        corrections: as for ``put_right_since``.
        recipient: to whom the paper goes; None for the file.

    Returns:
        Sentences without a value in them, the earliest first. Of what does not stand on that
        paper only what the decision rested on.
    """
    whom = person_then(decision, corrections)
    shown = NAMED.keys() - ({"pnc_id"} if recipient else set())
    if recipient is Recipient.PANEL:
        shown &= RESTED_ON
    told = (
        f"On {day(london_day(one.corrected_at))} {_said(one, whom, recipient)}"
        for one in put_right_since(decision, corrections)
        if one.field == MOVED or one.field in shown
    )
    return tuple(dict.fromkeys(told))


def _said(correction: Any, whom: UUID, recipient: Recipient | None) -> str:
    named = recipient is not Recipient.PANEL
    if correction.field == MOVED:
        if correction.after == str(whom):
            return "the record was found to be about the person of this decision after all."
        about = "the person named here" if named else "the person it was then thought to be about"
        return f"the record was found to be about somebody else. This decision was about {about}."
    what = f"the {NAMED[correction.field]} was put right"
    where = ". It is printed here as it was put right" if named else ""
    if correction.field in RESTED_ON:
        return f"{what}{where}; this decision rested on what stood before."
    return f"{what}{where}."
