"""Terms, conditions and signatures in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class TermsKind(StrEnum):
    """What terms are to the contract."""

    FIRST = "first"
    VARIATION = "variation"  # other conditions, the same last day
    EXTENSION = "extension"  # a later last day


class TermsReason(StrEnum):
    """Why the terms were drafted."""

    AGREED_AT_START = "agreed_at_start"
    NEEDS_CHANGED = "needs_changed"
    PROVIDER_CHANGED = "provider_changed"
    MORE_TIME = "more_time"
    AFTER_REVIEW = "after_review"
    ENTERED_WRONGLY = "entered_wrongly"
    OTHER = "other"


class ConditionKind(StrEnum):
    """What a condition is about.

    Source: the force's page on the contract to engage (domain notes 1.5).
    """

    OFFENDING = "offending"  # not to offend: in every contract
    VICTIM = "victim"  # a restorative approach, where a victim asked for one
    PATHWAY = "pathway"
    COMMUNITY = "community"  # 18 to 36 hours of voluntary work
    TAG = "tag"


class CompletionRule(StrEnum):
    """What makes a condition met."""

    NO_OFFENDING = "no_offending"
    CONTACT = "contact"
    SESSIONS = "sessions"
    HOURS = "hours"
    TAG_DATES = "tag_dates"
    EVIDENCE = "evidence"


class SignatureRole(StrEnum):
    """As whom somebody signs."""

    PERSON = "person"
    NAVIGATOR = "navigator"
    SUPERVISOR = "supervisor"  # approves


class SigningWay(StrEnum):
    """How somebody signed."""

    PAPER = "paper"
    SCREEN = "screen"
    PHONE = "phone"  # by phone, and confirmed


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        TermsKind.FIRST: "First terms",
        TermsKind.VARIATION: "Other conditions, the same last day",
        TermsKind.EXTENSION: "A later last day",
        TermsReason.AGREED_AT_START: "Agreed at the start",
        TermsReason.NEEDS_CHANGED: "The person's needs are others",
        TermsReason.PROVIDER_CHANGED: "Another provider, or none",
        TermsReason.MORE_TIME: "More time is needed",
        TermsReason.AFTER_REVIEW: "After a review",
        TermsReason.ENTERED_WRONGLY: "Something was entered wrongly",
        TermsReason.OTHER: "Another reason, in words",
        ConditionKind.OFFENDING: "Not to offend",
        ConditionKind.VICTIM: "Taking part in a restorative approach",
        ConditionKind.PATHWAY: "Working on a need",
        ConditionKind.COMMUNITY: "Voluntary work in the community",
        ConditionKind.TAG: "Wearing a tag",
        CompletionRule.NO_OFFENDING: "No offence in the contract's time",
        CompletionRule.CONTACT: "The contact was made",
        CompletionRule.SESSIONS: "So many sessions",
        CompletionRule.HOURS: "So many hours",
        CompletionRule.TAG_DATES: "Worn from one day to another",
        CompletionRule.EVIDENCE: "Evidence was seen",
        SignatureRole.PERSON: "The person",
        SignatureRole.NAVIGATOR: "Their navigator",
        SignatureRole.SUPERVISOR: "A supervisor, who approves",
        SigningWay.PAPER: "On paper",
        SigningWay.SCREEN: "On a screen",
        SigningWay.PHONE: "By phone, and confirmed",
    }
)
RULES: Mapping[ConditionKind, tuple[CompletionRule, ...]] = MappingProxyType(
    {
        ConditionKind.OFFENDING: (CompletionRule.NO_OFFENDING,),
        ConditionKind.VICTIM: (CompletionRule.CONTACT, CompletionRule.EVIDENCE),
        ConditionKind.PATHWAY: (
            CompletionRule.SESSIONS,
            CompletionRule.CONTACT,
            CompletionRule.EVIDENCE,
        ),
        ConditionKind.COMMUNITY: (CompletionRule.HOURS,),
        ConditionKind.TAG: (CompletionRule.TAG_DATES,),
    }
)
MOST_OF_A_KIND: Mapping[ConditionKind, int] = MappingProxyType(
    {
        ConditionKind.OFFENDING: 1,
        ConditionKind.VICTIM: 1,
        ConditionKind.PATHWAY: 2,
        ConditionKind.COMMUNITY: 1,
        ConditionKind.TAG: 1,
    }
)
MOST_CONDITIONS = 5
LEAST_HOURS, MOST_HOURS = 18, 36
MOST_SESSIONS = 100


class PastTheLimit(errors.Conflict):
    slug = "past-prosecution-limit"
    title = "The contract would outlast the time in which the offence can be prosecuted"


class PastTheLongest(errors.Conflict):
    slug = "past-longest-term"
    title = "The contract would run longer than contracts may be extended to"


class NothingProposed(errors.Conflict):
    slug = "no-change-proposed"
    title = "No terms are open to be signed or declined"


class SignedAlready(errors.Conflict):
    slug = "signed-already"
    title = "These terms carry that signature"


class SignatureNotYours(errors.Forbidden):
    slug = "signature-not-yours"
    title = "That signature is another person's"


class ApprovedByTheNavigator(errors.Conflict):
    slug = "approval-by-another"
    title = "Whoever signs as the navigator does not approve"


class ApprovedTooEarly(errors.Conflict):
    slug = "approval-comes-last"
    title = "A supervisor approves what the person and the navigator have signed"


class OverrideOfLimitNotYours(errors.Forbidden):
    slug = "limit-override-not-yours"
    title = "Only a supervisor lets a contract pass the limit"
