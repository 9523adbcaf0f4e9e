"""What the front door cannot show: the ledger's part, the database's own refusals, later rooms."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from assessing import INSTRUMENT, WHOLE_NEEDS
from builders import KNOWN, make_offence, make_record, make_screening
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody.rules import RecordFull
from checkpoint.eligibility import actions as eligibility
from checkpoint.foundation.database import insert, transaction
from checkpoint.needs import actions, lookups, queries
from checkpoint.needs.lookups import InstrumentNotFound
from checkpoint.needs.queries import NeedsAssessmentNotFound
from checkpoint.needs.schemas import AssessNeeds, CompleteNeedsDraft, SaveNeedsDraft
from checkpoint.needs.states import Pathway
from checkpoint.needs.tables import NeedsAssessment, NeedsDraft, NeedsPathway
from conftest import NOON, rolled_back

WHOLE = AssessNeeds.model_validate(WHOLE_NEEDS)
HOUR = timedelta(hours=1)


async def a_case(session, officer):
    record = await make_record(session)
    await make_offence(session, record)
    await make_screening(session, record, **KNOWN)
    await eligibility.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    return record


async def assessed(session, officer, record, at=NOON, **changes):
    command = AssessNeeds.model_validate(WHOLE_NEEDS | changes)
    return await actions.assess(session, record.id, command, by=officer, at=at)


async def test_a_later_room_sees_what_stood_at_a_moment(session, officer):
    record = await a_case(session, officer)
    first = await assessed(session, officer, record)
    why = {"corrects": str(first), "correction_reason": "learnt_later"}
    second = await assessed(session, officer, record, at=NOON + HOUR, **why)
    now = await queries.of_case(session, record.id, actor=officer)
    then = await queries.of_case(session, record.id, actor=officer, as_of=NOON)
    assert [each.id for each in queries.standing(now)] == [second]
    assert [each.id for each in queries.standing(then)] == [first]
    scores = await queries.scores_of(session, first, second)
    assert [*scores[first]] == [*scores[second]] == [*Pathway]


async def test_nothing_is_saved_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        published = await lookups.instrument(session, INSTRUMENT.version)
        draft = NeedsDraft(
            custody_record_id=record.id,
            needs_instrument_id=published.id,
            content=WHOLE.model_dump(mode="json", include={"timepoint", "pathways", "assessed_at"}),
            begun_at=NOON,
            begun_by=officer.id,
            saved_at=NOON,
            saved_by=officer.id,
        )
        await insert(session, draft)
    for deed, command in (
        (actions.save, SaveNeedsDraft(timepoint="exit")),
        (actions.complete, CompleteNeedsDraft()),
    ):
        with pytest.raises(LedgerNotWritten):
            async with transaction(without_ledger) as session:
                await deed(session, draft.id, command, seen="1", by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        kept = select(NeedsDraft.content).where(NeedsDraft.id == draft.id)
        assert (await session.exec(kept)).one()["timepoint"] == "baseline"
        assert await queries.of_case(session, record.id, actor=officer) == []


async def test_a_case_takes_only_so_many(session, officer, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ASSESSMENTS", 1)
    record = await a_case(session, officer)
    await assessed(session, officer, record)
    with pytest.raises(RecordFull, match="1 is the most"):
        await assessed(session, officer, record, timepoint="review")


async def test_where_no_instrument_was_in_use_nothing_is_assessed(session):
    with pytest.raises(InstrumentNotFound):
        await lookups.to_use(session, None, on=INSTRUMENT.valid_from - timedelta(days=1))


async def test_what_is_elsewhere_is_not_there(session, officer):
    with pytest.raises(NeedsAssessmentNotFound):
        await queries.draft(session, uuid4(), actor=officer)


async def refusal(session, *rows):
    with pytest.raises(sa.exc.IntegrityError) as refused:
        async with session.begin_nested():
            for row in rows:
                await insert(session, row)
    return str(refused.value.orig)


async def a_row(session, record, **changes):
    published = await lookups.instrument(session, INSTRUMENT.version)
    fields = {
        "custody_record_id": record.id,
        "number": 7,
        "needs_instrument_id": published.id,
        "timepoint": "review",
        "assessed_at": NOON,
        "completed_at": NOON,
        "completed_by": uuid4(),
    }
    return NeedsAssessment(**(fields | changes))


async def test_the_database_itself_knows_of_which_case_an_assessment_is(session, officer):
    record, other = [await a_case(session, officer) for _ in range(2)]
    theirs = await assessed(session, officer, other)
    for changes in (
        {"prefilled_from_id": theirs},
        {"corrects_id": theirs, "correction_reason": "other"},
    ):
        told = await refusal(session, await a_row(session, record, **changes))
        assert "it rests on an assessment of another case" in told


async def test_the_database_itself_keeps_one_baseline_and_one_correction_of_each(session, officer):
    record = await a_case(session, officer)
    first = await assessed(session, officer, record)
    second = await a_row(session, record, timepoint="baseline")
    assert "this case has its baseline" in await refusal(session, second)
    why = {"corrects_id": first, "correction_reason": "other", "timepoint": "baseline"}
    await insert(session, await a_row(session, record, **why))
    again = await a_row(session, record, number=8, **(why | {"timepoint": "review"}))
    assert "uq_needs_assessment_corrects_id" in await refusal(session, again)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"score": None}, "level_of_score"),
        ({"score": 4}, "score_is_certain"),
        ({"score_at_most": 7}, "score_in_range"),
        ({"linked_to_offending": None}, "assessed_or_why_not"),
        (
            {"linked_to_offending": None, "not_assessed_reason": "refused"},
            "no_score_if_not_assessed",
        ),
    ],
)
async def test_the_database_itself_keeps_no_score_that_is_not_certain(
    session, officer, changes, says
):
    whole = await a_row(session, await a_case(session, officer))
    fields = {
        "needs_assessment_id": whole.id,
        "pathway": "finance",
        "score": 3,
        "score_at_least": 3,
        "score_at_most": 3,
        "highest": 6,
        "level": "low",
        "linked_to_offending": "yes",
    }
    assert says in await refusal(session, whole, NeedsPathway(**(fields | changes)))


async def test_a_completed_draft_never_opens_again(session, officer):
    record = await a_case(session, officer)
    id = await actions.begin(session, record.id, WHOLE, by=officer, at=NOON)
    told = "where a draft was begun never changes"
    with pytest.raises(sa.exc.IntegrityError, match=told):
        async with session.begin_nested():
            await session.exec(sa.text("UPDATE needs_draft SET begun_by = gen_random_uuid()"))
    await actions.complete(session, id, CompleteNeedsDraft(), seen="1", by=officer, at=NOON)
    with pytest.raises(sa.exc.IntegrityError, match="this draft has ended"):
        await session.exec(sa.text("UPDATE needs_draft SET version = version + 1"))


@pytest.mark.parametrize(
    "table",
    [
        "needs_assessment",
        "needs_pathway",
        "needs_answer",
        "needs_statement",
        "needs_external_score",
    ],
)
async def test_even_the_owner_edits_nothing_that_was_completed(owner, officer, table):
    pathways = WHOLE_NEEDS["pathways"]
    stated = {"strengths": [{"words": "Synthetic.", "basis": "fact"}]}
    said = {
        "pathways": pathways | {"health": pathways["health"] | stated},
        "external_scores": [{"code": "crime_pics_score", "score": 3}],
    }
    async with rolled_back(owner) as session:
        await assessed(session, officer, await a_case(session, officer), **said)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            await session.exec(sa.text(f"UPDATE {table} SET id = id"))
