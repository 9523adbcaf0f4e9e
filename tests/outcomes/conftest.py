"""The Rossi data, as this service takes a programme that ran elsewhere."""

import csv
import json
import shutil
from typing import Any
from uuid import UUID

import pytest

from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.outcomes.elsewhere.applying import Files, bring_in
from checkpoint.outcomes.elsewhere.states import EditionRefused
from conftest import NOON, rolled_back

CODE = "ROSSI-1980"
BY = Actor(id=UUID(int=7), role=Role.OPERATOR)
# Weeks from release; the days themselves are not in the data, so one of that time stands for all.
MANIFEST: dict[str, Any] = {
    "code": CODE,
    "title": "Released prisoners with and without financial aid, followed for a year",
    "source": "Rossi, Berk and Lenihan (1980), as lifelines.datasets.load_rossi has it",
    "unit": "week",
    "arms": {"control": 1, "aid": 1},
    "allocated_on": "1971-10-01",
    "followed_until": "1972-09-29",
    "measures": ["arrest"],
    "horizons": [{"name": "26 weeks", "days": 182}, {"name": "52 weeks", "days": 364}],
    "primary": {"measure": "arrest", "horizon": "52 weeks"},
    "covariates": {
        "race": {"type": "yes_no", "label": "Black"},
        "wexp": {"type": "yes_no", "label": "Worked full time before"},
        "mar": {"type": "yes_no", "label": "Married at release"},
        "paro": {"type": "yes_no", "label": "Released on parole"},
        "prio": {"type": "number", "label": "Convictions before"},
    },
    "participants": 432,
    "events": 114,
}


@pytest.fixture(scope="session")
def rossi() -> dict[str, list[dict[str, Any]]]:
    """Participants and follow-up of the Rossi data, as rows of the API."""
    from lifelines.datasets import load_rossi  # noqa: PLC0415 - two seconds, for this alone

    people, events = [], []
    for number, row in enumerate(load_rossi().to_dict("records"), 1):
        reference = f"R{number:03}"
        covariates = {name: int(row[name]) for name in MANIFEST["covariates"]}
        people.append(
            {
                "participant": reference,
                "arm": "aid" if row["fin"] else "control",
                "age": int(row["age"]),
                "observed": 52,
                "covariates": covariates,
            }
        )
        if row["arrest"]:
            happened = {"participant": reference, "measure": "arrest", "at": int(row["week"])}
            events.append(happened)
    return {"participants": people, "follow_up": events}


@pytest.fixture(scope="session")
def rossi_files(rossi, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rossi")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    people = [row | row["covariates"] for row in rossi["participants"]]
    columns = ["participant", "arm", "age", "observed", *MANIFEST["covariates"]]
    for name, fields, rows in (
        ("participants.csv", columns, people),
        ("follow-up.csv", ["participant", "measure", "at"], rossi["follow_up"]),
    ):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture
def folder(rossi_files, tmp_path):
    return shutil.copytree(rossi_files, tmp_path / "files")


@pytest.fixture
def vault(tmp_path):
    return Vault(Settings(environment=Environment.DEVELOPMENT, data_folder=tmp_path))


async def brought_in(session, folder, vault, seen=lambda _: None):
    manifest = next(folder.glob("manifest.*"))
    files = Files(manifest, folder / "participants.csv", folder / "follow-up.csv")
    return await bring_in(session, files, vault=vault, by=BY, at=NOON, seen=seen)


async def refused(owner, folder, vault):
    async with rolled_back(owner) as session:
        with pytest.raises(EditionRefused) as found:
            await brought_in(session, folder, vault)
    return str(found.value).splitlines()


def changed(folder, name, line, old, new):
    file = folder / name
    lines = file.read_text().splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    file.write_text("".join(lines))
