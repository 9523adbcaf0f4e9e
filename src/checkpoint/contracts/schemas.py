"""What is entered of a contract, and what is shown of it."""

from datetime import date
from uuid import UUID

from checkpoint.contracts.states import ContractState, Fallback
from checkpoint.foundation.schemas import Moment, View


class ContractItemView(View):
    """A contract, in short."""

    id: UUID
    reference: str
    state: ContractState
    version: int
    fallback: Fallback
    starts_on: date | None
    ends_on: date | None
    drafted_at: Moment


class ContractsView(View):
    """The contracts of a case."""

    custody_record_id: UUID
    items: list[ContractItemView]
