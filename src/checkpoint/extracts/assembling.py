"""Put a package together: the files of rows, then what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from checkpoint.extracts import beside, control, describing, reports
from checkpoint.extracts.coarsening import Plan, Step
from checkpoint.extracts.describing import About, Listed
from checkpoint.extracts.facts import Asked, Release, Tell
from checkpoint.extracts.hierarchies import in_words
from checkpoint.extracts.references import Policy
from checkpoint.extracts.scratch import IN_PART, Parts, by_pseudonym
from checkpoint.extracts.writing import Tables, Told, in_order
from checkpoint.extracts.zipping import Entry, Zip

PEOPLE, EVENTS = "participants", "events"
Staying = NDArray[np.bool_]  # by a person's place in a part
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


@dataclass(slots=True)
class Assembly:
    """A package while it is put together.

    Args:
        asked: what the files are to hold.
        about: what is told of them beside.
        plan: how coarse they are, and who is left out.
        people: everybody's rows.
        quasi: where the quasi-identifiers stand in these.
        policy: of disclosure control.
        folder: for files on their way.
    """

    asked: Asked
    about: About
    plan: Plan
    people: Source
    quasi: Sequence[int]
    policy: Policy
    folder: Path
    _package: Zip = field(init=False)
    _listed: list[Listed] = field(init=False, default_factory=list)
    _staying: list[Staying] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._package = Zip(self.folder / "package.zip")

    def close(self) -> None:
        """Leave off, or be done."""
        self._package.close()

    def written(self, path: Path, events: Source, tell: Tell) -> Release:
        """Write the rest of the package, behind the people.

        Args:
            path: where the package goes, once it is whole.
            events: what happened to them; where none are asked for, no column and no row.
            tell: told how far it is.

        Returns:
            What the register of releases keeps of it.
        """
        rows = self._events(events, tell) if self.asked.events else 0
        called = self._documents(events)
        self.close()
        draft = self.folder / "package.zip"
        with draft.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        size = draft.stat().st_size
        draft.replace(path)
        return Release(
            label=called,
            size=size,
            digest=digest,
            people=sum(self.plan.kept.values()),
            events=rows,
            files=tuple(self._package.files),
            plan=self.plan,
            policy=self.policy.version,
        )

    def write_people(self, tell: Tell) -> None:
        """Write the rows of people in the order of their pseudonyms.

        Args:
            tell: told how far it is.
        """
        with self._package.entry(f"{PEOPLE}.csv") as entry:
            tables = self._tables(PEOPLE, self.people, entry)
            for digests, codes in self.people.rows:
                order = by_pseudonym(digests)
                digests, codes = digests[order], codes[order]  # noqa: PLW2901
                stays = ~self.plan.left_out(codes[:, self.quasi])
                self._staying.append(stays)
                tables.add(digests, np.flatnonzero(stays), codes[stays][:, self.people.places])
                tell(PEOPLE, tables.rows, self.people.rows.rows)
            tables.close()
        self._list(PEOPLE, self.people)

    def _events(self, events: Source, tell: Tell) -> int:
        """The rows of events in the order of pseudonyms and days."""
        columns = events.columns
        day = [n for n, each in enumerate(columns) if each.column.source == "day"]
        parts = zip(self.people.rows, events.rows, self._staying, strict=True)
        with self._package.entry(f"{EVENTS}.csv") as entry:
            tables = self._tables(EVENTS, events, entry)
            for (digests, _), (places, codes), stays in parts:
                who = places & IN_PART
                order = in_order(who, codes, columns, day)
                order = order[stays[who[order]]]
                tables.add(digests[by_pseudonym(digests)], who[order], codes[order])
                tell(EVENTS, tables.rows, events.rows.rows)
            tables.close()
        self._list(EVENTS, events)
        return tables.rows

    def _tables(self, name: str, source: Source, entry: Entry) -> Tables:
        about = {
            "title": TITLES[name],
            "datapackage": "datapackage.json",
            "policy": self.policy.version,
        }
        return Tables(source.columns, entry.write, str(self.folder / f"{name}.parquet"), about)

    def _list(self, name: str, source: Source) -> None:
        self._package.take(f"{name}.parquet", self.folder / f"{name}.parquet")
        schema = describing.schema(
            [(each.column, each.level, each.values) for each in source.columns],
            self.policy,
            unique=name == PEOPLE,
        )
        self._listed += [
            Listed(each.name, TITLES[name], each.size, each.digest, schema)
            for each in self._package.files[-2:]
        ]

    def _coarser(self, events: Source) -> tuple[Step, ...]:
        """Every column that is told coarser than its finest, days and offences of events too."""
        tables = (("", self.people.columns), (f"{EVENTS}.", events.columns))
        return tuple(
            Step(f"{of}{each.column.name}", each.level, in_words(kind, each.level, self.policy))
            for of, columns in tables
            for each in columns
            for kind in [each.column.kind]
            if each.level
        )

    def _documents(self, events: Source) -> str:
        plan = replace(self.plan, steps=self._coarser(events))
        about, policy, package, listed = self.about, self.policy, self._package, self._listed
        called = describing.label(passes=reports.passes(plan, policy), about=about)
        self._counts()
        primary = beside.primary(about, plan, outcome=self.asked.outcome, policy=policy)
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

    def _counts(self) -> None:
        """The files of counts: the flow, and what changed since the cut before."""
        plan, about, policy = self.plan, self.about, self.policy
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
            self._package.add(f"{name}.csv", describing.counts_file(first, rows))
            done = self._package.files[-1]
            schema = describing.counts_schema(first)
            self._listed.append(Listed(done.name, title, done.size, done.digest, schema))
