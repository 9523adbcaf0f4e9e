"""Which arm stands where, who belongs to a population, and what an evaluator is not shown. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation.states import ArmsToldBySize, Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, is_small, rests_on_few

# Sums of people by the group that one population has them in, and by that of another.
Moves = Mapping[tuple[str | None, str | None], Sequence[int]]


@dataclass(frozen=True)
class Arm:
    """An arm behind its mask; its name only once the trial is unblinded."""

    mask: str
    name: str | None

    @property
    def label(self) -> str:
        """Its name, else its mask."""
        return self.name or self.mask


def arms_of(masks: Sequence[str], names: Mapping[str, str] | None, control: str) -> list[Arm]:
    """A trial's arms, the one first that the others are compared with.

    Args:
        masks: the arms' letters, in order.
        names: letters by arm; None while the trial is masked.
        control: which arm the others are compared with, once its letter may be told.

    Returns:
        By letter; unblinded, the control first.
    """
    if names is None:
        return [Arm(mask, None) for mask in masks]
    behind = {mask: name for name, mask in names.items()}
    arms = [Arm(mask, behind.get(mask)) for mask in masks]
    return sorted(arms, key=lambda arm: (arm.name != control, arm.mask))


def check_sizes(arms: Mapping[str, int], *, unblinded: bool) -> None:
    """How many people a letter has tells nothing of its arm.

    Args:
        arms: parts of the ratio by arm, which anybody may read.
        unblinded: whether two people unblinded the whole trial.

    Raises:
        ArmsToldBySize: the trial is masked, and its arms have different parts.
    """
    if not unblinded and len({*arms.values()}) > 1:
        raise ArmsToldBySize(
            "Its ratio is not even. Have two people unblind the whole trial first."
        )


def group_of(population: Population, row: Any) -> str | None:
    """The letter that somebody is counted under.

    Args:
        population: who is compared with whom.
        row: has ``mask``, ``delivered_mask`` and ``per_protocol``.

    Returns:
        A letter; None: not in this population.
    """
    if population is Population.AS_DELIVERED:
        return None if row.delivered_mask is None else str(row.delivered_mask)
    if population is Population.PER_PROTOCOL and not row.per_protocol:
        return None
    return str(row.mask)


def folded(
    rows: Iterable[Any], population: Population, columns: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Sums by letter for one population.

    Args:
        rows: each has the three columns of ``group_of`` and those to be summed.
        population: who is compared with whom.
        columns: names of what is summed.

    Returns:
        Sums by column, by letter.
    """
    named = [*columns]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        group = group_of(population, row)
        if group is not None:
            sums = found.setdefault(group, dict.fromkeys(named, 0))
            for name in named:
                sums[name] += getattr(row, name) or 0
    return found


def telling(population: Population, *, unblinded: bool) -> bool:
    """Whether figures by arm would tell which letter is which arm, and so are withheld.

    Args:
        population: who is compared with whom.
        unblinded: whether two people unblinded the whole trial.

    Returns:
        True for what people were given or kept to, while the trial is masked.
    """
    return population is not Population.INTENTION_TO_TREAT and not unblinded


def told_apart(
    rows: Iterable[Any], cells: Callable[[Any], Sequence[int]], role: Role, *, unblinded: bool
) -> frozenset[Population]:
    """Which populations a reader is told of, so that one less another leaves no few people.

    Args:
        rows: each has the three columns of ``group_of``.
        cells: counts of the people of a row that figures rest on, as many for each row.
        role: the reader's.
        unblinded: whether two people unblinded the whole trial: all populations are told by arm.

    Returns:
        The trial's own comparison; and each other that leaves few people neither beside it nor
        beside those that are told before. All, for the trial's statistician.
    """
    if role in EXACT:
        return frozenset(Population)
    counted = [([group_of(each, row) for each in Population], [*cells(row)]) for row in rows]
    told: list[int] = []
    for this in range(len(Population)):
        if not any(_leaves_few(_moves(counted, one, this), unblinded=unblinded) for one in told):
            told.append(this)
    return frozenset([*Population][each] for each in told)


def _moves(
    counted: Iterable[tuple[Sequence[str | None], Sequence[int]]], one: int, other: int
) -> Moves:
    """People by where one population has them and where another does."""
    found: dict[tuple[str | None, str | None], list[Sequence[int]]] = defaultdict(list)
    for groups, cells in counted:
        found[groups[one], groups[other]].append(cells)
    return {pair: _added(each) for pair, each in found.items()}


def _leaves_few(moves: Moves, *, unblinded: bool) -> bool:
    # Whoever reads arms can add them up, so all together are looked at in any case.
    together: dict[tuple[str | None, str | None], list[Sequence[int]]] = defaultdict(list)
    for (one, other), cells in moves.items():
        together[one and "all", other and "all"].append(cells)
    whole = {pair: _added(each) for pair, each in together.items()}
    return any(map(is_small, _left_over(whole))) or (
        unblinded and any(map(is_small, _left_over(moves)))
    )


def _left_over(moves: Moves) -> Iterator[int]:
    """Of each group and count: who left it, who came to it, and by how many it differs."""
    for group in {group for pair in moves for group in pair if group is not None}:
        left = _added(n for (one, other), n in moves.items() if one == group != other)
        came = _added(n for (one, other), n in moves.items() if other == group != one)
        yield from left
        yield from came
        size = max(len(left), len(came))
        ours, theirs = (each or [0] * size for each in (left, came))
        yield from (abs(a - b) for a, b in zip(ours, theirs, strict=True))


def _added(cells: Iterable[Sequence[int]]) -> list[int]:
    return [sum(each) for each in zip(*cells, strict=True)]


def told_together(people: Sequence[int], role: Role) -> list[int | None]:
    """How many people a reader is told of groups that stand beside each other.

    Args:
        people: by group, 0 or more.
        role: the reader's.

    Returns:
        All of them; none where one is small and the reader is not the trial's statistician, since
        who knows all and the others knows that one.
    """
    return [None] * len(people) if rests_on_few(people, role) else [*people]


def hidden_levels(levels: Mapping[str, Sequence[int]], role: Role) -> set[str]:
    """Which levels of one thing a reader is not shown.

    Args:
        levels: people by arm, by level; together they are everybody.
        role: the reader's.

    Returns:
        Levels with a small count; and as many others, the smallest first, as it takes until what is
        hidden rests on nobody or on enough people in each arm, or the rest would tell it.
    """
    hidden = {level for level, cells in levels.items() if rests_on_few(cells, role)}
    others = sorted({*levels} - hidden, key=lambda level: (sum(levels[level]), level))
    while hidden and others and not _is_crowd(levels, hidden):
        hidden.add(others.pop(0))
    return hidden


def _is_crowd(levels: Mapping[str, Sequence[int]], hidden: Iterable[str]) -> bool:
    """Whether levels together are two or more with somebody, and no count of theirs is small."""
    cells = [levels[level] for level in hidden if any(levels[level])]
    return len(cells) > 1 and not any(map(is_small, map(sum, zip(*cells, strict=True))))


def shown_gone(gone: Iterable[int], role: Role) -> bool:
    """Whether a reader is shown how many are gone.

    Args:
        gone: the counts that are told together.
        role: the reader's.

    Returns:
        True if none of them is small, or the reader is the trial's statistician.
    """
    return not rests_on_few(gone, role)
