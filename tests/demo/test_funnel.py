"""The funnel, as it stands on the screen."""

import io
import re

from rich.console import Console

from checkpoint.demo.funnel import CAME, WORDS, came_in, declines, funnel, given, refusals
from checkpoint.journey.stages import Stage

COUNTS = {
    "arrested": 20,
    "screened": 16,
    "decided": 15,
    "eligible": 5,
    "asked": 5,
    "consented": 4,
    "entered": 3,
    "stages": [
        {"stage": stage.value, "records": people}
        for stage, people in zip(Stage, (4, 1, 2, 5, 3, 0, 1, 1, 0, 1, 2), strict=True)
    ],
    "ineligible": [
        {"criterion": "HATE", "question": "Is it not flagged?", "records": 4, "alone": 2},
        {"criterion": "ALONE", "question": "Is nobody else accused?", "records": 2, "alone": 1},
    ],
    "declined": [{"reason_code": "other", "reason": "Another reason", "records": 1}],
}
NOBODY = dict.fromkeys(CAME, 0) | {"stages": [], "ineligible": [], "declined": []}


def shown(table):
    console = Console(file=io.StringIO(), width=100)
    console.print(table)
    return console.file.getvalue()


def lines(table):
    """Each row's words and figures, and the length of its bar."""
    found = [line for line in shown(table).splitlines() if re.search(r"\d", line)]
    return [(" ".join(line.split("█")[0].split()), line.count("█")) for line in found]


def test_the_funnel_goes_from_the_arrested_to_where_everybody_is():
    rows = lines(funnel(COUNTS))
    assert [words for words, _ in rows] == [
        "arrested 20",
        "screened 16",
        "decided 15",
        "found eligible 5",
        "asked for consent 5",
        "agreed 4",
        "enrolled or allocated 3",
        "allocated in a trial 2",
        "enrolled directly 1",
        "agreed, not in yet 0",
        "took consent back 1",
        "declined to take part 1",
        "eligible, not asked for consent 0",
        "referred to a supervisor 3",
        "refused 5",
        "pending: something is not known yet 2",
        "screening begun, not decided 1",
        "not screened 4",
    ]
    lengths = dict(rows)
    assert lengths["arrested 20"] == 26
    assert lengths["found eligible 5"] == lengths["refused 5"] == 6


def test_the_refused_stand_by_criterion():
    assert [words for words, _ in lines(refusals(COUNTS))] == [
        "Is it not flagged? 4 2",
        "Is nobody else accused? 2 1",
    ]


def test_a_stage_of_a_later_room_keeps_its_own_name():
    later = COUNTS | {"stages": [{"stage": "on_contract", "records": 20}]}
    assert "on_contract" in shown(funnel(later))


def test_nobody_arrested_is_no_fault():
    assert "arrested" in shown(funnel(NOBODY))
    assert lines(refusals(NOBODY)) == []


def test_every_stage_has_its_words():
    assert WORDS.keys() == {stage.value for stage in Stage}


def test_the_declined_stand_by_reason():
    assert lines(declines(COUNTS)) == [("Another reason 1", 13)]
    assert lines(declines(NOBODY)) == []


def test_who_came_in_stands_by_suite_and_by_no_arm():
    shown_rows = [words for words, _ in lines(came_in({"B": NOBODY, "A": COUNTS}))]
    assert shown_rows == ["A 1 2"]


def test_what_was_drawn_and_given_stands_in_order():
    rows = lines(given({"treatment": 2, "control": 1}, {"started": 2, "deviated": 1}))
    assert [words for words, _ in rows] == [
        "drawn: control 1",
        "drawn: treatment 2",
        "deviated 1",
        "started 2",
    ]
