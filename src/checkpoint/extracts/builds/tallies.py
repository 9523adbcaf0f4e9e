"""Aggregates: people counted in groups, by arm and outcome; the small suppressed, the rest rounded."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkpoint.evaluation.control import Table, table
from checkpoint.evaluation.windows import horizons_of, nominal
from checkpoint.extracts.builds.orders import REPORT, Order
from checkpoint.extracts.builds.populations import narrowed
from checkpoint.extracts.builds.snapshots import Snapshot, expression
from checkpoint.extracts.columns import Column
from checkpoint.extracts.control import REDACTED, change_rows, flow
from checkpoint.extracts.describing import PROFILE, written
from checkpoint.extracts.hierarchies import generalised
from checkpoint.extracts.references import Policy
from checkpoint.extracts.states import LABELS, Label
from checkpoint.extracts.zipping import Zip
from checkpoint.outcomes.cuts.states import Measure

EVERYBODY = "everybody"
NOT_KNOWN = "not_known"
COLUMNS = (
    "by", "group", "measure", "horizon", "last_day", "arm", "with_outcome", "without_outcome",
)  # fmt: skip
README = """# Counts of {trial}, data cut {cut}

People who were allocated, by the arm they were allocated to{named}. Counted are those who were
observed for the whole of a horizon: with the outcome by its last day, and without. Horizons end
with these days from allocation: {horizons}.
{lag}

Of fewer than {smallest} nothing is told: `{redacted}`. The rest is rounded to {rounding}; totals
are those of the rounded counts that are shown. Policy {policy}.

For the purpose and under the agreement that it was asked for by; for {recipient}.
Known until {known_until}, followed until {followed_until}. Definitions {definitions}.
{synthetic}"""
LAG = "What is proven counts for those who were observed {months} months longer.\n"
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
        "last_days": {each.name: nominal(each) for each in horizons_of(order.cut.horizons)},
        "flow": flow([*order.about.gates, ("allocated", order.cut.participants)], order.policy),
        "changes": {code: n for code, _, n in change_rows(order.about.changes, order.policy)},
        "tables": tables,
    }


async def _of_field(seen: Snapshot, order: Order, column: Column | None) -> list[dict[str, Any]]:
    measures = [measure for measure in Measure if measure in order.cut.measures]
    horizons = horizons_of(order.cut.horizons)
    conditions, values = narrowed(order.population, place=":v{}")
    wanted = [
        f"count(*) FILTER (WHERE {seen}) AS {measure}_{number}_seen, "
        f"count(*) FILTER (WHERE {seen} AND {measure}_day <= {last}) AS {measure}_{number}"
        for measure in measures
        for number, last in enumerate(map(nominal, horizons))
        for seen in [f"observed_days >= {last + lag_of(order.cut, measure)}"]
    ]
    source = f"({expression(column.source)})::text" if column else "''"
    rows = await seen.rows(
        f"SELECT mask, {source} AS value, {', '.join(wanted)} FROM seen_participant "  # noqa: S608
        f"WHERE cut_id = :cut_id{conditions} GROUP BY 1, 2 ORDER BY 1, 2",
        cut_id=order.cut.id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return [
        {
            "by": column.name if column else EVERYBODY,
            "measure": measure.value,
            "horizon": horizon.name,
            "last_day": nominal(horizon),
            **_table(order, column, f"{measure}_{number}", rows),
        }
        for measure in measures
        for number, horizon in enumerate(horizons)
    ]


def lag_of(cut: Any, measure: Measure) -> int:
    """Days for which somebody has to be observed longer, as proof comes later than an offence."""
    months = cut.conviction_lag_months if measure is Measure.PROVEN else 0
    return int(months * 365.25 / 12)


def _table(
    order: Order, column: Column | None, counted_as: str, rows: Iterable[Any]
) -> dict[str, Any]:
    """One table: a row for each group and arm's outcome, so that small ones hide one another."""
    cells: Cells = {}
    for row in rows:
        group = group_of(column, row.value, order.policy)
        pair = cells.setdefault(group, {}).setdefault(order.asked.arms[row.mask], [0, 0])
        had = getattr(row, counted_as)
        pair[0] += getattr(row, f"{counted_as}_seen") - had
        pair[1] += had
    arms = sorted({*order.asked.arms.values()})
    return {"arms": arms, **shown(cells, arms, order.policy)}


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
                place = [each["by"], group["group"], each["measure"]]
                place += [each["horizon"], each["last_day"]]
                told = [count["with_outcome"], count["without_outcome"]]
                shown_as = [REDACTED if one is None else one for one in told]
                writer.writerow([*place, count["arm"], *shown_as])
    return text.getvalue().encode()


def _readme(order: Order) -> str:
    about, policy, cut = order.about, order.policy, order.cut
    return README.format(
        trial=about.trial,
        cut=about.cut,
        named="" if order.unblinded else ", whose names are letters until the trial is unblinded",
        horizons=", ".join(f"{each.name} {nominal(each)}" for each in horizons_of(cut.horizons)),
        lag=LAG.format(months=cut.conviction_lag_months) if cut.conviction_lag_months else "",
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
    integers = {"last_day", "with_outcome", "without_outcome"}
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
