"""The pathways as a taxonomy, what other taxonomies' terms mean, and what is stale; dated files. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from checkpoint.directory.states import MappingBasis
from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.tomlfiles import parsed
from checkpoint.needs.states import Pathway

SUMS = "SHA256SUMS"
Filled = Annotated[str, Field(min_length=1, max_length=500)]


class Dated(Part):
    """A file that never changes, and from when it is used."""

    version: Filled
    valid_from: date
    source: Filled


class TaxonomyHead(Part):
    """The taxonomy that the pathways are."""

    id: UUID
    name: Filled
    description: Filled


class PathwayTerm(TaxonomyHead):
    """One pathway as a term."""

    code: Pathway


class Pathways(Dated):
    """The pathways as a taxonomy."""

    taxonomy: TaxonomyHead
    terms: Annotated[tuple[PathwayTerm, ...], Field(min_length=1)]


class CrosswalkEntry(Part):
    """What one term of another taxonomy means."""

    term: Filled
    pathways: Annotated[tuple[Pathway, ...], Field(min_length=1)]


class TermCrosswalk(Dated):
    """What terms of another taxonomy mean."""

    basis: MappingBasis
    entries: tuple[CrosswalkEntry, ...]


class Staleness(Dated):
    """After how many days a listing is stale, and how long its provider has to answer."""

    assured_for_days: Annotated[int, Field(ge=1, le=3660)]
    answer_within_days: Annotated[int, Field(ge=1, le=365)]


File = TypeVar("File", bound=Dated)


def digest(text: str) -> str:
    """SHA-256 of a dated file, as it is written down beside it."""
    return hashlib.sha256(text.encode()).hexdigest()


def packaged(folder: str) -> Mapping[str, str]:
    """The dated files of one folder that ship with this, by name, the oldest first."""
    here = files("checkpoint.directory") / folder
    found = (each for each in here.iterdir() if each.name.endswith(".toml"))
    return {each.name: each.read_text("utf-8") for each in sorted(found, key=lambda it: it.name)}


def _read(folder: str, kind: type[File]) -> tuple[File, ...]:
    return tuple(kind.model_validate(parsed(text)) for text in packaged(folder).values())


@lru_cache
def pathways() -> tuple[Pathways, ...]:
    """The pathways as a taxonomy, the oldest list first."""
    return _read("pathways", Pathways)


@lru_cache
def crosswalks() -> tuple[TermCrosswalk, ...]:
    """What ships of the crosswalk, the oldest file first."""
    return _read("crosswalks", TermCrosswalk)


@lru_cache
def _staleness() -> tuple[Staleness, ...]:
    return _read("staleness", Staleness)


def staleness_on(day: date) -> Staleness:
    """What is stale on a day; before the first file, what that says."""
    held = [each for each in _staleness() if each.valid_from <= day]
    return held[-1] if held else _staleness()[0]


@lru_cache
def pathway_terms() -> Mapping[UUID, Pathway]:
    """The programme's own terms by id, and which pathway each is."""
    return MappingProxyType({term.id: term.code for each in pathways() for term in each.terms})
