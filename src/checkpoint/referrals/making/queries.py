"""What a referral is made for: read from the contract that runs, or from the last assessment."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts import queries as contracts
from checkpoint.contracts.agreements import queries as agreements
from checkpoint.contracts.evidence.queries import check_running
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs import queries as needs
from checkpoint.needs.states import Pathway
from checkpoint.referrals.making.rules import Purpose, check_need, level_of


async def purpose_of(
    session: AsyncSession,
    record: Any,
    *,
    condition_key: UUID | None,
    pathway: Pathway | None,
    by: Actor,
) -> Purpose:
    """What a case that was reached is referred for.

    Args:
        session: of the request.
        record: the case.
        condition_key: a condition of its contract that runs.
        pathway: else the pathway of a need.
        by: whoever refers.

    Raises:
        RuleBroken, ContractNotRunning: there is no such condition or need.
    """
    standing = needs.standing(await needs.of_case(session, record.id, actor=by))
    last = standing[0].id if standing else None
    parts = (await needs.scores_of(session, last))[last] if last else {}
    if condition_key is None:
        wanted = Pathway(str(pathway))
        level = level_of(parts, wanted)
        check_need(level)
        return Purpose(pathway=wanted, level=level, assessment_id=last)
    contract, condition = await _condition(session, record.id, condition_key)
    return Purpose(
        pathway=condition.pathway,
        level=level_of(parts, condition.pathway),
        assessment_id=last,
        contract_id=contract.id,
        condition=condition,
    )


async def _condition(session: AsyncSession, record_id: UUID, key: UUID) -> tuple[Any, Any]:
    for contract in await contracts.of_record(session, record_id):
        check_running(contract)
        for condition in await agreements.conditions_in_force(session, contract):
            if condition.key == key and condition.pathway is not None:
                return contract, condition
    raise RuleBroken(
        "#/condition_key",
        "condition-not-here",
        "Name a pathway condition of the terms in force, by its key.",
    )
