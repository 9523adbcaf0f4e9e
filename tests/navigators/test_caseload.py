"""Who is next, and where a whole caseload goes: pure."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.foundation.errors import RuleBroken
from checkpoint.navigators.caseload import (
    LABELS,
    REFUSALS,
    Block,
    Candidate,
    Case,
    Merit,
    blocks_of,
    check_may_take,
    merits_of,
    suggest,
)
from checkpoint.navigators.rules import (
    Choice,
    check_cover,
    check_placed,
    check_whole,
    place,
    tag_of,
)
from checkpoint.navigators.staff.states import Cleared, Specialism
from checkpoint.navigators.states import (
    NavigatorAbsent,
    NavigatorConflicted,
    NavigatorFull,
    NavigatorLeft,
    NotCleared,
    NotPlaceable,
    OfferKind,
    OfferNotOpen,
    OfferOutcome,
    OfferState,
    check_open,
    offer_state,
)
from conftest import NOON

TODAY = NOON.date()
IDS = [UUID(int=number) for number in range(1, 7)]


def somebody(**overrides):
    fields = {
        "id": uuid4(),
        "name": "Synthetic",
        "provider": "NECA",
        "suites": frozenset({"DURHAMGATE"}),
        "capacity": 2,
        "load": 0,
    }
    return Candidate(**fields | overrides)


def a_case(**overrides):
    return Case(**{"id": uuid4(), "suite": "DURHAMGATE"} | overrides)


NAVIGATORS = st.builds(
    Candidate,
    id=st.sampled_from(IDS),
    name=st.just("Synthetic"),
    provider=st.sampled_from(["NECA", "NPS"]),
    suites=st.frozensets(st.sampled_from(["DURHAMGATE", "PETERLEE"]), min_size=1),
    capacity=st.integers(1, 4),
    load=st.integers(0, 5),
    specialisms=st.frozensets(st.sampled_from(Specialism)),
    inducted=st.sampled_from(Cleared),
    vetted=st.sampled_from(Cleared),
    absent=st.booleans(),
    left=st.booleans(),
)
TEAMS = st.lists(NAVIGATORS, unique_by=lambda each: each.id, max_size=6)
CASES = st.builds(
    Case,
    id=st.uuids(),
    suite=st.sampled_from(["DURHAMGATE", "PETERLEE"]),
    wanted=st.frozensets(st.sampled_from(Specialism), max_size=2),
    conflicted=st.frozensets(st.sampled_from(IDS), max_size=3),
    holder=st.none() | st.sampled_from(IDS),
    coverer=st.none() | st.sampled_from(IDS),
)


@pytest.mark.parametrize(
    ("fields", "block", "refusal"),
    [
        ({"left": True}, Block.LEFT, NavigatorLeft),
        ({"inducted": Cleared.NEVER}, Block.NOT_INDUCTED, NotCleared),
        ({"inducted": Cleared.EXPIRED}, Block.INDUCTION_EXPIRED, NotCleared),
        ({"vetted": Cleared.NEVER}, Block.NOT_VETTED, NotCleared),
        ({"vetted": Cleared.EXPIRED}, Block.VETTING_EXPIRED, NotCleared),
        ({"absent": True}, Block.ABSENT, NavigatorAbsent),
        ({"load": 2}, Block.FULL, NavigatorFull),
    ],
)
def test_each_block_is_told_by_name_and_refused_by_its_own(fields, block, refusal):
    navigator, case = somebody(**fields), a_case()
    assert blocks_of(navigator, case) == (block,)
    with pytest.raises(refusal):
        check_may_take(navigator, case, override=None)


def test_a_conflict_blocks_and_no_word_helps():
    navigator = somebody(load=2)
    case = a_case(conflicted=frozenset({navigator.id}))
    assert blocks_of(navigator, case) == (Block.CONFLICT, Block.FULL)
    with pytest.raises(NavigatorConflicted):
        check_may_take(navigator, case, override="Please.")


def test_only_fullness_gives_way_to_a_word():
    assert check_may_take(somebody(load=2), a_case(), override="Needed.") is True
    assert check_may_take(somebody(load=1), a_case(), override="Needed.") is False


def test_whoever_covers_a_case_has_room_to_take_it_over():
    navigator = somebody(load=2)
    case = a_case(coverer=navigator.id)
    assert blocks_of(navigator, case) == ()
    assert merits_of(navigator, case) == (Merit.COVERS_IT, Merit.BASE_SUITE)


def test_every_word_has_its_label_and_every_block_its_refusal():
    assert LABELS.keys() == {*Block, *Merit}
    assert REFUSALS.keys() == {*Block}


@given(case=CASES, team=TEAMS)
def test_suggestions_name_everybody_once_and_rank_only_who_can(case, team):
    found = suggest(case, team)
    assert sorted(s.candidate.id for s in found) == sorted(each.id for each in team)
    ranked = [s.rank for s in found if s.rank is not None]
    assert ranked == [*range(1, len(ranked) + 1)] == [s.rank for s in found[: len(ranked)]]
    for each in found:
        assert (each.rank is None) == bool(each.blocks)
        assert each.blocks == blocks_of(each.candidate, case)


@pytest.mark.slow
@given(case=CASES, team=TEAMS, data=st.data())
def test_suggestions_do_not_depend_on_the_order_of_the_team(case, team, data):
    assert suggest(case, team) == suggest(case, data.draw(st.permutations(team)))


@given(case=CASES, team=TEAMS)
def test_who_is_based_there_comes_before_who_is_not(case, team):
    able = [s for s in suggest(case, team) if s.rank and s.candidate.id != case.coverer]
    based = [case.suite in s.candidate.suites for s in able]
    assert based == sorted(based, reverse=True)


CASELOADS = st.lists(CASES, max_size=8, unique_by=lambda case: case.id)


@given(cases=CASELOADS, team=TEAMS)
def test_a_suggested_plan_never_passes_a_capacity_nor_breaks_a_rule(cases, team):
    plan = place(cases, team)
    assert [each.case for each in plan] == cases
    loads = {each.id: each.load for each in team}
    for each in plan:
        if each.candidate is None:
            assert not each.holds
        else:
            assert each.holds
            loads[each.candidate.id] += 1
        if each.case.coverer in loads:
            loads[each.case.coverer] -= 1
        if each.candidate is not None:
            assert loads[each.candidate.id] <= each.candidate.capacity
            assert set(blocks_of(each.candidate, each.case)) <= {Block.FULL}


CHOSEN = st.lists(
    st.tuples(st.sampled_from([*IDS, UUID(int=99)]), st.none() | st.just("Needed.")),
    min_size=8,
    max_size=8,
)


@given(cases=CASELOADS, team=TEAMS, chosen=CHOSEN)
def test_a_mapping_is_kept_to_and_passes_a_capacity_only_by_a_word(cases, team, chosen):
    mapping = {
        case.id: Choice(navigator_id=id, override=words)
        for case, (id, words) in zip(cases, chosen, strict=False)
    }
    known = {each.id for each in team}
    for each in place(cases, team, mapping):
        choice = mapping[each.case.id]
        assert (each.candidate is None) == (choice.navigator_id not in known)
        if each.candidate is None:
            assert each.blocks == (Block.LEFT,)
            continue
        assert each.candidate.id == choice.navigator_id
        assert each.override in (None, choice.override)
        full = Block.FULL in blocks_of(each.candidate, each.case)
        assert (each.override is not None) == (full and choice.override is not None)
        assert (Block.FULL in each.blocks) == (full and choice.override is None)


def test_nobody_is_left_to_place_says_why():
    (placed,) = place([a_case()], [somebody(absent=True), somebody(load=2)])
    assert (placed.candidate, placed.blocks) == (None, (Block.ABSENT, Block.FULL))
    with pytest.raises(NotPlaceable) as refused:
        check_placed([placed])
    assert refused.value.facts == {"cases": 1}


def test_a_plan_s_tag_tells_plans_apart():
    case, one, other = a_case(), somebody(), somebody()
    cover, tags = uuid4(), set()
    for to, covers in ((one, []), (other, []), (one, [cover])):
        plan = place([case], [one, other], {case.id: Choice(navigator_id=to.id)})
        check_placed(plan)
        tags.add(tag_of(plan, covers))
        assert tag_of(plan, covers) == tag_of(plan, covers)
    full = somebody(load=2)
    for words in ("Needed.", "Wanted."):
        choice = Choice(navigator_id=full.id, override=words)
        tags.add(tag_of(place([case], [full], {case.id: choice}), []))
    tags.add(tag_of([], []))
    assert len(tags) == 6


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ([IDS[0], IDS[2]], "case-not-theirs"),
        ([IDS[0], IDS[0]], "case-twice"),
        ([IDS[0]], "case-left-out"),
    ],
)
def test_a_mapping_names_every_case_once(given_, code):
    with pytest.raises(RuleBroken) as refused:
        check_whole(given_, held=IDS[:2])
    assert refused.value.faults[0]["code"] == code
    check_whole(IDS[:2], held=IDS[:2])


def test_only_a_cover_has_a_last_day():
    check_cover(OfferKind.HAND_OVER, None, today=TODAY)
    check_cover(OfferKind.COVER, TODAY, today=TODAY)


def test_an_offer_stands_where_its_answer_says():
    assert offer_state(None, overtaken=False) is OfferState.OPEN
    assert offer_state(None, overtaken=True) is OfferState.OVERTAKEN
    assert offer_state(OfferOutcome.ACCEPTED, overtaken=True) is OfferState.ACCEPTED
    check_open(OfferState.OPEN)
    with pytest.raises(OfferNotOpen):
        check_open(OfferState.DECLINED)
