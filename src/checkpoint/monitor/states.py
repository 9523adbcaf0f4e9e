"""The words of the monitor, and of unblinding. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class MonitorEvent(StrEnum):
    """The room's events."""

    RECRUITMENT_READ = "monitor.recruitment_read"
    STRATA_READ = "monitor.strata_read"
    BALANCE_READ = "monitor.balance_read"
    CONDUCT_READ = "monitor.conduct_read"
    UNBLINDINGS_READ = "unblinding.read"
    UNBLINDING_PROPOSED = "unblinding.proposed"
    UNBLINDING_CONFIRMED = "unblinding.confirmed"
    UNBLINDING_DECLINED = "unblinding.declined"


class BalanceState(StrEnum):
    """What the check of the ratio says."""

    WITHIN_DESIGN = "within_design"
    RAISED = "raised"


class UnblindingScope(StrEnum):
    """Of what the arm is to be told."""

    TRIAL = "trial"
    CASE = "case"


class UnblindingOutcome(StrEnum):
    """What the second person said of a proposed unblinding."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


class UnblindingReason(StrEnum):
    """Why arms are to be told."""

    FOLLOW_UP_COMPLETE = "follow_up_complete"
    STOPPED_EARLY = "stopped_early"
    SAFETY = "safety"
    LEGAL_DUTY = "legal_duty"
    OTHER = "other"


REASONS: Mapping[UnblindingReason, str] = MappingProxyType(
    {
        UnblindingReason.FOLLOW_UP_COMPLETE: "The follow-up is complete and the analysis planned",
        UnblindingReason.STOPPED_EARLY: "The trial was stopped early",
        UnblindingReason.SAFETY: "Somebody's safety depends on it",
        UnblindingReason.LEGAL_DUTY: "A court or the law asks for it",
        UnblindingReason.OTHER: "Another reason, told in words",
    }
)
MEANING: Mapping[BalanceState, str] = MappingProxyType(
    {
        BalanceState.WITHIN_DESIGN: "Nothing speaks against the design that was sealed.",
        BalanceState.RAISED: "The draws do not look like the design. Tell the statistician and the "
        "data monitors; allocation goes on until they say otherwise.",
    }
)


class UnblindingNotFound(errors.NotFound):
    slug = "unblinding-not-found"
    title = "The trial has no unblinding of that number"


class UnblindingTooEarly(errors.Conflict):
    slug = "unblinding-too-early"
    title = "A trial is unblinded once it is closed"


class UnblindingStands(errors.Conflict):
    slug = "unblinding-stands-already"
    title = "This was unblinded already, or is proposed to be"


class UnblindingAnswered(errors.Conflict):
    slug = "unblinding-answered-already"
    title = "Somebody answered this proposal already"


class UnblindingsFull(errors.Conflict):
    slug = "unblindings-full"
    title = "The trial holds as many proposals as it can"
