"""Read a case's entries in the ledger, and from every room when what they tell of happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation import queries as allocation
from checkpoint.allocation.tables import Allocation
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.consent.tables import Consent, ConsentAsking, ConsentWithdrawal
from checkpoint.contracts.evidence.tables import ConditionEntry
from checkpoint.contracts.outcomes.tables import VictimChallenge
from checkpoint.contracts.sessions.tables import (
    Appointment,
    Attendance,
    PersonContact,
    WrittenWarning,
)
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.custody import queries as custody
from checkpoint.custody.detention.states import EntryKind
from checkpoint.custody.detention.tables import DetentionEntry
from checkpoint.custody.movements.tables import BailVariation, Movement
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.reach.states import ReachEvent
from checkpoint.custody.tables import CustodyRecord
from checkpoint.delivery.tables import Deviation, Disposal, ProgrammeStart
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.journey.timeline.facts import OF_NAVIGATORS, hears
from checkpoint.journey.timeline.rules import Happened, story
from checkpoint.journey.timeline.schemas import TimelineEntryView
from checkpoint.journey.timeline.states import TOLD
from checkpoint.navigators.queries import IN_CASELOAD, caseload_of
from checkpoint.needs.tables import NeedsAssessment
from checkpoint.referrals.offers.tables import NoProvider
from checkpoint.referrals.tables import Referral, ReferralStep
from checkpoint.victims.tables import Victim, VictimContact, VictimNotification, ViewGiven

DONE = "done"  # as against the slug of a refusal
RECORD_ID = sa.bindparam("record_id", type_=sa.Uuid())
THEIRS = sa.select(*CustodyRecord.__table__.c).where(
    IN_CASELOAD, col(CustodyRecord.id) == RECORD_ID
)
ENTRIES = (
    sa.select(
        col(AuditEntry.id), col(AuditEntry.event), col(AuditEntry.at), col(AuditEntry.actor_role)
    )
    .where(
        col(AuditEntry.subject_ids).contains(sa.bindparam("about", type_=ARRAY(sa.Uuid()))),
        # That somebody broke the glass is a reading, and still part of the story.
        sa.or_(
            col(AuditEntry.operation) != Operation.CONSULTATION,
            col(AuditEntry.event) == ReachEvent.GLASS_BROKEN,
        ),
        col(AuditEntry.outcome) == DONE,
    )
    .order_by(col(AuditEntry.at), col(AuditEntry.id))
)
NO_CODE: Any = sa.null().cast(sa.String())


def _rows(
    what: Any, table: Any, recorded_at: Any, happened_at: Any, code: Any = NO_CODE
) -> sa.Select[Any]:
    return sa.select(
        (sa.literal(what, sa.String()) if isinstance(what, str) else what).label("what"),
        col(table.id).label("id"),
        col(recorded_at).label("recorded_at"),
        happened_at.label("happened_at"),
        sa.cast(code, sa.String()).label("code"),
    ).select_from(table)


def _of_case(
    table: Any, recorded_at: Any, happened_at: Any, *, what: Any, code: Any = NO_CODE
) -> sa.Select[Any]:
    rows = _rows(what, table, recorded_at, happened_at, code)
    return rows.where(col(table.custody_record_id) == RECORD_ID)


def _of_contract(table: Any, happened_at: Any, *, what: Any) -> sa.Select[Any]:
    rows = _rows(what, table, table.recorded_at, happened_at)
    return rows.join(Contract, col(Contract.id) == col(table.contract_id)).where(
        col(Contract.custody_record_id) == RECORD_ID
    )


def _by_its_day(day: Any, recorded_at: Any) -> Any:
    """What is known by its day happened by then, and was recorded no sooner than it happened."""
    begins = sa.func.timezone("Europe/London", sa.cast(col(day), sa.DateTime()))
    return sa.func.least(begins, col(recorded_at))


def _of_victim(table: Any, happened_at: Any, what: str) -> sa.Select[Any]:
    rows = _rows(what, table, table.recorded_at, col(happened_at))
    return rows.join(Victim, col(Victim.id) == col(table.victim_id)).where(
        col(Victim.custody_record_id) == RECORD_ID
    )


HEARD = sa.case(
    (col(DetentionEntry.kind) == EntryKind.EXTENDED, sa.literal("extended")),
    (col(DetentionEntry.kind) == EntryKind.PAUSED, sa.literal("paused")),
    (
        col(DetentionEntry.kind).in_([EntryKind.REVIEWED, EntryKind.REVIEW_POSTPONED]),
        sa.literal("reviewed"),
    ),
    else_=sa.literal("times"),
)
PARTS = (
    _rows("opened", CustodyRecord, CustodyRecord.opened_at, col(CustodyRecord.arrived_at)).where(
        col(CustodyRecord.id) == RECORD_ID
    ),
    _of_case(
        Movement,
        Movement.recorded_at,
        sa.func.coalesce(col(Movement.left_at), col(Movement.arrived_at)),
        what="moved",
        code=col(Movement.release_kind),
    ),
    _rows("bail_varied", BailVariation, BailVariation.recorded_at, col(BailVariation.authorised_at))
    .join(Movement, col(Movement.id) == col(BailVariation.movement_id))
    .where(col(Movement.custody_record_id) == RECORD_ID),
    _of_case(
        DetentionEntry, DetentionEntry.recorded_at, col(DetentionEntry.happened_at), what=HEARD
    ),
    _of_victim(VictimContact, VictimContact.attempted_at, "contacted"),
    _of_victim(ViewGiven, ViewGiven.sought_at, "views_given"),
    _of_victim(VictimNotification, VictimNotification.told_at, "notified"),
    _of_case(
        ConsentAsking, ConsentAsking.taken_at, col(ConsentAsking.answered_at), what="consented"
    ),
    _rows(
        "consent_withdrawn",
        ConsentWithdrawal,
        ConsentWithdrawal.recorded_at,
        col(ConsentWithdrawal.withdrawn_at),
        col(Consent.kind),
    )
    .join(Consent, col(Consent.id) == col(ConsentWithdrawal.consent_id))
    .join(ConsentAsking, col(ConsentAsking.id) == col(Consent.consent_asking_id))
    .where(col(ConsentAsking.custody_record_id) == RECORD_ID),
    _of_case(
        NeedsAssessment,
        NeedsAssessment.completed_at,
        col(NeedsAssessment.assessed_at),
        what="assessed",
        code=col(NeedsAssessment.timepoint),
    ),
    _of_case(
        ProgrammeStart, ProgrammeStart.recorded_at, col(ProgrammeStart.started_at), what="started"
    ),
    _rows("deviated", Deviation, Deviation.recorded_at, col(Deviation.happened_at))
    .join(Allocation, col(Allocation.id) == col(Deviation.allocation_id))
    .where(col(Allocation.custody_record_id) == RECORD_ID),
    _of_case(
        Disposal,
        Disposal.recorded_at,
        _by_its_day(Disposal.disposed_on, Disposal.recorded_at),
        what="disposed",
    ),
    _of_contract(
        ContractStep,
        col(ContractStep.happened_at),
        what=sa.cast(col(ContractStep.event), sa.String()),
    ),
    _of_contract(
        ConditionEntry,
        _by_its_day(ConditionEntry.happened_on, ConditionEntry.recorded_at),
        what="evidence",
    ),
    _of_contract(
        VictimChallenge,
        _by_its_day(VictimChallenge.objected_on, VictimChallenge.recorded_at),
        what="challenged",
    ),
    _rows(
        "attended",
        Attendance,
        Attendance.recorded_at,
        col(Appointment.starts_at),
        col(Attendance.outcome),
    )
    .join(Appointment, col(Appointment.id) == col(Attendance.appointment_id))
    .where(col(Appointment.custody_record_id) == RECORD_ID),
    _of_case(
        PersonContact,
        PersonContact.recorded_at,
        col(PersonContact.attempted_at),
        what="reached",
        code=col(PersonContact.result),
    ),
    _rows(
        sa.cast(col(ReferralStep.event), sa.String()),
        ReferralStep,
        ReferralStep.recorded_at,
        _by_its_day(ReferralStep.happened_on, ReferralStep.recorded_at),
    )
    .join(Referral, col(Referral.id) == col(ReferralStep.referral_id))
    .where(col(Referral.custody_record_id) == RECORD_ID),
    _of_case(
        NoProvider,
        NoProvider.recorded_at,
        _by_its_day(NoProvider.happened_on, NoProvider.recorded_at),
        what="no_provider",
        code=col(NoProvider.pathway),
    ),
    _of_case(
        WrittenWarning, WrittenWarning.recorded_at, col(WrittenWarning.issued_at), what="warned"
    ),
)
HAPPENED: Any = sa.union_all(*PARTS).subquery("happened")
ROWS = sa.select(*HAPPENED.c).order_by(HAPPENED.c.id)


async def reached(session: AsyncSession, record_id: UUID, *, by: Actor, at: datetime) -> Any:
    """A case of the reader's suites, or of their caseload.

    Raises:
        CustodyRecordNotFound: it is neither.
    """
    if not holds(by.role, Permission.READ_CASELOAD):
        return await custody.one(session, record_id, actor=by)
    found = await rows_of(session, THEIRS, **caseload_of(by, at), record_id=record_id)
    if not found:
        raise CustodyRecordNotFound("It is not in your caseload; read it again.")
    return found[0]


async def of_case(session: AsyncSession, record: Any, *, by: Actor) -> list[Happened]:
    """The story of a case that was reached, as far as its reader may hear it."""
    knows_arm = holds(by.role, Permission.READ_CASELOAD)
    if not knows_arm:
        drawn = await allocation.of_record(session, record.id)
        knows_arm = drawn is None or await allocation.has_seen(session, drawn.id, actor=by)
    entries = await rows_of(session, ENTRIES, about=[record.id])
    rows: Sequence[Any] = await rows_of(session, ROWS, record_id=record.id)
    return [
        one
        for one in story(entries, rows)
        if hears(one.event, holds=lambda it: holds(by.role, it), knows_arm=knows_arm)
    ]


def view(one: Happened, record_id: UUID, *, by: Actor) -> TimelineEntryView:
    """One entry; a navigator's doors to a case are few, so not all of theirs have a link."""
    telling = TOLD[one.event]
    code = "" if one.code is None else f": {one.code.replace('_', ' ')}"
    linked = telling.noun in OF_NAVIGATORS or not holds(by.role, Permission.READ_CASELOAD)
    return TimelineEntryView(
        id=one.id,
        event=one.event,
        happened_at=one.happened_at,
        recorded_at=None if one.recorded_at == one.happened_at else one.recorded_at,
        told=f"{telling.told}{code}.",
        by=one.role,
        link=f"/v1/custody-records/{record_id}{telling.noun}" if linked else None,
    )
