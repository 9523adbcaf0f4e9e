"""Bring in a trial that ran elsewhere from its files: whole, or not at all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.counting import so_many
from checkpoint.foundation.database import executed, rows_of
from checkpoint.outcomes.elsewhere import queries
from checkpoint.outcomes.elsewhere.actions import (
    ALONE,
    LATEST,
    begin,
    end_complete,
    masks_of,
    patiently,
)
from checkpoint.outcomes.elsewhere.loading import keep_rows, note_part
from checkpoint.outcomes.elsewhere.reading import KEPT, Report, manifest_of, sum_of, table_of
from checkpoint.outcomes.elsewhere.rules import Manifest, digest_of
from checkpoint.outcomes.elsewhere.states import EditionRefused, PartKind, TimeUnit
from checkpoint.outcomes.elsewhere.tabular import (
    Fault,
    FollowUpRow,
    ParticipantRow,
    RowRefused,
    cells_of,
    follow_up_values,
    participant_values,
)
from checkpoint.outcomes.elsewhere.wording import faults_of

WAITING = sa.text("SET LOCAL lock_timeout = '10min'")
TOLD_EVERY = 10_000
TWICE = Fault(
    "participant",
    "told-twice",
    "They stand in an earlier line already; tell each person in one line.",
)
NOT_JUDGED = "Correct the participants first; then {} is checked for people who are not among them."


@dataclass
class Told:
    """What came of bringing in a trial from files; ``replaces`` is the edition that counted before."""

    manifest: Manifest
    edition: int
    digest: str
    is_new: bool
    replaces: int | None = None


@dataclass(frozen=True)
class Files:
    """A programme that ran elsewhere, as files."""

    manifest: Path
    participants: Path
    follow_up: Path


async def bring_in(
    session: AsyncSession,
    files: Files,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
    seen: Callable[[int], None],
) -> Told:
    """Bring in a programme from its files: whole, or not at all.

    Args:
        session: the caller's; whoever commits it has the whole trial.
        files: the manifest, the participants and what came of these.
        vault: holds the key that masks arms.
        by: who.
        at: when.
        seen: is told how many rows were read since it was told last.

    Returns:
        What is here now; the same files again change nothing.

    Raises:
        EditionRefused: files cannot be read or do not fit; every fault by file and line.
        CodeTaken, EditionUnderWay: see ``begin``.
    """
    manifest = manifest_of(files.manifest)
    sums = [sum_of(file) for file in (files.manifest, files.participants, files.follow_up)]
    whole = digest_of(*sums)
    # Whoever brings in the same files at once waits, and then finds them here.
    await executed(session, WAITING, {})
    await executed(session, ALONE, {"code": manifest.code})
    editions = await rows_of(session, queries.OF_CODE, code=manifest.code)
    last = queries.complete_at(editions, LATEST)
    if last is not None and last.digest == whole:
        return Told(manifest, last.number, whole, is_new=False)
    edition = await begin(session, manifest, vault=vault, by=by, at=at)
    report = Report()
    said = masks_of(manifest, vault)
    people = _participants(files.participants, manifest, said, report, seen)
    await _copy(session, edition.id, PartKind.PARTICIPANTS, people, sums[1], by=by, at=at)
    are_known = not report.count
    events = _follow_up(files.follow_up, manifest, report, seen)
    await _copy(session, edition.id, PartKind.FOLLOW_UP, events, sums[2], by=by, at=at)
    await _together(session, edition.id, files.follow_up.name, report, are_known=are_known)
    if report.count:
        refused = EditionRefused(report.text())
        refused.found = report.found
        raise refused
    await end_complete(session, edition, manifest, whole, by=by, at=at)
    replaces = None if last is None else last.number
    return Told(manifest, edition.number, whole, is_new=True, replaces=replaces)


async def _together(
    session: AsyncSession, edition_id: UUID, name: str, report: Report, *, are_known: bool
) -> None:
    """Look at all rows together, as far as they came in, and tell what is wrong with them."""
    await patiently(session)
    together = await queries.rows_at_fault(session, edition_id, people=are_known, shown=KEPT)
    for fault in together:
        for line in fault.rows:
            report.add(name, line, fault.what)
        if fault.more:
            report.add_more(name, fault.more, fault.what)
    if not are_known:
        report.notes.append(NOT_JUDGED.format(name))


def _participants(
    file: Path,
    manifest: Manifest,
    masks: Mapping[str, str],
    report: Report,
    seen: Callable[[int], None],
) -> Iterator[dict[str, Any]]:
    known: set[UUID] = set()
    needed = {"participant", "arm"} | manifest.covariates.keys()
    allowed = needed | ParticipantRow.model_fields.keys() - {"covariates"}

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        row = ParticipantRow.model_validate(cells_of(cells, manifest.covariates))
        values = participant_values(row, manifest, masks)
        if values["participant_id"] in known:
            raise RowRefused(TWICE)
        known.add(values["participant_id"])
        return values

    return _rows(file, needed, allowed, read, manifest.participants, report, seen)


def _follow_up(
    file: Path, manifest: Manifest, report: Report, seen: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    time = "on" if manifest.unit is TimeUnit.DATE else "at"
    needed = {"participant", "measure", time}

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        told = {name: cell for name, cell in cells.items() if cell.strip()}
        return follow_up_values(FollowUpRow.model_validate(told), manifest)

    allowed = needed | FollowUpRow.model_fields.keys()
    return _rows(file, needed, allowed, read, manifest.events, report, seen)


def _rows(
    file: Path,
    needed: AbstractSet[str],
    allowed: AbstractSet[str],
    read: Callable[[Mapping[str, str]], dict[str, Any]],
    wanted: int,
    report: Report,
    seen: Callable[[int], None],
) -> Iterator[dict[str, Any]]:
    """What is kept of each line that is right; the others are told to the report."""
    rows = 0
    with file.open("rb") as opened:
        table = table_of(opened, file.name, needed=needed, allowed=allowed, report=report)
        for line, cells in table:
            rows += 1
            if rows % TOLD_EVERY == 0:
                seen(TOLD_EVERY)
            try:
                values = read(cells)
            except (ValidationError, RowRefused) as error:
                for fault in _in_words(error):
                    report.add(file.name, line, fault)
            else:
                yield values | {"row": line}
    if table.is_counted and table.rows != wanted:
        ends = "; is it cut off?" if table.rows < wanted else "."
        told = f"It has {so_many(table.rows, 'row')}, and the manifest tells of {wanted:,}{ends}"
        report.add(file.name, 0, told)
    seen(rows % TOLD_EVERY)


def _in_words(error: ValidationError | RowRefused) -> list[str]:
    """What is wrong with a line, fault by fault."""
    if isinstance(error, ValidationError):
        return faults_of(error)
    return [f"{each.column}: {each.detail}" for each in error.faults]


class _Counted:
    """Rows on their way, and how many went by."""

    def __init__(self, values: Iterable[Mapping[str, Any]]) -> None:
        self.values, self.count = values, 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for each in self.values:
            self.count += 1
            yield each


async def _copy(
    session: AsyncSession,
    edition_id: UUID,
    kind: PartKind,
    values: Iterable[Mapping[str, Any]],
    whole: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    counted = _Counted(values)
    await keep_rows(session, edition_id, kind, counted)
    await note_part(session, edition_id, kind, 1, rows=counted.count, whole=whole, by=by, at=at)
