"""Hazard ratios of the arms, adjusted for what was known before; and what of these a reader is told."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from checkpoint.evaluation.covariates import known, terms
from checkpoint.evaluation.estimates import Tested
from checkpoint.evaluation.hazards import Model, fitted
from checkpoint.evaluation.rules import Arm, group_of
from checkpoint.evaluation.states import Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT

MOST_RANKED = 5_000
ADJUSTED = "What was known before allocation; people are compared within strata."
ARMS_ALONE = (
    "Hazard ratios of covariates, how well they rank people and the model's test are told to the "
    "trial's statistician: a term's error tells of how many people it is."
)


def adjusted(people: Sequence[Any], arms: Sequence[Arm], population: Population) -> Model:
    """Hazards by arm and covariate, worked out together.

    Args:
        people: one by one, with what was known of each.
        arms: the one first that the others are compared with.
        population: who is compared with whom.

    Returns:
        A term for each other arm, then those of what was known; within strata, if there are two.
    """
    import numpy as np

    groups = {arm.mask for arm in arms}
    counted = [row for row in people if group_of(population, row) in groups]
    found = terms([known(row) for row in counted])
    columns: dict[str, Any] = {
        arm.label: [float(group_of(population, row) == arm.mask) for row in counted]
        for arm in arms[1:]
    }
    columns |= {name: [*values] for name, values in found.columns.items()}
    strata = np.unique([row.stratum for row in counted], return_inverse=True)[1]
    model = fitted(
        np.array([row.day for row in counted]),
        np.array([int(row.happened) for row in counted]),
        columns,
        strata=strata if len({*strata.tolist()}) > 1 else None,
        ranked=len(counted) <= MOST_RANKED,
    )
    return replace(model, left_out={**found.left_out, **model.left_out})


def told_of(model: Model, arms: Iterable[Arm], *, role: Role) -> tuple[Model, str]:
    """What a reader is told of an adjusted model.

    Args:
        model: with a term for each arm but the first.
        arms: the trial's.
        role: the reader's.

    Returns:
        All of it for the trial's statistician. For others the arms' hazards alone: of a yes or no,
        one by the square of a term's error is about how many events it has, its likelihood and test
        rest on that too, and which terms are left out may be that nobody has them. And in words what
        is adjusted for.
    """
    if role in EXACT:
        return model, ADJUSTED
    labels = {arm.label for arm in arms}
    names = dict.fromkeys(
        each.term.partition(": ")[0] for each in model.hazards if each.term not in labels
    )
    alone = replace(
        model,
        hazards=tuple(each for each in model.hazards if each.term in labels),
        left_out={name: why for name, why in model.left_out.items() if name in labels},
        log_likelihood=None,
        test=Tested(model.test.name, None, None, None),
        concordance=None,
    )
    return alone, f"{ADJUSTED} Adjusted for: {', '.join(names) or 'nothing'}. {ARMS_ALONE}"
