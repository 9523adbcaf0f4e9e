"""The Rossi data, as this service takes a programme that ran elsewhere."""

from typing import Any

import pytest

CODE = "ROSSI-1980"
# Weeks from release; the days themselves are not in the data, so one of that time stands for all.
MANIFEST: dict[str, Any] = {
    "code": CODE,
    "title": "Released prisoners with and without financial aid, followed for a year",
    "source": "Rossi, Berk and Lenihan (1980), as lifelines.datasets.load_rossi has it",
    "unit": "week",
    "arms": {"control": 1, "aid": 1},
    "allocated_on": "1971-10-01",
    "followed_until": "1972-09-29",
    "measures": ["arrest"],
    "horizons": [{"name": "26 weeks", "days": 182}, {"name": "52 weeks", "days": 364}],
    "primary": {"measure": "arrest", "horizon": "52 weeks"},
    "covariates": {
        "race": {"type": "yes_no", "label": "Black"},
        "wexp": {"type": "yes_no", "label": "Worked full time before"},
        "mar": {"type": "yes_no", "label": "Married at release"},
        "paro": {"type": "yes_no", "label": "Released on parole"},
        "prio": {"type": "number", "label": "Convictions before"},
    },
    "participants": 432,
    "events": 114,
}


@pytest.fixture(scope="session")
def rossi() -> dict[str, list[dict[str, Any]]]:
    """Participants and follow-up of the Rossi data, as rows of the API."""
    from lifelines.datasets import load_rossi  # noqa: PLC0415 - two seconds, for this alone

    people, events = [], []
    for number, row in enumerate(load_rossi().to_dict("records"), 1):
        reference = f"R{number:03}"
        covariates = {name: int(row[name]) for name in MANIFEST["covariates"]}
        people.append(
            {
                "participant": reference,
                "arm": "aid" if row["fin"] else "control",
                "age": int(row["age"]),
                "observed": 52,
                "covariates": covariates,
            }
        )
        if row["arrest"]:
            happened = {"participant": reference, "measure": "arrest", "at": int(row["week"])}
            events.append(happened)
    return {"participants": people, "follow_up": events}
