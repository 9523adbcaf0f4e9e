"""What comes of a contract, and what a victim objects to, in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class OutcomeEvent(StrEnum):
    """The alcove's events; an outcome itself is a disposal, and told as one."""

    READ = "contract.outcomes_read"
    VICTIMS_READ = "contract.victims_to_tell_read"
    CHALLENGED = "victim_challenge.recorded"
    CHALLENGE_DECIDED = "victim_challenge.decided"
    CHALLENGES_READ = "victim_challenge.read"
    INCIDENTS_LISTED = "disposal.time_limit_incidents_listed"
    INCIDENTS_COUNTED = "disposal.time_limit_incidents_counted"


class ChallengeOutcome(StrEnum):
    """What an uninvolved officer says to a victim's objection."""

    CONTRACT_STANDS = "contract_stands"
    CONTRACT_REVIEWED = "contract_reviewed"
    OUTCOME_REVIEWED = "outcome_reviewed"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ChallengeOutcome.CONTRACT_STANDS: "The contract stands, and the victim is told why",
        ChallengeOutcome.CONTRACT_REVIEWED: "The contract is to be reviewed",
        ChallengeOutcome.OUTCOME_REVIEWED: "How the offence was disposed of is to be decided anew",
    }
)
# Home Office Counting Rules, outcome types (domain notes 1.7).
COMPLETED_ACTIVITY, TIME_LIMIT_EXPIRED = "22", "17"


class ContractNotEnded(errors.Conflict):
    slug = "contract-not-ended"
    title = "An outcome is recorded once the contract has ended"


class ChallengeNotFound(errors.NotFound):
    slug = "victim-challenge-not-found"
    title = "There is no such objection of a victim that you may see"


class ChallengeDecided(errors.Conflict):
    slug = "victim-challenge-decided"
    title = "This objection was decided"


class ChallengeOpen(errors.Conflict):
    slug = "victim-challenge-open"
    title = "An objection of this victim is open"
