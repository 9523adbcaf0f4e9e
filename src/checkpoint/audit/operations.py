"""What the law wants to see logged: the six operations of DPA 2018 s.62(1). Pure."""

from enum import StrEnum


class Operation(StrEnum):
    """The six, in the words of the Act."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"


class AuditEvent(StrEnum):
    """What the ledger tells of requests, readings and sweeps that no room has a word for."""

    REFUSED = "request.refused"
    REPLAYED = "request.replayed"
    CONFLICT_SHOWN = "request.conflict_shown"
    READ = "ledger.read"
    NEXT_STEPS_READ = "journey.next_steps_read"
    ANSWERS_REMOVED = "housekeeping.answers_removed"
    CORRECTIONS_READ = "journey.corrections_read"


# What a refused request had set out to do.
ATTEMPTED = {
    "GET": Operation.CONSULTATION,
    "HEAD": Operation.CONSULTATION,
    "OPTIONS": Operation.CONSULTATION,
    "POST": Operation.COLLECTION,
    "DELETE": Operation.ERASURE,
}


def attempted(method: str) -> Operation:
    """Which operation a request with this method would have been; alteration unless listed."""
    return ATTEMPTED.get(method, Operation.ALTERATION)
