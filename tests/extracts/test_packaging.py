"""A package: the same rows twice, a dictionary that is their schema, and the same bytes each time."""

import csv
import hashlib
import io
import json
import threading
import zipfile
from dataclasses import replace
from datetime import date
from random import Random
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from checkpoint.extracts import beside
from checkpoint.extracts.choosing import chosen
from checkpoint.extracts.columns import Covariate, CovariateKind, offered
from checkpoint.extracts.control import REDACTED
from checkpoint.extracts.describing import ANONYMOUS, PSEUDONYMISED, Assessment, AtHorizon
from checkpoint.extracts.facts import Asked, NotPublic, TooFew
from checkpoint.extracts.packaging import Building
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure, Origin
from copied import (
    ABOUT,
    KEY,
    POLICY,
    PRIO,
    asked,
    built,
    copied,
    described,
    happened,
    people,
    table,
)

ROWS = people(400)
COUNTS = {"A": (69, 31), "B": (58, 42)}
WHOLE = asked(events=True)
GATES = (("arrested", 2_000), ("eligible", 1_203), ("consented", 900))
CHANGES = (("arrest_day", 3), ("age", 44), ("events_gone.arrest", None))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    about = replace(ABOUT, gates=GATES, changes=CHANGES)
    return built(folder, WHOLE, ROWS, happened(ROWS), about=about)


def test_a_package_holds_its_files_and_their_digests(package):
    _, files = package
    assert [*files] == [
        "participants.csv", "participants.parquet", "events.csv", "events.parquet",
        "participant-flow.csv", "changes.csv", "disclosure-report.json", "README.md",
        "datapackage.json", "SHA256SUMS",
    ]  # fmt: skip
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "SHA256SUMS"
    }
    for each in described(files)["resources"]:
        content = files[each["path"]]
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert each["bytes"] == len(content)


def test_the_csv_is_rfc_4180_and_parquet_has_the_same_rows(package):
    release, files = package
    for name, rows in (("participants", release.people), ("events", release.events)):
        text = files[f"{name}.csv"].decode("utf-8")
        assert text.count("\r\n") == text.count("\n") == rows + 1
        twin = parquet.read_table(io.BytesIO(files[f"{name}.parquet"])).to_pylist()
        assert len(twin) == rows > 0
        for row, other in zip(table(files, f"{name}.csv"), twin, strict=True):
            for column, cell in row.items():
                held = other[column]
                if cell in {"", REDACTED}:
                    assert held is None
                elif isinstance(held, bool):
                    assert cell == str(held).lower()
                elif isinstance(held, float):
                    assert float(cell) == held
                else:
                    assert cell == str(held)


def test_the_dictionary_is_the_schema_of_every_column(package):
    _, files = package
    descriptor = described(files)
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert (descriptor["label"], descriptor["synthetic"]) == (PSEUDONYMISED, True)
    for each in descriptor["resources"]:
        if each["format"] != "csv":
            continue
        fields, rows = each["schema"]["fields"], table(files, each["path"])
        assert [*rows[0]] == [field["name"] for field in fields]
        assert each["schema"]["missingValues"] == ["", REDACTED]
        for field in fields:
            cells = {row[field["name"]] for row in rows} - {"", REDACTED}
            assert field["title"]
            if "categories" in field:
                assert cells <= {*field["categories"]}
            elif field["type"] == "integer":
                assert all(str(int(cell)) == cell for cell in cells)
            elif field["type"] == "boolean":
                assert cells <= {"true", "false"}


def test_rows_stand_in_the_order_of_pseudonyms_and_events_belong_to_people(package):
    _, files = package
    names = [row["pseudonym"] for row in table(files)]
    assert names == sorted({*names})
    events = [(row["pseudonym"], int(row["day"])) for row in table(files, "events.csv")]
    assert events == sorted(events)
    assert {name for name, _ in events} <= {*names}
    had = {row["pseudonym"] for row in table(files) if row["arrest_day"]}
    assert {name for name, _ in events} == had


def test_nobodys_id_date_stratum_or_suite_is_in_a_package(package):
    _, files = package
    whole = b"".join(files.values())
    for row in ROWS:
        assert row["participant_id"].encode() not in whole
        assert row["participant_id"].replace("-", "").encode() not in whole
    assert {"stratum", "allocated_on", "participant_id"}.isdisjoint(table(files)[0])


def test_the_same_cut_and_key_give_the_same_bytes_in_whatever_order_rows_come(package, tmp_path):
    release, _ = package
    about = replace(ABOUT, gates=GATES, changes=CHANGES)
    rows, events = [*ROWS], happened(ROWS)
    Random(1).shuffle(rows)
    Random(2).shuffle(events)
    again, _ = built(tmp_path, WHOLE, rows, events, about=about)
    assert again.digest == release.digest
    assert again.size == release.size
    other, _ = built(tmp_path, WHOLE, rows, events, about=about, key=bytes(32))
    assert other.digest != release.digest
    with zipfile.ZipFile(tmp_path / "package.zip") as zipped:
        assert {each.date_time for each in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_count_of_one_to_nine_is_published_beside_the_rows(package):
    release, files = package
    report = json.loads(files["disclosure-report.json"])
    told = [*report["people_left_out_by_arm"].values()]
    for arm in report["full_cohort_primary_result"]["arms"].values():
        told += [arm["people"], arm["with_outcome"]]
    for name in ("participant-flow.csv", "changes.csv"):
        told += [int(row["people"]) for row in table(files, name) if row["people"] != REDACTED]
    assert all(each is None or each == 0 or each >= 10 for each in told)
    assert [row["people"] for row in table(files, "changes.csv")] == [REDACTED, "45", REDACTED]
    says = {each["path"]: each["schema"]["fields"][-1] for each in described(files)["resources"]}
    assert "stand in no other number" in says["participant-flow.csv"]["description"]
    assert "description" not in says["changes.csv"]
    flow = {
        (row["gate"], row["arm"]): row["people"] for row in table(files, "participant-flow.csv")
    }
    assert flow["in_this_extract", ""] == str(release.people)


def test_the_report_tells_what_was_measured_made_coarser_and_left_out(package):
    release, files = package
    report = json.loads(files["disclosure-report.json"])
    assert report["measured"] == {
        "k": release.plan.risk.k,
        "l": release.plan.risk.l,
        "t": release.plan.risk.t,
    }
    assert report["tests_pass"] is True
    assert report["required"] == {"k": 10, "l": 2}
    coarser = {each["column"]: each["told_as"] for each in report["made_coarser"]}
    assert coarser.keys() >= release.plan.levels.keys() & {
        step.column for step in release.plan.steps
    }
    assert "events.offence_group" in coarser
    page = files["README.md"].decode()
    assert "pseudonymised personal data" in page
    assert "Synthetic: nobody in it exists." in page
    assert all(words in page for words in coarser.values())


def test_the_width_of_days_is_told_of_every_column_of_days(tmp_path):
    rows = [row | {"observed_days": 364 + place % 300} for place, row in enumerate(ROWS)]
    wanted = asked("observed_days", "arrest_day", events=True)
    _, files = built(tmp_path, wanted, rows, happened(rows))
    report, page = json.loads(files["disclosure-report.json"]), files["README.md"].decode()
    coarser = {each["column"]: each["told_as"] for each in report["made_coarser"]}
    assert "steps of" in coarser["arrest_day"]
    assert coarser["events.day"] == coarser["arrest_day"]
    assert all(f"`{name}`: {words}" in page for name, words in coarser.items())


def test_withheld_is_told_from_not_known(package):
    _, files = package
    descriptor = described(files)["resources"][0]["schema"]["fields"]
    withheld = [field["name"] for field in descriptor if field.get("told_as") == "withheld"]
    assert withheld
    assert {row[name] for row in table(files) for name in withheld} == {REDACTED}


def test_it_is_anonymous_only_where_the_tests_and_an_assessment_say_so(tmp_path):
    found = Assessment(nobody_found=True, assessed_on=date(2026, 2, 1), reference="A-1")
    for about, label in (
        (ABOUT, PSEUDONYMISED),
        (replace(ABOUT, assessment=found), ANONYMOUS),
        (replace(ABOUT, assessment=replace(found, nobody_found=False)), PSEUDONYMISED),
        (replace(ABOUT, assessment=found, exempt={"prio": "published"}), PSEUDONYMISED),
    ):
        release, files = built(tmp_path, asked("sex"), ROWS, about=about)
        assert release.label == described(files)["label"] == label
        assert f"**{label}**" in files["README.md"].decode()


def test_everybody_in_the_file_makes_the_primary_result_exact(tmp_path):
    release, files = built(tmp_path, asked("arrest_day"), ROWS)
    report = json.loads(files["disclosure-report.json"])["full_cohort_primary_result"]
    assert release.people == 400
    assert report["exact"] is True
    for arm in "AB":
        had = [row["arrest_day"] is not None for row in ROWS if row["mask"] == arm]
        assert report["arms"][arm] == {
            "people": 200,
            "with_outcome": sum(had),
            "share": round(sum(had) / 200, 6),
        }
    assert "Nobody was left out of the file." in files["README.md"].decode()
    assert "Nothing was made coarser" in files["README.md"].decode()


@pytest.mark.parametrize(
    ("lost", "everybody", "exact"),
    [(0, True, True), (0, False, False), (10, True, False)],
    ids=["all-of-them-in-the-file", "not-all-have-passed", "some-are-left-out"],
)
def test_the_result_within_a_horizon_is_exact_where_the_file_tells_it_anyway(
    lost, everybody, exact
):
    within = AtHorizon("12 months", "People whose 12 months ...", COUNTS, everybody)
    plan = SimpleNamespace(outcomes=COUNTS, lost={"A": lost, "B": 0})
    about = replace(ABOUT, results=[within])
    primary = beside.primary(about, plan, outcome="arrest", policy=POLICY)
    (told,) = primary["at_horizons"]
    assert (told["horizon"], told["exact"]) == ("12 months", exact)
    had = {arm: each["with_outcome"] for arm, each in told["arms"].items()}
    assert had == ({"A": 31, "B": 42} if exact else {"A": 30, "B": 40})
    page = "\n".join(beside.page(primary))
    words = "exact" if exact else "rounded"
    assert f"12 months: People whose 12 months ... Counts are {words}." in page
    assert f"| 12 months | A | 100 | {had['A']} |" in page


def test_the_primary_horizon_is_marked_and_the_page_says_that_it_was_fixed_in_advance():
    within = [AtHorizon(name, "People ...", COUNTS, True) for name in ("12 months", "24 months")]
    plan = SimpleNamespace(outcomes=COUNTS, lost={"A": 0, "B": 0})
    about = replace(ABOUT, results=within, primary=Primary(Measure.PROVEN, "24 months"))
    told = beside.primary(about, plan, outcome="arrest", policy=POLICY)
    assert (told["fixed_in_advance"], told["same_measure"]) == (True, False)
    assert told["counted"].startswith("Arrested again in the whole time")
    assert told["counted_at_horizons"] == "Proven reoffence within each horizon"
    assert [each["primary"] for each in told["at_horizons"]] == [False, True]
    page = "\n".join(beside.page(told))
    assert page.startswith("## Primary result of everybody")
    fixed = f"fixed in advance by definitions {ABOUT.definitions}."
    assert f"Primary outcome: proven reoffence within 24 months, {fixed}" in page
    assert "l and t are of the same: the earliest news that the data cut holds." in page
    assert "It is not the primary outcome." in page
    assert "| 24 months (primary) | A | 100 |" in page
    assert "| 12 months | A | 100 |" in page
    elsewhere = replace(about, origin=Origin.ELSEWHERE)
    assert "the word of whoever brought it in" in beside.fixed(elsewhere)
    later = beside.fixed(replace(elsewhere, primary_since=3))
    assert "It stands in the manifest from edition 3 on" in later
    left_out = beside.fixed(replace(ABOUT, origin=Origin.ELSEWHERE, primary_since=2))
    assert "From edition 2 on the manifest names none" in left_out
    same = beside.primary(about, plan, outcome="proven", policy=POLICY)
    assert same["same_measure"]
    assert "It is not the primary outcome." not in "\n".join(beside.page(same))


def test_where_no_outcome_was_fixed_no_result_is_called_primary():
    within = [AtHorizon("12 months", "People ...", COUNTS, True)]
    plan = SimpleNamespace(outcomes=COUNTS, lost={"A": 0, "B": 0})
    told = beside.primary(replace(ABOUT, results=within), plan, outcome="arrest", policy=POLICY)
    assert (told["fixed_in_advance"], told["at_horizons"][0]["primary"]) == (False, False)
    page = "\n".join(beside.page(told))
    assert page.startswith("## Result of everybody")
    assert "No primary outcome was fixed in advance." in page
    assert told["counted_at_horizons"] == "Arrested again within each horizon"
    assert "It is not the primary outcome." not in page
    assert "the earliest news that the data cut holds, which nobody fixed" in page


def test_what_rests_on_too_few_is_said_to_be_suppressed(tmp_path):
    rows = [row | {"arrest_day": None} for row in ROWS[20:]] + ROWS[:20]
    _, files = built(tmp_path, asked("sex"), rows)
    report = json.loads(files["disclosure-report.json"])["full_cohort_primary_result"]
    few = [arm for arm, told in report["arms"].items() if told["people"] is None]
    assert few
    page = files["README.md"].decode()
    assert "What rests on too few is suppressed." in page
    assert page.count("| suppressed |") >= len(few)


def test_events_of_people_who_are_not_in_the_extract_are_passed_over(tmp_path):
    wanted = asked("sex", events=True)
    some = [row for row in ROWS if row["sex"] == "male"]
    release, _ = built(tmp_path, wanted, some, happened(ROWS))
    assert release.events == len(happened(some)) < len(happened(ROWS))


def test_costs_distances_and_harm_are_told_in_steps_and_points_as_they_are(tmp_path):
    columns = offered(Measure, [PRIO], unblinded=True)
    names = ["cost_pounds", "distance_travelled", "completed", "arm_delivered"]
    names += ["wellbeing_after", "victim_satisfaction"]
    wanted = Asked(columns=chosen(names, columns), arms={"A": "treatment", "B": "control"})
    lot = Random(3)
    rows = [
        row
        | {
            "cost_pence": lot.randint(0, 10**6),
            "distance_travelled": lot.randint(-9, 9),
            "completed": lot.choice("tf") if row["mask"] == "A" else None,
            "delivered_mask": row["mask"],
            "wellbeing": lot.randint(14, 70),
            "victim_satisfaction": lot.choice([None, 1, 4.5]),
        }
        for row in ROWS
    ]
    _, files = built(tmp_path, wanted, rows)
    told = table(files)
    assert {row["arm"] for row in told} == {"treatment", "control"}
    assert all(int(row["cost_pounds"]) % 100 == 0 for row in told)
    assert all(int(row["distance_travelled"]) % 5 == 0 for row in told)
    assert {row["completed"] for row in told if row["arm"] == "control"} == {""}
    assert {row["wellbeing_after"] for row in told} <= {str(points) for points in range(14, 71)}
    assert {row["victim_satisfaction"] for row in told} == {"", "1", "4.5"}


HOSTILE = ["=cmd|' /C calc'!A0", "@SUM(1)", '+1,"2"', "-2\r\n=3", "\t=4"]


def test_no_cell_of_a_package_is_a_formula(tmp_path):
    kind = Covariate("status", CovariateKind.CODE, "Status")
    columns = offered(Measure, [kind])
    wanted = Asked(
        columns=chosen(["status", "offence_group"], columns, exempt=["status"]),
        arms={"A": "A", "B": "B"},
    )
    lot = Random(4)
    rows = [row | {"baseline.status": lot.choice(HOSTILE), "offence_group": "=1+1"} for row in ROWS]
    _, files = built(tmp_path, wanted, rows)
    cells = {
        cell for row in csv.reader(io.StringIO(files["participants.csv"].decode())) for cell in row
    }
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {"'=1+1", "'=4", "'@SUM(1)"} <= cells


def test_a_covariate_with_as_many_values_as_numbers_of_cases_cannot_be_spared(tmp_path):
    rows = [row | {"baseline.prio": place} for place, row in enumerate(ROWS)]
    with pytest.raises(NotPublic, match="prio has more than 100"):
        built(tmp_path, asked("prio", exempt=["prio"]), rows)
    release, _ = built(tmp_path, asked("prio"), rows)
    assert release.plan.levels["prio"] >= 1


def test_a_column_with_too_many_values_to_bring_together_is_withheld(tmp_path, monkeypatch):
    monkeypatch.setattr("checkpoint.extracts.reading.MOST_VALUES", 50)
    rows = [row | {"residence": f"E{place:08d}"} for place, row in enumerate(ROWS)]
    _, files = built(tmp_path, asked("local_authority"), rows)
    assert {row["local_authority"] for row in table(files)} == {REDACTED}


@pytest.mark.parametrize("rows", [[], ROWS[:6], [r | {"arrest_day": None} for r in ROWS[:40]]])
def test_too_few_or_all_with_one_outcome_make_no_extract(rows, tmp_path):
    with pytest.raises(TooFew):
        built(tmp_path, asked("sex"), rows)
    assert not [*tmp_path.iterdir()]


def test_somebody_twice_ends_the_building_and_its_scratch_files_go(tmp_path):
    for rows in ([*ROWS, ROWS[0]], [ROWS[0], ROWS[0]]):
        with pytest.raises(ValueError, match="twice"):
            built(tmp_path, asked("sex"), rows)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(["x"]),
        pa.array([None], pa.binary(16)),
        pa.array([b"short"], pa.binary(5)),
        pa.array([1]),
    ],
    ids=str,
)
def test_ids_that_are_none_end_the_building(ids, tmp_path):
    wanted = asked("sex")
    (batch,) = copied(ROWS[:1], wanted.sources)
    with (
        pytest.raises(ValueError, match="no UUID"),
        Building(wanted, ABOUT, key=KEY, policy=POLICY, folder=tmp_path / "s") as building,
    ):
        building.participants([batch.set_column(0, wanted.sources[0], ids)])
    assert not [*tmp_path.iterdir()]


class Stopped(Exception):
    pass


def elsewhere(at):
    """Told while people are written beside the reading of events."""
    return threading.current_thread() is not threading.main_thread()


@pytest.mark.parametrize(
    ("wanted", "ends"),
    [
        (WHOLE, "measuring".__eq__),
        (WHOLE, "events".__eq__),
        (WHOLE, elsewhere),
        (asked("sex"), "participants".__eq__),
    ],
    ids=["measuring", "events", "people-beside-events", "people"],
)
def test_a_build_can_be_stopped_at_every_stage_and_leaves_nothing(wanted, ends, tmp_path):
    def tell(at, done, total):
        if ends(at):
            raise Stopped

    with (
        pytest.raises(Stopped),
        Building(
            wanted, ABOUT, key=KEY, policy=POLICY, folder=tmp_path / "s", tell=tell
        ) as building,
    ):
        building.participants(copied(ROWS, wanted.sources))
        building.measured()
        if wanted.events:
            building.events(copied(happened(ROWS), wanted.event_sources))
        building.pack(tmp_path / "package.zip")
    assert not [*tmp_path.iterdir()]


def test_rows_may_come_in_pieces_of_any_size(tmp_path):
    digests = set()
    for size in (7, 100, 10**7):
        with Building(
            asked("sex"), ABOUT, key=KEY, policy=POLICY, folder=tmp_path / "s"
        ) as building:
            building.participants(copied(ROWS, asked("sex").sources, size))
            digests.add(building.pack(tmp_path / "package.zip").digest)
    assert len(digests) == 1
