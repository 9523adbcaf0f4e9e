"""How many of whom: risks, how they differ between two arms, and tests. Pure.

The sums are those of scipy and statsmodels, which are loaded when first needed: they take seconds,
and most processes never ask. Every interval is one of 95 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.95
ALPHA = 1 - LEVEL


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; None where there is nothing to work one out from."""

    value: float | None
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True)
class Group:
    """So many people, of whom it happened to so many."""

    people: int
    with_event: int


@dataclass(frozen=True)
class Tested:
    """A test: what it came to. ``df`` are degrees of freedom, where it has some."""

    name: str
    statistic: float | None
    df: int | None
    p: float | None


WILSON = "Wilson's score interval"
NEWCOMBE = "Newcombe's hybrid score interval"
LOG_RATIO = "interval of the logarithm (Katz)"
LOG_ODDS = "interval of the log odds (Woolf)"
CHI_SQUARE = "Pearson's chi-square, without correction"
YATES = "chi-square with Yates's correction"
FISHER = "Fisher's exact test, two-sided"


def risk(group: Group) -> Estimate:
    """The share of a group to whom it happened.

    Args:
        group: of any size.

    Returns:
        From 0 to 1, with Wilson's interval; None for nobody.

    Source: Wilson 1927; Newcombe, Statistics in Medicine 17 (1998) 857-872, method 3.
    """
    if group.people == 0:
        return Estimate(None, None, None, WILSON)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(group.with_event, group.people, alpha=ALPHA, method="wilson")
    return Estimate(group.with_event / group.people, float(low), float(high), WILSON)


def risk_difference(group: Group, reference: Group) -> Estimate:
    """The risk of a group less that of another.

    Args:
        group: the one that is compared.
        reference: the one it is compared with.

    Returns:
        From -1 to 1; below 0 where it happened to a smaller share of ``group``.

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    if group.people == 0 or reference.people == 0:
        return Estimate(None, None, None, NEWCOMBE)
    low, high = _interval(group, reference, compare="diff", method="newcomb")
    value = group.with_event / group.people - reference.with_event / reference.people
    return Estimate(value, low, high, NEWCOMBE)


def risk_ratio(group: Group, reference: Group) -> Estimate:
    """The risk of a group as a multiple of that of another.

    Args:
        group: the one that is compared.
        reference: the one it is compared with.

    Returns:
        0 or more; None where it happened to nobody of ``reference``, and without an interval where
        it happened to nobody of ``group``.

    Source: Katz and others, Biometrics 34 (1978) 469-474.
    """
    if group.people == 0 or reference.with_event == 0:
        return Estimate(None, None, None, LOG_RATIO)
    value = (group.with_event / group.people) / (reference.with_event / reference.people)
    if group.with_event == 0:
        return Estimate(value, None, None, LOG_RATIO)
    low, high = _interval(group, reference, compare="ratio", method="log")
    return Estimate(value, low, high, LOG_RATIO)


def odds_ratio(group: Group, reference: Group) -> Estimate:
    """The odds of a group as a multiple of those of another.

    Args:
        group: the one that is compared.
        reference: the one it is compared with.

    Returns:
        0 or more; None where the odds of ``reference`` are none or endless or those of ``group``
        endless, and without an interval where those of ``group`` are none.

    Source: Woolf, Annals of Human Genetics 19 (1955) 251-253.
    """
    spared, of_reference = group.people - group.with_event, reference.people - reference.with_event
    if spared == 0 or reference.with_event == 0 or of_reference == 0:
        return Estimate(None, None, None, LOG_ODDS)
    value = (group.with_event / spared) / (reference.with_event / of_reference)
    if group.with_event == 0:
        return Estimate(value, None, None, LOG_ODDS)
    low, high = _interval(group, reference, compare="odds-ratio", method="logit")
    return Estimate(value, low, high, LOG_ODDS)


def _interval(group: Group, reference: Group, *, compare: str, method: str) -> tuple[float, float]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        group.with_event,
        group.people,
        reference.with_event,
        reference.people,
        method=method,
        compare=compare,
        alpha=ALPHA,
    )
    return float(low), float(high)


def association(groups: Sequence[Group]) -> list[Tested]:
    """Whether it happened to equal shares of two or more groups.

    All are told, always in this order, so that none is chosen for what it says.

    Args:
        groups: two or more.

    Returns:
        Pearson's chi-square; of two groups also Yates's and Fisher's. Without a figure where a
        group is empty, or it happened to everybody or nobody.

    Source: Pearson 1900; Yates 1934; Fisher 1934.
    """
    table = [[each.with_event, each.people - each.with_event] for each in groups]
    names = [CHI_SQUARE, YATES, FISHER] if len(groups) == 2 else [CHI_SQUARE]
    if any(each.people == 0 for each in groups) or any(
        sum(column) == 0 for column in zip(*table, strict=True)
    ):
        return [Tested(name, None, None, None) for name in names]
    from scipy import stats

    plain = stats.chi2_contingency(table, correction=False)
    found = [Tested(CHI_SQUARE, float(plain.statistic), int(plain.dof), float(plain.pvalue))]
    if len(groups) == 2:
        yates = stats.chi2_contingency(table, correction=True)
        exact = float(stats.fisher_exact(table).pvalue)
        found.append(Tested(YATES, float(yates.statistic), int(yates.dof), float(yates.pvalue)))
        found.append(Tested(FISHER, None, None, exact))
    return found
