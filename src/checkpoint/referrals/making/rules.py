"""What somebody is referred for, and what the provider is told of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.rules import named
from checkpoint.referrals.states import NameShown, ReferralBasis


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a referral is made for: a condition of the contract, or an assessed need."""

    pathway: Pathway
    level: NeedLevel | None = None
    assessment_id: UUID | None = None
    contract_id: UUID | None = None
    condition: Any | None = None

    @property
    def basis(self) -> ReferralBasis:
        """Which of the two."""
        return ReferralBasis.NEED if self.condition is None else ReferralBasis.CONDITION


def level_of(parts: Any, pathway: Pathway) -> NeedLevel | None:
    """How great a need was, by an assessment.

    Args:
        parts: what it came to, by pathway, with level.
        pathway: which.

    Returns:
        None where it was not assessed.
    """
    row = parts.get(pathway)
    return None if row is None or row.level is None else NeedLevel(row.level)


def check_need(level: NeedLevel | None) -> None:
    """A need that is referred for was seen.

    Args:
        level: how great it was; None where it was not assessed.

    Raises:
        RuleBroken: need-not-assessed.
    """
    if level is None or level is NeedLevel.NONE_SEEN:
        raise RuleBroken(
            "#/pathway",
            "need-not-assessed",
            "Choose a pathway on which the last needs assessment saw a need, or assess it first.",
        )


def check_offer(excludes: Sequence[Any], *, on_pathway: bool, words: str | None) -> None:
    """The offer is for the need, and for such people; or somebody says why there nevertheless.

    Args:
        excludes: what of the offer excludes the person.
        on_pathway: whether it is for the pathway.
        words: why there although it excludes them.

    Raises:
        RuleBroken: offer-of-another-pathway or offer-excludes.
    """
    if not on_pathway:
        raise RuleBroken(
            "#/service_id", "offer-of-another-pathway", "Choose an offer of that pathway."
        )
    if excludes and words is None:
        points = ", ".join(each.point for each in excludes)
        raise RuleBroken(
            "#/excluded_words",
            "offer-excludes",
            f"By the directory it excludes the person ({points}): say why there, or choose another.",
        )


def told(person: Any, command: Any, purpose: Purpose) -> dict[str, Any]:
    """What a provider is told of a person: this and no more.

    Args:
        person: with given_names and family_name.
        command: what was asked for: name, contact and risks.
        purpose: what the referral is for.

    Returns:
        Plain values, as they are sent and kept.
    """
    condition = purpose.condition
    return {
        "name": named(person.given_names, person.family_name, NameShown(command.name)),
        "contact": {"way": command.contact.way.value, "value": command.contact.value},
        "pathway": purpose.pathway.value,
        "need_level": purpose.level.value if purpose.level else None,
        "condition": condition and _condition(condition),
        "risks": [risk.value for risk in command.risks],
    }


def _condition(condition: Any) -> dict[str, Any]:
    counted = condition.rule == CompletionRule.SESSIONS
    return {
        "objective": condition.objective,
        "measure": condition.measure,
        "sessions": condition.amount if counted else None,
        "due_on": condition.due_on.isoformat() if condition.due_on else None,
    }
