"""Rossi's trial through the front door gives the published answers, to four decimals."""

import json

import pytest

from checkpoint.foundation.actors import Role
from conftest import SHARED
from evaluating import ROSSI

EXPECTED = SHARED / "data" / "trials" / "rossi_1980.expected.json"
pytestmark = [
    pytest.mark.xdist_group("evaluation"),
    pytest.mark.skipif(not EXPECTED.exists(), reason="the published figures lie elsewhere"),
]
PLACE = f"/v1/trials/{ROSSI}/evaluation"


@pytest.fixture
def expected():
    return json.loads(EXPECTED.read_text())


def near(value, abs=5e-5):
    return pytest.approx(value, abs=abs)


async def told(at_cuts, door="", role=Role.EVALUATOR, **params):
    answer = await at_cuts(role).get(f"{PLACE}{door}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_summary_says_48_of_216_against_66_of_216(at_cuts, expected):
    found = await told(at_cuts)
    assert (found["unblinded"], found["masked"], found["synthetic"]) == (True, None, False)
    assert [(arm["arm"], arm["allocated"]) for arm in found["arms"]] == [
        ("control", 216),
        ("aid", 216),
    ]
    first = found["populations"][0]
    assert (first["population"], first["primary"]) == ("intention_to_treat", True)
    result = first["results"][-1]
    assert (result["measure"], result["horizon"], result["until"]) == (
        "arrest",
        "52 weeks",
        "364 days",
    )
    control, treatment = result["arms"]
    assert (control["happened"], control["people"]) == (66, 216)
    assert (treatment["happened"], treatment["people"]) == (48, 216)
    (compared,) = result["comparisons"]
    assert (compared["arm"], compared["compared_with"]) == ("aid", "control")
    for name in ("risk_difference", "risk_ratio", "odds_ratio"):
        assert compared[name]["value"] == near(expected[name])
    assert compared["points"] == near(-8.33333)
    assert compared["relative_change_percent"] == near(-27.27273)
    assert found["primary_outcome"] == {
        "measure": "arrest",
        "measures": "Arrested again",
        "horizon": "52 weeks",
        "fixed_by": "elsewhere-1",
        "words": found["primary_outcome"]["words"],
    }
    assert "as the manifest of the trial names it" in found["primary_outcome"]["words"]
    assert (result["primary"], found["no_primary_outcome"]) == (True, None)
    others = [each for of in found["populations"] for each in of["results"] if each != result]
    assert not any(each["primary"] for each in others)
    for population in found["populations"][1:]:  # everybody was given their own arm
        last = population["results"][-1]
        assert (last["arms"], last["withheld"]) == (result["arms"], None)
    plain, yates, fisher = result["tests"]
    assert [plain["statistic"], plain["p"]] == near([*expected["chi2_no_correction"].values()])
    assert [yates["statistic"], yates["p"]] == near([*expected["chi2_yates"].values()])
    assert fisher["p"] == near(expected["fisher_two_sided_p"])


async def test_survival_and_hazards_are_the_published_ones(at_cuts, expected):
    found = await told(at_cuts, "/time-to-event", role=Role.STATISTICIAN)
    control, treatment = found["curves"]
    curves = {"fin1": treatment, "fin0": control, "all": found["everybody"]}
    for name, curve in curves.items():
        by_week = {step["day"] // 7: step for step in curve["steps"]}
        for week, survival in expected["km"][name].items():
            last = max(each for each in by_week if each <= int(week))
            assert by_week[last]["survival"] == near(survival)
        at_end = curve["horizons"][-1]
        assert [at_end["low"], at_end["high"]] == near(expected["km52_ci95"][name])
        assert at_end["survival"] == near(expected["km"][name]["52"])
    log_rank, wilcoxon = found["tests"]
    assert [log_rank["statistic"], log_rank["p"]] == near([*expected["logrank"].values()])
    assert [wilcoxon["statistic"], wilcoxon["p"]] == near([*expected["wilcoxon_weighted"].values()])
    (plain,) = found["unadjusted"]["hazards"]
    assert_hazard(plain, expected["cox_unadjusted_fin"])
    model, adjusted = found["adjusted"], expected["cox_adjusted"]
    for hazard in model["hazards"]:
        assert_hazard(hazard, adjusted[hazard["term"].replace("aid", "fin")])
    assert len(model["hazards"]) == 7
    assert model["log_likelihood"] == near(adjusted["log_likelihood"])
    assert model["concordance"] == near(adjusted["concordance"])
    assert [model["test"]["statistic"], model["test"]["p"]] == [
        near(adjusted["lrt_stat"]),
        near(adjusted["lrt_p"], abs=5e-8),
    ]


def assert_hazard(found, expected):
    names = {"coef": "coefficient", "hr": "ratio", "se": "error", "p": "p"}
    for name, ours in names.items():
        if name in expected:
            assert found[ours] == near(expected[name])
    if "ci95" in expected:
        assert [found["low"], found["high"]] == near(expected["ci95"])


async def test_an_evaluator_is_shown_the_same_curve_in_coarser_steps(at_cuts, expected):
    found = await told(at_cuts, "/time-to-event", adjusted="false")
    assert found["coarsened"].startswith("In steps of at least 10 events")
    assert (found["adjusted"], found["not_adjusted"]) == (
        None,
        "Not asked for: send adjusted=true.",
    )
    for curve, name in zip(found["curves"], ("fin0", "fin1"), strict=True):
        assert curve["events"] == expected["events"][name]
        assert len(curve["steps"]) in {4, 6}
        assert min(step["events"] for step in curve["steps"]) >= 10
        assert curve["horizons"][-1]["survival"] == near(expected["km"][name]["52"])
        assert curve["at_risk"][0] == {"day": 0, "at_risk": 216}


async def test_the_baseline_says_how_far_arms_are_apart(at_cuts):
    from lifelines.datasets import load_rossi

    found = await told(at_cuts, "/baseline")
    by_name = {each["name"]: each for each in found["characteristics"]}
    assert {"age", "race", "wexp", "mar", "paro", "prio"} <= by_name.keys()
    rows = load_rossi()
    for name in ("age", "prio"):
        control, treatment = by_name[name]["numbers"]
        ours, theirs = (rows[rows.fin == aid][name] for aid in (1, 0))
        assert [control["mean"], treatment["mean"]] == near([theirs.mean(), ours.mean()])
        assert [control["deviation"], treatment["deviation"]] == near([theirs.std(), ours.std()])
        (apart,) = by_name[name]["apart"]
        spread = ((ours.var() + theirs.var()) / 2) ** 0.5
        assert apart["standardised"] == near((ours.mean() - theirs.mean()) / spread)
        assert apart["large"] == (abs(apart["standardised"]) > 0.1)
    assert "stratum" not in by_name
    assert "stratum" in {
        each["name"]
        for each in (await told(at_cuts, "/baseline", role=Role.STATISTICIAN))["characteristics"]
    }
