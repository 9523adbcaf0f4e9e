"""The whole evaluation as files: the same as the doors tell, the same bytes each time."""

import hashlib
import json

import pytest

from checkpoint.allocation.vault import Vault
from checkpoint.evaluation.flows.states import FlowDoesNotReconcile
from checkpoint.evaluation.pictures.writing import SUMS, parts_of, report
from checkpoint.evaluation.queries import opened
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from evaluating import ROSSI
from flowing import FLOW
from shell import Shell

pytestmark = pytest.mark.xdist_group("evaluation")


@pytest.fixture
def written(cuts_owner, evaluated, flowed, evaluated_settings):
    """Write a trial's evaluation; how many steps it took, and the files."""

    async def write(trial, folder, cut=1, role=Role.OPERATOR):
        steps = []
        async with transaction(cuts_owner) as session:
            found = await opened(session, trial, cut, vault=Vault(evaluated_settings), at=NOON)
            files = await report(session, found, folder, role=role, seen=steps.append)
        assert sum(steps) == parts_of(found)
        return files

    return write


@pytest.mark.slow
async def test_a_report_holds_every_figure_and_picture_and_what_doors_tell(
    written, at_cuts, tmp_path
):
    folder = tmp_path / "made" / "new"
    files = await written(ROSSI, folder)
    names = [path.name for path in files]
    figures = ("flow", "summary", "baseline", "equality", "recruitment", "time-to-event-arrest",
               "time-to-event-custody-censored-arrest", "subgroups-arrest", "amounts-arrest")  # fmt: skip
    pictures = ("flow", "recruitment", "survival-arrest", "forest-arrest")
    assert sorted(names) == sorted(
        [f"{name}.json" for name in figures]
        + [f"{name}.{form}" for name in pictures for form in ("svg", "png", "txt")]
        + [SUMS]
    )
    client = at_cuts(Role.EVALUATOR)
    doors = {"flow": "/flow", "summary": "", "baseline": "/baseline", "equality": "/equality",
             "recruitment": "/recruitment", "time-to-event-arrest": "/time-to-event",
             "time-to-event-custody-censored-arrest": "/time-to-event?in_custody=censored",
             "subgroups-arrest": "/subgroups", "amounts-arrest": "/amounts"}  # fmt: skip
    for name, door in doors.items():
        told = (await client.get(f"/v1/trials/{ROSSI}/evaluation{door}")).json()
        assert json.loads((folder / f"{name}.json").read_text()) == told
    drawn = (await client.get(f"/v1/trials/{ROSSI}/evaluation/survival.svg")).content
    assert (folder / "survival-arrest.svg").read_bytes() == drawn
    for line in (folder / SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()


@pytest.mark.slow
async def test_the_same_cut_gives_the_same_report(written, tmp_path):
    first, again = [await written(ROSSI, tmp_path / name) for name in ("a", "b")]
    assert first[-1].read_text() == again[-1].read_text()


async def test_a_cut_whose_numbers_do_not_add_up_is_not_written_of(written, tmp_path):
    with pytest.raises(FlowDoesNotReconcile):
        await written(FLOW, tmp_path / "none", cut=2)
    assert not (tmp_path / "none").exists()


@pytest.fixture
def at_shell(evaluated, evaluated_settings, monkeypatch):
    """A shell beside the service, with its database and its keys."""
    monkeypatch.setenv("CHECKPOINT_DATA_FOLDER", str(evaluated_settings.data_folder))
    return Shell(str(evaluated_settings.database_url.get_secret_value()), monkeypatch)


@pytest.mark.slow
def test_the_shell_writes_a_report_with_a_bar_and_says_what_is_not_there(at_shell, tmp_path):
    told = at_shell("evaluation", "report", ROSSI, "--folder", tmp_path / "out")
    assert told.code == 0, told.err
    assert told.out.startswith(f"{ROSSI}, data cut 1: 22 files in ")
    assert "Evaluating" in told.err
    assert len([*(tmp_path / "out").iterdir()]) == 22
    assert at_shell("evaluation", "report", "NONE", "--folder", tmp_path / "no").code == 14
    assert not (tmp_path / "no").exists()
