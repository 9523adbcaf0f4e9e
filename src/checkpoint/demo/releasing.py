"""Plays an extract: asked for by an evaluator, approved by two others, built, and downloaded."""

import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from checkpoint.demo.evaluating import Evaluating
from checkpoint.demo.findings import Package
from checkpoint.demo.player import DemoInterrupted
from checkpoint.foundation.actors import Role

BUILD_SECONDS, LOOK_SECONDS = 120.0, 0.2
EXTRACTS, TOO_FEW = "/v1/extracts", "too-few-people"
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

    def order(self, trial: str, cut: int, product: str, *, expires_on: date) -> str | Package:
        """Ask for an extract, have it approved by two others, and its building begun.

        Returns:
            Where it is; or why it was declined at once, as it is for fewer than ten people.
        """
        asked = {
            "trial": trial,
            "cut": cut,
            "product": product,
            "fields": FIELDS[product],
            "expires_on": str(expires_on),
        }
        key = {"Idempotency-Key": str(uuid4())}
        answer = self._ask("POST", EXTRACTS, self._evaluator, json=ASKED | asked, headers=key)
        told = answer.json()
        faults = told.get("errors", [])
        if [fault["code"] for fault in faults] == [TOO_FEW]:
            return Package(product=product, refused=faults[0]["detail"].rstrip("."))
        if answer.is_error:
            raise DemoInterrupted(f"{answer.status_code}, {told.get('errorCode')}.")
        here = f"{EXTRACTS}/{told['id']}"
        for token in (self._statistician, self._manager):
            self._posted(token, f"{here}/approval", {})
        self._posted(self._evaluator, f"{here}/builds", {})
        return here

    def fetch(self, here: str | Package, folder: Path) -> Package:
        """Wait until an extract is built, and download it into a folder, with what it calls itself."""
        if isinstance(here, Package):
            return here
        extract = self._ended(here)
        product, build = extract["product"], extract["builds"][-1]
        if build["state"] != "released":
            return Package(product=product, refused=build["fault_meaning"])
        path = folder / f"{product.replace('_', '-')}.zip"
        path.write_bytes(self._read(f"{here}/package", self._evaluator).content)
        report = self._read(f"{here}/disclosure-report", self._evaluator).json()["report"]
        label = extract["release"]["label"]
        return Package(product=product, path=path, label=label, report=report)

    def _ended(self, here: str) -> dict[str, Any]:
        """The extract, once its only build has ended."""
        until = time.monotonic() + BUILD_SECONDS
        while time.monotonic() < until:
            extract: dict[str, Any] = self._read(here, self._evaluator).json()
            if extract["builds"][-1]["state"] in ENDED:
                return extract
            time.sleep(LOOK_SECONDS)
        raise DemoInterrupted("An extract was not built in time.")

    @property
    def _evaluator(self) -> str:
        return self._token(Role.EVALUATOR, "demo-evaluator", [])
