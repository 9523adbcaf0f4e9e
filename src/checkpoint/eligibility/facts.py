"""What the rules may ask about: each fact's name, kind and question, and how it is come by. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from checkpoint.custody.states import DomesticAbuseGrade, InterviewStance, OffenceClass
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
    ``choices`` are the codes it may have, where it has codes.
    """

    kind: Kind
    question: str
    given_as: str
    choices: frozenset[str] = frozenset()


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
        "risk_band": Fact(
            Kind.CODE,
            "Which band did the forecasting tool give?",
            "risk_forecast.band",
            frozenset(RiskBand),
        ),
        "decided_on": Fact(Kind.DAY, "On which day is this decided?", "the day itself"),
    }
)


@dataclass(frozen=True)
class Alleged:
    """What of one alleged offence the rules may ask about."""

    offence_class: str | None
    committed_from: date
    committed_in_area: bool | None


def age_years(born: date | None, on: date) -> int | None:
    """How old somebody is on a day.

    Args:
        born: date of birth, if it is known.
        on: a day in England, not before it.

    Returns:
        Whole years, 0 or more; None when the date of birth is not known.

    Somebody born on 29 February reaches an age on 1 March of a common year.
    """
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def gather(
    *,
    born: date | None,
    arrested_on: date,
    decided_on: date,
    offences: Sequence[Alleged],
    screening: Mapping[str, Any],
    risk_band: str | None = None,
) -> dict[str, JsonValue]:
    """Everything the rules may ask about one case, None where it is not known.

    Args:
        born: date of birth.
        arrested_on: day of the arrest in England.
        decided_on: day of the decision in England.
        offences: at least one; of an offence dated by a range, its first day is what counts, for
            the person's age and for how long ago it was.
        screening: the suite's answers by fact name; what is absent is not known.
        risk_band: the forecasting tool's band, where one is on record.

    Returns:
        One value for each name in ``FACTS``: booleans, whole years, days as YYYY-MM-DD, codes.

    Source: domain notes 3.5: where the offence date is a range, use the earliest.
    """
    earliest = min(offence.committed_from for offence in offences)
    found: dict[str, JsonValue] = {
        name: screening.get(name) for name, fact in FACTS.items() if "screening." in fact.given_as
    }
    return found | {
        "age_at_offence_years": age_years(born, earliest),
        "age_at_arrest_years": age_years(born, arrested_on),
        "age_at_decision_years": age_years(born, decided_on),
        "offences_in_area": all_of([offence.committed_in_area for offence in offences]),
        "earliest_offence_on": earliest.isoformat(),
        "offence_classes": [*sorted({o.offence_class or UNCLASSIFIED for o in offences})],
        "risk_band": risk_band,
        "decided_on": decided_on.isoformat(),
    }


def all_of(answers: Sequence[bool | None]) -> bool | None:
    """Kleene's "and": one no settles it, else one unknown leaves it open."""
    if False in answers:
        return False
    return None if None in answers else True


def any_of(answers: Sequence[bool | None]) -> bool | None:
    """Kleene's "or": one yes settles it, else one unknown leaves it open."""
    if True in answers:
        return True
    return None if None in answers else False
