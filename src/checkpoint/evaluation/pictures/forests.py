"""Effects beside each other: every measure within every horizon, and subgroups. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from checkpoint.evaluation.pictures.drawing import LINE, MARGIN, TITLE, Picture, wrapped
from checkpoint.evaluation.pictures.numbers import INTERVAL, interval
from checkpoint.evaluation.risks.schemas import (
    ArmResultView,
    ComparisonView,
    SubgroupResultsView,
    SummaryView,
)
from checkpoint.evaluation.schemas import OfView

WIDTH, ROW = 11.2, 0.23
# Inches from the left, of what stands in a row: counts, the plot's both ends, the effect.
COUNTS, PLOT, END, BESIDE = 2.5, 5.9, 8.7, 8.9
HEADS = {COUNTS: "To how many it happened", BESIDE: f"Risk ratio ({INTERVAL})"}
SIDE = 3.6  # inches to each side of 1 for whom it says more or fewer in
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
    ends = sides(summary)
    axis = 0.55 + LINE * max(len(wrapped(end, SIDE)) for end in ends)
    height = ROW * (len(lines) + 2) + axis

    def draw(figure: Any, below: float) -> None:
        whole = height + TITLE + below
        axes = figure.add_axes(
            (PLOT / WIDTH, (below + axis) / whole, (END - PLOT) / WIDTH, (height - axis) / whole)
        )
        _drawn(axes, lines)
        _ended(axes, ends)

    return Picture(
        title=f"Effects by risk ratio, {summary.trial}{', synthetic' * summary.synthetic}",
        words=in_words(lines, *sides(summary)),
        foot=[*foot, subgroups.warning],
        width=WIDTH,
        height=height,
        draw=draw,
    )


def windows(summary: SummaryView, subgroups: SubgroupResultsView) -> list[str]:
    """Whom each line is of, in words; lines that are of the same people together.

    Args:
        summary: by intention to treat.
        subgroups: of one measure within one horizon.

    Returns:
        For each window the lines that it is true of, by their labels, and the window.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for each in (*summary.populations[0].results, subgroups.of):
        if _named(each) not in found[each.denominator]:
            found[each.denominator].append(_named(each))
    return [f"{'; '.join(labels)}. {window}" for window, labels in found.items()]


def sides(summary: SummaryView) -> tuple[str, str]:
    """What it means to stand to the left of 1, and to the right of it, by the arms' names as told.

    Args:
        summary: whose first arm the others are compared with.

    Returns:
        Both, in words.
    """
    first, *others = [arm.arm or arm.mask for arm in summary.arms]
    arms = f"{' or '.join(others)} than in {first}"
    return f"fewer in {arms}", f"more in {arms}"


def _named(of: OfView) -> str:
    return f"{of.measures}, {of.horizon}"


def _outcomes(summary: SummaryView) -> Iterator[Line]:
    yield Line("Outcomes, everybody allocated", heading=True)
    for result in summary.populations[0].results:
        label = f"{_named(result)} (primary)" if result.primary else _named(result)
        yield from _compared(label, result.arms, result.comparisons, result.withheld)


def _subgroups(subgroups: SubgroupResultsView) -> Iterator[Line]:
    for each in subgroups.subgroups:
        yield Line(f"{_named(subgroups.of)}, by {each.by.replace('_', ' ')}", heading=True)
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


def in_words(lines: Sequence[Line], fewer: str, more: str) -> list[str]:
    """The plot as sentences.

    Args:
        lines: from the top.
        fewer: what it means to stand below 1.
        more: what it means to stand above it.

    Returns:
        One sentence each, after one that says what a risk ratio is.
    """
    found = [
        f"Risk ratios compare shares. Below 1, on the left: {fewer}. Above 1, on the right: {more}."
    ]
    for each in lines:
        parts = [each.label, *filter(None, (each.counts, _said(each)))]
        found.append(f"{': '.join(parts)}.")
    return found


def _said(each: Line) -> str:
    """An effect with what it is: read aloud, no heading stands above it."""
    if not each.counts:
        return each.told
    if each.value is None:
        return "no risk ratio"
    return f"risk ratio {each.told}{', without an interval' * (each.low is None)}"


def _drawn(axes: Any, lines: Sequence[Line]) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    axes.set_xscale("log")
    axes.set_ylim(len(lines) - 0.4, -1.6)
    axes.set_xlim(*_span(lines))
    axes.axvline(1, color="black", lw=0.8, ls=":")
    placed = axes.get_yaxis_transform()
    for inches, head in HEADS.items():
        _lettered(axes, placed, inches, -1, head, is_heading=True)
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
               BESIDE: (each.told.replace(f"{INTERVAL} ", ""), WIDTH)}  # fmt: skip
    for inches, (words, width) in columns.items():
        lines = wrapped(words, width)
        text = f"{lines[0]} …" if len(lines) > 1 else lines[0]
        _lettered(axes, placed, inches, number, text, is_heading=each.heading)


def _lettered(
    axes: Any, placed: Any, inches: float, number: int, text: str, *, is_heading: bool
) -> None:
    axes.text(
        (inches - PLOT) / (END - PLOT), number, text, transform=placed, va="center",
        fontweight="bold" if is_heading else "normal",
    )  # fmt: skip


def _ended(axes: Any, ends: tuple[str, str]) -> None:
    """Below the axis, to each side of 1, what it means to stand there."""
    fewer, more = ["\n".join(wrapped(end, SIDE)) for end in ends]
    axes.annotate(
        f"\u2190 {fewer}", (0.48, 0), (0, -40), "axes fraction", textcoords="offset points",
        ha="right", va="top",
    )  # fmt: skip
    axes.annotate(
        f"{more} \u2192", (0.52, 0), (0, -40), "axes fraction", textcoords="offset points",
        ha="left", va="top",
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
