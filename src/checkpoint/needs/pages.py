"""The distance travelled as a small picture (SVG): to be printed, and told in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from checkpoint.foundation.calendar import LONDON

# Everything is escaped: the template has no way to say otherwise.
TEMPLATES = Environment(
    loader=PackageLoader("checkpoint.needs"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PICTURE = TEMPLATES.get_template("distance-travelled.svg")
# No script, no style, and nothing from anywhere.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
LEFT, WIDTH, TOP, ROW = 260, 300, 86, 34


@dataclass(frozen=True, kw_only=True)
class Line:
    """One pathway in the picture: where its two marks stand, and what is written beside it."""

    label: str
    y: int
    first: float | None
    second: float | None
    figures: str


def lines_of(pathways: Sequence[Any]) -> list[Line]:
    """Where the marks of each pathway stand.

    Args:
        pathways: with label, highest, score_from, score_to and difference.

    Returns:
        One line each, from the top; places in the picture's own units. A score that is not known
        has no mark, and the line says so.
    """
    return [
        Line(
            label=each.label,
            y=TOP + ROW * place,
            first=_at(each.score_from, each.highest),
            second=_at(each.score_to, each.highest),
            figures=_figures(each),
        )
        for place, each in enumerate(pathways)
    ]


def _at(score: int | None, highest: int) -> float | None:
    return None if score is None else round(LEFT + WIDTH * score / highest, 1)


def _figures(each: Any) -> str:
    first, second = ("?" if s is None else s for s in (each.score_from, each.score_to))
    told = f"{first} to {second} of {each.highest}"
    return told if each.difference is None else f"{told} ({each.difference:+d})"


def picture(distance: Any) -> str:
    """How far somebody has come, drawn.

    Args:
        distance: with earlier, later and pathways, as it is shown.

    Returns:
        SVG without colour, script or name: a hollow mark for the earlier score, a full one for the
        later; with a title, and everything it shows in words.
    """
    lines = lines_of(distance.pathways)
    return PICTURE.render(
        lines=lines,
        first=_when(distance.earlier),
        second=_when(distance.later),
        words=[each.words for each in distance.pathways],
        left=LEFT,
        right=LEFT + WIDTH,
        top=TOP,
        bottom=TOP + ROW * (len(lines) - 1),
    )


def _when(moment: Any) -> str:
    return f"{moment.label}, {moment.assessed_at.astimezone(LONDON):%-d %B %Y}"
