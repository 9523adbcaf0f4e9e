"""A published trial analysed again from its extract alone gives the published answers.

432 released prisoners, financial aid at random, followed for 52 weeks: Rossi, Berk and Lenihan,
Money, Work and Crime (1980); the answers are those of the data set's copy in ../shared.
"""

import csv
import io
import json
import warnings
from random import Random
from uuid import UUID

import pytest

from checkpoint.extracts.columns import Covariate, CovariateKind, chosen, offered
from checkpoint.extracts.facts import Asked
from checkpoint.outcomes.cuts.states import Measure
from conftest import ROOT
from copied import built

TRIALS = ROOT.parent / "shared" / "data" / "trials"
COVARIATES = ("age", "race", "wexp", "mar", "paro", "prio")


@pytest.fixture(scope="module")
def answers():
    file = TRIALS / "rossi_1980.expected.json"
    if not file.exists():
        pytest.skip("the published answers are not beside this project")
    return json.loads(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def extract(answers, tmp_path_factory):
    """The extract: covariates as they are, since the data set is public; 1 row for each of 432."""
    columns = offered(
        [Measure.ARREST],
        [Covariate(name, CovariateKind.NUMBER, name) for name in COVARIATES],
    )
    wanted = Asked(
        columns=chosen([*COVARIATES, "arrest_day"], columns, exempt=COVARIATES),
        arms={"A": "aid", "B": "none"},
    )
    lot, rows = Random(1980), []
    text = (TRIALS / "rossi_1980.csv").read_text("utf-8")
    for each in csv.DictReader(io.StringIO(text)):
        rows.append(
            {f"baseline.{name}": each[name] for name in COVARIATES}
            | {
                "participant_id": str(UUID(int=lot.getrandbits(128))),
                "mask": "A" if each["fin"] == "1" else "B",
                "observed_days": 364,
                "arrest_day": 7 * int(each["week"]) if each["arrest"] == "1" else None,
            }
        )
    return built(tmp_path_factory.mktemp("rossi"), wanted, rows)


def test_nobody_is_left_out_and_the_counts_are_the_published_ones(extract):
    release, files = extract
    assert (release.people, release.plan.risk.k, release.plan.risk.l) == (432, 216, 2)
    report = json.loads(files["disclosure-report.json"])["full_cohort_primary_result"]
    assert report["exact"] is True
    arms = report["arms"]
    assert (arms["aid"]["with_outcome"], arms["aid"]["people"]) == (48, 216)
    assert (arms["none"]["with_outcome"], arms["none"]["people"]) == (66, 216)


@pytest.mark.slow
def test_survival_log_rank_and_hazard_ratios_of_the_extract_are_the_published_ones(
    extract, answers
):
    _, files = extract
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what lifelines asks of pandas
        pd, lifelines = pytest.importorskip("pandas"), pytest.importorskip("lifelines")
        table = pd.read_csv(io.BytesIO(files["participants.csv"]), na_values=["[REDACTED]"])
        table["fin"] = (table["arm"] == "aid").astype(int)
        table["arrest"] = table["arrest_day"].notna().astype(int)
        table["week"] = table["arrest_day"].fillna(table["observed_days"]) / 7
        for name, arm in (("fin1", 1), ("fin0", 0)):
            some = table[table["fin"] == arm]
            curve = lifelines.KaplanMeierFitter().fit(some["week"], some["arrest"])
            for week, survival in answers["km"][name].items():
                assert curve.predict(float(week)) == pytest.approx(survival, abs=5e-5)
        aid, none = (table[table["fin"] == arm] for arm in (1, 0))
        test = lifelines.statistics.logrank_test(
            aid["week"], none["week"], aid["arrest"], none["arrest"]
        )
        assert test.p_value == pytest.approx(answers["logrank"]["p"], abs=5e-5)
        alone = lifelines.CoxPHFitter().fit(table[["week", "arrest", "fin"]], "week", "arrest")
        assert alone.hazard_ratios_["fin"] == pytest.approx(
            answers["cox_unadjusted_fin"]["hr"], abs=5e-5
        )
        columns = ["week", "arrest", "fin", *COVARIATES]
        adjusted = lifelines.CoxPHFitter().fit(table[columns], "week", "arrest")
        for name in ("fin", *COVARIATES):
            published = answers["cox_adjusted"][name]
            assert adjusted.hazard_ratios_[name] == pytest.approx(published["hr"], abs=5e-5)
            assert adjusted.summary["p"][name] == pytest.approx(published["p"], abs=5e-5)
