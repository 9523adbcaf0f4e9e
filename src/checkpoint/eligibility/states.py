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


# What one case takes; see ``custody.states.check_space``.
MOST_DECISIONS = 500


class Basis(StrEnum):
    """What the standing verdict of a decision rests on."""

    RULES = "rules"
    DETERMINATION = "determination"
    OVERRIDE = "override"


class RuleSetOrigin(StrEnum):
    """How a rule set came to be published."""

    PACKAGE = "package"
    TWO_PEOPLE = "two_people"


class EligibilityEvent(StrEnum):
    """The room's events."""

    DECIDED = "eligibility.decided"
    PREVIEWED = "eligibility.previewed"
    READ = "eligibility.read"
    RULES_READ = "eligibility.rules_read"
    PROPOSED = "eligibility.rules_proposed"
    PUBLISHED = "eligibility.published"
    REPLAYED = "eligibility.replayed"


MEANING: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.ELIGIBLE: "Every criterion is met. The person may be offered the programme.",
        Verdict.INELIGIBLE: "At least one criterion is not met. The usual process applies.",
        Verdict.PENDING: "Something is not known yet. Find it out, save it, and decide again.",
        Verdict.REFER: "Special terms apply, or the rules leave it open. A supervisor decides.",
    }
)
