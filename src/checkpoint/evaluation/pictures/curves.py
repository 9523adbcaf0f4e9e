"""Survival curves with their bands, and how many are at risk. Pure."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from checkpoint.evaluation.flows.facts import told
from checkpoint.evaluation.pictures.drawing import (
    COLOURS,
    HATCHES,
    LINE,
    SHAPES,
    STROKES,
    TITLE,
    Picture,
    wrapped,
)
from checkpoint.evaluation.pictures.numbers import INTERVAL, figure_of, interval
from checkpoint.evaluation.times.schemas import AtView, CurveView, TimeToEventView

WIDTH, HEIGHT = 7.6, 4.4
LEFT, RIGHT = 1.75, 0.35
NAMED = 17  # letters of a curve's name beside its numbers at risk, which begin at LEFT
FEW_STEPS = 3
FEW = "so few events make hardly a point, or none."
POINTS = (
    "A point stands on the day by which so many had come together, at the share to whom it had not "
    "happened by then. The dotted line only joins points: when between two of them it happened is "
    "not told, and what came after the last is not drawn."
)
BANDS = f"Hatched bands are the {INTERVAL}s of each day by itself: {{method}}."
BARS = f"Bars through points are the {INTERVAL}s of each day by itself: {{method}}."
NOTHING_YET = "Nobody has been observed yet."
COLUMNS = 9  # of numbers at risk


def drawn(view: TimeToEventView, foot: Sequence[str]) -> Picture:
    """Curves of every arm; of everybody together where arms are withheld.

    Args:
        view: as its reader sees it.
        foot: of whom and from which cut.

    Returns:
        The picture, with a line of numbers at risk for each curve.
    """
    shown = view.curves or [view.everybody]
    height = HEIGHT + LINE * (len(shown) + 2)

    def draw(figure: Any, below: float) -> None:
        whole = height + TITLE + below
        under = below + LINE * (len(shown) + 2) + 0.55
        axes = figure.add_axes(
            (LEFT / WIDTH, under / whole, (WIDTH - LEFT - RIGHT) / WIDTH,
             (whole - TITLE - under) / whole)
        )  # fmt: skip
        _drawn(axes, shown, coarse=view.coarsened is not None)
        if not any(curve.steps for curve in shown):
            _told_instead(axes, drawn_so(view, shown))
        _at_risk(figure, axes, shown, (under - 0.5) / whole, LINE / whole)

    return Picture(
        title=f"{view.measures}: time to the first, {view.trial}{', synthetic' * view.synthetic}",
        words=in_words(view, shown),
        foot=[*drawn_so(view, shown), *read_so(view, shown), *foot],
        width=WIDTH,
        height=height,
        draw=draw,
    )


def label_of(curve: CurveView) -> str:
    """What a curve is called."""
    return f"Arm {curve.arm or curve.mask}" if curve.mask else "All arms together"


def drawn_so(view: TimeToEventView, shown: Sequence[CurveView]) -> list[str]:
    """Why curves show less than there is to know.

    Args:
        view: as its reader sees it.
        shown: the curves that are drawn.

    Returns:
        Sentences for the paper; none where every step is drawn.
    """
    if view.withheld is not None and all(curve.events is None for curve in shown):
        return [f"No curve is drawn. {view.withheld}"]
    found = [f"Arms are not drawn. {view.withheld}"] if view.withheld else []
    if view.coarsened is None:
        return found
    short = [label_of(curve) for curve in shown if len(curve.steps) < FEW_STEPS]
    few = f" {', '.join(short)}: {FEW}" if short else ""
    return [*found, f"{view.coarsened}{few}"]


def read_so(view: TimeToEventView, shown: Sequence[CurveView]) -> list[str]:
    """How curves are to be read: what points are, and bands.

    Args:
        view: as its reader sees it.
        shown: the curves that are drawn.

    Returns:
        Sentences for the paper; none where nothing is drawn.
    """
    steps = [step for curve in shown for step in curve.steps]
    if not steps:
        return []
    coarse = view.coarsened is not None
    found = [POINTS] if coarse else []
    if any(None not in (step.low, step.high) for step in steps):
        found.append((BARS if coarse else BANDS).format(method=view.method))
    return found


def _told_instead(axes: Any, why: Sequence[str]) -> None:
    lines = [line for each in why or [NOTHING_YET] for line in wrapped(each, WIDTH - 3)]
    axes.text(
        0.5, 0.6, "\n".join(lines), transform=axes.transAxes, ha="center", va="center",
        bbox={"facecolor": "white", "edgecolor": "black"},
    )  # fmt: skip


def _drawn(axes: Any, shown: Sequence[CurveView], *, coarse: bool) -> None:
    looks = zip(COLOURS, STROKES, HATCHES, SHAPES, strict=True)
    for curve, (colour, stroke, hatch, shape) in zip(shown, cycle(looks), strict=False):
        if coarse:
            _pointed(axes, curve, colour, shape)
        else:
            _stepped(axes, curve, colour, stroke, hatch)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.set_xlabel("Days from allocation")
    axes.set_ylabel("Share to whom it had not happened")
    axes.legend(loc="lower left", frameon=True, edgecolor="black", framealpha=1, handlelength=3.5)


def _stepped(axes: Any, curve: CurveView, colour: str, stroke: Any, hatch: str) -> None:
    days = [0, *(step.day for step in curve.steps)]
    shares = [1.0, *(step.survival for step in curve.steps)]
    axes.step(days, shares, where="post", color=colour, ls=stroke, lw=1.4, label=label_of(curve))
    bands = [(s.day, s.low, s.high) for s in curve.steps if None not in (s.low, s.high)]
    if bands:
        x, low, high = zip(*bands, strict=True)
        axes.fill_between(
            x, low, high, step="post", facecolor="none", edgecolor=colour, hatch=hatch,
            alpha=0.35, lw=0.4,
        )  # fmt: skip


def _pointed(axes: Any, curve: CurveView, colour: str, shape: str) -> None:
    """Points instead of steps: a step would say that until its day it had happened to nobody."""
    days = [0, *(step.day for step in curve.steps)]
    shares = [1.0, *(step.survival for step in curve.steps)]
    points = [*range(1, len(days))]  # day 0 begins the line and is no point
    axes.plot(
        days, shares, color=colour, ls=":", lw=1.4, marker=shape, ms=6, markevery=points,
        label=label_of(curve),
    )  # fmt: skip
    for each in curve.steps:
        if each.low is not None and each.high is not None:
            ends = [each.low, each.high]
            axes.plot([each.day] * 2, ends, color=colour, lw=0.9, marker="_", ms=7)


def shorten(label: str) -> str:
    """A name that leaves the numbers beside it their place."""
    return label if len(label) <= NAMED else f"{label[: NAMED - 1]}…"


def days_told(shown: Sequence[CurveView]) -> list[int]:
    """The days whose numbers at risk stand below the curves: every thirteen weeks, or as many."""
    days = max(([each.day for each in curve.at_risk] for curve in shown), key=len, default=[])
    return days[:: -(-len(days) // COLUMNS)] if days else []


def _at_risk(figure: Any, axes: Any, shown: Sequence[CurveView], top: float, line: float) -> None:
    from matplotlib.transforms import blended_transform_factory

    days = days_told(shown)
    axes.set_xticks(days or [0])
    placed = blended_transform_factory(axes.transData, figure.transFigure)
    figure.text(0.3 / WIDTH, top - line, "Number at risk", va="baseline")
    for place, curve in enumerate(shown):
        y = top - line * (place + 2)
        figure.text(0.3 / WIDTH, y, shorten(label_of(curve)), va="baseline")
        at = {each.day: each.at_risk for each in curve.at_risk}
        for day in days:
            number = "–" if at.get(day) is None else f"{at[day]:,}"  # noqa: RUF001
            axes.text(day, y, number, transform=placed, ha="center", va="baseline", clip_on=False)


def in_words(view: TimeToEventView, shown: Sequence[CurveView]) -> list[str]:
    """Curves, numbers at risk and tests as sentences.

    Args:
        view: as its reader sees it.
        shown: the curves that are drawn.

    Returns:
        For each curve how many people and events, how it stands at each horizon, and who is at risk.
    """
    found = [f"{view.measures}; share to whom it had not happened, by days from allocation."]
    for curve in shown:
        found.append(
            f"{label_of(curve)}: {told(curve.people)} people, events: {told(curve.events)}."
        )
        found += [f"At {each.horizon}: {_share(each)}." for each in curve.horizons]
        at = {each.day: each.at_risk for each in curve.at_risk}
        at_risk = [f"day {day}: {told(at[day])}" for day in days_told(shown) if day in at]
        none = "withheld" if curve.events is None else "nobody"
        found.append(f"At risk, {'; '.join(at_risk) or none}.")
    found += [f"{test.name}: p = {figure_of(test.p)}." for test in view.tests]
    if view.unadjusted is not None:
        found += [
            f"Hazard ratio of {each.term} to {view.compared_with}: "
            f"{interval(each.ratio, each.low, each.high)}."
            for each in view.unadjusted.hazards
        ]
    return found


def _share(at: AtView) -> str:
    """How a curve stands at a horizon; what is not told is not nought."""
    if at.survival is None:
        return "not told, or nobody was seen so long"
    return interval(at.survival, at.low, at.high)
