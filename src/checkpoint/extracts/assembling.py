"""Put a package together: the files of rows, then what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

from checkpoint.extracts import control, describing, reports
from checkpoint.extracts.coarsening import Plan, Step
from checkpoint.extracts.describing import About, Listed
from checkpoint.extracts.facts import Asked, Release, Tell
from checkpoint.extracts.hierarchies import in_words
from checkpoint.extracts.references import Policy
from checkpoint.extracts.scratch import Digests, Parts, among
from checkpoint.extracts.writing import Tables, Told, in_order
from checkpoint.extracts.zipping import Zip

PEOPLE, EVENTS = "participants", "events"
TITLES = {
    PEOPLE: "One row for each person",
    EVENTS: "One row for each thing that happened after allocation",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that were set aside, how their columns are told, and where these stand in the rows."""

    rows: Parts
    columns: Sequence[Told]
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Assembly:
    """All that a package is put together from."""

    asked: Asked
    about: About
    plan: Plan
    people: Source
    events: Source
    quasi: Sequence[int]
    policy: Policy
    tell: Tell

    def written(self, folder: Path, path: Path) -> Release:
        """Write the package.

        Args:
            folder: for files on their way.
            path: where the package goes, once it is whole.

        Returns:
            What the register of releases keeps of it.
        """
        draft = folder / "package.zip"
        package = Zip(draft)
        try:
            people, lost = self._people(package, folder)
            listed, events = [*people], 0
            if self.asked.events:
                happened, events = self._events(package, folder, lost)
                listed += happened
            called = self._documents(package, listed)
        finally:
            package.close()
        with draft.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        size = draft.stat().st_size
        draft.replace(path)
        return Release(
            label=called,
            size=size,
            digest=digest,
            people=sum(self.plan.kept.values()),
            events=events,
            files=tuple(package.files),
            plan=self.plan,
            policy=self.policy.version,
        )

    def _people(self, package: Zip, folder: Path) -> tuple[list[Listed], list[Digests]]:
        """The rows of people in the order of their pseudonyms, and who is left out, by part."""
        lost: list[Digests] = []
        with package.entry(f"{PEOPLE}.csv") as entry:
            tables = self._tables(PEOPLE, self.people, entry, folder)
            for digests, codes in self.people.rows:
                out = self.plan.left_out(codes[:, self.quasi])
                lost.append(digests[out])
                digests, codes = digests[~out], codes[~out][:, self.people.places]  # noqa: PLW2901
                order = in_order(digests, codes, ())
                tables.add(digests[order], codes[order])
                self.tell(PEOPLE, tables.rows, self.people.rows.rows)
            tables.close()
        return self._listed(package, PEOPLE, self.people, folder), lost

    def _events(
        self, package: Zip, folder: Path, lost: Sequence[Digests]
    ) -> tuple[list[Listed], int]:
        """The rows of events in the order of pseudonyms and days."""
        columns = self.events.columns
        day = [n for n, each in enumerate(columns) if each.column.source == "day"]
        with package.entry(f"{EVENTS}.csv") as entry:
            tables = self._tables(EVENTS, self.events, entry, folder)
            for (digests, codes), gone in zip(self.events.rows, lost, strict=True):
                stays = ~among(digests, gone)
                digests, codes = digests[stays], codes[stays]  # noqa: PLW2901
                order = in_order(digests, codes, columns, day)
                tables.add(digests[order], codes[order])
                self.tell(EVENTS, tables.rows, self.events.rows.rows)
            tables.close()
        return self._listed(package, EVENTS, self.events, folder), tables.rows

    def _tables(self, name: str, source: Source, entry: Any, folder: Path) -> Tables:
        about = {
            "title": TITLES[name],
            "datapackage": "datapackage.json",
            "policy": self.policy.version,
        }
        return Tables(source.columns, entry.write, str(folder / f"{name}.parquet"), about)

    def _listed(self, package: Zip, name: str, source: Source, folder: Path) -> list[Listed]:
        package.take(f"{name}.parquet", folder / f"{name}.parquet")
        schema = describing.schema(
            [(each.column, each.level, each.values) for each in source.columns],
            self.policy,
            unique=name == PEOPLE,
        )
        return [
            Listed(each.name, TITLES[name], each.size, each.digest, schema)
            for each in package.files[-2:]
        ]

    def _coarser(self) -> tuple[Step, ...]:
        """Every column that is told coarser than its finest, days and offences of events too."""
        tables = (("", self.people.columns), (f"{EVENTS}.", self.events.columns))
        return tuple(
            Step(f"{of}{each.column.name}", each.level, in_words(kind, each.level, self.policy))
            for of, columns in tables
            for each in columns
            for kind in [each.column.kind]
            if each.level
        )

    def _documents(self, package: Zip, listed: list[Listed]) -> str:
        plan, about, policy = replace(self.plan, steps=self._coarser()), self.about, self.policy
        called = describing.label(passes=reports.passes(plan, policy), about=about)
        counts = {
            "participant-flow": (
                describing.GATE,
                "Participant flow, from the first gate to the rows of this extract",
                control.flow_rows(about.gates, plan.outcomes, plan.kept, policy),
            )
        }
        if about.changes:
            rows = control.change_rows(about.changes, policy)
            counts["changes"] = ("field", "What changed since the cut before", rows)
        for name, (first, title, rows) in counts.items():
            package.add(f"{name}.csv", describing.counts_file(first, rows))
            done = package.files[-1]
            schema = describing.counts_schema(first)
            listed.append(Listed(done.name, title, done.size, done.digest, schema))
        primary = reports.result(plan.outcomes, whole=not any(plan.lost.values()), policy=policy)
        primary["counted"] = reports.counted(self.asked.outcome, self.asked.horizon_days)
        report = reports.report(
            about,
            plan,
            called=called,
            quasi=[each.name for each in self.asked.columns if each.quasi],
            outcome=self.asked.outcome,
            primary=primary,
            policy=policy,
        )
        page = reports.readme(about, plan, listed, called=called, primary=primary, policy=policy)
        described = describing.package(about, listed, called=called, policy=policy)
        package.add("disclosure-report.json", describing.written(report))
        package.add("README.md", page.encode())
        package.add("datapackage.json", describing.written(described))
        sums = "".join(f"{each.digest}  {each.name}\n" for each in package.files)
        package.add("SHA256SUMS", sums.encode())
        return called
