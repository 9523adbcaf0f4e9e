from datetime import UTC, datetime
from types import SimpleNamespace
from xml.etree import ElementTree as ET

from checkpoint.needs.pages import LEFT, WIDTH, lines_of, picture

SVG = "{http://www.w3.org/2000/svg}"


def travelled(label="Health", first=3, second=1, highest=6):
    known = first is not None and second is not None
    return SimpleNamespace(
        label=label,
        highest=highest,
        score_from=first,
        score_to=second,
        difference=second - first if known else None,
        words=f"{label}: told in words.",
    )


def a_distance(*pathways):
    when = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    return SimpleNamespace(
        earlier=SimpleNamespace(label="In custody", assessed_at=when),
        later=SimpleNamespace(label="At exit", assessed_at=when.replace(month=7)),
        pathways=pathways,
    )


def test_a_mark_stands_where_its_score_lies_and_an_unknown_one_nowhere():
    known, unknown = lines_of([travelled(), travelled(first=None)])
    assert (known.first, known.second) == (LEFT + WIDTH / 2, LEFT + WIDTH / 6)
    assert (unknown.first, unknown.second) == (None, LEFT + WIDTH / 6)
    assert (known.figures, unknown.figures) == ("3 to 1 of 6 (-2)", "? to 1 of 6")
    assert unknown.y > known.y


def test_the_picture_is_whole_and_says_in_words_what_it_shows():
    drawn = ET.fromstring(picture(a_distance(travelled(), travelled("Finance", second=None))))
    assert drawn.get("role") == "img"
    named = {each.get("id"): each.text for each in drawn if each.get("id")}
    assert drawn.get("aria-labelledby").split() == [*named]
    assert named["desc"].startswith("From In custody, 3 November 2026 to At exit, 4 July 2026.")
    assert named["desc"].endswith("Health: told in words. Finance: told in words.")
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert {"Health", "Finance", "3 to ? of 6", "greatest need"} <= {*texts}
    legend, marks = 2, 3
    assert len([*drawn.iter(f"{SVG}circle")]) == legend + marks


def test_it_is_drawn_without_colour_style_or_script():
    drawn = ET.fromstring(picture(a_distance(travelled("<script>"))))
    parts = [*drawn.iter()]
    assert {part.tag.removeprefix(SVG) for part in parts} == {
        "svg", "title", "desc", "rect", "circle", "text", "line",
    }  # fmt: skip
    inks = {part.get(name) for part in parts for name in ("fill", "stroke")} - {None}
    assert all(ink[1:3] == ink[3:5] == ink[5:7] for ink in inks)
