"""Made-up people of a cut as the database gives them, and the packages made of them."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pyarrow as pa

from checkpoint.extracts.choosing import chosen
from checkpoint.extracts.columns import (
    EVENT_COLUMNS,
    IDENTITY,
    Covariate,
    CovariateKind,
    offered,
)
from checkpoint.extracts.describing import About
from checkpoint.extracts.facts import Asked
from checkpoint.extracts.packaging import Building
from checkpoint.extracts.references import policies
from checkpoint.outcomes.cuts.states import Measure

POLICY = policies()["2026-11-23"]
KEY = bytes(range(32))
PRIO = Covariate("prio", CovariateKind.NUMBER, "Convictions before")
OFFERED = offered(Measure, [PRIO])
ABOUT = About(
    trial="MADE-UP",
    title="A made-up trial",
    request="r1",
    recipient="university",
    cut=1,
    cut_digest="a" * 64,
    known_until=datetime(2026, 1, 1, tzinfo=UTC),
    taken_at=datetime(2026, 1, 2, tzinfo=UTC),
    followed_until=date(2025, 12, 31),
    definitions="2015-04-07-starter",
    definitions_digest="b" * 64,
    software="checkpoint 0.1.0",
    synthetic=True,
)


def asked(*names: str, events: bool = False, exempt: Iterable[str] = (), **more) -> Asked:
    """What is asked for: these columns, or all of them."""
    columns = chosen(names or [c.name for c in OFFERED], OFFERED, exempt=exempt, events=events)
    told = {"arms": {"A": "A", "B": "B"}, "events": EVENT_COLUMNS if events else ()}
    return Asked(columns=columns, **{**told, **more})


def people(size: int, seed: int = 1, *, followed: int = 364) -> list[dict]:
    """So many people, each with every column that a cut has of them."""
    lot = Random(seed)
    return [
        {
            "participant_id": str(UUID(int=lot.getrandbits(128))),
            "mask": "AB"[place % 2],
            "allocated_quarter": f"2024-Q{lot.randint(1, 4)}",
            "sex": lot.choice(["male"] * 4 + ["female"]),
            "age": lot.randint(18, 60),
            "ethnicity": lot.choice(["W"] * 8 + ["A", "B"]),
            "residence": lot.choice(["E06000047", "E06000005"]),
            "offence_group": lot.choice(["theft", "violence", "drugs"]),
            "baseline.prio": lot.randint(0, 20),
            "observed_days": followed,
            "ended_by": "data_cut",
            "custody_days": 0,
            **{f"{m}_day": lot.randint(1, 360) if lot.random() < 0.3 else None for m in Measure},
        }
        for place in range(size)
    ]


def happened(rows: Sequence[Mapping]) -> list[dict]:
    """What happened to these people: each first arrest, and another after it."""
    return [
        {
            "participant_id": row["participant_id"],
            "measure": "arrest",
            "day": day,
            "offence_group": row["offence_group"],
            "harm_days": 5.5,
            "proactively_detected": False,
        }
        for row in rows
        if row["arrest_day"] is not None
        for day in (row["arrest_day"], 362)
    ]


def copied(rows: Iterable[Mapping], columns: Sequence[str], size: int = 999) -> list[Any]:
    """Rows as the database's driver gives them, so many in a batch."""
    rows = [*rows]
    return [
        pa.record_batch(
            [column_of([row[name] for row in rows[at : at + size]], name) for name in columns],
            names=[*columns],
        )
        for at in range(0, len(rows), size)
    ]


def column_of(values: Sequence[Any], name: str) -> Any:
    """One column: ids as 16 bytes, the rest as what they are."""
    if name != IDENTITY:
        return pa.array(values)
    return pa.array([value and UUID(value).bytes for value in values], pa.binary(16))


def built(folder: Path, wanted: Asked, rows, events=(), *, key=KEY, about=ABOUT, policy=POLICY):
    """The release, and the package by the names of its files."""
    path = folder / "package.zip"
    with Building(wanted, about, key=key, policy=policy, folder=folder / "scratch") as building:
        building.participants(copied(rows, wanted.sources))
        building.measured()
        if wanted.events:
            building.events(copied(events, wanted.event_sources))
        release = building.pack(path)
    assert not (folder / "scratch").exists()
    with zipfile.ZipFile(path) as package:
        return release, {name: package.read(name) for name in package.namelist()}


def table(files: Mapping[str, bytes], name: str = "participants.csv") -> list[dict]:
    """The rows of a file of a package."""
    return [*csv.DictReader(io.StringIO(files[name].decode(), newline=""))]


def described(files: Mapping[str, bytes]) -> dict:
    """The descriptor of a package."""
    return json.loads(files["datapackage.json"])
