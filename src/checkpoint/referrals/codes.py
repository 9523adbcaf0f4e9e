"""The room's code lists; reasons and risks are dated."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from checkpoint.access.guards import holding
from checkpoint.access.permissions import Permission
from checkpoint.foundation.answers import public
from checkpoint.foundation.codelists import CodeListView, CodeView, list_doors
from checkpoint.referrals.offers.states import LABELS as OFFER_LABELS
from checkpoint.referrals.offers.states import NoProviderReason, NoProviderWithdrawal
from checkpoint.referrals.references import LABELS, REASON_LISTS, RISK_LISTS
from checkpoint.referrals.states import ContactWay, NameShown, ReferralBasis, ReferralState

router = APIRouter(prefix="/v1/reference", tags=["reference"])
LOCK = holding(Permission.READ_REFERENCE)
REASONS_LOCK = holding(Permission.READ_REFERRAL_REASONS)


def _labels(values: Iterable[StrEnum], labels: Any = LABELS) -> list[tuple[str, str]]:
    return [(value.value, labels[value]) for value in values]


def _dated(name: str, title: str, lists: Sequence[Any], codes_of: Any) -> CodeListView:
    """Every code of dated lists, from each list's first day until the next one's."""
    items = []
    for place, each in enumerate(lists):
        following = lists[place + 1].available_from if place + 1 < len(lists) else None
        items += [
            CodeView(
                code=code,
                label=label,
                available_from=each.available_from,
                available_until=following,
                source=each.source,
            )
            for code, label in codes_of(each)
        ]
    return CodeListView(name=name, title=title, source="This service.", items=items)


def _reasons(each: Any) -> list[tuple[str, str]]:
    return [
        (reason.value, f"{event.value.removeprefix('referral.')}: {LABELS[reason]}")
        for event, reasons in each.reasons.items()
        for reason in reasons
    ]


def _risks(each: Any) -> list[tuple[str, str]]:
    return _labels(each.risks)


REASONS = _dated("referral-reasons", "Why a referral took a step", REASON_LISTS, _reasons)
RISKS = _dated("referral-risks", "What a provider must know to be safe", RISK_LISTS, _risks)


@router.get("/referral-reasons", response_model=CodeListView, dependencies=[REASONS_LOCK])
async def list_referral_reasons(request: Request) -> Response:
    """Why a referral took a step: each step's own reasons, dated."""
    return public(request, REASONS)


@router.get("/referral-risks", response_model=CodeListView, dependencies=[LOCK])
async def list_referral_risks(request: Request) -> Response:
    """What a provider may be told so that nobody comes to harm, dated."""
    return public(request, RISKS)


list_doors(
    router,
    LOCK,
    {
        name: (title, "This service.", codes)
        for name, title, codes in (
            ("referral-states", "Where a referral stands", _labels(ReferralState)),
            ("referral-bases", "What a referral is made for", _labels(ReferralBasis)),
            ("referral-names", "How a provider is told who it is", _labels(NameShown)),
            ("contact-ways", "How a provider reaches the person", _labels(ContactWay)),
            (
                "no-provider-reasons",
                "Why no provider was available",
                _labels(NoProviderReason, OFFER_LABELS),
            ),
            (
                "no-provider-withdrawals",
                "Why it counts no longer that there was none",
                _labels(NoProviderWithdrawal, OFFER_LABELS),
            ),
        )
    },
)
