"""How much a head: means of counts, harm, scores or cost, how they differ, and their ratio. Pure.

Worked out from how many, their sum and the sum of their squares, so that no person is looked at.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from checkpoint.evaluation.estimates import ALPHA, Estimate, Tested

T_INTERVAL = "Student's t"
WELCH = "Welch's t, variances not taken to be equal"
LOG_MEANS = "interval of the logarithm, by the variances found (robust to people with many)"
GARWOOD = "exact Poisson interval (Garwood)"
YEAR = 365.25


@dataclass(frozen=True)
class Sums:
    """Of so many people, the sum of what each has, and the sum of its squares."""

    people: int
    total: float
    squares: float

    @property
    def mean(self) -> float | None:
        """Each person's share; None for nobody."""
        return self.total / self.people if self.people else None

    @property
    def variance(self) -> float | None:
        """Between people, 0 or more; None for fewer than two."""
        if self.people < 2:
            return None
        return max((self.squares - self.total**2 / self.people) / (self.people - 1), 0.0)


def mean(sums: Sums) -> Estimate:
    """What each has on average.

    Args:
        sums: of a group.

    Returns:
        In the unit of ``sums``; without an interval for fewer than two.

    Source: Student 1908.
    """
    if sums.mean is None or sums.variance is None:
        return Estimate(sums.mean, None, None, T_INTERVAL)
    if sums.variance == 0:
        return Estimate(sums.mean, sums.mean, sums.mean, T_INTERVAL)
    from scipy import stats

    error = sqrt(sums.variance / sums.people)
    low, high = stats.t.interval(1 - ALPHA, sums.people - 1, loc=sums.mean, scale=error)
    return Estimate(sums.mean, float(low), float(high), T_INTERVAL)


def mean_difference(group: Sums, reference: Sums) -> tuple[Estimate, Tested]:
    """The mean of a group less that of another, and whether that is more than chance.

    Args:
        group: the one that is compared.
        reference: the one it is compared with.

    Returns:
        In the unit of the sums, with the test; without an interval where a group has fewer than two
        or nobody differs from anybody in theirs.

    Source: Welch, Biometrika 34 (1947) 28-35.
    """
    ours, theirs = group.variance, reference.variance
    value = None
    if group.mean is not None and reference.mean is not None:
        value = group.mean - reference.mean
    if value is None or ours is None or theirs is None or ours + theirs == 0:
        return Estimate(value, None, None, WELCH), Tested(WELCH, None, None, None)
    from scipy import stats

    a, b = ours / group.people, theirs / reference.people
    df = (a + b) ** 2 / (a**2 / (group.people - 1) + b**2 / (reference.people - 1))
    low, high = stats.t.interval(1 - ALPHA, df, loc=value, scale=sqrt(a + b))
    found = stats.ttest_ind_from_stats(
        group.mean, sqrt(ours), group.people, reference.mean, sqrt(theirs), reference.people,
        equal_var=False,
    )  # fmt: skip
    test = Tested(WELCH, float(found.statistic), None, float(found.pvalue))
    return Estimate(value, float(low), float(high), WELCH), test


def mean_ratio(group: Sums, reference: Sums) -> Estimate:
    """The mean of a group as a multiple of that of another: of counts, a rate ratio.

    Some people have many and most have none, more than Poisson's distribution has it; so the
    interval rests on how much people really differ.

    Args:
        group: the one that is compared, with nothing below 0 in it.
        reference: the one it is compared with, likewise.

    Returns:
        0 or more; None where the mean of ``reference`` is 0, and without an interval where that of
        ``group`` is, or a group has fewer than two.

    Source: the sandwich variance of a Poisson regression on the group alone; Zou, American Journal
        of Epidemiology 159 (2004) 702-706.
    """
    if not group.mean or not reference.mean:
        value = None if not reference.mean or group.mean is None else 0.0
        return Estimate(value, None, None, LOG_MEANS)
    value, ours, theirs = group.mean / reference.mean, group.variance, reference.variance
    if ours is None or theirs is None:
        return Estimate(value, None, None, LOG_MEANS)
    from scipy import stats

    error = sqrt(
        ours * (group.people - 1) / group.total**2
        + theirs * (reference.people - 1) / reference.total**2
    )
    reach = float(stats.norm.ppf(1 - ALPHA / 2)) * error
    return Estimate(value, exp(log(value) - reach), exp(log(value) + reach), LOG_MEANS)


def rate(events: int, *, days: int) -> Estimate:
    """Events a year of one person observed.

    Args:
        events: 0 or more.
        days: of all people together.

    Returns:
        A person-year; None where nobody was observed.

    Source: Garwood, Biometrika 28 (1936) 437-442.
    """
    if days == 0:
        return Estimate(None, None, None, GARWOOD)
    from statsmodels.stats.rates import confint_poisson

    years = days / YEAR
    low, high = confint_poisson(events, years, method="exact-c", alpha=ALPHA)
    return Estimate(events / years, float(low) if events else 0.0, float(high), GARWOOD)
