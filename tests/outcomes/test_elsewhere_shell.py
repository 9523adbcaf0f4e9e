"""Trials from elsewhere as files: what is wrong is told by line, and nothing is half there."""

import asyncio
import json
import re

import pytest

from checkpoint.allocation.states import SealedListChanged
from checkpoint.allocation.vault import Vault
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.outcomes.cuts import actions as cutting
from checkpoint.outcomes.cuts.states import CutTooLarge, NothingToCut
from checkpoint.outcomes.elsewhere import actions, applying, queries
from checkpoint.outcomes.elsewhere.reading import Report
from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.outcomes.elsewhere.states import CodeTaken
from checkpoint.trials import loading
from conftest import NOON, ROOT, rolled_back
from outcomes.conftest import BY, CODE, MANIFEST, brought_in, changed, refused
from shell import Shell
from trialling import a_protocol

JUDGED_AFTER = "Correct the participants first; then follow-up.csv is checked for people who are not among them."


async def test_files_come_in_whole_and_the_same_again_change_nothing(
    owner, folder, vault, monkeypatch
):
    steps = []
    monkeypatch.setattr(applying, "TOLD_EVERY", 100)
    with (folder / "follow-up.csv").open("a") as file:
        file.write("\n")
    async with rolled_back(owner) as session:
        first = await brought_in(session, folder, vault, steps.append)
        again = await brought_in(session, folder, vault)
        cut = await cutting.take(session, CODE, vault=vault, by=BY, at=NOON)
        with pytest.raises(CutTooLarge):
            await cutting.take(session, CODE, vault=vault, most=431, by=BY, at=NOON)
        (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"changed": "Once more."}))
        second = await brought_in(session, folder, vault)
        same = await cutting.take(session, CODE, vault=vault, by=BY, at=NOON)
    assert sum(steps) == 546
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.edition, second.edition) == (first.edition, first.edition + 1)
    assert (cut.participants, cut.events, same.events) == (432, 114, 114)


def test_the_same_files_twice_at_once_are_one_edition(make_database, folder, vault):
    url = make_database()

    async def both():
        engine = engine_for(url, role=OWNER_ROLE, pool_size=2)

        async def once():
            async with transaction(engine) as session:
                return await brought_in(session, folder, vault)

        told = await asyncio.gather(once(), once())
        await engine.dispose()
        return told

    found = sorted((each.edition, each.is_new) for each in asyncio.run(both()))
    assert found == [(1, False), (1, True)]


async def test_each_way_a_file_may_be_wrong_is_told_by_line(owner, folder, vault):
    changed(folder, "participants.csv", 2, "R001", "R002")
    changed(folder, "participants.csv", 4, "control", "other")
    changed(folder, "participants.csv", 6, ",52,", ",fifty,")
    changed(folder, "participants.csv", 8, ",52,", ",52,x,")
    changed(folder, "follow-up.csv", 2, "arrest", "proven")
    assert await refused(owner, folder, vault) == [
        "Nothing was brought in; faults: 5.",
        (
            "participants.csv line 3: participant: They stand in an earlier line already; tell each person "
            "in one line."
        ),
        "participants.csv line 4: arm: Write one of control, aid.",
        "participants.csv line 6: observed: Write a whole number in digits alone, such as 52.",
        "participants.csv line 8: It has 10 cells; the first line names 9 columns.",
        "follow-up.csv line 2: measure: Write one of the manifest's measures.",
        JUDGED_AFTER,
    ]


async def test_a_day_in_two_forms_and_people_nobody_knows_are_told(owner, folder, vault):
    changed(folder, "participants.csv", 1, "observed", "allocated_on")
    file = folder / "participants.csv"
    file.write_text(file.read_text().replace(",52,", ",1971-10-01,"))
    changed(folder, "participants.csv", 3, "1971-10-01", "01/10/1971")
    assert await refused(owner, folder, vault) == [
        "Nothing was brought in; faults: 1.",
        "participants.csv line 3: allocated_on: Write the day as 2016-08-31: year, month, day.",
        JUDGED_AFTER,
    ]
    changed(folder, "participants.csv", 3, "01/10/1971", "1971-10-01")
    for line, reference in ((5, "R005"), (9, "R014"), (70, "R252")):
        text = (folder / "follow-up.csv").read_text().splitlines()[line - 1]
        changed(folder, "follow-up.csv", line, text.split(",")[0], f"X{reference}")
    assert await refused(owner, folder, vault) == [
        "Nothing was brought in; faults: 3.",
        *(
            f"follow-up.csv line {line}: It tells of somebody who is none of the participants."
            for line in (5, 9, 70)
        ),
    ]


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        ("participants.csv", lambda b: b[:5000], "line 184: The last line has no end"),
        ("participants.csv", lambda b: b"\n".join(b.split(b"\n")[:200]) + b"\n", "199 rows"),
        (
            "participants.csv",
            lambda b: b.replace(b"arm", b"group", 1),
            "Columns are missing: arm. Add them.",
        ),
        (
            "participants.csv",
            lambda b: b.replace(b"age", b"arm", 1),
            "line 1: Columns stand there twice: arm.",
        ),
        (
            "participants.csv",
            lambda b: b.replace(b"age", b"Age", 1),
            "Column 3, counted from the left, is not known; is age meant?",
        ),
        ("participants.csv", lambda b: b.decode().encode("utf-16"), "It is UTF-16"),
        ("participants.csv", lambda b: b"", "There is nothing in the file."),
        ("follow-up.csv", lambda b: b + b"R\xe9,arrest,1\n", "line 116: It is not UTF-8"),
        (
            "follow-up.csv",
            lambda b: b + b'"R1,arrest,1\n',
            "line 116: The file ends within a cell in quotes",
        ),
        ("manifest.json", lambda b: b"\xff", "line 1: It is not UTF-8"),
        ("manifest.json", lambda b: b[:100], "cannot be read"),
    ],
)
async def test_a_file_that_is_none_is_refused(owner, folder, vault, name, spoil, words):
    file = folder / name
    file.write_bytes(spoil(file.read_bytes()))
    assert words in "\n".join(await refused(owner, folder, vault))


async def test_a_trial_of_this_service_is_not_brought_in_and_other_keys_are_not_cut(
    owner, folder, vault, tmp_path
):
    async with rolled_back(owner) as session:
        protocol = a_protocol(trial="HERE-1", kind="live", strata=["DURHAMGATE"])
        await loading.adopt(session, protocol, by=BY, at=NOON)
        own = Manifest.model_validate(MANIFEST | {"code": "HERE-1"})
        with pytest.raises(CodeTaken):
            await actions.begin(session, own, vault=vault, by=BY, at=NOON)
        with pytest.raises(NothingToCut):
            await cutting.take(session, "HERE-1", vault=vault, by=BY, at=NOON)
        await brought_in(session, folder, vault)
        other = Vault(Settings(environment=Environment.DEVELOPMENT, data_folder=tmp_path / "o"))
        with pytest.raises(SealedListChanged, match="not the key that masked"):
            await cutting.take(session, CODE, vault=other, by=BY, at=NOON)


async def test_a_million_rows_would_be_cut_so_many_at_a_time(owner, folder, vault, monkeypatch):
    monkeypatch.setattr(cutting, "AT_A_TIME", 100)
    steps = []
    async with rolled_back(owner) as session:
        await brought_in(session, folder, vault)
        cut = await cutting.take(session, CODE, vault=vault, by=BY, at=NOON, seen=steps.append)
    assert (steps, cut.participants) == ([100, 100, 100, 100, 32], 432)


async def test_the_files_of_the_document_come_in_and_are_cut(owner, vault, tmp_path):
    text = (ROOT / "docs" / "trials-elsewhere.md").read_text("utf-8")
    blocks = re.findall(r"```(?:toml|csv)\n(.*?)```", text, re.DOTALL)
    names = ("manifest.toml", "participants.csv", "follow-up.csv")
    for name, block in zip(names, blocks, strict=True):
        (tmp_path / name).write_text(block)
    async with rolled_back(owner) as session:
        told = await brought_in(session, tmp_path, vault)
        cut = await cutting.take(session, told.manifest.code, vault=vault, by=BY, at=NOON)
    assert (cut.participants, cut.events, cut.horizons[0]["days"]) == (4, 2, 364)


def test_a_report_shows_the_first_faults_and_counts_all():
    report = Report()
    for line in range(1, 31):
        report.add("f.csv", line, "wrong")
    lines = report.text().splitlines()
    assert lines[0] == "Nothing was brought in; faults: 30."
    assert (len(lines), lines[-1]) == (22, "f.csv: … and 10 more.")


def test_a_trial_is_brought_in_and_cut_in_the_shell(make_database, monkeypatch, folder, tmp_path):
    monkeypatch.setenv("CHECKPOINT_DATA_FOLDER", str(tmp_path / "data"))
    shell = Shell(make_database(), monkeypatch)
    told = shell("trial", "import", folder)
    assert told.code == 0, told.err
    assert told.out.splitlines()[0] == (
        "ROSSI-1980, edition 1: 432 participants, 114 rows of follow-up until 29 September 1972."
    )
    again = shell("trials", "import", folder)
    assert again.out.endswith("these very files are here already; nothing was changed.\n")
    cut = shell("trial", "cut", CODE, "--known-until", "2026-01-01")
    assert (cut.code, "No edition of it was complete by then" in cut.err) == (19, True)
    cut = shell("trial", "cut", CODE)
    assert cut.out.startswith("ROSSI-1980, data cut 1: 432 participants, 114 events until")
    assert "Nothing changed since data cut 1." in shell("trial", "cut", CODE).out
    (folder / "follow-up.csv").unlink()
    lacking = shell("trial", "import", folder)
    assert (lacking.code, "lacks follow-up.csv" in lacking.err) == (22, True)
    (folder / "manifest.json").unlink()
    assert "follow-up.csv and manifest.toml" in shell("trial", "import", folder).err


async def test_nothing_is_brought_in_that_cannot_be_recorded(without_ledger, vault):
    manifest = Manifest.model_validate(MANIFEST)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.begin(session, manifest, vault=vault, by=BY, at=NOON)
    async with transaction(without_ledger) as session:
        assert await queries.every(session) == {}


async def test_a_flow_that_does_not_add_up_is_refused_before_a_row_is_read(owner, folder, vault):
    manifest = MANIFEST | {"flow": {"screened": 500, "screened_not_eligible": 67}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    async with rolled_back(owner) as session:
        with pytest.raises(RuleBroken, match="screened: 500 people, but 499 leave it"):
            await brought_in(session, folder, vault)
