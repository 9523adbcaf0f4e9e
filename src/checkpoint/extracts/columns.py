"""Which columns an extract may have: each from a column of a cut, by its disclosure class."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from checkpoint.foundation import errors
from checkpoint.foundation.disclosure import Disclosure
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant

COVARIATE = "baseline."
TAKEN = "baseline_"  # before the name of a covariate whose own name is a column's
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class FieldNotOffered(errors.Unprocessable):
    slug = "extract-field-not-offered"
    title = "The extract cannot have this field"


class Kind(StrEnum):
    """What the values of a column are; how they are made coarser hangs on it."""

    ARM = "arm"
    CODE = "code"
    YES_NO = "yes_no"
    NUMBER = "number"
    DAYS = "days"
    AGE = "age"
    ETHNICITY = "ethnicity"
    OFFENCE = "offence"
    PLACE = "place"
    SEX = "sex"
    QUARTER = "quarter"
    ENDING = "ending"
    DISTANCE = "distance"
    COST = "cost"
    HARM = "harm"


class CovariateKind(StrEnum):
    """What a covariate of a cut is, as the cut's own programme says."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an extract's file.

    ``source`` is the column of the cut, as the evaluator's views name it, or ``baseline.`` and the
    name of a covariate. ``words`` say what a code means, by code, where the cut's programme tells.
    ``quasi`` columns may be known of somebody from elsewhere, so that people
    have to be alike in them. ``tells_arm`` columns would tell which mask is which arm.
    """

    name: str
    source: str
    kind: Kind
    title: str
    description: str
    disclosure: Disclosure
    quasi: bool = False
    tells_arm: bool = False
    unit: str | None = None
    words: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Covariate:
    """Something else that was known at allocation, as the cut's programme names it.

    ``words`` say what a code means, by code, where the programme tells.
    """

    name: str
    kind: CovariateKind
    title: str
    words: Mapping[str, str] = field(default_factory=dict, hash=False)


LOWEST = "as the lowest of its step"
# What is told of a column where that is not what the cut's column says of itself.
TOLD = {
    "arm": "The arm they were allocated to; a letter until the trial is unblinded.",
    "arm_delivered": "The arm they were given; empty: neither is known.",
    "age_band": "Age at allocation in bands of whole years, if known.",
    "observed_days": f"Days from allocation to the last observed day, {LOWEST}.",
    "distance_travelled": f"Pathways' scores at exit less those at baseline, summed, {LOWEST}; "
    "empty: not taken at both.",
    "cost_pounds": f"What the case cost in pounds, {LOWEST}, if recorded.",
    "wellbeing_after": "Points of WEMWBS, 14 to 70, at the last measure after allocation, if any.",
    "day": f"Days from allocation, {LOWEST}.",
    "harm_band": "Days by the harm index, in bands; an exact number would tell the offence.",
} | {
    f"{measure}_day": f"Days from allocation to the first ({measure}), {LOWEST}; empty: none in "
    "the observed time."
    for measure in Measure
}


def _column(
    table: Any, name: str, kind: Kind, title: str, *, source: str | None = None, **more: Any
) -> Column:
    held = table.__table__.c[source or name]
    return Column(
        name=name,
        source=source or name,
        kind=kind,
        title=title,
        description=TOLD.get(name, held.comment),
        disclosure=held.info["disclosure"],
        **more,
    )


_person, _event = partial(_column, CutParticipant), partial(_column, CutEvent)
PARTICIPANT_COLUMNS = (
    _person("arm", Kind.ARM, "Arm they were allocated to", source="mask", quasi=True),
    _person("arm_delivered", Kind.ARM, "Arm given", source="delivered_mask", tells_arm=True),
    _person("per_protocol", Kind.YES_NO, "Given as the protocol has it", tells_arm=True),
    _person("completed", Kind.YES_NO, "Completed", tells_arm=True),
    _person("sex", Kind.SEX, "Sex", quasi=True),
    _person("age_band", Kind.AGE, "Age at allocation", source="age", quasi=True),
    _person("ethnicity", Kind.ETHNICITY, "Self-defined ethnicity", quasi=True),
    _person("local_authority", Kind.PLACE, "Local authority", source="residence", quasi=True),
    _person("offence_group", Kind.OFFENCE, "Index offence", quasi=True),
    _person("observed_days", Kind.DAYS, "Observed time", quasi=True, unit="d"),
    _person("ended_by", Kind.ENDING, "Why not longer", quasi=True),
    _person("custody_days", Kind.DAYS, "Days in custody", tells_arm=True, unit="d"),
    *(_person(f"{each}_day", Kind.DAYS, f"First: {each}", unit="d") for each in Measure),
    _person("distance_travelled", Kind.DISTANCE, "Distance travelled", tells_arm=True),
    _person("cost_pounds", Kind.COST, "Cost", source="cost_pence", tells_arm=True, unit="GBP"),
    # What somebody came with may be a covariate of the name wellbeing.
    _person(
        "wellbeing_after",
        Kind.NUMBER,
        "Wellbeing after allocation",
        source="wellbeing",
        tells_arm=True,
    ),
    _person("victim_satisfaction", Kind.NUMBER, "Victims' satisfaction", tells_arm=True),
)
# The day of allocation leaves the database in no extract; the quarter that it lies in may.
QUARTER = Column(
    name="quarter",
    source="allocated_quarter",
    kind=Kind.QUARTER,
    title="Quarter of allocation",
    description="The quarter of the calendar year in which they were allocated.",
    disclosure=Disclosure.INDIRECT,
    quasi=True,
)
EVENT_COLUMNS = (
    _event("measure", Kind.CODE, "What it counts for"),
    _event("day", Kind.DAYS, "Day", unit="d"),
    _event("offence_group", Kind.OFFENCE, "Offence"),
    _event("harm_band", Kind.HARM, "Harm", source="harm_days"),
    _event("proactively_detected", Kind.YES_NO, "Found by police of their own accord"),
)
# What a column of the cut is called in an extract, where that is another name.
CALLED = {each.source: each.name for each in PARTICIPANT_COLUMNS if each.source != each.name}
OBSERVED = "observed_days"
IDENTITY = "participant_id"  # read to make the pseudonym of; written nowhere
KINDS: Mapping[CovariateKind, Kind] = {
    CovariateKind.NUMBER: Kind.NUMBER,
    CovariateKind.YES_NO: Kind.YES_NO,
    CovariateKind.CODE: Kind.CODE,
}


def offered(
    measures: Iterable[Measure],
    covariates: Iterable[Covariate] = (),
    *,
    unblinded: bool = False,
) -> tuple[Column, ...]:
    """The columns that an extract of a cut may have, one row for each person.

    Args:
        measures: what the cut holds.
        covariates: what else the cut holds of people at allocation.
        unblinded: whether two people had the arms of the trial told; before, no column is offered
            that would tell which mask is which.

    Returns:
        In the order in which they stand in the file; nothing that is classed as naming somebody, or
        as leaving the database in no extract.

    Raises:
        FieldNotOffered: a covariate's name is no name of a column, or is taken.
    """
    held = {f"{measure}_day" for measure in measures}
    unheld = {f"{measure}_day" for measure in Measure} - held
    known = [*PARTICIPANT_COLUMNS]
    known.insert(1, QUARTER)
    taken = {each.name for each in known}
    more = [_covariate(each, taken) for each in covariates]
    place = next(n for n, each in enumerate(known) if each.name == OBSERVED)
    return tuple(
        each
        for each in (*known[:place], *more, *known[place:])
        if each.disclosure in {Disclosure.INDIRECT, Disclosure.SAFE}
        and each.name not in unheld
        and (unblinded or not each.tells_arm)
    )


def _covariate(covariate: Covariate, taken: set[str]) -> Column:
    if not NAME.fullmatch(covariate.name):
        raise FieldNotOffered(
            "A covariate's name has small letters, digits and underscores, and at most 40 of them."
        )
    name = f"{TAKEN}{covariate.name}" if covariate.name in taken else covariate.name
    return Column(
        name=name,
        source=f"{COVARIATE}{covariate.name}",
        kind=KINDS[covariate.kind],
        title=covariate.title,
        description="As known at allocation.",
        disclosure=Disclosure.INDIRECT,
        quasi=True,
        words=covariate.words,
    )
