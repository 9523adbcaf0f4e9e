"""Who is told of what is due. Pure."""

from collections.abc import Callable

from checkpoint.access.permissions import Permission
from checkpoint.journey.worklist.states import DUTIES, Kind


def is_told(kind: Kind, *, holds: Callable[[Permission], bool]) -> bool:
    """Whether somebody is told of a kind: they hold one of those that it is told to.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        True if one permission is enough of those that it is told to.
    """
    return any(holds(permission) for permission in DUTIES[kind].told)


def why_not(kind: Kind, *, holds: Callable[[Permission], bool]) -> str | None:
    """Why somebody who is told of it may not go through its door.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        Whom to ask, in plain English; None where they may.
    """
    return None if holds(DUTIES[kind].opens) else "Ask a supervisor: your role may not do this."
