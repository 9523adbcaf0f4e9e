"""The words of merging and parting. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class MergeEvent(StrEnum):
    """What the ledger tells of merges."""

    MERGED = "people.merged"
    PARTED = "people.parted"
    READ = "people.merges_read"


class MergeReason(StrEnum):
    """How it is known that two records are about one person."""

    FINGERPRINT_RESULT = "fingerprint_result"
    SAME_NUMBER = "same_number"
    DOCUMENT_SEEN = "document_seen"
    PERSON_SAID_SO = "person_said_so"
    ENTERED_TWICE = "entered_twice"
    OTHER = "other"


class PartingReason(StrEnum):
    """How it is known that one person was two after all."""

    FINGERPRINT_RESULT = "fingerprint_result"
    DOCUMENT_SEEN = "document_seen"
    PERSON_SAID_SO = "person_said_so"
    WRONG_PERSON_SELECTED = "wrong_person_selected"
    OTHER = "other"


MERGE_LABELS: Mapping[MergeReason, str] = MappingProxyType(
    {
        MergeReason.FINGERPRINT_RESULT: "Fingerprints say so",
        MergeReason.SAME_NUMBER: "Both are known by one PNC ID or CRO number",
        MergeReason.DOCUMENT_SEEN: "A document was seen",
        MergeReason.PERSON_SAID_SO: "The person says so",
        MergeReason.ENTERED_TWICE: "The same person was entered twice",
        MergeReason.OTHER: "Another reason, in words",
    }
)
PARTING_LABELS: Mapping[PartingReason, str] = MappingProxyType(
    {
        PartingReason.FINGERPRINT_RESULT: "Fingerprints say otherwise",
        PartingReason.DOCUMENT_SEEN: "A document was seen",
        PartingReason.PERSON_SAID_SO: "The person says otherwise",
        PartingReason.WRONG_PERSON_SELECTED: "The wrong person was chosen",
        PartingReason.OTHER: "Another reason, in words",
    }
)
