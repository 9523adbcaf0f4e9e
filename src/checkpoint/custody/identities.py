"""Front door for whom a custody record is about: particulars put right, or another person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.custody import identifying, queries
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import CustodyRecordView, IdentifyPerson
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.people import actions as people
from checkpoint.people.actions import PersonAlreadyKnown
from checkpoint.people.identifying import PersonProbablyKnown, identify
from checkpoint.people.queries import PersonMergedAway, PersonNotFound
from checkpoint.people.schemas import CorrectPerson

router = APIRouter(prefix="/v1/custody-records", tags=["custody"])
RecordId = Annotated[UUID, Path(description="The custody record's id.")]
EDITING = (RuleBroken, CustodyRecordNotFound, IfMatchMissing, Overtaken, PersonAlreadyKnown)


@router.put("/{record_id}/person", response_model=CustodyRecordView, responses=problems(*EDITING))
async def correct_person(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: CorrectPerson,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Put the person's particulars right; what you leave out stays, what stood there is kept."""
    held = await identifying.begin_correction(session, record_id, command, seen=seen, by=by)
    record = held[0]
    change = await people.correct(
        session, record.person_id, command, record_id=record.id, by=by, at=now
    )
    await identifying.note_correction(session, held, change, by=by, at=now)
    view = await queries.view(session, record, by=by, at=now)
    return shown(view, headers={"ETag": etag(record.version)})


@router.put(
    "/{record_id}/identity",
    response_model=CustodyRecordView,
    responses=problems(*EDITING, PersonNotFound, PersonMergedAway, PersonProbablyKnown),
)
async def reidentify(
    by: Annotated[Actor, holding(Permission.SAVE_SCREENING)],
    record_id: RecordId,
    command: IdentifyPerson,
    session: Transaction,
    now: Now,
    seen: SeenVersion,
) -> Response:
    """Say that the record is about somebody else than it stands with; both stay on record."""
    record = await identifying.begin_reidentifying(session, record_id, seen=seen, by=by)
    person = await identify(session, command, by=by, at=now)
    field = "#/person_id" if command.person_id else "#/person/date_of_birth"
    before = await identifying.reidentify(session, record, person, field=field, by=by, at=now)
    await people.note_other_person(session, record.id, before, person.id, command, by=by, at=now)
    view = await queries.view(session, record, by=by, at=now, person=person)
    return shown(view, headers={"ETag": etag(record.version)})
