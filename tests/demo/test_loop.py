"""What came of the referrals, as it stands on the screen."""

import io

from rich.console import Console

from checkpoint.demo.loop import CHOSEN, COMPLETED, MISSING, SUMMED, WIDTH, loop
from checkpoint.referrals.gaps.schemas import GapView, LoopView, PathwayGapView


def a_loop(pathway, **counts):
    return dict.fromkeys(SUMMED, 0) | {"pathway": pathway} | counts


def a_gap(pathway, none, label=None):
    whole = {"no_provider": none}
    return {"pathway": pathway, "label": label or pathway.capitalize(), "whole": whole}


def lines(summary, gaps, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(loop({"items": summary}, {"items": gaps}))
    text = console.file.getvalue()
    found = [line.split() for line in text.splitlines()]
    return text, {line[0]: line[1:] for line in found if len(line) > 6 and line[1].isdigit()}


def test_each_pathway_has_one_line_over_its_providers_with_a_picture():
    summary = [
        a_loop("finance", shown=9, chosen=4, attended=3, completed=2, still_open=1),
        a_loop("finance", shown=3, chosen=2, attended=1, completed=1, no_place=1),
        a_loop("health", shown=5, chosen=3, attended=1, completed=0, still_open=2),
    ]
    text, rows = lines(summary, [a_gap("finance", 0), a_gap("health", 2), a_gap("attitudes", None)])
    figures = {name: row[:7] for name, row in rows.items()}
    assert figures == {
        "Finance": ["12", "6", "4", "3", "1", "1", "0"],
        "Health": ["5", "3", "1", "0", "2", "0", "2"],
        "Attitudes": ["0", "0", "0", "0", "0", "0", "0"],
        "all": ["17", "9", "5", "3", "3", "1", "2"],
    }
    half, sixth = WIDTH // 2, WIDTH // 6
    assert rows["Finance"][7] == COMPLETED * half + CHOSEN * 2 * sixth + MISSING * sixth
    assert rows["Health"][7] == CHOSEN * half + MISSING * 2 * sixth
    assert len(rows["Attitudes"]) == 7
    assert "no provider available" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_a_long_name_is_cut_and_not_the_figures():
    label = "Education, training and employability"
    text, _ = lines([a_loop("a", shown=1234, chosen=99)], [a_gap("a", 12, label)])
    assert "Education, training" in text
    assert "1234" in text
    assert "…" in text
    assert max(map(len, text.splitlines())) <= 80


def test_nobody_referred_is_no_fault():
    _, rows = lines([], [a_gap("finance", 0)])
    assert rows["Finance"] == rows["all"] == ["0"] * 7


def test_it_reads_what_the_doors_give():
    assert {*SUMMED, "pathway"} <= {*LoopView.model_fields}
    assert {"pathway", "label", "whole"} <= {*PathwayGapView.model_fields}
    assert "no_provider" in GapView.model_fields
