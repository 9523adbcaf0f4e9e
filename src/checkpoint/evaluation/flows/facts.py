"""The flow's gates and reasons in words. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from checkpoint.outcomes.cuts.facts import NOT_TOLD, UNMET

GATES: Mapping[str, str] = MappingProxyType(
    {
        "arrested": "Arrested",
        "screened": "Screened",
        "eligible": "Found eligible",
        "consented": "Consented",
        "allocated": "Allocated",
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "arrested": "Not screened",
        "screened": "Not found eligible",
        "eligible": "Not consented",
        "consented": "Not allocated",
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        NOT_TOLD: "no reason told",
        "not_eligible": "not eligible",
        "ineligible": "not eligible",
        "pending": "decision pending",
        "refer": "referred to somebody for a decision",
        "not_asked": "not asked",
        "not_decided": "no decision yet",
        "no_reason": "declined, no reason given",
        "not_allocated": "not allocated",
        "allocated_before": "allocated before in this trial",
        "allocated_afterwards": "allocated after the cut's last day",
        "kept": "In the cut",
        "left_out": "Agreed to the research no longer, and left out",
        "own_arm": "Given the arm they were allocated to, as the protocol has it",
        "own_arm_otherwise": "Given that arm, not as the protocol has it",
        "another_arm": "Given another arm",
        "not_known": "Not known what they were given",
        "data_cut": "Followed up to the data cut",
        "death": "Died",
        "emigration": "Emigrated",
        "lost_to_follow_up": "Lost to follow-up",
        "analysed": "Analysed",
        "not_passed": "Horizon not yet passed",
        "not_followed": "Not followed up so long",
    }
)
NOTHING: Mapping[str, str] = MappingProxyType({})
NOTHING_BEFORE = (
    "The programme tells nothing of what came before allocation, so the flow begins there."
)
TOGETHER = (
    "What people were given is told of all arms together until two people have unblinded the whole "
    "trial: it would tell which letter is which arm."
)


def words_of(code: str, called: Mapping[str, str] = NOTHING) -> str:
    """A reason in words.

    Args:
        code: of the reason; of whoever is not eligible with the criterion that was not met.
        called: what the cut calls the gate's reasons; of a criterion, what it asks.

    Returns:
        Its words, a criterion's with its code beside them; a code without words as it stands.
    """
    if code.startswith(UNMET) and code in called:
        return f"not eligible, {code.removeprefix(UNMET)}: {called[code]}"
    if code in called:
        return called[code][:1].lower() + called[code][1:]
    if code.startswith(UNMET):
        return f"not eligible: {code.removeprefix(UNMET).replace('_', ' ').replace('-', ' ')}"
    return WORDS.get(code, code.replace("_", " "))


def told(people: int | None) -> str:
    """A count in words; what is withheld says so."""
    return "withheld" if people is None else f"{people:,}"
