"""Referrals as their provider is shown them."""

from collections.abc import Sequence
from typing import Any

from checkpoint.referrals.providers.schemas import ProviderItemView, ProviderReferralView
from checkpoint.referrals.references import LABELS
from checkpoint.referrals.schemas import ToldView
from checkpoint.referrals.states import ReferralState, Withheld
from checkpoint.referrals.views import next_steps, sessions_view

NAMES = ProviderItemView.model_fields.keys() - {"label"}


def _item(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in NAMES} | {
        "label": LABELS[ReferralState(row.state)]
    }


def item_view(row: Any) -> ProviderItemView:
    """A referral in a list."""
    return ProviderItemView(**_item(row))


def provider_view(
    row: Any, told: Any, entries: Sequence[Any], withheld: Withheld | None
) -> ProviderReferralView:
    """A referral; of the person only what was sent, and only while that may be shown."""
    return ProviderReferralView(
        **_item(row),
        withheld=withheld,
        told=None if withheld else ToldView.model_validate(told.content),
        sessions=[] if withheld else sessions_view(entries),
        next_steps=next_steps(row, "/v1/provider/referrals", allowed=True),
    )
