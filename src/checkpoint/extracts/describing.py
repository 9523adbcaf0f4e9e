"""What a package says of itself: the data dictionary, the report of disclosure, the first page. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from checkpoint.extracts.columns import Column, Kind
from checkpoint.extracts.control import REDACTED
from checkpoint.extracts.hierarchies import in_words
from checkpoint.extracts.references import Policy
from checkpoint.extracts.wording import categories
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Origin

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
ANONYMOUS = "anonymous information"
PSEUDONYMISED = "pseudonymised personal data"
KEY_NAME = "pseudonym"
WHOLE = frozenset({Kind.DAYS, Kind.DISTANCE, Kind.COST})
Rows = Sequence[tuple[str, str, int | None]]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What somebody came to who tried to find people in an earlier build of this extract."""

    nobody_found: bool
    assessed_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class AtHorizon:
    """The result of one measure within one horizon, of everybody whom the trial allocated.

    ``counts`` are by arm people without and with the outcome, of those whose horizon had passed, as
    ``denominator`` says. ``everybody`` tells that these are all who may be in the extract.
    """

    horizon: str
    denominator: str
    counts: Mapping[str, tuple[int, int]]
    everybody: bool


@dataclass(frozen=True, slots=True)
class About:
    """What is told of an extract beside its rows; nothing of it hangs on when it is built.

    ``gates`` count who came to each gate before allocation, in order. ``changes`` say what a
    correction changed against the cut before, by field: people, or None of events. ``arms`` are the names by mask,
    the masks themselves until the trial is unblinded. ``horizons`` are the trial's, each with its last
    day from allocation. ``joined_to`` counts the trial's earlier releases of rows of people, which
    recipients might join to this one. ``results`` are that of one measure by horizon, of the primary
    one where ``primary`` says that one was fixed in advance; ``origin`` tells who said so, and
    ``primary_since`` from which edition on, where another stood before. ``covariates`` are those of its
    columns that the cut's programme describes in words of its own.
    """

    trial: str
    title: str
    request: str
    recipient: str
    cut: int
    cut_digest: str
    known_until: datetime
    taken_at: datetime
    followed_until: date
    definitions: str
    definitions_digest: str
    software: str
    population: str = "everybody who was allocated, by the arm they were allocated to"
    rule_sets: Sequence[str] = ()
    harm_index: str | None = None
    unblinded: bool = False
    synthetic: bool = False
    gates: Sequence[tuple[str, int]] = ()
    changes: Sequence[tuple[str, int | None]] = ()
    assessment: Assessment | None = None
    exempt: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""
    agreement: str = ""
    expires_on: date | None = None
    horizons: Sequence[tuple[str, int]] = ()
    conviction_lag_months: int = 0
    joined_to: Sequence[int] = ()
    results: Sequence[AtHorizon] = ()
    covariates: Sequence[Column] = ()
    primary: Primary | None = None
    primary_since: int | None = None
    origin: Origin = Origin.OWN
    conditions: str = (
        "For the purpose and under the agreement that it was asked for by. Not to be passed on, "
        "nor joined with other data about people, nor used to find anybody."
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the package, as its list of files has it."""

    name: str
    title: str
    size: int
    digest: str
    schema: Mapping[str, Any] | None = None


def label(*, passes: bool, about: About) -> str:
    """What a package may call itself.

    It is anonymous only where the tests and somebody who tried to find people both say so
    (standards notes 5.2; ICO guidance on anonymisation, the motivated intruder).

    Args:
        passes: whether k and l hold over all quasi-identifiers.
        about: with the assessment, if there was one, and what was declared to identify nobody.

    Returns:
        ``ANONYMOUS`` or ``PSEUDONYMISED``.
    """
    found_nobody = about.assessment is not None and about.assessment.nobody_found
    return ANONYMOUS if passes and found_nobody and not about.exempt else PSEUDONYMISED


def schema(
    columns: Sequence[tuple[Column, int, Sequence[str]]], policy: Policy, *, unique: bool
) -> dict[str, Any]:
    """The data dictionary of one table, as a Table Schema (Data Package v2).

    Args:
        columns: each with its level and, where its values are codes, those that may stand there.
        policy: what the levels are.
        unique: whether each person has one row.

    Returns:
        The schema as plain JSON.
    """
    key = {
        "name": KEY_NAME,
        "title": "Pseudonym",
        "type": "string",
        "description": "Stands for one person in this extract and in no other.",
        "constraints": {"required": True, "pattern": "[0-9A-V]{26}"}
        | ({"unique": True} if unique else {}),
    }
    found = {
        "fields": [key, *(_field(*each, policy) for each in columns)],
        "missingValues": ["", REDACTED],
    }
    return found | ({"primaryKey": [KEY_NAME]} if unique else {})


def _field(column: Column, level: int, values: Sequence[str], policy: Policy) -> dict[str, Any]:
    kinds = {Kind.YES_NO: "boolean", Kind.NUMBER: "number"}
    told: dict[str, Any] = {
        "name": column.name,
        "title": column.title,
        "type": "integer" if column.kind in WHOLE else kinds.get(column.kind, "string"),
        "description": column.description,
    }
    if values:
        told["categories"] = categories(column, values)
    if column.kind is Kind.YES_NO:
        told |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit:
        told["unit"] = column.unit
    told |= {
        "told_as": in_words(column.kind, level, policy),
        "quasi_identifier": column.quasi,
        "disclosure": column.disclosure.value,
    }
    return told


GATE = "gate"  # what the first column of a participant flow is called
# What is suppressed would come out again by subtraction if it stood in a total.
IN_FLOW = (
    "Numbers too small to tell stand in no other number: a gate before allocation is the sum of "
    "those who are shown from there on, and so may be less than came to it."
)


def counts_schema(first: str) -> dict[str, Any]:
    """The data dictionary of a file of counts, whose first column is called so."""
    people = {"name": "people", "type": "integer", "title": "People"}
    return {
        "fields": [
            {"name": first, "type": "string", "title": first.capitalize()},
            {"name": "arm", "type": "string", "title": "Arm", "description": "Empty: of all."},
            people | ({"description": IN_FLOW} if first == GATE else {}),
        ],
        "missingValues": ["", REDACTED],
    }


def counts_file(first: str, rows: Rows) -> bytes:
    """A file of counts as CSV.

    Args:
        first: what the first column is called.
        rows: code, arm or empty, and people; None is suppressed.

    Returns:
        Its bytes.
    """
    lines = [f"{first},arm,people"]
    lines += [f"{code},{arm},{REDACTED if n is None else n}" for code, arm, n in rows]
    return "".join(f"{line}\r\n" for line in lines).encode()


def written(document: Mapping[str, Any]) -> bytes:
    """A document as JSON, the same for the same content."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def terms(about: About) -> dict[str, Any]:
    """What an extract was asked for by, and the trial's horizons, for the descriptor."""
    return {
        "purpose": about.purpose,
        "agreement": about.agreement,
        "expires_on": about.expires_on and about.expires_on.isoformat(),
        "horizons": [{"name": name, "last_day": day} for name, day in about.horizons],
        "conviction_lag_months": about.conviction_lag_months,
    }


def versions(about: About) -> dict[str, Any]:
    """By what an extract was made and what was known then, for whoever holds two side by side."""
    return {
        "unblinded": about.unblinded,
        "known_until": about.known_until.isoformat(),
        "followed_until": about.followed_until.isoformat(),
        "definitions": {"version": about.definitions, "sha256": about.definitions_digest},
        "rule_sets": [*about.rule_sets],
        "harm_index": about.harm_index,
        "primary_outcome": about.primary
        and {"measure": about.primary.measure, "horizon": about.primary.horizon},
    }


def package(
    about: About, files: Sequence[Listed], *, called: str, policy: Policy
) -> dict[str, Any]:
    """The descriptor of the package, which is its data dictionary (Frictionless Data Package v2).

    Args:
        about: what is told of the extract.
        files: with data, each with its schema.
        called: the label.
        policy: that it was made by.

    Returns:
        The descriptor as plain JSON.
    """
    return {
        "$schema": PROFILE,
        "name": f"{about.trial.lower()}-cut-{about.cut}-{about.request}",
        "title": f"{about.title}: data cut {about.cut}",
        "description": f"{called.capitalize()}. Population: {about.population}.",
        "version": f"{about.cut}.0.0",
        "created": about.taken_at.isoformat(),
        "licenses": [{"name": "restricted-by-agreement", "title": about.conditions}],
        "sources": [
            {"title": f"Trial {about.trial}, data cut {about.cut}, SHA-256 {about.cut_digest}"}
        ],
        "contributors": [{"title": about.software, "roles": ["creator"]}],
        "label": called,
        "synthetic": about.synthetic,
        "recipient": about.recipient,
        **terms(about),
        **versions(about),
        "disclosure_policy": policy.version,
        "resources": [_resource(each) for each in files],
    }


def _resource(listed: Listed) -> dict[str, Any]:
    kind = listed.name.rpartition(".")[2]
    types = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    found: dict[str, Any] = {
        "name": listed.name.replace(".", "-"),
        "title": listed.title,
        "path": listed.name,
        "format": kind,
        "mediatype": types[kind],
        "bytes": listed.size,
        "hash": f"sha256:{listed.digest}",
        "schema": listed.schema,
    }
    if kind == "csv":
        found |= {
            "type": "table",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        }
    return found
