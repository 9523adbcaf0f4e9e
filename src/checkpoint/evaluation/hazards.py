"""Cox's hazard ratios, ties by Efron: of the arm alone, and adjusted for what was known before. Pure.

statsmodels does the sums and is loaded when first needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite
from typing import Any

from checkpoint.evaluation.estimates import ALPHA, Tested
from checkpoint.evaluation.survival import Day, spread

COX = "Cox's proportional hazards, ties by Efron"
LIKELIHOOD_RATIO = "likelihood ratio test"
ARRIVED = 1e-3  # how far, in errors, a fit may be from where the likelihood is greatest
STEEPEST = 15.0  # a logarithm of a hazard ratio, or its error, that no data can speak for


@dataclass(frozen=True)
class Hazard:
    """A term's hazard ratio; all None where there is nothing to work one out from."""

    term: str
    coefficient: float | None
    error: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class Model:
    """Hazard ratios that were worked out together, and how well they tell people apart."""

    people: int
    events: int
    hazards: tuple[Hazard, ...]
    left_out: Mapping[str, str]
    log_likelihood: float | None
    test: Tested
    concordance: float | None
    method: str = COX


def by_arm(groups: Mapping[str, Sequence[Day]], *, reference: str) -> Model:
    """The hazard of each arm as a multiple of that of one.

    Args:
        groups: days by arm.
        reference: the arm that the others are compared with.

    Returns:
        One hazard for each other arm, in order; below 1 where it happened later or to fewer.

    Source: Cox, Journal of the Royal Statistical Society B 34 (1972) 187-220; Efron, Journal of
        the American Statistical Association 72 (1977) 557-565.
    """
    others = [arm for arm in groups if arm != reference]
    order = {number: groups[arm] for number, arm in enumerate((reference, *others))}
    days, status, group = spread(order)
    columns = {arm: group == number for number, arm in enumerate(others, start=1)}
    return fitted(days, status, columns, strata=None, ranked=False)


def fitted(
    days: Any,
    status: Any,
    columns: Mapping[str, Any],
    *,
    strata: Any,
    ranked: bool,
) -> Model:
    """A regression of hazards on some terms.

    A term that says nothing, or nothing that those before it do not, is left out and named.

    Args:
        days: observed until, one a person.
        status: whether it happened then.
        columns: numbers by term, in the order of the model.
        strata: within which people are compared; None: all with all.
        ranked: whether to say how well the model ranks people, which takes the square of their
            number in time.

    Returns:
        A hazard for each term that was kept; without figures where nothing happened or the terms
        tell apart fully those to whom it did.
    """
    import numpy as np

    people, events = len(days), int(np.sum(status))
    kept, left_out, matrix = _independent(columns, strata) if people else ([*columns], {}, None)
    failed = Model(
        people, events, tuple(Hazard(name, *[None] * 6) for name in kept), left_out,
        None, Tested(LIKELIHOOD_RATIO, None, None, None), None,
    )  # fmt: skip
    if not kept or not events:
        return failed
    found = _solved(days, status, matrix, strata)
    if found is None:
        return failed
    null, full = found.model.loglike(np.zeros(len(kept))), float(found.llf)
    from scipy import stats

    statistic = max(2 * (full - float(null)), 0.0)
    test = Tested(
        LIKELIHOOD_RATIO, statistic, len(kept), float(stats.chi2.sf(statistic, len(kept)))
    )
    ranks = concordance(days, status, matrix @ found.params) if ranked else None
    hazards = tuple(_hazard(name, found, at) for at, name in enumerate(kept))
    return Model(people, events, hazards, left_out, full, test, ranks)


def _independent(columns: Mapping[str, Any], strata: Any) -> tuple[list[str], dict[str, str], Any]:
    """The terms that say something of their own within strata."""
    import numpy as np

    kept: list[str] = []
    left_out: dict[str, str] = {}
    matrix = centred = np.empty((len(next(iter(columns.values()), ())), 0))
    for name, values in columns.items():
        column = np.asarray(values, dtype=float)
        inner = _centred(column, strata)
        wider = np.column_stack([centred, inner])
        if np.linalg.matrix_rank(wider) <= len(kept):
            left_out[name] = "it tells nobody apart whom the terms before it do not"
            continue
        kept.append(name)
        centred, matrix = wider, np.column_stack([matrix, column])
    return kept, left_out, matrix


def _centred(column: Any, strata: Any) -> Any:
    """A column less its mean within each stratum, in units of its spread."""
    import numpy as np

    inner = column - column.mean()
    if strata is not None:
        inner = column.copy()
        for stratum in np.unique(strata):
            inner[strata == stratum] -= column[strata == stratum].mean()
    return inner / (inner.std() or 1.0)


def _solved(days: Any, status: Any, matrix: Any, strata: Any) -> Any:
    """The fitted model; None where it ran away, as it does from terms that decide everything."""
    import warnings

    import numpy as np
    from statsmodels.duration.hazard_regression import PHReg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they warn of is looked for below
        try:
            model = PHReg(days, matrix, status=status, ties="efron", strata=strata)
            found = model.fit(disp=0)
            arrived = np.abs(model.score(found.params) * found.bse).max() < ARRIVED
        except (ValueError, np.linalg.LinAlgError):
            return None
    steepest = np.max([np.abs(found.params), found.bse], axis=0) * matrix.std(axis=0)
    return found if arrived and (steepest < STEEPEST).all() else None


def _hazard(name: str, found: Any, at: int) -> Hazard:
    coefficient, error = float(found.params[at]), float(found.bse[at])
    low, high = found.conf_int(alpha=ALPHA)[at]
    return Hazard(
        name, coefficient, error, exp(coefficient), exp(low), exp(high), float(found.pvalues[at])
    )


def concordance(days: Any, status: Any, scores: Any) -> float | None:
    """How often, of two people, it happened first to the one whom a model has at more risk.

    Args:
        days: observed until.
        status: whether it happened then.
        scores: the higher, the sooner it is expected; a draw counts half.

    Returns:
        From 0 to 1; None where no two can be compared.

    Source: Harrell and others, Journal of the American Medical Association 247 (1982) 2543-2546. No
        kept library of this project has it; tests compare it with lifelines.
    """
    import numpy as np

    right = pairs = 0.0
    for at in np.flatnonzero(status):
        later = (days > days[at]) | ((days == days[at]) & (status == 0))
        pairs += float(later.sum())
        right += float((scores[later] < scores[at]).sum())
        right += 0.5 * float((scores[later] == scores[at]).sum())
    share = right / pairs if pairs else float("nan")
    return share if isfinite(share) else None
