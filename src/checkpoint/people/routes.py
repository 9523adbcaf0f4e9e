"""Front door of the people room: find somebody, see who they are, add a name they go by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.answers import shown
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.idempotency import CREATING, Once, once
from checkpoint.foundation.preconditions import etag
from checkpoint.foundation.problems import problems
from checkpoint.people import actions, queries
from checkpoint.people.actions import AliasesFull
from checkpoint.people.merges import queries as merges
from checkpoint.people.merges.schemas import WholePersonView
from checkpoint.people.queries import PersonMergedAway, PersonNotFound
from checkpoint.people.schemas import AddAlias, FoundPeopleView, SearchPeople
from checkpoint.people.states import PersonEvent

router = APIRouter(prefix="/v1", tags=["people"])
KIND = "person"

PersonId = Annotated[UUID, Path(description="The person's id.")]


@router.post("/person-searches", response_model=FoundPeopleView)
async def search_people(
    by: Annotated[Actor, holding(Permission.SEARCH_PEOPLE)],
    command: SearchPeople,
    session: Transaction,
    now: Now,
) -> Response:
    """Find a person by number, or by name and date of birth as far as they are known.

    A POST, so that nobody's name stands in an address; it creates nothing, and takes no
    Idempotency-Key. Case, accents, punctuation, swapped or missing parts and small slips are
    forgiven.
    """
    if command.identifier is not None:
        today = london_day(now)
        found = await queries.by_identifier(session, command.identifier, today=today, actor=by)
        more = False
    else:
        found, more = await queries.named(
            session,
            command.family_name,
            command.given_names,
            command.date_of_birth,
            actor=by,
        )
    await ledger.record(
        session,
        Operation.CONSULTATION,
        PersonEvent.SEARCHED,
        *(id for one in found for id in one.subjects),
        kind=KIND,
        by=by,
        at=now,
    )
    return shown(FoundPeopleView(items=[one.view() for one in found], more=more))


@router.get(
    "/people/{person_id}", response_model=WholePersonView, responses=problems(PersonNotFound)
)
async def read_person(
    by: Annotated[Actor, holding(Permission.READ_PERSON)],
    person_id: PersonId,
    session: Transaction,
    now: Now,
) -> Response:
    """A person, with every other name, and with the records that are one with theirs."""
    person = await queries.shown_to(session, person_id, actor=by)
    view = await merges.whole(session, person)
    others = [other.id for other in view.merged_here]
    read = PersonEvent.READ
    await ledger.record(
        session, Operation.CONSULTATION, read, person, *others, kind=KIND, by=by, at=now
    )
    return shown(view, headers={"ETag": etag(await merges.version_of(session, person_id))})


@router.post(
    "/people/{person_id}/aliases",
    status_code=201,
    response_model=WholePersonView,
    responses=problems(*CREATING, AliasesFull, PersonNotFound, PersonMergedAway),
)
async def add_alias(
    by: Annotated[Actor, holding(Permission.ADD_ALIAS)],
    person_id: PersonId,
    command: AddAlias,
    session: Transaction,
    now: Now,
    asked: Once,
) -> Response:
    """Add another name that a person is known by."""

    async def deed() -> Response:
        person = await actions.add_alias(session, person_id, command, by=by, at=now)
        view = await merges.whole(session, person)
        return shown(view, status=201, headers={"Location": f"/v1/people/{person.id}"})

    return await once(session, asked, deed, by=by, at=now)
