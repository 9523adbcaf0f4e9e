"""Rule sets as a whole: whether they follow one another, and the files of the package. Pure."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from checkpoint.eligibility.rules import RuleSet, RulesUnreadable, digest, parse

SUMS = "SHA256SUMS"


def rule_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The rule files among the files of a folder, in the order of their first days.

    Args:
        texts: every file of the folder by name; ``SHA256SUMS`` holds the rule files' digests, and
            what ends in ``.cases.toml`` is no rule file.

    Returns:
        Each rule file's text by name.

    Raises:
        RulesUnreadable: a file cannot be read, is not named after its version, has another digest
            than is written down, or leaves a gap or an overlap. Every fault is told, with its file.
    """
    rules = {
        name: text
        for name, text in texts.items()
        if name.endswith(".toml") and not name.endswith(".cases.toml")
    }
    written = (line.split() for line in texts.get(SUMS, "").splitlines())
    sums = {name: told for told, name in written}
    read: dict[str, RuleSet] = {}
    faults = [f"{name}: {SUMS} names it and it is not there" for name in sums.keys() - rules]
    for name, text in rules.items():
        try:
            read[name] = parse(text)
        except RulesUnreadable as error:
            faults.append(f"{name}: {error}")
            continue
        faults += _faults(name, text, read[name], sums.get(name))
    faults += chain_faults(read.values())
    if faults:
        raise RulesUnreadable("; ".join(sorted(faults)))
    return {name: rules[name] for name in sorted(read, key=lambda name: read[name].in_force_from)}


def _faults(name: str, text: str, rules: RuleSet, written: str | None) -> list[str]:
    faults = []
    if name != f"{rules.version}.toml":
        faults.append(f"{name}: version: it is not named after its version, {rules.version}")
    if written is None:
        faults.append(f"{name}: {SUMS} does not name it")
    elif digest(text) != written:
        faults.append(f"{name}: digest: it is {digest(text)} and {SUMS} has {written}")
    return faults


def chain_faults(sets: Iterable[RuleSet]) -> list[str]:
    """Where rule sets leave a gap between them, or overlap; nothing if each ends as the next begins.

    Args:
        sets: in any order. Before the first there are no rules, and the last has no end.
    """
    faults = []
    ordered = sorted(sets, key=lambda rules: (rules.in_force_from, rules.version))
    for earlier, later in pairwise(ordered):
        begins, ends = later.in_force_from, earlier.in_force_until
        if begins == earlier.in_force_from:
            faults.append(
                f"{later.version}: in_force_from: overlap, {earlier.version} begins that day"
            )
        elif ends is not None and ends != begins:
            which = "gap" if ends < begins else "overlap"
            faults.append(
                f"{earlier.version}: in_force_until: {which}, {later.version} begins {begins}"
            )
    if ordered and (ends := ordered[-1].in_force_until) is not None:
        faults.append(f"{ordered[-1].version}: in_force_until: gap, nothing begins {ends}")
    return faults
