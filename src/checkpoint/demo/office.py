"""The office of the demo's own test trial: adopts, seals, closes and proves, by the shell's commands."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from checkpoint.demo.service import surroundings
from checkpoint.foundation import errors

NAME = "TEST-DEMO"
PLACES = "60"
COMMAND_SECONDS = 120
BUREAU = "MADE-UP-BUREAU"
SOME_DAY = "2024-01-01"  # in the files that ship with the demo


class TrialNotRun(errors.Unavailable):
    slug = "demo-trial-not-run"
    title = "The demo's test trial could not be run"


class Office:
    """Runs one test trial on the demo's own database.

    The seed is made of the demo's, so that the same trial can be played again. A real one is drawn
    by chance, is secret, and is kept off the machine: see docs/trial.md.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = hashlib.sha256(f"checkpoint demo, a test: {seed}".encode()).hexdigest()
        self.trial = NAME

    def define(self, on: date) -> None:
        """Publish what counts as an outcome in the demo's trial, from a day to come."""
        self._say("outcomes", "publish", str(self._written("definitions.toml", on)))

    def open(self, there: Sequence[tuple[str, str]], on: date) -> None:
        """Adopt the protocol that ships with the demo, from a day on, and seal its list.

        Args:
            on: the trial's first day.
            there: trials that are there already, each with how it stands; an earlier demo's that
                is not closed is closed first.
        """
        earlier = [(code, state) for code, state in there if code.startswith(NAME)]
        for code, state in earlier:
            if state != "closed":
                self._say("trials", "close", code, "--why", "Left by an earlier demo")
        self.trial = f"{NAME}-{len(earlier) + 1}" if earlier else NAME
        protocol = self._written("protocol.toml", on)
        self._seed_file.write_text(f"{self._seed}\n", "ascii")
        self._say("trials", "adopt", str(protocol))
        self._say(
            "allocation",
            "seal",
            self.trial,
            "--seed-file",
            str(self._seed_file),
            "--places",
            PLACES,
        )

    def close(self) -> str:
        """Close the trial, and prove that what was drawn is what was sealed.

        Returns:
            What the proof says, in one sentence.
        """
        self._say("trials", "close", self.trial, "--why", "The made-up time is over")
        proof = self._say("allocation", "verify", self.trial, "--seed-file", str(self._seed_file))
        return proof.strip().rpartition("\n")[2]

    def roster(self) -> list[str]:
        """The PNC IDs of everybody who was allocated, as a bureau is asked about them."""
        path = self._folder / f"{self.trial}-roster.csv"
        self._say(
            "outcomes",
            "roster",
            "--trial",
            self.trial,
            "--output",
            str(path),
            "--recipient",
            BUREAU,
        )
        return path.read_text("utf-8").split()[1:]

    def _written(self, name: str, on: date) -> Path:
        """A file of the demo's own, with its first day and the trial's name in it."""
        text = (files("checkpoint.demo") / name).read_text("utf-8").replace(SOME_DAY, str(on))
        path = self._folder / f"{self.trial}-{name}"
        path.write_text(text.replace(f'"{NAME}"', f'"{self.trial}"'), "utf-8")
        return path

    @property
    def _seed_file(self) -> Path:
        return self._folder / f"{self.trial}.seed"

    def _say(self, *words: str) -> str:
        """One command, as somebody at the shell would give it.

        Raises:
            TrialNotRun: it was refused, or did not end.
        """
        try:
            told = subprocess.run(  # noqa: S603 - the words are this file's own
                [sys.executable, "-m", "checkpoint", *words],
                env=surroundings(self._folder),
                check=False,
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired as fault:
            raise TrialNotRun(f"{words[0]} {words[1]} did not end.") from fault
        if told.returncode != 0:
            last = told.stderr.strip().rpartition("\n")[2]
            raise TrialNotRun(f"{words[0]} {words[1]}: {last}")
        return told.stdout
