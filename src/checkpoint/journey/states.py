"""The room's events, what its lists begin with, and who is given a decision record. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class JourneyEvent(StrEnum):
    """What the ledger tells of readings that take in several rooms."""

    CASES_LISTED = "journey.cases_listed"
    CASES_COUNTED = "journey.cases_counted"
    RECORD_PRINTED = "journey.record_printed"
    RECORD_DISCLOSED = "journey.record_disclosed"


class CaseOrder(StrEnum):
    """What a list of cases begins with."""

    ARREST = "arrest"  # the latest arrest first
    DEADLINE = "deadline"  # the soonest prosecution deadline first; cases without one are left out


PRINTED = "/v1/eligibility-decisions/{decision_id}/record"


class Audience(StrEnum):
    """For whom a decision record is printed."""

    FILE = "file"  # everything
    DISCLOSURE = "disclosure"  # without other people's details and without staff


class Recipient(StrEnum):
    """To whom a decision record is disclosed."""

    SUBJECT = "subject"
    DEFENCE = "defence"
    CPS = "cps"
    COURT = "court"
    PANEL = "panel"


RECIPIENTS: Mapping[Recipient, str] = MappingProxyType(
    {
        Recipient.SUBJECT: "the person it is about",
        Recipient.DEFENCE: "the defence",
        Recipient.CPS: "the Crown Prosecution Service",
        Recipient.COURT: "the court",
        Recipient.PANEL: "a scrutiny panel",
    }
)
