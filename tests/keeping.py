"""Contracts that run, written as they stand, and what is said of them through the front door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from builders import a_key, an_offence, booked
from checkpoint.contracts.agreements.states import TermsKind, TermsReason
from checkpoint.contracts.agreements.tables import ContractCondition, ContractTerms
from checkpoint.contracts.states import ContractEvent, ContractState, Fallback
from checkpoint.contracts.tables import Contract, ContractStep
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.identifiers import new_reference
from conftest import NOON, Clients
from navigating import Someone, assigned
from trialling import consenting

FIRST, LAST = date(2026, 11, 3), date(2027, 3, 2)
OFFENDING = {"kind": "offending", "rule": "no_offending"}
SESSIONS = {"kind": "pathway", "pathway": "finance", "rule": "sessions", "amount": 2}
EVIDENCE = {"kind": "pathway", "pathway": "health", "rule": "evidence"}
SIGNED = {"how": "paper", "signed_at": "2026-11-03T12:00:00Z"}
HOURS = {"kind": "community", "rule": "hours", "amount": 18}
TAG = {
    "kind": "tag",
    "rule": "tag_dates",
    "tag_from": date(2026, 11, 4),
    "tag_until": date(2026, 11, 10),
}


@dataclass(frozen=True)
class Running:
    """A contract that runs, and the case it belongs to."""

    id: str
    record: Mapping[str, Any]
    keys: Mapping[str, str]

    def door(self, noun: str) -> str:
        return f"/v1/contracts/{self.id}/{noun}"


def on(clients: Clients, moment: datetime) -> None:
    """From now on the service's clock stands still at another moment, until the test ends."""

    async def now() -> datetime:
        return moment

    clients.app.dependency_overrides[clock.now] = now


async def started(clients: Clients, **booking: Any) -> dict[str, Any]:
    """A case that was enrolled and started, where no trial is open."""
    officer = clients()
    record, decision = await consenting(officer, booking=booking or None)
    here = f"/v1/custody-records/{record['id']}"
    body = {"eligibility_decision_id": decision["id"]}
    answer = await officer.put(f"{here}/enrolment", json=body)
    assert answer.status_code == 201, answer.text
    body = {"started_at": "2026-11-03T12:00:00Z"}
    answer = await officer.post(f"{here}/programme-start", json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    return record | {"start": answer.json()["start"]["id"]}


async def running(
    clients: Clients,
    *conditions: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
    state: ContractState = ContractState.ACTIVE,
    at: datetime = NOON,
) -> Running:
    """A contract from 3 November to 2 March, in force; each condition's key by its rule."""
    record = record or await started(clients)
    contract = Contract(
        custody_record_id=UUID(record["id"]),
        programme_start_id=UUID(record["start"]),
        reference=new_reference(),
        fallback=Fallback.CHARGE,
        state=state,
        version=1,
        terms_number=1,
        drafted_at=at,
        drafted_by=uuid4(),
    )
    if state is ContractState.ACTIVE:
        contract.starts_on, contract.ends_on = FIRST, LAST
    engine: AsyncEngine = clients.app.state.engine
    async with transaction(engine) as session:
        await insert(session, contract)
        terms = ContractTerms(
            contract_id=contract.id,
            number=1,
            kind=TermsKind.FIRST,
            reason_code=TermsReason.AGREED_AT_START,
            excused_days=0,
            reckoned="4 calendar months",
            drafted_at=at,
            drafted_by=contract.drafted_by,
        )
        await insert(session, terms)
        rows = [
            ContractCondition(
                terms_id=terms.id,
                key=uuid4(),
                position=place,
                objective="Synthetic objective",
                measure="Synthetic measure",
                **each,
            )
            for place, each in enumerate((OFFENDING, *conditions), 1)
        ]
        for row in rows:
            await insert(session, row)
        begun = state is ContractState.ACTIVE
        step = ContractStep(
            contract_id=contract.id,
            number=1,
            event=ContractEvent.STARTED if begun else ContractEvent.DRAFTED,
            state=state,
            terms_number=1,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            excused_days=0,
            happened_at=at,
            recorded_at=at,
            recorded_by=contract.drafted_by,
        )
        await insert(session, step)
    keys = {str(row.rule): str(row.key) for row in rows}
    return Running(str(contract.id), record, keys)


async def agreed(
    clients: Clients,
    navigator: Someone,
    *conditions: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
) -> Running:
    """A contract that is drafted, offered and signed by all three, through the front door."""
    record = record or await started(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    assert (await assigned(boss, record, navigator)).status_code == 201
    here = f"/v1/custody-records/{record['id']}/contracts"
    words = {"objective": "Synthetic objective", "measure": "Synthetic measure"}
    body = {
        "fallback": "charge",
        "conditions": [each | words for each in (OFFENDING, *conditions)],
    }
    told = await navigator.client.post(here, json=body, headers=a_key())
    assert told.status_code == 201, told.text
    door = f"/v1/contracts/{told.json()['id']}"
    told = await moved(navigator.client, f"{door}/offer", told)
    for role, client in (("person", navigator.client), ("navigator", navigator.client)):
        told = await moved(client, f"{door}/signatures", told, role=role, **SIGNED)
    told = await moved(boss, f"{door}/signatures", told, role="supervisor", **SIGNED)
    assert told.json()["state"] == "active"
    keys = {each["rule"]: each["key"] for each in told.json()["terms"]["conditions"]}
    return Running(told.json()["id"], record, keys)


async def moved(client: Any, address: str, seen: Any, **body: Any) -> Any:
    """A step of a contract as it was last seen, or as it stands if it was not."""
    if seen is None:
        seen = await client.get(address.rpartition("/")[0])
    headers = a_key() | {"If-Match": f'"{seen.json()["version"]}"'}
    answer = await client.post(address, json=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    return answer


async def arrested_again(
    clients: Clients, record: Mapping[str, Any], *, committed: str, suite: str = "DURHAMGATE"
) -> dict[str, Any]:
    """The same person is booked in again, on 9 December."""
    officer = clients(Role.CUSTODY_OFFICER, suite, name="another")
    return await booked(
        officer,
        person=...,
        person_id=record["person"]["id"],
        suite=suite,
        arrested_at="2026-12-09T20:00:00Z",
        arrived_at="2026-12-09T20:30:00Z",
        offences=[an_offence(committed_from=committed)],
    )


async def said(client: Any, contract: Running, noun: str, **body: Any) -> Any:
    """One thing said of a contract."""
    return await client.post(contract.door(noun), json=body, headers=a_key())


async def entered(client: Any, contract: Running, rule: str, kind: str, **more: Any) -> Any:
    """One thing entered of the condition with a rule."""
    body = {"happened_on": "2026-11-03", "basis": "fact"} | more
    return await said(
        client,
        contract,
        "condition-entries",
        condition_key=contract.keys[rule],
        kind=kind,
        **body,
    )


def standing(answer: Any, rule: str) -> dict[str, Any]:
    """Where the condition with a rule stands."""
    found: dict[str, Any] = next(each for each in answer.json()["items"] if each["rule"] == rule)
    return found
