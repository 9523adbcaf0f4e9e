"""How many had been allocated by when, against the target. Pure."""

from collections.abc import Sequence
from typing import Any

from checkpoint.evaluation.flows.facts import told
from checkpoint.evaluation.pictures.drawing import TITLE, Picture
from checkpoint.evaluation.pictures.schemas import RecruitmentView

WIDTH, HEIGHT = 7.6, 4.2


def drawn(view: RecruitmentView, foot: Sequence[str]) -> Picture:
    """The curve of recruitment, with the line that would reach the target.

    Args:
        view: as its reader sees it.
        foot: of whom and from which cut.

    Returns:
        The picture.
    """

    def draw(figure: Any, below: float) -> None:
        whole = HEIGHT + TITLE + below
        axes = figure.add_axes(
            (0.95 / WIDTH, (below + 0.6) / whole, (WIDTH - 1.4) / WIDTH, (HEIGHT - 0.6) / whole)
        )
        _drawn(axes, view)

    return Picture(
        title=f"Recruitment of {view.trial}{', synthetic' * view.synthetic}",
        words=view.in_words,
        foot=foot,
        width=WIDTH,
        height=HEIGHT,
        draw=draw,
    )


def _drawn(axes: Any, view: RecruitmentView) -> None:
    days = [point.until for point in view.points]
    axes.step(
        days, [point.allocated for point in view.points], where="post", color="black", lw=1.6,
        marker="o", ms=3, label=f"Allocated ({told(view.allocated)})",
    )  # fmt: skip
    line = [(point.until, point.line) for point in view.points if point.line is not None]
    if line:
        x, y = zip(*line, strict=True)
        axes.plot(x, y, color="#0072B2", ls="--", lw=1.4, label="Even recruitment to the target")
    axes.axhline(view.target, color="black", ls=":", lw=1.2, label=f"Target ({view.target:,})")
    axes.set_ylim(0, max(view.target, view.allocated or 0, 1) * 1.08)
    axes.set_xlabel("Allocated by the end of")
    axes.set_ylabel("People")
    for each in axes.get_xticklabels():
        each.set_rotation(30)
        each.set_ha("right")
    axes.legend(loc="upper left", frameon=True, edgecolor="black", framealpha=1, handlelength=3.5)
