"""Where people may speak on a decision, and the words of their answers. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.access.permissions import Permission
from checkpoint.eligibility.states import Basis, Verdict
from checkpoint.foundation import errors


class OversightState(StrEnum):
    """Where one decision stands with the people who answer for it."""

    PENDING = "pending"
    REFERRED = "referred"
    DETERMINED = "determined"
    SETTLED = "settled"
    PROPOSED = "proposed"
    OVERRIDDEN = "overridden"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


class OversightEvent(StrEnum):
    """The room's events."""

    DETERMINED = "oversight.determined"  # referred -> determined
    PROPOSED = "oversight.override_proposed"  # settled or declined -> proposed
    CONFIRMED = "oversight.override_confirmed"  # proposed -> overridden
    DECLINED = "oversight.override_declined"  # proposed -> declined
    READ = "oversight.override_read"
    RATES_READ = "oversight.rates_read"


STEPS: Mapping[tuple[OversightState, OversightEvent], OversightState] = MappingProxyType(
    {
        (OversightState.REFERRED, OversightEvent.DETERMINED): OversightState.DETERMINED,
        (OversightState.SETTLED, OversightEvent.PROPOSED): OversightState.PROPOSED,
        (OversightState.DECLINED, OversightEvent.PROPOSED): OversightState.PROPOSED,
        (OversightState.PROPOSED, OversightEvent.CONFIRMED): OversightState.OVERRIDDEN,
        (OversightState.PROPOSED, OversightEvent.DECLINED): OversightState.DECLINED,
    }
)
# What there is to do instead.
REMEDY: Mapping[OversightState, str] = MappingProxyType(
    {
        OversightState.PENDING: "Something is not known yet: save it, and decide again.",
        OversightState.REFERRED: "The rules leave it to a supervisor, who determines it.",
        OversightState.DETERMINED: "A supervisor determined it. Decide again if more is known.",
        OversightState.SETTLED: "The rules settle it. To depart from them is an override.",
        OversightState.PROPOSED: "An override is proposed: a second person answers it first.",
        OversightState.OVERRIDDEN: "It was overridden. Decide again if more is known.",
        OversightState.DECLINED: "The override was declined. Another may be proposed.",
        OversightState.SUPERSEDED: "A later decision superseded it, and what was said of it fell "
        "with it. Look at the present one.",
    }
)


class OversightNotAllowed(errors.Conflict):
    slug = "oversight-step-not-allowed"
    title = "The decision does not stand where that step begins"


class DecisionOvertaken(errors.Conflict):
    slug = "decision-overtaken"
    title = "What the decision rested on has changed since"


OVERTAKEN = "What this decision rested on has changed since: decide again."


def step(state: OversightState, event: OversightEvent) -> OversightState:
    """Where an event leads.

    Args:
        state: where the decision stands.
        event: what somebody wants to say of it.

    Returns:
        Where it stands from then on.

    Raises:
        OversightNotAllowed: the event does not begin there; says what there is to do instead.
    """
    try:
        return STEPS[state, event]
    except KeyError:
        allowed = sorted(e.value for s, e in STEPS if s is state)
        raise OversightNotAllowed(REMEDY[state], state=state.value, allowed=[*allowed]) from None


# For each step: its name to a client, the last part of its door, and the permission that opens it.
DOORS: Mapping[OversightEvent, tuple[str, str, Permission]] = MappingProxyType(
    {
        OversightEvent.DETERMINED: (
            "determine",
            "determination",
            Permission.DETERMINE_ELIGIBILITY,
        ),
        OversightEvent.PROPOSED: ("propose_override", "overrides", Permission.PROPOSE_OVERRIDE),
        OversightEvent.CONFIRMED: (
            "confirm_override",
            "confirmation",
            Permission.ANSWER_OVERRIDE,
        ),
        OversightEvent.DECLINED: ("decline_override", "refusal", Permission.ANSWER_OVERRIDE),
    }
)


def why_not(
    event: OversightEvent,
    *,
    holds: Callable[[Permission], bool],
    ranks_enough: bool,
    is_first_person: bool,
    is_overtaken: bool,
) -> str | None:
    """Why this reader may not take a step that the state allows.

    Args:
        event: one that ``STEPS`` allows from the decision's state.
        holds: whether the reader's role holds a permission.
        ranks_enough: whether the reader's rank is that of an override.
        is_first_person: whether the reader proposed the override that is to be answered.
        is_overtaken: whether something the decision rests on has changed since; then nobody may.

    Returns:
        The reason and whom to ask, in plain English; None when they may.
    """
    if is_overtaken:
        return OVERTAKEN
    if not holds(DOORS[event][2]):
        return "Your role does not allow this; ask a supervisor."
    if event is OversightEvent.PROPOSED and not ranks_enough:
        return "This is for an inspector or above; ask one."
    if event in (OversightEvent.CONFIRMED, OversightEvent.DECLINED) and is_first_person:
        return "You proposed it; somebody else answers."
    return None


class Outcome(StrEnum):
    """What the second person said of a proposed override."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


class DeterminationReason(StrEnum):
    """Why a supervisor took a referred case or did not."""

    TERMS_MET = "terms_met"
    TERMS_NOT_MET = "terms_not_met"
    SUITS = "suits"
    DOES_NOT_SUIT = "does_not_suit"
    OTHER = "other"


class OverrideReason(StrEnum):
    """Why two people departed from the rules."""

    FACT_NOT_ASKED = "fact_not_asked"
    RULE_DOES_NOT_FIT = "rule_does_not_fit"
    RISK = "risk"
    PUBLIC_INTEREST = "public_interest"
    OTHER = "other"


# What each reason speaks for; one that is not here goes with either.
SPEAKS_FOR: Mapping[DeterminationReason, Verdict] = MappingProxyType(
    {
        DeterminationReason.TERMS_MET: Verdict.ELIGIBLE,
        DeterminationReason.TERMS_NOT_MET: Verdict.INELIGIBLE,
        DeterminationReason.SUITS: Verdict.ELIGIBLE,
        DeterminationReason.DOES_NOT_SUIT: Verdict.INELIGIBLE,
    }
)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        DeterminationReason.TERMS_MET: "The special terms are met",
        DeterminationReason.TERMS_NOT_MET: "The special terms are not met",
        DeterminationReason.SUITS: "The rules leave it open, and the case suits the programme",
        DeterminationReason.DOES_NOT_SUIT: "The rules leave it open, and the case does not suit",
        DeterminationReason.OTHER: "Another reason, told in words",
        OverrideReason.FACT_NOT_ASKED: "A fact that the rules do not ask about",
        OverrideReason.RULE_DOES_NOT_FIT: "A rule that does not fit this case",
        OverrideReason.RISK: "A risk to somebody that the rules do not see",
        OverrideReason.PUBLIC_INTEREST: "The public interest",
        OverrideReason.OTHER: "Another reason, told in words",
    }
)
MEANING: Mapping[tuple[Basis, Verdict], str] = MappingProxyType(
    {
        (
            Basis.DETERMINATION,
            Verdict.ELIGIBLE,
        ): "A supervisor took the case. The person may be offered the programme.",
        (
            Basis.DETERMINATION,
            Verdict.INELIGIBLE,
        ): "A supervisor did not take the case. The usual process applies.",
        (
            Basis.OVERRIDE,
            Verdict.ELIGIBLE,
        ): "Two people departed from the rules. The person may be offered the programme.",
        (
            Basis.OVERRIDE,
            Verdict.INELIGIBLE,
        ): "Two people departed from the rules. The usual process applies.",
    }
)
