"""What the manifest of a programme that ran elsewhere says, and what of it a cut keeps. Pure."""

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from checkpoint.foundation.schemas import Command, Day, Spelt, Text, example
from checkpoint.outcomes.cuts.facts import ALLOCATED, Horizon, Primary, Programme
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.elsewhere.states import CovariateType, TimeUnit
from checkpoint.trials.rules import CODE, TEST_PREFIX, ArmCode, SuiteCode
from checkpoint.trials.states import CONTROL

MOST_PARTICIPANTS, MOST_EVENTS = 1_000_000, 10_000_000
EVERYBODY = "ALL"
DAYS_IN = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7, TimeUnit.DATE: 1}
PARTICIPANT = "checkpoint participant elsewhere v1"
FIRST = "As it was brought in first."
CHANGED_UNTOLD = "Another edition; its manifest does not say what it changes."
Words = Annotated[Text, Field(min_length=3, max_length=400)]
Short = Annotated[Text, Field(max_length=40)]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Spelt("a name in small letters, digits and _", "prior_arrests"),
]
# What a file of participants tells of everybody, beside what the manifest names.
TOLD = frozenset(
    [
        "participant",
        "arm",
        "delivered",
        "per_protocol",
        "completed",
        "stratum",
        "allocated_on",
        "sex",
        "age",
        "ethnicity",
        "residence",
        "offence_group",
        "observed",
        "observed_until",
        "ended_by",
        "custody_days",
        "custody_day",
        "distance_travelled",
        "cost_pence",
    ]
)


class HorizonAsked(Command):
    """How long after allocation is looked at: in months or in days, one of the two."""

    name: Short
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    days: Annotated[int, Field(ge=1, le=3700)] | None = None

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("Give months or days, one of the two.")
        return self


class PrimaryAsked(Command):
    """The one result that the trial said in advance it would be judged by."""

    measure: Measure
    horizon: Annotated[Short, Field(description="The name of one of the manifest's horizons.")]


class Covariate(Command):
    """Something known of everybody at allocation, under its name."""

    type: CovariateType
    label: Words
    codes: Annotated[dict[Name, Words], Field(max_length=50)] = Field(
        default_factory=dict, description="Of type code: what each code means."
    )

    @model_validator(mode="after")
    def codes_where_they_belong(self) -> Self:
        if (self.type is CovariateType.CODE) != bool(self.codes):
            raise ValueError("Codes are named where the type is code, and only there.")
        return self


class Manifest(Command):
    """What holds for the whole of a programme that ran elsewhere.

    ``participants`` and ``events`` say how many rows there are, so that a file that was cut off
    between two rows is not taken for all. The control arm is called ``control``.
    """

    model_config = example(
        code="EXAMPLE-2",
        title="An example of a trial that ran elsewhere",
        source="Made up",
        unit="week",
        arms={"control": 1, "aid": 1},
        allocated_on="2016-08-01",
        followed_until="2017-07-31",
        measures=["arrest"],
        horizons=[{"name": "52 weeks", "days": 364}],
        primary={"measure": "arrest", "horizon": "52 weeks"},
        participants=2,
        events=1,
    )

    code: Annotated[
        str,
        StringConstraints(pattern=CODE.pattern, max_length=40),
        Spelt("capital letters and digits in groups with - between", "ROSSI-1980"),
    ]
    title: Words
    source: Words
    changed: Annotated[
        Words | None, Field(description="What another edition changes, in words.")
    ] = None
    unit: Annotated[TimeUnit, Field(description="How the files tell when something happened.")]
    arms: Annotated[
        dict[ArmCode, Annotated[int, Field(ge=1, le=10)]],
        Field(min_length=2, max_length=10, description="Whole parts of the ratio by arm."),
    ]
    strata: Annotated[tuple[SuiteCode, ...], Field(min_length=1, max_length=50)] = (EVERYBODY,)
    allocated_on: Annotated[
        Day | None, Field(description="Of everybody, where participants have no days of their own.")
    ] = None
    followed_until: Annotated[Day, Field(description="The last day of which follow-up is in.")]
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    horizons: Annotated[tuple[HorizonAsked, ...], Field(min_length=1, max_length=12)]
    primary: Annotated[
        PrimaryAsked | None,
        Field(
            description="The primary outcome, if the trial fixed one before anybody was followed "
            "up: one of its measures within one of its horizons."
        ),
    ] = None
    conviction_lag_months: Annotated[int, Field(ge=0, le=60)] = 0
    harm_index: Short | None = None
    covariates: Annotated[dict[Name, Covariate], Field(max_length=50)] = Field(default_factory=dict)
    flow: Annotated[dict[Name, Annotated[int, Field(ge=0)]], Field(max_length=30)] = Field(
        default_factory=dict, description="How many came to each gate before allocation."
    )
    participants: Annotated[int, Field(ge=2, le=MOST_PARTICIPANTS)]
    events: Annotated[int, Field(ge=0, le=MOST_EVENTS)]

    @model_validator(mode="after")
    def hangs_together(self) -> Self:
        if faults := [*self._faults()]:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterable[str]:
        if self.code.startswith(TEST_PREFIX):
            yield f"code: {TEST_PREFIX} is for tests of this service's own trials"
        if CONTROL not in self.arms:
            yield f"arms: one of them is {CONTROL}, the one that went without the programme"
        names = [each.name for each in self.horizons]
        told = {"strata": self.strata, "measures": self.measures, "horizons": names}
        for name, given in told.items():
            if len({*given}) < len(given):
                yield f"{name}: one stands there twice"
        yield from self._faults_of_primary(names)
        if taken := sorted(TOLD & {*self.covariates}):
            yield f"covariates: columns have these names already: {', '.join(taken)}"
        if self.allocated_on is not None and self.allocated_on > self.followed_until:
            yield "followed_until: the day of allocation or a later one"
        if self.flow.get(ALLOCATED, self.participants) != self.participants:
            yield "flow: allocated is not the number of participants"

    def _faults_of_primary(self, names: Iterable[str]) -> Iterable[str]:
        primary = self.primary
        if primary is not None and primary.measure not in self.measures:
            yield "primary: its measure is none of the manifest's measures"
        if primary is not None and primary.horizon not in names:
            yield "primary: its horizon is none of the manifest's horizons"

    def days(self, units: int) -> int:
        """A time from allocation in days: week 20 is day 140."""
        return units * DAYS_IN[self.unit]

    def end_of_unit(self, day: int | None, *, observed_days: int) -> int | None:
        """The last observed day of the week that a day lies in, where events are told by weeks.

        An arrest and the custody that it led to then come on one day, as they should.
        """
        length = DAYS_IN[self.unit]
        return None if day is None else min(-(-day // length) * length, observed_days)

    @property
    def judged_by(self) -> tuple[Measure, int | None, int | None] | None:
        """The primary outcome's measure and its horizon's months and days, by whatever name."""
        primary = self.primary
        if primary is None:
            return None
        (horizon,) = (each for each in self.horizons if each.name == primary.horizon)
        return primary.measure, horizon.months, horizon.days

    def change(self, number: int) -> str:
        """What the edition of this number changes, in words."""
        return self.changed or (FIRST if number == 1 else CHANGED_UNTOLD)

    def programme(self, digest: str, *, number: int) -> Programme:
        """What holds for everybody, as a cut keeps it."""
        primary = self.primary
        return Programme(
            followed_until=self.followed_until,
            measures=self.measures,
            definitions=definitions_of(number),
            definitions_digest=digest,
            horizons=tuple(Horizon(each.name, each.months, each.days) for each in self.horizons),
            conviction_lag_months=self.conviction_lag_months,
            harm_index=self.harm_index,
            flow=self.flow | {ALLOCATED: self.participants},
            covariates={
                name: each.model_dump(mode="json") for name, each in self.covariates.items()
            },
            primary=None if primary is None else Primary(primary.measure, primary.horizon),
        )


def definitions_of(number: int) -> str:
    """What a cut calls the edition of this number: its manifest stands for definitions."""
    return f"elsewhere-{number}"


def canonical(manifest: Manifest) -> str:
    """A manifest as one line of JSON, names in order: its digest tells one from another."""
    # Manifests could not always name a primary outcome; one that names none keeps its digest.
    left_out = {"primary"} if manifest.primary is None else None
    told = manifest.model_dump(mode="json", exclude=left_out)
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(*texts: str) -> str:
    """SHA-256 of texts in their order, in hexadecimal digits."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def participant_id(code: str, reference: str) -> UUID:
    """The identifier of somebody who took part elsewhere: the same in each edition of a trial.

    Args:
        code: the trial's name.
        reference: what they are called in its files.

    Returns:
        A UUID made of both.
    """
    known = hashlib.sha256(f"{PARTICIPANT}\n{code}\n{reference}".encode()).digest()
    return UUID(bytes=known[:16], version=5)
