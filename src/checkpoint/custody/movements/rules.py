"""Comings and goings that cannot be. Pure; each refusal names field, rule and remedy."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from checkpoint.custody.movements.states import BailChange, MovementKind, ReturnReason
from checkpoint.custody.rules import NEVER_NEEDED, SKEW, check_space
from checkpoint.foundation.errors import Conflict, RuleBroken


class PersonDetainedAlready(Conflict):
    slug = "person-detained-already"
    title = "This person is detained already, by another record"


def check_one_place(others: Sequence[Any], *, suites: Collection[str]) -> None:
    """Nobody is detained by two records where whoever asks can put that right.

    A record of another suite is no reason to refuse: nobody here could record the release that
    was forgotten there. It is remarked upon instead.

    Args:
        others: the person's other records by which they are detained, with id, reference, suite.
        suites: those whose records whoever asks may change.

    Raises:
        PersonDetainedAlready: one of the others is in one of the suites; names it and the remedy.
    """
    for other in others:
        if other.suite in suites:
            raise PersonDetainedAlready(
                "Go on with that record: what else is alleged goes on it. If they have left, "
                "record their release or transfer there first, with late_reason if it is late, and "
                "send this again.",
                custody_record_id=str(other.id),
                reference=other.reference,
            )


def check_past(moment: datetime | None, *, now: datetime, field: str) -> None:
    """It has happened.

    Args:
        moment: an instant; None says nothing.
        now: the present; five minutes ahead of it are forgiven.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: in-the-future.
    """
    if moment is not None and moment > now + SKEW:
        raise RuleBroken(field, "in-the-future", "This time has not come yet.")


def check_leaving(left_at: datetime, *, since: datetime, now: datetime, field: str) -> None:
    """Nobody leaves before they came, or before the last thing that moved them.

    Args:
        left_at: the instant they left.
        since: their last arrival or release on the record.
        now: the present.
        field: the JSON pointer of what was sent; ``#/released_at`` for a release.

    Raises:
        RuleBroken: in-the-future, released-before-arrival or left-before-arrival.
    """
    check_past(left_at, now=now, field=field)
    if left_at < since:
        raise RuleBroken(
            field,
            "released-before-arrival" if field == "#/released_at" else "left-before-arrival",
            "This lies before their last arrival or release on the record.",
        )


def check_arriving(arrived_at: datetime, *, since: datetime, now: datetime) -> None:
    """Nobody arrives before they left.

    Args:
        arrived_at: the instant they arrived.
        since: when they left, as the record has it.
        now: the present.

    Raises:
        RuleBroken: in-the-future or arrived-before-leaving.
    """
    check_past(arrived_at, now=now, field="#/arrived_at")
    if arrived_at < since:
        raise RuleBroken(
            "#/arrived_at",
            "arrived-before-leaving",
            "This lies before they left, as the record has it.",
        )


def check_bail(bail_return_at: datetime, *, released_at: datetime) -> None:
    """Bail is to a time to come.

    Args:
        bail_return_at: the instant they have to be back.
        released_at: the release.

    Raises:
        RuleBroken: bail-before-release.
    """
    if bail_return_at <= released_at:
        raise RuleBroken(
            "#/bail/return_at", "bail-before-release", "The return lies before the release."
        )


def check_withdrawal(number: int, movements: Sequence[Any]) -> None:
    """Only the last thing that moved somebody is withdrawn: later ones rest on it.

    Args:
        number: the movement's.
        movements: those that stand, in their order.

    Raises:
        RuleBroken: movement-not-here or later-movement-stands.
    """
    if number not in {movement.number for movement in movements}:
        raise RuleBroken(
            "#/number",
            "movement-not-here",
            "Name a movement that stands on this record now; see its detention.",
        )
    if number != movements[-1].number:
        raise RuleBroken(
            "#/number",
            "later-movement-stands",
            "What came later rests on this one: withdraw from the last one backwards, and enter "
            "again what did happen.",
        )


def release_that_stands(movements: Sequence[Any]) -> Any | None:
    """How the person left, if they are not detained.

    Args:
        movements: those that stand, in their order, with kind and return_reason.

    Returns:
        The last release; None where they were never released, or have been detained again since.
    """
    release = None
    for movement in movements:
        if movement.kind == MovementKind.RELEASED:
            release = movement
        elif movement.return_reason != ReturnReason.VOLUNTARY_ATTENDANCE:
            release = None
    return release


class NotOnBail(Conflict):
    slug = "not-on-bail"
    title = "The person is not on bail in this case"


# What one bail takes; see ``custody.rules.check_space``.
MOST_VARIATIONS = 100


# What one record takes, with what was withdrawn.
MOST_MOVEMENTS = 200


def check_movements(entered: Sequence[Any]) -> None:
    """One more coming or going may be entered.

    Args:
        entered: all on the record, also those that were withdrawn.

    Raises:
        RecordFull: that many are there already.
    """
    check_space(len(entered), most=MOST_MOVEMENTS, what="movements", remedy=NEVER_NEEDED)


def bail_that_stands(movements: Sequence[Any]) -> Any:
    """The release on bail that nobody has answered yet.

    Args:
        movements: those that stand, in their order, with kind, return_reason and bail_return_at.

    Raises:
        NotOnBail: the person is detained, or was released in another way.
    """
    release = release_that_stands(movements)
    if release is None or release.bail_return_at is None:
        raise NotOnBail("Bail can be varied after a release on bail, and until it is answered.")
    return release


def varied_since(released_at: datetime, varied: Sequence[Any], *, puts_right: bool) -> datetime:
    """When bail was varied last, before the variation that is to be entered.

    Args:
        released_at: the release.
        varied: the variations so far in their order, each with authorised_at and reason.
        puts_right: whether the last of them was entered wrongly and the new one takes its place.

    Returns:
        The last instant that the new one may not lie before. What was put right counts no more.
    """
    moments = [released_at]
    for number, each in enumerate(varied):
        if number and each.reason == BailChange.ENTERED_WRONGLY:
            moments.pop()
        moments.append(each.authorised_at)
    return moments[-2] if puts_right else moments[-1]


def check_variation(
    present: Any,
    changed: Any,
    *,
    authorised_at: datetime,
    since: datetime,
    now: datetime,
    puts_right: bool = False,
) -> None:
    """Bail is varied after it began, to an end that is still to come then.

    Args:
        present: the bail that counts, with return_at, suite and conditional.
        changed: the same of what is to count.
        authorised_at: when that was authorised.
        since: the release, or when bail was varied last.
        now: the present.
        puts_right: whether it takes the place of one that was entered wrongly; then who
            authorised it may be all that changes.

    Raises:
        RuleBroken: in-the-future, authorised-before-release, bail-before-authorisation or
            nothing-changed.
    """
    check_past(authorised_at, now=now, field="#/authorised_at")
    if authorised_at < since:
        raise RuleBroken(
            "#/authorised_at",
            "authorised-before-release",
            "This lies before the release, or before bail was varied last. Where that was entered "
            "wrongly, send entered_wrongly as the reason.",
        )
    if changed.return_at <= authorised_at:
        raise RuleBroken(
            "#/return_at",
            "bail-before-authorisation",
            "The return lies before this was authorised.",
        )
    if present == changed and not puts_right:
        raise RuleBroken(
            "#/return_at", "nothing-changed", "Bail is to that time and place already."
        )


def suite_at(present: str, movements: Sequence[Any], moment: datetime) -> str:
    """The suite that the record belonged to at ``moment``.

    Args:
        present: its suite now.
        movements: in their order, with from_suite, to_suite and arrived_at.
        moment: any instant after booking in.

    Returns:
        The code of a suite; before the first movement, the one they were booked in at.
    """
    suite = present
    for movement in reversed(movements):
        if movement.to_suite is not None and moment < movement.arrived_at:
            suite = movement.from_suite
    return suite
