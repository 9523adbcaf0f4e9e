"""The caseload board, as it stands on the screen."""

import io
from collections import Counter
from datetime import UTC, datetime

from rich.console import Console

from checkpoint.contracts.states import ContractState
from checkpoint.demo.board import COLUMNS, Line, board

TEN = datetime(2026, 7, 24, 9, tzinfo=UTC)


def a_line(name, **given):
    return Line(**{"navigator": name, "open": 0, "capacity": 16, "absent": False} | given)


def rows(*lines):
    console = Console(file=io.StringIO(), width=80)
    console.print(board(lines))
    found = [line.split() for line in console.file.getvalue().splitlines()]
    return [line for line in found if line and ("/" in line[1] or "/" in "".join(line[1:3]))]


def test_each_navigator_has_one_line_and_all_have_one():
    busy = a_line(
        "Nav-1",
        open=7,
        contracts=Counter(
            active=4, suspended=1, offered=1, draft=1, completed=3, failed=2, closed=1
        ),
        appointments=[TEN.replace(day=26), TEN],
        overdue=3,
    )
    absent = a_line("Nav-2", absent=True, contracts=Counter(lapsed=1), overdue=0)
    assert rows(busy, absent) == [
        ["Nav-1", "7/16", "2", "4", "1", "3", "2", "1", "2", "24", "Jul", "3"],
        ["Nav-2*", "0/16", "0", "0", "0", "0", "0", "1", "0", "-", "0"],
        ["all", "7/32", "2", "4", "1", "3", "2", "2", "2", "24", "Jul", "3"],
    ]


def test_a_service_without_a_worklist_leaves_what_is_overdue_open():
    assert [row[-1] for row in rows(a_line("Nav-1"), a_line("Nav-2"))] == ["-", "-", "-"]


def test_every_state_of_a_contract_has_its_column():
    named = [state for _, states in COLUMNS for state in states]
    assert sorted(named) == sorted(state.value for state in ContractState)
