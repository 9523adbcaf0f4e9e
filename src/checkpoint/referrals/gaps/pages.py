"""The gaps as one page of HTML with pictures (SVG): to be printed, or read aloud. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from checkpoint.foundation.calendar import day, moment
from checkpoint.foundation.html import policy_of, templates
from checkpoint.referrals.gaps.facts import in_words

TEMPLATES = templates("checkpoint.referrals")
PAGE = TEMPLATES.get_template("gaps.html")
PICTURE = TEMPLATES.get_template("gaps.svg")
STYLE = TEMPLATES.get_template("gaps.css").render()
POLICY = policy_of(STYLE)
LEFT, WIDTH, TOP, ROW = 260, 300, 76, 44
TITLE = "What was not had, beside free places"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A pathway or a district of the picture, and what is told of it in words.

    ``gap`` has no_provider, no_place, waiting and free_places, each None where it is not told.
    """

    label: str
    gap: Any
    words: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line in the picture: how long its two bars are, and what is written beside them."""

    label: str
    y: int
    wanted: float | None
    free: float | None
    figures: str


def bars_of(lines: Sequence[Line]) -> list[Bar]:
    """How long the bars of each line are.

    Args:
        lines: pathways, or the districts of one.

    Returns:
        One each, from the top; lengths in the picture's own units, the longest ``WIDTH``. What is
        not told has no bar, and the figures say so.
    """
    wanted = [_wanted(each.gap) for each in lines]
    free = [each.gap.free_places for each in lines]
    longest = max([1, *(n for n in (*wanted, *free) if n is not None)])
    return [
        Bar(
            label=each.label,
            y=TOP + ROW * place,
            wanted=_length(wanted[place], longest),
            free=_length(free[place], longest),
            figures=f"{_told(wanted[place])} / {_told(free[place])}",
        )
        for place, each in enumerate(lines)
    ]


def _wanted(whole: Any) -> int | None:
    parts = [whole.no_provider, whole.no_place, whole.waiting]
    told = [part for part in parts if part is not None]
    return sum(told) if told else None


def _length(value: int | None, longest: int) -> float | None:
    return None if value is None else round(WIDTH * value / longest, 1)


def _told(value: int | None) -> str:
    return "not told" if value is None else str(value)


def picture(lines: Sequence[Line], *, of: str, title: str, period: str) -> str:
    """Demand beside supply, drawn.

    Args:
        lines: from the top.
        of: a word that no other picture of the page is named by.
        title: what is drawn.
        period: of which days.

    Returns:
        SVG without colour or script: a full bar for what was not had, a hollow one for free
        places; with a title, and everything it shows in words.
    """
    bars = bars_of(lines)
    return PICTURE.render(
        bars=bars,
        of=of,
        title=title,
        period=period,
        words=[each.words for each in lines],
        left=LEFT,
        right=LEFT + WIDTH,
        bottom=TOP + ROW * len(bars),
    )


def pictures(gaps: Any) -> dict[str, Markup]:
    """By pathway the picture of its districts, where it has any; and of all pathways, ``all``."""
    period = _period(gaps)
    whole = [Line(label=each.label, gap=each.whole, words=each.words) for each in gaps.items]
    drawn = {"all": picture(whole, of="all", title=f"{TITLE}, on seven pathways", period=period)}
    for each in gaps.items:
        if each.districts:
            title = f"{TITLE}, by postcode district: {each.label}"
            lines = [_district(row) for row in each.districts]
            drawn[each.pathway] = picture(lines, of=each.pathway, title=title, period=period)
    # Our own template, everything in it escaped.
    return {of: Markup(svg) for of, svg in drawn.items()}  # noqa: S704


def _district(row: Any) -> Line:
    label = row.district or "not known"
    return Line(label=label, gap=row, words=in_words(label, row))


def _period(gaps: Any) -> str:
    return f"{day(gaps.since)} to {day(gaps.until)}"


def page(gaps: Any, *, printed_at: datetime) -> str:
    """The report as a page.

    Args:
        gaps: as they are shown.
        printed_at: when it is printed.

    Returns:
        HTML with a picture of all pathways and one of each one's districts, and all they show in
        words and in tables.
    """
    return PAGE.render(
        gaps=gaps,
        pictures=pictures(gaps),
        period=_period(gaps),
        printed=moment(printed_at),
        told=_told,
    )
