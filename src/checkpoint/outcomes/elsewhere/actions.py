"""A trial that ran elsewhere is brought in: begun, and complete at once or never."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import executed, insert, rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.identifiers import new_id
from checkpoint.monitor.rules import masks
from checkpoint.outcomes.elsewhere import queries
from checkpoint.outcomes.elsewhere.cutting import flow_at_fault
from checkpoint.outcomes.elsewhere.rules import Manifest, canonical, digest_of
from checkpoint.outcomes.elsewhere.states import (
    CodeTaken,
    EditionEvent,
    EditionOutcome,
    EditionRefused,
    EditionUnderWay,
    PartKind,
)
from checkpoint.outcomes.elsewhere.tables import TrialEdition, TrialEditionEnd
from checkpoint.outcomes.elsewhere.writing import protocol_text
from checkpoint.trials import queries as trials
from checkpoint.trials.rules import digest
from checkpoint.trials.states import TrialKind

LATEST = datetime.max.replace(tzinfo=UTC)
ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('trials elsewhere'), hashtext(:code))")
# All rows of a trial are looked at together; a million take longer than one case's answer may.
PATIENTLY = sa.text("SET LOCAL statement_timeout = '10min'")
# Of rows that came just now PostgreSQL has no statistics: it takes them for a handful and would
# look through all of them for each.
IN_BULK = sa.text("SET LOCAL enable_nestloop = off")
FOUNDED = sa.text("""
    SELECT found_trial_elsewhere(:edition_id, CAST(:ids AS uuid[]), :content, :digest, :first,
                                 :last, :at, :by) AS trial_id
""")


def masks_of(manifest: Manifest, vault: Vault) -> dict[str, str]:
    """The letters that a trial's arms have here."""
    return masks(manifest.arms, key=vault.key(), trial=manifest.code)


async def begin(
    session: AsyncSession, manifest: Manifest, *, vault: Vault, by: Actor, at: datetime
) -> TrialEdition:
    """Another edition of a trial that ran elsewhere is to be received.

    Raises:
        CodeTaken: a trial of this service has the name.
        EditionUnderWay: another edition of it is being received.
        ListNotSealed: there is no key to mask arms by.
        RuleBroken: the manifest's flow does not add up, so that no reader could be shown it; or its
            primary outcome is another than before, and ``changed`` does not say so.
    """
    if fault := flow_at_fault(manifest.flow, manifest.participants):
        raise RuleBroken("#/flow", "flow-does-not-reconcile", f"flow: {fault}")
    await executed(session, ALONE, {"code": manifest.code})
    own = await rows_of(session, trials.OF_CODE, code=manifest.code)
    if own and own[0].kind is not TrialKind.ELSEWHERE:
        raise CodeTaken("Choose another code: that trial's people are allocated here.")
    editions = await rows_of(session, queries.OF_CODE, code=manifest.code)
    if queries.under_way(editions) is not None:
        raise EditionUnderWay("Complete it or abandon it first; GET tells what is here of it.")
    _check_primary(manifest, editions)
    edition_id = new_id()
    edition = TrialEdition(
        id=edition_id,
        code=manifest.code,
        number=editions[0].number + 1 if editions else 1,
        manifest=manifest.model_dump(mode="json"),
        manifest_digest=digest_of(canonical(manifest)),
        key_check=vault.key_check(edition_id),
        begun_at=at,
        begun_by=by.id,
    )
    await insert(session, edition)
    await record(session, EditionEvent.BEGUN, edition_id, by=by, at=at)
    return edition


def _check_primary(manifest: Manifest, editions: Sequence[Any]) -> None:
    """Raises RuleBroken if it is another than that of the last complete edition, and nothing said.

    Whoever saw figures could pick what pleases, so that it changed may not go untold.
    """
    last = queries.complete_at(editions, LATEST)
    if last is None or manifest.changed is not None:
        return
    before = Manifest.model_validate(last.manifest)
    if manifest.judged_by == before.judged_by:
        return
    was, told = (
        "none" if each is None else f"{each.measure.value} within {each.horizon}"
        for each in (before.primary, manifest.primary)
    )
    raise RuleBroken(
        "#/changed",
        "primary-changed-untold",
        f"changed: The primary outcome of edition {last.number} was {was}, and figures of it could be "
        f"read; this manifest's is {told}. Say in changed that it differs and why, or leave it as it "
        "was.",
    )


async def complete(session: AsyncSession, code: str, *, by: Actor, at: datetime) -> None:
    """All is here: from now on the edition counts, and its trial can be cut.

    Raises:
        ElsewhereNotFound, EditionNotFound: none is being received.
        EditionRefused: rows are missing, too many, said twice, or about nobody known; every fault.
    """
    edition, manifest = await open_edition(session, code)
    await patiently(session)
    await _check_whole(session, edition.id, manifest)
    parts = await queries.parts(session, edition.id)
    whole = digest_of(edition.manifest_digest, *(each.digest for each in parts))
    await end_complete(session, edition, manifest, whole, by=by, at=at)


async def end_complete(
    session: AsyncSession,
    edition: Any,
    manifest: Manifest,
    whole: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Found the trial or go on with it, and end the edition, whose rows were looked at before."""
    days = await queries.days_of_allocation(session, edition.id)
    content = protocol_text(manifest, edition.number, first=days.first, last=days.last)
    given = {
        "edition_id": edition.id,
        "ids": [str(new_id()) for _ in range(3)],
        "content": content,
        "digest": digest(content),
        "first": days.first,
        "last": days.last,
        "at": at,
        "by": by.id,
    }
    (founded,) = await rows_of(session, FOUNDED, **given)
    await insert(
        session,
        TrialEditionEnd(
            trial_edition_id=edition.id,
            outcome=EditionOutcome.COMPLETED,
            trial_id=founded.trial_id,
            digest=whole,
            ended_at=at,
            ended_by=by.id,
        ),
    )
    await record(session, EditionEvent.COMPLETED, edition.id, founded.trial_id, by=by, at=at)


async def patiently(session: AsyncSession) -> None:
    """Let the caller's transaction look at all rows of an edition together."""
    await executed(session, PATIENTLY, {})
    await executed(session, IN_BULK, {})


async def _check_whole(session: AsyncSession, edition_id: UUID, manifest: Manifest) -> None:
    here = (await queries.received(session, edition_id))[edition_id]
    wanted = {
        PartKind.PARTICIPANTS: manifest.participants,
        PartKind.FOLLOW_UP: manifest.events,
    }
    faults = [
        f"{kind.value}: {here[kind]:,} rows are here, the manifest tells of {count:,}"
        for kind, count in wanted.items()
        if here[kind] != count
    ]
    # Of an edition that was begun before manifests were held against this.
    fault = flow_at_fault(manifest.flow, manifest.participants)
    faults += [f"flow: {fault}"] if fault else []
    faults += [_in_words(each) for each in await queries.rows_at_fault(session, edition_id)]
    if faults:
        raise EditionRefused("\n".join(faults))


def _in_words(fault: queries.AtFault) -> str:
    rows = ", ".join(map(str, fault.rows))
    more = f" and {fault.more:,} more" if fault.more else ""
    return f"follow_up rows {rows}{more}, counted through all parts as they came: {fault.what}"


async def abandon(session: AsyncSession, code: str, *, by: Actor, at: datetime) -> None:
    """The edition that is being received never counts; another may be begun.

    Raises:
        ElsewhereNotFound, EditionNotFound: none is being received.
    """
    edition, _ = await open_edition(session, code)
    end = TrialEditionEnd(
        trial_edition_id=edition.id,
        outcome=EditionOutcome.ABANDONED,
        ended_at=at,
        ended_by=by.id,
    )
    await insert(session, end)
    await record(session, EditionEvent.ABANDONED, edition.id, by=by, at=at)


async def open_edition(session: AsyncSession, code: str) -> tuple[Any, Manifest]:
    """The edition that is being received, held until the transaction ends.

    Raises:
        ElsewhereNotFound, EditionNotFound: none is.
    """
    await executed(session, ALONE, {"code": code})
    edition = await queries.receiving(session, code)
    return edition, Manifest.model_validate(edition.manifest)


async def record(
    session: AsyncSession, event: EditionEvent, *subjects: UUID, by: Actor, at: datetime
) -> None:
    """The entry of a deed on an edition, the chief subject."""
    await ledger.record(
        session, Operation.COLLECTION, event, *subjects, kind="trial_edition", by=by, at=at
    )
