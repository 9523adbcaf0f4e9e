"""Days into curves, tests and hazard ratios, as their reader may see them; no session."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.hazards import Model
from checkpoint.evaluation.hazards import by_arm as hazards_by_arm
from checkpoint.evaluation.queries import Allocated, Opened
from checkpoint.evaluation.rules import Arm, group_of, telling, told_apart
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.evaluation.survival import GREENWOOD, Curve, Day, compared, curve
from checkpoint.evaluation.times.adjusting import adjusted, told_of
from checkpoint.evaluation.times.curves import Reading, curves, days_told, everybody
from checkpoint.evaluation.times.rules import Ended, ended, untold, with_custody
from checkpoint.evaluation.times.schemas import (
    EndedView,
    HazardView,
    ModelView,
    TimeToEventView,
)
from checkpoint.evaluation.windows import common
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT, SMALLEST, rests_on_few
from checkpoint.outcomes.cuts.states import Measure

UNTOLD = ("unadjusted", "adjusted", "not_adjusted", "compared_with")
MOST_ADJUSTED = 50_000
COARSE = (
    f"In steps of at least {SMALLEST} events with at least {SMALLEST} at risk; the trial's "
    "statistician sees each."
)
BARE = "Curves, medians and numbers at risk are the statistician's where custody is censored."
TOO_MANY = (
    f"Nothing is adjusted for among more than {MOST_ADJUSTED:,} people: it would take minutes."
)
NOT_ASKED = "Not asked for: send adjusted=true."
DENOMINATOR = (
    "Everybody of the population. Time runs from allocation to the first event, and ends without "
    "one with death, emigration, loss or {until:%-d %B %Y}, the last day that is complete. {custody}"
)


def time_to_event(
    opened: Opened,
    allocated: Allocated,
    measure: Measure,
    rows: Sequence[Any],
    people: Sequence[Any] | None,
    population: Population,
    *,
    role: Role,
    not_adjusted: str | None = None,
    in_custody: InCustody = InCustody.COUNTED,
) -> TimeToEventView:
    """Curves, tests and hazard ratios of one measure in one population.

    Args:
        opened: the cut.
        allocated: how many, by mask, and from when until when.
        measure: what is counted.
        rows: by day.
        people: one by one, to adjust for what was known of them; None: nothing is adjusted.
        population: who is compared with whom.
        role: the reader's.
        not_adjusted: why.
        in_custody: what becomes of the time of whoever came into custody; ``rows`` and ``people``
            are read so.
    """
    groups = days_of(rows, population)
    gone = ended(rows, population, in_custody)
    why = _untold(opened, rows, population, gone, role)
    withheld = None if groups else facts.UNKNOWN.get(population)
    withheld = withheld or why or _masked(opened, population, in_custody)
    arms = [] if withheld else opened.arms
    whole = curve(merged(groups.values()))
    by_arm = [(arm, curve(groups.get(arm.mask, []))) for arm in arms]
    few = any(rests_on_few(_cells(each), role) for _, each in by_arm)
    few_at_all = few or (why is None and not arms and rests_on_few(_cells(whole), role))
    told: dict[str, Any] = {"tests": [], **dict.fromkeys(UNTOLD)}
    if arms and not few:
        model = told_of(adjusted(people, arms, population), arms, role=role) if people else None
        told = _compared(groups, arms) | _about(model, not_adjusted)
    by = _reading(opened, allocated, role, in_custody)
    apart, together = days_told(whole, [each for _, each in by_arm], by)
    return TimeToEventView(
        **views.beginning(opened, allocated.people, role=role),
        **_of(opened, measure, population, in_custody),
        ended_in_custody=_ended(gone, [] if few_at_all else arms),
        method=GREENWOOD,
        coarsened=None if by.exact else BARE if by.bare else COARSE,
        withheld=facts.SMALL if few_at_all else withheld,
        everybody=everybody(whole, together, by, is_told=why is None, hidden=few_at_all),
        curves=curves(by_arm, apart, by, hidden=few),
        **told,
    )


def _about(model: tuple[Model, str] | None, not_adjusted: str | None) -> dict[str, Any]:
    return {"adjusted": model and _model(*model), "not_adjusted": not_adjusted}


def _reading(opened: Opened, allocated: Allocated, role: Role, in_custody: InCustody) -> Reading:
    """Who reads, and each horizon with the day on which curves are read."""
    first, last = allocated.first, allocated.last
    ends = [(each.name, common(each, first, last)) for each in opened.horizons]
    # Beside those with custody counted, curves would tell of the few who were in it by a day.
    bare = in_custody is InCustody.CENSORED and role not in EXACT
    return Reading(role, ends, bare)


def _untold(
    opened: Opened,
    rows: Sequence[Any],
    population: Population,
    gone: Mapping[str, Ended],
    role: Role,
) -> str | None:
    """Why a reader is told nothing of a population, all arms together included."""
    cells = with_custody if gone else _counted
    told = told_apart(rows, cells, role, unblinded=opened.unblinded)
    return untold(gone, role) or (None if population in told else facts.LEAVES_FEW)


def _masked(opened: Opened, population: Population, in_custody: InCustody) -> str | None:
    # Who is prosecuted may go to prison for it, so custody tells the arm as what was given does.
    tells = in_custody is InCustody.CENSORED and not opened.unblinded
    return facts.WITHHELD if tells or telling(population, unblinded=opened.unblinded) else None


def _of(
    opened: Opened, measure: Measure, population: Population, in_custody: InCustody
) -> dict[str, Any]:
    custody = facts.IN_CUSTODY[in_custody]
    if in_custody is InCustody.CENSORED and measure is Measure.CHARGE:
        custody = f"{custody} {facts.CUSTODY_OF_CHARGES}"
    return {
        "population": population,
        "meaning": facts.POPULATIONS[population],
        "measure": measure,
        "measures": facts.MEASURES[measure],
        "denominator": DENOMINATOR.format(until=opened.until(measure), custody=custody),
        "in_custody": in_custody,
    }


def _ended(gone: Mapping[str, Ended], arms: Iterable[Arm]) -> list[EndedView]:
    return [
        EndedView(mask=arm.mask, arm=arm.name, people=each.sooner, missed=each.missed)
        for arm in arms
        if (each := gone.get(arm.mask)) is not None
    ]


def days_of(rows: Iterable[Any], population: Population) -> dict[str, list[Day]]:
    """Days by mask."""
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows:
        group = group_of(population, row)
        if group is not None:
            found[group][row.day][not row.happened] += row.people
    return {
        group: [Day(day, *counts) for day, counts in sorted(days.items())]
        for group, days in found.items()
    }


def merged(groups: Iterable[Iterable[Day]]) -> list[Day]:
    """Several groups as one."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        for each in group:
            found[each.day][0] += each.events
            found[each.day][1] += each.censored
    return [Day(day, *counts) for day, counts in sorted(found.items())]


def _counted(row: Any) -> tuple[int, ...]:
    """People of a row, and of these to whom it happened and to whom not."""
    happened = row.people if row.happened else 0
    return row.people, happened, row.people - happened


def _cells(found: Curve) -> tuple[int, int]:
    return found.events, found.people - found.events


def _compared(groups: Mapping[str, Sequence[Day]], arms: Sequence[Arm]) -> dict[str, Any]:
    by_label = {arm.label: groups.get(arm.mask, []) for arm in arms}
    reference = arms[0].label
    return {
        "tests": [views.test(each) for each in compared([*by_label.values()])],
        "compared_with": reference,
        "unadjusted": _model(hazards_by_arm(by_label, reference=reference), "Nothing."),
    }


def _model(model: Model, adjusted_for: str) -> ModelView:
    return ModelView(
        method=model.method,
        adjusted_for=adjusted_for,
        people=model.people,
        events=model.events,
        hazards=[HazardView.model_validate(each) for each in model.hazards],
        left_out=dict(model.left_out),
        log_likelihood=model.log_likelihood,
        test=views.test(model.test),
        concordance=model.concordance,
    )
