"""What a cut keeps of its programme and its people, and what of it is digested. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from checkpoint.outcomes.cuts.facts import Gathered, Primary, Programme, Taken
from checkpoint.outcomes.cuts.states import Measure

PARTICIPANT = (
    "participant_id", "mask", "delivered_mask", "per_protocol", "completed", "stratum",
    "allocated_on", "sex", "age", "ethnicity", "residence", "offence_group",
)  # fmt: skip
PARTICIPANT_COLUMNS = (
    "id", "cut_id", *PARTICIPANT, "baseline", "observed_days", "ended_by", "custody_days",
    "arrest_day", "charge_day", "proven_day", "distance_travelled", "cost_pence", "wellbeing",
    "victim_satisfaction", "custody_day",
)  # fmt: skip
EVENT_COLUMNS = (
    "id", "cut_id", "participant_id", "measure", "day", "offence_group", "harm_days",
    "proactively_detected",
)  # fmt: skip


def told(programme: Programme) -> dict[str, Any]:
    """What a cut's row keeps of its programme, and what begins its digest.

    Args:
        programme: what holds for everybody in the cut.

    Returns:
        By column. The primary outcome stands there only where there is one, so that the digests of
        cuts without it are what they were before cuts could have one.
    """
    return {
        "followed_until": programme.followed_until,
        "measures": [each.value for each in programme.measures],
        "definitions": programme.definitions,
        "definitions_digest": programme.definitions_digest,
        "horizons": [asdict(each) for each in programme.horizons],
        "conviction_lag_months": programme.conviction_lag_months,
        "rule_sets": [*programme.rule_sets],
        "harm_index": programme.harm_index,
        "flow": dict(programme.flow),
    } | _primary(programme)


def _primary(programme: Programme) -> dict[str, str]:
    # What was not followed cannot be what a trial is judged by.
    primary, names = programme.primary, {each.name for each in programme.horizons}
    if primary is None or primary.measure not in programme.measures or primary.horizon not in names:
        return {}
    return {"primary_measure": primary.measure.value, "primary_horizon": primary.horizon}


def primary_of(cut: Any) -> Primary | None:
    """The primary outcome that a cut keeps.

    Args:
        cut: its row.

    Returns:
        Its measure and horizon; None where none was fixed in advance, or it was not followed.
    """
    if cut.primary_measure is None:
        return None
    return Primary(Measure(cut.primary_measure), str(cut.primary_horizon))


def worded(programme: Programme) -> dict[str, Any]:
    """What a cut's row keeps of its programme beside what is digested."""
    # Not in the digest: that of the definitions is of the whole manifest, with every word.
    return {"covariates": dict(programme.covariates) or None}


def participant_row(taken: Taken, found: Gathered) -> list[Any]:
    """What a cut keeps of somebody beside their identifier.

    Args:
        taken: them, with all that is on record.
        found: what of it the cut counts.

    Returns:
        Plain values in the order of ``PARTICIPANT_COLUMNS``, behind the first three of these.
    """
    return [
        *(getattr(taken, name) for name in PARTICIPANT[1:]),
        json.dumps(taken.baseline, sort_keys=True),
        found.observed_days,
        found.ended_by.value,
        found.custody_days,
        *(found.first.get(measure) for measure in Measure),
        taken.distance_travelled,
        taken.cost_pence,
        taken.wellbeing,
        taken.victim_satisfaction,
        found.custody_day,
    ]


def event_rows(found: Gathered) -> Iterator[list[Any]]:
    """What it keeps of what happened to them."""
    for each in found.events:
        yield [
            each.measure.value,
            each.day,
            each.offence_group,
            each.harm_days,
            each.proactively_detected,
        ]


def somebodys_line(taken: Taken, row: Sequence[Any], events: Sequence[Any]) -> bytes:
    """What is digested of somebody.

    Args:
        taken: them.
        row: as ``participant_row`` gives it.
        events: as ``event_rows`` gives them.

    Returns:
        Their line. The day of custody stands in it only where there is one, so that the digests of
        others are what they were before cuts kept it.
    """
    told = row if row[-1] is not None else row[:-1]
    return line([str(taken.participant_id), told, events])


def line(row: Any) -> bytes:
    """What is digested of a row: the same wherever and whenever it is cut."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value: date) -> str:
    return value.isoformat()
