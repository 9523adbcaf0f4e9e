"""The outcomes that a disposal may have, as dated reference data. Pure."""

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, model_validator

from checkpoint.foundation.datedfiles import Part, Words
from checkpoint.foundation.errors import RuleBroken

CODE = r"^[0-9]{1,2}$"
FIELD = "#/outcome_code"


class Need(StrEnum):
    """What has to be so before an outcome may be recorded."""

    COMPLETED_CONTRACT = "completed_contract"
    TIME_LIMIT_PASSED = "time_limit_passed"


REFUSED: Mapping[Need, tuple[str, str]] = MappingProxyType(
    {
        Need.COMPLETED_CONTRACT: (
            "no-completed-contract",
            "Record it as an outcome of the case's contract, once that is completed.",
        ),
        Need.TIME_LIMIT_PASSED: (
            "time-limit-not-passed",
            "No time limit of this offence had run out by then; see the record's prosecution_clock.",
        ),
    }
)


class Outcome(Part):
    """One way to dispose of an offence, and when it may be recorded."""

    code: Annotated[str, Field(pattern=CODE)]
    label: Words
    available_from: date | None = None
    available_until: date | None = None
    is_outcome: bool = True
    never: Words | None = None
    needs: Need | None = None

    def may_be_given(self, on: date) -> bool:
        """Whether it was in use on a day."""
        begins, ends = self.available_from or date.min, self.available_until or date.max
        return begins <= on < ends


class Outcomes(Part):
    """The list of outcomes."""

    source: Words
    outcomes: tuple[Outcome, ...]

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        if len({outcome.code for outcome in self.outcomes}) < len(self.outcomes):
            raise ValueError("an outcome stands twice")
        return self

    def of(self, code: str) -> Outcome | None:
        """The outcome with a code, if it was ever listed."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)

    @property
    def open_codes(self) -> list[str]:
        """Codes that say that nothing is decided yet."""
        return [outcome.code for outcome in self.outcomes if not outcome.is_outcome]


def parse(text: str) -> Outcomes:
    """The outcomes that ``text`` (TOML) lists.

    Raises:
        ValueError: not TOML, or a part is missing, unknown or doubled.
    """
    return Outcomes.model_validate(tomllib.loads(text))


@lru_cache(maxsize=1)
def known() -> Outcomes:
    """The outcomes that ship with the package."""
    file = files("checkpoint.delivery") / "reference" / "outcomes.toml"
    return parse(file.read_text("utf-8"))


def label_of(code: str) -> str:
    """What staff call an outcome; its code where the list has lost it."""
    found = known().of(code)
    return found.label if found else code


def check_outcome(
    outcomes: Outcomes, code: str, *, on: date, completed: bool, last_day: date | None
) -> None:
    """An outcome may be recorded of an offence.

    Args:
        outcomes: those that are known.
        code: what was sent.
        on: the day in England on which the offence was disposed of.
        completed: whether a completed contract is on record for the case.
        last_day: the last day on which proceedings could begin; None where no limit runs.

    Raises:
        RuleBroken: outcome-not-listed, outcome-never-here, no-completed-contract or
            time-limit-not-passed.

    Source: domain notes 1.7: 18 never for an identified suspect; 22 only after completion and only
    from 1 April 2019; 17 is a time limit that expired.
    """
    found = outcomes.of(code)
    if found is None or not found.may_be_given(on):
        raise RuleBroken(
            FIELD, "outcome-not-listed", "Choose an outcome that the code list has for that day."
        )
    if found.never is not None:
        raise RuleBroken(FIELD, "outcome-never-here", found.never)
    is_so = {
        None: True,
        Need.COMPLETED_CONTRACT: completed,
        Need.TIME_LIMIT_PASSED: last_day is not None and on > last_day,
    }
    if found.needs is not None and not is_so[found.needs]:
        raise RuleBroken(FIELD, *REFUSED[found.needs])
