"""Front door of what is printed: a contract on one page, to be signed or kept."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.contracts import queries
from checkpoint.contracts.papers import paper
from checkpoint.contracts.states import ContractEvent, ContractNotFound
from checkpoint.delivery.states import ArmNotRead
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import Now
from checkpoint.foundation.database import Transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.html import Sheet
from checkpoint.foundation.problems import problems

router = APIRouter(tags=["contracts"])
SHEET = Sheet("checkpoint.contracts", "contract")


@router.get(
    "/v1/contracts/{contract_id}/paper",
    response_class=HTMLResponse,
    responses=problems(ContractNotFound, ArmNotRead, RuleBroken),
)
async def print_contract(
    by: Annotated[Actor, holding(Permission.READ_CONTRACT)],
    contract_id: Annotated[UUID, Path(description="The contract's id.")],
    session: Transaction,
    now: Now,
    terms: Annotated[
        int | None,
        Query(ge=1, le=10_000, description="Which version; left out, what is open or counts."),
    ] = None,
) -> Response:
    """A contract on one page of HTML, in plain English, to be printed and signed."""
    row = await queries.one(session, contract_id, by=by, at=now)
    found = await queries.whole(session, row)
    version = terms or (found.proposed or found.current).number
    if version > len(found.terms):
        raise RuleBroken("query:terms", "no-such-terms", "Name a version that was saved.")
    about = (row.id, row.custody_record_id, row.person_id)
    await ledger.record(
        session,
        Operation.CONSULTATION,
        ContractEvent.PRINTED,
        *about,
        kind="contract",
        by=by,
        at=now,
    )
    name, navigator = await queries.names(session, row.custody_record_id)
    printed = paper(found, found.terms[version - 1], name=name, navigator=navigator)
    headers = {
        "Content-Security-Policy": SHEET.policy,
        "Content-Disposition": f'inline; filename="contract-{row.id}.html"',
        "Content-Language": "en-GB",
        "ETag": f'"{printed.digest}"',
    }
    return HTMLResponse(SHEET.page(printed, printed_at=now), headers=headers)
