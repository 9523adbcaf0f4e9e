import re
import tomllib

import pytest
from sqlmodel import SQLModel

from checkpoint.directory.lookups.references import places_in
from checkpoint.documents import DOCUMENTS
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Role
from checkpoint.foundation.settings import Settings
from conftest import ROOT


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_what_is_committed(name):
    committed = (ROOT / "docs" / name).read_text("utf-8")
    assert committed == DOCUMENTS[name](), "run `make docs` and commit what it writes"


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_table_permission_and_role_has_a_word_in_the_glossary():
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").lower().splitlines()
    explained = {line.split("|")[1].strip().split(" (")[0] for line in lines if "|" in line}
    words = {name.replace("_", " ") for name in SQLModel.metadata.tables}
    words |= {role.value.replace("_", " ") for role in Role}
    words |= {verdict.value for verdict in Verdict} | {fact.replace("_", " ") for fact in STATES}
    assert len(words) > 20
    assert words - explained == set()


STATES = {"detained", "released"}


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    named = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        named += extra
    for requirement in named:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert re.search(r"# \w+", line), requirement


def test_locked_requirements_carry_hashes_and_name_no_host():
    for file in (ROOT / "requirements").glob("*.txt"):
        text = file.read_text()
        pinned = re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.MULTILINE)
        assert len(pinned) > 20
        assert text.count("==") >= len(pinned)
        assert "://" not in text
        assert all("--hash=sha256:" in part for part in re.split(r"\n(?=[a-z0-9])", text))


def test_links_between_documents_lead_somewhere():
    for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text("utf-8")):
            assert (file.parent / target).exists(), (file.name, target)


def test_decisions_are_numbered_without_gaps_and_say_their_number():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    headings = [file.read_text("utf-8").partition(" ")[2].partition(".")[0] for file in files]
    assert headings == [f"{n}" for n in range(1, len(files) + 1)]


def test_the_glossary_is_sorted_and_explains_each_word_once():
    rows = re.findall(
        r"^\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE
    )
    words = [row.casefold() for row in rows if row not in {"word", "---"}]
    assert len(words) > 100
    assert words == sorted(set(words))


def test_the_list_of_places_that_the_documents_show_is_one():
    text = (ROOT / "docs" / "directory.md").read_text("utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert [each.name for each in places_in(shown).places] == ["DL1"]
