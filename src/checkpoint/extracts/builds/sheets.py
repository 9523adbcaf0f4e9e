"""What aggregates are packed as: tables as CSV and JSON, a first page, a data dictionary, digests."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from checkpoint.evaluation.windows import horizons_of, nominal, so_many
from checkpoint.extracts import describing
from checkpoint.extracts.builds.orders import REPORT, Order
from checkpoint.extracts.control import REDACTED
from checkpoint.extracts.describing import Listed, written
from checkpoint.extracts.reports import made_by
from checkpoint.extracts.states import LABELS, Label
from checkpoint.extracts.wording import dictionary, paragraphs
from checkpoint.extracts.zipping import Zip

WITHHELD = f"Rounded; {REDACTED} is suppressed, and empty: nobody was observed so long."
# Each column with its type, title and description.
COLUMNS = {
    "by": ("string", "Counted by", "The field whose values are the groups; or everybody."),
    "group": ("string", "Group", "A value of that field; empty: nobody was observed so long."),
    "measure": ("string", "Measure", "What counts as the outcome."),
    "horizon": ("string", "Horizon", "How long after allocation it counts."),
    "last_day": (
        "integer",
        "Last day",
        "The horizon's last day, in days from allocation; months end up to three days later.",
    ),
    "arm": ("string", "Arm", "Allocated to; a letter until the trial is unblinded."),
    "with_outcome": ("integer", "With the outcome", f"People with it by the last day. {WITHHELD}"),
    "without_outcome": ("integer", "Without", f"People without it by then. {WITHHELD}"),
}
README = """# Counts of {trial}, data cut {cut}

People who were allocated, by the arm they were allocated to{named}. Counted are those whose
horizon had passed by the last day of follow-up: with the outcome by its last day, and without; who
died, emigrated or was lost before counts as seen; who was followed for less, and no such end is told, does not
count. Horizons end with these days from allocation:
{horizons}.
{lag}

Population: {population}.

Of fewer than {smallest} nothing is told: `{redacted}`. The rest is rounded to {rounding}; totals
are sums of rounded counts, and null in `tables.json` where one of these is suppressed. Counts that
are empty are of a horizon that nobody was observed until. In the flow, a gate is the sum of those who
are shown from there on, and so may be less than came to it. Policy {policy}.

Purpose: {purpose}

Agreement: {agreement}. For {recipient}; given out until {expires_on}.

Conditions: {conditions}

`datapackage.json` is the data dictionary; `SHA256SUMS` has the SHA-256 of every other file.

{made_by}
{covariates}{synthetic}"""
LAG = "For what is proven it had to have passed {lag} before that day.\n"


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
    sums = "".join(f"{each.digest}  {each.name}\n" for each in package.files)
    package.add("SHA256SUMS", sums.encode())
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
        if each["nobody_observed_so_long"]:
            writer.writerow(
                [each["by"], "", each["measure"], each["horizon"], each["last_day"], "", "", ""]
            )
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
        population=about.population,
        purpose=about.purpose,
        agreement=about.agreement,
        expires_on=about.expires_on,
        named="" if order.unblinded else ", whose names are letters until the trial is unblinded",
        horizons=", ".join(f"{each.name} {nominal(each)}" for each in horizons_of(cut.horizons)),
        lag=LAG.format(lag=so_many(cut.conviction_lag_months, "month"))
        if cut.conviction_lag_months
        else "",
        smallest=policy.aggregates.smallest,
        rounding=policy.aggregates.rounding,
        redacted=REDACTED,
        policy=policy.version,
        recipient=about.recipient,
        conditions=about.conditions,
        made_by="\n".join(made_by(about)),
        covariates="".join(f"\n{each}\n" for each in paragraphs(about.covariates)),
        synthetic="\nEverybody in it is made up: synthetic data.\n" if about.synthetic else "",
    )


def _descriptor(order: Order, rows: bytes) -> dict[str, Any]:
    """The package as Frictionless Data Package v2 has it; the schema is the data dictionary."""
    schema = {
        "fields": [
            {"name": name, "type": kind, "title": title, "description": words}
            for name, (kind, title, words) in COLUMNS.items()
        ],
        "missingValues": ["", REDACTED],
    }
    title = "People with and without each outcome, by group and arm"
    digest = hashlib.sha256(rows).hexdigest()
    found = describing.package(
        order.about,
        [Listed("tables.csv", title, len(rows), digest, schema)],
        called=LABELS[Label.AGGREGATES],
        policy=order.policy,
    )
    found["resources"][0] |= dictionary(order.about.covariates)
    return found
