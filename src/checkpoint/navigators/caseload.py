"""Who is next: which navigator takes which case, and why the others do not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from checkpoint.navigators.staff.states import Cleared, Specialism
from checkpoint.navigators.states import (
    HoldsAlready,
    NavigatorAbsent,
    NavigatorConflicted,
    NavigatorFull,
    NavigatorLeft,
    NotCleared,
)


class Block(StrEnum):
    """Why a navigator is not offered for a case; the gravest first."""

    LEFT = "left"
    HOLDS_IT = "holds_it"
    NOT_INDUCTED = "not_inducted"
    INDUCTION_EXPIRED = "induction_expired"
    NOT_VETTED = "not_vetted"
    VETTING_EXPIRED = "vetting_expired"
    ABSENT = "absent"
    CONFLICT = "conflict"
    FULL = "full"


class Merit(StrEnum):
    """What speaks for a navigator; the weightiest first."""

    COVERS_IT = "covers_it"
    BASE_SUITE = "base_suite"
    SPECIALISM = "specialism"
    ROOM = "room"


REFUSALS: Mapping[Block, tuple[type[Exception], str]] = MappingProxyType(
    {
        Block.LEFT: (NavigatorLeft, "Choose another navigator."),
        Block.HOLDS_IT: (HoldsAlready, "Nothing is to be done."),
        Block.NOT_INDUCTED: (NotCleared, "The induction comes first; record it once it was given."),
        Block.INDUCTION_EXPIRED: (
            NotCleared,
            "The induction has expired and is given again first.",
        ),
        Block.NOT_VETTED: (NotCleared, "Vetting comes first; record it once it was given."),
        Block.VETTING_EXPIRED: (NotCleared, "Vetting has expired and is renewed first."),
        Block.ABSENT: (NavigatorAbsent, "Choose another navigator, or wait until they are back."),
        Block.CONFLICT: (NavigatorConflicted, "Choose another navigator."),
        Block.FULL: (
            NavigatorFull,
            "Choose another navigator; a supervisor may go beyond the capacity and say why.",
        ),
    }
)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Block.LEFT: "Works here no longer",
        Block.HOLDS_IT: "Has the case now",
        Block.NOT_INDUCTED: "Has had no induction",
        Block.INDUCTION_EXPIRED: "The induction has expired",
        Block.NOT_VETTED: "Is not vetted",
        Block.VETTING_EXPIRED: "The vetting has expired",
        Block.ABSENT: "Is absent",
        Block.CONFLICT: "Has a conflict of interest",
        Block.FULL: "Has as many cases as they can work",
        Merit.COVERS_IT: "Covers the case now",
        Merit.BASE_SUITE: "Is based at the case's suite",
        Merit.SPECIALISM: "Is able to work with what was asked for",
        Merit.ROOM: "Has room for it",
    }
)
CLEARANCE_BLOCKS: Mapping[Cleared, tuple[Block, Block]] = MappingProxyType(
    {
        Cleared.NEVER: (Block.NOT_INDUCTED, Block.NOT_VETTED),
        Cleared.EXPIRED: (Block.INDUCTION_EXPIRED, Block.VETTING_EXPIRED),
    }
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A navigator as they stand today; the load is the cases they hold and those they cover."""

    id: UUID
    name: str
    provider: str
    suites: frozenset[str]
    capacity: int
    load: int
    specialisms: frozenset[Specialism] = frozenset()
    inducted: Cleared = Cleared.STANDS
    vetted: Cleared = Cleared.STANDS
    absent: bool = False
    left: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case that a navigator is sought for."""

    id: UUID
    suite: str
    wanted: frozenset[Specialism] = frozenset()
    conflicted: frozenset[UUID] = frozenset()
    holder: UUID | None = None
    coverer: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What is to be said of one navigator for one case."""

    candidate: Candidate
    rank: int | None
    blocks: tuple[Block, ...]
    merits: tuple[Merit, ...]


def blocks_of(candidate: Candidate, case: Case) -> tuple[Block, ...]:
    """Why a navigator cannot take a case.

    Args:
        candidate: the navigator.
        case: the case; whoever covers it and takes it over has no more to do than before.

    Returns:
        Every reason, the gravest first; none where they can.
    """
    found = {
        Block.LEFT: candidate.left,
        Block.HOLDS_IT: candidate.id == case.holder,
        Block.ABSENT: candidate.absent,
        Block.CONFLICT: candidate.id in case.conflicted,
        Block.FULL: candidate.load - (candidate.id == case.coverer) >= candidate.capacity,
    }
    for place, cleared in enumerate((candidate.inducted, candidate.vetted)):
        if cleared is not Cleared.STANDS:
            found[CLEARANCE_BLOCKS[cleared][place]] = True
    return tuple(block for block in Block if found.get(block))


def merits_of(candidate: Candidate, case: Case) -> tuple[Merit, ...]:
    """What speaks for a navigator.

    Args:
        candidate: the navigator.
        case: the case.

    Returns:
        Every merit, the weightiest first.
    """
    found = {
        Merit.COVERS_IT: candidate.id == case.coverer,
        Merit.BASE_SUITE: case.suite in candidate.suites,
        Merit.SPECIALISM: bool(case.wanted & candidate.specialisms),
        Merit.ROOM: candidate.load < candidate.capacity,
    }
    return tuple(merit for merit in Merit if found[merit])


def weight(candidate: Candidate, case: Case) -> tuple[object, ...]:
    """Where a navigator stands among those who can take a case; the least comes first.

    Args:
        candidate: the navigator.
        case: the case.

    Returns:
        Whether they cover it, are based there, how much of what was asked for they can do, then how
        full they are, by their share and by their cases; last the id, so that it never depends on
        the order in which they were found.
    """
    return (
        candidate.id != case.coverer,
        case.suite not in candidate.suites,
        -len(case.wanted & candidate.specialisms),
        candidate.load / candidate.capacity,
        candidate.load,
        candidate.id.int,
    )


def suggest(case: Case, candidates: Sequence[Candidate]) -> list[Suggestion]:
    """Who is next for a case, and why the others are not offered.

    Args:
        case: the case.
        candidates: every navigator, in any order.

    Returns:
        Those who can take it, the first ranked 1; after them those who cannot, without a rank.
    """
    told = [(blocks_of(each, case), each) for each in candidates]
    able = sorted((each for blocks, each in told if not blocks), key=lambda c: weight(c, case))
    unable = sorted(
        ((blocks, each) for blocks, each in told if blocks),
        key=lambda pair: (len(pair[0]), weight(pair[1], case)),
    )
    return [
        Suggestion(candidate=each, rank=rank, blocks=(), merits=merits_of(each, case))
        for rank, each in enumerate(able, 1)
    ] + [
        Suggestion(candidate=each, rank=None, blocks=blocks, merits=merits_of(each, case))
        for blocks, each in unable
    ]


def check_may_take(candidate: Candidate, case: Case, *, override: str | None) -> bool:
    """A navigator can take a case.

    Args:
        candidate: the navigator.
        case: the case.
        override: why their capacity is passed, if it may be.

    Returns:
        Whether that goes beyond their capacity.

    Raises:
        NavigatorLeft, HoldsAlready, NotCleared, NavigatorAbsent, NavigatorConflicted,
            NavigatorFull: they cannot; the gravest reason is told.
    """
    blocks = blocks_of(candidate, case)
    for block in blocks:
        if block is Block.FULL and override is not None:
            continue
        kind, remedy = REFUSALS[block]
        raise kind(remedy)
    return Block.FULL in blocks
