"""The participant flow as a diagram. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from checkpoint.evaluation.flows.facts import told
from checkpoint.evaluation.flows.schemas import FlowArmView, FlowView, PartView
from checkpoint.evaluation.pictures.drawing import LINE, TITLE, Picture, wrapped
from checkpoint.outcomes.cuts.states import Measure

Line = tuple[tuple[float, float], tuple[float, float]]
GAP, PAD, EDGE = 0.3, 0.09, 0.35
NARROWEST, LEAST = 2.45, 7.6


@dataclass(frozen=True)
class Box:
    """A box: its lines, and where its upper left corner stands, in inches from the upper left."""

    lines: Sequence[str]
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        """As high as its lines need."""
        return LINE * len(self.lines) + 2 * PAD

    @property
    def foot(self) -> float:
        """Where it ends."""
        return self.y + self.height


@dataclass(frozen=True)
class Layout:
    """Boxes, and the arrows and lines between them: from, to."""

    boxes: Sequence[Box]
    arrows: Sequence[Line]
    lines: Sequence[Line]
    width: float
    height: float


def drawn(view: FlowView, foot: Sequence[str], measure: Measure) -> Picture:
    """The flow.

    Args:
        view: as its reader sees it.
        foot: of whom and from which cut.
        measure: whose horizons stand in the last boxes.

    Returns:
        The picture, as high as its boxes need.
    """
    found = layout(view, measure)

    def draw(figure: Any, below: float) -> None:
        whole = found.height + TITLE + below
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, found.width)
        axes.set_ylim(whole - TITLE, -TITLE)
        for box in found.boxes:
            _drawn(axes, box)
        for (x0, y0), (x1, y1) in found.lines:
            axes.plot([x0, x1], [y0, y1], color="black", lw=0.9)
        for (x0, y0), (x1, y1) in found.arrows:
            axes.annotate(
                "", (x1, y1), (x0, y0),
                arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 0.9,
                            "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip

    return Picture(
        title=f"Participant flow of {view.trial}{', synthetic' * view.synthetic}",
        words=view.in_words,
        foot=foot,
        width=found.width,
        height=found.height,
        draw=draw,
    )


def _drawn(axes: Any, box: Box) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((box.x, box.y), box.width, box.height, fc="white", ec="black", lw=0.9))
    for number, line in enumerate(box.lines):
        axes.text(box.x + PAD, box.y + PAD + LINE * (number + 0.8), line, va="baseline")


def layout(view: FlowView, measure: Measure) -> Layout:
    """Where everything stands, in inches.

    Args:
        view: the flow.
        measure: whose horizons are told.

    Returns:
        A column of gates with those who stopped to its right; below, a column for each arm.
    """
    arms = len(view.followed)
    width = max(LEAST, arms * NARROWEST + (arms + 1) * EDGE)
    half = (width - 3 * EDGE) / 2
    middle = EDGE + half / 2
    boxes, arrows, y = _gates(view, half)
    top = _box([("Allocated", view.allocated)], EDGE, y, half)
    boxes.append(top)
    y = top.foot + GAP
    if view.given_together is not None:
        aside = _aside("All arms together", view.given_together, 2 * EDGE + half, top.y, half)
        boxes.append(aside)
        level = top.y + top.height / 2
        arrows.append(((EDGE + half, level), (aside.x, level)))
        y = max(y, aside.foot + GAP)
    y += GAP / 2
    each = (width - (arms + 1) * EDGE) / arms
    centres = [EDGE + number * (each + EDGE) + each / 2 for number in range(arms)]
    bus = y - GAP
    lines = [
        ((middle, top.foot), (middle, bus)),
        ((min(middle, centres[0]), bus), (centres[-1], bus)),
    ]
    end = y
    for arm, centre in zip(view.followed, centres, strict=True):
        column = _column(arm, measure, centre - each / 2, y, each)
        boxes += column
        arrows.append(((centre, bus), (centre, y)))
        arrows += [((centre, a.foot), (centre, b.y)) for a, b in pairwise(column)]
        end = max(end, column[-1].foot)
    return Layout(boxes, arrows, lines, width, end + 0.2)


def _gates(view: FlowView, half: float) -> tuple[list[Box], list[Line], float]:
    """The gates, and how far down they reach."""
    boxes: list[Box] = []
    arrows: list[Line] = []
    y, middle = 0.0, EDGE + half / 2
    for gate in view.gates:
        box = _box([(gate.words, gate.people)], EDGE, y, half)
        aside = _aside(gate.stopped_words, gate.stopped, 2 * EDGE + half, box.foot + 0.08, half)
        y = max(aside.foot, box.foot) + GAP / 2
        level = aside.y + aside.height / 2
        boxes += [box, aside]
        arrows += [((middle, box.foot), (middle, y)), ((middle, level), (aside.x, level))]
    return boxes, arrows, y


def _column(arm: FlowArmView, measure: Measure, x: float, y: float, width: float) -> list[Box]:
    label = f"Arm {arm.arm or arm.mask}"
    first = _box([(f"{label}: allocated", arm.allocated)], x, y, width)
    if arm.kept[-1].people != 0:
        kept = [line for part in arm.kept for line in _part(part, width)]
        first = Box([*first.lines, *kept], x, y, width)
    found = [first]
    if arm.given is not None:
        found.append(_aside("Given", arm.given, x, found[-1].foot + GAP, width))
    found.append(_aside("Follow-up", arm.followed, x, found[-1].foot + GAP, width))
    lines: list[str] = []
    for each in arm.analysed:
        if each.measure is measure:
            lines += wrapped(f"{each.measures} within {each.until}", width - 2 * PAD)
            lines += [line for part in each.parts for line in _part(part, width)]
    found.append(Box(lines, x, found[-1].foot + GAP, width))
    return found


def _box(parts: Sequence[tuple[str, int | None]], x: float, y: float, width: float) -> Box:
    lines = [
        line
        for words, people in parts
        for line in wrapped(f"{words} (n = {told(people)})", width - 2 * PAD)
    ]
    return Box(lines, x, y, width)


def _aside(words: str, parts: Sequence[PartView], x: float, y: float, width: float) -> Box:
    lines = [line for part in parts for line in _part(part, width)] or ["• nobody"]
    return Box([*wrapped(words, width - 2 * PAD), *lines], x, y, width)


def _part(part: PartView, width: float) -> list[str]:
    first, *others = wrapped(f"{part.words} (n = {told(part.people)})", width - 2 * PAD - 0.2)
    return [f"• {first}", *(f"   {line}" for line in others)]
