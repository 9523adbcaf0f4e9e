"""A published trial analysed again from its released extract alone gives the published answers.

432 released prisoners, financial aid at random, followed for 52 weeks: Rossi, Berk and Lenihan,
Money, Work and Crime (1980). It is brought in, cut, asked for, approved by two, built and
downloaded through the API; the answers are those of the data set's copy in ../shared.
"""

import io
import json
import warnings
import zipfile

import pytest

from builders import a_key
from checkpoint.extracts.builds import working
from checkpoint.foundation.actors import Role
from conftest import SHARED, Clients
from evaluating import OF_AGE, rossis
from extracting import asking, workshop

EXPECTED = SHARED / "data" / "trials" / "rossi_1980.expected.json"
TRIAL = f"/v1/trials/{OF_AGE['code']}"
COVARIATES = (*OF_AGE["covariates"],)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("evaluation"),
    pytest.mark.skipif(not EXPECTED.exists(), reason="the published answers are not beside us"),
]


@pytest.fixture(scope="module")
def answers():
    return json.loads(EXPECTED.read_text("utf-8"))


@pytest.fixture(scope="module")
async def package(evaluated):
    """The released package: covariates as they are, since the data set is public."""
    app, _ = evaluated
    clients = Clients(app)
    await rossis(clients, OF_AGE)
    evaluator = clients(Role.EVALUATOR)
    exempt = [{"field": name, "why": "A published data set."} for name in COVARIATES]
    wanted = asking(
        1, trial=OF_AGE["code"], fields=["arrest_day", *COVARIATES], exempt=exempt, events=True
    )
    asked = await evaluator.post("/v1/extracts", json=wanted, headers=a_key())
    assert asked.status_code == 201, asked.text
    place = f"/v1/extracts/{asked.json()['id']}"
    for role in (Role.STATISTICIAN, Role.TRIAL_MANAGER):
        approved = await clients(role).post(f"{place}/approval", headers=a_key())
        assert approved.is_success, approved.text
    build = await clients(Role.STATISTICIAN).post(f"{place}/builds", headers=a_key())
    assert build.status_code == 202, build.text
    await working.work(workshop(app))
    given = await evaluator.get(f"{place}/package")
    assert given.status_code == 200, given.text
    evaluation = await evaluator.get(f"{TRIAL}/evaluation")
    for client in clients.opened:
        await client.aclose()
    with zipfile.ZipFile(io.BytesIO(given.content)) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    return files, evaluation.json()


def test_the_result_beside_the_rows_is_the_evaluations_and_the_published_one(package):
    files, evaluation = package
    (told,) = (each for each in evaluation["populations"] if each["primary"])
    results = {each["horizon"]: each for each in told["results"] if each["measure"] == "arrest"}
    report = json.loads(files["disclosure-report.json"])["full_cohort_primary_result"]
    assert [each["horizon"] for each in report["at_horizons"]] == [*results]
    for each in report["at_horizons"]:
        within = results[each["horizon"]]
        assert (each["exact"], each["denominator"]) == (True, within["denominator"])
        assert {arm: (n["with_outcome"], n["people"]) for arm, n in each["arms"].items()} == {
            n["arm"]: (n["happened"], n["people"]) for n in within["arms"]
        }
    year = report["at_horizons"][-1]["arms"]
    assert {arm: (each["with_outcome"], each["people"]) for arm, each in year.items()} == {
        "aid": (48, 216),
        "control": (66, 216),
    }
    page = files["README.md"].decode()
    assert "Nobody was left out of the file." in page
    assert "| 52 weeks (primary) | aid | 216 | 48 | 0.222222 |" in page
    assert [each["primary"] for each in report["at_horizons"]] == [False, True]
    assert report["fixed_in_advance"] is True
    assert "arrested again within 52 weeks, as the manifest of the trial names it" in page


@pytest.fixture(scope="module")
def table(package):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what lifelines asks of pandas
        import pandas as pd

        files, _ = package
        table = pd.read_csv(io.BytesIO(files["participants.csv"]), na_values=["[REDACTED]"])
    assert len(table) == 432
    table["fin"] = (table["arm"] == "aid").astype(int)
    table["arrest"] = table["arrest_day"].notna().astype(int)
    table["week"] = table["arrest_day"].fillna(table["observed_days"]) / 7
    return table


def test_survival_and_log_rank_of_the_extract_are_the_published_ones(table, answers):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines
        from lifelines.statistics import logrank_test

        aid, none = (table[table["fin"] == arm] for arm in (1, 0))
        for name, some in (("fin1", aid), ("fin0", none)):
            curve = lifelines.KaplanMeierFitter().fit(some["week"], some["arrest"])
            for week, survival in answers["km"][name].items():
                assert curve.predict(float(week)) == pytest.approx(survival, abs=5e-5)
        test = logrank_test(aid["week"], none["week"], aid["arrest"], none["arrest"])
    assert test.p_value == pytest.approx(answers["logrank"]["p"], abs=5e-5)


def test_hazard_ratios_of_the_extract_are_the_published_ones(table, answers):
    named = {"age_years": "age"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines

        alone = lifelines.CoxPHFitter().fit(table[["week", "arrest", "fin"]], "week", "arrest")
        columns = ["week", "arrest", "fin", *COVARIATES]
        adjusted = lifelines.CoxPHFitter().fit(table[columns].astype(float), "week", "arrest")
        found = adjusted.summary["p"]
    unadjusted = answers["cox_unadjusted_fin"]["hr"]
    assert alone.hazard_ratios_["fin"] == pytest.approx(unadjusted, abs=5e-5)
    for name in ("fin", *COVARIATES):
        published = answers["cox_adjusted"][named.get(name, name)]
        assert adjusted.hazard_ratios_[name] == pytest.approx(published["hr"], abs=5e-5)
        assert found[name] == pytest.approx(published["p"], abs=5e-5)
