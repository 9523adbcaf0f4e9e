"""Pictures: the same numbers as the figures, the same bytes each time, told in words."""

import io
import re
from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.evaluation.pictures.numbers import figure_of, interval
from checkpoint.evaluation.pictures.views import cumulated, month_ends
from checkpoint.foundation.actors import Role
from evaluating import ROSSI, SMALL
from flowing import FLOW
from picturing import had, lettering, place

pytestmark = pytest.mark.xdist_group("evaluation")
PICTURES = ("flow", "survival", "forest", "recruitment")


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES)
async def test_a_drawing_is_black_on_white_large_enough_and_says_of_whom_it_is(at_cuts, picture):
    answer = await had(at_cuts, ROSSI, f"/{picture}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    written, title, description = lettering(answer.text)
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: [^;]*?([\d.]+)px", answer.text)]
    assert min(sizes) >= 9
    assert "#ffffff" in answer.text
    assert "<script" not in answer.text
    cut = (await had(at_cuts, ROSSI, "")).json()["cut"]
    for told in (written, description):
        assert "Population: Everybody allocated" in told
        assert "Window: " in told
        assert f"Definitions {cut['definitions']}" in told
        assert f"Data cut {cut['number']} of {ROSSI}" in told
        assert cut["digest"][:16] in told
    assert ROSSI in title
    again = await had(at_cuts, ROSSI, f"/{picture}.svg")
    assert again.content == answer.content


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES)
async def test_an_image_carries_its_words_and_is_the_same_each_time(at_cuts, picture):
    from PIL import Image

    answer, again = [await had(at_cuts, ROSSI, f"/{picture}.png") for _ in range(2)]
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == again.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size[0] > 1400
    assert image.getpixel((2, 2))[:3] == (255, 255, 255)
    text = (await had(at_cuts, ROSSI, f"/{picture}.txt")).text
    assert image.text["Title"] == text.splitlines()[0]
    for line in filter(None, text.splitlines()[1:]):
        assert line in image.text["Description"]


async def test_the_flow_diagram_has_the_numbers_of_the_flow(at_cuts, flowed):
    found = (await had(at_cuts, FLOW, "/flow", cut=1)).json()
    answer = await had(at_cuts, FLOW, "/flow.svg", cut=1, measure="charge")
    written, title, description = lettering(answer.text)
    plain = " ".join(written.split())
    for gate in found["gates"]:
        assert f"{gate['words']} (n = {gate['people']:,})" in plain
        for part in gate["stopped"]:
            assert f"{part['words']} (n = {part['people']})" in plain
    for arm in found["followed"]:
        assert f"Arm {arm['mask']}: allocated (n = {arm['allocated']})" in plain
        for each in arm["analysed"]:
            if each["measure"] == "charge":
                assert f"{each['measures']} within {each['until']}" in plain
                assert f"Analysed (n = {each['parts'][0]['people']})" in plain
    assert all(sentence in description for sentence in found["in_words"])
    assert "synthetic" in title
    assert "Arms are letters" in plain


async def test_a_flow_that_does_not_add_up_is_not_drawn(at_cuts, flowed):
    for form in ("svg", "png", "txt"):
        answer = await at_cuts(Role.STATISTICIAN).get(
            place(FLOW, f"/flow.{form}"), params={"cut": 2}
        )
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/flow-does-not-reconcile"


async def test_the_forest_has_every_effect_of_the_figures(at_cuts):
    found = (await had(at_cuts, ROSSI, "")).json()
    groups = (await had(at_cuts, ROSSI, "/subgroups")).json()
    written, _, description = lettering((await had(at_cuts, ROSSI, "/forest.svg")).text)
    results = found["populations"][0]["results"]
    levels = [level for each in groups["subgroups"] for level in each["levels"]]
    for each in [*results, *levels]:
        for comparison in each["comparisons"]:
            ratio = comparison["risk_ratio"]
            if ratio["low"] is None:
                continue
            assert f"{ratio['value']:.4f} ({ratio['low']:.4f} to {ratio['high']:.4f})" in written
            assert f"{ratio['value']:.4f} (95 % interval {ratio['low']:.4f}" in description
    assert "aid 48 of 216, control 66 of 216: risk ratio 0.7273" in description
    assert "Risk ratio (95 % interval)" in written
    assert "← fewer in aid than in control" in written
    assert "more in aid than in control →" in written
    assert description.count(groups["warning"]) == 1
    assert " ".join(written.split()).count(groups["warning"]) == 1
    told = (await had(at_cuts, ROSSI, "/forest.txt")).text
    assert told.count("Exploratory.") == 1
    assert "on the left: fewer in aid than in control. Above 1, on the right: more in aid" in told


@pytest.mark.parametrize("asked", [{}, {"measure": "proven", "horizon": "6 months"}])
async def test_every_line_of_the_forest_has_its_own_window(at_cuts, asked):
    results = (await had(at_cuts, SMALL, "")).json()["populations"][0]["results"]
    told = (await had(at_cuts, SMALL, "/forest.txt", **asked)).text
    written, _, _ = lettering((await had(at_cuts, SMALL, "/forest.svg", **asked)).text)
    on_paper = " ".join(written.split())
    windows = [line for line in told.splitlines() if line.startswith("Window: ")]
    assert len(results) == 6
    for each in results:
        label = f"{each['measures']}, {each['horizon']}"
        (window,) = [line for line in windows if label in line]
        assert window.endswith(f". {each['denominator']}")
        assert window in on_paper
        until = "30 March 2026" if each["measure"] == "proven" else "30 September 2026"
        assert f"{each['until']} from allocation had passed by {until}" in window
        assert f"{label}: B " in told
    assert len(windows) == 4
    of = ("Proven reoffence, 6 months" if asked else "Arrested again, 12 months") + ", by sex"
    assert of in on_paper
    assert "← fewer in B or C than in A" in on_paper


async def test_a_ratio_of_nought_or_to_nobody_is_told_with_what_it_is(at_cuts):
    asked = {"measure": "proven", "horizon": "6 months"}
    told = (await had(at_cuts, SMALL, "/forest.txt", **asked)).text
    assert "B 0 of 1, A 3 of 4: risk ratio 0.0000, without an interval." in told
    assert "B 5 of 12, A 0 of 9: no risk ratio." in told


async def test_the_recruitment_curve_has_the_numbers_of_the_figures(at_cuts, flowed):
    _, people = flowed
    found = (await had(at_cuts, FLOW, "/recruitment", cut=1)).json()
    assert (found["target"], found["allocated"]) == (200, 150)
    for point in found["points"]:
        until = date.fromisoformat(point["until"])
        assert point["allocated"] == sum(p.allocated_on <= until for p in people)
    assert found["points"][-1]["allocated"] == 150
    written, _, description = lettering((await had(at_cuts, FLOW, "/recruitment.svg", cut=1)).text)
    assert "Allocated (150)" in written
    assert "Target (200)" in written
    assert all(sentence in description for sentence in found["in_words"])


async def test_what_an_evaluator_is_not_shown_is_in_no_picture(at_cuts, flowed):
    words = (await had(at_cuts, FLOW, "/flow.txt", Role.EVALUATOR, cut=1)).text
    assert "withheld" in words
    assert not re.search(r": [1-9](;|\.)", words)
    forest = (await had(at_cuts, SMALL, "/forest.svg", Role.EVALUATOR)).text
    assert "withheld" in lettering(forest)[0]
    curves = (await had(at_cuts, SMALL, "/survival.txt", Role.EVALUATOR, measure="proven")).text
    assert not re.search(r"day \d+: [1-9](;|\.)", curves)
    found = (await had(at_cuts, FLOW, "/recruitment", Role.EVALUATOR, cut=1)).json()
    told = [point["allocated"] for point in found["points"]]
    assert all(b - a >= 10 for a, b in pairwise(told))
    together = (await had(at_cuts, SMALL, "/survival.svg", population="per_protocol")).text
    assert "All arms together" in together
    assert "Arm A" not in lettering(together)[0]


@pytest.mark.slow
async def test_an_empty_cut_is_drawn_as_empty(at_cuts):
    for picture in PICTURES:
        for form in ("svg", "png"):
            await had(at_cuts, SMALL, f"/{picture}.{form}", cut=1)


async def test_what_is_not_there_is_not_drawn(at_cuts):
    client = at_cuts(Role.EVALUATOR)
    for picture in PICTURES:
        assert (await client.get(place(ROSSI, f"/{picture}.gif"))).status_code == 422
        assert (
            await client.get(place(ROSSI, f"/{picture}.svg"), params={"cut": 9})
        ).status_code == 404
    wrong = await client.get(place(ROSSI, "/forest.svg"), params={"horizon": "9 months"})
    assert wrong.json()["errors"][0]["code"] == "horizon-not-in-cut"


async def test_each_drawing_is_one_entry_of_the_ledger(at_cuts, cuts_owner):
    query = sa.text("SELECT event FROM audit_entry ORDER BY recorded_at DESC LIMIT 2")
    events = {"flow": "flow", "survival": "time_to_event", "forest": "forest"}
    for picture in PICTURES:
        await had(at_cuts, ROSSI, "")
        await had(at_cuts, ROSSI, f"/{picture}.txt", Role.EVALUATOR)
        async with cuts_owner.connect() as connection:
            found = (await connection.execute(query)).scalars().all()
        event = f"evaluation.{events.get(picture, picture)}_read"
        assert found == [event, "evaluation.summary_read"]


@given(
    st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2022, 12, 31)), st.integers(1, 30)),
             unique_by=lambda each: each[0]),
    st.integers(1, 12),
)  # fmt: skip
def test_months_add_up_to_everybody_and_tell_no_small_month(rows, least):
    days = [SimpleNamespace(day=day, people=people) for day, people in sorted(rows)]
    found = cumulated(days, least=least)
    totals = [0, *(total for _, total in found)]
    assert totals[-1] == sum(people for _, people in rows)
    assert all(b - a >= least for a, b in pairwise(totals)) or len(found) <= 1
    for until, total in found:
        assert total == sum(each.people for each in days if each.day <= until)


def test_figures_are_written_with_their_intervals_where_they_have_them():
    assert interval(0.72727, 0.52811, 1.00161) == "0.7273 (95 % interval 0.5281 to 1.0016)"
    assert (interval(0.0, None, None), interval(None, None, None)) == ("0.0000", "none")
    assert (figure_of(None), figure_of(0.05008)) == ("none", "0.0501")


def test_months_end_with_the_last_day():
    assert month_ends(date(2024, 1, 31), date(2024, 3, 2)) == [
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 2)
    ]  # fmt: skip
    assert month_ends(date(2024, 1, 5), date(2024, 1, 31)) == [date(2024, 1, 31)]
