"""The documents' own example of a protocol, and the words that the trial's page promises."""

import re

import pytest

from checkpoint.foundation.problems import every_refusal
from checkpoint.trials.rules import parse
from conftest import ROOT
from shell import Shell

EXAMPLE = ROOT / "docs" / "examples" / "protocol.toml"
PAGE = (ROOT / "docs" / "trial.md").read_text("utf-8")


@pytest.fixture
def shell(database, monkeypatch):
    return Shell(database, monkeypatch)


def test_the_example_passes_its_check(shell):
    told = shell("trials", "check", EXAMPLE)
    assert told.code == 0, told.err
    assert "EXAMPLE-2027 (live), version 1.0: no fault." in told.out


def test_the_example_shows_every_key_and_no_block_size():
    text = EXAMPLE.read_text("utf-8")
    keys = {*re.findall(r"^\[?(\w+)", text, re.MULTILINE)}
    assert keys >= parse(text).model_fields_set
    assert not re.search(r"block", text)


def test_every_command_on_the_page_is_one(shell):
    commands = re.findall(r"^    checkpoint (\w+ \w+)", PAGE, re.MULTILINE)
    assert {*commands} == {
        "trials check", "trials adopt", "trials show", "trials close", "allocation seal",
        "allocation verify",
    }  # fmt: skip
    for command in {*commands, "allocation digests"}:
        told = shell(*command.split(), "--help")
        assert told.code == 0, told.err


def test_every_refusal_on_the_page_is_one():
    slugs = {refusal.slug for refusal in every_refusal()}
    assert {"sealed-list-changed", "stratum-exhausted"} <= slugs
    assert {*re.findall(r"`([a-z]+-[a-z]+-[a-z]+|stratum-exhausted)`", PAGE)} <= slugs
