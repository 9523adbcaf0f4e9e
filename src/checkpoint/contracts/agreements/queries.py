"""Terms of a contract that was reached in scope, their conditions and signatures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.contracts.agreements.tables import (
    ContractCondition,
    ContractSignature,
    ContractTerms,
)
from checkpoint.foundation.database import rows_of

CONTRACT_ID = sa.bindparam("contract_id", type_=sa.Uuid())
TERMS = (
    sa.select(*ContractTerms.__table__.c)
    .where(col(ContractTerms.contract_id) == CONTRACT_ID)
    .order_by(col(ContractTerms.number))
)
CONDITIONS = (
    sa.select(*ContractCondition.__table__.c, col(ContractTerms.number).label("terms_number"))
    .join(ContractTerms, col(ContractTerms.id) == col(ContractCondition.terms_id))
    .where(col(ContractTerms.contract_id) == CONTRACT_ID)
    .order_by(col(ContractTerms.number), col(ContractCondition.position))
)
SIGNATURES = (
    sa.select(*ContractSignature.__table__.c)
    .join(ContractTerms, col(ContractTerms.id) == col(ContractSignature.terms_id))
    .where(col(ContractTerms.contract_id) == CONTRACT_ID)
    .order_by(col(ContractSignature.signed_at), col(ContractSignature.id))
)


async def terms_of(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """Every version of what a contract says, the first one first."""
    return await rows_of(session, TERMS, contract_id=contract_id)


async def conditions_of(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """The conditions of every version, each with its ``terms_number``, in their order."""
    return await rows_of(session, CONDITIONS, contract_id=contract_id)


async def conditions_in_force(session: AsyncSession, contract: Any) -> list[Any]:
    """The conditions of the terms that count now, in their order."""
    found = await conditions_of(session, contract.id)
    return [each for each in found if each.terms_number == contract.terms_number]


async def signatures_of(session: AsyncSession, contract_id: UUID) -> Sequence[Any]:
    """The signatures under every version."""
    return await rows_of(session, SIGNATURES, contract_id=contract_id)
