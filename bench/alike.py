"""Before anything is measured: do the three give the same answers?"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from load import LoadFailed, Plan


def check(plans: Mapping[str, Mapping[str, Plan]], ports: Mapping[str, int]) -> None:
    """Put each operation's first target to each server and compare.

    Raises:
        LoadFailed: an answer to a reading is not the same, or one to a writing has another form.
    """
    for name, by_server in plans.items():
        answers = {server: ask(plan, ports[server]) for server, plan in by_server.items()}
        reading = by_server["service"].method == "GET"
        seen = {
            server: same(answer) if reading else form(answer) for server, answer in answers.items()
        }
        for server, found in seen.items():
            if found != seen["service"]:
                where = first_difference(found, seen["service"])
                raise LoadFailed(f"{name}: the answer of {server} differs in {where}")


def ask(plan: Plan, port: int) -> Any:
    """The answer to a plan's first request."""
    path, sender = plan.targets[0]
    lines = plan.heads[sender].replace("@KEY@", str(uuid4())).split("\r\n")[1:]
    headers = dict(line.split(": ", 1) for line in lines if line)
    body = plan.body.encode() or None
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body, headers, method=plan.method
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as fault:
        raise LoadFailed(f"{path} answered {fault.code}: {fault.read()[:800]!r}") from fault


def same(answer: Any) -> Any:
    """What must be equal: everything but the next page's address, which each makes its own way."""
    return {name: value for name, value in answer.items() if name != "next"}


def form(answer: Any) -> Any:
    """The names, without the values."""
    if isinstance(answer, dict):
        return {name: form(value) for name, value in sorted(answer.items())}
    if isinstance(answer, list):
        return [form(value) for value in answer]
    return None


def first_difference(one: Any, other: Any, at: str = "") -> str:
    """Where two answers part."""
    pairs = {}
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = {name: (one[name], other[name]) for name in one}
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = dict(enumerate(zip(one, other, strict=True)))
    for name, (left, right) in pairs.items():
        if left != right:
            return first_difference(left, right, f"{at}/{name}")
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() != other.keys():
        return f"{at or '/'}: the fields {sorted(one.keys() ^ other.keys())} stand in one alone"
    return f"{at or '/'}: {json.dumps(one)[:300]} instead of {json.dumps(other)[:300]}"
