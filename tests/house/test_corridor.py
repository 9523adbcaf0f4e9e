import ast
import tomllib
from pathlib import Path

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


def is_module(path: Path) -> bool:
    return (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem[0] != "_")


def test_a_room_holds_only_the_agreed_furniture():
    furniture = {
        "__init__", "states", "rules", "facts", "references", "identifiers",
        "tables", "schemas", "queries", "actions",
        "loading", "routes", "codes", "cli",
        "names", "matching", "identifying", "identities",
    }  # fmt: skip
    rooms = ("people", "custody", "eligibility", "journey")
    found = {
        f"{room}/{path.name}"
        for room in rooms
        for path in (ROOT / "src" / "checkpoint" / room).glob("*.py")
        if path.stem not in furniture
    }
    assert found == set()


def test_files_keep_to_their_size():
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }
    assert len(sizes) > 50
    assert {path: size for path, size in sizes.items() if size > 300} == {}


def test_functions_keep_to_their_size():
    sizes = {
        f"{path.name}:{node.name}": lines_of(node)
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(sizes) > 300
    assert {name: size for name, size in sizes.items() if size > 40} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the first line to the last, but for the docstring."""
    told = function.body[0]
    words = told.end_lineno - told.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - words
