"""Figures as they stand in pictures and in their words. Pure."""


def figure_of(value: float | None, places: int = 4) -> str:
    """A figure with so many decimals; what there is nothing to work out from says so."""
    return "none" if value is None else f"{value:.{places}f}"


def interval(value: float | None, low: float | None, high: float | None, places: int = 4) -> str:
    """A figure with its interval: 0.7273 (95 % interval 0.5281 to 1.0016)."""
    if value is None:
        return "none"
    if low is None or high is None:
        return figure_of(value, places)
    return f"{value:.{places}f} (95 % interval {low:.{places}f} to {high:.{places}f})"
