import ast
import re
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from conftest import ROOT


def test_every_import_contract_holds(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True) == 0
    assert "0 broken" in capsys.readouterr().out


def test_every_room_stands_in_the_corridor():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    package = ROOT / "src" / "checkpoint"
    rooms = {f"checkpoint.{path.stem}" for path in package.iterdir() if is_module(path)}
    assert rooms == named


def test_all_deeds_and_the_ledger_name_who_may_call_them():
    text = (ROOT / "pyproject.toml").read_text()
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    protected = {
        module
        for contract in contracts
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
    }
    source = ROOT / "src"
    deeds = {
        ".".join(path.relative_to(source).with_suffix("").parts)
        for name in ("actions", "loading", "identifying", "proving")
        for path in source.rglob(f"{name}.py")
    }
    assert len(deeds) >= 14
    assert deeds | {"checkpoint.audit.ledger"} == protected - {"checkpoint.foundation.idempotency"}


@pytest.mark.parametrize(
    ("room", "least", "words"),
    [
        ("custody", 40, "in custody and its alcoves"),
        ("people", 15, "in people and its alcove"),
        ("navigators", 20, "in navigators and its alcoves"),
        ("journey", 20, "in the journey and its alcoves"),
        ("contracts", 15, "in contracts and its alcoves"),
        ("directory", 5, "in the directory and its alcoves"),
        ("referrals", 20, "in referrals and its alcoves"),
        ("outcomes", 20, "in outcomes and its alcoves"),
        ("evaluation", 20, "in the evaluation and its alcoves"),
        ("extracts", 30, "in extracts and its alcove"),
    ],
)
def test_every_file_of_a_room_with_alcoves_has_its_layer(room, least, words):
    text = (ROOT / "pyproject.toml").read_text()
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    contract = next(each for each in contracts if words in each["name"])
    layered = {name.strip() for layer in contract["layers"] for name in re.split("[:|]", layer)}
    source = ROOT / "src"
    found = {
        ".".join(path.relative_to(source).with_suffix("").parts)
        for path in (source / "checkpoint" / room).rglob("*.py")
        if path.stem != "__init__"
    }
    assert len(found) > least
    assert found == layered


def is_module(path: Path) -> bool:
    return (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem[0] != "_")


def test_a_room_holds_only_the_agreed_furniture():
    furniture = {
        "__init__", "states", "rules", "replays", "facts", "references", "identifiers",
        "clock", "clocks", "spans", "terms", "names", "matching",
        "tables", "lists", "schemas", "queries", "lookups", "actions", "identifying",
        "loading", "routes", "codes", "counts", "cli", "identities",
        "stages", "cases", "papers", "pages", "printing", "views", "balance", "caseload",
        "sequence", "sealing", "vault", "proving",
        "questions", "scoring", "forms", "waiting", "running", "duties", "fits", "referred",
        "shapes", "dialects", "mending", "filling", "linking", "repairs", "splitting", "tabular",
        "addresses", "reports", "fetching", "reading", "crawling", "packages", "writing",
        "staging", "comparing", "applying", "exporting", "ranking",
        "entities", "parts", "values", "offers", "parting", "meanings", "indexing", "keeping",
        "answering", "finding", "guarding", "kept", "mounting",
        "changes", "cutting", "definitions", "harm", "measures",
        "estimates", "means", "survival", "hazards", "interaction", "covariates", "differences",
        "windows", "subgroups", "adjusting",
        "columns", "pseudonyms", "control", "risk", "coarsening", "differencing", "hierarchies",
        "classing", "scratch", "choosing", "describing", "wording", "beside", "results", "assembling", "packaging", "zipping", "arrays",
        "fields", "keys", "populations", "snapshots", "orders", "building", "tallies", "sheets", "shelf",
        "working", "waking",
        "drawing", "boxes", "curves", "forests", "recruiting", "numbers",
    }  # fmt: skip
    rooms = (
        "people", "custody", "victims", "forecast", "eligibility", "oversight", "needs",
        "directory", "consent", "trials", "allocation", "delivery", "navigators", "contracts", "referrals", "monitor", "outcomes", "journey",
        "evaluation", "extracts", "batches", *ALCOVES,
    )  # fmt: skip
    found = {
        f"{room}/{path.name}"
        for room in rooms
        for path in (ROOT / "src" / "checkpoint" / room).glob("*.py")
        if path.stem not in furniture
    }
    assert found == set()


ALCOVES = (
    "custody/suites", "custody/movements", "custody/detention", "custody/circumstances",
    "custody/reach", "people/merges", "directory/upkeep", "directory/imports",
    "directory/lookups",
    "navigators/staff", "navigators/handovers", "navigators/conflicts",
    "contracts/agreements", "contracts/signatures", "contracts/sessions", "contracts/feeds",
    "contracts/evidence", "contracts/reviews", "contracts/outcomes",
    "journey/worklist", "journey/timeline", "journey/steps",
    "directory/published",
    "outcomes/cuts", "outcomes/elsewhere",
    "extracts/builds",
    "referrals/making", "referrals/offers", "referrals/providers", "referrals/gaps",
    "outcomes/followup", "outcomes/measuring", "outcomes/own",
    "evaluation/risks", "evaluation/times", "evaluation/profiles", "evaluation/amounts",
    "evaluation/flows", "evaluation/equality", "evaluation/pictures",
)  # fmt: skip


def test_every_folder_of_code_in_a_room_is_a_known_alcove():
    package = ROOT / "src" / "checkpoint"
    found = {str(path.parent.relative_to(package)) for path in package.glob("*/*/**/*.py")}
    assert found == set(ALCOVES)


def test_files_keep_to_their_size():
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }
    assert len(sizes) > 50
    assert {path: size for path, size in sizes.items() if size > 300} == {}


def test_functions_keep_to_their_size():
    functions = [
        (path, node)
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sizes = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": lines_of(node)
        for path, node in functions
    }
    assert len(sizes) == len(functions) > 300
    assert {name: size for name, size in sizes.items() if size > 40} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the first line to the last, but for the docstring."""
    told = function.body[0]
    words = told.end_lineno - told.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - words
