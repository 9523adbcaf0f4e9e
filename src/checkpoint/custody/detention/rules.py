"""What cannot have happened in a detention. Pure; each refusal names field, rule and remedy."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from checkpoint.custody.detention.clock import LIMITS, Stays, beyond_power
from checkpoint.custody.detention.spans import Span
from checkpoint.custody.detention.states import Authority, EntryKind
from checkpoint.custody.movements.rules import check_past
from checkpoint.custody.rules import NEVER_NEEDED, check_space
from checkpoint.foundation.errors import RuleBroken


def check_times(
    held: Stays, *, relevant_time: datetime | None, authorised_at: datetime | None, now: datetime
) -> None:
    """Arrest, relevant time, arrival, authorisation, now.

    Args:
        held: when the person was held.
        relevant_time: from the earliest it can be to the arrival; None is not said.
        authorised_at: from the last arrival on; None is not said.
        now: the present.

    Raises:
        RuleBroken: in-the-future, relevant-time-range or authorised-before-arrival.
    """
    check_past(authorised_at, now=now, field="#/authorised_at")
    if relevant_time is not None and not held.earliest <= relevant_time <= held.arrived_at:
        raise RuleBroken(
            "#/relevant_time",
            "relevant-time-range",
            "The relevant time lies between the arrest and the arrival at this suite: it is the "
            "arrival at the first police station.",
        )
    if authorised_at is not None and authorised_at < held.period_began:
        raise RuleBroken(
            "#/authorised_at",
            "authorised-before-arrival",
            "This lies before the arrival, and detention is authorised after it: check day and offset.",
        )


def check_held(held: Stays, moment: datetime, *, now: datetime, field: str) -> None:
    """It happened while the person was held here.

    Args:
        held: when the person was held.
        moment: an instant.
        now: the present.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: in-the-future or not-detained-then.
    """
    check_past(moment, now=now, field=field)
    if not held.holds(moment):
        raise RuleBroken(
            field,
            "not-detained-then",
            "The person was not held at this time: check day and offset.",
        )


def check_extension(
    held: Stays,
    entries: Sequence[Any],
    *,
    authority: Authority,
    granted_at: datetime,
    until: datetime,
) -> None:
    """An extension ends later than it is granted, and within the power of whoever grants it.

    Args:
        held: when the person was held.
        entries: those that stand on the record.
        authority: who grants it.
        granted_at: the instant of it.
        until: when detention ends with it.

    Raises:
        RuleBroken: dates-in-order or beyond-power.

    Source:
        PACE 1984 ss.42 to 44, by the limits of the clock.
    """
    if until <= granted_at:
        raise RuleBroken("#/until", "dates-in-order", "This lies before the extension was granted.")
    if beyond_power(held, entries, authority, until):
        hours = LIMITS[authority].total_seconds() / 3600
        raise RuleBroken(
            "#/until",
            "beyond-power",
            f"A {authority.replace('_', ' ')} may allow {hours:.0f} hours of detention in all.",
        )


def check_pause(held: Stays, entries: Sequence[Any], pause: Span, *, now: datetime) -> None:
    """A pause lies in the detention and touches no other.

    Args:
        held: when the person was held.
        entries: those that stand on the record, but for what the pause replaces.
        pause: its end is None while it lasts.
        now: the present.

    Raises:
        RuleBroken: in-the-future, not-detained-then, dates-in-order or pauses-overlap.
    """
    check_held(held, pause.began, now=now, field="#/paused_at")
    check_past(pause.ended, now=now, field="#/resumed_at")
    if pause.ended is not None and pause.ended <= pause.began:
        raise RuleBroken("#/resumed_at", "dates-in-order", "This lies before the clock stopped.")
    for entry in entries:
        if entry.kind == EntryKind.PAUSED and _overlap(pause, entry):
            raise RuleBroken(
                "#/paused_at",
                "pauses-overlap",
                "The clock stood still then already: send `replaces` with that entry's id to put "
                "it right or to end it.",
            )


def _overlap(pause: Span, other: Any) -> bool:
    begins_before_other_ends = other.until_at is None or pause.began < other.until_at
    other_begins_before_end = pause.ended is None or other.happened_at < pause.ended
    return begins_before_other_ends and other_begins_before_end


def check_once(
    entries: Sequence[Any], *, kind: EntryKind, moment: datetime, field: str, code: str
) -> None:
    """It is not entered twice.

    Args:
        entries: those that stand on the record, but for what is put right.
        kind: what is to be entered.
        moment: the instant of it.
        field: the JSON pointer of what was sent.
        code: which rule a second one breaks.

    Raises:
        RuleBroken: one of that kind and instant stands already.
    """
    if any(entry.kind == kind and entry.happened_at == moment for entry in entries):
        raise RuleBroken(
            field,
            code,
            "This is on record already: check the time, or send `replaces` with that entry's id to "
            "put it right.",
        )


WHILE_HELD = (
    EntryKind.REVIEWED,
    EntryKind.REVIEW_POSTPONED,
    EntryKind.EXTENDED,
    EntryKind.PAUSED,
)


def check_nothing_later(entries: Sequence[Any], released_at: datetime) -> None:
    """Nobody is reviewed, kept for longer or taken to hospital from here after their release.

    Args:
        entries: those that stand on the record.
        released_at: an instant.

    Raises:
        RuleBroken: released-before-entry.
    """
    if any(entry.kind in WHILE_HELD and entry.happened_at > released_at for entry in entries):
        raise RuleBroken(
            "#/released_at",
            "released-before-entry",
            "A review, an extension or a pause is on record for a later time: check this one, or "
            "put that entry right first.",
        )


def check_not_held(entries: Sequence[Any], arrived_at: datetime) -> None:
    """Nobody was reviewed, or kept for longer, in a stay that never was.

    Args:
        entries: those that stand on the record.
        arrived_at: when the stay began that is to be withdrawn.

    Raises:
        RuleBroken: entries-in-stay.
    """
    if any(entry.kind in WHILE_HELD and entry.happened_at >= arrived_at for entry in entries):
        raise RuleBroken(
            "#/number",
            "entries-in-stay",
            "A review, an extension or a pause is on record for this stay: put its time right "
            "first, or leave the return as it is.",
        )


# What one record takes of each, with what was put right; see ``custody.rules.check_space``.
MOST_ENTRIES = 200


def check_entries(entered: Sequence[Any], *, kinds: Collection[EntryKind], what: str) -> None:
    """One more may be entered.

    Args:
        entered: everything the clock heard of, also what was put right.
        kinds: which kinds are counted together.
        what: what they are called, in the plural.

    Raises:
        RecordFull: that many were entered already.
    """
    held = len([entry for entry in entered if entry.kind in kinds])
    check_space(held, most=MOST_ENTRIES, what=what, remedy=NEVER_NEEDED)


def check_replaces(
    replaced: UUID | None, entries: Sequence[Any], *, kinds: Collection[EntryKind]
) -> None:
    """What is put right stands on this record now, and is of the same kind.

    Args:
        replaced: the id of an entry; None replaces nothing.
        entries: those that stand on the record.
        kinds: which kinds it may be of.

    Raises:
        RuleBroken: entry-not-here.
    """
    if replaced is not None and replaced not in {e.id for e in entries if e.kind in kinds}:
        raise RuleBroken(
            "#/replaces",
            "entry-not-here",
            "Name an entry of this kind that stands on this record now, by its id.",
        )
