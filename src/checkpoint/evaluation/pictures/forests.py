"""Effects beside each other: every measure within every horizon, and subgroups. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from checkpoint.evaluation.pictures.drawing import MARGIN, TITLE, Picture, wrapped
from checkpoint.evaluation.pictures.numbers import interval
from checkpoint.evaluation.risks.schemas import (
    ArmResultView,
    ComparisonView,
    SubgroupResultsView,
    SummaryView,
)

WIDTH, ROW = 11.2, 0.23
# Inches from the left, of what stands in a row: counts, the plot's both ends, the effect.
COUNTS, PLOT, END, BESIDE = 2.9, 5.7, 8.7, 8.9
NARROW, WIDE = 0.1, 10.0  # the ratios that are drawn at most


@dataclass(frozen=True)
class Line:
    """A line of the plot: a heading, or an effect with what it rests on."""

    label: str
    counts: str = ""
    told: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    heading: bool = False


def drawn(summary: SummaryView, subgroups: SubgroupResultsView, foot: Sequence[str]) -> Picture:
    """Risk ratios with their intervals, each arm beside the one it is compared with.

    Args:
        summary: by intention to treat.
        subgroups: of one measure within one horizon.
        foot: of whom and from which cut.

    Returns:
        The picture, as high as its lines need.
    """
    lines = [*_outcomes(summary), *_subgroups(subgroups)]
    height = ROW * (len(lines) + 1) + 0.6

    def draw(figure: Any, below: float) -> None:
        whole = height + TITLE + below
        axes = figure.add_axes(
            (PLOT / WIDTH, (below + 0.5) / whole, (END - PLOT) / WIDTH, (height - 0.5) / whole)
        )
        _drawn(axes, lines)

    warning = subgroups.warning
    return Picture(
        title=f"Effects by risk ratio, {summary.trial}{', synthetic' * summary.synthetic}",
        words=[*in_words(lines), warning],
        foot=[*foot, warning],
        width=WIDTH,
        height=height,
        draw=draw,
    )


def _outcomes(summary: SummaryView) -> Iterator[Line]:
    yield Line("Outcomes, everybody allocated", heading=True)
    for result in summary.populations[0].results:
        label = f"{result.measures}, {result.horizon}"
        yield from _compared(label, result.arms, result.comparisons, result.withheld)


def _subgroups(subgroups: SubgroupResultsView) -> Iterator[Line]:
    of = subgroups.of
    for each in subgroups.subgroups:
        yield Line(f"{of.measures}, {of.horizon}, by {each.by.replace('_', ' ')}", heading=True)
        for level in each.levels:
            label = level.level.replace("_", " ")
            yield from _compared(label, level.arms, level.comparisons, level.withheld)


def _compared(
    label: str,
    arms: Sequence[ArmResultView],
    comparisons: Sequence[ComparisonView],
    withheld: str | None,
) -> Iterator[Line]:
    if not comparisons:
        yield Line(label, told="withheld" if withheld else "nothing to compare")
        return
    by_label = {arm.arm or arm.mask: f"{arm.happened} of {arm.people}" for arm in arms}
    for each in comparisons:
        ratio = each.risk_ratio
        counts = ", ".join(f"{arm} {by_label[arm]}" for arm in (each.arm, each.compared_with))
        told = interval(ratio.value, ratio.low, ratio.high)
        yield Line(label, counts, told, ratio.value, ratio.low, ratio.high)


def in_words(lines: Sequence[Line]) -> list[str]:
    """The plot as sentences.

    Args:
        lines: from the top.

    Returns:
        One sentence each, after one that says what a risk ratio is.
    """
    found = ["Risk ratios; below 1 it happened to a smaller share than in the arm compared with."]
    for each in lines:
        parts = [each.label, *filter(None, (each.counts, each.told))]
        found.append(f"{': '.join(parts)}.")
    return found


def _drawn(axes: Any, lines: Sequence[Line]) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    axes.set_xscale("log")
    axes.set_ylim(len(lines) - 0.4, -1)
    axes.set_xlim(*_span(lines))
    axes.axvline(1, color="black", lw=0.8, ls=":")
    placed = axes.get_yaxis_transform()
    for number, each in enumerate(lines):
        _written(axes, placed, number, each)
        if each.low is not None and each.high is not None:
            _marked(axes, number, each.value, (each.low, each.high))
    axes.xaxis.set_major_locator(FixedLocator([0.1, 0.25, 0.5, 1, 2, 4, 10]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Risk ratio (logarithmic)")


def _written(axes: Any, placed: Any, number: int, each: Line) -> None:
    columns = {MARGIN: (each.label, WIDTH if each.heading else COUNTS - MARGIN),
               COUNTS: (each.counts, PLOT - COUNTS),
               BESIDE: (each.told.replace("95 % interval ", ""), WIDTH)}  # fmt: skip
    for inches, (words, width) in columns.items():
        lines = wrapped(words, width)
        text = f"{lines[0]} …" if len(lines) > 1 else lines[0]
        axes.text(
            (inches - PLOT) / (END - PLOT), number, text, transform=placed, va="center",
            fontweight="bold" if each.heading else "normal",
        )  # fmt: skip


def _marked(axes: Any, number: int, value: float | None, ends: tuple[float, float]) -> None:
    first, last = axes.get_xlim()
    low, high = ends
    axes.plot([max(low, first), min(high, last)], [number, number], color="black", lw=1.2)
    for end, is_beyond, marker in ((first, low < first, "<"), (last, high > last, ">")):
        if is_beyond:
            axes.plot([end], [number], marker=marker, color="black", ms=5, clip_on=False)
    axes.plot([value], [number], marker="s", color="black", ms=5)


def _span(lines: Sequence[Line]) -> tuple[float, float]:
    """As wide as the intervals need, the same to both sides of 1, and not endless."""
    ends = [end for each in lines for end in (each.low, each.high, each.value) if end]
    far = max((abs(log(end)) for end in ends), default=0.0)
    reach = min(max(2.718281828 ** (far * 1.05), 2.2), WIDE)
    return max(1 / reach, NARROW), reach
