"""From facts to stage: where a case stands; derived each time and never stored. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from checkpoint.consent.states import ConsentState
from checkpoint.custody.clocks import SUMMARY_MONTHS
from checkpoint.eligibility.states import Verdict
from checkpoint.journey.steps.states import BLIND, Position
from checkpoint.journey.steps.states import next_of as next_of_work

NO_REASON = "no_reason_recorded"


class Stage(StrEnum):
    """Where a case stands. Everybody arrested stands in exactly one; none of them tells an arm."""

    NOT_SCREENED = "not_screened"
    SCREENING = "screening"
    PENDING = "pending"
    INELIGIBLE = "ineligible"
    REFERRED = "referred"
    ELIGIBLE = "eligible"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CONSENTED = "consented"
    ENROLLED = "enrolled"
    ALLOCATED = "allocated"


class Entered(StrEnum):
    """How a case came in; it stays there, whatever is decided or withdrawn afterwards."""

    ENROLLED = "enrolled"
    ALLOCATED = "allocated"


OF_VERDICT: Mapping[Verdict, Stage] = MappingProxyType(
    {
        Verdict.PENDING: Stage.PENDING,
        Verdict.INELIGIBLE: Stage.INELIGIBLE,
        Verdict.REFER: Stage.REFERRED,
        Verdict.ELIGIBLE: Stage.ELIGIBLE,
    }
)
# Of the eligible: what was last said to taking part.
OF_CONSENT: Mapping[ConsentState, Stage] = MappingProxyType(
    {
        ConsentState.NOT_ASKED: Stage.ELIGIBLE,
        ConsentState.DECLINED: Stage.DECLINED,
        ConsentState.WITHDRAWN: Stage.WITHDRAWN,
        ConsentState.GIVEN: Stage.CONSENTED,
    }
)
# Those who came as far as each of these, and further.
REACHED: Mapping[str, frozenset[Stage]] = MappingProxyType(
    {
        "eligible": frozenset({*OF_CONSENT.values(), Stage.ENROLLED, Stage.ALLOCATED}),
        "asked": frozenset({*OF_CONSENT.values(), Stage.ENROLLED, Stage.ALLOCATED})
        - {Stage.ELIGIBLE},
        "consented": frozenset({Stage.WITHDRAWN, Stage.CONSENTED, Stage.ENROLLED, Stage.ALLOCATED}),
        "entered": frozenset({Stage.ENROLLED, Stage.ALLOCATED}),
    }
)
MEANING: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.NOT_SCREENED: "Nothing was saved and nothing decided.",
        Stage.SCREENING: "Something was saved; nothing is decided yet.",
        Stage.PENDING: "Decided, and something is not known yet.",
        Stage.INELIGIBLE: "At least one criterion is not met, or people decided so.",
        Stage.REFERRED: "With a supervisor.",
        Stage.ELIGIBLE: "Every criterion is met, or people decided so; nobody has asked for consent.",
        Stage.DECLINED: "Eligible, and declined to take part.",
        Stage.WITHDRAWN: "Eligible, and took consent back before anything came of it.",
        Stage.CONSENTED: "Eligible, and agreed to take part; not enrolled or allocated yet.",
        Stage.ENROLLED: "Taken into the programme directly, where no trial was open.",
        Stage.ALLOCATED: "Drawn in a trial, whatever the arm and whatever came after.",
    }
)
NEXT: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.NOT_SCREENED: "Screen the person.",
        Stage.SCREENING: "Go on with the screening, then decide.",
        Stage.PENDING: "Find out what is missing, save it, and decide again.",
        Stage.INELIGIBLE: "Nothing here; the usual process applies.",
        Stage.REFERRED: "A supervisor decides.",
        Stage.ELIGIBLE: "Offer the programme.",
        Stage.DECLINED: "Nothing here; the usual process applies.",
        Stage.WITHDRAWN: "Nothing here; the usual process applies.",
        Stage.CONSENTED: "Allocate where a trial is open, or else enrol.",
        Stage.ENROLLED: "Start the programme.",
        Stage.ALLOCATED: "Do as the allocation says.",
    }
)
PUT_RIGHT = "Decide again: what the decision rested on was put right since."
WITHDREW = "The person withdrew: see what the sheet says of that."
DISPOSE = " Record how the offences are disposed of."


def stage_of(
    *,
    screened: bool,
    verdict: Verdict | None,
    standing: Verdict | None = None,
    consent: ConsentState = ConsentState.NOT_ASKED,
    entered: Entered | None = None,
) -> Stage:
    """Where a case stands.

    Args:
        screened: anything was ever saved of the screening.
        verdict: of the present decision, by the rules; None where nothing was decided.
        standing: what a supervisor determined, or two people overrode it with; None where nobody
            did.
        consent: where consent to the programme stands.
        entered: how the case came in; None where it did not.

    Returns:
        One stage, whatever the facts are, so that nobody drops out of a count. Whoever came in
        stays there: a later decision or withdrawal takes nobody out of a trial. Consent counts
        only while the case stands as eligible.

    Source: domain notes 4.4, without the arm; 4.5 (a trial's member stays one); 7, third.
    """
    if entered is not None:
        return Stage(entered.value)
    present = standing or verdict
    if present is Verdict.ELIGIBLE:
        return OF_CONSENT[consent]
    if present is not None:
        return OF_VERDICT[present]
    return Stage.SCREENING if screened else Stage.NOT_SCREENED


def next_of(
    stage: Stage,
    *,
    changed: bool,
    put_right: bool,
    consent: ConsentState = ConsentState.NOT_ASKED,
    position: Position = BLIND,
) -> str:
    """What is to be done next; the case's next steps lead there.

    Args:
        stage: where the case stands.
        changed: something that its present decision rests on was entered since.
        put_right: what that decision rested on of the person, or whom the record is about, was
            put right since; it comes before everything else.
        consent: where consent to the programme stands.
        position: where the work of a case that came in stands, as far as its reader may know.

    Returns:
        One or two sentences of plain English; the same for every arm where the reader has not been
        shown it.
    """
    if put_right:
        return PUT_RIGHT
    if changed:
        return "The record has changed since. Decide again."
    if stage not in REACHED["entered"]:
        return NEXT[stage]
    withdrew = consent is ConsentState.WITHDRAWN
    told = next_of_work(position, withdrew=withdrew)
    if told is not None:
        return told
    return (WITHDREW if withdrew else NEXT[stage]) + ("" if position.disposed else DISPOSE)


def prosecution_deadline(earliest: date | None) -> date | None:
    """The last day on which proceedings for a summary-only offence can begin.

    Args:
        earliest: the first day on which the earliest summary-only offence may have been
            committed; None where no offence is summary only.

    Returns:
        The same day six calendar months on, or the last day of a shorter month; None without
        a deadline.

    The longer limit of domestic common assault is left aside, so the day is never after the
    statute's; ``custody.clocks`` tells it for one case.

    Source: Magistrates' Courts Act 1980 s.127; domain notes 3.5 (of a range the earliest day).
    """
    return None if earliest is None else earliest + relativedelta(months=SUMMARY_MONTHS)


def first_offence_due(on: date) -> date:
    """The earliest day of an offence whose deadline is ``on`` or later.

    The other way round, so that the database compares plain days and this file alone knows the
    rule.
    """
    day = on - relativedelta(months=SUMMARY_MONTHS) - timedelta(days=4)
    while day + relativedelta(months=SUMMARY_MONTHS) < on:
        day += timedelta(days=1)
    return day
