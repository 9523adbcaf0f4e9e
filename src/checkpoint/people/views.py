"""Whoever was found, and what is shown of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checkpoint.people.matching import Match
from checkpoint.people.schemas import FoundView, PersonView


@dataclass(frozen=True)
class Found:
    """Somebody on record, and how alike they are to who is sought."""

    person: Any
    match: Match
    found_as: tuple[Any, ...] = ()

    @property
    def subjects(self) -> list[UUID]:
        """Whom this tells of, for the ledger."""
        return [self.person.id, *(other.id for other in self.found_as)]

    def view(self) -> FoundView:
        return FoundView(
            score=self.match.score,
            reasons=[*self.match.reasons],
            person=PersonView.model_validate(self.person),
            found_as=[PersonView.model_validate(other) for other in self.found_as],
        )
