"""The words of a decision. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Answer(StrEnum):
    """What is found on one criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


class Verdict(StrEnum):
    """What all criteria come to."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    PENDING = "pending"
    REFER = "refer"


class AppliesTo(StrEnum):
    """Of what a rule set's first day is the first: of arrests, or of decisions."""

    ARRESTS = "arrests_from"
    DECISIONS = "decisions_from"


class EligibilityEvent(StrEnum):
    """The room's events."""

    DECIDED = "eligibility.decided"
    PREVIEWED = "eligibility.previewed"
    READ = "eligibility.read"
    RULES_READ = "eligibility.rules_read"
    PUBLISHED = "eligibility.published"


MEANING: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.ELIGIBLE: "Every criterion is met. The person may be offered the programme.",
        Verdict.INELIGIBLE: "At least one criterion is not met. The usual process applies.",
        Verdict.PENDING: "Something is not known yet. Find it out, save it, and decide again.",
        Verdict.REFER: "Special terms apply, or the rules leave it open. A supervisor decides.",
    }
)
