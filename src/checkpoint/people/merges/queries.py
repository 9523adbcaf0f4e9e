"""Read merges, what they put together, and what each record knows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.database import rows_of
from checkpoint.people import queries as people
from checkpoint.people.merges import rules
from checkpoint.people.merges.schemas import (
    KEEPS,
    STAYED,
    DifferenceView,
    MergesView,
    MergeView,
    PartingView,
    ReadThroughView,
    WholePersonView,
)
from checkpoint.people.merges.tables import PersonMerge, PersonParting
from checkpoint.people.schemas import PersonView
from checkpoint.people.tables import Person, PersonAlias, PersonCorrection


class MergeNotFound(errors.NotFound):
    slug = "merge-not-found"
    title = "There is no such merge of this person"


PERSON = sa.bindparam("person_id", type_=sa.Uuid())
MERGES = (
    sa.select(
        *PersonMerge.__table__.c,
        col(PersonParting.id).label("parting_id"),
        col(PersonParting.reason).label("parting_reason"),
        col(PersonParting.words).label("parting_words"),
        col(PersonParting.parted_at),
        col(PersonParting.parted_by),
    )
    .outerjoin(PersonParting, col(PersonParting.person_merge_id) == col(PersonMerge.id))
    .order_by(col(PersonMerge.id))
)
ONE = MERGES.where(
    col(PersonMerge.id) == sa.bindparam("merge_id", type_=sa.Uuid()),
    sa.or_(col(PersonMerge.kept_id) == PERSON, col(PersonMerge.other_id) == PERSON),
)
OF_PERSON = MERGES.where(
    sa.or_(
        col(PersonMerge.kept_id).in_(people.same_person(PERSON)),
        col(PersonMerge.other_id).in_(people.same_person(PERSON)),
    )
)


async def one(session: AsyncSession, person_id: UUID, merge_id: UUID) -> Any:
    """A merge of this person, as the one who is kept or as the other."""
    found = await rows_of(session, ONE, person_id=person_id, merge_id=merge_id)
    if not found:
        raise MergeNotFound("Check both ids: GET the person's merges.")
    return found[0]


def _many(table: Any, *columns: Any) -> Any:
    of_person = sa.or_(*(column == PERSON for column in columns))
    return sa.select(sa.func.count()).select_from(table).where(of_person).scalar_subquery()


VERSION = sa.select(
    (
        1
        + _many(PersonCorrection, col(PersonCorrection.person_id))
        + _many(PersonAlias, col(PersonAlias.person_id))
        + _many(PersonMerge, col(PersonMerge.kept_id), col(PersonMerge.other_id))
        + sa.select(sa.func.count())
        .select_from(PersonParting)
        .join(PersonMerge, col(PersonMerge.id) == col(PersonParting.person_merge_id))
        .where(sa.or_(col(PersonMerge.kept_id) == PERSON, col(PersonMerge.other_id) == PERSON))
        .scalar_subquery()
    ).label("version")
)


async def version_of(session: AsyncSession, person_id: UUID) -> int:
    """Which version of a record this is: it counts what was put right, added, merged and parted."""
    (found,) = await rows_of(session, VERSION, person_id=person_id)
    return int(found.version)


MERGED_HERE = (
    select(Person)
    .where(col(Person.id).in_(people.same_person(PERSON)))
    .where(sa.func.survivor_of(PERSON) == PERSON, col(Person.id) != PERSON)
    .order_by(col(Person.id))
)


async def whole(session: AsyncSession, person: Any) -> WholePersonView:
    """A person with every other name, and with the records that are one with theirs."""
    survivor = await people.survivor_of(session, person.id)
    here = await rows_of(session, MERGED_HERE, person_id=person.id)
    plain = await people.shown(session, person)
    return WholePersonView(
        **plain.model_dump(),
        merged_into=None if survivor == person.id else survivor,
        merged_here=[await people.shown(session, other) for other in here],
        read_through=[
            ReadThroughView.model_validate(each) for each in rules.read_through(person, here)
        ],
    )


async def shown(session: AsyncSession, merge: Any) -> MergeView:
    """A merge with both records as they stand now."""
    return (await _views(session, [merge]))[0]


async def of_person(session: AsyncSession, person_id: UUID) -> MergesView:
    """Every merge of a person and of the records that are one with theirs, parted ones too."""
    found = await rows_of(session, OF_PERSON, person_id=person_id)
    return MergesView(items=await _views(session, found))


async def _views(session: AsyncSession, merges: Sequence[Any]) -> list[MergeView]:
    ids = {id for merge in merges for id in (merge.kept_id, merge.other_id)}
    rows = {row.id: row for row in await rows_of(session, people.THESE, people=sorted(ids))}
    return [_view(merge, rows[merge.kept_id], rows[merge.other_id]) for merge in merges]


def _view(merge: Any, kept: Any, other: Any) -> MergeView:
    parting = None
    if merge.parting_id is not None:
        parting = PartingView(
            id=merge.parting_id,
            reason=merge.parting_reason,
            words=merge.parting_words,
            parted_at=merge.parted_at,
            parted_by=merge.parted_by,
        )
    return MergeView(
        id=merge.id,
        kept=PersonView.model_validate(kept),
        other=PersonView.model_validate(other),
        differences=[
            DifferenceView.model_validate(each) for each in rules.differences(kept, other)
        ],
        reason=merge.reason,
        words=merge.words,
        merged_at=merge.merged_at,
        merged_by=merge.merged_by,
        parting=parting,
        meaning=STAYED if parting else KEEPS,
    )
