"""What cannot be of the people around a case. Pure; each refusal names field, rule and remedy."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from checkpoint.custody.movements.rules import check_past
from checkpoint.custody.rules import NEVER_NEEDED, check_space
from checkpoint.foundation.errors import RuleBroken

OF_ADULT = ("reason", "kind", "came_at", "left_at")
OF_INTERPRETER = ("language", "presence", "came_at", "left_at")


def check_safeguards(said: Mapping[str, Any], *, arrived_at: datetime, now: datetime) -> None:
    """Nothing is said of somebody who is not needed, and nobody leaves before they come.

    Args:
        said: the safeguards by name; None is not known.
        arrived_at: the arrival at the suite.
        now: the present.

    Raises:
        RuleBroken: not-needed, in-the-future, came-before-arrival or left-before-coming.
    """
    for who, details in (("appropriate_adult", OF_ADULT), ("interpreter", OF_INTERPRETER)):
        given = [d for d in details if said[f"{who}_{d}"] is not None]
        if given and said[f"{who}_needed"] is False:
            raise RuleBroken(
                f"#/{who}_{given[0]}",
                "not-needed",
                f"Say {who}_needed: true, or leave this out.",
            )
        _check_presence(said, who, arrived_at=arrived_at, now=now)


def _check_presence(
    said: Mapping[str, Any], who: str, *, arrived_at: datetime, now: datetime
) -> None:
    came, left = said[f"{who}_came_at"], said[f"{who}_left_at"]
    check_past(came, now=now, field=f"#/{who}_came_at")
    check_past(left, now=now, field=f"#/{who}_left_at")
    if came is not None and came < arrived_at:
        raise RuleBroken(
            f"#/{who}_came_at", "came-before-arrival", "This lies before the person arrived."
        )
    if left is not None and (came is None or left < came):
        raise RuleBroken(
            f"#/{who}_left_at", "left-before-coming", "This lies before they came: say when."
        )


def check_omission(*, screened: bool) -> None:
    """Whoever was screened, if only in part, was not left out.

    Raises:
        RuleBroken: screened-already.
    """
    if screened:
        raise RuleBroken(
            "#/reason", "screened-already", "A screening was saved: go on with that instead."
        )


# What one record takes, with what was withdrawn; see ``custody.rules.check_space``.
MOST_LINKS = 200


def check_links(entered: int) -> None:
    """One more co-accused may be linked.

    Args:
        entered: how many links the record ever had, 0 or more.

    Raises:
        RecordFull: that many were linked already.
    """
    check_space(entered, most=MOST_LINKS, what="links to co-accused", remedy=NEVER_NEEDED)


def check_link(
    record: Any, other: Any, linked: Sequence[Any], *, same_person: Collection[UUID], field: str
) -> None:
    """Nobody is their own co-accused, and nobody is linked twice.

    Args:
        record: the custody record here, with its id.
        other: the record of somebody else.
        linked: the links that stand on this record, with other_id.
        same_person: every record of people that is one with this record's person.
        field: the JSON pointer of what was sent.

    Raises:
        RuleBroken: same-person or linked-already.
    """
    if other.id == record.id or other.person_id in same_person:
        raise RuleBroken(
            field, "same-person", "This is the same person: name somebody else's case."
        )
    if other.id in {link.other_id for link in linked}:
        raise RuleBroken(field, "linked-already", "This case is linked already.")


def check_withdraws(withdrawn: UUID, linked: Sequence[Any]) -> None:
    """What is withdrawn stands on this record now.

    Args:
        withdrawn: the id of a link.
        linked: the links that stand on this record.

    Raises:
        RuleBroken: link-not-here.
    """
    if withdrawn not in {link.id for link in linked}:
        raise RuleBroken(
            "#/withdraws", "link-not-here", "Name a link that stands on this record now, by its id."
        )
