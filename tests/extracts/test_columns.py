"""What an extract may have: columns by their disclosure class, and nothing that tells the arm."""

import pytest

from checkpoint.extracts.choosing import chosen
from checkpoint.extracts.columns import (
    EVENT_COLUMNS,
    IDENTITY,
    PARTICIPANT_COLUMNS,
    Covariate,
    CovariateKind,
    FieldNotOffered,
    offered,
)
from checkpoint.foundation.disclosure import Disclosure
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant
from copied import OFFERED

ALLOWED = {Disclosure.INDIRECT, Disclosure.SAFE}


def test_no_column_is_made_of_one_that_names_somebody_or_never_leaves():
    classes = {
        name: column.info["disclosure"]
        for table in (CutParticipant, CutEvent)
        for name, column in table.__table__.c.items()
    }
    told = [each.source for each in (*PARTICIPANT_COLUMNS, *EVENT_COLUMNS)]
    assert {classes[source] for source in told} <= ALLOWED
    assert classes[IDENTITY] is classes["stratum"] is classes["allocated_on"] is Disclosure.NEVER
    assert {each.disclosure for each in offered(Measure, unblinded=True)} <= ALLOWED


def test_until_the_trial_is_unblinded_no_column_tells_which_mask_is_which():
    telling = {
        "arm_delivered", "per_protocol", "completed", "distance_travelled", "cost_pounds",
        "wellbeing_after", "victim_satisfaction",
    }  # fmt: skip
    assert telling.isdisjoint(each.name for each in offered(Measure))
    assert telling < {each.name for each in offered(Measure, unblinded=True)}


def test_what_somebody_came_with_keeps_its_name_beside_what_came_after():
    came_with = Covariate("wellbeing", CovariateKind.NUMBER, "Wellbeing")
    columns = {each.name: each for each in offered(Measure, [came_with], unblinded=True)}
    assert (columns["wellbeing"].source, columns["wellbeing"].quasi) == ("baseline.wellbeing", True)
    after = columns["wellbeing_after"]
    assert (after.source, after.quasi) == ("wellbeing", False)
    assert "wellbeing" in {each.name for each in offered(Measure, [came_with])}


def test_only_measures_that_the_cut_holds_are_offered():
    names = {each.name for each in offered([Measure.ARREST])}
    assert "arrest_day" in names
    assert names.isdisjoint({"charge_day", "proven_day"})


def test_a_covariate_is_a_column_of_its_own_and_may_not_take_anothers_place():
    age = Covariate("sex", CovariateKind.CODE, "Sex, as the programme had it")
    (found,) = [each for each in offered(Measure, [age]) if each.source == "baseline.sex"]
    assert (found.name, found.quasi) == ("baseline_sex", True)
    for name in ("=cmd", "Prio", "a" * 41, ""):
        with pytest.raises(FieldNotOffered):
            offered(Measure, [Covariate(name, CovariateKind.NUMBER, "A title")])


def test_columns_are_chosen_by_name_the_arm_always_and_the_observed_time_with_any_day():
    assert [each.name for each in chosen(["sex"], OFFERED)] == ["arm", "sex"]
    with_day = ["arm", "observed_days", "arrest_day"]
    assert [each.name for each in chosen(["arrest_day"], OFFERED)] == with_day
    assert [each.name for each in chosen([], OFFERED, events=True)] == ["arm", "observed_days"]


def test_a_covariate_can_be_declared_to_identify_nobody_and_nothing_else_can():
    spared = chosen(["prio", "sex"], OFFERED, exempt=["prio"])
    assert {each.name: each.quasi for each in spared} == {"arm": True, "sex": True, "prio": False}
    for names, wrong in ((["prio", "sex"], "sex"), (["sex"], "nobody"), (["sex"], "prio")):
        with pytest.raises(FieldNotOffered) as refused:
            chosen(names, OFFERED, exempt=[wrong])
        assert [each["pointer"] for each in refused.value.facts["errors"]] == ["#/exempt/0/field"]


@pytest.mark.parametrize("names", [["stratum"], ["sex", "sex"], ["participant_id"], ["completed"]])
def test_what_is_not_offered_is_refused_and_told_what_is(names):
    with pytest.raises(FieldNotOffered) as refused:
        chosen(names, OFFERED)
    assert "sex" in refused.value.facts["offers"]
