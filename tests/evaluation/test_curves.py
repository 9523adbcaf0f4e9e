"""Survival curves as pictures: steps to whoever sees each event, points to whoever does not."""

import re

import pytest

from checkpoint.evaluation.pictures.curves import LEFT, NAMED, drawn, shorten
from checkpoint.evaluation.pictures.drawing import WIDEST
from checkpoint.evaluation.times.schemas import TimeToEventView
from checkpoint.foundation.actors import Role
from evaluating import ROSSI, SMALL
from flowing import FLOW
from picturing import had, lettering

pytestmark = pytest.mark.xdist_group("evaluation")


async def test_the_curves_have_the_numbers_at_risk_of_the_figures(at_cuts):
    found = (await had(at_cuts, ROSSI, "/time-to-event", adjusted=False)).json()
    answer = await had(at_cuts, ROSSI, "/survival.svg")
    written, _, description = lettering(answer.text)
    assert "Number at risk" in written
    for curve in found["curves"]:
        assert f"Arm {curve['arm']}" in written
        for each in curve["at_risk"]:
            number = "–" if each["at_risk"] is None else f"{each['at_risk']}"  # noqa: RUF001
            assert number in written.split()
        last = curve["horizons"][-1]
        assert f"{last['survival']:.4f} (95 % interval {last['low']:.4f}" in description
    assert "0.7778" in description
    assert "0.6944" in description
    assert f"log-rank test: p = {found['tests'][0]['p']:.4f}" in description
    assert f"{found['unadjusted']['hazards'][0]['ratio']:.4f}" in description


async def test_curves_told_in_steps_of_many_events_are_points_and_all_others_steps(at_cuts):
    from matplotlib.figure import Figure

    looks = {}
    for role in (Role.STATISTICIAN, Role.EVALUATOR):
        answer = await had(at_cuts, ROSSI, "/time-to-event", role, adjusted=False)
        view = TimeToEventView.model_validate_json(answer.text)
        figure = Figure()
        drawn(view, []).draw(figure, 1.0)
        named = [line for line in figure.axes[0].lines if line.get_label().startswith("Arm ")]
        looks[role] = {(line.get_drawstyle(), line.get_linestyle()) for line in named}
        for line, curve in zip(named, view.curves, strict=True):
            assert [*line.get_xdata()] == [0, *(step.day for step in curve.steps)]
            assert [*line.get_ydata()] == [1, *(step.survival for step in curve.steps)]
            points = [] if role is Role.STATISTICIAN else [*range(1, len(curve.steps) + 1)]
            assert (line.get_markevery() or []) == points
        foot = " ".join((await had(at_cuts, ROSSI, "/survival.txt", role)).text.split())
        assert ("Hatched bands are the 95 % intervals" in foot) is (role is Role.STATISTICIAN)
        assert ("Bars through points are the 95 % intervals" in foot) is (role is Role.EVALUATOR)
        assert ("A point stands on the day" in foot) is (role is Role.EVALUATOR)
        assert view.method in foot
    assert looks[Role.STATISTICIAN] == {("steps-post", "-"), ("steps-post", "--")}
    assert looks[Role.EVALUATOR] == {("default", ":")}


async def test_numbers_at_risk_are_told_in_words_as_on_the_paper(at_cuts):
    figures = (await had(at_cuts, SMALL, "/time-to-event", Role.EVALUATOR)).json()
    assert len({len(curve["at_risk"]) for curve in figures["curves"]}) > 1
    told = (await had(at_cuts, SMALL, "/survival.txt", Role.EVALUATOR)).text
    days = [re.findall(r"day (\d+):", line) for line in told.splitlines() if "At risk, " in line]
    assert len(days) == 3
    assert all(each == max(days, key=len)[: len(each)] for each in days)


async def test_curves_that_show_little_say_why_on_the_paper(at_cuts, flowed):
    held = lettering((await had(at_cuts, FLOW, "/survival.svg", Role.EVALUATOR, cut=5)).text)[0]
    assert "No curve is drawn. Withheld: it rests on 1 to 9" in " ".join(held.split())
    few = (await had(at_cuts, FLOW, "/survival.svg", Role.EVALUATOR, cut=1)).text
    assert "In steps of at least 10 events" in " ".join(lettering(few)[0].split())
    each = (await had(at_cuts, FLOW, "/survival.svg", cut=5)).text
    assert "No curve is drawn" not in each
    assert "A point stands" not in held
    assert " intervals of each day" not in held
    assert "In steps of at least" not in each
    told = (await had(at_cuts, FLOW, "/survival.txt", Role.EVALUATOR, cut=5)).text
    assert "At risk, withheld." in told


def test_names_beside_numbers_at_risk_leave_them_their_place():
    assert shorten("All arms together") == "All arms together"
    short = shorten("Arm conditional caution")
    assert (short, len(short)) == ("Arm conditional …", NAMED)
    assert 0.3 + NAMED * WIDEST < LEFT - 4 * WIDEST / 2  # four digits, in the middle of day 0
