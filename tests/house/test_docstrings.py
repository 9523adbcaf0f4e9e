"""A pure function says what goes in, what comes out and what it refuses, where there is a choice."""

import ast
import re

import pytest

from conftest import ROOT

PURE = [
    "states",
    "rules",
    "facts",
    "references",
    "identifiers",
    "permissions",
    "operations",
    "tokens",
    "names",
    "duties",
    "matching",
    "terms",
    "duties",
    "clock",
    "clocks",
    "spans",
    "replays",
    "stages",
    "papers",
    "pages",
    "week",
    "funnel",
    "balance",
    "offers",
    "sequence",
    "sealing",
    "shapes",
    "dialects",
    "mending",
    "filling",
    "linking",
    "repairs",
    "splitting",
    "tabular",
    "cutting",
    "measures",
    "addresses",
    "reports",
    "questions",
    "scoring",
    "caseload",
    "fits",
    "ranking",
    "term",
    "fates",
    "lives",
    "board",
    "listings",
    "referrals",
    "loop",
    "followup",
    "findings",
    "values",
    "parts",
    "entities",
    "parting",
    "meanings",
    "definitions",
    "harm",
    "covariates",
    "differences",
    "estimates",
    "hazards",
    "interaction",
    "means",
    "survival",
    "windows",
    "columns",
    "hierarchies",
    "risk",
    "classing",
    "coarsening",
    "control",
    "differencing",
    "pseudonyms",
    "choosing",
    "describing",
    "wording",
    "beside",
    "adjusting",
    "drawing",
    "boxes",
    "curves",
    "forests",
    "recruiting",
    "numbers",
]
CORRIDOR = (ROOT / "docs" / "corridor.md").read_text("utf-8")
PACKAGE = ROOT / "src" / "checkpoint"


def functions():
    """Every public function of the pure files, by room, alcove, file and name."""
    return {
        f"{'.'.join(path.relative_to(PACKAGE).parts[:-1])}.{path.stem}.{node.name}": node
        for name in PURE
        for path in PACKAGE.glob(f"**/{name}.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def arguments(function):
    given = function.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def section(function, name):
    """The lines below a heading of the docstring, up to the next blank one."""
    told = ast.get_docstring(function) or ""
    return told.partition(f"\n{name}:\n")[2].partition("\n\n")[0]


FUNCTIONS = functions()
SEVERAL = {name: node for name, node in FUNCTIONS.items() if len(arguments(node)) > 1}


def test_there_is_something_to_look_at():
    assert len(FUNCTIONS) >= 120
    assert len(SEVERAL) >= 80
    assert {name.rsplit(".", 2)[-2] for name in SEVERAL} >= {"states", "rules", "clock", "matching"}
    alcoves = {path.parent for path in PACKAGE.glob("*/*/rules.py")}
    assert len(alcoves) >= 4
    assert {str(each.relative_to(PACKAGE)).replace("/", ".") for each in alcoves} <= {
        name.rsplit(".", 2)[0] for name in FUNCTIONS
    }


def test_every_kind_of_file_that_is_said_to_be_pure_is_looked_at():
    rows = [line for line in CORRIDOR.splitlines() if line.startswith("|") and "pure" in line]
    named = {name for row in rows for name in re.findall(r"`(\w+)\.py`", row)}
    assert named >= {"states", "terms", "clocks", "replays", "papers", "week"}
    assert named - {*PURE} == set()


@pytest.mark.parametrize("name", SEVERAL)
def test_each_argument_of_several_is_explained(name):
    told = section(SEVERAL[name], "Args")
    assert [each for each in arguments(SEVERAL[name]) if f"    {each}: " not in told] == []


@pytest.mark.parametrize("name", SEVERAL)
def test_what_comes_out_is_explained_where_anything_does(name):
    function = SEVERAL[name]
    if ast.unparse(function.returns) != "None":
        told = section(function, "Returns") or section(function, "Yields")
        assert told, "say what comes out"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_refuses_says_when(name):
    function = FUNCTIONS[name]
    if any(isinstance(node, ast.Raise) for node in ast.walk(function)):
        assert section(function, "Raises"), "say what is refused, and when"
