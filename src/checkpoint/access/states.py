"""What happens to access itself. Pure."""

from enum import StrEnum


class AccessEvent(StrEnum):
    """The room's events."""

    REVOKED = "access.revoked"
