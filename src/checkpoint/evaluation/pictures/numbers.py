"""Figures as they stand in pictures and in their words. Pure."""

from checkpoint.evaluation.estimates import LEVEL

INTERVAL = f"{100 * LEVEL:g} % interval"


def figure_of(value: float | None, places: int = 4) -> str:
    """A figure as it is written.

    Args:
        value: None: there is nothing to work it out from.
        places: how many decimals.

    Returns:
        The figure, or that there is none.
    """
    return "none" if value is None else f"{value:.{places}f}"


def interval(value: float | None, low: float | None, high: float | None, places: int = 4) -> str:
    """A figure with its interval, as in 0.7273 (95 % interval 0.5281 to 1.0016).

    Args:
        value: None: there is nothing to work it out from.
        low: the interval's lower end; None: it has none.
        high: its upper end.
        places: how many decimals.

    Returns:
        The figure, with its interval where it has one.
    """
    if value is None:
        return "none"
    if low is None or high is None:
        return figure_of(value, places)
    return f"{value:.{places}f} ({INTERVAL} {low:.{places}f} to {high:.{places}f})"
