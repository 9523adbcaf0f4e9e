"""Reach what was asked through records in scope; where each consent stands, for later rooms too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent import views
from checkpoint.consent.clocks import state_of_draft
from checkpoint.consent.facts import age_on, hindrance
from checkpoint.consent.lookups import AS_READ, sheet_of
from checkpoint.consent.references import Sheet
from checkpoint.consent.states import AskingState, ConsentKind, ConsentState, state_of
from checkpoint.consent.tables import (
    Consent,
    ConsentAsking,
    ConsentDraft,
    ConsentWithdrawal,
    InformationSheet,
)
from checkpoint.custody import queries as custody
from checkpoint.custody.circumstances import queries as circumstances
from checkpoint.custody.circumstances.tables import Safeguard
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.schemas import NextStep
from checkpoint.oversight import queries as oversight


class ConsentNotFound(errors.NotFound):
    slug = "consent-not-found"
    title = "There is no such asking for consent that you may see"


ELSEWHERE = "Check the id, or ask a colleague in that suite."
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
ASKING_ID = sa.bindparam("asking_id", type_=sa.Uuid())
TAKEN = (
    sa.select(
        *ConsentAsking.__table__.c,
        col(CustodyRecord.person_id),
        *AS_READ,
        col(Safeguard.appropriate_adult_needed),
        col(Safeguard.interpreter_needed),
        col(ConsentDraft.begun_at),
        col(ConsentDraft.begun_by),
    )
    .join(CustodyRecord, col(CustodyRecord.id) == col(ConsentAsking.custody_record_id))
    .join(InformationSheet, col(InformationSheet.id) == col(ConsentAsking.information_sheet_id))
    .join(Safeguard, col(Safeguard.id) == col(ConsentAsking.safeguard_id))
    .outerjoin(ConsentDraft, col(ConsentDraft.id) == col(ConsentAsking.id))
    .where(custody.IN_REACH)
)
ONE = TAKEN.where(col(ConsentAsking.id) == ASKING_ID)
OF_CASE = TAKEN.where(col(ConsentAsking.custody_record_id) == RECORD_ID).order_by(
    col(ConsentAsking.number).desc()
)
DRAFTS = (
    select(ConsentDraft)
    .join(CustodyRecord, col(CustodyRecord.id) == col(ConsentDraft.custody_record_id))
    .where(custody.IN_REACH)
)
DRAFT = DRAFTS.where(col(ConsentDraft.id) == ASKING_ID)
HELD_DRAFT = DRAFT.with_for_update(key_share=True, of=ConsentDraft)
DRAFTS_OF_CASE = (
    DRAFTS.where(col(ConsentDraft.custody_record_id) == RECORD_ID)
    .where(col(ConsentDraft.completed_at).is_(None))
    .order_by(col(ConsentDraft.id).desc())
)
WITHDRAWN = tuple(
    column.label(f"withdrawal_{column.key}")
    for column in ConsentWithdrawal.__table__.c
    if column.key != "consent_id"
)
ANSWERS = (
    sa.select(*Consent.__table__.c, *WITHDRAWN)
    .join(ConsentAsking, col(ConsentAsking.id) == col(Consent.consent_asking_id))
    .outerjoin(ConsentWithdrawal, col(ConsentWithdrawal.consent_id) == col(Consent.id))
    .where(col(ConsentAsking.custody_record_id) == RECORD_ID)
    .order_by(col(Consent.id))
)
# The last answer to each of the three in every case, and whether it was taken back: for a later
# room to join by ``custody_record_id``, once it has reached its cases in scope.
LAST_ANSWERS = (
    sa.select(
        col(ConsentAsking.custody_record_id),
        col(Consent.kind),
        col(Consent.id).label("consent_id"),
        col(Consent.answer),
        col(Consent.reason_code),
        col(ConsentAsking.id).label("asking_id"),
        col(ConsentAsking.answered_at),
        col(ConsentAsking.taken_at),
        col(ConsentWithdrawal.withdrawn_at),
        *AS_READ,
    )
    .join(ConsentAsking, col(ConsentAsking.id) == col(Consent.consent_asking_id))
    .join(InformationSheet, col(InformationSheet.id) == col(ConsentAsking.information_sheet_id))
    .outerjoin(ConsentWithdrawal, col(ConsentWithdrawal.consent_id) == col(Consent.id))
    .ext(distinct_on(col(ConsentAsking.custody_record_id), col(Consent.kind)))
    .order_by(
        col(ConsentAsking.custody_record_id), col(Consent.kind), col(ConsentAsking.number).desc()
    )
)
LAST_OF_CASE = LAST_ANSWERS.where(col(ConsentAsking.custody_record_id) == RECORD_ID)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one of the three stands in a case.

    ``taken_at`` is when the answer was entered, which is what has to come before an allocation;
    ``last_at`` is when the person last said something of it.
    """

    kind: ConsentKind
    state: ConsentState
    consent_id: UUID
    asking_id: UUID
    answered_at: datetime
    taken_at: datetime
    withdrawn_at: datetime | None
    reason_code: str | None
    sheet: Sheet

    @property
    def last_at(self) -> datetime:
        """When the person last answered, or took it back."""
        return self.withdrawn_at or self.answered_at


async def standing(
    session: AsyncSession, record_id: UUID, *, actor: Actor
) -> Mapping[ConsentKind, Standing]:
    """Where each of the three stands in a case within reach; a kind that nobody answered is absent.

    Raises:
        CustodyRecordNotFound: the case is not within reach.
    """
    await custody.one(session, record_id, actor=actor)
    return await last_answers(session, record_id)


async def last_answers(session: AsyncSession, record_id: UUID) -> dict[ConsentKind, Standing]:
    """The same for a case that was reached in scope."""
    rows = await rows_of(session, LAST_OF_CASE, record_id=record_id)
    return {
        row.kind: Standing(
            kind=row.kind,
            state=state_of(row.answer, withdrawn=row.withdrawn_at is not None),
            consent_id=row.consent_id,
            asking_id=row.asking_id,
            answered_at=row.answered_at,
            taken_at=row.taken_at,
            withdrawn_at=row.withdrawn_at,
            reason_code=row.reason_code,
            sheet=sheet_of(row),
        )
        for row in rows
    }


def states_of(found: Mapping[ConsentKind, Standing]) -> dict[ConsentKind, ConsentState]:
    """Where all three stand, those that nobody asked for included."""
    return {
        kind: found[kind].state if kind in found else ConsentState.NOT_ASKED for kind in ConsentKind
    }


async def taken(session: AsyncSession, asking_id: UUID, *, actor: Actor) -> Any | None:
    """An asking whose answers were taken, with its sheet; None where there is none within reach."""
    found = await rows_of(session, ONE, **custody.reach_of(actor), asking_id=asking_id)
    return found[0] if found else None


async def draft(
    session: AsyncSession, asking_id: UUID, *, actor: Actor, lock: bool = False
) -> ConsentDraft:
    """An asking that was begun as a draft, whatever became of it.

    Raises:
        ConsentNotFound: there is none within reach.
    """
    rows = await session.exec(
        HELD_DRAFT if lock else DRAFT,
        params=custody.reach_of(actor) | {"asking_id": asking_id},
        execution_options={"populate_existing": lock},
    )
    found = rows.one_or_none()
    if found is None:
        raise ConsentNotFound(ELSEWHERE)
    return found


async def of_case(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """A case's askings whose answers were taken, the last one first."""
    return await rows_of(session, OF_CASE, **custody.reach_of(actor), record_id=record_id)


async def drafts_of(session: AsyncSession, record_id: UUID, *, actor: Actor) -> Sequence[Any]:
    """A case's drafts that were never finished, expired ones included, the last one first."""
    return await rows_of(session, DRAFTS_OF_CASE, **custody.reach_of(actor), record_id=record_id)


async def answers_of(session: AsyncSession, record_id: UUID) -> Sequence[Any]:
    """Every answer in a case that was reached in scope, with its withdrawal."""
    return await rows_of(session, ANSWERS, record_id=record_id)


async def hindered(
    session: AsyncSession, record: Any, *, by: Actor, at: datetime
) -> tuple[errors.Refusal | None, Any, Any]:
    """What stands in the way of asking at ``at``; the present decision, and the safeguards."""
    decision = await oversight.present(session, record.id, actor=by)
    refusal, safeguards = await hindered_now(session, record, decision, at=at)
    return refusal, decision, safeguards


async def hindered_now(
    session: AsyncSession, record: Any, decision: Any, *, at: datetime
) -> tuple[errors.Refusal | None, Any]:
    """The same where the present decision was read already; and the safeguards."""
    safeguards = await circumstances.safeguards(session, record.id)
    person = await custody.person_of(session, record)
    refusal = hindrance(
        verdict=oversight.summary(decision).verdict if decision else None,
        age=age_on(
            person.date_of_birth,
            estimated_years=person.estimated_age_years,
            estimated_on=person.estimated_on,
            on=london_day(at),
        ),
        safeguards=safeguards,
    )
    return refusal or errors.refusal_of(lambda: oversight.check_current(decision)), safeguards


async def next_steps(
    session: AsyncSession,
    record: Any,
    decision: Any,
    found: Mapping[ConsentKind, Standing],
    *,
    by: Actor,
    at: datetime,
) -> list[NextStep]:
    """What may be done next with the consents of a case that was reached in scope.

    Args:
        session: of the request.
        record: the case.
        decision: its present decision, with what was said of it.
        found: where each of the three stands.
        by: the reader.
        at: now.
    """
    refusal, _ = await hindered_now(session, record, decision, at=at)
    drafts = await drafts_of(session, record.id, actor=by)
    running = [
        each
        for each in drafts
        if state_of_draft(each.expires_at, taken=False, now=at) is AskingState.DRAFT
    ]
    return [
        *views.asking_steps(record.id, states_of(found), refusal, by=by),
        *(step for draft in running for step in views.draft_steps(draft.id, by=by)),
        *views.withdrawing_steps(found, by=by),
    ]
