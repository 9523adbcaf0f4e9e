"""Plays a trial's end: follow-up is brought in, a cut is taken, and two people unblind it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from checkpoint.demo.followup import Row
from checkpoint.demo.overview import Overview
from checkpoint.foundation.actors import Role

SOURCE = "MADE-UP-BUREAU"
UNBLIND = {
    "scope": "trial",
    "reason_code": "follow_up_complete",
    "words": "Made up: the test trial is closed and its follow-up is in.",
}
# What is asked for: figures by the name of their file, and pictures.
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "summary": "",
        "time-to-event": "/time-to-event",
        "baseline": "/baseline",
        "amounts": "/amounts",
        "subgroups": "/subgroups",
        "flow": "/flow",
        "equality": "/equality",
        "recruitment": "/recruitment",
    }
)
PICTURES, FORMS = ("flow", "survival", "forest", "recruitment"), ("svg", "png", "txt")


class Evaluating(Overview):
    """A player who is the trial's manager, and its statistician."""

    def follow_up(self, trial: str, rows: Sequence[Row], *, until: date) -> dict[str, Any]:
        """Bring in what a bureau found, as the trial manager; nobody says an arm."""
        body = {
            "trial": trial,
            "source": SOURCE,
            "followed_until": str(until),
            "rows": [dict(row) for row in rows],
        }
        batch: dict[str, Any] = self._posted(self._manager, "/v1/follow-up-batches", body)
        return batch

    def unblind(self, trial: str) -> None:
        """Proposed by the trial manager, confirmed by the statistician."""
        place = f"/v1/trials/{trial}/unblindings"
        made = self._posted(self._manager, place, UNBLIND)
        self._posted(self._statistician, f"{place}/{made['number']}/confirmation", {})

    def cut(self, trial: str) -> int:
        """The number of a data cut of all that is known now."""
        made = self._posted(self._statistician, f"/v1/trials/{trial}/data-cuts", {})
        return int(made["number"])

    def evaluation(self, trial: str, cut: int, folder: Path) -> dict[str, Any]:
        """Write the figures and pictures of a cut into a folder, as the trial's statistician.

        An evaluator is told nothing that rests on 1 to 9 people, which of so few is nearly all.

        Returns:
            Every measure within every horizon.
        """
        here = f"/v1/trials/{trial}/evaluation"
        told: dict[str, Any] = {}
        for name, noun in FIGURES.items():
            answer = self._read(f"{here}{noun}?cut={cut}", self._statistician)
            told[name] = answer.json()
            (folder / f"{name}.json").write_text(json.dumps(told[name], indent=2), "utf-8")
        first = told["summary"]["populations"][0]["results"][0]["horizon"]
        for name in PICTURES:
            asked = urlencode({"cut": cut} | ({"horizon": first} if name == "forest" else {}))
            for form in FORMS:
                answer = self._read(f"{here}/{name}.{form}?{asked}", self._statistician)
                (folder / f"{name}.{form}").write_bytes(answer.content)
        summary: dict[str, Any] = told["summary"]
        return summary

    @property
    def _manager(self) -> str:
        return self._token(Role.TRIAL_MANAGER, "demo-trial-manager", [])

    @property
    def _statistician(self) -> str:
        return self._token(Role.STATISTICIAN, "demo-statistician", [])
