"""Equality monitoring: rates and relative rate indexes at every gate, small counts suppressed."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.evaluation.control import SUPPRESSED_AND_ROUNDED, rounded, table
from checkpoint.evaluation.equality.rules import Step, compared, reference_of, steps
from checkpoint.evaluation.estimates import Group
from checkpoint.foundation.actors import Role
from evaluating import ROSSI
from flowing import FLOW, cases

pytestmark = pytest.mark.xdist_group("evaluation")
PLACE = f"/v1/trials/{FLOW}/evaluation/equality"
GROUPS = st.dictionaries(
    st.sampled_from(["asian", "black", "mixed", "not_stated", "white"]),
    st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(sum),
    min_size=1,
)


@pytest.mark.slow
def test_rates_are_multiples_of_the_reference_as_in_the_worked_example():
    # Equal Employment Opportunity Commission and others, Questions and Answers to Clarify and
    # Provide a Common Interpretation of the Uniform Guidelines (1979): of whites 60 % go on, of
    # American Indians 45 %, of Hispanics 48 %, of Blacks 51 %, so 75, 80 and 85 % as often.
    rates = {"white": 60, "american_indian": 45, "hispanic": 48, "black": 51}
    step = Step("consented", {name: Group(100, rate) for name, rate in rates.items()})
    found = {each.group: each for each in compared(step, "white", None)}
    indexes = {name: each.index.value for name, each in found.items() if each.index}
    assert indexes == pytest.approx({"american_indian": 0.75, "hispanic": 0.80, "black": 0.85})
    assert found["white"].index is None
    # Katz's interval by hand: ln 0.75 -/+ 1.96 x sqrt(1/45 - 1/100 + 1/60 - 1/100).
    american_indian = found["american_indian"].index
    assert american_indian.low == pytest.approx(0.5729, abs=5e-5)
    assert american_indian.high == pytest.approx(0.9819, abs=5e-5)


def test_each_gate_is_of_those_who_came_through_the_one_before():
    by = [
        {"gate": "arrested", "sex": "F", "cases": 4},
        {"gate": "screened", "sex": None, "cases": 3},
        {"gate": "allocated", "sex": "F", "cases": 2},
        {"gate": "consented", "sex": "M", "cases": 1},
    ]
    people = [
        SimpleNamespace(sex="F", people=1, given=True, completed=True),
        SimpleNamespace(sex="F", people=1, given=False, completed=None),
    ]
    found = {step.gate: step.groups for step in steps(by, people, "sex")}
    assert found["screened"] == {
        "F": Group(6, 2), "M": Group(1, 1), "not_stated": Group(3, 3)
    }  # fmt: skip
    assert found["allocated"] == {"F": Group(2, 2), "M": Group(1, 0)}
    assert (found["given"], found["completed"]) == ({"F": Group(2, 1)}, {"F": Group(1, 1)})
    assert [step.gate for step in steps([], people, "sex")] == ["given", "completed"]


def test_the_reference_is_the_largest_group_that_said_what_it_is_or_the_one_declared():
    step = Step("screened", {"not_stated": Group(50, 5), "a": Group(20, 5), "b": Group(30, 5)})
    assert reference_of([step]) == "b"
    assert (reference_of([step], "a"), reference_of([step], "c")) == ("a", None)
    assert reference_of([Step("screened", {"not_stated": Group(50, 5)})]) is None


@pytest.mark.slow
@given(GROUPS)
def test_no_count_under_ten_is_shown_and_none_can_be_worked_out(groups):
    step = Step("given", {name: Group(a + b, b) for name, (a, b) in groups.items()})
    reference = reference_of([step])
    found = compared(step, reference, SUPPRESSED_AND_ROUNDED)
    assert [each.group for each in found] == sorted(
        groups, key=lambda name: (name == "not_stated", name)
    )
    told = [each for each in found if each.came is not None]
    for each in told:
        assert each.went_on >= 10 <= each.came - each.went_on
        assert each.went_on % 5 == each.came % 5 == 0
    assert len(found) - len(told) != 1 or len(found) == 1
    for each in found:
        assert (each.rate is None) == (each.came is None)
        assert each.index is None or each.came is not None


def test_a_table_is_suppressed_then_rounded_and_its_totals_are_those_of_what_is_shown():
    found = table([[12, 3], [40, 23]], SUPPRESSED_AND_ROUNDED)
    assert found.cells == ((None, None), (None, None))
    assert (found.rows, found.total) == ((None, None), None)
    found = table([[12, 13], [40, 23]], SUPPRESSED_AND_ROUNDED)
    assert (found.cells, found.rows) == (((10, 15), (40, 25)), (25, 65))
    assert (found.columns, found.total) == ((50, 40), 90)
    assert found.policy == "domain notes 7.1 f"
    assert (rounded(9, SUPPRESSED_AND_ROUNDED), table([], SUPPRESSED_AND_ROUNDED).cells) == (
        None,
        (),
    )


async def told(at_cuts, role=Role.STATISTICIAN, place=PLACE, **params):
    answer = await at_cuts(role).get(place, params=params)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found, {each["by"]: each for each in found["characteristics"]}


@pytest.mark.slow
async def test_every_gate_from_arrest_to_completion_is_told_by_each_group(at_cuts, flowed):
    _, people = flowed
    found, by = await told(at_cuts, cut=1)
    assert [*by] == ["ethnicity", "sex", "age_band", "suite"]
    gates = ["screened", "eligible", "consented", "allocated", "given", "completed"]
    for name, each in by.items():
        assert [gate["gate"] for gate in each["gates"]] == gates
        for group in each["gates"][0]["groups"]:
            code = None if group["group"] == "not_stated" else group["group"]
            of = [case for case in cases(150) if case[name] == code]
            assert group["came"] == sum(case["cases"] for case in of)
            assert group["went_on"] == sum(c["cases"] for c in of if c["gate"] != "arrested")
    given, completed = by["sex"]["gates"][-2:]
    for group in given["groups"]:
        of = [p for p in people if p.sex == group["group"]]
        assert (group["came"], group["went_on"]) == (
            len(of), sum(p.delivered_mask == p.mask for p in of)
        )  # fmt: skip
    for group in completed["groups"]:
        of = [p for p in people if p.sex == group["group"] and p.completed is not None]
        assert (group["came"], group["went_on"]) == (len(of), sum(p.completed for p in of))
    assert (by["ethnicity"]["reference"], found["policy"]) == ("white", None)
    index = by["ethnicity"]["gates"][0]["groups"][1]["index"]
    assert index["low"] < index["value"] < index["high"]


async def test_an_evaluator_sees_counts_suppressed_and_rounded(at_cuts, flowed):
    found, by = await told(at_cuts, Role.EVALUATOR, cut=1)
    assert (found["policy"], found["control"][:15]) == ("domain notes 7.1 f", "Counts under 10")
    groups = [g for each in by.values() for gate in each["gates"] for g in gate["groups"]]
    hidden = [group for group in groups if group["came"] is None]
    assert 0 < len(hidden) < len(groups)
    assert {group["withheld"][:10] for group in hidden} == {"Suppressed"}
    for group in groups:
        for name in ("came", "went_on"):
            assert group[name] is None or (group[name] >= 10 and group[name] % 5 == 0)


@pytest.mark.slow
async def test_the_group_that_others_are_held_against_can_be_declared(at_cuts, flowed):
    _, by = await told(at_cuts, cut=1, reference=["ethnicity:black", "sex:F"])
    assert (by["ethnicity"]["reference"], by["ethnicity"]["declared"]) == ("black", True)
    assert (by["suite"]["declared"], by["sex"]["reference"]) == (False, "F")
    client = at_cuts(Role.EVALUATOR)
    refused = await client.get(PLACE, params={"cut": 1, "reference": "sex:X"})
    assert refused.json()["errors"][0]["code"] == "group-not-in-cut"
    assert (await client.get(PLACE, params={"reference": "colour:red"})).status_code == 422


async def test_a_programme_that_tells_no_gates_is_told_from_allocation_on(at_cuts):
    found, by = await told(at_cuts, place=f"/v1/trials/{ROSSI}/evaluation/equality")
    assert found["nothing_before"].startswith("The programme tells nothing")
    assert [gate["gate"] for gate in by["sex"]["gates"]] == ["given", "completed"]
    assert [group["group"] for group in by["ethnicity"]["gates"][0]["groups"]] == ["not_stated"]
    assert by["ethnicity"]["reference"] is None
