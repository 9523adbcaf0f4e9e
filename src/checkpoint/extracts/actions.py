"""Extracts are asked for, approved or refused by two people, assessed, and ended."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.vault import Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.evaluation.rules import check_sizes
from checkpoint.extracts import fields, keys, queries, rules
from checkpoint.extracts.builds import populations
from checkpoint.extracts.queries import Extract
from checkpoint.extracts.schemas import AskForExtract, RecordAssessment
from checkpoint.extracts.states import (
    AnswerOutcome,
    EndingKind,
    ExtractEvent,
    Product,
)
from checkpoint.extracts.tables import (
    ExtractAnswer,
    ExtractEnding,
    ExtractKey,
    ExtractRequest,
    IntruderAssessment,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import executed, insert
from checkpoint.foundation.errors import RuleBroken, check_all
from checkpoint.monitor import queries as monitor
from checkpoint.trials import queries as trials

ALONE = sa.text(
    "SELECT pg_advisory_xact_lock(hashtext('extract'), hashtext(CAST(:id AS text)))"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))
DESTROYED = (
    sa.update(ExtractKey.__table__)
    .where(
        ExtractKey.__table__.c.request_id == sa.bindparam("of", type_=sa.Uuid()),
        ExtractKey.__table__.c.sealed.is_not(None),
    )
    .values(sealed=None)
)
OF_ANSWER = {
    AnswerOutcome.APPROVED: ExtractEvent.APPROVED,
    AnswerOutcome.REFUSED: ExtractEvent.REFUSED,
}


async def ask(
    session: AsyncSession, command: AskForExtract, *, vault: Vault, by: Actor, at: datetime
) -> UUID:
    """Ask for an extract; nothing is read until two people approved it and it is built.

    Returns:
        The extract's id.

    Raises:
        CutNotFound, RuleBroken, ArmsToldBySize, FieldNotOffered, FieldsWithheld,
            PopulationTooClose: nothing was asked for.
    """
    population, today = command.population.told(), london_day(at)
    check_all(
        lambda: rules.check_expiry(command.expires_on, today=today),
        lambda: rules.check_population(population),
        lambda: rules.check_events(command.product, events=command.events),
    )
    cut = await queries.cut(session, command.trial, command.cut)
    standing = await trials.one(session, command.trial, at=at)
    unblinded = await monitor.is_unblinded(session, standing.id)
    check_sizes(standing.protocol.arms, unblinded=unblinded)
    found = await fields.check(
        session,
        cut,
        command.product,
        command.fields,
        exempt=[each.field for each in command.exempt],
        events=command.events,
    )
    await populations.check(session, cut, population, today=today)
    sources = {each.name: each.source for each in found}
    request = _request(cut.id, command, sources, by=by, at=at)
    await insert(session, request)
    if command.product is Product.PERSON_LEVEL:
        sealed = keys.made(request.id, vault=vault)
        await insert(session, ExtractKey(request_id=request.id, sealed=sealed, made_at=at))
    await _record(session, Operation.COLLECTION, ExtractEvent.REQUESTED, request.id, by=by, at=at)
    return request.id


def _request(
    cut_id: UUID,
    command: AskForExtract,
    sources: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> ExtractRequest:
    columns = [*dict.fromkeys(command.fields)]
    return ExtractRequest(
        cut_id=cut_id,
        product=command.product,
        columns=columns,
        sources=[sources[name] for name in columns],
        events=command.events,
        exempt={each.field: each.why for each in command.exempt},
        population=command.population.told(),
        purpose=command.purpose,
        agreement=command.agreement,
        recipient=command.recipient,
        expires_on=command.expires_on,
        requested_at=at,
        requested_by=by.id,
    )


async def answer(
    session: AsyncSession,
    extract_id: UUID,
    outcome: AnswerOutcome,
    *,
    words: str | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """One of two approves or refuses.

    Raises:
        ExtractNotFound, ExtractEnded, SecondPersonNeeded, ExtractAnswered: nothing was answered.
    """
    found = await _held(session, extract_id, by=by, at=at)
    rules.check_open(found.state)
    request = found.request
    rules.check_answer(found.answers, by.id, requested_by=request.requested_by)
    said = ExtractAnswer(
        request_id=request.id,
        requested_by=request.requested_by,
        outcome=outcome,
        words=words,
        answered_at=at,
        answered_by=by.id,
    )
    await insert(session, said)
    await _record(session, Operation.COLLECTION, OF_ANSWER[outcome], request.id, by=by, at=at)


async def assess(
    session: AsyncSession, extract_id: UUID, command: RecordAssessment, *, by: Actor, at: datetime
) -> None:
    """Put on record what came of trying to find people in the last release.

    Raises:
        ExtractNotFound, ExtractEnded, ExtractNotReleased, SecondPersonNeeded, RuleBroken: nothing
            was put on record.
    """
    found = await _held(session, extract_id, by=by, at=at)
    rules.check_released(found.state)
    request, release = found.request, found.releases[0]
    rules.check_assessor(by.id, requested_by=request.requested_by)
    rules.check_assessment(
        command.assessed_on,
        Product(request.product),
        there=len(found.assessments),
        released_on=london_day(release.released_at),
        today=london_day(at),
    )
    assessed = IntruderAssessment(
        request_id=request.id,
        requested_by=request.requested_by,
        number=len(found.assessments) + 1,
        release_id=release.id,
        recorded_at=at,
        assessed_by=by.id,
        **command.model_dump(),
    )
    await insert(session, assessed)
    await _record(session, Operation.COLLECTION, ExtractEvent.ASSESSED, request.id, by=by, at=at)


async def destroy_key(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy an extract's key: no pseudonym of it is ever made again, nor its package.

    Raises:
        ExtractNotFound, RuleBroken: there is no key to destroy.
    """
    found = await _held(session, extract_id, by=by, at=at)
    if found.request.sealed is None:
        raise RuleBroken("#", "no-key-there", "It has no key, or it is destroyed already.")
    await _destroy(session, extract_id, by=by, at=at)
    await _record(session, Operation.ERASURE, ExtractEvent.KEY_DESTROYED, extract_id, by=by, at=at)


async def end(
    session: AsyncSession, extract_id: UUID, *, words: str, by: Actor, at: datetime
) -> None:
    """Give nothing more out of an extract; its key is destroyed with it.

    Raises:
        ExtractNotFound, ExtractEnded: nothing was ended.
    """
    found = await _held(session, extract_id, by=by, at=at)
    rules.check_open(found.state)
    own = by.id == found.request.requested_by
    kind = EndingKind.WITHDRAWN if own else EndingKind.RECALLED
    await _end(session, found, kind, words=words, by=by, at=at)
    await _record(session, Operation.ERASURE, ExtractEvent.ENDED, extract_id, by=by, at=at)


async def expire(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> None:
    """Put on record that an extract's last day is over; its key is destroyed with it."""
    found = await _held(session, extract_id, by=by, at=at)
    await _end(session, found, EndingKind.EXPIRED, words=None, by=by, at=at)
    await _record(session, Operation.ERASURE, ExtractEvent.ENDED, extract_id, by=by, at=at)


async def _held(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> Extract:
    """An extract that nobody else decides about meanwhile."""
    await executed(session, ALONE, {"id": extract_id})
    if by.role is Role.OPERATOR:
        return await queries.any_one(session, extract_id, at=at)
    return await queries.one(session, extract_id, actor=by, at=at)


async def _end(
    session: AsyncSession,
    found: Extract,
    kind: EndingKind,
    *,
    words: str | None,
    by: Actor,
    at: datetime,
) -> None:
    ending = ExtractEnding(
        request_id=found.request.id, kind=kind, words=words, ended_at=at, ended_by=by.id
    )
    await insert(session, ending)
    await _destroy(session, found.request.id, by=by, at=at)


async def _destroy(session: AsyncSession, extract_id: UUID, *, by: Actor, at: datetime) -> None:
    statement = DESTROYED.values(destroyed_at=at, destroyed_by=by.id)
    await executed(session, statement, {"of": extract_id})


async def _record(
    session: AsyncSession,
    operation: Operation,
    event: ExtractEvent,
    *subjects: UUID,
    by: Actor,
    at: datetime,
) -> None:
    await ledger.record(session, operation, event, *subjects, kind="extract", by=by, at=at)
