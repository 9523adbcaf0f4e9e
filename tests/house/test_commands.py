"""A command imports its own room alone, and yet every table that this room's tables point at."""

import subprocess
import sys

import pytest

from checkpoint.cli import ROOMS

LEFT_OUT = """
from sqlmodel import SQLModel
from checkpoint import cli
cli.commands([{name!r}])
tables = SQLModel.metadata.tables
keys = {{key.target_fullname.split(".")[0] for table in tables.values() for key in table.foreign_keys}}
print(len(tables), *sorted(keys - {{*tables}}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imported_alone_has_every_table_that_its_own_point_at(name):
    told = subprocess.run(
        [sys.executable, "-c", LEFT_OUT.format(name=name)],
        capture_output=True,
        text=True,
        check=True,
    )
    many, *missing = told.stdout.split()
    assert int(many) > 0
    assert missing == []
