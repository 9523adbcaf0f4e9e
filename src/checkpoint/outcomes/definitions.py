"""What counts as an outcome, from which day, for how long; fixed in advance as dated files. Pure."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Protocol, Self

from dateutil.relativedelta import relativedelta
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from checkpoint.contracts.clocks import last_day
from checkpoint.foundation.tomlfiles import parsed
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.states import Dated, Disposed, FollowUpKind

SUMS = "SHA256SUMS"
VERSION = r"^[a-z0-9][a-z0-9-]{3,39}$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
Months = Annotated[int, Field(strict=True, ge=1, le=120)]


class DefinitionsUnreadable(ValueError):
    """A file is not what definitions must be; says where."""


class Happened(Protocol):
    """An arrest, charge or disposal, with each of its days that is known."""

    @property
    def kind(self) -> FollowUpKind: ...
    @property
    def offence_on(self) -> date | None: ...
    @property
    def arrested_on(self) -> date | None: ...
    @property
    def charged_on(self) -> date | None: ...
    @property
    def disposed_on(self) -> date | None: ...
    @property
    def disposal(self) -> Disposed | None: ...


class Part(BaseModel):
    """A part of the definitions; nothing in it is unknown, nothing ever changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Horizon(Part):
    """How long after allocation is looked at: in calendar months, or where follow-up has no dates
    until a day counted from allocation, that day included.
    """

    months: Months
    days: Annotated[int, Field(strict=True, ge=1, le=3700)]


class Counted(Part):
    """What counts for one measure, and by which of its days."""

    measure: Measure
    title: Words
    source: Words
    event: Literal[FollowUpKind.ARREST, FollowUpKind.CHARGE, FollowUpKind.DISPOSAL]
    counted_by: Dated
    disposals: tuple[Disposed, ...] = ()
    lag_months: Annotated[int, Field(strict=True, ge=0, le=60)] = 0

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        is_disposal = self.event is FollowUpKind.DISPOSAL
        if is_disposal != bool(self.disposals):
            raise ValueError("disposals are named where a disposal counts, and only there")
        if self.lag_months and not is_disposal:
            raise ValueError("only a disposal comes with a lag")
        return self


class Definitions(Part):
    """One version of what counts as an outcome.

    ``first_day`` is the first day after allocation that counts; the day of allocation is day 0.
    """

    version: Annotated[str, Field(pattern=VERSION)]
    title: Words
    valid_from: date
    source: Words
    note: Words
    index: Literal["allocation"]
    first_day: Annotated[int, Field(strict=True, ge=0, le=31)]
    custody: Literal["counted"]
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1)]
    measures: Annotated[tuple[Counted, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        faults = []
        months = [horizon.months for horizon in self.horizons]
        days = [horizon.days for horizon in self.horizons]
        if months != sorted({*months}) or days != sorted({*days}):
            faults.append("horizons: each longer than the one before")
        if len({counted.measure for counted in self.measures}) < len(self.measures):
            faults.append("measures: one stands twice")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def of(self, measure: Measure) -> Counted | None:
        """What counts for a measure, where it is defined."""
        return next((each for each in self.measures if each.measure is measure), None)


def digest(text: str) -> str:
    """SHA-256 of a file of definitions, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text: str) -> Definitions:
    """The definitions that ``text`` (TOML) describes.

    Raises:
        DefinitionsUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is
            told with its place.
    """
    try:
        return Definitions.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionsUnreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: "
            f"{fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise DefinitionsUnreadable("; ".join(faults)) from error


def opened(text: str, expected: str) -> Definitions:
    """Published definitions, if they still are what was published.

    Args:
        text: the file, word for word.
        expected: the digest that it was published with.

    Raises:
        DefinitionsUnreadable: the bytes are others.
    """
    if digest(text) != expected:
        raise DefinitionsUnreadable("they are not what was published: the digest differs")
    return _opened(text)


@lru_cache(maxsize=32)
def _opened(text: str) -> Definitions:
    return parse(text)


def dated_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The definitions of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the others' digests.

    Returns:
        Each file's text by version.

    Raises:
        DefinitionsUnreadable: a file cannot be read, is not named after its version, or has another
            digest than is written down. Every fault is told, with its file.
    """
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    named = {name: text for name, text in texts.items() if name.endswith(".toml")}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - named]
    found: dict[str, tuple[date, str]] = {}
    for name, text in named.items():
        try:
            read = parse(text)
        except DefinitionsUnreadable as error:
            faults.append(f"{name}: {error}")
            continue
        if name != f"{read.version}.toml":
            faults.append(f"{name}: it is not named after its version, {read.version}")
        if digest(text) != sums.get(name):
            faults.append(f"{name}: {SUMS} does not have its digest, {digest(text)}")
        found[read.version] = (read.valid_from, text)
    if faults:
        raise DefinitionsUnreadable("; ".join(sorted(faults)))
    ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return {version: text for version, (_, text) in ordered}


@lru_cache(maxsize=1)
def packaged() -> dict[str, str]:
    """The definitions that ship with the package, by version."""
    folder = files("checkpoint.outcomes") / "measures"
    return dated_files({file.name: file.read_text("utf-8") for file in folder.iterdir()})


def in_use(published: Iterable[Definitions], *, opened_on: date) -> Definitions | None:
    """The definitions of a trial: those that were fixed when it opened.

    Args:
        published: all of them.
        opened_on: the trial's first day of allocation, in England.

    Returns:
        The last to have begun by then; None where none had.
    """
    begun = [each for each in published if each.valid_from <= opened_on]
    return max(begun, key=lambda each: each.valid_from, default=None)


def window(allocated_on: date, months: int) -> int:
    """The last day of a horizon, counted from allocation.

    Args:
        allocated_on: day 0, in England.
        months: calendar months, 1 or more.

    Returns:
        Days from allocation to the day before the same day so many months on, clipped to the end
        of a shorter month: six months from 7 April end with day 182, 6 October.

    Source: domain notes 7.1 d.
    """
    return (last_day(allocated_on, months=months) - allocated_on).days


def observed_until(counted: Counted, followed_until: date) -> date:
    """The last day on which something can be seen to count for a measure.

    Args:
        counted: the measure.
        followed_until: the last day of which follow-up is in.

    Returns:
        That day less the measure's lag: what was done later may still be proved.

    Source: domain notes 2.2: conviction or caution in the follow-up or a further six months.
    """
    return followed_until - relativedelta(months=counted.lag_months)


def day_of(
    counted: Counted,
    happened: Happened,
    *,
    allocated_on: date,
    followed_until: date,
    definitions: Definitions,
) -> int | None:
    """The day on which something counts for a measure, from allocation.

    Args:
        counted: the measure, one of ``definitions``.
        happened: an arrest, charge or disposal.
        allocated_on: day 0, in England.
        followed_until: the last day of which follow-up is in.
        definitions: of the trial.

    Returns:
        Days from allocation to the day that the measure counts by; None where it does not count:
        another kind of event, no such day known, the offence before the first day that counts, the
        day outside what is observed, or disposed of later than the lag after the longest horizon.

    Source: domain notes 2.2 and 4.5: what was done before does not count, whenever it is found.
    """
    if happened.kind is not counted.event:
        return None
    on = {
        Dated.OFFENCE: happened.offence_on,
        Dated.ARREST: happened.arrested_on,
        Dated.CHARGE: happened.charged_on,
        Dated.DISPOSAL: happened.disposed_on,
    }[counted.counted_by]
    first = allocated_on + timedelta(days=definitions.first_day)
    if on is None or on < first or (happened.offence_on or on) < first:
        return None
    if on > observed_until(counted, followed_until):
        return None
    if counted.disposals and not _proved(counted, happened, allocated_on, definitions):
        return None
    return (on - allocated_on).days


def _proved(
    counted: Counted, happened: Happened, allocated_on: date, definitions: Definitions
) -> bool:
    longest = last_day(allocated_on, months=definitions.horizons[-1].months + counted.lag_months)
    return (
        happened.disposal in counted.disposals
        and happened.disposed_on is not None
        and happened.disposed_on <= longest
    )
