"""Front door of what is printed: the record of one decision, for the file or to be disclosed."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.custody import queries as custody
from checkpoint.eligibility import queries as eligibility
from checkpoint.eligibility.queries import DecisionNotFound
from checkpoint.eligibility.rules import parse
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.html import Sheet
from checkpoint.foundation.problems import problems
from checkpoint.journey import queries
from checkpoint.journey.papers import Paper, paper
from checkpoint.journey.rules import told_since
from checkpoint.journey.states import PRINTED, Audience, JourneyEvent, Recipient
from checkpoint.oversight import queries as oversight

router = APIRouter(tags=["journey"])
SHEET = Sheet("checkpoint.journey", "decision-record")


def check_recipient(audience: Audience, recipient: Recipient | None) -> None:
    """A disclosure is to somebody; the file's copy to nobody.

    Raises:
        RuleBroken: one of the two was sent without the other.
    """
    if audience is Audience.DISCLOSURE and recipient is None:
        raise RuleBroken(
            "query:recipient",
            "recipient-missing",
            f"Say to whom it is disclosed: {', '.join(Recipient)}.",
        )
    if audience is Audience.FILE and recipient is not None:
        raise RuleBroken(
            "query:recipient",
            "recipient-of-the-file",
            "The file's copy goes to nobody: leave recipient out, or ask for=disclosure.",
        )


@router.get(PRINTED, response_class=HTMLResponse, responses=problems(DecisionNotFound, RuleBroken))
async def print_decision(
    by: Annotated[Actor, holding(Permission.READ_ELIGIBILITY)],
    decision_id: Annotated[UUID, Path(description="The decision's id.")],
    session: Transaction,
    now: Now,
    audience: Annotated[
        Audience,
        Query(
            alias="for",
            description="`file`: everything. `disclosure`: without what concerns other people, "
            "and without staff.",
        ),
    ] = Audience.FILE,
    recipient: Annotated[
        Recipient | None, Query(description="To whom; with for=disclosure, and only then.")
    ] = None,
) -> Response:
    """One decision on one page of HTML, in plain English, to be printed."""
    check_recipient(audience, recipient)
    decision = await oversight.one(session, decision_id, actor=by)
    printed = await _paper(session, decision, recipient, by=by, at=now)
    headers = {
        "Content-Security-Policy": SHEET.policy,
        "Content-Disposition": f'inline; filename="decision-{decision.id}.html"',
        "Content-Language": "en-GB",
        "ETag": f'"{printed.digest}"',
    }
    return HTMLResponse(SHEET.page(printed, printed_at=now), headers=headers)


async def _paper(
    session: AsyncSession,
    decision: Any,
    recipient: Recipient | None,
    *,
    by: Actor,
    at: datetime,
) -> Paper:
    """What is printed; that it was is on record, and for whom."""
    record = await custody.one(session, decision.custody_record_id, actor=by)
    person, corrections = await queries.about_then(session, decision)
    alleged = await queries.alleged_then(session, decision)
    decisions = await eligibility.of_case(session, record.id, actor=by)
    await ledger.record(
        session,
        Operation.DISCLOSURE if recipient else Operation.CONSULTATION,
        JourneyEvent.RECORD_DISCLOSED if recipient else JourneyEvent.RECORD_PRINTED,
        decision.id,
        record,
        person.id,
        kind="eligibility_decision",
        by=by,
        at=at,
        recipient=recipient,
    )
    return paper(
        decision,
        parse(decision.content),
        ruling=decision,
        record=record,
        person=person,
        alleged=alleged,
        decisions=decisions,
        since=told_since(decision, corrections, recipient=recipient),
        recipient=recipient,
    )
