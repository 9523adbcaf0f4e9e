"""What a file is to hold, and what came of building it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from checkpoint.extracts.coarsening import Plan
from checkpoint.extracts.columns import IDENTITY, Column
from checkpoint.extracts.zipping import Packed

Tell = Callable[[str, int, int | None], None]


class TooFew(ValueError):
    """Nobody, or an arm without anybody, would be left in the file."""


class NotPublic(ValueError):
    """A covariate that is declared to identify nobody has as many values as a number of a case."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is to hold.

    ``columns`` come from ``choosing.chosen``; ``earlier`` are the quasi-identifiers of earlier
    releases of the trial with the level that each was told at (the finest, of several). ``outcome``
    is the measure that l, t and the counts of all observed time are of. ``arms`` are the names by mask.
    """

    columns: Sequence[Column]
    arms: Mapping[str, str]
    events: Sequence[Column] = ()
    outcome: str = "arrest"
    earlier: Sequence[tuple[Column, int]] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """What is to be copied out for each person, by the names of the views."""
        sources = [each.source for each in self.columns]
        sources += [each.source for each, _ in self.earlier]
        return tuple(dict.fromkeys((IDENTITY, *sources, f"{self.outcome}_day")))

    @property
    def event_sources(self) -> tuple[str, ...]:
        """What is to be copied out for each event."""
        return (IDENTITY, *(each.source for each in self.events))


@dataclass(frozen=True, slots=True)
class Release:
    """What was built: for the register of releases."""

    label: str
    size: int
    digest: str
    people: int
    events: int
    files: tuple[Packed, ...]
    plan: Plan
    policy: str


def nobody(_stage: str, _done: int, _total: int | None) -> None:
    """Tells nobody how far a build is.

    Args:
        _stage: what it is at.
        _done: rows so far.
        _total: of how many, if known.
    """
