"""What is entered of a condition, and where one stands, in words. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class EvidenceEvent(StrEnum):
    """The alcove's events."""

    RECORDED = "contract.evidence_recorded"
    WITHDRAWN = "contract.evidence_withdrawn"
    READ = "contract.conditions_read"


class EntryKind(StrEnum):
    """What one entry tells of a condition."""

    WORK = "work"
    SESSION = "session"
    CONTACT = "contact"
    TAG_ON = "tag_on"
    TAG_OFF = "tag_off"
    EVIDENCE = "evidence"
    BLOCKED = "blocked_external"  # no fault of the person's: excused time
    MET = "met"
    NOT_MET = "not_met"
    EXCUSED = "excused"


class ConditionState(StrEnum):
    """Where a condition stands."""

    OPEN = "open"
    BLOCKED = "blocked_external"
    MET = "met"
    NOT_MET = "not_met"
    EXCUSED = "excused"


class Unit(StrEnum):
    """In what a condition is counted."""

    DAYS = "days"
    MINUTES = "minutes"
    TIMES = "times"


class EvidenceWithdrawalReason(StrEnum):
    """Why an entry never was true of this condition."""

    ENTERED_TWICE = "entered_twice"
    ENTERED_WRONGLY = "entered_wrongly"
    WRONG_CONDITION = "wrong_condition"
    PUT_RIGHT = "put_right"  # it stands again, with other days


# A condition that is settled needs nothing more before its contract is completed.
SETTLED = (ConditionState.MET, ConditionState.EXCUSED)
VERDICTS = (EntryKind.MET, EntryKind.NOT_MET, EntryKind.EXCUSED)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        EntryKind.WORK: "Community work was done",
        EntryKind.SESSION: "A session was attended",
        EntryKind.CONTACT: "The person kept contact",
        EntryKind.TAG_ON: "The tag was fitted",
        EntryKind.TAG_OFF: "The tag was taken off",
        EntryKind.EVIDENCE: "Other evidence",
        EntryKind.BLOCKED: "Held up by somebody else, such as a provider's waiting list",
        EntryKind.MET: "Met, by the evidence on record",
        EntryKind.NOT_MET: "Not met, and no excuse for it",
        EntryKind.EXCUSED: "Excused by a supervisor",
        ConditionState.OPEN: "Still to be met",
        ConditionState.BLOCKED: "Held up by somebody else today",
        ConditionState.MET: "Met",
        ConditionState.NOT_MET: "Not met",
        ConditionState.EXCUSED: "Excused",
        EvidenceWithdrawalReason.ENTERED_TWICE: "Entered twice",
        EvidenceWithdrawalReason.ENTERED_WRONGLY: "Entered wrongly",
        EvidenceWithdrawalReason.WRONG_CONDITION: "It tells of another condition",
        EvidenceWithdrawalReason.PUT_RIGHT: "It stands again with other days, or never was",
    }
)


class EntryNotFound(errors.NotFound):
    slug = "condition-entry-not-found"
    title = "There is no such entry of a condition that you may see"


class EntryWithdrawn(errors.Conflict):
    slug = "condition-entry-withdrawn"
    title = "This entry was withdrawn"


class ExcuseNotYours(errors.Forbidden):
    slug = "condition-excuse-not-yours"
    title = "Only a supervisor who does not work the case excuses a condition"


class ContractNotRunning(errors.Conflict):
    slug = "contract-not-running"
    title = "The contract does not run"
