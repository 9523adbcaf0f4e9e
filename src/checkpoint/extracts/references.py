"""Policies of disclosure control, as dated files with the digests they were published by. Pure."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from checkpoint.foundation.datedfiles import SUMS, Part, digest, read
from checkpoint.foundation.schemas import Version

Steps = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]


class PolicyUnreadable(ValueError):
    """A file is not what a policy must be; says where."""


class Aggregates(Part):
    """Counts: the fewest people that are told, and what the rest is rounded to."""

    smallest: Annotated[int, Field(ge=2)]
    rounding: Annotated[int, Field(ge=2)]


class People(Part):
    """Rows of people: how many have to be alike, and in how many two releases have to differ."""

    k: Annotated[int, Field(ge=2)]
    l: Annotated[int, Field(ge=2)]  # noqa: E741
    most_lost: Annotated[float, Field(ge=0, le=1)]
    differing: Annotated[int, Field(ge=2)]
    most_values: Annotated[int, Field(ge=2)]


class Widths(Part):
    """How wide steps and bands are."""

    days: Steps
    numbers: Steps
    distance: Annotated[int, Field(ge=1)]
    cost: Annotated[int, Field(ge=1)]
    harm: Steps

    @model_validator(mode="after")
    def each_holds_the_one_before(self) -> Self:
        for name in ("days", "numbers"):
            steps = getattr(self, name)
            if any(b % a or a == b for a, b in pairwise(steps)):
                raise ValueError(f"{name}: a step is not made of whole ones of the step before")
        if list(self.harm) != sorted({*self.harm}):
            raise ValueError("harm: the bands are not in order")
        return self


class Coarsening(Part):
    """What is made coarser first."""

    order: tuple[str, ...]


class Groups(Part):
    """Broader groups, by the codes that fall into them, in small letters."""

    ethnicities: Mapping[str, str]
    offences: Mapping[str, str]


class Bands(Part):
    """Bands of age at one level: where each begins, in whole years, and what it is called."""

    level: Annotated[int, Field(ge=0)]
    begins: Annotated[tuple[int, ...], Field(alias="from")]
    names: tuple[str, ...]

    @model_validator(mode="after")
    def cover_every_age(self) -> Self:
        if len(self.begins) != len(self.names) or [*self.begins] != sorted({0, *self.begins}):
            raise ValueError("bands: they begin at 0, in order, each with a name")
        return self


class Policy(Part):
    """When what leaves the force tells too much, and how it is made to tell less."""

    version: Version
    title: str
    valid_from: date
    source: str
    note: str
    aggregates: Aggregates
    people: People
    steps: Widths
    coarsening: Coarsening
    groups: Groups
    bands: tuple[Bands, ...]

    @model_validator(mode="after")
    def bands_hold_one_another(self) -> Self:
        for level, (before, after) in enumerate(pairwise(self.bands)):
            if not {*after.begins} < {*before.begins}:
                raise ValueError(f"bands: level {level + 1} is not made of whole bands before it")
        if [each.level for each in self.bands] != [*range(len(self.bands))] or not self.bands:
            raise ValueError("bands: the levels count from 0")
        return self


def parse(text: str) -> Policy:
    """The policy that ``text`` (TOML) describes.

    Raises:
        PolicyUnreadable: not TOML, or a part is missing, unknown or wrong; every fault is told.
    """
    return read(Policy, text, PolicyUnreadable)


def opened(texts: Mapping[str, str]) -> dict[str, Policy]:
    """The policies among the files of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the policies' digests.

    Returns:
        Each policy by version.

    Raises:
        PolicyUnreadable: a policy cannot be read, is not named after its version, or is not what
            was published.
    """
    sums = {name: told for told, name in map(str.split, texts.get(SUMS, "").splitlines())}
    found = []
    for name, text in texts.items():
        if not name.endswith(".toml"):
            continue
        policy = parse(text)
        if name != f"{policy.version}.toml" or digest(text) != sums.get(name):
            raise PolicyUnreadable(f"{name}: it is not what was published by that name")
        found.append(policy)
    return {each.version: each for each in sorted(found, key=lambda p: (p.valid_from, p.version))}


@lru_cache
def policies() -> Mapping[str, Policy]:
    """The policies that came with the software, by version, in the order of their first days."""
    folder = files("checkpoint.extracts") / "policies"
    return opened({file.name: file.read_text("utf-8") for file in folder.iterdir()})


def policy_on(day: date) -> Policy:
    """The policy in force on a day.

    Raises:
        LookupError: none was yet.
    """
    began = [policy for policy in policies().values() if policy.valid_from <= day]
    if not began:
        raise LookupError(f"no policy of disclosure control was in force on {day}")
    return began[-1]
