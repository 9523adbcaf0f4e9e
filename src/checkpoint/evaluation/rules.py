"""Which arm stands where, who belongs to a population, and what an evaluator is not shown. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation.states import ArmsToldBySize, Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import is_small, rests_on_few


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
