"""The protocol that a manifest becomes, as a file. Pure."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from checkpoint.outcomes.elsewhere.rules import Manifest
from checkpoint.trials.states import TrialKind

NOT_TOLD = "Not told: the trial ran elsewhere"


def protocol_text(manifest: Manifest, number: int, *, first: date, last: date) -> str:
    """The protocol of this service that says what a manifest does, as a file of TOML.

    Args:
        manifest: of the trial.
        number: of the edition, and so of the protocol's version.
        first: the first day of allocation.
        last: the last one.

    Returns:
        A protocol that is closed from its first moment here on.
    """
    told: Mapping[str, Any] = {
        "trial": manifest.code,
        "kind": TrialKind.ELSEWHERE.value,
        "number": number,
        "version": f"elsewhere-{number}",
        "title": manifest.title,
        "changed": manifest.change(number),
        "source": manifest.source,
    }
    days = {
        "in_effect_from": first,
        "opens_on": first,
        "closes_on": last + timedelta(days=1),
    }
    holders = ("sponsor", "trial_manager", "statistician", "data_monitor")
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()]
    lines += [f"{name} = {day.isoformat()}" for name, day in days.items()]
    lines += [f"target = {manifest.participants}", f"strata = {json.dumps(manifest.strata)}"]
    lines += ["", "[arms]", *(f"{arm} = {parts}" for arm, parts in manifest.arms.items())]
    lines += ["", "[holders]", *(f'{name} = "{NOT_TOLD}"' for name in holders), ""]
    return "\n".join(lines)
