"""Who hears of an event of a case. Pure."""

from collections.abc import Callable

from checkpoint.access.permissions import Permission
from checkpoint.journey.timeline.states import TOLD

# What of a case opens to navigators, too.
OF_NAVIGATORS = frozenset(
    {"", "/consents", "/contracts", "/needs-assessments", "/referrals", "/sessions"}
)


def hears(event: str, *, holds: Callable[[Permission], bool], knows_arm: bool) -> bool:
    """Whether somebody who may read a case's story hears of an event.

    Args:
        event: a room's own word.
        holds: whether their role holds a permission.
        knows_arm: whether they know what the case was given: they were shown its arm, it has none,
            or they work the case.

    Returns:
        Nothing is heard by omission: an event that is not listed is not told.
    """
    telling = TOLD.get(event)
    if telling is None or (telling.tells_arm and not knows_arm):
        return False
    return any(holds(permission) for permission in telling.permissions)
