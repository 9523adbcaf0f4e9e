"""Front door of merges: merge two records of one person, part them, see what was merged."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import IfMatchMissing, Overtaken, SeenVersion, etag
from checkpoint.foundation.problems import problems
from checkpoint.people import queries as people
from checkpoint.people.merges import actions, queries
from checkpoint.people.merges.actions import PartedAlready
from checkpoint.people.merges.queries import MergeNotFound
from checkpoint.people.merges.schemas import MergePeople, MergesView, MergeView, PartPeople
from checkpoint.people.merges.states import MergeEvent
from checkpoint.people.queries import PersonMergedAway, PersonNotFound
from checkpoint.people.routes import PersonId

router = APIRouter(prefix="/v1", tags=["people"])
MergeId = Annotated[UUID, Path(description="The merge's id.")]
EDITING = (*CREATING, IfMatchMissing, Overtaken, PersonNotFound)


@router.post(
    "/people/{person_id}/merges",
    status_code=201,
    response_model=MergeView,
    responses=problems(*EDITING, RuleBroken, PersonMergedAway),
)
async def merge_people(
    by: Annotated[Actor, holding(Permission.MERGE_PEOPLE)],
    person_id: PersonId,
    command: MergePeople,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenVersion,
) -> Response:
    """Say that another record is about this same person; If-Match is the ETag of this one.

    Nothing is overwritten: the answer shows what differs. Both are found under this person until
    they are parted.
    """

    async def deed() -> Response:
        merge = await actions.merge(session, person_id, command, seen=seen, by=by, at=now)
        return await _answer(session, person_id, merge, status=201)

    return await once(session, asked, deed, by=by, at=now)


@router.post(
    "/people/{person_id}/merges/{merge_id}/parting",
    status_code=201,
    response_model=MergeView,
    responses=problems(*EDITING, MergeNotFound, PartedAlready),
)
async def part_people(
    by: Annotated[Actor, holding(Permission.MERGE_PEOPLE)],
    person_id: PersonId,
    merge_id: MergeId,
    command: PartPeople,
    session: Transaction,
    now: Now,
    asked: Once,
    seen: SeenVersion,
) -> Response:
    """Say that two merged records are about two people after all; each stands as it did.

    If-Match is the ETag of the person in the address, who may be either of the two.
    """
    deed = partial(_part, session, person_id, merge_id, command, seen=seen, by=by, now=now)
    return await once(session, asked, deed, by=by, at=now)


async def _part(
    session: AsyncSession, person_id: UUID, merge_id: UUID, command: PartPeople, **said: Any
) -> Response:
    at = said.pop("now")
    merge = await actions.part(session, person_id, merge_id, command, **said, at=at)
    return await _answer(session, person_id, merge, status=201)


@router.get(
    "/people/{person_id}/merges", response_model=MergesView, responses=problems(PersonNotFound)
)
async def list_merges(
    by: Annotated[Actor, holding(Permission.READ_PERSON)],
    person_id: PersonId,
    session: Transaction,
    now: Now,
) -> Response:
    """Who was merged with this person or parted from them: when, by whom, and why."""
    person = await people.shown_to(session, person_id, actor=by)
    view = await queries.of_person(session, person_id)
    others = {id for merge in view.items for id in (merge.kept.id, merge.other.id)} - {person_id}
    await ledger.record(
        session,
        Operation.CONSULTATION,
        MergeEvent.READ,
        person,
        *sorted(others),
        kind=actions.KIND,
        by=by,
        at=now,
    )
    return shown(view)


async def _answer(session: AsyncSession, person_id: UUID, merge: Any, *, status: int) -> Response:
    headers = {
        "ETag": etag(await queries.version_of(session, person_id)),
        "Location": f"/v1/people/{person_id}/merges",
    }
    return shown(await queries.shown(session, merge), status=status, headers=headers)
