"""The words of a decision, and how answers and ages go that may be unknown. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
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


# What one case takes; see ``custody.rules.check_space``.
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


class AppliesTo(StrEnum):
    """Of what a rule set's first day is the first: of arrests, or of decisions."""

    ARRESTS = "arrests_from"
    DECISIONS = "decisions_from"


class Changed(StrEnum):
    """What a decision rests on that may be entered or put right after it."""

    SCREENING = "screening"
    OFFENCES = "offences"
    RISK_FORECAST = "risk_forecast"
    CO_ACCUSED = "co_accused"
    PERSON = "person"  # a particular of theirs from which some fact comes
    IDENTITY = "identity"  # whom the record is about


# What was wrong all along, and not merely entered later.
PUT_RIGHT = frozenset({Changed.PERSON, Changed.IDENTITY})


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


def worst_of(codes: Sequence[str | None], order: Sequence[str]) -> str | None:
    """The worst of several codes.

    Args:
        codes: at least one; None is one that is not known.
        order: all codes from the best to the worst.

    Returns:
        The worst; None where one that is not known might be worse than those that are.
    """
    if order[-1] in codes:
        return str(order[-1])
    known = [code for code in codes if code is not None]
    return str(max(known, key=order.index)) if len(known) == len(codes) else None


def all_of(answers: Sequence[bool | None]) -> bool | None:
    """Kleene's "and": one no settles it, else one unknown leaves it open."""
    if False in answers:
        return False
    return None if None in answers else True


def any_of(answers: Sequence[bool | None]) -> bool | None:
    """Kleene's "or": one yes settles it, else one unknown leaves it open."""
    if True in answers:
        return True
    return None if None in answers else False


def age_years(born: date | None, on: date) -> int | None:
    """How old somebody is on a day.

    Args:
        born: date of birth, if it is known.
        on: a day in England, not before it.

    Returns:
        Whole years, 0 or more; None when the date of birth is not known.

    Somebody born on 29 February reaches an age on 1 March of a common year.
    """
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
