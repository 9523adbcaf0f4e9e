"""What a trial protocol has to say, which amendments it takes, and where a trial stands. Pure."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.schemas import Spelt, harmless, in_range
from checkpoint.foundation.tomlfiles import parsed
from checkpoint.trials.states import CONTROL, TrialKind, TrialState

CODE = re.compile(r"^[A-Z0-9]+(-[A-Z0-9]+)*$")
TEST_PREFIX = "TEST-"
ArmCode = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]{1,30}$"),
    Spelt("an arm's code in small letters, digits and _", "treatment"),
]
SuiteCode = Annotated[
    str,
    Field(pattern=r"^[A-Z0-9-]{1,40}$"),
    Spelt("a code of at most 40 capital letters, digits and -", "DURHAMGATE"),
]
Words = Annotated[str, Field(min_length=3, max_length=400)]
FIRST_DAY = date(2015, 4, 7)  # the programme's, in Darlington
MOST_WORDS = 1000


class ProtocolUnreadable(ValueError):
    """The protocol cannot be read, or breaks a rule; the message says where."""


class Holders(Part):
    """Who holds what in the trial, as posts and not as names of people."""

    sponsor: Words
    trial_manager: Words
    statistician: Words
    data_monitor: Words


class Protocol(Part):
    """One version of a trial's protocol, as far as this service acts on it.

    ``arms`` are whole parts of the ratio, one arm being the control; ``strata`` are suites, one
    stratum each; ``closes_on`` is the first day on which nobody is allocated any more. The sizes of
    blocks stand in no protocol that staff can read: they are given where the list is sealed.
    """

    trial: Annotated[str, Field(max_length=40)]
    kind: TrialKind
    number: Annotated[int, Field(ge=1, le=1000)]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")]
    title: Words
    registered_as: Words | None = None
    changed: Words
    source: Words
    in_effect_from: date
    opens_on: date
    closes_on: date | None = None
    target: Annotated[int, Field(ge=2, le=1_000_000)]
    warn_below: Annotated[int, Field(ge=1, le=10_000)] = 20
    arms: Mapping[ArmCode, Annotated[int, Field(ge=1, le=10)]]
    strata: Annotated[tuple[SuiteCode, ...], Field(min_length=1, max_length=50)]
    holders: Holders

    @model_validator(mode="after")
    def hangs_together(self) -> Self:
        faults = [*self._faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterable[str]:
        if not CODE.match(self.trial):
            yield "trial: capital letters, digits and single hyphens"
        if self.trial.startswith(TEST_PREFIX) != (self.kind is TrialKind.TEST):
            yield f"trial: a test trial's code begins with {TEST_PREFIX}, and no other's does"
        if CONTROL not in self.arms or len(self.arms) < 2:
            yield f"arms: at least two, one of them {CONTROL}"
        if len({*self.strata}) != len(self.strata):
            yield "strata: a suite stands there twice"
        if self.closes_on is not None and self.closes_on <= self.opens_on:
            yield "closes_on: a day after opens_on"


@dataclass(frozen=True)
class Adopted:
    """A protocol as it stands among a trial's versions."""

    number: int
    in_effect_from: date
    opens_on: date
    closes_on: date | None


def parse(text: str) -> Protocol:
    """The protocol that a file describes.

    Args:
        text: TOML.

    Returns:
        The protocol.

    Raises:
        ProtocolUnreadable: not TOML, or a part is missing, unknown or does not fit; every fault.
    """
    try:
        return Protocol.model_validate(parsed(text))
    except tomllib.TOMLDecodeError as error:
        raise ProtocolUnreadable(str(error)) from error
    except ValidationError as error:
        faults = [
            ": ".join(
                part for part in (".".join(map(str, fault["loc"])), _words_of(fault["msg"])) if part
            )
            for fault in error.errors()
        ]
        raise ProtocolUnreadable("; ".join(faults)) from error


def _words_of(message: str) -> str:
    return message.removeprefix("Value error, ")


def digest(text: str) -> str:
    """SHA-256 of a protocol file, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry_faults(new: Protocol) -> list[str]:
    """What nobody adopts any more, though a protocol that was adopted with it stays readable.

    Args:
        new: a protocol that somebody wrote.

    Returns:
        Every fault: days that cannot be meant, hidden characters, and a title of spaces.
    """
    faults = []
    if new.kind is TrialKind.ELSEWHERE:
        faults.append("kind: a trial that ran elsewhere is brought in by checkpoint trial import")
    words = {"trial": new.trial, "title": new.title, "changed": new.changed, "source": new.source}
    for name, given in (words | dict(new.holders)).items():
        if given != given.strip():
            faults.append(f"{name}: spaces or line ends stand around it")
        faults += _said_by(harmless, given, name)
    days = {"in_effect_from": new.in_effect_from, "closes_on": new.closes_on or new.opens_on}
    for name, day in days.items():
        faults += _said_by(in_range, day, name)
    if new.opens_on < FIRST_DAY:
        faults.append(f"opens_on: {FIRST_DAY:%d %B %Y}, when the programme began, or later")
    return faults


def _said_by(rule: Callable[[Any], Any], given: object, name: str) -> list[str]:
    try:
        rule(given)
    except ValueError as error:
        return [f"{name}: {error}"]
    return []


def amendment_faults(
    new: Protocol, before: Protocol | None, *, state: TrialState, on: date
) -> list[str]:
    """Why a protocol may not become a trial's next version.

    Args:
        new: the version to adopt.
        before: the version it follows; None for the first.
        state: where the trial stands on that day.
        on: the day of adoption in England.

    Returns:
        Every fault; none if it may. What was drawn never changes: an amendment acts from its first
        day on, strata are added and never taken away, and the day of opening stands once it came.
        A trial that closed never opens again: by then its list may be known.
    """
    if before is None:
        return [] if new.number == 1 else ["number: the first version has the number 1"]
    faults = []
    if new.number != before.number + 1:
        faults.append(f"number: the next version has the number {before.number + 1}")
    if new.kind is not before.kind:
        faults.append("kind: a trial stays live or test")
    if state is TrialState.CLOSED:
        faults.append("trial: it is closed, and takes no amendment")
    faults += _days_that_cannot_be(new, before, state=state, on=on)
    if missing := [suite for suite in before.strata if suite not in new.strata]:
        faults.append(f"strata: none is taken away; missing: {', '.join(missing)}")
    return faults


def _days_that_cannot_be(
    new: Protocol, before: Protocol, *, state: TrialState, on: date
) -> Iterable[str]:
    if new.in_effect_from < max(on, before.in_effect_from):
        yield "in_effect_from: today or later, and not before the last version's"
    if before.closes_on is not None and new.in_effect_from > before.closes_on:
        yield "in_effect_from: by the day the trial closes; then its list may be proved"
    if state is not TrialState.ANNOUNCED and new.opens_on != before.opens_on:
        yield "opens_on: the trial is open, so this day stands"


def words_of_closing(given: str) -> str:
    """Why a trial is closed, as it is kept.

    Args:
        given: in words.

    Returns:
        The same without spaces around it.

    Raises:
        ValueError: there are no words, or more than 1,000 characters of them.
    """
    words = given.strip()
    if not 1 <= len(words) <= MOST_WORDS:
        raise ValueError(f"Say why, in 1 to {MOST_WORDS:,} characters.")
    return words


def in_effect(versions: Sequence[Adopted], on: date) -> Adopted:
    """The version that counts on a day.

    Args:
        versions: at least one, in the order of their numbers.
        on: a day in England.

    Returns:
        The last that is in effect by then; the first if none is yet.
    """
    begun = [version for version in versions if version.in_effect_from <= on]
    return (begun or [versions[0]])[-1]


def state_on(versions: Sequence[Adopted], on: date, *, closed: bool) -> TrialState:
    """Where a trial stands.

    Args:
        versions: at least one, in the order of their numbers.
        on: a day in England.
        closed: whether somebody closed it before that.

    Returns:
        Announced before its first day, open from then until it is closed or its last day passed.
    """
    version = in_effect(versions, on)
    if closed or (version.closes_on is not None and on >= version.closes_on):
        return TrialState.CLOSED
    return TrialState.OPEN if on >= version.opens_on else TrialState.ANNOUNCED


@dataclass(frozen=True)
class Phase:
    """From when until when the programme runs at a suite; no end is open."""

    suite: str
    live_from: date
    live_until: date | None
    source: str

    def is_live(self, on: date) -> bool:
        """Whether the programme runs there on a day."""
        return self.live_from <= on and (self.live_until is None or on < self.live_until)


def phase_faults(phases: Sequence[Phase]) -> list[str]:
    """Where phases of one suite overlap or end before they begin; each fault names the suite."""
    faults = []
    last: dict[str, Phase] = {}
    for phase in sorted(phases, key=lambda each: (each.suite, each.live_from)):
        if phase.live_until is not None and phase.live_until <= phase.live_from:
            faults.append(f"{phase.suite}: live_until: a day after live_from")
        before = last.get(phase.suite)
        if before and (before.live_until is None or before.live_until > phase.live_from):
            faults.append(f"{phase.suite}: {phase.live_from}: overlaps the phase before")
        last[phase.suite] = phase
    return faults
