"""What differs between two records of one person, and what one knows that the other does not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checkpoint.foundation.errors import RuleBroken
from checkpoint.people.states import ObservedEthnicity, SelfDefinedEthnicity, Sex

# What only makes sense with what stands before it is told and read through with it.
TOGETHER = (
    ("family_name",),
    ("given_names",),
    ("date_of_birth",),
    ("estimated_age_years", "estimated_on"),
    ("pnc_id",),
    ("cro_number",),
    ("sex",),
    ("self_defined_ethnicity", "ethnicity_missing_reason"),
    ("observed_ethnicity",),
    ("local_authority",),
)
# Codes that say that nothing is known, wherever they stand.
SAYS_NOTHING = frozenset(
    {Sex.NOT_KNOWN, Sex.NOT_SPECIFIED, SelfDefinedEthnicity.NS, ObservedEthnicity.IC9}
)


@dataclass(frozen=True)
class Difference:
    """One particular that does not stand alike in both records; None is not recorded."""

    field: str
    kept: Any
    other: Any


@dataclass(frozen=True)
class ReadThrough:
    """One particular that is known from another record of the same person."""

    field: str
    value: Any
    person_id: UUID


def is_known(value: Any) -> bool:
    """Whether a particular says something.

    Args:
        value: as it is stored.

    Returns:
        False for None, and for codes such as not stated (NS) or unknown (IC9).
    """
    return value is not None and value not in SAYS_NOTHING


def differences(kept: Any, other: Any) -> list[Difference]:
    """Every particular that does not stand alike in both records, in the order of the form.

    Args:
        kept: the record under which both are found, as it is stored.
        other: the one that is merged away, as it is stored.

    Returns:
        Both values of each; nothing is chosen between them.
    """
    fields = (field for group in TOGETHER for field in group)
    pairs = ((field, getattr(kept, field), getattr(other, field)) for field in fields)
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def read_through(person: Any, others: Sequence[Any]) -> list[ReadThrough]:
    """What is not known of a person, and is known from a record merged into theirs.

    Args:
        person: the survivor, as they are stored.
        others: the records merged into theirs, those that were put on record first before.

    Returns:
        The first known value of each particular that the survivor does not know. An estimated age
        is none where anybody's date of birth is known. What the survivor knows is never given.
    """
    found = []
    for lead, *rest in TOGETHER:
        if is_known(getattr(person, lead)):
            continue
        if lead == "estimated_age_years" and _born(person, *others):
            continue
        source = next((other for other in others if is_known(getattr(other, lead))), None)
        if source is not None:
            found += [
                ReadThrough(field, getattr(source, field), source.id)
                for field in (lead, *rest)
                if getattr(source, field) is not None
            ]
    return found


def _born(*people: Any) -> bool:
    return any(person.date_of_birth is not None for person in people)


def check_two(kept_id: UUID, other_id: UUID) -> None:
    """Nobody is merged with themselves.

    Args:
        kept_id: under whom both would be found.
        other_id: who would be merged away.

    Raises:
        RuleBroken: same-person.
    """
    if kept_id == other_id:
        raise RuleBroken("#/other_id", "same-person", "This is the same record: name another one.")
