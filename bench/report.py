"""What was measured, as one table of ratios and one picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

import bulk
import people
from load import Sample
from operations import OPERATIONS, Operation

SERVERS = {"service": "this service", "limit": "the limit", "django": "Django REST"}
COLOURS = {"service": "#1d70b8", "limit": "#b1b4b6", "django": "#f47738"}
# By operation, then server: one sample a round.
Measured = Mapping[str, Mapping[str, Sequence[Sample]]]


@dataclass(frozen=True)
class Ratio:
    """Two series, divided pair by pair, round by round."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f}\n({self.least:.2f}-{self.most:.2f})"


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    pairs = [one / other for one, other in zip(above, below, strict=True)]
    return Ratio(median(pairs), min(pairs), max(pairs))


def rates(samples: Sequence[Sample]) -> list[float]:
    return [sample.rate for sample in samples]


def middles(samples: Sequence[Sample]) -> list[float]:
    return [sample.p50_ms for sample in samples]


def told(samples: Sequence[Sample]) -> str:
    """Medians: the rate, the latency's p50 and p95, the server's processor time for one."""
    p50, p95 = median(middles(samples)), median(sample.p95_ms for sample in samples)
    cpu = median(sample.cpu_ms for sample in samples)
    return f"{median(rates(samples)):,.0f}/s\n{p50:.0f} / {p95:.0f} ms\n{cpu:.2f} ms CPU"


def verdict(aims: Sequence[tuple[str, bool]]) -> str:
    """The aims in words, and of each whether it is met."""
    told = (("[green]met:[/]" if met else "[red]missed:[/]", aim) for aim, met in aims)
    return "\n".join(" ".join(part) for part in told) or "-"


def table(measured: Measured) -> Table:
    """One row an operation."""
    found = Table(title="This service, its limit, and Django REST framework", show_lines=True)
    found.add_column("operation", min_width=max(len(operation.name) for operation in OPERATIONS))
    for name in SERVERS.values():
        found.add_column(f"{name}\nrate\np50 / p95", justify="right", no_wrap=True)
    for heading in ("of limit", "x Django", "aim"):
        found.add_column(heading, justify="left" if heading == "aim" else "right", no_wrap=True)
    for operation in OPERATIONS:
        found.add_row(*_row(operation, measured))
    found.add_row(*_bulk_row(measured[bulk.NAME]))
    return found


def _row(operation: Operation, measured: Measured) -> list[str]:
    by_server = measured[operation.name]
    ours = rates(by_server["service"])
    of_limit = ratio(ours, rates(by_server["limit"]))
    of_django = ratio(ours, rates(by_server["django"]))
    aims: list[tuple[str, bool]] = []
    if operation.of_limit is not None:
        aims.append((f">= {operation.of_limit} of limit", of_limit.middle >= operation.of_limit))
    if operation.of_django is not None:
        aims.append((f">= {operation.of_django} x Django", of_django.middle >= operation.of_django))
    if operation.beside is not None and operation.near is not None:
        slower = slowness(measured, operation, "service").middle
        aims.append(
            (f"{slower:.2f} <= {operation.near} x {operation.beside}", slower <= operation.near)
        )  # fmt: skip
    cells = [told(by_server[server]) for server in SERVERS]
    return [operation.name, *cells, str(of_limit), str(of_django), verdict(aims)]


def slowness(measured: Measured, operation: Operation, server: str) -> Ratio:
    """How many times the latency of the operation it is compared with."""
    here, there = measured[operation.name][server], measured[operation.beside or ""][server]
    return ratio(middles(here), middles(there))


def _bulk_row(by_server: Mapping[str, Sequence[Sample]]) -> list[str]:
    of_copy = ratio(rates(by_server["service"]), rates(by_server["limit"]))
    cells = [
        f"{median(rates(by_server[server])):,.0f} rows/s\n{median(middles(by_server[server])):,.0f} ms"
        for server in ("service", "limit")
    ]
    aims = verdict([(f">= {bulk.AIM} of a bare COPY", of_copy.middle >= bulk.AIM)])
    return [bulk.NAME, *cells, "-", str(of_copy), "-", aims]


def people_table(searched: people.Found) -> Table:
    """One row a search: how long one officer waits, among few people and among many."""
    few, many = sorted(next(iter(searched.values())))
    found = Table(title="The same search among few people and among many", show_lines=True)
    for heading in ("search", f"{few:,} people\np50 / p95", f"{many:,} people\np50 / p95"):
        found.add_column(heading, no_wrap=True)
    for heading in ("times as long", "aim"):
        found.add_column(heading, no_wrap=True)
    for name, (times, ms) in people.AIMS.items():
        here, there = searched[name][many], searched[name][few]
        slower = ratio(middles(here), middles(there))
        p95 = median(sample.p95_ms for sample in here)
        aims = verdict(
            [(f"<= {times} times", slower.middle <= times), (f"p95 <= {ms} ms", p95 <= ms)]
        )
        found.add_row(name, waited(there), waited(here), str(slower), aims)
    return found


def waited(samples: Sequence[Sample]) -> str:
    p95 = median(sample.p95_ms for sample in samples)
    return f"{median(middles(samples)):.1f} / {p95:.1f} ms"


def keep(measured: Measured, searched: people.Found, folder: Path, notes: Sequence[str]) -> None:
    """Every sample as JSON, and the picture."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = {
        operation: {server: [asdict(sample) for sample in found] for server, found in by.items()}
        for operation, by in measured.items()
    }
    searches = {
        name: {size: [asdict(sample) for sample in found] for size, found in by.items()}
        for name, by in searched.items()
    }
    (folder / "bench.json").write_text(
        json.dumps({"notes": [*notes], "samples": samples, "searches": searches}, indent=1)
    )
    draw(measured, folder, notes)


def draw(measured: Measured, folder: Path, notes: Sequence[str]) -> None:
    """For each operation three bars, the limit's being 1."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and only wanted at the end

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    names = [*measured]
    figure, axes = plt.subplots(figsize=(10, 1.1 * len(names) + 1.6), layout="constrained")
    for place, server in enumerate(SERVERS):
        for row, name in enumerate(names):
            if server in measured[name]:
                _bar(axes, measured[name], server, row + (place - 1) * 0.27)
    axes.axvline(0.5, color="#505a5f", linestyle=":", linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.3)
    axes.set_xlabel("rate, as a part of the limit's; the dotted line is the aim")
    axes.set_title("Answers a second", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    handles = [plt.Rectangle((0, 0), 1, 1, color=COLOURS[server]) for server in SERVERS]
    axes.legend(
        handles, SERVERS.values(), loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False
    )
    figure.supxlabel("\n".join(notes), fontsize=7, color="#505a5f")
    for kind in ("svg", "png"):
        figure.savefig(folder / f"bench.{kind}", dpi=150)
    plt.close(figure)


def _bar(axes: object, by_server: Mapping[str, Sequence[Sample]], server: str, at: float) -> None:
    part = ratio(rates(by_server[server]), rates(by_server["limit"]))
    spread = [[part.middle - part.least], [part.most - part.middle]]
    axes.barh(at, part.middle, 0.25, color=COLOURS[server], xerr=spread, ecolor="#505a5f")  # type: ignore[attr-defined]
    label = f"{part.middle:.2f}   {median(rates(by_server[server])):,.0f}/s"
    axes.text(part.most + 0.01, at, label, va="center", fontsize=8)  # type: ignore[attr-defined]


def show(measured: Measured, searched: people.Found, folder: Path, notes: Sequence[str]) -> None:
    """Print the table, write the files, and say where they are."""
    console = Console(width=max(Console().width, 140))
    console.print(table(measured))
    console.print(people_table(searched))
    for note in notes:
        console.print(note)
    keep(measured, searched, folder, notes)
    console.print(f"Picture: {folder}/bench.svg and .png; every sample: bench.json there.")
