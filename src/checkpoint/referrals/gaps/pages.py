"""The gaps as one page of HTML with a picture (SVG): to be printed, or read aloud. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from checkpoint.foundation.calendar import day, moment
from checkpoint.foundation.html import policy_of, templates

TEMPLATES = templates("checkpoint.referrals")
PAGE = TEMPLATES.get_template("gaps.html")
PICTURE = TEMPLATES.get_template("gaps.svg")
STYLE = TEMPLATES.get_template("gaps.css").render()
POLICY = policy_of(STYLE)
LEFT, WIDTH, TOP, ROW = 260, 300, 76, 44


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One pathway in the picture: how long its two bars are, and what is written beside them."""

    label: str
    y: int
    wanted: float | None
    free: float | None
    figures: str


def bars_of(items: Any) -> list[Bar]:
    """How long the bars of each pathway are.

    Args:
        items: pathways with label and whole: no_provider, no_place, waiting and free_places, each
            None where it is not told.

    Returns:
        One each, from the top; lengths in the picture's own units, the longest ``WIDTH``. What is
        not told has no bar, and the figures say so.
    """
    wanted = [_wanted(each.whole) for each in items]
    free = [each.whole.free_places for each in items]
    longest = max([1, *(n for n in (*wanted, *free) if n is not None)])
    return [
        Bar(
            label=each.label,
            y=TOP + ROW * place,
            wanted=_length(wanted[place], longest),
            free=_length(free[place], longest),
            figures=f"{_told(wanted[place])} / {_told(free[place])}",
        )
        for place, each in enumerate(items)
    ]


def _wanted(whole: Any) -> int | None:
    parts = [whole.no_provider, whole.no_place, whole.waiting]
    told = [part for part in parts if part is not None]
    return sum(told) if told else None


def _length(value: int | None, longest: int) -> float | None:
    return None if value is None else round(WIDTH * value / longest, 1)


def _told(value: int | None) -> str:
    return "not told" if value is None else str(value)


def picture(gaps: Any) -> str:
    """Demand beside supply, drawn.

    Args:
        gaps: with since, until and items, as they are shown.

    Returns:
        SVG without colour or script: a full bar for what was not had, a hollow one for free
        places; with a title, and everything it shows in words.
    """
    bars = bars_of(gaps.items)
    return PICTURE.render(
        bars=bars,
        period=f"{day(gaps.since)} to {day(gaps.until)}",
        words=[each.words for each in gaps.items],
        left=LEFT,
        right=LEFT + WIDTH,
        bottom=TOP + ROW * len(bars),
    )


def page(gaps: Any, *, printed_at: datetime) -> str:
    """The report as a page.

    Args:
        gaps: as they are shown.
        printed_at: when it is printed.

    Returns:
        HTML with the picture, and all it shows in words and in a table.
    """
    return PAGE.render(
        gaps=gaps,
        picture=Markup(picture(gaps)),  # noqa: S704 - our own template, everything in it escaped
        period=f"{day(gaps.since)} to {day(gaps.until)}",
        printed=moment(printed_at),
        told=_told,
    )
