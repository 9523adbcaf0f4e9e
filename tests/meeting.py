"""Cases that a navigator works, and what is entered of how they are worked."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import a_key
from checkpoint.contracts.agreements.states import (
    CompletionRule,
    ConditionKind,
    TermsKind,
    TermsReason,
)
from checkpoint.contracts.agreements.tables import ContractCondition, ContractTerms
from checkpoint.contracts.states import ContractEvent, ContractState, Fallback
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.foundation.database import insert
from checkpoint.foundation.identifiers import new_reference
from conftest import NOON, Clients
from delivering import STARTED, said
from navigating import Someone, assigned, here

TOMORROW = "2026-11-04T10:00:00Z"
PLAN = {"kind": "session", "starts_at": TOMORROW, "minutes": 50, "place": "navigator_office"}
MOVE = {"starts_at": "2026-11-05T14:00:00Z", "asked_by": "person", "reason": "work"}
CANCEL = {"asked_by": "person", "reason": "ill"}
CALL = {"attempted_at": "2026-11-03T11:00:00Z", "channel": "telephone", "result": "no_answer"}
WARN = {"issued_at": "2026-11-03T11:30:00Z", "how": "posted", "words": "Please come next time."}
PAST = PLAN | {"starts_at": "2026-11-03T09:00:00Z"}


@pytest.fixture
def worked(
    at_trial: Clients,
    a_case: Callable[..., Awaitable[dict[str, Any]]],
    a_navigator: Callable[..., Awaitable[Someone]],
) -> Callable[..., Awaitable[tuple[dict[str, Any], Someone]]]:
    """A treatment case that was started, and the navigator whose it is."""

    async def make(to: Someone | None = None) -> tuple[dict[str, Any], Someone]:
        record, to = await a_case("treatment"), to or await a_navigator()
        assert (await said(at_trial(), record, "programme-start", STARTED)).status_code == 201
        assert (await assigned(at_trial(), record, to)).status_code == 201
        return record, to

    return make


async def planned(client: Any, record: Any, **overrides: Any) -> Any:
    body = PLAN | overrides
    return await client.post(here(record, "appointments"), json=body, headers=a_key())


async def became(client: Any, appointment: Any, noun: str, *, seen: int = 1, **body: Any) -> Any:
    """What is done to an appointment, as somebody saw it."""
    address = f"/v1/appointments/{appointment['id']}/{noun}"
    return await client.post(address, json=body, headers=a_key() | {"If-Match": f'"{seen}"'})


async def on_record(client: Any, record: Any) -> dict[str, Any]:
    answer = await client.get(here(record, "sessions"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def a_contract(owner: AsyncEngine, record: Any, start: UUID) -> tuple[UUID, UUID]:
    """A contract of a case as it is drafted, and its one condition."""
    entered: dict[str, Any] = {"recorded_at": NOON, "recorded_by": uuid4()}
    head = Contract(
        custody_record_id=UUID(record["id"]),
        programme_start_id=start,
        reference=new_reference(),
        fallback=Fallback.CHARGE,
        state=ContractState.DRAFT,
        version=1,
        terms_number=1,
        drafted_at=NOON,
        drafted_by=uuid4(),
    )
    terms = ContractTerms(
        contract_id=head.id,
        number=1,
        kind=TermsKind.FIRST,
        reason_code=TermsReason.AGREED_AT_START,
        excused_days=0,
        reckoned="4 calendar months",
        drafted_at=NOON,
        drafted_by=uuid4(),
    )
    condition = ContractCondition(
        terms_id=terms.id,
        key=uuid4(),
        position=1,
        kind=ConditionKind.OFFENDING,
        objective="Not to offend.",
        measure="No offence.",
        due_on=date(2027, 3, 2),
        rule=CompletionRule.NO_OFFENDING,
    )
    step = ContractStep(
        contract_id=head.id,
        number=1,
        event=ContractEvent.DRAFTED,
        state=ContractState.DRAFT,
        terms_id=terms.id,
        terms_number=1,
        excused_days=0,
        happened_at=NOON,
        **entered,
    )
    async with AsyncSession(owner) as session:
        for row in (head, terms, condition, step):
            await insert(session, row)
        await session.commit()
    return head.id, condition.id
