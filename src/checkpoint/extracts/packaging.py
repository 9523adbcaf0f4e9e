"""Build an extract: rows in as they are copied out, a zip out; the same for the same cut and key.

Made for a thread or process of its own: nothing here waits for a database. Rows are read batch by
batch, set aside on disk under their pseudonyms, and written part by part, so that a million people
need hardly more memory than a thousand.
"""

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from checkpoint.extracts.assembling import Assembly, Source
from checkpoint.extracts.classing import Crowd
from checkpoint.extracts.coarsening import Plan, Quasi, choose
from checkpoint.extracts.columns import COVARIATE, Column, Kind
from checkpoint.extracts.describing import About, AtHorizon
from checkpoint.extracts.facts import Asked, NotPublic, Release, Tell, TooFew, nobody
from checkpoint.extracts.hierarchies import top
from checkpoint.extracts.pseudonyms import Pseudonyms
from checkpoint.extracts.reading import Clean, Codebook, ids_of, table_of
from checkpoint.extracts.references import Policy
from checkpoint.extracts.risk import Classes
from checkpoint.extracts.scratch import PLACE, TWICE, Parts, People, halves
from checkpoint.extracts.writing import Told, levels_of, told

PEOPLE, EVENTS = "participants", "events"


class Building:
    """One extract while it is built. Its scratch files go when it ends, however it ends.

    Args:
        asked: what the file is to hold.
        about: what is told of it beside.
        key: the extract's own, 32 bytes.
        policy: of disclosure control.
        folder: for scratch files; made, and removed at the end.
        tell: told how far it is: stage, done, of how many if known; what it raises ends the build.
    """

    def __init__(
        self,
        asked: Asked,
        about: About,
        *,
        key: bytes,
        policy: Policy,
        folder: Path,
        tell: Tell = nobody,
    ) -> None:
        self._asked, self._about, self._policy, self._tell = asked, about, policy, tell
        self._pseudonyms = Pseudonyms(key)
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True)
        sources = asked.sources[1:]
        self._places = {source: place for place, source in enumerate(sources)}
        self._books = [Codebook(self._clean(source)) for source in sources]
        self._event_books = [Codebook(self._clean(each.source)) for each in asked.events]
        self._rows = Parts(folder, PEOPLE, len(sources))
        self._event_rows = Parts(folder, EVENTS, len(asked.events), PLACE)
        self._people = People(folder)
        self._quasi = self._declared()
        self._crowd = Crowd(self._quasi, policy)
        self._plan: Plan | None = None
        self._assembly: Assembly | None = None
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._opened.close()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _clean(self, source: str) -> Clean | None:
        """What counts of a value of a column, where that is not the value itself."""
        if source in {"mask", "delivered_mask"}:
            return lambda mask: self._asked.arms[mask]
        if source == "cost_pence":
            width = 100 * self._policy.steps.cost
            return lambda pence: str(int(pence) // width * width)
        return None

    def _declared(self) -> list[Quasi]:
        """The quasi-identifiers: those of the file, the arm first, and those of earlier releases."""
        least = {each.name: level for each, level in self._asked.earlier}
        own = sorted(
            (each for each in self._asked.columns if each.quasi),
            key=lambda c: c.kind is not Kind.ARM,
        )
        names = {each.name for each in own}
        gone = [each for each, _ in self._asked.earlier if each.name not in names]
        return [
            Quasi(
                column=each,
                values=self._book(each).values,
                least=least.get(each.name),
                told=each.name in names,
            )
            for each in (*own, *gone)
        ]

    def participants(self, batches: Iterable[Any]) -> int:
        """Read everybody who is in the extract.

        Args:
            batches: Arrow record batches of ``asked.sources``, in this order; the first as bytes.

        Returns:
            How many people.

        Raises:
            ValueError: an id is none, somebody is there twice, or what is there is nothing that a
                cut has.
        """
        places = [self._places[each.column.source] for each in self._quasi]
        outcome = self._places[f"{self._asked.outcome}_day"]
        for batch in batches:
            ids, rows = ids_of(batch.column(0))
            if len(ids) != 16 * len(rows):
                raise ValueError(TWICE)
            codes = table_of(self._books, batch, 1)
            digests = halves(self._pseudonyms.digests(ids))
            self._people.add(halves(ids), digests)
            self._rows.add(digests, codes)
            had = (codes[:, outcome] != 0).astype(np.int32)
            counts = np.stack([1 - had, had], axis=1)
            self._crowd.add(Classes(codes[:, places], counts))
            self._tell("measuring", self._rows.rows, None)
        self._people.close()
        return self._rows.rows

    def measured(self) -> Plan:
        """How coarse the file must be and who is left out; the first time it is worked out.

        Returns:
            The plan, by which it is decided whether the extract may be.

        Raises:
            TooFew: an arm would have nobody in the file.
            NotPublic: a covariate that is declared to identify nobody might identify everybody.
        """
        if self._plan is None:
            self._refuse_numbers_of_cases()
            if not self._rows.rows:
                raise TooFew("there is nobody in the extract")
            quasi, classes, begun = self._crowd.everybody()
            withheld = [
                replace(each, level_from=top(each.column.kind, self._policy))
                if self._book(each.column).overflown
                else each
                for each in quasi
            ]
            self._plan = choose(withheld, classes, self._policy, begun=begun)
            if not all(self._plan.kept.get(arm, 0) for arm in self._asked.arms.values()):
                raise TooFew("in an arm there are too few people, or all with the same outcome")
        return self._plan

    def _book(self, column: Column) -> Codebook:
        return self._books[self._places[column.source]]

    def _refuse_numbers_of_cases(self) -> None:
        most = self._policy.people.most_values
        for each in self._asked.columns:
            spared = each.source.startswith(COVARIATE) and not each.quasi
            if spared and len(self._book(each).values) > most + 1:
                raise NotPublic(f"{each.name} has more than {most} values")

    def events(self, batches: Iterable[Any]) -> int:
        """Read what happened to them; only after it was measured.

        The files of people are written meanwhile: whoever reads waits for the database.

        Args:
            batches: Arrow record batches of ``asked.event_sources``, in this order; events of
                people who are not in the extract are passed over.

        Returns:
            How many events were read.

        Raises:
            ValueError: an id is none, or a day lies before allocation.
        """
        read = 0

        def tell(*_: object) -> None:
            self._tell("events", read, None)

        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(self._written_people, tell)
            for batch in batches:
                self._set_aside(batch)
                read += batch.num_rows
                tell()
                if written.done():
                    written.result()  # what broke it ends the reading too
            self._assembly = written.result()
        return read

    def _set_aside(self, batch: Any) -> None:
        ids, rows = ids_of(batch.column(0))
        known, found = self._people.found(halves(ids))
        codes, places, stays = table_of(self._event_books, batch, 1), found[rows], known[rows]
        if not stays.all():
            codes, places = codes[stays], places[stays]
        self._event_rows.add(places, codes)

    def pack(self, path: Path, results: Sequence[AtHorizon] = ()) -> Release:
        """Write the package.

        Args:
            path: where it goes; it stands there once it is whole.
            results: the trial's result by horizon, to stand beside the rows.

        Returns:
            What the register of releases keeps of it.

        Raises:
            TooFew, NotPublic: as when measured.
        """
        assembly = self._assembly or self._written_people(self._tell)
        events = Source(
            self._event_rows,
            self._told(self._asked.events, self._event_books, self.measured()),
            [*range(len(self._asked.events))],
        )
        assembly.about = replace(assembly.about, results=results or assembly.about.results)
        return assembly.written(path, events, self._tell)

    def _written_people(self, tell: Tell) -> Assembly:
        plan = self.measured()
        own = [self._places[each.source] for each in self._asked.columns]
        told = self._told(self._asked.columns, [self._books[n] for n in own], plan)
        assembly = Assembly(
            self._asked,
            self._about,
            plan,
            people=Source(self._rows, told, own),
            quasi=[self._places[each.column.source] for each in self._quasi],
            policy=self._policy,
            folder=self._folder,
        )
        self._opened.callback(assembly.close)
        assembly.write_people(tell)
        return assembly

    def _told(self, columns: Sequence[Column], books: Sequence[Codebook], plan: Plan) -> list[Told]:
        levels = levels_of(columns, plan.levels, self._policy)
        return [
            told(each, book.values, level, self._policy)
            for each, book, level in zip(columns, books, levels, strict=True)
        ]
