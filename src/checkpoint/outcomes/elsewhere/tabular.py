"""A row of a programme that ran elsewhere into what is kept of it. Pure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from checkpoint.foundation.schemas import Command, Day, Spelt
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.elsewhere.rules import TOLD, Covariate, Manifest, participant_id
from checkpoint.outcomes.elsewhere.states import CovariateType, TimeUnit
from checkpoint.outcomes.elsewhere.wording import FEWER_DAYS
from checkpoint.people.states import Sex
from checkpoint.trials.rules import ArmCode

# No letter that a spreadsheet takes for a formula stands first, and no other of harm.
PLAIN = r"^[A-Za-z0-9][A-Za-z0-9 ,.'()&/_-]{0,39}$"
Reference = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Spelt("at most 64 letters, digits, ., - and _, without spaces", "P-0017"),
]
Plain = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=PLAIN),
    Spelt("at most 40 plain letters, digits and spaces, a letter or digit first", "County Durham"),
]
Count = Annotated[int, Field(ge=0, le=100_000)]
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
LONGEST = 3700
Told = Callable[[str, str, str], None]
# What is kept of somebody just as it is told.
AS_TOLD = (
    "completed", "age", "ethnicity", "residence", "offence_group", "ended_by",
    "custody_days", "distance_travelled", "cost_pence",
)  # fmt: skip
MOST_PENCE = 1_000_000_000
MOST_NUMBER = 1_000_000_000_000  # squares of it, summed over a million people, stay in bounds


class ParticipantRow(Command):
    """Somebody who was allocated elsewhere: under a reference that is no name."""

    participant: Reference
    arm: ArmCode
    delivered: Annotated[
        ArmCode | None, Field(description="The arm they were given, if known.")
    ] = None
    per_protocol: Annotated[
        bool | None,
        Field(description="As the protocol has it; if not told, whether they were given their arm"),
    ] = None
    completed: bool | None = None
    stratum: Annotated[str | None, Field(max_length=40)] = None
    allocated_on: Day | None = None
    sex: Sex | None = None
    age: Annotated[int, Field(ge=10, le=120)] | None = None
    ethnicity: Literal["white", "mixed", "asian", "black", "other"] | None = None
    residence: Plain | None = None
    offence_group: Plain | None = None
    observed: Annotated[
        Count | None, Field(description="How long from allocation, in the manifest's unit.")
    ] = None
    observed_until: Annotated[Day | None, Field(description="Or the last observed day.")] = None
    ended_by: EndOfObservation = EndOfObservation.DATA_CUT
    custody_days: Annotated[
        Count | None, Field(description="How many of the observed days, in days.")
    ] = None
    custody_day: Annotated[
        Count | None, Field(description="The first of these, in days from allocation.")
    ] = None
    distance_travelled: Annotated[int, Field(ge=-10_000, le=10_000)] | None = None
    cost_pence: Annotated[int, Field(ge=0, le=MOST_PENCE)] | None = None
    covariates: Annotated[
        dict[str, bool | int | float | str | None], Field(max_length=50, description="By name.")
    ] = Field(default_factory=dict)


class FollowUpRow(Command):
    """Something that happened to somebody who took part elsewhere."""

    participant: Reference
    measure: Measure
    at: Annotated[
        Count | None, Field(description="How long after allocation, in the manifest's unit.")
    ] = None
    on: Annotated[Day | None, Field(description="Or the day.")] = None
    offence_group: Plain | None = None
    harm_days: Annotated[float, Field(ge=0, le=100_000)] | None = None
    proactively_detected: bool | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column of a row, and what would be right."""

    column: str
    rule: str
    detail: str


class RowRefused(ValueError):
    """A row does not fit its manifest."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{each.column}: {each.detail}" for each in faults))
        self.faults = faults


def participant_values(
    row: ParticipantRow, manifest: Manifest, masks: Mapping[str, str]
) -> dict[str, Any]:
    """What is kept of somebody who was allocated elsewhere.

    Args:
        row: as it came.
        manifest: of the trial.
        masks: each arm's letter.

    Returns:
        The values of their row by column; their arm only by its mask.

    Raises:
        RowRefused: it does not fit the manifest; every fault.
    """
    faults: list[Fault] = []

    def told(column: str, rule: str, detail: str) -> None:
        faults.append(Fault(column, rule, detail))

    for column, arm in (("arm", row.arm), ("delivered", row.delivered)):
        if arm is not None and arm not in masks:
            told(column, "arm-unknown", f"Write one of {', '.join(manifest.arms)}.")
    stratum = _stratum(row, manifest, told)
    allocated_on = row.allocated_on or manifest.allocated_on
    if allocated_on is None:
        told("allocated_on", "day-missing", "Tell the day here, or one for all in the manifest.")
    elif allocated_on > manifest.followed_until:
        told("allocated_on", "day-too-late", "Allocation comes before the end of follow-up.")
    observed = _observed(row, manifest, told)
    baseline = covariates_of(row.covariates, manifest.covariates, told)
    if faults:
        raise RowRefused(*faults)
    return {
        "participant_id": participant_id(manifest.code, row.participant),
        "reference": row.participant,
        "mask": masks[row.arm],
        "delivered_mask": masks[row.delivered] if row.delivered else None,
        "per_protocol": row.delivered == row.arm if row.per_protocol is None else row.per_protocol,
        "stratum": stratum,
        "allocated_on": allocated_on,
        "baseline": baseline,
        "observed_days": observed,
        "custody_day": manifest.end_of_unit(row.custody_day, observed_days=observed),
        "sex": None if row.sex is Sex.NOT_KNOWN else row.sex,  # as of a trial that runs here
    } | {name: getattr(row, name) for name in AS_TOLD}


def _stratum(row: ParticipantRow, manifest: Manifest, told: Told) -> str | None:
    if row.stratum is None and len(manifest.strata) == 1:
        return manifest.strata[0]
    if row.stratum not in manifest.strata:
        told("stratum", "stratum-unknown", "Write one of the manifest's strata.")
    return row.stratum


def _observed(row: ParticipantRow, manifest: Manifest, told: Told) -> int:
    """Days from allocation to the last that was observed; 0 where that cannot be told."""
    allocated_on = row.allocated_on or manifest.allocated_on
    if row.observed is not None and row.observed_until is not None:
        told("observed_until", "told-twice", "Tell observed or observed_until, not both.")
    if allocated_on is None:
        return 0
    if row.observed is not None:
        days = manifest.days(row.observed)
        last = allocated_on + timedelta(days=days) if days <= LONGEST else None
    else:
        last = row.observed_until or manifest.followed_until
        days = (last - allocated_on).days
    if last is None or not allocated_on <= last <= manifest.followed_until:
        column = "observed" if row.observed is not None else "observed_until"
        told(column, "observed-range", "It ends between allocation and the manifest's last day.")
    if row.custody_days is not None and row.custody_days > days + 1:
        told("custody_days", "custody-range", "Tell no more days than were observed.")
    _in_custody(row, days, told)
    return days


def _in_custody(row: ParticipantRow, observed: int, told: Told) -> None:
    """The first day in custody leaves room for all of them until the last observed one."""
    if row.custody_day is None:
        return
    if not row.custody_days:
        told("custody_day", "custody-without-days", "Tell how many days it was in custody_days.")
    elif row.custody_day + row.custody_days > observed + 1:
        told("custody_day", "custody-range", FEWER_DAYS)


def covariates_of(
    given: Mapping[str, Any],
    declared: Mapping[str, Covariate],
    told: Told,
) -> dict[str, Any]:
    """The covariates of one row, as the types that the manifest declares.

    Args:
        given: by name, as numbers, true or false, or text.
        declared: of the manifest.
        told: is called with each fault.

    Returns:
        Values by name; what is not told is left out.
    """
    for name in given.keys() - declared.keys():
        told(name, "covariate-unknown", "The manifest names no such covariate.")
    found = {}
    for name, covariate in declared.items():
        value = given.get(name)
        if value is None or value == "":
            continue
        try:
            found[name] = _read(value, covariate)
        except ValueError as error:
            told(name, "covariate-type", str(error))
    return found


def _read(value: Any, covariate: Covariate) -> Any:
    if covariate.type is CovariateType.CODE:
        if value not in covariate.codes:
            raise ValueError("Write one of the codes that the manifest names.")
        return value
    word = str(value).strip().lower()
    if covariate.type is CovariateType.YES_NO:
        if word not in YES | NO:
            raise ValueError("Write yes or no, true or false, 1 or 0.")
        return word in YES
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError("Write a number, with a point before decimals.")
    if abs(number) > MOST_NUMBER:
        raise ValueError(f"Write a number from {-MOST_NUMBER:,} to {MOST_NUMBER:,}.")
    return int(number) if number.is_integer() else number


def follow_up_values(row: FollowUpRow, manifest: Manifest) -> dict[str, Any]:
    """What is kept of something that happened to somebody who took part elsewhere.

    Args:
        row: as it came.
        manifest: of the trial.

    Returns:
        The values of its row by column.

    Raises:
        RowRefused: it does not fit the manifest; every fault.
    """
    faults = []
    by_date = manifest.unit is TimeUnit.DATE
    wanted, other = ("on", "at") if by_date else ("at", "on")
    if getattr(row, wanted) is None or getattr(row, other) is not None:
        how = "the day" if by_date else f"how many {manifest.unit.value}s after allocation"
        told = f"The unit is {manifest.unit.value}: tell {how} in {wanted}, and nothing in {other}."
        faults.append(Fault(wanted, "time-told-otherwise", told))
    if row.measure not in manifest.measures:
        faults.append(Fault("measure", "measure-unknown", "Write one of the manifest's measures."))
    if faults:
        raise RowRefused(*faults)
    return {
        "participant_id": participant_id(manifest.code, row.participant),
        "measure": row.measure,
        "day": None if row.at is None else manifest.days(row.at),
        "happened_on": row.on,
        "offence_group": row.offence_group,
        "harm_days": row.harm_days,
        "proactively_detected": row.proactively_detected,
    }


def cells_of(cells: Mapping[str, str], covariates: Mapping[str, Covariate]) -> dict[str, Any]:
    """A line of a CSV file of participants as a row of the other door: empty cells tell nothing.

    Args:
        cells: by the names of their columns.
        covariates: of the manifest; their columns stand beside the others.

    Returns:
        The row's fields; covariates lie under their own.
    """
    told = {name: cell for name, cell in cells.items() if cell.strip()}
    row: dict[str, Any] = {name: cell for name, cell in told.items() if name in TOLD}
    found = {name: cell for name, cell in told.items() if name in covariates}
    return row | ({"covariates": found} if found else {})
