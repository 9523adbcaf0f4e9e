"""What a cut says of somebody who was allocated here, from what stood on record then. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from checkpoint.allocation.states import AnnotationKind
from checkpoint.contracts.states import ENDED, ContractState
from checkpoint.delivery.states import DeliveredArm
from checkpoint.eligibility.facts import FACTS, UNCLASSIFIED, Kind
from checkpoint.foundation.calendar import london_day
from checkpoint.outcomes.cuts.facts import day_of
from checkpoint.outcomes.cuts.spans import Spell
from checkpoint.outcomes.states import FollowUpKind
from checkpoint.people.states import SelfDefinedEthnicity, Sex
from checkpoint.trials.states import CONTROL

BROAD = {"W": "white", "M": "mixed", "A": "asian", "B": "black", "O": "other"}
SEVERAL = "several"
# What of the locked facts is a covariate: each is one value, and no day and no code of an offence.
COVARIATES = tuple(
    name
    for name, fact in FACTS.items()
    if fact.kind in (Kind.YES_NO, Kind.NUMBER, Kind.CODE) and not name.startswith("age_at_")
)
NOT_AS_PLANNED = frozenset(
    {AnnotationKind.INELIGIBLE_AFTERWARDS, AnnotationKind.ALLOCATED_IN_ERROR}
)


@dataclass(frozen=True)
class Drawn:
    """One allocation: whose case, and when."""

    id: UUID
    person_id: UUID
    allocated_at: datetime


def spells(told: Iterable[Any], *, allocated_on: date) -> tuple[Spell, ...]:
    """Somebody's days in custody.

    Args:
        told: of follow-up, in any order: ``kind``, ``from_on`` and ``until_on``.
        allocated_on: the day of allocation.

    Returns:
        Each spell in days from allocation; None is not over yet.
    """
    return tuple(
        Spell(
            day_of(each.from_on, allocated_on=allocated_on),
            None if each.until_on is None else day_of(each.until_on, allocated_on=allocated_on),
        )
        for each in told
        if each.kind == FollowUpKind.CUSTODY
    )


def survivors(merges: Iterable[tuple[UUID, UUID]]) -> Callable[[UUID], UUID]:
    """Under whom each record of a person was found.

    Args:
        merges: those that stood then, each the record that was merged away and the one kept.

    Returns:
        What tells of a record under whom it was found: itself, where it was not merged away.
    """
    kept = dict(merges)

    def found(person_id: UUID) -> UUID:
        while person_id in kept:
            person_id = kept[person_id]
        return person_id

    return found


def standing(drawn: Iterable[Drawn], survivor: Callable[[UUID], UUID]) -> dict[UUID, UUID]:
    """Which allocation stands for each: of somebody who was allocated twice, the first.

    Args:
        drawn: every allocation of a trial.
        survivor: under whom each record of a person was found.

    Returns:
        The allocation that stands, by every allocation.

    Source: domain notes 5: the first allocation counts, and nobody leaves the analysis for what
    came to light afterwards.
    """
    first: dict[UUID, UUID] = {}
    found = {}
    for each in sorted(drawn, key=lambda one: (one.allocated_at, one.id)):
        found[each.id] = first.setdefault(survivor(each.person_id), each.id)
    return found


def allocated_by(last: date, standing: Iterable[UUID], drawn: Iterable[Drawn]) -> frozenset[UUID]:
    """Who had been allocated when a day was over.

    Args:
        last: the last day that counts, in England.
        standing: the allocations that stand.
        drawn: every allocation.

    Returns:
        Those of them that were made on that day or earlier; whoever came later is not in a cut that
        ends then, since nothing of them could be seen.
    """
    ids = frozenset(standing)
    return frozenset(
        each.id for each in drawn if each.id in ids and london_day(each.allocated_at) <= last
    )


def delivered_arm(given: DeliveredArm, assigned: str, arms: Iterable[str]) -> str | None:
    """Which arm somebody was given.

    Args:
        given: what is on record of what they were given.
        assigned: their arm.
        arms: of the trial.

    Returns:
        The arm; None while nothing is known, or where it could be one of several: a control who
        was started in a trial of two programmes or more.
    """
    if given is DeliveredArm.NONE_YET:
        return None
    if given is DeliveredArm.CONTROL:
        return CONTROL
    programmes = [arm for arm in arms if arm != CONTROL]
    if assigned != CONTROL:
        return assigned
    return programmes[0] if len(programmes) == 1 else None


def is_per_protocol(
    assigned: str, delivered: str | None, annotations: Iterable[AnnotationKind]
) -> bool:
    """Whether somebody was given their own arm as the protocol has it.

    Args:
        assigned: their arm.
        delivered: the arm they were given, if known.
        annotations: what was noted of their allocation, blind to the arm.

    Returns:
        True for their own arm, where nothing says that they should not have been allocated.
    """
    return assigned == delivered and NOT_AS_PLANNED.isdisjoint(annotations)


def completed(contracts: Sequence[ContractState], *, started: bool) -> bool | None:
    """Whether somebody completed the programme.

    Args:
        contracts: where each of the case's contracts stood.
        started: whether they were started on the programme.

    Returns:
        None where there was nothing to complete, or a contract still runs; False where every one
        ended otherwise, also where the person would not sign.
    """
    if not started or not contracts:
        return None
    if ContractState.COMPLETED in contracts:
        return True
    return False if all(state in ENDED for state in contracts) else None


def ethnicity_group(code: str | None) -> str | None:
    """The broad group of self-defined ethnicity.

    Args:
        code: one of 18+1; None is not recorded.

    Returns:
        White, mixed, Asian, black or other, as a code; None where it was not stated or recorded.
    """
    if code in (None, SelfDefinedEthnicity.NS.value):
        return None
    return BROAD[str(code)[0]]


def sex_of(code: str | None) -> str | None:
    """Sex as a cut has it; None where it is not known."""
    return None if code == Sex.NOT_KNOWN else code


def index_group(classes: Sequence[str]) -> str | None:
    """The group of the index offence.

    Args:
        classes: of the alleged offences, as the locked decision has them.

    Returns:
        Theirs, if they have one; that they are several; None where none is classified.
    """
    known = [each for each in classes if each != UNCLASSIFIED]
    if len(classes) > 1:
        return SEVERAL
    return known[0] if known else None


def covariates(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was known at allocation, from the locked decision.

    Args:
        facts: of the decision.

    Returns:
        Numbers, true or false, and codes by name; what is not known is left out.
    """
    return {name: facts[name] for name in COVARIATES if facts.get(name) is not None}


def as_it_stood(
    present: Mapping[str, Any], corrections: Iterable[tuple[str, datetime, str | None]]
) -> dict[str, Any]:
    """Particulars of somebody before they were put right.

    Args:
        present: as they stand now, by name.
        corrections: what was put right since then: the field, when, and what had stood there.

    Returns:
        The same by name, as they stood.
    """
    found = dict(present)
    for field, _, before in sorted(corrections, key=lambda one: one[1], reverse=True):
        if field in found:
            found[field] = before
    return found


def first_known(records: Iterable[Mapping[str, Any]], name: str) -> Any | None:
    """A particular of somebody with several records.

    Args:
        records: the one they are found under first.
        name: of the particular.

    Returns:
        What the first record says that knows it; None where none does.
    """
    return next((each[name] for each in records if each[name] is not None), None)


def covered_until(covered: Iterable[date], *, allocated_on: date) -> date | None:
    """The last day of which somebody's follow-up is in.

    Args:
        covered: the last day of each batch that tells of them.
        allocated_on: day 0.

    Returns:
        The last of them that is not before allocation; None where nobody looked.
    """
    return max((day for day in covered if day >= allocated_on), default=None)
