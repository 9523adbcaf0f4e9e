"""The dated lists of a referral: which reasons each step has, and how long is too long. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation.calendar import in_force
from checkpoint.foundation.errors import RuleBroken
from checkpoint.referrals.states import (
    ContactWay,
    NameShown,
    ReferralBasis,
    ReferralEvent,
    ReferralReason,
    ReferralState,
    RiskToTell,
)

FIRST_DAY = date(2015, 4, 7)  # the programme's, in Darlington
DEFAULT = "Default of this software; no board has approved it."


@dataclass(frozen=True, kw_only=True)
class ReasonList:
    """Which reasons each step may have, from a day on. A step that is not listed has none."""

    available_from: date
    reasons: Mapping[ReferralEvent, tuple[ReferralReason, ...]]
    source: str


@dataclass(frozen=True, kw_only=True)
class RiskList:
    """Which risks a provider may be told of, from a day on."""

    available_from: date
    risks: tuple[RiskToTell, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class ReferralPolicy:
    """After how many days a referral is chased.

    ``acknowledged_days`` is how long a provider has to acknowledge one, ``waiting_days`` how long
    somebody waits before another offer is looked for.
    """

    available_from: date
    acknowledged_days: int
    waiting_days: int
    source: str


_E, _R = ReferralEvent, ReferralReason
# Each holds from its first day until the next one's; the earliest for all days before, too.
REASON_LISTS = (
    ReasonList(
        available_from=FIRST_DAY,
        reasons=MappingProxyType(
            {
                _E.PUT_ON_LIST: (_R.LIST_FULL, _R.STAFF_SHORT, _R.ASSESSMENT_FIRST, _R.OTHER),
                _E.WAIT_CORRECTED: (_R.WRONG_DATES, _R.NEVER_WAITED),
                _E.COMPLETED: (_R.GOALS_REACHED, _R.COURSE_FINISHED, _R.MOVED_ON, _R.OTHER),
                _E.DISENGAGED: (_R.MISSED_SESSIONS, _R.NOT_REACHED, _R.OTHER),
                _E.DECLINED_BY_PERSON: (
                    *(_R.CHANGED_MIND, _R.OTHER_HELP, _R.TOO_FAR, _R.TIMES_DO_NOT_SUIT),
                    _R.OTHER,
                ),
                _E.DECLINED_BY_PROVIDER: (
                    *(_R.NOT_ELIGIBLE, _R.RISK_TOO_HIGH, _R.NEED_TOO_COMPLEX, _R.SERVICE_CLOSED),
                    _R.OTHER,
                ),
                _E.NO_PLACE: (_R.LIST_FULL, _R.STAFF_SHORT, _R.NO_PLACE_SOON, _R.OTHER),
                _E.WITHDRAWN: (
                    *(_R.MADE_IN_ERROR, _R.NEED_CHANGED, _R.CONTRACT_ENDED),
                    *(_R.CONSENT_WITHDRAWN, _R.OTHER_PROVIDER, _R.DIED, _R.OTHER),
                ),
            }
        ),
        source=DEFAULT,
    ),
)
RISK_LISTS = (
    RiskList(
        available_from=FIRST_DAY,
        risks=tuple(RiskToTell),
        source=f"What a provider needs to keep people safe, and no more. {DEFAULT}",
    ),
)
POLICIES = (
    ReferralPolicy(available_from=FIRST_DAY, acknowledged_days=5, waiting_days=28, source=DEFAULT),
)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ReferralState.MADE: "Made",
        ReferralState.ACKNOWLEDGED: "Acknowledged by the provider",
        ReferralState.WAITING: "On the provider's waiting list",
        ReferralState.STARTED: "Started",
        ReferralState.COMPLETED: "Completed",
        ReferralState.DISENGAGED: "The person stopped coming",
        ReferralState.DECLINED_BY_PERSON: "Declined by the person",
        ReferralState.DECLINED_BY_PROVIDER: "Declined by the provider",
        ReferralState.NO_PLACE: "No place",
        ReferralState.WITHDRAWN: "Withdrawn by whoever referred",
        ReferralBasis.CONDITION: "For a condition of the contract",
        ReferralBasis.NEED: "For an assessed need",
        _R.LIST_FULL: "Every place is taken",
        _R.STAFF_SHORT: "Too few staff",
        _R.ASSESSMENT_FIRST: "The provider assesses first",
        _R.GOALS_REACHED: "What was wanted was reached",
        _R.COURSE_FINISHED: "The course was finished",
        _R.MOVED_ON: "Moved on to something else that helps",
        _R.MISSED_SESSIONS: "The person missed sessions",
        _R.NOT_REACHED: "The person could not be reached",
        _R.CHANGED_MIND: "The person changed their mind",
        _R.OTHER_HELP: "The person has other help",
        _R.TOO_FAR: "It is too far",
        _R.TIMES_DO_NOT_SUIT: "Its times do not suit",
        _R.NOT_ELIGIBLE: "The person does not fit the service",
        _R.RISK_TOO_HIGH: "The risk is too high for the service",
        _R.NEED_TOO_COMPLEX: "The need is more than the service can meet",
        _R.SERVICE_CLOSED: "The service has closed",
        _R.NO_PLACE_SOON: "No place will be free soon enough",
        _R.MADE_IN_ERROR: "Made in error",
        _R.NEED_CHANGED: "The need is another one now",
        _R.CONTRACT_ENDED: "The contract has ended",
        _R.CONSENT_WITHDRAWN: "Consent to share was withdrawn",
        _R.OTHER_PROVIDER: "Another provider takes it",
        _R.NEVER_WAITED: "It never was on a waiting list",
        _R.WRONG_DATES: "Its days were entered wrongly",
        _R.DIED: "The person died",
        _R.OTHER: "Another reason",
        NameShown.FULL_NAME: "The whole name",
        NameShown.INITIALS: "Initials alone",
        ContactWay.TELEPHONE: "By telephone",
        ContactWay.EMAIL: "By email",
        ContactWay.THROUGH_NAVIGATOR: "Through the navigator alone",
        RiskToTell.NOT_ALONE: "Do not see the person alone",
        RiskToTell.VIOLENCE_TO_STAFF: "Has been violent towards staff",
        RiskToTell.NO_WOMEN_ALONE: "No woman sees the person alone",
        RiskToTell.SELF_HARM: "May harm themselves",
        RiskToTell.NO_CHILDREN_PRESENT: "No children may be present",
        RiskToTell.MUST_NOT_MEET_SOMEBODY: "Must not meet somebody who may come: ask the navigator",
    }
)


def reasons_of(event: ReferralEvent, *, on: date) -> tuple[ReferralReason, ...]:
    """The reasons that a step may have on a day; none where it needs none.

    Args:
        event: the step.
        on: a day in England.

    Returns:
        Codes, in the order in which they are offered.
    """
    return in_force(REASON_LISTS, on).reasons.get(event, ())


def check_reason(event: ReferralEvent, reason: ReferralReason | None, *, on: date) -> None:
    """A step has a reason of its own list, or none where it has no list.

    Args:
        event: what happens.
        reason: why, as a code; None where none was sent.
        on: the day it happened, in England.

    Raises:
        RuleBroken: reason-of-another-step.
    """
    offered = reasons_of(event, on=on)
    if reason not in (offered or (None,)):
        told = f"Choose one of: {', '.join(offered)}." if offered else "This step has no reason."
        raise RuleBroken("#/reason_code", "reason-of-another-step", told)


def check_risks(risks: tuple[RiskToTell, ...], *, on: date) -> None:
    """Every risk that is told stands in the list of that day, once.

    Args:
        risks: what the provider is to be told.
        on: a day in England.

    Raises:
        RuleBroken: risk-not-listed or risk-told-twice.
    """
    listed = in_force(RISK_LISTS, on).risks
    for place, risk in enumerate(risks):
        if risk not in listed:
            raise RuleBroken(
                f"#/risks/{place}", "risk-not-listed", "See /v1/reference/referral-risks."
            )
        if risk in risks[:place]:
            raise RuleBroken(f"#/risks/{place}", "risk-told-twice", "Name each risk once.")


def policy_on(day: date) -> ReferralPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)
