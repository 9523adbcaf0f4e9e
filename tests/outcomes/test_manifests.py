"""Manifests of trials that ran elsewhere, and their rows; pure."""

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from checkpoint.foundation.schemas import Command
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.elsewhere.loading import part_digest
from checkpoint.outcomes.elsewhere.reading import read_manifest
from checkpoint.outcomes.elsewhere.rules import (
    Covariate,
    Manifest,
    canonical,
    digest_of,
    participant_id,
)
from checkpoint.outcomes.elsewhere.schemas import ReceiveFollowUp, ReceiveParticipants
from checkpoint.outcomes.elsewhere.states import EditionRefused
from checkpoint.outcomes.elsewhere.tabular import (
    FollowUpRow,
    ParticipantRow,
    RowRefused,
    cells_of,
    covariates_of,
    follow_up_values,
    participant_values,
)
from checkpoint.outcomes.elsewhere.wording import faults_of
from checkpoint.outcomes.elsewhere.writing import protocol_text
from checkpoint.trials.loading import ProtocolRefused, readable
from checkpoint.trials.rules import parse
from outcomes.conftest import MANIFEST

TOML = """
code = "MADE-UP"
title = "Made up"
source = "For a test"
unit = "date"
followed_until = 2018-08-31
measures = ["arrest", "proven"]
participants = 2
events = 0
[arms]
control = 1
programme = 2
[[horizons]]
name = "12 months"
months = 12
"""
MASKS = {"control": "B", "aid": "A"}


def manifest(**others):
    return Manifest.model_validate(MANIFEST | others)


def test_a_manifest_is_read_as_json_and_as_toml():
    told = read_manifest(json.dumps(MANIFEST))
    assert told == manifest()
    found = read_manifest(TOML)
    assert (found.strata, found.arms["programme"]) == (("ALL",), 2)
    assert found.programme("0" * 64, number=3).definitions == "elsewhere-3"
    assert found.programme("0" * 64, number=1).flow == {"allocated": 2}


def test_a_manifest_may_name_the_outcome_that_its_trial_is_judged_by():
    primary = manifest().programme("0" * 64, number=1).primary
    assert primary == Primary(Measure.ARREST, "52 weeks")
    assert manifest(primary=None).programme("0" * 64, number=1).primary is None


def test_a_manifest_that_names_none_has_the_digest_that_it_always_had():
    without = {name: each for name, each in MANIFEST.items() if name != "primary"}
    told = canonical(Manifest.model_validate(without))
    # As it was before manifests could name one.
    assert digest_of(told) == "3f61265c1175e21553f52d175a2184c27b2221261b4d59127ccaf26cf6d80066"
    assert told == canonical(manifest(primary=None)) != canonical(manifest())


def test_a_part_without_a_day_of_custody_has_the_digest_that_it_always_had():
    people: list[dict[str, Any]] = [
        {"participant": "P1", "arm": "aid", "observed": 100, "delivered": "aid", "custody_days": 3},
        {"participant": "P2", "arm": "control", "observed": 90, "ended_by": "death"},
    ]
    # As it was before parts could tell the day; a part that is sent again has to be the same.
    always = "5a44e77ea32bec50e2ce18e7f7a98cb72586e06ed38c34bc18d1387ccdf84964"
    for part in (1, 2):
        assert part_digest(ReceiveParticipants(part=part, rows=people)) == always
    people[0]["custody_day"] = 7
    told = part_digest(ReceiveParticipants(part=1, rows=people))
    people[0]["custody_day"] = 8
    assert len({always, told, part_digest(ReceiveParticipants(part=1, rows=people))}) == 3
    event = {"participant": "P1", "measure": "arrest", "at": 40}
    assert part_digest(ReceiveFollowUp(part=1, rows=[event])) == (
        "0615c165343aeddcfb2f44c3dbed19a4cdde15c62d537c23cea49069f7556b5c"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("code = ", "cannot be read"),
        ("[" * 5, "cannot be read"),
        ("code = 1", "manifest: code"),
        ('{"code": ' + "9" * 5000 + "}", "too many digits"),
    ],
)
def test_what_is_no_manifest_is_refused(text, words):
    with pytest.raises(EditionRefused, match=words):
        read_manifest(text)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"code": "TEST-1"}, "TEST- is for tests"),
        ({"arms": {"one": 1, "two": 1}}, "one of them is control"),
        ({"strata": ["A", "A"]}, "strata: one stands there twice"),
        ({"measures": ["arrest", "arrest"]}, "measures: one stands there twice"),
        ({"horizons": [{"name": "x", "days": 7}, {"name": "x", "days": 8}]}, "horizons: one"),
        ({"horizons": [{"name": "x"}]}, "Give months or days"),
        ({"horizons": [{"name": "x", "months": 6, "days": 180}]}, "Give months or days"),
        ({"covariates": {"arm": {"type": "number", "label": "Arm"}}}, "have these names already"),
        ({"covariates": {"x": {"type": "code", "label": "No codes"}}}, "Codes are named"),
        ({"followed_until": "1971-01-01"}, "the day of allocation or a later one"),
        ({"measures": ["charge"]}, "primary: its measure is none"),
        ({"horizons": [{"name": "x", "days": 7}]}, "primary: its horizon is none"),
        ({"primary": {"measure": "arrest"}}, "horizon"),
        ({"flow": {"allocated": 5}}, "not the number of participants"),
        ({"title": "=1+1\u202e"}, "invisible"),
    ],
)
def test_a_manifest_hangs_together(others, words):
    with pytest.raises(ValidationError, match=words):
        manifest(**others)


def test_a_manifest_becomes_a_protocol_that_nobody_adopts_by_hand():
    told = manifest(title='A "quoted" title — é', strata=["NORTH", "SOUTH"])
    text = protocol_text(told, 2, first=date(1971, 10, 1), last=date(1972, 1, 31))
    protocol = parse(text)
    assert (protocol.trial, protocol.number, protocol.title) == (told.code, 2, told.title)
    assert protocol.changed == "Another edition; its manifest does not say what it changes."
    told = told.model_copy(update={"changed": "Two ages."})
    assert (
        parse(protocol_text(told, 2, first=protocol.opens_on, last=protocol.opens_on)).changed
        == "Two ages."
    )
    assert (protocol.opens_on, protocol.closes_on) == (date(1971, 10, 1), date(1972, 2, 1))
    assert dict(protocol.arms) == told.arms
    with pytest.raises(ProtocolRefused, match="checkpoint trial import"):
        readable(text)


def test_somebody_is_the_same_in_each_edition_and_another_in_another_trial():
    assert participant_id("A", "1") == participant_id("A", "1")
    assert participant_id("A", "1") not in {participant_id("B", "1"), participant_id("A", "2")}
    one, other = canonical(manifest()), canonical(manifest(events=113))
    assert digest_of(one) != digest_of(other)


def test_a_participant_is_kept_behind_masks_and_with_typed_covariates():
    row = ParticipantRow(
        participant="R1",
        arm="aid",
        delivered="control",
        observed=20,
        covariates={"race": "yes", "wexp": 0, "mar": False, "paro": "", "prio": "3.5"},
    )
    found = participant_values(row, manifest(), MASKS)
    assert (found["mask"], found["delivered_mask"], found["per_protocol"]) == ("A", "B", False)
    assert found["observed_days"] == 140
    assert found["baseline"] == {"race": True, "wexp": False, "mar": False, "prio": 3.5}
    assert "arm" not in found


def test_somebody_of_whom_little_is_told_was_observed_to_the_end():
    row = ParticipantRow(participant="R1", arm="aid", per_protocol=True, covariates={"prio": 3})
    found = participant_values(row, manifest(), MASKS)
    assert (found["observed_days"], found["delivered_mask"]) == (364, None)
    assert (found["per_protocol"], found["stratum"]) == (True, "ALL")
    assert found["baseline"] == {"prio": 3}
    row = ParticipantRow(participant="R1", arm="aid", stratum="ALL", covariates={"group": "a"})
    found = participant_values(row, manifest(covariates=CODED), MASKS)
    assert (found["stratum"], found["baseline"]) == ("ALL", {"group": "a"})


CODED = {"group": {"type": "code", "label": "Group", "codes": {"a": "First"}}}


@pytest.mark.parametrize(
    ("told", "others", "column"),
    [
        ({"arm": "other"}, {}, "arm"),
        ({"delivered": "other"}, {}, "delivered"),
        ({"stratum": "SOUTH"}, {}, "stratum"),
        ({}, {"strata": ["NORTH", "SOUTH"]}, "stratum"),
        ({}, {"allocated_on": None}, "allocated_on"),
        ({"allocated_on": "1980-01-01"}, {}, "allocated_on"),
        ({"observed": 53}, {}, "observed"),
        ({"observed": 99_999}, {}, "observed"),
        ({"observed_until": "1971-09-30"}, {}, "observed_until"),
        ({"observed": 2, "observed_until": "1971-10-02"}, {}, "observed_until"),
        ({"observed": 1, "custody_days": 9}, {}, "custody_days"),
        ({"observed": 1, "custody_day": 3}, {}, "custody_day"),
        ({"observed": 1, "custody_day": 3, "custody_days": 0}, {}, "custody_day"),
        ({"observed": 1, "custody_day": 6, "custody_days": 3}, {}, "custody_day"),
        ({"covariates": {"unheard": 1}}, {}, "unheard"),
        ({"covariates": {"race": "maybe"}}, {}, "race"),
        ({"covariates": {"prio": "many"}}, {}, "prio"),
        ({"covariates": {"prio": True}}, {}, "prio"),
        ({"covariates": {"prio": "inf"}}, {}, "prio"),
        ({"covariates": {"group": "b"}}, {"covariates": CODED}, "group"),
    ],
)
def test_a_participant_who_does_not_fit_is_refused(told, others, column):
    row = ParticipantRow.model_validate({"participant": "R1", "arm": "aid"} | told)
    with pytest.raises(RowRefused) as refused:
        participant_values(row, manifest(**others), MASKS)
    assert column in {each.column for each in refused.value.faults}


def test_sex_is_known_or_not_known_as_it_is_of_whoever_was_allocated_here():
    for told, kept in (("female", "female"), ("not_known", None), (None, None)):
        row = ParticipantRow(participant="R1", arm="aid", sex=told)
        assert participant_values(row, manifest(), MASKS)["sex"] == kept


def test_follow_up_is_told_in_the_unit_of_the_manifest():
    weeks = FollowUpRow(participant="R1", measure="arrest", at=20)
    assert follow_up_values(weeks, manifest())["day"] == 140
    dated = FollowUpRow(participant="R1", measure="arrest", on="1971-12-01")
    found = follow_up_values(dated, manifest(unit="date"))
    assert (found["day"], found["happened_on"]) == (None, date(1971, 12, 1))
    for row, unit in ((weeks, "date"), (dated, "day")):
        with pytest.raises(RowRefused, match="The unit is"):
            follow_up_values(row, manifest(unit=unit))
    with pytest.raises(RowRefused, match="measure"):
        follow_up_values(FollowUpRow(participant="R1", measure="proven", at=1), manifest())


@pytest.mark.parametrize(
    "told",
    [
        {"participant": "=HYPERLINK()"},
        {"participant": "Testperson, Tess"},
        {"residence": "@sum"},
        {"offence_group": "+1"},
        {"age": 5},
        {"ethnicity": "W1"},
        {"allocated_on": "01/02/2016"},
    ],
)
def test_cells_that_could_do_harm_or_mean_two_things_are_refused(told):
    with pytest.raises(ValidationError):
        ParticipantRow.model_validate({"participant": "R1", "arm": "aid"} | told)


def test_a_line_of_a_file_is_a_row_of_the_api():
    line = {"participant": "R1", "arm": "aid", "age": "", "race": "1", "mar": " "}
    covariates = manifest().covariates
    assert cells_of(line, covariates) == {
        "participant": "R1",
        "arm": "aid",
        "covariates": {"race": "1"},
    }
    assert cells_of({"participant": "R1"}, covariates) == {"participant": "R1"}


def test_a_fault_of_a_day_says_how_days_are_written():
    class OneDay(Command):
        day: date

    with pytest.raises(ValidationError) as refused:
        OneDay.model_validate({"day": "tomorrow"})
    assert faults_of(refused.value) == ["day: Write the day as 2016-08-31: year, month, day."]


def test_a_number_whose_square_nobody_can_sum_is_no_covariate():
    faults, declared = [], {"x": Covariate(type="number", label="Something")}
    for given, kept in ((1e300, {}), (-1e12, {"x": -(10**12)}), (1.5, {"x": 1.5})):
        found = covariates_of({"x": given}, declared, lambda *told: faults.append(told))
        assert found == kept
    assert [(column, rule) for column, rule, _ in faults] == [("x", "covariate-type")]


def test_custody_is_kept_by_the_last_day_of_its_week_where_events_are_told_by_weeks():
    told = {"participant": "R1", "arm": "aid", "observed": 20, "custody_days": 3}

    def kept(day, **others):
        row = ParticipantRow.model_validate(told | {"custody_day": day})
        return participant_values(row, manifest(**others), MASKS)["custody_day"]

    assert [kept(day) for day in (None, 0, 1, 7, 8, 137)] == [None, 0, 7, 7, 14, 140]
    assert kept(13, unit="day") == 13
    until = {"observed": None, "observed_until": "1971-10-10"}
    row = ParticipantRow.model_validate(told | until | {"custody_day": 8, "custody_days": 1})
    assert participant_values(row, manifest(), MASKS)["custody_day"] == 9
