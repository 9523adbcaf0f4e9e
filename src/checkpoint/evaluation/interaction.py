"""Whether an effect differs between subgroups. Pure; statsmodels does the sums."""

from collections.abc import Sequence
from math import isfinite

from checkpoint.evaluation.estimates import ALPHA, Estimate, Group, Tested

BRESLOW_DAY = "Breslow and Day's test of one odds ratio for all, with Tarone's adjustment"
MANTEL_HAENSZEL = "Mantel and Haenszel's odds ratio (Robins, Breslow and Greenland)"


def interaction(pairs: Sequence[tuple[Group, Group]]) -> tuple[Tested, Estimate]:
    """Whether two arms' odds ratio is another in one subgroup than in another.

    Args:
        pairs: the arm that is compared, and the one it is compared with, for each subgroup.
            Subgroups where an arm is empty, or it happened to everybody or nobody, say nothing.

    Returns:
        The test, and the odds ratio of all subgroups together; without figures where fewer than two
        subgroups say something, or that ratio has none.

    Source: Breslow and Day, Statistical Methods in Cancer Research I (1980) 142; Mantel and
        Haenszel, Journal of the National Cancer Institute 22 (1959) 719-748.
    """
    tables = [
        [[each.with_event, each.people - each.with_event] for each in pair]
        for pair in pairs
        if _says_something(*pair)
    ]
    nothing = Tested(BRESLOW_DAY, None, None, None), Estimate(None, None, None, MANTEL_HAENSZEL)
    crossed = (
        sum(a * d > 0 for (a, _), (_, d) in tables),
        sum(b * c > 0 for (_, b), (c, _) in tables),
    )
    if len(tables) < 2 or 0 in crossed:
        return nothing
    import numpy as np
    from statsmodels.stats.contingency_tables import StratifiedTable

    with np.errstate(all="ignore"):  # what cannot be divided is looked for below
        found = StratifiedTable([np.array(table, dtype=float) for table in tables])
        test = found.test_equal_odds(adjust=True)
        low, high = found.oddsratio_pooled_confint(alpha=ALPHA)
    if not isfinite(test.statistic):
        return nothing
    return (
        Tested(BRESLOW_DAY, float(test.statistic), len(tables) - 1, float(test.pvalue)),
        Estimate(float(found.oddsratio_pooled), float(low), float(high), MANTEL_HAENSZEL),
    )


def _says_something(group: Group, reference: Group) -> bool:
    happened = group.with_event + reference.with_event
    people = group.people + reference.people
    return group.people > 0 and reference.people > 0 and 0 < happened < people
