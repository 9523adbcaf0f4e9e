"""A picture's paper: black on white, in print's size, the same bytes each time, told in words.

matplotlib is loaded when first needed, and drawn with by its objects alone. It is not made for
threads, so one picture is drawn at a time. Pure but for that.
"""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from checkpoint.evaluation.pictures.states import Form

POINTS = 9.0  # the smallest lettering
LINE = 0.17  # inches from one line of it to the next
WIDEST = 0.074  # inches of a letter, with some to spare
MARGIN = 0.3
TITLE = 0.6
DOTS = 200  # an inch
# Told apart without colour: by stroke, by hatching, and by the shape of points.
STROKES = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 3)))
COLOURS = ("#000000", "#0072B2", "#B04A00", "#5D3A7A", "#00614A", "#6B6B6B")
HATCHES = ("////", "....", "\\\\\\\\", "xxxx", "++++", "oooo")
SHAPES = ("o", "s", "^", "D", "v", "P")
STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": POINTS,
    "axes.labelsize": POINTS,
    "axes.titlesize": 10,
    "xtick.labelsize": POINTS,
    "ytick.labelsize": POINTS,
    "legend.fontsize": POINTS,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": "black",
    "axes.edgecolor": "black",
    "axes.labelcolor": "black",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.4,
    "svg.fonttype": "none",  # letters stay letters: to be searched, read aloud, and copied
    "svg.hashsalt": "checkpoint",
    "text.parse_math": False,  # a name with two dollars in it is a name
}
LOCK = Lock()
Draw = Callable[[Any, float], None]


@dataclass(frozen=True)
class Picture:
    """What is to be drawn.

    ``draw`` is given a figure and how much of its height, from below, the foot takes. ``words`` say
    all that the picture shows; ``foot`` is of whom and from which cut.
    """

    title: str
    words: Sequence[str]
    foot: Sequence[str]
    width: float
    height: float
    draw: Draw

    @property
    def description(self) -> str:
        """All of it in words."""
        return " ".join([*self.words, *self.foot])


def rendered(picture: Picture, form: Form) -> bytes:
    """A picture as a file.

    Args:
        picture: what is to be drawn; its measures are inches.
        form: as what.

    Returns:
        The same bytes for the same picture. A drawing has its title and its words as ``title`` and
        ``desc``, an image as chunks of text of these names.
    """
    if form is Form.TEXT:
        return "\n".join([picture.title, "", *picture.words, "", *picture.foot, ""]).encode()
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    foot = _wrapped(picture.foot, picture.width)
    below = MARGIN + LINE * len(foot)
    height = picture.height + TITLE + below
    file = BytesIO()
    with LOCK, rc_context(STYLE):
        figure = Figure(figsize=(picture.width, height))
        _lettered(figure, picture, foot, height)
        picture.draw(figure, below)
        metadata = {"Title": picture.title, "Description": picture.description}
        extra = {"Date": None, "Creator": "Checkpoint"} if form is Form.SVG else {"Software": None}
        figure.savefig(file, format=form.value, dpi=DOTS, metadata=metadata | extra)
    return _described(file.getvalue(), picture) if form is Form.SVG else file.getvalue()


def _wrapped(lines: Sequence[str], width: float) -> list[str]:
    return [part for line in lines for part in wrapped(line, width - 2 * MARGIN)]


def wrapped(text: str, width: float) -> list[str]:
    """A text in lines of the smallest lettering.

    Args:
        text: words; a count, as in (n = 5), stays in one line.
        width: inches, 0.6 at least.

    Returns:
        Lines, one at least.
    """
    kept = text.replace("(n = ", "(n\u00a0=\u00a0")
    lines = textwrap.wrap(kept, max(int(width / WIDEST), 8)) or [""]
    return [line.replace("\u00a0", " ") for line in lines]


def _lettered(figure: Any, picture: Picture, foot: Sequence[str], height: float) -> None:
    left = MARGIN / picture.width
    title = "\n".join(textwrap.wrap(picture.title, int((picture.width - 2 * MARGIN) / 0.105)))
    figure.text(left, 1 - 0.15 / height, title, va="top", fontsize=12, fontweight="bold")
    for number, line in enumerate(foot, start=1):  # from the top, so that it is copied in order
        figure.text(left, (0.12 + LINE * (len(foot) - number)) / height, line, va="bottom")


def _described(drawn: bytes, picture: Picture) -> bytes:
    """With its words where a screen reader looks for them."""
    text = drawn.decode()
    title = escape(picture.title)
    text = text.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    return text.replace(
        f"<title>{title}</title>",
        f'<title id="title">{title}</title>\n <desc id="desc">{escape(picture.description)}</desc>',
        1,
    ).encode()
