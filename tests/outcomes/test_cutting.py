"""A programme that ran elsewhere, cut off on an earlier day than it was followed until."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.outcomes.cuts.facts import GATES, Ended, Horizon, Programme, Taken, gathered
from checkpoint.outcomes.cuts.rules import before_allocation, faults, gates_of
from checkpoint.outcomes.cuts.spans import Spell
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.elsewhere.cutting import cut_off, without_days

WHOLE, LAST = date(2018, 8, 31), date(2017, 8, 31)


def programme(flow):
    return Programme(
        followed_until=WHOLE,
        measures=(Measure.ARREST,),
        definitions="made-up",
        definitions_digest="0" * 64,
        horizons=(Horizon("12 months", months=12),),
        flow=flow,
    )


@st.composite
def manifests(draw):
    """The flow of a programme elsewhere that adds up, and how many were allocated later."""
    people = draw(st.integers(0, 40))
    flow, on = {"allocated": people}, people
    for gate in reversed(GATES[:-1]):
        if draw(st.booleans()):
            reasons = draw(
                st.dictionaries(st.sampled_from(["declined", "other"]), st.integers(0, 9))
            )
            flow |= {f"{gate}_{reason}": count for reason, count in reasons.items()}
            on += sum(reasons.values()) if any(reasons.values()) else draw(st.integers(0, 9))
            flow[gate] = on
    return flow, draw(st.integers(0, people))


@given(manifests())
def test_a_flow_that_adds_up_does_so_without_those_who_were_allocated_later(manifest):
    flow, later = manifest
    people = flow["allocated"]
    assert faults(before_allocation(gates_of(flow, people), people)) == []
    short = cut_off(programme(flow), last=LAST, later=later)
    assert short.followed_until == LAST
    assert short.flow["allocated"] == people - later
    gates = gates_of(short.flow, people - later)
    assert faults(before_allocation(gates, people - later)) == []
    assert [(gate.code, gate.came) for gate in gates] == [
        (gate, flow[gate]) for gate in GATES[:-1] if gate in flow
    ]
    if gates and later:
        assert gates[-1].stopped["allocated_afterwards"] == later


def test_a_gate_that_told_no_reasons_tells_the_rest_of_it_as_that():
    flow = {"arrested": 90, "screened": 50, "screened_other": 38, "allocated": 12}
    told = cut_off(programme({"arrested": 90, "allocated": 12}), last=LAST, later=5).flow
    assert told == {
        "arrested": 90,
        "arrested_not_told": 78,
        "arrested_allocated_afterwards": 5,
        "allocated": 7,
    }
    told = cut_off(programme(flow), last=LAST, later=5).flow
    assert told == flow | {"screened_allocated_afterwards": 5, "allocated": 7}
    assert cut_off(programme(flow), last=LAST, later=0).flow == flow
    begins = cut_off(programme({"allocated": 12}), last=LAST, later=5).flow
    assert begins == {"allocated": 7}


@pytest.mark.parametrize(
    ("seen", "custody", "kept"),
    [(30, 3, True), (31, 3, False), (31, 0, True), (31, None, None)],
)
def test_what_has_no_day_of_its_own_is_not_known_of_a_cut_that_ends_earlier(seen, custody, kept):
    spells = None if custody is None else (Spell(0, custody - 1),) if custody else ()
    taken = Taken(
        participant_id=UUID(int=1),
        mask="A",
        allocated_on=date(2017, 8, 1),
        stratum="ALL",
        per_protocol=True,
        ends=(Ended(EndOfObservation.DATA_CUT, seen),),
        spells=spells,
        distance_travelled=-3,
        cost_pence=100,
    )
    found = without_days(taken, last=LAST)
    assert (found.distance_travelled, found.cost_pence) == (None, None)
    assert found.spells == (spells if kept else None)
    assert (found.mask, found.ends) == (taken.mask, taken.ends)


@pytest.mark.parametrize(("day", "kept", "known"), [(20, None, 20), (30, None, 30), (31, (), None)])
def test_custody_that_began_after_an_earlier_last_day_was_none_until_then(day, kept, known):
    taken = Taken(
        participant_id=UUID(int=1),
        mask="A",
        allocated_on=date(2017, 8, 1),
        stratum="ALL",
        per_protocol=True,
        ends=(Ended(EndOfObservation.DATA_CUT, 90),),
        spells=(Spell(0, 4),),
        custody_day=day,
    )
    found = without_days(taken, last=LAST)
    assert found.spells == kept
    ended = gathered(found, replace(programme({}), followed_until=LAST))
    assert (ended.observed_days, ended.custody_day) == (30, known)
