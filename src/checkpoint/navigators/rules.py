"""Where a whole caseload goes, and how long a cover may last. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from checkpoint.foundation.errors import RuleBroken
from checkpoint.navigators.caseload import Block, Candidate, Case, blocks_of, suggest
from checkpoint.navigators.staff.states import Cleared
from checkpoint.navigators.states import (
    NavigatorAbsent,
    NavigatorLeft,
    NotCleared,
    NotPlaceable,
    OfferKind,
)

LONGEST_COVER = timedelta(days=92)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Who shall have a case, and in what words beyond their capacity, if it is."""

    navigator_id: UUID
    override: str | None = None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where one case of a caseload goes; to nobody where the blocks of all are against it."""

    case: Case
    candidate: Candidate | None
    blocks: tuple[Block, ...] = ()
    override: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it can go there."""
        return self.candidate is not None and not self.blocks


def place(
    cases: Sequence[Case],
    candidates: Sequence[Candidate],
    mapping: Mapping[UUID, Choice] | None = None,
) -> list[Placed]:
    """Where every case of a caseload goes, each placement counting for those after it.

    Args:
        cases: in the order in which they are placed.
        candidates: every navigator, in any order.
        mapping: who shall have which case, by its id, for all of them; None lets the first who is
            suggested have it.

    Returns:
        One for each case, in their order.
    """
    standing = {each.id: each for each in candidates}
    plan = []
    for case in cases:
        chosen = _chosen(case, standing, mapping)
        plan.append(chosen)
        if case.coverer in standing:  # their cover ends with the assignment
            _add(standing, case.coverer, -1)
        if chosen.candidate is not None:
            _add(standing, chosen.candidate.id, 1)
    return plan


def _chosen(
    case: Case, standing: Mapping[UUID, Candidate], mapping: Mapping[UUID, Choice] | None
) -> Placed:
    if mapping is None:
        found = suggest(case, [*standing.values()])
        if found and found[0].rank is not None:
            return Placed(case=case, candidate=found[0].candidate)
        against = {block for each in found for block in each.blocks}
        return Placed(case=case, candidate=None, blocks=tuple(b for b in Block if b in against))
    choice = mapping[case.id]
    candidate = standing.get(choice.navigator_id)
    if candidate is None:
        return Placed(case=case, candidate=None, blocks=(Block.LEFT,))
    blocks = blocks_of(candidate, case)
    beyond = Block.FULL in blocks and choice.override is not None
    return Placed(
        case=case,
        candidate=candidate,
        blocks=tuple(each for each in blocks if not (beyond and each is Block.FULL)),
        override=choice.override if beyond else None,
    )


def _add(standing: dict[UUID, Candidate], id: UUID, cases: int) -> None:
    standing[id] = replace(standing[id], load=standing[id].load + cases)


def tag_of(plan: Sequence[Placed], covers: Sequence[UUID]) -> str:
    """What tells one plan from another: which case goes to whom, and what else ends.

    Args:
        plan: where every case goes.
        covers: the covers that end with it.

    Returns:
        How many cases, and a digest; in the form of an entity tag.
    """
    lines = [
        f"{each.case.id} {each.candidate.id if each.candidate else '-'} "
        f"{','.join(each.blocks)} {each.override or ''}"
        for each in plan
    ]
    whole = "\n".join([*lines, *sorted(str(cover) for cover in covers)])
    return f"{len(plan)}-{hashlib.sha256(whole.encode()).hexdigest()[:30]}"


def check_whole(given: Sequence[UUID], *, held: Sequence[UUID]) -> None:
    """A mapping names every case of a caseload once, and no other.

    Args:
        given: the cases it names, in its order.
        held: those of the caseload.

    Raises:
        RuleBroken: case-not-theirs, case-twice or case-left-out.
    """
    for number, case in enumerate(given):
        pointer = f"#/mapping/{number}/custody_record_id"
        if case not in held:
            raise RuleBroken(pointer, "case-not-theirs", "Name a case that this navigator holds.")
        if case in given[:number]:
            raise RuleBroken(pointer, "case-twice", "Name each case once.")
    if len(given) < len(held):
        raise RuleBroken(
            "#/mapping", "case-left-out", "Name every case they hold, or send no mapping."
        )


def check_placed(plan: Sequence[Placed]) -> None:
    """Every case of a caseload goes somewhere, or none does.

    Args:
        plan: where each goes.

    Raises:
        NotPlaceable: at least one goes nowhere; says how many.
    """
    left = sum(not each.holds for each in plan)
    if left:
        raise NotPlaceable(
            "Nothing was changed. Ask for the plan: it says which cases and why; send a mapping "
            "that names somebody else for them, or goes beyond a capacity and says why.",
            cases=left,
        )


def check_cover(kind: OfferKind, last_day: date | None, *, today: date) -> None:
    """A cover has a last day, and nothing else has.

    Args:
        kind: what is offered.
        last_day: the cover's last day.
        today: in England.

    Raises:
        RuleBroken: no-last-day, last-day-passed, too-long or not-a-cover.
    """
    field = "#/cover_last_day"
    if kind is OfferKind.HAND_OVER:
        if last_day is not None:
            raise RuleBroken(field, "not-a-cover", "Only a cover has a last day.")
        return
    if last_day is None:
        raise RuleBroken(field, "no-last-day", "A cover ends by itself: name its last day.")
    if last_day < today:
        raise RuleBroken(field, "last-day-passed", "This day is over.")
    if last_day - today > LONGEST_COVER:
        raise RuleBroken(field, "too-long", "Three months are the longest; hand the case over.")


SOONER = "Name a sooner last day, or another navigator."


def check_there(
    until: date,
    *,
    today: date,
    left: bool,
    cleared: Iterable[Cleared],
    away: Iterable[tuple[date, date | None]],
) -> None:
    """Who is to cover a case is at work through the cover's last day, as far as is on record.

    Args:
        until: the cover's last day.
        today: in England.
        left: whether their last day at work is over by then.
        cleared: how their induction and their vetting stand on that day.
        away: the days of their absences that stand; without an end while nobody knows.

    Raises:
        NavigatorLeft, NotCleared, NavigatorAbsent: the case would be nobody's for a time.
    """
    if left:
        raise NavigatorLeft(f"Their last day comes before the cover's. {SOONER}")
    if any(each is not Cleared.STANDS for each in cleared):
        raise NotCleared(f"It ends before the cover does. {SOONER}")
    if any(begins <= until and (ends is None or ends >= today) for begins, ends in away):
        raise NavigatorAbsent(f"They are away on some of these days. {SOONER}")
