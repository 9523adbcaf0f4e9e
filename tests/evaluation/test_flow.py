"""The participant flow: every box is the sum of what leaves it, or nothing is told."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.evaluation.flows.facts import words_of
from checkpoint.evaluation.flows.rules import checked, hidden
from checkpoint.evaluation.flows.states import FlowDoesNotReconcile
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.facts import GATES
from checkpoint.outcomes.cuts.rules import Flow, before_allocation, faults, gates_of
from evaluating import ROSSI
from flowing import FLOW, a_flow

pytestmark = pytest.mark.xdist_group("evaluation")
PLACE = f"/v1/trials/{FLOW}/evaluation/flow"
COUNTS = st.integers(0, 40)


@st.composite
def flows(draw):
    """What a cut of any programme might tell, with how many were allocated."""
    people = draw(COUNTS)
    there = [gate for gate in GATES[:-1] if draw(st.booleans())]
    told, on = {}, people
    for gate in reversed(there):
        reasons = draw(st.dictionaries(st.sampled_from(["not_asked", "other", "left"]), COUNTS))
        told |= {f"{gate}_{reason}": count for reason, count in reasons.items()}
        on += sum(reasons.values()) if any(reasons.values()) else draw(COUNTS)
        told[gate] = on
    return told | {"allocated": people}, people


@st.composite
def trees(draw):
    """Boxes that divide into others, as deep and as wide as they come."""
    flow = Flow({"all": 0})
    flow.boxes["all"] = draw(st.integers(0, 120))
    for number in range(draw(st.integers(1, 5))):
        whole = draw(st.sampled_from(sorted(flow.boxes)))
        rest, parts = flow.boxes[whole], {}
        for part in range(draw(st.integers(0, 3))):
            parts[f"{number}.{part}"] = draw(st.integers(0, rest))
            rest -= parts[f"{number}.{part}"]
        flow.divide(whole, parts | {f"{number}.rest": rest})
    return flow


@given(flows())
def test_a_flow_adds_up_from_the_first_gate_that_is_told_to_allocation(case):
    told, people = case
    gates = gates_of(told, people)
    flow = checked(before_allocation(gates, people))
    assert [gate.code for gate in gates] == [gate for gate in GATES[:-1] if gate in told]
    assert all(gate.came == told[gate.code] for gate in gates)
    stopped = sum(sum(gate.stopped.values()) for gate in gates)
    assert flow.boxes["allocated"] + stopped == max([people, *(gate.came for gate in gates)])


@given(trees(), st.data())
def test_one_person_more_in_any_box_that_divides_is_found(flow, data):
    assert faults(flow) == []
    box = data.draw(st.sampled_from([part for _, parts in flow.sums for part in parts]))
    flow.boxes[box] += 1
    assert len(faults(flow)) >= 1
    with pytest.raises(FlowDoesNotReconcile):
        checked(flow)


@given(trees())
def test_what_is_hidden_is_never_alone_in_a_sum_and_nobody_else_sees_one_to_nine(flow):
    assert hidden(flow, exact=True) == frozenset()
    gone = hidden(flow, exact=False)
    assert {box for box, count in flow.boxes.items() if 0 < count < 10} <= gone
    for whole, parts in flow.sums:
        assert len(gone & {whole, *parts}) != 1


def by_subtraction(flow, gone, cells):
    """Whether the sum of hidden boxes follows from those that are told: a sum of the flow's sums."""
    order = sorted(gone)
    rows = [
        [(box in parts) - (box == whole) for box in order]
        for whole, parts in flow.sums
        if gone & {whole, *parts}
    ]
    asked = [int(box in cells) for box in order]
    rank = np.linalg.matrix_rank
    return bool(rows) and rank(np.array(rows)) == rank(np.array([*rows, asked]))


@settings(max_examples=150, deadline=None)
@given(trees())
def test_no_subtraction_tells_how_many_one_to_nine_of_a_box_are(flow):
    gone = hidden(flow, exact=False)
    for whole, parts in flow.sums:
        boxes = [box for box in (whole, *parts) if box in gone]
        for size in range(1, len(boxes) + 1):
            for cells in combinations(boxes, size):
                if whole in cells and size > 1:
                    continue
                if 0 < sum(flow.boxes[box] for box in cells) < 10:
                    assert not by_subtraction(flow, gone, cells)


def test_what_is_hidden_of_a_box_is_not_few_together():
    flow = Flow({"arm": 300})
    flow.divide("arm", {"seen": 295, "died": 2, "left": 0, "lost": 3}, known=["arm"])
    flow.divide("seen", {"analysed": 200, "not_yet": 95})
    assert hidden(flow, exact=False) >= {"seen", "died", "lost"}
    many = Flow({"arm": 300})
    many.divide("arm", {"seen": 270, "died": 2, "left": 20, "lost": 8}, known=["arm"])
    assert hidden(many, exact=False) == {"died", "lost"}


def test_what_is_hidden_of_a_box_is_not_few_with_what_is_hidden_below_another():
    flow = Flow({"came": 145}, known={"came"})
    flow.divide("came", {"refused": 5, "went": 40, "waits": 100})
    flow.divide("went", {"seen": 38, "lost": 2})
    assert hidden(flow, exact=False) == {"refused", "went", "waits", "lost"}


def test_a_box_whose_rest_is_told_elsewhere_stays_hidden_by_itself():
    flow = Flow({"all": 20})
    flow.divide("all", {"in": 16, "out": 4}, known=["all", "in", "out"])
    flow.divide("in", {"seen": 13, "gone": 3})
    assert hidden(flow, exact=False) == {"gone", "seen"}
    flow.known.add("seen")
    assert hidden(flow, exact=False) == {"gone"}


@pytest.mark.parametrize("name", ["referred", "allocated_late", "screened_", "consented_left"])
def test_a_count_that_belongs_to_no_gate_is_refused(name):
    with pytest.raises(FlowDoesNotReconcile, match=name):
        gates_of({"arrested": 30, "screened": 20, name: 3}, 10)


def test_fewer_at_an_earlier_gate_than_at_a_later_one_is_a_fault():
    told = {"gates": {"screened": 8, "eligible": 12}, "stopped": {}}
    found = faults(before_allocation(gates_of(told, 12), 12))
    assert found == ["screened.not_told: -4 people"]


def test_a_reason_is_told_as_the_cut_calls_it_with_a_criterions_code_beside_it():
    called = {"ineligible_ADULT": "Was the person an adult?", "legal_advice": "On legal advice"}
    assert words_of("ineligible_ADULT", called) == "not eligible, ADULT: Was the person an adult?"
    assert words_of("legal_advice", called) == "on legal advice"
    assert words_of("ineligible_ADULT") == "not eligible: ADULT"
    assert words_of("no_staff") == "no staff"


async def told(at_cuts, place=PLACE, role=Role.STATISTICIAN, **params):
    answer = await at_cuts(role).get(place, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_code(parts):
    return {part["code"]: part["people"] for part in parts}


async def test_the_flow_tells_who_came_how_far_from_arrest_to_analysis(at_cuts, flowed):
    _, people = flowed
    found = await told(at_cuts, cut=1)
    flow = a_flow(150)
    assert (found["begins"], found["nothing_before"]) == ("arrested", None)
    assert {gate["gate"]: gate["people"] for gate in found["gates"]} | {"allocated": 150} == flow[
        "gates"
    ]
    for gate in found["gates"]:
        assert by_code(gate["stopped"]) == flow["stopped"][gate["gate"]]
    for arm in found["followed"]:
        of = [p for p in people if p.mask == arm["mask"]]
        assert (arm["arm"], arm["given"], arm["allocated"]) == (None, None, len(of))
        counted = Counter(p.ended_by.value for p in of)
        assert by_code(arm["followed"]) == {
            code: counted[code] for code in by_code(arm["followed"])
        }
        for each in arm["analysed"]:
            assert sum(by_code(each["parts"]).values()) == arm["allocated"]
    words = [part["words"] for part in found["gates"][1]["stopped"]]
    assert words == [
        "not eligible",
        "not eligible, ADULT: Was the person 18 or over when arrested?",
        "not eligible: in breach",
    ]
    given = by_code(found["given_together"])
    assert sum(given.values()) == 150
    assert given["another_arm"] == sum(p.delivered_mask not in (None, p.mask) for p in people)
    assert "until two people have unblinded" in found["withheld"][0]
    assert {arm["kept"][0]["people"] for arm in found["followed"]} == {50}
    assert found["sums_checked"] == 4 + 1 + 3 + 1 + 3 * (1 + 3 * 2) + 1


async def test_the_flow_analyses_as_many_as_the_summary_does(at_cuts, flowed):
    flow = await told(at_cuts, cut=1)
    summary = await told(at_cuts, PLACE.removesuffix("/flow"), cut=1)
    analysed = {
        (each["measure"], each["horizon"], arm["mask"]): by_code(each["parts"])["analysed"]
        for arm in flow["followed"]
        for each in arm["analysed"]
    }
    assert analysed == {
        (each["measure"], each["horizon"], arm["mask"]): arm["people"]
        for each in summary["populations"][0]["results"]
        for arm in each["arms"]
    }


@pytest.mark.slow
async def test_who_agreed_no_longer_was_allocated_and_is_left_out(at_cuts, flowed):
    found = await told(at_cuts, cut=4)
    assert found["allocated"] == 17
    assert (
        found["gates"][-1]["people"] == 17 + a_flow(17)["stopped"]["consented"]["allocated_before"]
    )
    kept = {arm["mask"]: (arm["allocated"], by_code(arm["kept"])) for arm in found["followed"]}
    assert kept == {
        "A": (12, {"kept": 0, "left_out": 12}),
        "B": (5, {"kept": 0, "left_out": 5}),
        "C": (0, {"kept": 0, "left_out": 0}),
    }
    drawn = (await at_cuts(Role.STATISTICIAN).get(f"{PLACE}.svg", params={"cut": 4})).text
    assert "Arm A: allocated (n = 12)" in drawn
    seen = await told(at_cuts, role=Role.EVALUATOR, cut=4)
    assert [by_code(arm["kept"])["left_out"] for arm in seen["followed"]] == [None, None, 0]
    assert [arm["allocated"] for arm in seen["followed"]] == [None, None, 0]


async def test_numbers_that_do_not_add_up_are_refused_and_not_told(at_cuts, flowed):
    answer = await at_cuts(Role.EVALUATOR).get(PLACE, params={"cut": 2})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/flow-does-not-reconcile")
    assert "consented: " in answer.json()["detail"]


async def test_an_unblinded_trial_tells_by_arm_what_was_given_and_begins_where_it_is_told(at_cuts):
    found = await told(at_cuts, f"/v1/trials/{ROSSI}/evaluation/flow")
    assert (found["begins"], found["gates"], found["allocated"]) == ("allocated", [], 432)
    assert found["nothing_before"].startswith("The programme tells nothing")
    assert (found["given_together"], found["withheld"]) == (None, [])
    for arm in found["followed"]:
        assert by_code(arm["given"])["own_arm"] == arm["allocated"] == 216
        assert by_code(arm["analysed"][-1]["parts"])["analysed"] == 216
    assert "Arm aid, allocated: 216." in found["in_words"]


async def test_an_evaluator_sees_no_box_of_one_to_nine(at_cuts, flowed):
    found = await told(at_cuts, role=Role.EVALUATOR, cut=1)
    boxes = [part["people"] for gate in found["gates"] for part in [gate, *gate["stopped"]]]
    boxes += [part["people"] for arm in found["followed"] for part in arm["followed"]]
    analysed = [each for arm in found["followed"] for each in arm["analysed"]]
    boxes += [part["people"] for each in analysed for part in each["parts"]]
    assert None in boxes
    assert [each for each in boxes if each is not None and 0 < each < 10] == []
    assert "withheld" in " ".join(found["in_words"])
    assert any("rests on 1 to 9" in why for why in found["withheld"])
    empty = await told(at_cuts, role=Role.EVALUATOR, cut=3)
    assert (empty["allocated"], empty["gates"]) == (0, [])
