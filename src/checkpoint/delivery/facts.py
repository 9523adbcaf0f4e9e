"""What is known of how a case came in and what it was given. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from checkpoint.delivery.states import CrossoverState, Given, crossover_state


@dataclass(frozen=True)
class Entry:
    """How a case came to the programme or its trial: one of the two."""

    allocation: Any  # None where it was enrolled
    enrolment: Any  # None where it was allocated

    @property
    def entered_at(self) -> datetime:
        """When it was allocated or enrolled."""
        found = self.allocation
        at: datetime = found.allocated_at if found else self.enrolment.enrolled_at
        return at


@dataclass(frozen=True)
class Delivery:
    """What is on record of what a case was given."""

    start: Any | None
    crossovers: Sequence[Any]
    deviation: Any | None
    disposed: bool

    @property
    def crossover(self) -> CrossoverState:
        """Where it stands with crossing over to the programme."""
        return crossover_state([each.outcome for each in self.crossovers])

    @property
    def events(self) -> set[Given]:
        """The same as ``states.delivered`` asks for it."""
        found = {
            Given.STARTED: self.start is not None,
            Given.DEVIATED: self.deviation is not None,
            Given.DISPOSED: self.disposed,
        }
        return {event for event, happened in found.items() if happened}


@dataclass(frozen=True)
class Permit:
    """That somebody may be started, and what that rests on."""

    entry: Entry
    crossover: Any | None
    programme_consent_id: UUID
    since: datetime
