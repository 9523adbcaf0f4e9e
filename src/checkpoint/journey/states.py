"""The room's events, what its lists begin with, and who is given what of a decision record. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from checkpoint.custody.clocks import COMMON_ASSAULT, LONGER_RULE_FROM
from checkpoint.eligibility.states import Verdict
from checkpoint.oversight.rules import put_in_place


class JourneyEvent(StrEnum):
    """What the ledger tells of readings that take in several rooms."""

    CASES_LISTED = "journey.cases_listed"
    CASES_COUNTED = "journey.cases_counted"
    RECORD_PRINTED = "journey.record_printed"
    RECORD_DISCLOSED = "journey.record_disclosed"
    MERGE_DECISIONS_READ = "journey.merge_decisions_read"
    WORKLIST_READ = "journey.worklist_read"
    TIMELINE_READ = "journey.timeline_read"


class Whose(StrEnum):
    """Which cases a list takes in."""

    SUITES = "suites"
    TEAM = "team"  # what the navigators who are based at a supervisor's suites work, wherever it is


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

# What is known of somebody else: of the victim's risk, and of those accused beside the person.
OF_OTHERS = frozenset({"domestic_abuse_grade", "co_accused"})
# By the longer rule it is counted from a victim's statement, and so tells that there is one, and of
# which day.
OF_A_REPORT = frozenset({"prosecution_limit", "prosecution_last_day", "prosecution_days_left"})


def withheld(alleged: Sequence[Any], *, recipient: Recipient | None) -> frozenset[str]:
    """The facts that are left out of a paper because they are about somebody else.

    Args:
        alleged: the offences that stand on the paper.
        recipient: to whom it goes; None for the file.

    Returns:
        Names of facts. The prosecution clock is among them wherever the longer rule may have been
        counted by: that shows from the offences alone, so leaving it out tells nothing more.
    """
    if recipient is None:
        return frozenset()
    longer = any(
        one.code in COMMON_ASSAULT and one.committed_from >= LONGER_RULE_FROM for one in alleged
    )
    return OF_OTHERS | OF_A_REPORT if longer else OF_OTHERS


VERDICTS: Mapping[Verdict, str] = {
    Verdict.ELIGIBLE: "Eligible",
    Verdict.INELIGIBLE: "Not eligible",
    Verdict.PENDING: "Pending: something is not known yet",
    Verdict.REFER: "Referred to a supervisor",
}


def instead_of(decision: Any, ruling: Any) -> str:
    """What stands where people put something in the place of the rules' verdict.

    Args:
        decision: with its ``verdict`` by the rules.
        ruling: what was said of it: determined, overridden, answered.

    Returns:
        In plain English; nothing where the rules' verdict stands.
    """
    found = put_in_place(decision.verdict, ruling)
    return f"{VERDICTS[found[0]]}. {found[1]}" if found else ""
