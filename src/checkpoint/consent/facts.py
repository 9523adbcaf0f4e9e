"""What has to be so of a person and their case before they are asked. Pure."""

from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from checkpoint.custody.circumstances.states import AdultReason
from checkpoint.eligibility.states import Verdict, age_years
from checkpoint.foundation import errors

ADULT_YEARS = 18
SAFEGUARDS = {
    "appropriate_adult": "an appropriate adult",
    "interpreter": "an interpreter",
}


class ConsentNotOpen(errors.Conflict):
    slug = "consent-not-open"
    title = "Consent is asked for where a case stands as eligible"


class AdultsOnly(errors.Conflict):
    slug = "consent-adults-only"
    title = "Only adults are asked for consent here"


class SafeguardsNotKnown(errors.Conflict):
    slug = "safeguards-not-known"
    title = "It is not known whether an appropriate adult or an interpreter is needed"


class SafeguardsNotThere(errors.Conflict):
    slug = "safeguards-not-there"
    title = "An appropriate adult or an interpreter is needed and was not there"


def age_on(
    born: date | None, *, estimated_years: int | None, estimated_on: date | None, on: date
) -> int | None:
    """How old somebody is on a day, by their birth or else by an estimate.

    Args:
        born: date of birth, if it is known.
        estimated_years: an age that somebody estimated, if there is one.
        estimated_on: the day of the estimate.
        on: a day in England.

    Returns:
        Whole years; an estimate grows by the whole years since. None where nothing is known.
    """
    if born is not None:
        return age_years(born, on)
    if estimated_years is None or estimated_on is None:
        return None
    return estimated_years + max(relativedelta(on, estimated_on).years, 0)


def hindrance(
    *, verdict: Verdict | None, age: int | None, safeguards: Any | None
) -> errors.Refusal | None:
    """What stands in the way of asking, whatever is answered.

    Args:
        verdict: what stands of the case's present decision; None where nothing is decided.
        age: in whole years, on the day of the answers; None where it is not known.
        safeguards: the last saving of what is known of appropriate adult and interpreter.

    Returns:
        The refusal, with the reason and the remedy; None where nothing does.

    Source: domain notes 3.6 and 4.1: without a required appropriate adult consent is invalid.
    """
    if verdict is not Verdict.ELIGIBLE:
        stands = verdict.value if verdict else "not decided"
        return ConsentNotOpen(f"It stands as: {stands}. Decide it first.", verdict=stands)
    if age is None or age < ADULT_YEARS:
        return AdultsOnly(
            "Put the person's date of birth on record, or an estimate of their age."
            if age is None
            else "This person is under 18: the youth team takes over."
        )
    unknown = [f"{who}_needed" for who in SAFEGUARDS if needs(safeguards, who) is None]
    if unknown:
        return SafeguardsNotKnown(
            f"Find out: {', '.join(unknown)}. Save it at the custody record's safeguards.",
            missing=[*unknown],
        )
    if getattr(safeguards, "appropriate_adult_reason", None) is AdultReason.UNDER_18:
        return AdultsOnly("The custody record says that the person is under 18: put that right.")
    return _not_there(
        [who for who in SAFEGUARDS if needs(safeguards, who) and not came(safeguards, who)]
    )


def needs(safeguards: Any | None, who: str) -> bool | None:
    """Whether somebody is needed beside the person.

    Args:
        safeguards: the last saving; None where nothing was saved.
        who: ``appropriate_adult`` or ``interpreter``.

    Returns:
        None where that is not known.
    """
    needed: bool | None = getattr(safeguards, f"{who}_needed", None)
    return needed


def came(safeguards: Any, who: str) -> bool:
    """Whether whoever is needed has come at all.

    Args:
        safeguards: the last saving.
        who: ``appropriate_adult`` or ``interpreter``.

    Returns:
        True also where they have left again.
    """
    return getattr(safeguards, f"{who}_came_at") is not None


def absence(safeguards: Any, *, since: datetime, until: datetime) -> errors.Refusal | None:
    """Whether somebody who is needed was not there all the time.

    Args:
        safeguards: the last saving, with ``*_came_at`` of everybody who is needed.
        since: when the sheet was given.
        until: when the answers were given.

    Returns:
        The refusal that names who was missing; None where everybody was there.
    """
    missing = []
    for who in SAFEGUARDS:
        left_at = getattr(safeguards, f"{who}_left_at")
        late = needs(safeguards, who) and getattr(safeguards, f"{who}_came_at") > since
        if late or (needs(safeguards, who) and left_at is not None and left_at < until):
            missing.append(who)
    return _not_there(missing)


def _not_there(missing: list[str]) -> errors.Refusal | None:
    if not missing:
        return None
    people = " and ".join(SAFEGUARDS[who] for who in missing)
    are = "is" if len(missing) == 1 else "are"
    return SafeguardsNotThere(
        f"The custody record says that {people} {are} needed. Ask with them there from the sheet to "
        "the answers. If they were: save their times at the custody record's safeguards.",
        missing=[f"{who}_came_at" for who in missing],
    )
