"""What a stored decision comes to when it is decided again, from its own rules or others. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.rules import Finding, RuleSet, decide, opened
from checkpoint.eligibility.states import Verdict

# What a row provokes that this service did not write.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)


def same_again(decision: Any) -> bool:
    """Whether the stored facts, under the stored rules, come to the stored findings.

    Rules that are no longer what was published come to nothing.
    """
    try:
        stored = tuple(Finding.model_validate(found) for found in decision.findings)
        rules = opened(decision.content, decision.digest)
        return decide(rules, decision.facts) == (decision.verdict, stored)
    except UNREADABLE:
        return False  # what cannot even be read was not written by this service


@dataclass(frozen=True)
class Change:
    """What other rules would have made of one decision, and which criteria answer otherwise."""

    verdicts: tuple[Verdict, Verdict]
    criteria: Mapping[str, tuple[str, str]]


def change_of(
    verdict: Verdict,
    findings: Sequence[Mapping[str, Any]],
    facts: Mapping[str, JsonValue],
    rules: RuleSet,
) -> Change | None:
    """How a decision would have come out otherwise under other rules.

    Args:
        verdict: the decision's, as it was locked.
        findings: the decision's, as they are stored.
        facts: the decision's by name; those that it did not have are not known.
        rules: the other rules.

    Returns:
        Both verdicts, and each criterion that answers otherwise; one that only one of the two sets
        asks is "not asked" by the other. None if the verdict is the same.
    """
    after, found = decide(rules, dict.fromkeys(FACTS) | dict(facts))
    if after == verdict:
        return None
    before = {old["code"]: told(old["answer"], refers=old["refers"]) for old in findings}
    now = {new.code: told(new.answer, refers=new.refers) for new in found}
    pairs = {
        code: (before.get(code, "not asked"), now.get(code, "not asked"))
        for code in dict.fromkeys([*before, *now])
    }
    return Change((verdict, after), {code: p for code, p in pairs.items() if p[0] != p[1]})


def told(answer: str, *, refers: bool) -> str:
    """An answer as people say it.

    Args:
        answer: "met", "not_met" or "not_known".
        refers: whether it sends the case to a supervisor.

    Returns:
        Plain words, and whether it refers.
    """
    return answer.replace("_", " ") + (", refers" if refers else "")
