"""Offers that fit a case into views."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep
from checkpoint.needs.states import LABELS as PATHWAYS
from checkpoint.needs.states import Pathway
from checkpoint.referrals.offers.fits import SIDES, Fit, Need, Seeker
from checkpoint.referrals.offers.schemas import (
    CaseOffersView,
    FitView,
    NeedOffersView,
    NoProvidersView,
    NoProviderView,
    PointView,
)
from checkpoint.referrals.offers.states import LABELS, NoProviderReason
from checkpoint.referrals.views import NOT_YOURS

OF_OFFER = (
    *("service_id", "organization_id", "name", "organization_name", "access"),
    *("maximum", "free_places", "assured_on"),
)


def fit_view(found: Fit) -> FitView:
    """One offer, and how it fits."""
    told = {
        name: [PointView.model_validate(each) for each in getattr(found, name)] for name in SIDES
    }
    return FitView(
        **{name: getattr(found.offer, name) for name in OF_OFFER},
        districts=sorted(found.offer.districts),
        fits=not found.excludes,
        **told,
    )


def case_offers_view(
    record: Any,
    assessment_id: UUID | None,
    seeker: Seeker,
    needs: Sequence[Need],
    found: Mapping[Pathway, Sequence[Fit]],
    *,
    most: int,
    by: Actor,
) -> CaseOffersView:
    """The offers for each need, the worst need first."""
    may = holds(by.role, Permission.REFER)
    here = f"/v1/custody-records/{record.id}"
    return CaseOffersView(
        needs_assessment_id=assessment_id,
        age=seeker.age,
        items=[
            NeedOffersView(
                pathway=need.pathway,
                label=PATHWAYS[need.pathway],
                level=need.level,
                linked_to_offending=need.linked,
                items=[fit_view(each) for each in found[need.pathway][:most]],
                more=len(found[need.pathway]) > most,
            )
            for need in needs
        ],
        next_steps=[
            NextStep(
                step=name,
                method="POST",
                href=f"{here}/{noun}",
                allowed=may,
                why_not=None if may else NOT_YOURS,
            )
            for name, noun in (
                ("make_referral", "referrals"),
                ("record_no_provider", "no-provider-available"),
            )
        ],
    )


def no_providers_view(rows: Sequence[Any]) -> NoProvidersView:
    """Where a case had no provider."""
    names = NoProviderView.model_fields.keys() - {"label"}
    return NoProvidersView(
        items=[
            NoProviderView(
                **{name: getattr(row, name) for name in names},
                label=LABELS[NoProviderReason(row.reason_code)],
            )
            for row in rows
        ]
    )
