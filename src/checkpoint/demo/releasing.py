"""Plays an extract: asked for by an evaluator, approved by two others, built, and downloaded."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from checkpoint.demo.evaluating import Evaluating
from checkpoint.demo.findings import Package
from checkpoint.demo.player import DemoInterrupted
from checkpoint.foundation.actors import Role

BUILD_SECONDS, LOOK_SECONDS = 120.0, 0.2
EXTRACTS = "/v1/extracts"
ENDED = frozenset({"released", "failed", "cancelled"})
ASKED = {
    "population": {},
    "purpose": "To see how an extract is made; everybody in it is made up.",
    "agreement": "None: synthetic data of a demo",
    "recipient": "MADE-UP-UNIVERSITY",
}
# What is asked for, by product.
FIELDS = {
    "person_level": ["arm", "age_band", "offence_group", "observed_days", "arrest_day"],
    "aggregates": ["age_band"],
}
PRODUCTS = tuple(FIELDS)


class Releasing(Evaluating):
    """A player who is an evaluator, and those who approve."""

    def extract(
        self, trial: str, cut: int, product: str, *, expires_on: date, folder: Path
    ) -> Package:
        """Ask for an extract, have it approved and built, and download it into a folder."""
        asked = {
            "trial": trial,
            "cut": cut,
            "product": product,
            "fields": FIELDS[product],
            "expires_on": str(expires_on),
        }
        made = self._posted(self._evaluator, EXTRACTS, ASKED | asked)
        here = f"{EXTRACTS}/{made['id']}"
        for token in (self._statistician, self._manager):
            self._posted(token, f"{here}/approval", {})
        build = self._build(here)
        if build["state"] != "released":
            return Package(product=product, refused=build["fault_meaning"])
        content = self._read(f"{here}/package", self._evaluator).content
        path = folder / f"{product.replace('_', '-')}.zip"
        path.write_bytes(content)
        release = self._read(here, self._evaluator).json()["release"]
        report = self._read(f"{here}/disclosure-report", self._evaluator).json()["report"]
        return Package(product=product, path=path, label=release["label"], report=report)

    def _build(self, here: str) -> dict[str, Any]:
        """Have it built, and look until that has ended."""
        build: dict[str, Any] = self._posted(self._evaluator, f"{here}/builds", {})
        until = time.monotonic() + BUILD_SECONDS
        while build["state"] not in ENDED:
            if time.monotonic() > until:
                raise DemoInterrupted("An extract was not built in time.")
            time.sleep(LOOK_SECONDS)
            build = self._read(f"{here}/builds/{build['number']}", self._evaluator).json()
        return build

    @property
    def _evaluator(self) -> str:
        return self._token(Role.EVALUATOR, "demo-evaluator", [])
