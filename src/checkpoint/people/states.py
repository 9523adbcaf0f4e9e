"""What happens to a person's record. Pure."""

from enum import StrEnum


class PersonEvent(StrEnum):
    """The room's events."""

    REGISTERED = "person.registered"
