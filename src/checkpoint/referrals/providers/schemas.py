"""What a provider is shown of the referrals made to it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import NextStep, View
from checkpoint.referrals.schemas import ReferralSessionView, ToldView
from checkpoint.referrals.states import ReferralState, Withheld


class ProviderItemView(View):
    """A referral in a provider's list: nothing of the person."""

    id: UUID
    reference: Annotated[str, Field(description="By which the navigator knows it, too.")]
    service_id: UUID
    service_name: str
    state: ReferralState
    label: str
    version: int
    made_on: date
    acknowledged_on: date | None
    waiting_since: date | None
    waited_until: date | None


class ProviderReferralView(ProviderItemView):
    """A referral, with what its provider was told of the person."""

    withheld: Annotated[
        Withheld | None, Field(description="Why nothing of the person is shown; null: it is.")
    ]
    told: Annotated[ToldView | None, Field(description="Null where it is withheld.")]
    sessions: list[ReferralSessionView]
    next_steps: list[NextStep]
