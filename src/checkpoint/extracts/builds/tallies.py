"""Aggregates: people counted in groups, by arm and outcome; the small suppressed, the rest rounded."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkpoint.evaluation.control import Table, table
from checkpoint.extracts.builds.orders import REPORT, Order
from checkpoint.extracts.builds.populations import narrowed
from checkpoint.extracts.builds.snapshots import Snapshot, expression
from checkpoint.extracts.columns import Column
from checkpoint.extracts.control import REDACTED, flow
from checkpoint.extracts.describing import PROFILE, written
from checkpoint.extracts.hierarchies import generalised
from checkpoint.extracts.references import Policy
from checkpoint.extracts.states import LABELS, Label
from checkpoint.extracts.zipping import Zip

# Days that are looked at from allocation on, that of allocation being day 0.
HORIZONS = {6: 183, 12: 365, 18: 548, 24: 730}
EVERYBODY = "everybody"
NOT_KNOWN = "not_known"
COLUMNS = ("by", "group", "measure", "horizon_months", "arm", "with_outcome", "without_outcome")
README = """# Counts of {trial}, data cut {cut}

People who were allocated, by the arm they were allocated to{named}. Counted are those who were
observed for the whole of a horizon: with the outcome by its last day, and without. Horizons are
of {horizons} days from allocation.

Of fewer than {smallest} nothing is told: `{redacted}`. The rest is rounded to {rounding}; totals
are those of the rounded counts that are shown. Policy {policy}.

For the purpose and under the agreement that it was asked for by; for {recipient}.
Known until {known_until}, followed until {followed_until}. Definitions {definitions}.
{synthetic}"""
Tell = Callable[[str, int, int | None], None]
# By group, arm: without and with the outcome.
Cells = dict[str, dict[str, list[int]]]


async def counted(seen: Snapshot, order: Order, *, tell: Tell) -> dict[str, Any]:
    """The tables of an extract of aggregates, as they may leave the force.

    Args:
        seen: the snapshot.
        order: what was asked for.
        tell: told after each field; what it raises ends the build.

    Returns:
        As plain JSON: for each field, measure and horizon, counts by group and arm.
    """
    tables = []
    for number, column in enumerate((None, *order.columns), 1):
        tables += await _of_field(seen, order, column)
        tell("measuring", number, len(order.columns) + 1)
    return {
        "policy": order.policy.version,
        "trial": order.about.trial,
        "cut": order.about.cut,
        "population": order.about.population,
        "unblinded": order.unblinded,
        "synthetic": order.about.synthetic,
        "horizons_days": {str(months): days for months, days in HORIZONS.items()},
        "flow": flow([*order.about.gates, ("allocated", order.cut.participants)], order.policy),
        "tables": tables,
    }


async def _of_field(seen: Snapshot, order: Order, column: Column | None) -> list[dict[str, Any]]:
    measures = [
        measure for measure in ("arrest", "charge", "proven") if measure in order.cut.measures
    ]
    conditions, values = narrowed(order.population, place=":v{}")
    wanted = [
        f"count(*) FILTER (WHERE observed_days >= {days}) AS followed_{months}, "
        + ", ".join(
            f"count(*) FILTER (WHERE observed_days >= {days} AND {measure}_day <= {days}) "
            f"AS {measure}_{months}"
            for measure in measures
        )
        for months, days in HORIZONS.items()
    ]
    source = f"({expression(column.source)})::text" if column else "''"
    rows = await seen.rows(
        f"SELECT mask, {source} AS value, {', '.join(wanted)} FROM seen_participant "  # noqa: S608
        f"WHERE cut_id = :cut_id{conditions} GROUP BY 1, 2 ORDER BY 1, 2",
        cut_id=order.cut.id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return [
        _table(order, column, measure, months, rows) for measure in measures for months in HORIZONS
    ]


def _table(
    order: Order, column: Column | None, measure: str, months: int, rows: Iterable[Any]
) -> dict[str, Any]:
    """One table: a row for each group and arm's outcome, so that small ones hide one another."""
    cells: Cells = {}
    for row in rows:
        group = group_of(column, row.value, order.policy)
        pair = cells.setdefault(group, {}).setdefault(order.asked.arms[row.mask], [0, 0])
        had = getattr(row, f"{measure}_{months}")
        pair[0] += getattr(row, f"followed_{months}") - had
        pair[1] += had
    arms = sorted({*order.asked.arms.values()})
    return {
        "by": column.name if column else EVERYBODY,
        "measure": measure,
        "horizon_months": months,
        "arms": arms,
        **shown(cells, arms, order.policy),
    }


def group_of(column: Column | None, value: str | None, policy: Policy) -> str:
    """The group that a value is counted in."""
    if column is None:
        return EVERYBODY
    found = generalised(value, column.kind, 0, policy)
    return NOT_KNOWN if found is None else str(found)


def shown(
    cells: Mapping[str, Mapping[str, Sequence[int]]], arms: Sequence[str], policy: Policy
) -> dict[str, Any]:
    """Counts by group and arm as they may leave the force.

    Args:
        cells: by group and arm, people without and with the outcome.
        arms: their names, in order.
        policy: the smallest that is told, and what the rest is rounded to.

    Returns:
        The groups with their counts, and the totals of what is shown; None is suppressed.
    """
    groups = sorted(cells)
    counts = [
        [count for arm in arms for count in cells[group].get(arm, (0, 0))] for group in groups
    ]
    told: Table = table(counts, policy)
    return {
        "groups": [
            {
                "group": group,
                "counts": [
                    {
                        "arm": arm,
                        "without_outcome": told.cells[place][2 * number],
                        "with_outcome": told.cells[place][2 * number + 1],
                    }
                    for number, arm in enumerate(arms)
                ],
                "total": told.rows[place],
            }
            for place, group in enumerate(groups)
        ],
        "total": told.total,
    }


async def people(seen: Snapshot, order: Order) -> int:
    """How many people are counted."""
    conditions, values = narrowed(order.population, place=":v{}")
    (found,) = await seen.rows(
        f"SELECT count(*) AS people FROM seen_participant WHERE cut_id = :cut_id{conditions}",  # noqa: S608 - words of our own
        cut_id=order.cut.id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return int(found.people)


def packed(order: Order, found: dict[str, Any], people: int, path: Path) -> dict[str, Any]:
    """Put the tables into a package, and say what the register says of it.

    Args:
        order: what was asked for.
        found: the tables.
        people: how many are counted.
        path: of the package.
    """
    report = {
        "label": LABELS[Label.AGGREGATES],
        "policy": {"version": order.policy.version, "source": order.policy.source},
        "smallest": order.policy.aggregates.smallest,
        "rounded_to": order.policy.aggregates.rounding,
        "suppressed": sum(
            1
            for each in found["tables"]
            for group in each["groups"]
            for count in group["counts"]
            for told in (count["without_outcome"], count["with_outcome"])
            if told is None
        ),
    }
    rows = as_csv(found["tables"])
    package = Zip(path)
    package.add("tables.csv", rows)
    package.add("tables.json", written(found))
    package.add(REPORT, written(report))
    package.add("README.md", _readme(order).encode())
    package.add("datapackage.json", written(_descriptor(order, rows)))
    package.close()
    return {
        "label": Label.AGGREGATES,
        "digest": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
        "files": {each.name: each.digest for each in package.files},
        "people": people,
        "kept": people,
        "levels": {},
        "report": report,
        "counts": json.loads(json.dumps(found)),
    }


def as_csv(tables: Iterable[Mapping[str, Any]]) -> bytes:
    """The tables as one file, RFC 4180: a line for each field, group, measure, horizon and arm."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in tables:
        for group in each["groups"]:
            for count in group["counts"]:
                place = [each["by"], group["group"], each["measure"], each["horizon_months"]]
                told = [count["with_outcome"], count["without_outcome"]]
                shown_as = [REDACTED if one is None else one for one in told]
                writer.writerow([*place, count["arm"], *shown_as])
    return text.getvalue().encode()


def _readme(order: Order) -> str:
    about, policy = order.about, order.policy
    return README.format(
        trial=about.trial,
        cut=about.cut,
        named="" if order.unblinded else ", whose names are letters until the trial is unblinded",
        horizons=", ".join(map(str, HORIZONS.values())),
        smallest=policy.aggregates.smallest,
        rounding=policy.aggregates.rounding,
        redacted=REDACTED,
        policy=policy.version,
        recipient=about.recipient,
        known_until=about.known_until.isoformat(),
        followed_until=about.followed_until.isoformat(),
        definitions=about.definitions,
        synthetic="\nEverybody in it is made up: synthetic data.\n" if about.synthetic else "",
    )


def _descriptor(order: Order, rows: bytes) -> dict[str, Any]:
    """The package as Frictionless Data Package v2 has it; the schema is the data dictionary."""
    integers = {"horizon_months", "with_outcome", "without_outcome"}
    return {
        "$schema": PROFILE,
        "name": f"{order.about.trial.lower()}-cut-{order.about.cut}-counts",
        "title": f"{order.about.title}: counts of data cut {order.about.cut}",
        "created": order.about.taken_at.isoformat(),
        "recipient": order.about.recipient,
        "synthetic": order.about.synthetic,
        "disclosure_policy": order.policy.version,
        "resources": [
            {
                "name": "tables",
                "path": "tables.csv",
                "type": "table",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(rows),
                "hash": f"sha256:{hashlib.sha256(rows).hexdigest()}",
                "schema": {
                    "fields": [
                        {"name": name, "type": "integer" if name in integers else "string"}
                        for name in COLUMNS
                    ],
                    "missingValues": ["", REDACTED],
                },
            }
        ],
    }
