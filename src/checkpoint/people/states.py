"""The room's events, and the words of a person's coded particulars. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class PersonEvent(StrEnum):
    """The room's own events; what happens to a person in a case is an event of the case."""

    SEARCHED = "people.searched"
    READ = "people.read"
    ALIAS_ADDED = "people.alias_added"
    INDEXED = "people.indexed"


class Sex(StrEnum):
    """Sex as the Criminal Justice System records it."""

    MALE = "male"
    FEMALE = "female"
    NOT_KNOWN = "not_known"
    NOT_SPECIFIED = "not_specified"


class SelfDefinedEthnicity(StrEnum):
    """What the person said of themselves: eighteen groups, and not stated."""

    W1 = "W1"
    W2 = "W2"
    W3 = "W3"
    W9 = "W9"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M9 = "M9"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"
    A9 = "A9"
    B1 = "B1"
    B2 = "B2"
    B9 = "B9"
    O2 = "O2"
    O9 = "O9"
    NS = "NS"


class EthnicityMissingReason(StrEnum):
    """Why it is not stated."""

    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    NOT_UNDERSTOOD = "not_understood"


class ObservedEthnicity(StrEnum):
    """What an officer saw: another question, never an answer to the first."""

    IC1 = "IC1"
    IC2 = "IC2"
    IC3 = "IC3"
    IC4 = "IC4"
    IC5 = "IC5"
    IC6 = "IC6"
    IC9 = "IC9"


class AliasKind(StrEnum):
    """How another name came to stand with a person."""

    KNOWN_AS = "known_as"
    PUT_RIGHT = "put_right"  # stood on record until it was corrected


class CorrectionReason(StrEnum):
    """Why what stood on record was wrong."""

    MISHEARD = "misheard"
    MISTYPED = "mistyped"
    PERSON_SAID_SO = "person_said_so"
    DOCUMENT_SEEN = "document_seen"
    FINGERPRINT_RESULT = "fingerprint_result"
    WRONG_PERSON_SELECTED = "wrong_person_selected"
    OTHER = "other"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        SelfDefinedEthnicity.W1: "White British",
        SelfDefinedEthnicity.W2: "White Irish",
        SelfDefinedEthnicity.W3: "Gypsy or Irish Traveller",
        SelfDefinedEthnicity.W9: "Any other White background",
        SelfDefinedEthnicity.M1: "White and Black Caribbean",
        SelfDefinedEthnicity.M2: "White and Black African",
        SelfDefinedEthnicity.M3: "White and Asian",
        SelfDefinedEthnicity.M9: "Any other Mixed background",
        SelfDefinedEthnicity.A1: "Indian",
        SelfDefinedEthnicity.A2: "Pakistani",
        SelfDefinedEthnicity.A3: "Bangladeshi",
        SelfDefinedEthnicity.A4: "Chinese",
        SelfDefinedEthnicity.A9: "Any other Asian background",
        SelfDefinedEthnicity.B1: "Caribbean",
        SelfDefinedEthnicity.B2: "African",
        SelfDefinedEthnicity.B9: "Any other Black background",
        SelfDefinedEthnicity.O2: "Arab",
        SelfDefinedEthnicity.O9: "Any other ethnic group",
        SelfDefinedEthnicity.NS: "Not stated (say why)",
        EthnicityMissingReason.REFUSED: "Refused to say",
        EthnicityMissingReason.NOT_ASKED: "Could not be asked",
        EthnicityMissingReason.NOT_UNDERSTOOD: "Did not understand the question",
        ObservedEthnicity.IC1: "White - North European",
        ObservedEthnicity.IC2: "White - South European",
        ObservedEthnicity.IC3: "Black",
        ObservedEthnicity.IC4: "Asian",
        ObservedEthnicity.IC5: "Chinese, Japanese or South East Asian",
        ObservedEthnicity.IC6: "Middle Eastern or Arab",
        ObservedEthnicity.IC9: "Unknown",
        CorrectionReason.MISHEARD: "It was misheard",
        CorrectionReason.MISTYPED: "It was mistyped",
        CorrectionReason.PERSON_SAID_SO: "The person now says otherwise",
        CorrectionReason.DOCUMENT_SEEN: "A document was seen",
        CorrectionReason.FINGERPRINT_RESULT: "Fingerprints say otherwise",
        CorrectionReason.WRONG_PERSON_SELECTED: "The wrong person was chosen",
        CorrectionReason.OTHER: "Another reason, in words",
    }
)

# Where most people in the suites live; any other local authority is given by its GSS code.
LOCAL_AUTHORITIES: Mapping[str, str] = MappingProxyType(
    {"E06000047": "County Durham", "E06000005": "Darlington"}
)


def label(value: StrEnum) -> str:
    """What staff call a coded value."""
    return LABELS.get(value) or value.value.replace("_", " ").capitalize()
