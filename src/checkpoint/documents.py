"""Writes the documents that are read off the code, so that they cannot be wrong.

``python -m checkpoint.documents docs`` writes them; a test compares them with what is committed.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlmodel import SQLModel

from checkpoint.access.guards import Holding
from checkpoint.access.permissions import GRANTS, STRONG, Permission
from checkpoint.api import create_app
from checkpoint.cli import EXIT, commands
from checkpoint.directory.published import mounting
from checkpoint.eligibility.rules import RuleSet, decide, parse
from checkpoint.eligibility.states import Answer
from checkpoint.foundation.actors import TOKEN_ROLES
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.problems import every_refusal, status_of
from checkpoint.foundation.settings import Environment, Settings

commands(())  # imports every room: tables and refusals are found among the classes there are
NOTE = "<!-- Written by `make docs`; edit the code instead. -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def permissions() -> str:
    """Role by permission, and the lock on each door."""
    head = ["permission", *(role.value.replace("_", " ") for role in TOKEN_ROLES)]
    rows = [
        [
            f"`{permission.value}`" + (" (strong login)" if permission in STRONG else ""),
            *("yes" if permission in GRANTS[role] else "" for role in TOKEN_ROLES),
        ]
        for permission in sorted(Permission, key=lambda permission: permission.value)
    ]
    doors = [[f"`{method} {path}`", f"`{lock}`"] for method, path, lock in locks()]
    return (
        f"# Who may do what\n\n{NOTE}\n{table(head, rows)}\n"
        "Which rows a role then reaches: see [who sees what](who-sees-what.md); all else is 404.\n\n"
        f"## The lock on each door\n\n{table(['door', 'permission'], doors)}"
    )


def locks() -> list[tuple[str, str, str]]:
    """Method, path and permission of each route that has a lock."""
    settings = Settings(environment=Environment.DEVELOPMENT, database_url=SecretStr(UNUSED))
    return sorted(
        (method, route.path, dependency.call.permission.value)
        for route in routes_of(create_app(settings))
        for dependency in route.dependant.dependencies
        for method in route.methods or ()
        if isinstance(dependency.call, Holding)
    )


UNUSED = "postgresql://nobody@localhost/nothing"  # no connection is opened to describe the doors


def problems() -> str:
    """Every refusal: its slug, status, exit code in the shell, and title."""
    rows = []
    for refusal in sorted(every_refusal(), key=lambda refusal: (status_of(refusal), refusal.slug)):
        code = next((str(EXIT[kind]) for kind in refusal.__mro__ if kind in EXIT), "")
        rows.append([f"`{refusal.slug}`", str(status_of(refusal)), code, refusal.title])
    return (
        f"# The ways the service declines\n\n{NOTE}\n"
        "A refusal over HTTP is a problem document (RFC 9457) whose `type` ends in the slug; in the "
        f"shell it is one line and an exit code.\n\n{table(['slug', 'status', 'exit', 'title'], rows)}"
    )


def _below(kind: type[SQLModel]) -> Iterator[type[SQLModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def dictionary() -> str:
    """Every table and column, with its comment and disclosure class."""
    kinds = {str(kind.__tablename__): kind for kind in _below(SQLModel)}
    parts = []
    for name, described in sorted(SQLModel.metadata.tables.items()):
        rows = [
            [
                f"`{column.name}`",
                str(column.type).lower(),
                "" if not column.nullable else "may be null",
                column.info["disclosure"].value,
                column.comment or "",
            ]
            for column in described.columns
        ]
        says = (kinds[name].__doc__ or "").strip().replace("\n    ", "\n")
        head = ["column", "type", "", "disclosure", "meaning"]
        parts.append(f"## {name}\n\n{says}\n\n{table(head, rows)}")
    classes = (
        "Disclosure: *direct* names somebody by itself; *indirect* helps to find somebody; *safe* "
        "finds nobody; *never* leaves the database in no extract.\n"
    )
    return f"# Data dictionary\n\n{NOTE}\n{classes}\n" + "\n".join(parts)


def settings() -> str:
    """Every setting, its default and meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default.value if hasattr(field.default, "value") else field.default
        shown = "" if default is None else f"`{default}`"
        rows.append([f"`CHECKPOINT_{name.upper()}`", shown, field.description or ""])
    return (
        f"# Settings\n\n{NOTE}\nRead from the environment, once, at the start. A process that finds "
        f"them unsafe names every fault and does not start.\n\n"
        f"{table(['setting', 'default', 'meaning'], rows)}"
    )


def cases() -> str:
    """Each rule set with its sources, and its worked cases with the reasons an officer would hear."""
    folder = Path(str(files("checkpoint.eligibility") / "rulesets"))
    parts = [f"# Eligibility, by example\n\n{NOTE}"]
    for file in sorted(folder.glob("*.cases.toml")):
        rules = parse((folder / file.name.replace(".cases", "")).read_text("utf-8"))
        worked = tomllib.loads(file.read_text("utf-8"))
        parts.append(
            f"\n## {rules.title}\n\nVersion `{rules.version}`, in force from "
            f"{rules.in_force_from:%d %B %Y}. {rules.approved_by}\n\n{rules.notes.strip()}\n"
        )
        asked = [[f"`{c.code}`", c.question, rules.named(c.source)] for c in rules.criteria]
        parts.append(table(["criterion", "question", "source"], asked))
        parts.append(
            table(
                ["case", "verdict", "what the officer is told"],
                [_worked(rules, worked["base"], case) for case in worked["cases"]],
            )
        )
    return "\n".join(parts)


def _worked(rules: RuleSet, base: Mapping[str, Any], case: Mapping[str, Any]) -> list[str]:
    """A worked case's line: its name, its verdict, and every reason but those that are met."""
    facts = base | case.get("facts", {}) | dict.fromkeys(case.get("unknown", []))
    findings = decide(rules, facts)[1]
    told = [found.reason for found in findings if found.answer is not Answer.MET or found.refers]
    until = f" until {case['until']}" if "until" in case else ""
    return [case["name"], f"**{case['verdict']}**{until}", " ".join(told) or "-"]


def open_referral() -> str:
    """The API document of what is published to anybody, as it is served beside it."""
    return json.dumps(mounting.described(mounting.published()), indent=1, ensure_ascii=False) + "\n"


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "permissions.md": permissions,
    "problems.md": problems,
    "data-dictionary.md": dictionary,
    "settings.md": settings,
    "eligibility-cases.md": cases,
    "open-referral.openapi.json": open_referral,
}


def write(folder: Path) -> None:
    """All of them, into ``folder``."""
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text(), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
