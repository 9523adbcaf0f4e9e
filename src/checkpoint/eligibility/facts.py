"""What the rules may ask about: each fact's name, kind and question, and how it is come by. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from checkpoint.custody.clocks import ProsecutionClock
from checkpoint.custody.references import CODE
from checkpoint.custody.states import (
    ENDS,
    DomesticAbuseGrade,
    InForce,
    InterviewStance,
    OffenceClass,
    OffenceSchedule,
)
from checkpoint.eligibility.states import age_years, all_of, any_of, worst_of
from checkpoint.forecast.states import RiskBand

UNCLASSIFIED = "unclassified"


class Kind(StrEnum):
    """What sort of value a fact has."""

    YES_NO = "yes_no"
    NUMBER = "number"
    DAY = "day"
    CODE = "code"
    CODES = "codes"


@dataclass(frozen=True)
class Fact:
    """One thing the rules may ask about.

    ``given_as`` is the field in which a client sends it, so that "what is missing" can be acted on;
    ``choices`` are the codes it may have, where it has codes; ``form`` is theirs where any may do.
    """

    kind: Kind
    question: str
    given_as: str
    choices: frozenset[str] = frozenset()
    form: re.Pattern[str] | None = None

    def may_be(self, code: Any) -> bool:
        """Whether the fact may have this code."""
        if not isinstance(code, str):
            return False
        return bool(self.form.fullmatch(code)) if self.form else code in self.choices


FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "age_at_offence_years": Fact(
            Kind.NUMBER, "How old was the person at the alleged offence?", "person.date_of_birth"
        ),
        "age_at_arrest_years": Fact(
            Kind.NUMBER, "How old was the person when arrested?", "person.date_of_birth"
        ),
        "age_at_decision_years": Fact(
            Kind.NUMBER, "How old is the person today?", "person.date_of_birth"
        ),
        "age_estimated": Fact(
            Kind.YES_NO, "Is the age on record only an estimate?", "person.date_of_birth"
        ),
        "lives_in_area": Fact(
            Kind.YES_NO, "Does the person live in the force area?", "screening.lives_in_area"
        ),
        "offences_in_area": Fact(
            Kind.YES_NO,
            "Was every alleged offence committed in the force area?",
            "offences.committed_in_area",
        ),
        "earliest_offence_on": Fact(
            Kind.DAY, "On which day was the earliest alleged offence?", "offences.committed_from"
        ),
        "offence_classes": Fact(
            Kind.CODES,
            "Of which classes are the alleged offences?",
            "offences.code",
            frozenset(OffenceClass) | {UNCLASSIFIED},
        ),
        "offence_codes": Fact(
            Kind.CODES, "Which offences are alleged?", "offences.code", form=CODE
        ),
        "offence_schedules": Fact(
            Kind.CODES,
            "In which schedules of Acts do the alleged offences stand?",
            "offences.code",
            frozenset(OffenceSchedule),
        ),
        "offences_in_force": Fact(
            Kind.CODE,
            "Was every alleged offence in force on its day?",
            "offences.committed_from",
            frozenset(InForce),
        ),
        "prosecution_limit": Fact(
            Kind.CODE,
            "Does a time limit for starting proceedings run?",
            "offences.committed_from",
            frozenset({"none", "running", "passed"}),
        ),
        "prosecution_last_day": Fact(
            Kind.DAY,
            "Which is the last day to start proceedings for all that is alleged?",
            "offences.committed_from",
        ),
        "prosecution_days_left": Fact(
            Kind.NUMBER,
            "How many days are left to start proceedings for all that is alleged?",
            "offences.committed_from",
        ),
        "risk_band": Fact(
            Kind.CODE,
            "Which band did the forecasting tool give?",
            "risk_forecast.band",
            frozenset(RiskBand),
        ),
        "interview_stance": Fact(
            Kind.CODE,
            "What did the person say in interview?",
            "screening.interview_stance",
            frozenset(InterviewStance),
        ),
        "evidential_test_met": Fact(
            Kind.YES_NO, "Does the evidence suffice to charge?", "screening.evidential_test_met"
        ),
        "subject_to_order": Fact(
            Kind.YES_NO,
            "Is the person on a court order, suspended sentence or conditional discharge?",
            "screening.subject_to_order",
        ),
        "order_ends_on": Fact(
            Kind.DAY, "Which is the last day of that order?", "screening.order_ends_on"
        ),
        "on_bail": Fact(
            Kind.YES_NO,
            "Is the person on police or court bail for another matter?",
            "screening.on_bail",
        ),
        "bail_ends_on": Fact(
            Kind.DAY, "Which is the last day of that bail?", "screening.bail_ends_on"
        ),
        "under_supervision": Fact(
            Kind.YES_NO,
            "Is the person supervised by a statutory agency?",
            "screening.under_supervision",
        ),
        "supervision_ends_on": Fact(
            Kind.DAY,
            "Which is the last day of that supervision?",
            "screening.supervision_ends_on",
        ),
        "detained_for_court": Fact(
            Kind.YES_NO,
            "Is the person held to be put before a court?",
            "screening.detained_for_court",
        ),
        "detained_under_mental_health_act": Fact(
            Kind.YES_NO,
            "Is the person held under the Mental Health Act?",
            "screening.detained_under_mental_health_act",
        ),
        "co_accused": Fact(Kind.YES_NO, "Is anybody else accused too?", "screening.co_accused"),
        "domestic_abuse_grade": Fact(
            Kind.CODE,
            "Is it linked to domestic abuse, and how is the risk graded?",
            "screening.domestic_abuse_grade",
            frozenset(DomesticAbuseGrade),
        ),
        "hate_crime": Fact(Kind.YES_NO, "Is it flagged as a hate crime?", "screening.hate_crime"),
        "understands_obligations": Fact(
            Kind.YES_NO,
            "Does the person fully understand what is asked of them?",
            "screening.understands_obligations",
        ),
        "arrested_on": Fact(Kind.DAY, "On which day was the person arrested?", "the arrest itself"),
        "decided_on": Fact(Kind.DAY, "On which day is this decided?", "the day itself"),
    }
)


@dataclass(frozen=True)
class Alleged:
    """What of one alleged offence the rules may ask about.

    Its own domestic-abuse grade and hate flag count before the screening's; None leaves it to that.
    """

    offence_class: str | None
    committed_from: date
    committed_in_area: bool | None
    code: str
    in_force: str
    schedules: Sequence[str] = ()
    domestic_abuse_grade: str | None = None
    hate_crime: bool | None = None


def gather(
    *,
    born: date | None,
    arrested_on: date,
    decided_on: date,
    offences: Sequence[Alleged],
    screening: Mapping[str, Any],
    clock: ProsecutionClock,
    risk_band: str | None = None,
    age_estimated: bool = False,
) -> dict[str, JsonValue]:
    """Everything the rules may ask about one case, None where it is not known.

    Args:
        born: date of birth.
        arrested_on: day of the arrest in England.
        decided_on: day of the decision in England.
        offences: at least one; of an offence dated by a range, its first day is what counts, for
            the person's age and for how long ago it was.
        screening: the suite's answers by fact name; what is absent is not known.
        clock: the offences' prosecution clock, as of the day of the decision.
        risk_band: the forecasting tool's band, where one is on record.
        age_estimated: only an estimate of the age is on record; no age follows from that, on either
            side of 18 and however far from it.

    Returns:
        One value for each name in ``FACTS``: booleans, whole years and days, days of the calendar
        as YYYY-MM-DD, codes. An order, bail or supervision that ended before the decision is none.

    Source: domain notes 3.5: where the offence date is a range, use the earliest.
    """
    earliest = min(offence.committed_from for offence in offences)
    found = _screened(screening, decided_on=decided_on)
    grade, hate = found["domestic_abuse_grade"], found["hate_crime"]
    return found | {
        "age_at_offence_years": age_years(born, earliest),
        "age_at_arrest_years": age_years(born, arrested_on),
        "age_at_decision_years": age_years(born, decided_on),
        "age_estimated": age_estimated,
        "offences_in_area": all_of([offence.committed_in_area for offence in offences]),
        "earliest_offence_on": earliest.isoformat(),
        "offence_classes": [*sorted({o.offence_class or UNCLASSIFIED for o in offences})],
        "offence_codes": [*sorted({o.code for o in offences})],
        "offence_schedules": [*sorted({each for o in offences for each in o.schedules})],
        "offences_in_force": worst_of([o.in_force for o in offences], IN_FORCE),
        "domestic_abuse_grade": worst_of(
            [o.domestic_abuse_grade or grade for o in offences], GRADES
        ),
        "hate_crime": any_of([hate if o.hate_crime is None else o.hate_crime for o in offences]),
        "risk_band": risk_band,
        **_prosecution(clock),
        "arrested_on": arrested_on.isoformat(),
        "decided_on": decided_on.isoformat(),
    }


# From the best to the worst.
GRADES = tuple(DomesticAbuseGrade)
IN_FORCE = (InForce.IN_FORCE, InForce.NOT_DATED, InForce.PARTLY, InForce.NOT_IN_FORCE)


def _screened(screening: Mapping[str, Any], *, decided_on: date) -> dict[str, Any]:
    found = {
        name: value.isoformat() if isinstance(value := screening.get(name), date) else value
        for name, fact in FACTS.items()
        if "screening." in fact.given_as
    }
    for what, ends in ENDS.items():
        last = found[ends]
        if found[what] and isinstance(last, str) and last < decided_on.isoformat():
            found[what] = False
    return found


def _prosecution(clock: ProsecutionClock) -> dict[str, JsonValue]:
    left = clock.days_left
    return {
        "prosecution_limit": "none" if left is None else "passed" if left < 0 else "running",
        "prosecution_last_day": clock.last_day.isoformat() if clock.last_day else None,
        "prosecution_days_left": left,
    }
